"""The package keeps its shape: no circle of imports, no file too long, no folder that wants folders of its own."""

from __future__ import annotations

import ast
from collections import Counter
from graphlib import TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING, Final

import esign_desktop

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE: Final = Path(esign_desktop.__file__).parent
MAX_LINES: Final = 600
FILES: Final = {
    ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted(PACKAGE.rglob("*.py"))
}


def imports(path: Path) -> Iterator[str]:
    """The modules of the package that a file imports, those that are only for types included."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module is not None:
            for name in node.names:
                module = f"{node.module}.{name.name}"
                yield module if module in FILES else node.module
        elif isinstance(node, ast.Import):
            yield from (name.name for name in node.names)


def test_no_modules_import_each_other_in_a_circle() -> None:
    graph = {module: {one for one in imports(path) if one in FILES} for module, path in FILES.items()}
    TopologicalSorter(graph).prepare()  # raises CycleError with the circle


def test_no_file_is_too_long() -> None:
    lengths = {module: len(path.read_text("utf-8").splitlines()) for module, path in FILES.items()}
    assert {module: length for module, length in lengths.items() if length >= MAX_LINES} == {}


def test_files_of_a_folder_that_share_a_first_word_have_a_folder() -> None:
    words = Counter((path.parent.relative_to(PACKAGE).as_posix(), path.stem.split("_")[0]) for path in FILES.values())
    assert [word for word, count in words.items() if count > 2] == []
