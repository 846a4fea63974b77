"""Hold the translations complete: every text of the windows has its Chinese, and its English plural where it counts.

packaging/strings.py            add new texts to the JSON files (empty), drop those that are gone, list what is open
packaging/strings.py --check    change nothing; fail if anything is missing, left over, or loses a placeholder
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = Path(__file__).resolve().parent.parent
I18N: Final = ROOT / "resources" / "i18n"
SOURCES: Final = ("esign_desktop/ui", "esign_desktop/app")
AREAS: Final = {
    "prepare": "prepare",
    "viewer": "viewer",
    "tools": "viewer",
    "review": "sending",
    "sending": "sending",
    "qr": "sending",
    "track": "sending",
    "words": "sending",
    "counter": "counter",
    "presets": "counter",
    "bulk": "bulk",
    "error_texts": "errors",
}
FIRST_AREA: Final = "first"
FIRST_CONTEXTS: Final = frozenset(
    {"Actions", "WelcomePage", "MainWindow", "MenuBar", "MessageRow", "Messages", "Rail", "Rooms", "StatusLine"}
)
"""What stands in the window at first: read before the other areas."""
OTHER_AREA: Final = "shell"
FORMS: Final = {"zh_CN": 1, "en": 2}
PLACEHOLDER: Final = re.compile(r"\{[a-z_]*\}|%n")

Text = str | list[str]
Tables = dict[str, dict[str, dict[str, Text]]]
"""Area → context → source → text."""


@dataclass(frozen=True)
class Source:
    """A text as it stands in the code."""

    context: str
    text: str
    is_plural: bool
    folder: str

    def is_wanted_in(self, language: str) -> bool:
        """Whether the language needs an entry; English is what the source is written in."""
        return language != "en" or self.is_plural


def main() -> int:
    """Check or collect."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="change nothing, fail if something is to be done")
    is_check = parser.parse_args().check
    sources = extract()
    faults: list[str] = []
    for language in FORMS:
        tables = read(language)
        wanted = [source for source in sources if source.is_wanted_in(language)]
        if not is_check:
            collect(tables, wanted)
            write(language, tables)
        faults += [f"{language}: {fault}" for fault in find_faults(language, tables, wanted)]
    for fault in faults:
        print(fault, file=sys.stderr)
    print(f"strings: {len(sources)} texts, {len(faults)} to do")
    return 1 if faults and is_check else 0


def extract() -> list[Source]:
    """Return every text, by means of lupdate."""
    files = [path for folder in SOURCES for path in sorted((ROOT / folder).rglob("*.py"))]
    lupdate = Path(sys.executable).with_name("pyside6-lupdate")
    with tempfile.TemporaryDirectory() as scratch:
        target = Path(scratch) / "texts.ts"
        command = [str(lupdate), "-silent", *map(str, files), "-ts", str(target)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode or done.stderr.strip():
            sys.exit(f"lupdate: {done.stdout}{done.stderr}")
        root = ET.parse(target).getroot()  # noqa: S314  same
        return [source for context in root.iter("context") for source in _sources(context, Path(scratch))]


def _sources(context: ET.Element, base: Path) -> Iterator[Source]:
    name = context.findtext("name") or ""
    for message in context.iter("message"):
        location = message.find("location")
        path = (base / (location.get("filename", "") if location is not None else "")).resolve()
        text = message.findtext("source") or ""
        # lupdate recognises the count of QCoreApplication.translate only when it is a literal.
        yield Source(name, text, message.get("numerus") == "yes" or "%n" in text, path.parent.name)


def read(language: str) -> Tables:
    """Return the JSON files of a language."""
    return {path.stem: json.loads(path.read_text("utf-8")) for path in sorted((I18N / language).glob("*.json"))}


def write(language: str, tables: Tables) -> None:
    """Write the JSON files of a language."""
    folder = I18N / language
    folder.mkdir(parents=True, exist_ok=True)
    for area, table in tables.items():
        filled = {context: texts for context, texts in table.items() if texts}
        text = json.dumps(filled, ensure_ascii=False, indent=2) + "\n"
        path = folder / f"{area}.json"
        if not path.exists() or json.loads(path.read_text("utf-8")) != filled:
            path.write_text(text, encoding="utf-8")


def collect(tables: Tables, wanted: list[Source]) -> None:
    """Add what is new, empty, and drop what is gone."""
    known = {(context, text) for table in tables.values() for context, texts in table.items() for text in texts}
    home = {context: area for area, table in tables.items() for context in table}
    for source in wanted:
        if (source.context, source.text) not in known:
            area = home.setdefault(source.context, _area_of(source))
            tables.setdefault(area, {}).setdefault(source.context, {})[source.text] = ""
    used = {(source.context, source.text) for source in wanted}
    for table in tables.values():
        for context, texts in table.items():
            for text in [text for text in texts if (context, text) not in used]:
                del texts[text]


def _area_of(source: Source) -> str:
    return FIRST_AREA if source.context in FIRST_CONTEXTS else AREAS.get(source.folder, OTHER_AREA)


def find_faults(language: str, tables: Tables, wanted: list[Source]) -> Iterator[str]:
    """Say what is missing, left over, doubled, torn apart, or has lost a placeholder."""
    entries = [
        (area, context, source, text)
        for area, table in tables.items()
        for context, texts in table.items()
        for source, text in texts.items()
    ]
    by_source = {(source.context, source.text): source for source in wanted}
    counts = Counter((context, source) for _, context, source, _ in entries)
    areas = Counter(context for table in tables.values() for context, texts in table.items() if texts)
    for context, count in areas.items():
        if count > 1:
            yield f"in more than one file: {context}"
    for key in by_source:
        if key not in counts:
            yield f"missing: {key[0]}: {key[1]!r}"
    for area, context, text, translation in entries:
        place = f"{area}.json: {context}: {text!r}"
        source = by_source.get((context, text))
        if source is None:
            yield f"left over: {place}"
        elif counts[context, text] > 1:
            yield f"more than once: {place}"
        else:
            yield from _text_faults(language, source, translation, place)


def _text_faults(language: str, source: Source, translation: Text, place: str) -> Iterator[str]:
    forms = translation if isinstance(translation, list) else [translation]
    if not all(forms) or not forms:
        yield f"untranslated: {place}"
        return
    if source.is_plural and len(forms) != FORMS[language]:
        yield f"needs {FORMS[language]} plural form(s): {place}"
    if isinstance(translation, list) and not source.is_plural:
        yield f"no plural: {place}"
    expected = Counter(PLACEHOLDER.findall(source.text))
    for form in forms:
        # A singular may say "one" instead of %n.
        found = Counter(PLACEHOLDER.findall(form))
        if found != expected and not (len(forms) > 1 and form is forms[0] and found == expected - Counter(["%n"])):
            yield f"placeholders differ: {place}"


if __name__ == "__main__":
    sys.exit(main())
