from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from esign_desktop.domain.flow import FlowId
from esign_desktop.services.flows.polling import DEFAULT_LIMITS, PollingSchedule

ROUNDING_S = 1e-9
A, B, C = FlowId("a"), FlowId("b"), FlowId("c")


def test_nothing_to_follow_is_never_due() -> None:
    schedule = PollingSchedule()
    assert schedule.due(0.0) is None
    assert schedule.wait_s(0.0) is None


def test_new_flow_is_due_at_once_and_again_after_thirty_seconds() -> None:
    schedule = PollingSchedule()
    schedule.set_flows([A])
    assert schedule.due(100.0) == A
    schedule.asked(A, 100.0)
    assert schedule.due(129.9) is None
    assert schedule.wait_s(110.0) == 20.0
    assert schedule.due(130.0) == A


def test_two_flows_are_asked_half_a_second_apart() -> None:
    schedule = PollingSchedule()
    schedule.set_flows([A, B])
    schedule.asked(A, 0.0)
    assert schedule.due(0.4) is None
    assert schedule.wait_s(0.0) == 0.5
    assert schedule.due(0.5) == B


def test_watched_flow_is_due_every_two_seconds_and_goes_first() -> None:
    schedule = PollingSchedule()
    schedule.set_flows([A, B, C])
    schedule.watch(C)
    assert schedule.due(0.0) == C
    schedule.asked(C, 0.0)
    assert schedule.due(0.5) == A
    schedule.asked(A, 0.5)
    assert schedule.due(2.0) == C
    schedule.watch(None)
    assert schedule.due(2.0) == B


def test_flow_that_waited_longest_goes_first() -> None:
    schedule = PollingSchedule()
    schedule.set_flows([A, B])
    schedule.asked(B, 0.0)
    schedule.asked(A, 1.0)
    assert schedule.due(40.0) == B


def test_flow_that_is_no_longer_followed_is_forgotten() -> None:
    schedule = PollingSchedule()
    schedule.set_flows([A, B])
    schedule.asked(A, 0.0)
    schedule.set_flows([A])
    assert schedule.due(1.0) is None
    schedule.asked(B, 1.0)
    schedule.set_flows([])
    assert schedule.wait_s(1.0) is None


@given(
    st.lists(st.floats(0.0, 3.0), min_size=1, max_size=300),
    st.integers(1, 12),
    st.booleans(),
)
def test_limits_hold_whenever_it_is_asked(steps: list[float], count: int, is_watching: bool) -> None:
    flows = [FlowId(str(number)) for number in range(count)]
    schedule = PollingSchedule()
    schedule.set_flows(flows)
    watched = flows[0] if is_watching else None
    schedule.watch(watched)
    asked: list[tuple[float, FlowId]] = []
    now_s = 0.0
    for step in steps:
        now_s += step
        flow_id = schedule.due(now_s)
        assert (flow_id is None) == (schedule.wait_s(now_s) != 0.0)
        if flow_id is not None:
            schedule.asked(flow_id, now_s)
            asked.append((now_s, flow_id))
    for (before_s, _), (after_s, _) in itertools.pairwise(asked):
        assert after_s - before_s >= DEFAULT_LIMITS.between_any_s - ROUNDING_S
    for flow_id in flows:
        times = [at_s for at_s, one in asked if one == flow_id]
        limit_s = DEFAULT_LIMITS.watched_s if flow_id == watched else DEFAULT_LIMITS.per_flow_s
        # Sums of steps carry the rounding of floats.
        assert all(after_s - before_s >= limit_s - ROUNDING_S for before_s, after_s in itertools.pairwise(times))
