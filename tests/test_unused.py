"""All that the program defines is used in it: a call or connection that is lost leaves a function or signal behind."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path
from typing import Final

import esign_desktop

CALLED_BY_HTTP_SERVER: Final = {"do_GET", "do_HEAD", "do_POST", "do_PUT"}
READ_BY_TESTS: Final = {
    *("chips", "failure_text", "far_pages", "is_lit", "is_looking", "is_secret_known", "kept_shown"),
    *("known_codes", "spotlight", "state_text", "supervisors", "wait_until_idle", "worker_pids"),
}
"""What has no use in the program, but shows to tests and benchmarks what it does."""


def test_functions_classes_and_signals_are_used() -> None:
    defined: set[str] = set()
    signals: set[str] = set()
    used: Counter[str] = Counter()
    for path in Path(esign_desktop.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.Attribute):
                used[node.attr] += 1
            elif isinstance(node, ast.Name):
                used[node.id] += isinstance(node.ctx, ast.Load)
            elif isinstance(node, ast.Constant):
                used.update([node.value] if isinstance(node.value, str) and node.value.isidentifier() else ())
            elif isinstance(node, ast.FunctionDef | ast.ClassDef):
                defined.update([] if _is_called_from_outside(node) else [node.name])
            elif isinstance(node, ast.Assign) and _makes_signal(node.value):
                signals.update(target.id for target in node.targets if isinstance(target, ast.Name))
    unused = {name for name in defined if not used[name]}
    # One use emits the signal, another one connects it.
    silent = {name for name in signals if used[name] < 2}
    known = CALLED_BY_HTTP_SERVER | READ_BY_TESTS
    assert sorted((unused | silent) - known) == [], "delete them, or name them above"
    assert sorted(known - unused - silent) == [], "they are used now"


def _is_called_from_outside(node: ast.FunctionDef | ast.ClassDef) -> bool:
    """Return whether Python or Qt calls a function: ``__init__``, or one that overrides another."""
    return node.name.startswith("__") or any(ast.unparse(one) == "override" for one in node.decorator_list)


def _makes_signal(value: ast.expr) -> bool:
    return isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "Signal"
