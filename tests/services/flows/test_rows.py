from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from esign_desktop.domain.china_time import DAY_MS, midnight_ms
from esign_desktop.domain.environment import EnvironmentKind
from esign_desktop.domain.erasure import FORGOTTEN_NAME
from esign_desktop.domain.flow import FlowStatus
from esign_desktop.services.flows.rows import (
    FlowFilter,
    FlowOrder,
    FlowQuery,
    SentSpan,
    arrange,
    end_of_day_ms,
    flow_row,
)
from tests.drafts import NOW_MS
from tests.ui.flow_samples import make_flow, make_signer, progress

OURS = make_signer(1, "", account_id="")
DAY_END_MS = end_of_day_ms(NOW_MS)


def shown(records: list[Any], **query: Any) -> list[str]:
    return [row.flow_id for row in arrange([flow_row(one) for one in records], FlowQuery(**query), NOW_MS).rows]


def test_midnight_is_chinas() -> None:
    assert (DAY_END_MS + 8 * 3_600_000) % DAY_MS == 0
    assert 0 < DAY_END_MS - NOW_MS <= DAY_MS
    assert midnight_ms(DAY_END_MS) == DAY_END_MS == midnight_ms(DAY_END_MS - 1) + DAY_MS


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (
            FlowFilter.ALL,
            {"draft", "today", "overdue", "later", "ours", "odd", "silent", "fetched", "new", "gone"}
            | {"confirm", "automatic"},
        ),
        # A signature that the platform confirms can't be confirmed here.
        (FlowFilter.WAITING_FOR_ME, {"draft", "ours", "new"}),
        (FlowFilter.DUE_TODAY, {"today", "overdue"}),
        (FlowFilter.UNKNOWN_OUTCOME, {"odd", "silent"}),
        (FlowFilter.OPEN, {"draft", "today", "overdue", "later", "confirm", "odd", "silent", "ours", "automatic"}),
        (FlowFilter.FINISHED, {"fetched", "new", "gone"}),
        (FlowFilter.UNSIGNED_LONG, set()),
    ],
)
def test_each_filter_shows_its_own(kind: FlowFilter, expected: set[str]) -> None:
    records = [
        make_flow(name="draft", status=FlowStatus.DRAFT),
        make_flow(name="today", deadline_ms=DAY_END_MS - 1),
        make_flow(name="overdue", deadline_ms=NOW_MS - DAY_MS),
        make_flow(name="later", deadline_ms=DAY_END_MS),
        make_flow(name="confirm", steps=(progress(1, 5),)),
        make_flow(name="ours", signers=(OURS, make_signer(2))),
        make_flow(name="automatic", signers=(replace(OURS, is_silent=True), make_signer(2))),
        make_flow(name="odd", status=FlowStatus.UNKNOWN, code=77),
        replace(make_flow(name="silent"), detail=None, seen_at_ms=None),
        make_flow(name="fetched", status=FlowStatus.COMPLETED, downloaded_to=("/a.pdf",)),
        make_flow(name="new", status=FlowStatus.COMPLETED),
        make_flow(name="gone", status=FlowStatus.EXPIRED, deadline_ms=NOW_MS - 1),
    ]
    assert set(shown(records, kind=kind)) == expected
    found = arrange([flow_row(one) for one in records], FlowQuery(), NOW_MS)
    assert found.counts[kind] == len(expected)


@pytest.mark.parametrize("text", ["借款", "张三", "LOAN", "2027-01", "合同 李四", "借\u202e款"])
def test_every_word_is_looked_for_in_title_names_day_and_number(text: str) -> None:
    records = [make_flow(name="loan", title="借款合同"), make_flow(name="x", title="租赁", signers=(), sent_at_ms=0)]
    assert shown(records, text=text) == ["loan"]


def test_late_is_who_was_asked_three_days_ago_and_signs_by_hand() -> None:
    asked = midnight_ms(NOW_MS) - 2 * DAY_MS - 1
    waiting = (progress(1, 1, received_at_ms=asked),)
    records = [
        make_flow(name="late", steps=waiting),
        make_flow(name="asked later", steps=(progress(1, 1, received_at_ms=asked + 1),), sent_at_ms=0),
        make_flow(
            name="second is late", steps=(progress(1, 2, received_at_ms=0), progress(2, 0, received_at_ms=asked))
        ),
        make_flow(name="second is asked", steps=(progress(1, 2, received_at_ms=0), progress(2, 0))),
        make_flow(name="not queried yet", sent_at_ms=asked),
        make_flow(name="confirmed by the platform", steps=(progress(1, 5, received_at_ms=asked),)),
        make_flow(name="automatic", signers=(make_signer(1, is_silent=True),), sent_at_ms=asked),
        make_flow(name="own seal", signers=(OURS,), sent_at_ms=asked),
        make_flow(name="ended", status=FlowStatus.EXPIRED, steps=waiting),
        make_flow(name="draft", status=FlowStatus.DRAFT, sent_at_ms=asked),
    ]
    assert set(shown(records, also=FlowFilter.UNSIGNED_LONG)) == {"late", "second is late", "not queried yet"}


