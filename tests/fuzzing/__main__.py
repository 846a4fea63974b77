"""``python -m tests.fuzzing``: fuzz some formats, or all, and end with 1 if a reading fails or exceeds its bounds."""

from __future__ import annotations

import sys
from argparse import ArgumentParser

from tests.fuzzing.run import TARGETS, fuzz


def main() -> int:
    parser = ArgumentParser()
    parser.add_argument("targets", nargs="*", choices=[*TARGETS, []])
    parser.add_argument("--seed", default="1")
    parser.add_argument("--seconds", type=float, help="for each format")
    parser.add_argument("--most", type=int, help="number of inputs of each format")
    parser.add_argument("--first", type=int, default=0, help="number of the first input")
    chosen = parser.parse_args()
    is_whole = True
    for name in chosen.targets or TARGETS:
        report = fuzz(name, chosen.seed, seconds=chosen.seconds, most=chosen.most, first=chosen.first)
        sys.stdout.write(f"{report}\n")
        sys.stdout.flush()
        is_whole &= not report.failures
    return 0 if is_whole else 1


if __name__ == "__main__":
    sys.exit(main())
