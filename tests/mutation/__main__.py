"""``make mutants SEED=DIGEST``: draws small faults from all layers, and says which of them ``make test`` finds.

python -m tests.mutation SEED [--count N] [--workers N] [--record] [--also-nightly]

Only tests that reach a mutant are run, from a record that ``--record`` makes first (as long as ``make test``, twice).
Without a record, these are the tests beside the mutated module, the shortest first. Mypy is tried on the survivors.
``--also-nightly`` runs the tests of ``make nightly`` that lie beside the module on the mutants that survive.
"""

from __future__ import annotations

import argparse
import json
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING, Final

from tests.mutation.mutants import LAYERS, Mutant, chosen
from tests.mutation.reach import TIER, Reach, is_beside, record
from tests.mutation.trial import Result, Workbench

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

REPOSITORY: Final = Path(__file__).resolve().parents[2]
FOLDER: Final = REPOSITORY / "build" / "mutants"
BUDGET_S: Final = 120.0
"""Seconds of tests a mutant, by the time they took when they were recorded.

The tests that reach a function of the window or the start take a second or two each, and twice as long while coverage
records them: in 60 seconds too few of them are tried.
"""
LIMIT_S: Final = 60.0 + 15 * BUDGET_S
"""A mutant that makes its tests wait for ever is found."""


class Sample:
    """The mutants of one seed, tried by several workers."""

    def __init__(self, mutants: Sequence[Mutant], workers: int) -> None:
        self.mutants = mutants
        self._benches: SimpleQueue[Workbench] = SimpleQueue()
        self._workers = workers
        for number in range(workers):
            self._benches.put(Workbench(REPOSITORY, FOLDER / f"bench-{number}"))

    def known(self, mark: str) -> list[str]:
        """Return the addresses of the tests that a mark selects."""
        with self._lent() as bench:
            return bench.known(mark)

    def try_all(self, mutants: Sequence[Mutant], tests_of: Callable[[Mutant], list[str]]) -> dict[Mutant, Result]:
        """Try each mutant with its tests; a test that fails without a mutant as well is left out."""
        broken: set[str] = set()

        def work(mutant: Mutant) -> Result:
            tests = tests_of(mutant)
            with self._lent() as bench:
                while True:
                    result = bench.try_on(mutant, [test for test in tests if test not in broken], limit_s=LIMIT_S)
                    if (
                        not result.killer.startswith("tests/")
                        or not bench.try_on(None, [result.killer], limit_s=LIMIT_S).killer
                    ):
                        if not result.killer and bench.has_type_error(mutant):
                            result = replace(result, killer="(mypy)")
                        print(f"{'killed  ' if result.killer else 'SURVIVED'} {mutant.label}", flush=True)  # noqa: T201
                        return result
                    broken.add(result.killer)

        with ThreadPoolExecutor(self._workers) as pool:
            return dict(zip(mutants, pool.map(work, mutants), strict=True))

    @contextmanager
    def _lent(self) -> Iterator[Workbench]:
        bench = self._benches.get()
        try:
            yield bench
        finally:
            self._benches.put(bench)


def main() -> int:
    """Print a line a mutant and a table a layer; keep both in ``build/mutants``."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation")
    parser.add_argument("seed", help="a digest that was unknown when the tests were written: of a commit")
    parser.add_argument("--count", type=int, default=128)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--record", action="store_true", help="record anew which tests reach which function")
    parser.add_argument("--also-nightly", action="store_true")
    parsed = parser.parse_args()
    kept = FOLDER / "reach.json"
    reach = record(REPOSITORY, FOLDER) if parsed.record else Reach.load(kept) if kept.exists() else Reach.unrecorded()
    sample = Sample(chosen(REPOSITORY, parsed.seed, parsed.count), parsed.workers)
    known = {*sample.known(TIER)}
    results = sample.try_all(sample.mutants, lambda mutant: reach.tests_of(mutant, known, limit_s=BUDGET_S))
    survivors = [mutant for mutant, result in results.items() if not result.killer]
    nightly: dict[Mutant, Result] = {}
    if parsed.also_nightly:
        beside = sample.known("nightly")
        nightly = sample.try_all(survivors, lambda mutant: [test for test in beside if is_beside(mutant, test)])
    found = [
        asdict(mutant) | {"killer": result.killer, "tried": result.tried, "nightly": _killer(nightly, mutant)}
        for mutant, result in results.items()
    ]
    (FOLDER / f"{parsed.seed[:12]}.json").write_text(json.dumps(found, ensure_ascii=False, indent=1), "utf-8")
    print("\n".join(table(results, nightly)))  # noqa: T201
    return 0


def table(results: dict[Mutant, Result], nightly: dict[Mutant, Result]) -> list[str]:
    """Return a line a layer: how many were killed by ``make test``, and how many with the tests of the night."""
    lines = ["| layer | mutants | killed | with nightly |", "|---|---|---|---|"]
    for layer in (*LAYERS, ""):
        own = [mutant for mutant in results if layer in {"", mutant.layer}]
        killed = sum(bool(results[mutant].killer) for mutant in own)
        also = killed + sum(bool(_killer(nightly, mutant)) for mutant in own)
        lines.append(f"| {layer or 'all'} | {len(own)} | {killed} | {also if nightly else '–'} |")
    return lines


def _killer(nightly: dict[Mutant, Result], mutant: Mutant) -> str:
    return nightly[mutant].killer if mutant in nightly else ""


if __name__ == "__main__":
    sys.exit(main())
