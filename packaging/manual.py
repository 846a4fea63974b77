"""Create the HTML pages of the manual in resources/manual from docs/manual, for F1 and for web browsers.

packaging/manual.py            create the pages if they are older than their sources
packaging/manual.py --tables   update the tables of keys and options in docs/manual
"""

from __future__ import annotations

import argparse
import json
import re
import shlex
import shutil
import sys
import xml.etree.ElementTree as ET
from collections import defaultdict
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from markdown_it import MarkdownIt

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = Path(__file__).resolve().parent.parent
SOURCE: Final = ROOT / "docs" / "manual"
PICTURES: Final = ROOT / "docs" / "screenshots"
TARGET: Final = ROOT / "resources" / "manual"
BESIDE: Final = ("manual.css", "manual.js")
"""The files that the pages of both languages share."""


class Language(NamedTuple):
    """A language of the manual: its names in the application and on the web, and the texts used on every page."""

    name: str
    tag: str
    skip: str
    contents: str
    search: str
    nothing: str
    other: str


LANGUAGES: Final = {
    "zh": Language("zh_CN", "zh-CN", "跳到正文", "目录", "在手册中查找", "没有找到", "English"),
    "en": Language("en", "en", "Skip to the text", "Contents", "Find in the manual", "Nothing found", "中文"),
}
"""The languages by the names of their source folders."""
WIDTH_PX: Final = 720
"""The width of a picture in the window that shows the manual."""
END: Final = "<!-- end -->\n"
_TABLE: Final = re.compile(r"<!-- (keys|options) -->\n.*?<!-- end -->\n", re.DOTALL)
_GROUP: Final = re.compile(r"^## (.+)$|^- \[[^]]+\]\(([a-z-]+)\.md\)", re.MULTILINE)
_PICTURE: Final = re.compile(r'<img src="(?:\.\./)*screenshots/([^"]+)"')
_LINK: Final = re.compile(r'href="([a-z-]+)\.md(#[^"]*)?"')
_HEADING: Final = re.compile(r"<h([23])>(.*?)</h\1>")
_TAG: Final = re.compile(r"<[^>]+>")
_KEY_WORDS: Final = {"Return": "Enter", "Left": "←", "Right": "→", "Up": "↑", "Down": "↓"}


@dataclass
class Page:
    """A page of the manual. ``html`` contains the page's own content, without the navigation around it."""

    name: str
    title: str
    html: str
    pictures: list[str]


def main() -> int:
    """Create the pages or update the tables, and return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tables", action="store_true", help="regenerate the tables of keys and options")
    if parser.parse_args().tables:
        for folder in LANGUAGES:
            for page in sorted((SOURCE / folder).glob("*.md")):
                text = page.read_text(encoding="utf-8")
                anew = with_tables(folder, text)
                if anew != text:
                    page.write_text(anew, encoding="utf-8")
    else:
        build(TARGET)
    return 0


def build(target: Path) -> None:
    """Create all pages and pictures in the folder ``target``, unless they are newer than their sources."""
    sources = sorted(SOURCE.glob("*/*.md"))
    made = [target / LANGUAGES[source.parent.name].name / f"{source.stem}.html" for source in sources]
    made_of = (*sources, *(SOURCE / name for name in BESIDE), *PICTURES.rglob("*.png"), Path(__file__))
    newest = max(path.stat().st_mtime_ns for path in made_of)
    if all(page.is_file() and page.stat().st_mtime_ns >= newest for page in made):
        return
    shutil.rmtree(target, ignore_errors=True)
    english = {page.name: page for page in read_pages("en")}
    for folder, language in LANGUAGES.items():
        pages = read_pages(folder)
        for page in pages:
            # Lets the application and the other language's page link to a heading regardless of its wording.
            page.html = with_anchors(page.html, english[page.name].html)
        (target / language.name).mkdir(parents=True)
        for page in pages:
            text = framed(page, pages, groups(folder), folder)
            (target / language.name / f"{page.name}.html").write_text(text, encoding="utf-8")
            for picture in page.pictures:
                copy = target / "pictures" / picture
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(PICTURES / picture, copy)
        index = json.dumps([entry for page in pages for entry in sections(page)], ensure_ascii=False)
        (target / language.name / "sections.js").write_text(f"const SECTIONS = {index};\n", encoding="utf-8")
    for name in BESIDE:
        shutil.copyfile(SOURCE / name, target / name)


def read_pages(folder: str) -> list[Page]:
    """Return the manual's pages in one language: the index, and then the other pages in the order of the index."""
    found = {path.stem: rendered(path) for path in sorted((SOURCE / folder).glob("*.md"))}
    names = ["index", *(name for _title, some in groups(folder) for name in some)]
    return [found.pop(name) for name in names] + list(found.values())


