"""Make the pages of the manual that F1 shows, of docs/manual, into resources/manual.

packaging/manual.py               make them where they are older than what they are made of
packaging/manual.py --shortcuts   write the tables of shortcuts anew, from the program's table of actions
"""

from __future__ import annotations

import argparse
import re
import shutil
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Final

from markdown_it import MarkdownIt

ROOT: Final = Path(__file__).resolve().parent.parent
SOURCE: Final = ROOT / "docs" / "manual"
PICTURES: Final = ROOT / "docs" / "screenshots"
TARGET: Final = ROOT / "resources" / "manual"
LANGUAGES: Final = {"zh": "zh_CN", "en": "en"}
"""Folder of the sources → the name that the program has for the language."""
WIDTH_PX: Final = 720
"""Of a picture, in the window that shows the manual."""
MARKS: Final = ("<!-- shortcuts -->\n", "<!-- end -->\n")
_PICTURE: Final = re.compile(r'<img src="(?:\.\./)*screenshots/([^"]+)"')
_LINK: Final = re.compile(r'href="([a-z-]+)\.md(#[^"]*)?"')
_HEADING: Final = re.compile(r"<h([23])>(.*?)</h\1>")


def main() -> int:
    """Make the pages, or the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shortcuts", action="store_true", help="write the tables of shortcuts anew")
    if parser.parse_args().shortcuts:
        for folder in LANGUAGES:
            write_shortcuts(folder)
    else:
        build(TARGET)
    return 0


def build(target: Path) -> None:
    """Make all pages with their pictures below ``target``; nothing, when none of their sources is newer."""
    sources = sorted(SOURCE.glob("*/*.md"))
    pages = {source: target / LANGUAGES[source.parent.name] / f"{source.stem}.html" for source in sources}
    newest = max(path.stat().st_mtime_ns for path in (*sources, Path(__file__)))
    if all(page.is_file() and page.stat().st_mtime_ns >= newest for page in pages.values()):
        return
    shutil.rmtree(target, ignore_errors=True)
    for source, page in pages.items():
        html, pictures = rendered(source.read_text(encoding="utf-8"))
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(html, encoding="utf-8")
        for picture in pictures:
            copy = target / "pictures" / picture
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(PICTURES / picture, copy)


def rendered(markdown: str) -> tuple[str, list[str]]:
    """Return a page in HTML, and the pictures that it shows, by their paths below docs/screenshots."""
    html: str = MarkdownIt("commonmark", {"html": True}).enable("table").render(markdown)
    pictures: list[str] = _PICTURE.findall(html)
    html = _PICTURE.sub(rf'<img width="{WIDTH_PX}" src="../pictures/\1"', html)
    # So that the lines of text can be set apart, and what holds a picture not.
    html = html.replace("<p><img", '<p class="picture"><img')
    html = _LINK.sub(r'href="\1.html\2"', html)
    html = _HEADING.sub(lambda found: f'<h{found[1]}><a name="{anchor(found[2])}"></a>{found[2]}</h{found[1]}>', html)
    title = re.search(r"<h1>(.*?)</h1>", html)
    head = f'<meta charset="utf-8"><title>{title[1] if title else ""}</title>'
    return f"<!DOCTYPE html>\n<html><head>{head}</head><body>\n{html}</body></html>\n", pictures


def anchor(heading: str) -> str:
    """Return what a heading is linked by, as code hosts make it."""
    return re.sub(r"[^\w\- ]", "", re.sub(r"<[^>]+>", "", heading)).strip().lower().replace(" ", "-")


def write_shortcuts(folder: str) -> None:
    """Write the table of shortcuts into the page ``shortcuts`` of a language."""
    page = SOURCE / folder / "shortcuts.md"
    before, rest = page.read_text(encoding="utf-8").split(MARKS[0])
    _, after = rest.split(MARKS[1])
    page.write_text(before + MARKS[0] + shortcut_table(folder) + MARKS[1] + after, encoding="utf-8")


def shortcut_table(folder: str) -> str:
    """Return the keys of all actions as they stand in the menus, in Markdown."""
    from esign_desktop.ui.widgets.actions import ACTIONS, plain_text

    texts = _translations(LANGUAGES[folder])
    heads = {"zh": ("按键", "作用"), "en": ("Keys", "What they do")}[folder]
    rows = [
        f"| {', '.join(f'`{one}`' for one in row.keys)} | {plain_text(texts.get(str(row.text), str(row.text)))} |\n"
        for row in ACTIONS.values()
        if row.keys
    ]
    return f"\n| {heads[0]} | {heads[1]} |\n|---|---|\n{''.join(rows)}\n"


def _translations(language: str) -> dict[str, str]:
    root = ET.parse(ROOT / "resources" / "i18n" / f"{language}.ts").getroot()  # noqa: S314  our own file
    contexts = (one for one in root.iter("context") if one.findtext("name") == "Actions")
    messages = (message for context in contexts for message in context.iter("message"))
    return {str(one.findtext("source")): one.findtext("translation") or str(one.findtext("source")) for one in messages}


if __name__ == "__main__":
    sys.exit(main())
