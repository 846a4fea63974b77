from __future__ import annotations

from esign_desktop.domain.contract.steps import Steps, grouped_with, moved_to_own_step, shifted
from esign_desktop.domain.signer import SignerId

A, B, C = SignerId("a"), SignerId("b"), SignerId("c")
IN_TURN: Steps = ((A,), (B,), (C,))


def test_one_dropped_between_steps_gets_a_step_there() -> None:
    assert moved_to_own_step(IN_TURN, C, 0) == ((C,), (A,), (B,))
    assert moved_to_own_step(IN_TURN, A, 3) == ((B,), (C,), (A,))


def test_one_dropped_beside_their_own_place_stays() -> None:
    assert moved_to_own_step(IN_TURN, B, 1) == IN_TURN
    assert moved_to_own_step(IN_TURN, B, 2) == IN_TURN


def test_one_dropped_on_a_step_signs_in_parallel() -> None:
    assert grouped_with(IN_TURN, C, 0) == ((A, C), (B,))


def test_one_of_a_group_who_moves_leaves_it() -> None:
    together: Steps = ((A, B), (C,))
    assert shifted(together, B, -1) == ((B,), (A,), (C,))
    assert shifted(together, A, +1) == ((B,), (A,), (C,))


def test_one_alone_passes_the_neighbouring_step() -> None:
    assert shifted(IN_TURN, B, -1) == ((B,), (A,), (C,))
    assert shifted(IN_TURN, B, +1) == ((A,), (C,), (B,))


def test_the_first_cannot_move_earlier_nor_the_last_later() -> None:
    assert shifted(IN_TURN, A, -1) == IN_TURN
    assert shifted(IN_TURN, C, +1) == IN_TURN