def groups(folder: str) -> list[tuple[str, list[str]]]:
    """Return the headings on the index page of a language, each with the names of the pages listed below it."""
    found: list[tuple[str, list[str]]] = []
    for heading, name in _GROUP.findall((SOURCE / folder / "index.md").read_text(encoding="utf-8")):
        if heading:
            found.append((heading, []))
        else:
            found[-1][1].append(name)
    return [(heading, names) for heading, names in found if names]


def rendered(source: Path) -> Page:
    """Convert a Markdown file to a page. The headings of the page do not have anchors yet."""
    markdown = MarkdownIt("commonmark", {"html": True}).enable("table")
    # A line break is not a space between two Chinese characters.
    html: str = markdown.render(re.sub(r"(?<=[⺀-鿿！-～])\n(?=[⺀-鿿！-～])", "", source.read_text(encoding="utf-8")))
    pictures: list[str] = _PICTURE.findall(html)
    html = _PICTURE.sub(rf'<img width="{WIDTH_PX}" src="../pictures/\1"', html)
    # A class for picture paragraphs, so that the line spacing applies to text only.
    html = html.replace("<p><img", '<p class="picture"><img')
    html = html.replace("<th></th>", "<td></td>").replace("<th>", '<th scope="col">')
    html = html.replace("<table>", '<div class="table"><table>').replace("</table>", "</table></div>")
    html = _LINK.sub(r'href="\1.html\2"', html)
    title = re.search(r"<h1>(.*?)</h1>", html)
    return Page(source.stem, title[1] if title else source.stem, html, pictures)


def with_anchors(html: str, english: str) -> str:
    """Return the HTML with two anchors at each heading: one from its own text, and one from the English heading."""
    names = iter([anchor(heading) for _level, heading in _HEADING.findall(english)])

    def named(found: re.Match[str]) -> str:
        own = anchor(found[2])
        common = next(names, own)
        second = "" if own == common else f'<a id="{own}" name="{own}"></a>'
        return f'<h{found[1]} id="{common}"><a name="{common}"></a>{second}{found[2]}</h{found[1]}>'

    return _HEADING.sub(named, html)


def anchor(heading: str) -> str:
    """Return the anchor for a heading, in the form that code hosting sites use."""
    return re.sub(r"[^\w\- ]", "", unescape(_TAG.sub("", heading))).strip().lower().replace(" ", "-")


def framed(page: Page, pages: list[Page], contents: list[tuple[str, list[str]]], folder: str) -> str:
    """Return a page as a complete HTML document with navigation.

    The application's window shows only part of the document.
    """
    language, titles = LANGUAGES[folder], {entry.name: entry.title for entry in pages}
    here = ' aria-current="page"'
    links = f'<p><a href="index.html"{here if page.name == "index" else ""}>{titles["index"]}</a></p>\n'
    for heading, names in contents:
        entries = "".join(
            f'<li><a href="{name}.html"{here if name == page.name else ""}>{titles[name]}</a></li>\n' for name in names
        )
        links += f"<h2>{heading}</h2>\n<ul>\n{entries}</ul>\n"
    other = next(candidate for candidate in LANGUAGES.values() if candidate is not language)
    at = [entry.name for entry in pages].index(page.name)
    around = [
        f'<a rel="{rel}" href="{entry.name}.html">{entry.title}</a>'
        for rel, entry in (("prev", pages[at - 1] if at else None), ("next", (*pages, None)[at + 1]))
        if entry is not None
    ]
    title = page.title if page.name == "index" else f"{page.title} – {titles['index']}"
    return f"""<!DOCTYPE html>
<html lang="{language.tag}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<link rel="stylesheet" href="../manual.css">
<script src="sections.js" defer></script>
<script src="../manual.js" defer></script>
</head>
<body>
<a class="skip" href="#content">{language.skip}</a>
<header>
<details class="contents"><summary>{language.contents}</summary></details>
<a class="home" href="index.html">esign-desktop</a>
<search data-nothing="{language.nothing}"><input type="search" aria-label="{language.search}"
 placeholder="{language.search}"><ul hidden></ul></search>
<a lang="{other.tag}" hreflang="{other.tag}" href="../{other.name}/{page.name}.html">{language.other}</a>
</header>
<nav aria-label="{language.contents}">
{links}</nav>
<main id="content" tabindex="-1">
{page.html}</main>
<footer>{"".join(around)}</footer>
</body>
</html>
"""


