from __future__ import annotations

from dataclasses import replace

from esign_desktop.domain.flow import DocumentProgress, FlowStatus, NoticeRemark
from esign_desktop.services.flows.timeline import TimelineEventKind, timeline
from tests.drafts import NOW_MS
from tests.ui.flow_samples import make_flow, progress

NEVER_ASKED = replace(make_flow(), detail=None, seen_at_ms=None)


def test_a_flow_nobody_was_asked_about_was_sent_and_no_more() -> None:
    assert [entry.what for entry in timeline(NEVER_ASKED)] == [TimelineEventKind.SENT]


def test_things_stand_in_the_order_in_which_they_happened() -> None:
    first = progress(1, 2, received_at_ms=NOW_MS + 1, signed_at_ms=NOW_MS + 5)
    second = progress(2, 4, received_at_ms=NOW_MS + 6, signed_at_ms=NOW_MS + 9, remark="价格不符")
    record = make_flow(status=FlowStatus.TERMINATED, steps=(second, first))
    assert record.detail is not None
    record = replace(record, detail=replace(record.detail, ended_at_ms=NOW_MS + 9))
    found = [(entry.what, entry.signer_number, entry.at_ms) for entry in timeline(record)]
    assert found == [
        (TimelineEventKind.SENT, 0, NOW_MS),
        (TimelineEventKind.RECEIVED, 1, NOW_MS + 1),
        (TimelineEventKind.SIGNED, 1, NOW_MS + 5),
        (TimelineEventKind.RECEIVED, 2, NOW_MS + 6),
        (TimelineEventKind.REFUSED, 2, NOW_MS + 9),
        (TimelineEventKind.ENDED, 0, NOW_MS + 9),
    ]
    assert timeline(record)[-2].remark == "价格不符"


def test_reasons_that_a_notice_told_stand_in_the_timeline() -> None:
    remarks = (NoticeRemark("account 1", "证书已过期"), NoticeRemark("", "签署失败，流程终止"))
    record = make_flow(status=FlowStatus.TERMINATED, steps=(progress(1, 3),), remarks=remarks)
    assert [(entry.what, entry.remark) for entry in timeline(record)[1:]] == [
        (TimelineEventKind.FAILED, "证书已过期"),
        (TimelineEventKind.ENDED, "签署失败，流程终止"),
    ]


def test_what_is_to_be_confirmed_is_not_told_as_signed() -> None:
    record = make_flow(steps=(progress(1, 5, signed_at_ms=NOW_MS),))
    assert [entry.what for entry in timeline(record)[1:]] == [TimelineEventKind.TO_BE_CONFIRMED]


def test_documents_are_told_apart_only_where_they_differ() -> None:
    record = make_flow(steps=(progress(1, 2, signed_at_ms=NOW_MS),))
    assert record.detail is not None
    (document,) = record.detail.documents
    same = replace(record, detail=replace(record.detail, documents=(document, document)))
    assert [(entry.what, entry.document_name) for entry in timeline(same)[1:]] == [(TimelineEventKind.SIGNED, "")]
    later = DocumentProgress("doc 2", "附件", (progress(1, 2, signed_at_ms=NOW_MS + 1),))
    differ = replace(record, detail=replace(record.detail, documents=(document, later)))
    assert [entry.document_name for entry in timeline(differ)[1:]] == ["合同", "附件"]
