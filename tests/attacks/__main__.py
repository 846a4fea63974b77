"""``make attacks``: attacks every kind of child, and prints each attempt.

First each kind is attacked without walls and limits, where every attempt has to succeed. The exit status is 1 if there
is a hole, or an attempt that proves nothing.
"""

from __future__ import annotations

import sys

from tests.attacks.run import ATTACKS, BARE, KINDS, attack, is_unhindered


def main() -> int:
    holes = skipped = denied = vain = 0
    for kind in KINDS:
        verdict = attack(kind, BARE)
        print(f"\n{kind}, without walls and limits: {len(verdict.holes)} of {len(verdict.outcomes)} succeed")
        for one in verdict.vain:
            print(f"  IN VAIN  {one.name:44} {one.refusal[:100]}")
        vain += len(verdict.vain)
    for kind, mode in ATTACKS:
        verdict = attack(kind, mode)
        print(f"\n{kind}, {mode} ({', '.join(verdict.walls) or 'no walls'})")
        if verdict.skipped:
            skipped += 1
            print(f"  SKIPPED  {verdict.skipped}")
            continue
        for one in verdict.outcomes:
            word = "HOLE    " if one in verdict.holes else "GRANTED " if one.hole else "DENIED  "
            print(f"  {word} {one.name:44} {(one.hole or one.refusal)[:100]}")
            denied += not one.hole
        holes += len(verdict.holes)
    print(f"\n{denied} denied, {holes} holes, {skipped} skipped, {vain} in vain")
    if vain and not is_unhindered():
        print("Some attempts need an administrator, and a system that does not confine these tests themselves.")
        vain = 0
    return 1 if holes or vain else 0


if __name__ == "__main__":
    sys.exit(main())
