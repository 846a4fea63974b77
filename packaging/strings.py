"""Keep the translations in resources/i18n complete, and compile them for the application.

packaging/strings.py             collect texts from the sources into the .ts files, and list missing translations
packaging/strings.py --check     change nothing; fail if a .ts file is out of date or a translation has a fault
packaging/strings.py --compile   create the .qm files that the application reads, if they are older than the .ts files
"""

from __future__ import annotations

import argparse
import ast
import os
import re
import shutil
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
# The source language is English, so it needs translations of plurals only.
OPTIONS: Final = {"zh_CN": (), "en": ("-pluralonly",)}
FORMS: Final = {"zh_CN": 1, "en": 2}
PLACEHOLDER: Final = re.compile(r"\{[a-z_]*\}|%n")


@dataclass(frozen=True)
class Message:
    """A source text and its translation. A text with a number has one translation for each plural form."""

    context: str
    source: str
    translations: tuple[str, ...]
    is_plural: bool
    is_finished: bool


def main() -> int:
    """Collect, check or compile the translations, and return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="change nothing; fail if there is something to do")
    parser.add_argument("--compile", action="store_true", help="make the .qm files")
    arguments = parser.parse_args()
    if arguments.compile:
        compile_translations()
        return 0
    faults: list[str] = []
    for language in OPTIONS:
        path = I18N / f"{language}.ts"
        if arguments.check:
            with tempfile.TemporaryDirectory() as scratch:
                fresh = Path(scratch) / path.name
                shutil.copy(path, fresh)
                collect(language, fresh)
                if fresh.read_bytes() != path.read_bytes():
                    faults.append(f"{path.name} is out of date: run `make strings`")
        else:
            collect(language, path)
        faults += [f"{path.name}: {fault}" for fault in find_faults(language, read(path))]
    faults += [f"missed by lupdate: {text}" for text in texts_not_seen()]
    for fault in faults:
        print(fault, file=sys.stderr)
    print(f"strings: {len(faults)} to do")
    return 1 if faults and arguments.check else 0


def compile_translations() -> None:
    """Create each .qm file that is missing or older than its .ts file.

    Several processes may do this at the same time.
    """
    for source in sorted(I18N.glob("*.ts")):
        target = source.with_suffix(".qm")
        if target.exists() and target.stat().st_mtime_ns > source.stat().st_mtime_ns:
            continue
        scratch = target.with_name(f"{target.name}.{os.getpid()}")
        run_tool("lrelease", "-silent", str(source), "-qm", str(scratch))
        scratch.replace(target)


def collect(language: str, path: Path) -> None:
    """Add new source texts to a .ts file, and remove obsolete texts.

    If a source text has moved to another context, its translation is kept.
    """
    before = read(path) if path.exists() else ()
    options = ["-silent", "-no-obsolete", "-locations", "none", "-sort-messages", "-target-language", language]
    options += ["-disable-heuristic", "similartext", *OPTIONS[language]]
    run_tool("lupdate", *options, *map(str, source_files()), "-ts", str(path))
    known: dict[str, set[tuple[str, ...]]] = {}
    for message in before:
        if message.is_finished:
            known.setdefault(message.source, set()).add(message.translations)
    moved = {source: next(iter(found)) for source, found in known.items() if len(found) == 1}
    tree = ET.parse(path)  # noqa: S314  the project's own file
    is_changed = False
    for element in tree.iter("message"):
        translation = element.find("translation")
        if translation is None or translation.get("type") != "unfinished":
            continue
        if _translations(element) == moved.get(element.findtext("source") or ""):
            del translation.attrib["type"]
            is_changed = True
    if is_changed:
        tree.write(path, encoding="utf-8")
        # Repeated to restore lupdate's own layout.
        run_tool("lupdate", *options, *map(str, source_files()), "-ts", str(path))


def run_tool(name: str, *words: str) -> None:
    """Run a Qt tool that is included in PySide6. Exit if the tool fails or prints an error."""
    code = f"from PySide6.scripts.pyside_tool import {name}; {name}()"
    done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, check=False)
    if done.returncode or done.stderr.strip():
        sys.exit(f"{name}: {done.stdout}{done.stderr}")


def source_files() -> list[Path]:
    """Return the paths of the modules that may contain source texts."""
    return [path for folder in SOURCES for path in sorted((ROOT / folder).rglob("*.py"))]


def read(path: Path) -> tuple[Message, ...]:
    """Read the messages in a .ts file."""
    messages = []
    for context in ET.parse(path).iter("context"):  # noqa: S314  the project's own file
        for element in context.iter("message"):
            translation = element.find("translation")
            messages.append(
                Message(
                    context.findtext("name") or "",
                    element.findtext("source") or "",
                    _translations(element),
                    is_plural=element.get("numerus") == "yes",
                    is_finished=translation is not None and translation.get("type") != "unfinished",
                )
            )
    return tuple(messages)


def _translations(message: ET.Element) -> tuple[str, ...]:
    forms = tuple(form.text or "" for form in message.iter("numerusform"))
    return forms or (message.findtext("translation") or "",)


def find_faults(language: str, messages: tuple[Message, ...]) -> Iterator[str]:
    """Yield the faults in a language's translations: missing translations or plural forms, and lost placeholders."""
    for message in messages:
        place = f"{message.context}: {message.source!r}"
        expected = Counter(PLACEHOLDER.findall(message.source))
        if "%n" in message.source and not message.is_plural:
            yield f"not marked as a plural; use self.tr(text, '', count): {place}"
        elif not message.is_finished or not all(message.translations):
            yield f"untranslated: {place}"
        elif message.is_plural and len(message.translations) != FORMS[language]:
            yield f"needs {FORMS[language]} plural form(s): {place}"
        for index, form in enumerate(message.translations):
            found = Counter(PLACEHOLDER.findall(form))
            # A singular form may say "one" instead of %n.
            is_singular = FORMS[language] > 1 and index == 0
            if form and found != expected and not (is_singular and found == expected - Counter(["%n"])):
                yield f"placeholders differ: {place}"


def texts_not_seen() -> Iterator[str]:
    """Yield the source texts that lupdate has missed because it could not parse the surrounding code."""
    seen = {message.source for message in read(I18N / "zh_CN.ts")}
    for path in source_files():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            text = _text_of_call(node) if isinstance(node, ast.Call) else None
            if text is not None and text not in seen:
                yield f"{path.relative_to(ROOT)}: {text!r}"


def _text_of_call(call: ast.Call) -> str | None:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    position = {"tr": 0, "translate": 1, "QT_TRANSLATE_NOOP": 1}.get(name)
    if position is None or len(call.args) <= position:
        return None
    argument = call.args[position]
    return argument.value if isinstance(argument, ast.Constant) and isinstance(argument.value, str) else None


if __name__ == "__main__":
    sys.exit(main())
