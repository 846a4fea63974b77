"""Small faults in the program, each made by one change of its syntax tree."""

from __future__ import annotations

import ast
import copy
from collections import defaultdict
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Final

from esign_desktop.override import override

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LAYERS: Final = ("domain", "services", "store", "pdf", "api", "app", "sandbox", "ui")
_COMPARED: Final[dict[type[ast.cmpop], type[ast.cmpop]]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
_COMPUTED: Final[dict[type[ast.operator], type[ast.operator]]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
}
_IS_TEST: Final = "esign_desktop/app/self_test/"
"""The self-test checks the installed program: a fault in a step of it makes it see less, and changes no window."""
_SMALL: Final = (0, 1, 2)
"""Larger numbers are sizes and limits; a test of them would only repeat them."""
_SIZES: Final = frozenset(
    {
        *("addSpacing", "addStretch", "setColumnStretch", "setContentsMargins", "setFixedHeight", "setFixedWidth"),
        *("setIconSize", "setMaximumWidth", "setMinimumHeight", "setMinimumWidth", "setRowStretch", "setSpacing"),
        *("setStretch", "setStretchFactor", "setStyleSheet"),
    }
)


@dataclass(frozen=True, slots=True)
class Mutant:
    """One changed place. ``begin`` and ``end`` are offsets in the file's UTF-8 bytes."""

    path: str
    """Relative to the repository, with slashes."""
    line: int
    function: str
    """Qualified name of the function that holds it; empty at the top of a module or class."""
    begin: int
    end: int
    before: str
    after: str

    @property
    def layer(self) -> str:
        return self.path.split("/")[1].removesuffix(".py")

    @property
    def label(self) -> str:
        return f"{self.path}:{self.line}  {' '.join(self.before.split())[:60]}  →  {' '.join(self.after.split())[:60]}"

    def applied_to(self, source: bytes) -> bytes:
        """Return the file with the change. Raises ValueError if the file is another one."""
        if source[self.begin : self.end].decode() != self.before:
            raise ValueError(f"{self.path} is not the file that the mutant was made of")
        return source[: self.begin] + self.after.encode() + source[self.end :]


def chosen(repository: Path, seed: str, count: int) -> list[Mutant]:
    """Draw ``count`` mutants, the same number from each layer; the same seed and sources give the same mutants.

    The self-test is left out.
    """
    layers: defaultdict[str, list[Mutant]] = defaultdict(list)
    for path in sorted((repository / "esign_desktop").rglob("*.py")):
        relative = path.relative_to(repository).as_posix()
        if relative.startswith(_IS_TEST):
            continue
        for mutant in mutants_of(relative, path.read_bytes()):
            layers[mutant.layer].append(mutant)
    drawn = []
    for number, layer in enumerate(LAYERS):
        share = count // len(LAYERS) + (number < count % len(LAYERS))
        drawn += Random(f"{seed} {layer}").sample(layers[layer], share)  # noqa: S311
    return drawn


def mutants_of(path: str, source: bytes) -> list[Mutant]:
    """Return every mutant of a file, in the order of its lines."""
    finder = _Finder(path, source)
    finder.visit(ast.parse(source))
    return finder.found


class _Finder(ast.NodeVisitor):
    def __init__(self, path: str, source: bytes) -> None:
        self._path = path
        self._source = source
        starts = [0]
        for line in source.splitlines(keepends=True):
            starts.append(starts[-1] + len(line))
        self._starts = starts
        self._names: list[str] = []
        self._is_in_function = False
        self.found: list[Mutant] = []

    @override
    def visit(self, node: ast.AST) -> None:
        if isinstance(node, ast.expr | ast.stmt):
            for changed in _changes(node):
                self._add(node, changed)
        super().visit(node)

    @override
    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._enter(node.name, node.body, is_function=True)
        for default in (*node.args.defaults, *node.args.kw_defaults):
            if default is not None:
                self.visit(default)

    @override
    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._enter(node.name, node.body, is_function=False)

    @override
    def visit_If(self, node: ast.If) -> None:
        if not (isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"):
            self.generic_visit(node)

    @override
    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.value)

    @override
    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        """Skip it: Python 3.11 doesn't know where its parts are."""

    def _enter(self, name: str, body: list[ast.stmt], *, is_function: bool) -> None:
        self._names.append(name)
        was, self._is_in_function = self._is_in_function, is_function
        for statement in body:
            self.visit(statement)
        self._is_in_function = was
        self._names.pop()

    def _add(self, node: ast.expr | ast.stmt, changed: ast.AST) -> None:
        begin = self._starts[node.lineno - 1] + node.col_offset
        end = self._starts[(node.end_lineno or node.lineno) - 1] + (node.end_col_offset or 0)
        after = ast.unparse(changed)
        self.found.append(
            Mutant(
                path=self._path,
                line=node.lineno,
                function=".".join(self._names) if self._is_in_function else "",
                begin=begin,
                end=end,
                before=self._source[begin:end].decode(),
                after=f"({after})" if isinstance(changed, ast.expr) else after,
            )
        )


def _changes(node: ast.expr | ast.stmt) -> Iterator[ast.AST]:
    match node:
        case ast.Compare(ops=[operation]):
            yield _with(node, ops=[_COMPARED[type(operation)]()])
        case ast.BoolOp():
            yield _with(node, op=ast.Or() if isinstance(node.op, ast.And) else ast.And())
        case ast.UnaryOp(op=ast.Not()):
            yield node.operand
        case ast.BinOp() if type(node.op) in _COMPUTED and not _is_text(node):
            yield _with(node, op=_COMPUTED[type(node.op)]())
        case ast.Constant(value=bool()):
            yield ast.Constant(not node.value)
        case ast.Constant(value=int(number)) if number in _SMALL:
            yield ast.Constant(number + 1)
        case ast.IfExp():
            yield _with(node, body=node.orelse, orelse=node.body)
        case ast.Return(value=ast.expr()) if not isinstance(node.value, ast.Constant):
            yield ast.Return(ast.Constant(None))
        case ast.Expr(value=ast.Call() as call) if not _is_about_looks(call):
            yield ast.Pass()
        case _:
            return


def _with(node: ast.AST, **fields: object) -> ast.AST:
    changed = copy.copy(node)
    for name, value in fields.items():
        setattr(changed, name, value)
    return changed


def _is_text(node: ast.BinOp) -> bool:
    """Return whether an addition joins texts or lists, or a product lays out a type."""
    return any(
        isinstance(one, ast.JoinedStr | ast.List | ast.Tuple) or _is_string(one) for one in (node.left, node.right)
    )


def _is_string(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str | bytes)


def _is_about_looks(call: ast.Call) -> bool:
    """Return whether a call only writes to the log or sets a size, so that no test is expected to miss it."""
    name = ast.unparse(call.func)
    return name.startswith(("_log.", "logging.")) or name.rpartition(".")[2] in _SIZES
