"""``make attacks``: attacks every kind of child, prints each attempt, and ends with 1 if there is a hole."""

from __future__ import annotations

import sys

from tests.attacks.run import KINDS, MODES, attack


def main() -> int:
    holes = skipped = denied = 0
    for mode in MODES:
        for kind in KINDS:
            verdict = attack(kind, mode)
            print(f"\n{kind}, {mode} ({', '.join(verdict.walls) or 'no walls'})")
            if verdict.skipped:
                skipped += 1
                print(f"  SKIPPED  {verdict.skipped}")
                continue
            for one in verdict.outcomes:
                print(f"  {'HOLE    ' if one.hole else 'DENIED  '} {one.name:44} {(one.hole or one.refusal)[:100]}")
            holes += len(verdict.holes)
            denied += len(verdict.outcomes) - len(verdict.holes)
    print(f"\n{denied} denied, {holes} holes, {skipped} skipped")
    return 1 if holes else 0


if __name__ == "__main__":
    sys.exit(main())
