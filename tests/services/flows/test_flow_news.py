from __future__ import annotations

from dataclasses import replace

from esign_desktop.domain.flow import FlowStatus, SignStatus
from esign_desktop.services.flows.news import NewsBoard, news_between
from tests.ui.flow_samples import make_flow, make_signer, progress

SENT = make_flow(signers=(make_signer(1, "张三"), make_signer(2, "李四")))


def test_who_signed_refused_or_failed_is_news_once() -> None:
    for code in (2, 3, 4):
        after = make_flow(signers=SENT.signers, steps=(progress(1, code), progress(2, 0)))
        (news,) = news_between(SENT, after)
        assert (news.signer_name, news.signed) == ("张三", SignStatus(code))
        assert list(news_between(after, after)) == []


def test_what_is_signed_by_itself_is_no_news_and_how_it_ended_is() -> None:
    silent = replace(SENT, signers=(make_signer(1, "示例公司", is_silent=True), make_signer(2, "李四")))
    after = make_flow(status=FlowStatus.COMPLETED, signers=silent.signers, steps=(progress(1, 2), progress(2, 2)))
    (news,) = news_between(silent, after)
    assert (news.signer_name, news.ended) == ("", FlowStatus.COMPLETED)
    alone = make_flow(signers=silent.signers, steps=(progress(1, 2), progress(2, 0)))
    assert list(news_between(silent, alone)) == []


def test_a_revocation_was_ordered_here_and_is_no_news() -> None:
    assert list(news_between(SENT, make_flow(status=FlowStatus.REVOKED))) == []


def test_news_are_taken_once() -> None:
    board = NewsBoard()
    board.compare(SENT, make_flow(signers=SENT.signers, steps=(progress(1, 2),)))
    assert len(board.take()) == 1
    assert board.take() == ()
