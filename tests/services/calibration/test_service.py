"""A platform is found out about by its seals: against the real rehearsal platform, in each of its variants."""

from __future__ import annotations

import itertools
import json
import logging
import os
import signal
import sqlite3
import threading
from contextlib import closing, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pymupdf
import pytest

from esign_desktop.api.errors import Refused
from esign_desktop.domain.account import Person
from esign_desktop.domain.calibration.answers import TOLERANCE_PT, NoAnswer, Question
from esign_desktop.domain.calibration.sheet import (
    INVENTED_PERSON,
    KEYWORD,
    PAGE_COUNT,
    PAGE_HEIGHT_PT,
    PAGE_WIDTH_PT,
    REGISTER_MARKS,
    SPOTS,
    Seal,
)
from esign_desktop.domain.environment import (
    PRODUCTION_URL,
    CrossPageSplit,
    Environment,
    EnvironmentKind,
    KeywordOrigin,
    PlatformBehaviour,
    SealAnchor,
)
from esign_desktop.domain.errors import ApiError, Cancelled, CancelToken, InputError, PdfError, StoreError
from esign_desktop.domain.flow import FlowStatus
from esign_desktop.pdf.client.engine import ProcessEngine
from esign_desktop.services.calibration.service import CalibrationStage
from esign_desktop.store.files.paths import AppPaths
from esign_desktop.ui.resources import resource_path
from tests.raised import raises_code
from tests.services.calibration_desk import TITLE, DyingEngine, calibration_desk, starts
from tests.services.desk import make_contract, organization_signer
from tests.services.sandbox_platform import PROJECT_ID, SECRET, SandboxPlatform
from tests.tiers import daily

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.services.calibration_desk import CalibrationDesk

_log = logging.getLogger(__name__)

KIND = EnvironmentKind.SANDBOX

