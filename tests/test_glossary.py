"""Code, interface and documents use one word for one thing, as ``docs/glossary.md`` lists them."""

from __future__ import annotations

import ast
import re
from collections import Counter
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import pytest

import esign_desktop

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = Path(esign_desktop.__file__).parent
GLOSSARY: Final = ROOT.parent / "docs" / "glossary.md"
TRANSLATIONS: Final = ROOT.parent / "resources" / "i18n" / "zh_CN.ts"

ALLOWED: Final = {
    ("pdf/__main__.py", "grave"): "the name of a value in the JSON output, which other programs read",
    ("pdf/wire.py", "take up"): "memory is taken up",
    ("domain/preset/checks.py", "nobody"): "the code of a problem, which translations and stored sends use",
    ("app/backend.py", "told"): "the user is told a number",
    ("app/self_test/measuring.py", "told"): "pixels cannot be told apart",
    ("ui/text/moments.py", "told"): "the user is told what the program waits for",
}
"""Where a retired word is right, and why."""
FORMS: Final = {
    "bring back": ("brings back", "brought back"),
    "desk": ("desks",),
    "dress": ("dresses", "dressed"),
    "grave": ("gravest",),
    "lend": ("lends", "lent"),
    "put away": ("puts away",),
    "take back": ("takes back", "taken back"),
    "take out": ("takes out", "taken out"),
    "take up": ("takes up", "taken up"),
    "wish": ("wishes", "wished"),
}
"""Other forms of the retired words."""


def table(heading: str) -> list[list[str]]:
    """Return the cells of the table below a heading, without its first row."""
    part = GLOSSARY.read_text("utf-8").split(f"# {heading}\n", 1)[1].split("\n#", 1)[0]
    rows = [line.strip("|").split("|") for line in part.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row] for row in rows[2:]]


TERMS: Final = table("Glossary")
RETIRED: Final = sorted(word for row in table("Retired words") for word in row[0].split(", "))
WORD_OF_FORM: Final = {form: word for word in RETIRED for form in (word, *FORMS.get(word, ()))}
PATTERN: Final = re.compile(rf"\b(?:{'|'.join(WORD_OF_FORM)})\b")


def words_of(name: str) -> str:
    """Return the words of a name, such as ``make draft`` for ``makeDraft``, ``make_draft`` and ``MAKE_DRAFT``."""
    return " ".join(re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", name)).lower()


def texts_of(tree: ast.Module) -> Iterator[str]:
    """Yield the words of classes, functions, constants and class attributes, and the docstrings."""
    for node in ast.walk(tree):
        match node:
            case ast.Expr(value=ast.Constant(value=str() as text)):
                yield " ".join(text.lower().split())
            case ast.ClassDef() | ast.FunctionDef():
                yield words_of(node.name)
        for statement in node.body if isinstance(node, ast.Module | ast.ClassDef) else ():
            match statement:
                case ast.Assign(targets=targets):
                    yield from (words_of(target.id) for target in targets if isinstance(target, ast.Name))
                case ast.AnnAssign(target=ast.Name(id=attribute)):
                    yield words_of(attribute)


def retired_words_in(name: str, tree: ast.Module) -> set[str]:
    text = "\n".join((words_of(Path(name).stem), *texts_of(tree)))
    return {WORD_OF_FORM[form] for form in PATTERN.findall(text)}


class Module(NamedTuple):
    """The names that a module defines, and the retired words in it."""

    defined: tuple[str, ...]
    retired: set[str]


@cache
def modules() -> dict[str, Module]:
    read: dict[str, Module] = {}
    for path in sorted(ROOT.rglob("*.py")):
        name, tree = path.relative_to(ROOT).as_posix(), ast.parse(path.read_text("utf-8"))
        defined = tuple(node.name for node in tree.body if isinstance(node, ast.ClassDef | ast.FunctionDef))
        read[name] = Module(defined, retired_words_in(name, tree))
    return read


def found() -> set[tuple[str, str]]:
    return {(name, word) for name, module in modules().items() for word in module.retired}


def test_retired_words_stand_in_no_definition_and_no_docstring() -> None:
    assert found() - ALLOWED.keys() == set()


def test_no_exception_is_kept_that_is_not_needed() -> None:
    assert ALLOWED.keys() - found() == set()


@pytest.mark.parametrize(
    ("source", "word"),
    [
        ("class FieldDesk:\n    pass", "desk"),
        ("def put_away():\n    pass", "put away"),
        ("class Bar:\n    told = Signal()", "told"),
        ("class Bar:\n    _WISHES: int = 1", "wish"),
        ('def f():\n    """Return whether somebody\n    waits."""', "somebody"),
    ],
)
def test_retired_words_are_found(source: str, word: str) -> None:
    assert retired_words_in("module.py", ast.parse(source)) == {word}


def test_other_words_with_the_same_letters_are_not_retired() -> None:
    source = 'class DesktopEntry:\n    """The address of a desktop entry, which is understanding."""'
    assert retired_words_in("module.py", ast.parse(source)) == set()


def test_each_word_has_one_line_in_alphabetical_order() -> None:
    words = [row[0] for row in TERMS]
    assert len(words) > 50
    assert words == sorted(set(words))
    assert all(row[2] for row in TERMS)
    assert not set(words) & set(RETIRED)


def test_names_of_the_glossary_are_defined_once() -> None:
    """A second class of this name would be a second meaning. The sandbox shares no code and has its own classes."""
    defined = Counter(
        name for path, module in modules().items() if not path.startswith("sandbox/") for name in module.defined
    )
    names = {name for row in TERMS for name in re.findall(r"`([\w.]+)`", row[3])}
    packages = {name for name in names if "." in name}
    assert {name: defined[name] for name in names - packages if defined[name] != 1} == {}
    assert [name for name in sorted(packages) if find_spec(name) is None] == []


def test_chinese_words_of_the_glossary_are_those_of_the_interface() -> None:
    texts = TRANSLATIONS.read_text("utf-8")
    assert [row[1] for row in TERMS if row[1] and row[1] not in texts] == []