def sections(page: Page) -> Iterator[dict[str, str]]:
    """Yield the search entries of a page. Each entry contains the link, title and text of a section."""
    parts = re.split(r'<h[23] id="([^"]+)">', page.html)
    for place, html in zip(["", *parts[1::2]], parts[::2], strict=True):
        heading, _, text = html.partition("</h")
        title = page.title if not place else f"{page.title} › {_plain(heading)}"
        yield {"to": f"{page.name}.html{'#' if place else ''}{place}", "title": _plain(title), "text": _plain(text[2:])}


def _plain(html: str) -> str:
    return unescape(re.sub(r"\s+", " ", _TAG.sub(" ", html))).strip()


def with_tables(folder: str, text: str) -> str:
    """Return the source text of a page with its generated tables brought up to date."""
    tables = {"keys": key_tables, "options": option_table}
    return _TABLE.sub(lambda found: f"<!-- {found[1]} -->\n{tables[found[1]](folder)}{END}", text)


def key_tables(folder: str) -> str:
    """Return the keyboard shortcuts of all menu actions as Markdown tables, one for each part of the window."""
    from esign_desktop.ui.widgets.actions import ACTIONS, Scope, plain_text

    texts = translations(LANGUAGES[folder].name)
    heads = {"zh": ("按键", "作用"), "en": ("Keys", "What they do")}[folder]
    parts = (
        (texts["KeyListDialog"].get("Everywhere", "Everywhere"), {Scope.WINDOW}),
        (texts["KeyListDialog"].get("Pages", "Pages"), {Scope.PAGES, Scope.TOOLS}),
        (texts["KeyListDialog"].get("Seals", "Seals"), {Scope.SEALS}),
        (texts["Actions"].get("Track", "Track"), {Scope.TRACK}),
    )
    made = ""
    for title, scopes in parts:
        rows = "".join(
            f"| {', '.join(f'`{shown_keys(keys)}`' for keys in row.keys)} "
            f"| {plain_text(texts['Actions'].get(str(row.text), str(row.text)))} |\n"
            for row in ACTIONS.values()
            if row.keys and row.scope in scopes
        )
        made += f"\n### {title}\n\n| {heads[0]} | {heads[1]} |\n|---|---|\n{rows}"
    return f"{made}\n"


def shown_keys(keys: str) -> str:
    """Return a key sequence with the key names that are printed on keyboards."""
    return "+".join(_KEY_WORDS.get(key, key) for key in keys.split("+")) if keys != "Ctrl++" else keys


def option_table(folder: str) -> str:
    """Return the options described in the man page as a Markdown table."""
    suffix = {"zh": ".zh_CN.1", "en": ".1"}[folder]
    heads = {"zh": ("选项", "作用"), "en": ("Option", "What it does")}[folder]
    text = (ROOT / "packaging" / "man" / f"esign-desktop{suffix}").read_text(encoding="utf-8")
    options = re.split(r"^\.SH .*\n", text, flags=re.MULTILINE)[4]
    rows = ""
    for entry in options.split(".TP\n")[1:]:
        tag, *lines = entry.strip().split("\n")
        bold, *values = _words(tag)
        option = "".join((bold, *values)) if tag.startswith(".BI") else "".join(_words(tag)).replace(",", "`,`")
        rows += f"| `{option.replace('`,` ', '`, `')}` | {_sentence(lines)} |\n"
    return f"\n| {heads[0]} | {heads[1]} |\n|---|---|\n{rows}\n"


def _words(line: str) -> list[str]:
    return [word.replace("\\-", "-") for word in shlex.split(line.replace("\\-", "-").partition(" ")[2])]


def _sentence(lines: list[str]) -> str:
    """Convert lines of a man page to Markdown. Bold and italic text becomes code."""
    said = []
    for line in lines:
        if not line.startswith("."):
            said.append(line.replace("\\-", "-"))
            continue
        macro, words = line.split(" ")[0], _words(line)
        if macro in {".B", ".I"}:
            said.append(f"`{' '.join(words)}`")
        else:
            plain = int(macro[1] != "R")
            said.append("".join(word if at % 2 == plain else f"`{word}`" for at, word in enumerate(words)))
    return re.sub(r"(?<=[：，、；]) ", "", " ".join(said)).replace("` `", "`").replace("|", "\\|")


def translations(language: str) -> dict[str, dict[str, str]]:
    """Return the translations into a language, keyed by context and then by source text."""
    root = ET.parse(ROOT / "resources" / "i18n" / f"{language}.ts").getroot()  # noqa: S314  the project's own file
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for context in root.iter("context"):
        for message in context.iter("message"):
            source = str(message.findtext("source"))
            found[str(context.findtext("name"))][source] = message.findtext("translation") or source
    return found


if __name__ == "__main__":
    sys.exit(main())