def test_the_signers_of_a_row_stay_out_of_its_repr() -> None:
    assert "张三" not in repr(flow_row(make_flow(title="借款合同")))


def test_one_looks_for_a_signer_and_a_time() -> None:
    records = [
        make_flow(name="today", title="张三的借款", signers=(make_signer(1, "李四"),)),
        make_flow(name="yesterday", signers=(make_signer(1, "张三"),), sent_at_ms=midnight_ms(NOW_MS) - 1),
        make_flow(name="week", signers=(make_signer(1, "张三丰"),), sent_at_ms=NOW_MS - 7 * DAY_MS),
        make_flow(name="month", signers=(make_signer(1, FORGOTTEN_NAME),), sent_at_ms=NOW_MS - 8 * DAY_MS),
    ]
    assert shown(records, span=SentSpan.TODAY) == ["today"]
    assert shown(records, span=SentSpan.WEEK) == ["today", "yesterday", "week"]
    assert shown(records, span=SentSpan.MONTH, text="张三丰") == ["week"]
    assert shown(records, span=SentSpan.MONTH, also=FlowFilter.DUE_TODAY) == []
    assert set(shown(records, kind=FlowFilter.OPEN, also=FlowFilter.OPEN)) == {"today", "yesterday", "week", "month"}


def test_customers_are_the_parties_that_are_not_the_users_own() -> None:
    company = "云禾示例科技有限公司"
    ours = frozenset({company})
    names = {
        ("张三",): ("张三",),
        (company, "林小满"): ("林小满",),
        (company,): (company,),
        ("", "李四", "李四"): ("李四",),
        ("",): (),
    }
    for given, expected in names.items():
        signers = tuple(make_signer(number, name) for number, name in enumerate(given, 1))
        assert flow_row(make_flow(signers=signers)).customers(ours) == expected
    assert flow_row(make_flow(signers=(make_signer(1, company), make_signer(2)))).customers() == (company, "张三")


def test_a_list_is_mixed_if_its_contracts_belong_to_several_environments() -> None:
    rows = [flow_row(make_flow(name="a")), flow_row(make_flow(name="b", environment=EnvironmentKind.OWN))]
    assert arrange(rows, FlowQuery(text="title of a"), NOW_MS).is_mixed
    assert not arrange(rows[:1], FlowQuery(), NOW_MS).is_mixed


def test_titles_stand_in_the_order_of_their_pinyin() -> None:
    records = [make_flow(name=title, title=title) for title in ("租赁合同", "Zebra", "保密协议", "劳动合同", "apple")]
    order = ["apple", "Zebra", "保密协议", "劳动合同", "租赁合同"]
    assert shown(records, order=FlowOrder.TITLE, is_descending=False) == order
    assert shown(records, order=FlowOrder.TITLE) == order[::-1]


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (FlowOrder.SENT, ["a", "b", "c"]),
        (FlowOrder.DEADLINE, ["b", "a", "c"]),
        (FlowOrder.CUSTOMER, ["c", "a", "b"]),
        (FlowOrder.PROGRESS, ["b", "c", "a"]),
        (FlowOrder.ENVIRONMENT, ["a", "b", "c"]),
    ],
)
def test_the_list_is_sorted_by_any_column(order: FlowOrder, expected: list[str]) -> None:
    records = [
        make_flow(name="a", sent_at_ms=1, deadline_ms=None, status=FlowStatus.EXPIRED),
        make_flow(name="b", sent_at_ms=2, deadline_ms=9, steps=(progress(1, 2),)),
        make_flow(name="c", sent_at_ms=3, deadline_ms=8, status=FlowStatus.REVOKED, signers=(make_signer(1, "阿明"),)),
    ]
    assert shown(records, order=order, is_descending=False) == expected


def test_many_rows_are_all_there_in_order() -> None:
    records = [make_flow(name=f"{n:05}", sent_at_ms=(n * 7919) % 5003) for n in range(5003)]
    found = arrange([flow_row(one) for one in records], FlowQuery(), NOW_MS)
    assert [row.sent_at_ms for row in found.rows] == list(range(5002, -1, -1))
    assert all(found.rows[found.positions[row.flow_id]] is row for row in found.rows)


def test_a_row_holds_neither_links_nor_remarks() -> None:
    row = flow_row(make_flow(signers=(make_signer(1),), steps=(progress(1, 4, remark="价格不符"),)))
    assert row.states[0].signer.urls == ()
    assert row.states[0].remark == ""
