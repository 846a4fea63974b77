from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.environment import EnvironmentKind
from esign_desktop.domain.flow import FlowId
from esign_desktop.store.tables.notices import KEPT_MS, NoticeInbox, ReceivedNotice

if TYPE_CHECKING:
    from esign_desktop.store.database.connection import Database

TEST = EnvironmentKind.TEST


def notice(digest: str, flow: str, at_ms: int = 1) -> ReceivedNotice:
    return ReceivedNotice(digest, FlowId(flow), TEST, at_ms)


@pytest.fixture
def inbox(database: Database) -> NoticeInbox:
    return NoticeInbox(database)


def test_a_flow_waits_once_however_many_notices_came(inbox: NoticeInbox) -> None:
    inbox.keep((notice("a", "late", 5), notice("b", "early", 2), notice("c", "late", 6)))
    inbox.keep((notice("a", "late", 9),))
    assert inbox.count() == 3
    assert inbox.open_flows(TEST) == ("early", "late")
    assert inbox.open_flows(EnvironmentKind.PRODUCTION) == ()


def test_a_notice_that_came_after_the_question_still_waits(inbox: NoticeInbox) -> None:
    inbox.keep((notice("a", "flow", 5), notice("b", "flow", 8)))
    inbox.settle(FlowId("flow"), received_until_ms=7)
    assert inbox.open_flows(TEST) == ("flow",)
    inbox.settle(FlowId("flow"), received_until_ms=8)
    assert inbox.open_flows(TEST) == ()


def test_a_settled_notice_that_is_repeated_stays_settled(inbox: NoticeInbox) -> None:
    inbox.keep((notice("a", "flow", 5),))
    inbox.settle(FlowId("flow"), received_until_ms=5)
    inbox.keep((notice("a", "flow", 9),))
    assert inbox.open_flows(TEST) == ()


def test_old_notices_are_forgotten(inbox: NoticeInbox) -> None:
    inbox.keep((notice("a", "flow", 1),))
    inbox.settle(FlowId("flow"), received_until_ms=2 + KEPT_MS)
    assert inbox.count() == 0
