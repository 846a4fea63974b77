"""Which tests reach which function: recorded once, by coverage, while ``make test``'s tests run."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Final

from coverage import CoverageData

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from tests.mutation.mutants import Mutant

LAST_RUN: Final = Path(__file__).resolve().parents[2] / "build" / "junit.xml"
TIER: Final = "not nightly"
SETTINGS: Final = "[run]\nsource = esign_desktop\ncore = ctrace\n"


class Reach:
    """Tests by the functions they reach, and their seconds."""

    def __init__(self, tests: dict[str, dict[str, list[str]]], seconds: dict[str, float]) -> None:
        self._tests = tests
        self._seconds = seconds

    @classmethod
    def load(cls, path: Path) -> Reach:
        """Read what ``record`` has written."""
        kept = json.loads(path.read_text("utf-8"))
        return cls(kept["tests"], kept["seconds"])

    @classmethod
    def unrecorded(cls) -> Reach:
        """Return a record without functions, with the seconds of the last ``make test`` if there was one."""
        return cls({}, _seconds(LAST_RUN) if LAST_RUN.exists() else {})

    def tests_of(self, mutant: Mutant, known: Collection[str], *, limit_s: float) -> list[str]:
        """Return tests that reach the mutant, up to ``limit_s``: its own file's first, then one of each file in turn.

        Tests of one file are alike, so that a test of another file is more likely to find what the first did not. What
        a child process runs is not recorded: those are the tests beside the module. The tests of the whole program,
        which lie in no folder, read its source instead of calling it. They are tried on each mutant: first if it
        changes a field or a constant, otherwise last.
        """
        functions = self._tests.get(mutant.path, {})
        reached = set(functions.get(mutant.function, [])) & set(known)
        if not reached and not mutant.function:
            reached = {test for tests in functions.values() for test in tests} & set(known)
        if not reached:
            reached = {test for test in known if is_beside(mutant, test)}
        taken: list[str] = []
        sum_s = 0.0
        for test in self._in_turn(reached, _own_folder(mutant.path)):
            sum_s += self._seconds.get(test, 1.0)
            if taken and sum_s > limit_s:
                break
            taken.append(test)
        whole = [test for test in known if _is_of_all(test)]
        return [*taken, *whole] if mutant.function else [*whole, *taken]

    def _in_turn(self, tests: Collection[str], own: list[str]) -> list[str]:
        """Return the tests of the module's own file, then those of the other files: the shortest of each, and so on."""
        of_file: defaultdict[str, list[str]] = defaultdict(list)
        for test in sorted(tests, key=lambda test: (self._seconds.get(test, 1.0), test)):
            of_file[test.partition("::")[0]].append(test)
        own_tests = [test for file, ordered in of_file.items() if _alike(own, file) == len(own) for test in ordered]
        others = [
            (turn, -_alike(own, test), self._seconds.get(test, 1.0), test)
            for ordered in of_file.values()
            for turn, test in enumerate(ordered)
        ]
        return list(dict.fromkeys([*own_tests, *(test for *_, test in sorted(others))]))


def record(repository: Path, folder: Path) -> Reach:
    """Run the tests of ``make test`` under coverage and keep which function each reaches, in ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    settings, data, report = folder / "coveragerc", folder / "coverage", folder / "junit.xml"
    settings.write_text(f"{SETTINGS}data_file = {data}\n", "utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-m", TIER, "--numprocesses=2", "--dist=worksteal"]
    command += ["--cov", f"--cov-config={settings}", "--cov-context=test", "--cov-report=", f"--junitxml={report}"]
    subprocess.run(command, cwd=repository, check=False)
    return reduce(repository, data, report, folder / "reach.json")


def reduce(repository: Path, data: Path, report: Path, target: Path) -> Reach:
    """Write the tests of each function that coverage has seen, and each test's seconds."""
    seen = CoverageData(basename=str(data))
    seen.read()
    tests: dict[str, dict[str, list[str]]] = {}
    for measured in seen.measured_files():
        relative = "esign_desktop/" + measured.replace("\\", "/").rpartition("/esign_desktop/")[2]
        source = repository / relative
        if source.is_file():
            contexts = seen.contexts_by_lineno(measured)
            tests[relative] = {
                name: sorted(
                    {context.rpartition("|")[0] for line in lines for context in contexts.get(line, ())} - {""}
                )
                for name, lines in _bodies(ast.parse(source.read_bytes()))
            }
    seconds = _seconds(report)
    target.write_text(json.dumps({"tests": tests, "seconds": seconds}), "utf-8")
    return Reach(tests, seconds)


def _bodies(tree: ast.AST, above: str = "") -> Iterator[tuple[str, range]]:
    """Yield functions by qualified name, and the lines of their statements."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            name = f"{above}.{node.name}" if above else node.name
            if isinstance(node, ast.FunctionDef):
                yield name, range(node.body[0].lineno, (node.end_lineno or node.lineno) + 1)
            yield from _bodies(node, name)
        else:
            yield from _bodies(node, above)


def _seconds(report: Path) -> dict[str, float]:
    seconds: defaultdict[str, float] = defaultdict(float)
    for case in ET.parse(report).iter("testcase"):  # noqa: S314  pytest wrote it a moment ago
        module = (case.get("classname") or "").replace(".", "/")
        seconds[f"{module}.py::{case.get('name')}"] += float(case.get("time") or 0)
    return dict(seconds)


def is_beside(mutant: Mutant, test: str) -> bool:
    """Return whether a test lies in the folder of the mutated module's tests."""
    layer, *folders = mutant.path.split("/")[1:-1] or [mutant.layer]
    return test.startswith((f"tests/{'/'.join((layer, *folders[:1]))}/", f"tests/{layer}/test_"))


def _is_of_all(test: str) -> bool:
    return test.startswith("tests/test_")


def _own_folder(path: str) -> list[str]:
    """Return the parts of the address that a module's tests have, as far as they follow it."""
    return ["tests", *path.removesuffix(".py").split("/")[1:]]


def _alike(own: list[str], test: str) -> int:
    parts = test.partition("::")[0].removesuffix(".py").replace("/test_", "/").split("/")
    return next((n for n, (one, other) in enumerate(zip(own, parts, strict=False)) if one != other), len(own))