WIDTHS_PT = ((159.0, 95.0), (113.4, 40.0), (127.6, 70.9))
VARIANTS = [
    {
        "seal_anchor": anchor,
        "keyword_origin": origin,
        "cross_page_split": split,
        # These differ from one variant to the next, so that each meets several of the others.
        "links_at_start": ("yes", "no")[number % 2],
        "second_account": ("new", "same", "refused")[number % 3],
        "chunk_type_name": ("contentType", "mimeType")[number // 2 % 2],
        "organization_seal_width_pt": WIDTHS_PT[number % 3][0],
        "person_seal_width_pt": WIDTHS_PT[number % 3][1],
    }
    for number, (anchor, origin, split) in enumerate(itertools.product(SealAnchor, KeywordOrigin, CrossPageSplit))
]
DAILY_VARIANTS = [VARIANTS[number] for number in (3, 6, 8, 10)]
"""Each value of each question at least once."""


@pytest.fixture
def desk(tmp_path: Path, platform: SandboxPlatform) -> Iterator[CalibrationDesk]:
    with calibration_desk(tmp_path / "desk", platform.environment) as desk:
        yield desk


def options_of(variant: dict[str, Any]) -> tuple[str, ...]:
    """Return the command line that makes the platform so."""
    return (
        *("--seal-anchor", variant["seal_anchor"]),
        *("--keyword-origin", variant["keyword_origin"]),
        *("--cross-page-split", variant["cross_page_split"]),
        "--links-at-start" if variant["links_at_start"] == "yes" else "--no-links-at-start",
        *("--second-account", variant["second_account"]),
        *("--chunk-type-name", variant["chunk_type_name"]),
        *("--organization-seal-width", str(variant["organization_seal_width_pt"])),
        *("--person-seal-width", str(variant["person_seal_width_pt"])),
    )


@pytest.mark.parametrize(
    "variant", daily(DAILY_VARIANTS, VARIANTS), ids=lambda variant: "-".join(map(str, variant.values()))
)
def test_what_the_platform_was_told_to_do_is_found_out(variant: dict[str, Any], tmp_path: Path) -> None:
    with (
        SandboxPlatform(tmp_path / "platform", *options_of(variant)) as platform,
        calibration_desk(tmp_path / "desk", platform.environment) as desk,
    ):
        before = desk.services.environments.get(KIND)
        report = desk.service.run(KIND, TITLE)

        seen = {answer.question.value: answer.seen for answer in report.answers if answer.reason is None}
        assert set(seen) == set(variant)
        for name, value in variant.items():
            assert seen[name] == (pytest.approx(value, abs=TOLERANCE_PT) if isinstance(value, float) else value), name
        errors_pt = {answer.question.value: answer.error_pt for answer in report.answers if answer.error_pt is not None}
        for name in ("organization_seal_width_pt", "person_seal_width_pt"):
            errors_pt[name] = abs(seen[name] - variant[name])
        for name, error_pt in errors_pt.items():
            _log.info("%s is off by %.3f pt", name, error_pt)
        assert max(errors_pt.values()) <= TOLERANCE_PT
        assert desk.services.environments.get(KIND) == before, "nothing is set without being asked"

        desk.service.take(report, {answer.question for answer in report.answers})
        kept = desk.services.environments.get(KIND).behaviour.as_values()
        assert kept == pytest.approx({**seen, "freeze_at": "start"})
        assert not desk.service.is_waiting(KIND)


@pytest.mark.nightly
def test_what_was_set_before_changes_nothing_of_what_is_sent(tmp_path: Path, desk: CalibrationDesk) -> None:
    first = desk.service.run(KIND, TITLE)
    wrong = PlatformBehaviour.from_values(
        {"seal_anchor": "lower_left", "keyword_origin": "centre", "cross_page_split": "right_first"}
    )
    desk.services.environments.set_behaviour(KIND, wrong)

    second = desk.service.run(KIND, TITLE)

    assert [answer.seen for answer in second.answers] == [answer.seen for answer in first.answers]
    assert {answer.question for answer in second.changes} >= {
        Question.SEAL_ANCHOR,
        Question.KEYWORD_ORIGIN,
        Question.CROSS_PAGE_SPLIT,
    }


def test_only_what_was_chosen_is_set(desk: CalibrationDesk) -> None:
    report = desk.service.run(KIND, TITLE)

    environment = desk.service.take(report, {Question.LINKS_AT_START})

    assert environment.behaviour == replace(PlatformBehaviour(), links_at_start=environment.behaviour.links_at_start)
    assert environment.behaviour.links_at_start == "yes"


def test_one_contract_is_sealed_and_the_other_called_back_unseen(
    desk: CalibrationDesk, platform: SandboxPlatform
) -> None:
    title = "校准 一次"

    report = desk.service.run(KIND, title)

    flows = {flow.flow_id: flow for flow in platform.flows(title)}
    assert sorted(flow.status for flow in flows.values()) == [FlowStatus.COMPLETED, FlowStatus.REVOKED]
    assert flows[report.flow_id].status == FlowStatus.COMPLETED
    assert {record.title for record in desk.services.flows.list(KIND)} == {title}
    again = len(platform.accounts(INVENTED_PERSON.name))
    desk.service.run(KIND, title)
    assert len(platform.accounts(INVENTED_PERSON.name)) == again


def test_a_platform_without_templates_leaves_the_name_of_appended_pages_open(
    desk: CalibrationDesk, platform: SandboxPlatform
) -> None:
    rule = {"path": "/template/createbyfilekey", "fault": "err_code", "err_code": 1700, "msg": "未开通模板"}
    platform.set_faults({**rule, "times": None})

    report = desk.service.run(KIND, TITLE)

    (found,) = (answer for answer in report.answers if answer.question is Question.CHUNK_TYPE_NAME)
    assert (found.seen, found.reason, found.platform_text) == (None, NoAnswer.REFUSED, "未开通模板")
    assert not desk.service.is_waiting(KIND)


def test_one_template_is_made_for_all_calibrations(desk: CalibrationDesk, platform: SandboxPlatform) -> None:
    before = platform.requests("/template/createbyfilekey")
    for _again in range(2):
        desk.service.run(KIND, TITLE, with_person=False)
    assert platform.requests("/template/createbyfilekey") == before + 1


def test_nobody_is_asked_for_without_a_person(desk: CalibrationDesk, platform: SandboxPlatform) -> None:
    before = platform.requests("/account/create/person/private")

    report = desk.service.run(KIND, TITLE, with_person=False)

    doubts = {answer.question for answer in report.answers if answer.reason is NoAnswer.NOT_ASKED}
    assert doubts == {Question.PERSON_WIDTH, Question.LINKS_AT_START, Question.SECOND_ACCOUNT}
    assert platform.requests("/account/create/person/private") == before


@pytest.mark.parametrize("kind", [EnvironmentKind.PRODUCTION, EnvironmentKind.OWN])
def test_environment_with_legal_effect_is_never_calibrated(
    desk: CalibrationDesk, platform: SandboxPlatform, kind: EnvironmentKind
) -> None:
    desk.services.environments.use_for_session(Environment(kind, PRODUCTION_URL, PROJECT_ID), SECRET)
    before = len(platform.request_log())

    with raises_code(InputError, "calibration.binding"):
        desk.service.run(kind, TITLE)

    assert len(platform.request_log()) == before


def test_locked_keyring_is_told_before_anything_is_sent(
    desk: CalibrationDesk, platform: SandboxPlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    environments = desk.services.environments
    environments.save(replace(platform.environment, kind=EnvironmentKind.TEST))

    def locked(_environment: Environment) -> None:
        raise StoreError("keyring.locked", retryable=True)

    monkeypatch.setattr(environments, "secret", locked)

    with raises_code(StoreError, "keyring.locked"):
        desk.service.run(EnvironmentKind.TEST, TITLE)


def test_refused_person_leaves_the_application_to_seal_alone(desk: CalibrationDesk, platform: SandboxPlatform) -> None:
    platform.set_faults({"path": "/sign/start", "fault": "err_code", "err_code": 1900, "msg": "不支持个人静默签"})

    report = desk.service.run(KIND, TITLE)

    found = {answer.question: answer for answer in report.answers}
    assert (found[Question.PERSON_WIDTH].seen, found[Question.PERSON_WIDTH].reason) == (None, NoAnswer.REFUSED)
    assert found[Question.ORGANIZATION_WIDTH].seen == pytest.approx(159.0, abs=TOLERANCE_PT)


def test_person_whose_account_is_refused_leaves_what_needs_one_open(
    desk: CalibrationDesk, platform: SandboxPlatform
) -> None:
    rule = {"path": "/account/create/person/private", "fault": "err_code", "err_code": 1500, "msg": "实名不通过"}
    # The account may be there from another test.
    exchange = {"path": "/account/idexchange", "fault": "err_code", "err_code": 1500, "msg": "没有", "times": 1}
    platform.set_faults({**rule, "times": None}, exchange)

    report = desk.service.run(KIND, TITLE)

    found = {answer.question: answer for answer in report.answers}
    assert found[Question.SECOND_ACCOUNT].reason is NoAnswer.REFUSED
    assert found[Question.SECOND_ACCOUNT].platform_text == "实名不通过"
    assert found[Question.LINKS_AT_START].reason is NoAnswer.NOT_ASKED
    assert found[Question.SEAL_ANCHOR].seen == "centre"


@pytest.mark.nightly
def test_silent_person_who_fails_leaves_the_application_to_seal_alone(
    desk: CalibrationDesk, platform: SandboxPlatform
) -> None:
    # The send itself asks once.
    desk.strange.failures = 2
    before = starts(platform)

    report = desk.service.run(KIND, TITLE)

    found = {answer.question: answer for answer in report.answers}
    assert found[Question.PERSON_WIDTH].reason is NoAnswer.REFUSED
    assert found[Question.SEAL_ANCHOR].seen == "centre"
    assert starts(platform) == before + 3, "with the person, without, and one to see whether links are told"


def test_contract_that_ends_unsealed_is_told_and_leaves_nothing_waiting(desk: CalibrationDesk) -> None:
    desk.strange.failures = 100

    with raises_code(InputError, "calibration.not_sealed"):
        desk.service.run(KIND, TITLE)

    assert not desk.service.is_waiting(KIND)


def test_contract_of_which_nobody_knows_whether_it_arrived_is_not_sent_again(
    desk: CalibrationDesk, platform: SandboxPlatform
) -> None:
    platform.set_faults({"path": "/sign/start", "fault": "drop_reply"})
    before = starts(platform)

    for _again in range(2):
        with raises_code(InputError, "calibration.held"):
            desk.service.run(KIND, TITLE)

    assert starts(platform) == before + 1
    desk.service.give_up(KIND)
    assert not desk.service.is_waiting(KIND)


def test_contract_that_was_not_noted_is_not_sent_again_either(
    tmp_path: Path, desk: CalibrationDesk, platform: SandboxPlatform
) -> None:
    platform.set_faults({"path": "/sign/start", "fault": "drop_reply"})
    before = starts(platform)
    with raises_code(InputError, "calibration.held"):
        desk.service.run(KIND, TITLE)
    with closing(sqlite3.connect(AppPaths.at(tmp_path / "desk").database_path)) as database, database:
        assert database.execute("DELETE FROM settings WHERE key LIKE 'calibration.%'").rowcount == 1

    with raises_code(InputError, "calibration.held"):
        desk.service.run(KIND, TITLE)

    assert starts(platform) == before + 1


def test_refused_contract_is_told_in_the_platforms_words_and_leaves_nothing_waiting(
    desk: CalibrationDesk, platform: SandboxPlatform
) -> None:
    rule = {"path": "/sign/start", "fault": "err_code", "err_code": 1900, "msg": "静默签未授权", "times": None}
    platform.set_faults(rule)

    with pytest.raises(Refused) as raised:
        desk.service.run(KIND, TITLE)

    assert raised.value.msg == "静默签未授权"
    assert not desk.service.is_waiting(KIND)


def test_contract_that_is_never_sealed_is_waited_for_again_or_called_back(
    desk: CalibrationDesk, platform: SandboxPlatform
) -> None:
    desk.strange.never_completes = True
    before = starts(platform)

    with raises_code(InputError, "calibration.not_complete"):
        desk.service.run(KIND, TITLE, wait_s=0.0)
    assert desk.service.is_waiting(KIND)
    desk.strange.never_completes = False
    report = desk.service.run(KIND, TITLE)

    assert report.answers[0].seen == "centre"
    assert starts(platform) == before + 2, "one to be measured, and one to see whether links are told"


def test_contract_that_is_given_up_is_not_taken_up_again(desk: CalibrationDesk, platform: SandboxPlatform) -> None:
    desk.strange.never_completes = True
    with raises_code(InputError, "calibration.not_complete"):
        desk.service.run(KIND, TITLE, wait_s=0.0)

    # It is sealed already, so the platform will not call it back, and says so.
    with pytest.raises(ApiError):
        desk.service.give_up(KIND)
    desk.strange.never_completes = False
    desk.service.give_up(KIND)

    assert not desk.service.is_waiting(KIND)


def test_cancel_while_waiting_leaves_the_contract_to_be_taken_up_or_called_back(desk: CalibrationDesk) -> None:
    desk.strange.never_completes = True
    cancel = CancelToken()

    def stop(stage: CalibrationStage) -> None:
        if stage is CalibrationStage.WAITING:
            cancel.cancel()

    with pytest.raises(Cancelled):
        desk.service.run(KIND, TITLE, on_stage=stop, cancel=cancel)

    assert desk.service.is_waiting(KIND)


def test_cancel_while_sending_calls_it_back(desk: CalibrationDesk, platform: SandboxPlatform) -> None:
    cancel = CancelToken()
    title = "校准 取消"

    def stop(stage: CalibrationStage) -> None:
        if stage is CalibrationStage.SENDING:
            cancel.cancel()

    with pytest.raises(Cancelled):
        desk.service.run(KIND, title, on_stage=stop, cancel=cancel)

    assert not desk.service.is_waiting(KIND)
    assert all(flow.status == FlowStatus.REVOKED for flow in platform.flows(title))


def test_program_that_ends_before_it_has_measured_goes_on_with_the_same_contract(
    tmp_path: Path, platform: SandboxPlatform
) -> None:
    before = starts(platform)
    engine = DyingEngine()
    with (
        calibration_desk(tmp_path / "desk", platform.environment, engine=engine) as desk,
        raises_code(PdfError, "pdf.worker_died"),
    ):
        desk.service.run(KIND, TITLE)
    with calibration_desk(tmp_path / "desk", platform.environment) as desk:
        assert desk.service.is_waiting(KIND)
        report = desk.service.run(KIND, TITLE)

    assert report.answers[0].seen == "centre"
    assert starts(platform) == before + 2


def test_lost_answer_about_links_is_no_refusal_and_is_asked_for_again(
    desk: CalibrationDesk, platform: SandboxPlatform
) -> None:
    title = "校准 断线"
    platform.set_faults({"path": "/sign/start", "fault": "drop_reply", "skip": 1})
    with raises_code(ApiError, "submission.interrupted"):
        desk.service.run(KIND, title)
    assert desk.service.is_waiting(KIND)
    platform.set_faults()

    report = desk.service.run(KIND, title)

    (links,) = (answer for answer in report.answers if answer.question is Question.LINKS_AT_START)
    assert links.seen == "yes"
    assert not desk.service.is_waiting(KIND)
    # Of the sheet, the flow whose answer was lost and the one that was called back, only the sheet was seen.
    assert sum(flow.status == FlowStatus.COMPLETED for flow in platform.flows(title)) == 1
    assert desk.services.submission.unfinished() == ()


def test_pdf_process_that_is_killed_while_seals_are_measured_costs_no_second_contract(
    tmp_path: Path, platform: SandboxPlatform
) -> None:
    before = starts(platform)
    engine = ProcessEngine(workers=1)
    is_over = threading.Event()

    def kill_all() -> None:
        # Each that is started, since the engine asks another one where one died between two files.
        while not is_over.wait(0.01):
            for pid in engine.worker_pids:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)

    killer = threading.Thread(target=kill_all, name="killer")

    def kill(stage: CalibrationStage) -> None:
        if stage is CalibrationStage.MEASURING:
            killer.start()

    with calibration_desk(tmp_path / "desk", platform.environment, engine=engine) as desk:
        try:
            with raises_code(PdfError, "pdf.worker_died"):
                desk.service.run(KIND, TITLE, on_stage=kill)
        finally:
            is_over.set()
            killer.join()
        assert desk.service.is_waiting(KIND)
        report = desk.service.run(KIND, TITLE)

    assert report.answers[0].seen == "centre"
    assert starts(platform) == before + 2


def _without_a_page(path: Path) -> None:
    with pymupdf.open(path) as pdf:
        pdf.delete_page(1)
        content = pdf.tobytes()
    path.write_bytes(content)


def _moved(path: Path) -> None:
    with pymupdf.open(path) as pdf:
        for page in pdf:
            page.clean_contents()
            xref = page.get_contents()[0]
            pdf.update_stream(xref, b"1 0 0 1 3 0 cm\n" + pdf.xref_stream(xref))
        content = pdf.tobytes()
    path.write_bytes(content)


@pytest.mark.parametrize("spoil", [_without_a_page, _moved])
def test_file_whose_pages_are_not_those_that_were_sent_is_not_measured(desk: CalibrationDesk, spoil: Any) -> None:
    desk.strange.spoil = spoil

    with raises_code(InputError, "calibration.other_file"):
        desk.service.run(KIND, TITLE)

    desk.service.give_up(KIND)
    assert not desk.service.is_waiting(KIND)


def test_file_without_a_seal_answers_nothing(desk: CalibrationDesk) -> None:
    def unseal(path: Path) -> None:
        path.write_bytes(resource_path("samples", "calibration.pdf").read_bytes())

    desk.strange.spoil = unseal

    report = desk.service.run(KIND, TITLE)

    assert [answer.reason for answer in report.answers[:5]] == [NoAnswer.NOT_SEEN] * 5


@pytest.mark.nightly
def test_footer_and_mark_that_the_platform_adds_are_told_and_change_no_answer(desk: CalibrationDesk) -> None:
    def add(path: Path) -> None:
        with pymupdf.open(path) as pdf:
            for page in pdf:
                page.insert_text((60, 836), "e-sign platform 2026", fontsize=8)
            pdf[1].draw_rect((520, 20, 570, 70), fill=(0, 0, 0))
            content = pdf.tobytes()
        path.write_bytes(content)

    desk.strange.spoil = add

    report = desk.service.run(KIND, TITLE)

    assert [answer.seen for answer in report.answers[:3]] == ["centre", "left_bottom", "left_first"]
    assert {number for number, _box in report.sightings.unexplained} == {1, 2, 3}


def _seal_picture(margin: float, *, is_compressed: bool) -> bytes:
    """Return a seal as real ones are: soft, with a margin around it, transparent or white and compressed."""
    side = 600
    with pymupdf.open() as scratch:
        page = scratch.new_page(width=side, height=side)
        middle, radius = side / 2, side * (0.5 - margin)
        page.draw_circle((middle, middle), radius - 10, color=(0.85, 0.1, 0.1), width=20)
        page.draw_rect((middle - radius * 0.6, middle - 90, middle - radius * 0.3, middle + 60), fill=(0.9, 0.2, 0.2))
        page.insert_text((middle - 60, middle + 140), "SEAL", fontsize=60, color=(0.85, 0.1, 0.1))
        pixels = page.get_pixmap(alpha=not is_compressed)
        return bytes(pixels.tobytes("jpeg", jpg_quality=60) if is_compressed else pixels.tobytes("png"))


def _third(picture: bytes, number: int) -> bytes:
    """Return the first, second or last third of a seal's picture."""
    whole = pymupdf.Pixmap(picture)
    part = whole.width // PAGE_COUNT
    with pymupdf.open() as scratch:
        page = scratch.new_page(width=part, height=whole.height)
        left = -part * (number - 1)
        page.insert_image((left, 0, left + whole.width, whole.height), stream=picture)
        return bytes(page.get_pixmap(alpha=bool(whole.alpha)).tobytes("png"))


@pytest.mark.parametrize("is_compressed", [False, True], ids=["transparent", "compressed"])
@pytest.mark.parametrize("margin", daily([0.08], [0.0, 0.08]))
@pytest.mark.parametrize("anchor", daily([SealAnchor.CENTRE], SealAnchor))
def test_seals_that_are_pictures_with_margins_are_measured(
    desk: CalibrationDesk, anchor: SealAnchor, margin: float, *, is_compressed: bool
) -> None:
    picture = _seal_picture(margin, is_compressed=is_compressed)
    own_pt = {Seal.OWN: 113.4, Seal.PERSON_OWN: 56.7}

    def stamp(path: Path) -> None:
        with pymupdf.open(resource_path("samples", "calibration.pdf")) as pdf:
            (mark,) = pdf[1].search_for(KEYWORD)
            for spot in SPOTS:
                width = spot.width_pt or own_pt[spot.seal]
                lift = width / 2 if anchor is SealAnchor.LOWER_LEFT else 0.0
                page = pdf[spot.page_number - 1]
                x, y = spot.point.x_pt + lift, PAGE_HEIGHT_PT - spot.point.y_pt - lift
                if spot.is_at_keyword:
                    x, y = mark.x0 + spot.point.x_pt + lift, mark.y1 - spot.point.y_pt - lift
                if spot.seal is Seal.CROSS_PAGE:
                    rect = (PAGE_WIDTH_PT - width / PAGE_COUNT, y - width / 2, PAGE_WIDTH_PT, y + width / 2)
                    page.insert_image(rect, stream=_third(picture, spot.page_number), keep_proportion=False)
                    continue
                page.insert_image((x - width / 2, y - width / 2, x + width / 2, y + width / 2), stream=picture)
            content = pdf.tobytes()
        path.write_bytes(content)

    desk.strange.spoil = stamp

    found = {answer.question: answer for answer in desk.service.run(KIND, TITLE).answers}

    assert found[Question.SEAL_ANCHOR].seen is anchor
    assert found[Question.KEYWORD_ORIGIN].seen is KeywordOrigin.LEFT_BOTTOM
    assert found[Question.CROSS_PAGE_SPLIT].seen is CrossPageSplit.LEFT_FIRST
    assert found[Question.ORGANIZATION_WIDTH].seen == pytest.approx(113.4, abs=TOLERANCE_PT)
    assert found[Question.PERSON_WIDTH].seen == pytest.approx(56.7, abs=TOLERANCE_PT)
    assert found[Question.SEAL_ANCHOR].uncertainty_pt == pytest.approx(120.0 * margin, abs=TOLERANCE_PT)


def test_report_names_nobody_in_its_logs_or_settings(desk: CalibrationDesk) -> None:
    report = desk.service.run(KIND, TITLE)

    assert INVENTED_PERSON.id_number not in repr(report)
    assert json.dumps([answer.question for answer in report.answers])


@pytest.mark.nightly
def test_known_organization_seals_in_the_applications_place(
    tmp_path: Path, desk: CalibrationDesk, platform: SandboxPlatform
) -> None:
    agent = Person("周知夏", id_number="33010019900101001X")
    contract = make_contract(tmp_path / "files", signers=(organization_signer("云禾示例科技有限公司", agent),))
    desk.services.submission.send(contract, platform.environment)
    (sealer,) = desk.service.sealers(KIND)

    title = "校准 企业"
    report = desk.service.run(KIND, title, with_person=False, sealer=sealer)

    assert sealer.organization.name == "云禾示例科技有限公司"
    (flow,) = platform.flows(title)
    assert [signer["organization_id"] for signer in flow.signers] == [sealer.organization.account_id]
    assert report.answers[0].seen == "centre"


def test_sheet_is_blank_where_seals_go_and_has_its_marks_where_they_are_said_to_be() -> None:
    with pymupdf.open(resource_path("samples", "calibration.pdf")) as pdf:
        assert pdf.page_count == PAGE_COUNT
        for page in pdf:
            assert (page.rect.width, page.rect.height) == (PAGE_WIDTH_PT, PAGE_HEIGHT_PT)
        for spot in SPOTS:
            window = spot.window
            clip = (window.left_pt, PAGE_HEIGHT_PT - window.top_pt, window.right_pt, PAGE_HEIGHT_PT - window.bottom_pt)
            assert set(pdf[spot.page_number - 1].get_pixmap(clip=clip).samples) == {255}
        for mark in REGISTER_MARKS:
            (found,) = pdf[mark.page_number - 1].search_for(mark.text)
            assert abs(found.x0 - mark.at.x_pt) < 15.0
            assert abs(PAGE_HEIGHT_PT - (found.y0 + found.y1) / 2 - mark.at.y_pt) < 5.0
