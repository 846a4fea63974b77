"""Sheets sent row by row, against the rehearsal platform."""

from __future__ import annotations

import csv
import json
import shutil
import threading
import time
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from esign_desktop.domain.audit import AuditAction
from esign_desktop.domain.bulk.columns import ColumnKind, ColumnTarget, with_target
from esign_desktop.domain.bulk.sheet import Sheet, with_cells
from esign_desktop.domain.environment import EnvironmentKind, LinksAtStart
from esign_desktop.domain.errors import CancelToken, InputError
from esign_desktop.domain.flow import FlowId, FlowSigner, FlowStatus
from esign_desktop.domain.options import SignUntil
from esign_desktop.domain.policy import Policy
from esign_desktop.domain.preset.preset import Preset, PresetHome
from esign_desktop.services.bulk.results import ResultChoice, ResultWords
from esign_desktop.services.bulk.values import BulkPlan, BulkProgress, BulkReport, BulkStop, RowState
from esign_desktop.services.erasure.service import KnownPerson
from esign_desktop.services.sending.approvals import Approvals
from esign_desktop.services.sheets.writing import save_rows
from esign_desktop.store.codec import to_json
from tests.bulk_samples import HEADINGS, id_number, make_sheet, person_row, read_sheet
from tests.services.bulk_desk import BulkDesk
from tests.services.desk import ONE_TRY, clock_ms

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from esign_desktop.api.client import PlatformClient
    from esign_desktop.api.exchange import RawAnswer
    from tests.services.sandbox_platform import SandboxPlatform

S = RowState
FIND, CREATE, START = "/account/idexchange", "/account/create/person/private", "/sign/start"


@pytest.fixture
def desk(tmp_path: Path, platform: SandboxPlatform) -> Iterator[BulkDesk]:
    desk = BulkDesk(tmp_path / "desk", platform.environment, retry=ONE_TRY)
    yield desk
    desk.close()


@pytest.fixture
def preset(desk: BulkDesk, tmp_path: Path) -> Preset:
    """A preset whose contracts nobody else sends: their title is named after the test's folder."""
    return desk.make_preset(tmp_path)


def some_rows(count: int, *, start: int = 0) -> Sheet:
    return make_sheet(*(person_row(start + number) for number in range(count)))


def states(rows: Any) -> list[RowState]:
    return [row.state for row in rows.rows]


def visible_names(platform: SandboxPlatform, title: str) -> list[str]:
    """Names of the first signers of all flows that can be seen, sorted."""
    ids = [flow.signers[0]["account_id"] for flow in platform.flows(title) if flow.is_visible]
    return sorted(platform.account_name(account_id) for account_id in ids)


def names(sheet: Sheet, *, but: tuple[int, ...] = ()) -> list[str]:
    return sorted(row.cells[0] for index, row in enumerate(sheet.rows) if index not in but)


@pytest.mark.nightly
def test_hundred_rows_three_of_them_faulty_and_again_only_what_is_missing(
    desk: BulkDesk, platform: SandboxPlatform, preset: Preset
) -> None:
    sheet = some_rows(100)
    for index, column, text in ((3, 1, "110101199003078514"), (50, 2, "12345"), (99, 0, "")):
        row = replace(
            sheet.rows[index], cells=tuple(text if c == column else v for c, v in enumerate(person_row(index)))
        )
        sheet = replace(sheet, rows=(*sheet.rows[:index], row, *sheet.rows[index + 1 :]))
    desk.quota.enter(platform.environment.kind, total_count=2000, remaining_count=1337, valid_until_ms=None)

    plan = desk.plan(preset, sheet)

    assert (plan.count(S.READY), plan.count(S.FAULTY)) == (97, 3)
    told = [
        (row.number, [(p.code, p.column_index) for p in row.problems]) for row in plan.rows if row.state is S.FAULTY
    ]
    assert told == [
        (5, [("bulk.bad_id_number", 1)]),
        (52, [("bulk.bad_mobile", 2)]),
        (101, [("bulk.missing", 0)]),
    ]
    assert (plan.cost.contract_count, plan.cost.amount_yuan) == (97, Decimal("485.00"))
    assert (plan.cost.left_after, plan.cost.is_over) == (1240, False)
    assert platform.flows(preset.title) == ()
    desk.quota.enter(platform.environment.kind, total_count=2000, remaining_count=1337, valid_until_ms=1)
    assert desk.plan(preset, sheet).cost.is_over
    desk.quota.enter(platform.environment.kind, total_count=2000, remaining_count=1337, valid_until_ms=None)

    seen: list[BulkProgress] = []
    report = desk.bulk.run(plan, on_progress=seen.append)

    assert (report.stop, report.error) == (BulkStop.DONE, None)
    assert (report.count(S.SENT), report.count(S.FAULTY)) == (97, 3)
    assert visible_names(platform, preset.title) == names(sheet, but=(3, 50, 99))
    assert [progress.done for progress in seen if progress.row.state is S.SENT] == [*range(1, 98)]
    assert len({row.flow_id for row in report.rows if row.state is S.SENT}) == 97
    assert desk.bulk.interrupted() is None

    again = desk.plan(preset, sheet)
    assert (again.count(S.SENT), again.count(S.FAULTY), again.cost.contract_count) == (97, 3, 0)
    assert again.cost.left_after == 1240
    assert [row.flow_id for row in again.rows] == [row.flow_id for row in report.rows]
    assert {row.flow_status for row in again.rows if row.state is S.SENT} == {FlowStatus.SIGNING}
    with pytest.raises(InputError) as caught:
        desk.bulk.run(again)
    assert caught.value.code == "bulk.nothing_to_send"

    corrected = with_cells(sheet, {(3, 1): id_number(3), (50, 2): "13800000050", (99, 0): "补名"})
    missing = desk.plan(preset, corrected)
    assert [row.index for row in missing.rows if row.state is S.READY] == [3, 50, 99]
    assert desk.bulk.run(missing).count(S.SENT) == 100
    assert visible_names(platform, preset.title) == sorted([*names(sheet, but=(99,)), "补名"])
    # Even the file as it was is known by the rows that were corrected here.
    file_again = desk.plan(preset, sheet)
    assert states(file_again) == [S.SENT] * 100
    assert [row.index for row in file_again.rows if row.was_corrected] == [3, 50, 99]


def test_order_of_rows_and_columns_does_not_make_a_row_another_one(desk: BulkDesk, preset: Preset) -> None:
    assert desk.send(preset, some_rows(3)).count(S.SENT) == 3
    rows = [tuple(reversed(person_row(number))) for number in (2, 1, 0)]
    moved = make_sheet(*rows, headings=tuple(reversed(HEADINGS)))
    assert states(desk.plan(preset, moved)) == [S.SENT] * 3


def test_preset_that_is_edited_sends_nobody_a_second_contract(
    desk: BulkDesk, platform: SandboxPlatform, preset: Preset
) -> None:
    assert desk.send(preset, some_rows(2)).count(S.SENT) == 2
    edited = desk.presets.save(replace(preset, name="另一个名字", options=replace(preset.options, redirect_url="")))
    assert states(desk.plan(edited, some_rows(3))) == [S.SENT, S.SENT, S.READY]
    other = desk.presets.save(replace(preset, id=type(preset.id)("another")))
    assert states(desk.plan(other, some_rows(3))) == [S.READY] * 3


def test_row_is_sent_once_more_only_on_a_persons_word(
    desk: BulkDesk, platform: SandboxPlatform, preset: Preset
) -> None:
    sheet = some_rows(2)
    first = desk.send(preset, sheet)
    plan = desk.bulk.plan(preset, sheet, desk.bulk.columns_for(preset, sheet), again={1})
    assert states(plan) == [S.SENT, S.READY]
    second = desk.bulk.run(plan)
    assert second.rows[1].flow_id != first.rows[1].flow_id
    assert len(platform.flows(preset.title)) == 3
    after = desk.plan(preset, sheet)
    assert states(after) == [S.SENT, S.SENT]
    assert after.rows[1].flow_id == second.rows[1].flow_id


def test_rows_that_a_second_person_approved_are_sent_once_and_corrected_ones_are_not(
    desk: BulkDesk, platform: SandboxPlatform, tmp_path: Path
) -> None:
    desk.environment = replace(desk.environment, kind=EnvironmentKind.OWN)
    preset = desk.make_preset(tmp_path)
    approvals = Approvals(Policy(needs_second_person=True))
    desk.bulk = desk.make_bulk(desk.stores, approvals=approvals)
    sheet = some_rows(3)
    with pytest.raises(InputError, match=r"second_person\.missing"):
        desk.send(preset, sheet)
    assert not platform.flows(preset.title)
    plan = desk.plan(preset, sheet)
    approvals.add(plan.ready_digests())
    cancel = CancelToken()

    paused = desk.bulk.run(plan, on_progress=lambda _progress: cancel.cancel(), cancel=cancel)

    left = paused.count(S.READY)
    assert left
    # The rest was approved; a row that was corrected since then was not.
    corrected = with_cells(sheet, {(2, 0): "另样"})
    with pytest.raises(InputError, match=r"second_person\.missing"):
        desk.bulk.run(desk.plan(desk.presets.get(preset.id), corrected))
    report = desk.bulk.run(desk.plan(desk.presets.get(preset.id), sheet))
    assert report.count(S.SENT) == 3
    assert visible_names(platform, preset.title) == names(sheet)
    with pytest.raises(InputError, match=r"second_person\.missing"):
        approvals.require(plan.ready_digests())


def test_pause_counts_between_rows_and_the_rest_is_sent_later(
    desk: BulkDesk, platform: SandboxPlatform, preset: Preset
) -> None:
    sheet, cancel = some_rows(12), CancelToken()

    def pause(progress: BulkProgress) -> None:
        if progress.done == 4:
            cancel.cancel()

    report = desk.bulk.run(desk.plan(preset, sheet), on_progress=pause, cancel=cancel)

    assert (report.stop, report.error) == (BulkStop.PAUSED, None)
    assert set(states(report)) == {S.SENT, S.READY}
    sent = report.count(S.SENT)
    assert 4 <= sent <= 5
    left = desk.bulk.interrupted()
    assert left is not None
    assert (left.row_count, left.sent_count) == (12, sent)
    assert (left.preset_id, left.columns) == (preset.id, desk.bulk.columns_for(preset, sheet))
    assert desk.send(preset, sheet).count(S.SENT) == 12
    assert visible_names(platform, preset.title) == names(sheet)
    assert desk.bulk.interrupted() is None


def test_left_over_run_is_told_until_somebody_does_not_want_to_hear_of_it(desk: BulkDesk, preset: Preset) -> None:
    cancel = CancelToken()
    desk.bulk.run(desk.plan(preset, some_rows(5)), on_progress=lambda _: cancel.cancel(), cancel=cancel)
    left = desk.bulk.interrupted()
    assert left is not None
    assert left.sheet_path == "名单.xlsx"
    desk.bulk.dismiss(left.run_id)
    assert desk.bulk.interrupted() is None
    assert desk.plan(preset, some_rows(5)).count(S.SENT) == left.sent_count


@pytest.mark.parametrize("path", [CREATE, "/file/uploadurl", START])
def test_network_that_goes_in_the_middle_loses_and_doubles_nothing(
    desk: BulkDesk, platform: SandboxPlatform, preset: Preset, path: str
) -> None:
    sheet = some_rows(8, start=len(path) * 100)

    def cut(progress: BulkProgress) -> None:
        if progress.done == 3:
            platform.set_faults({"path": path, "fault": "reset", "times": 99})

    report = desk.bulk.run(desk.plan(preset, sheet), on_progress=cut)

    assert report.stop is (BulkStop.HELD if path == START else BulkStop.NETWORK)
    assert (report.error is None) is (path == START)
    assert report.count(S.READY) >= 2
    assert report.count(S.SENT) >= 3
    stopped = report.count(S.UNFINISHED) + report.count(S.HELD)
    assert 1 <= stopped <= 2
    platform.set_faults()
    plan = desk.plan(preset, sheet)
    assert states(plan) == states(report)
    done = desk.bulk.run(plan)
    held = done.count(S.HELD)
    assert (done.stop, done.count(S.SENT), held) == (BulkStop.DONE, 8 - held, report.count(S.HELD))
    assert len(set(visible_names(platform, preset.title))) == len(visible_names(platform, preset.title)) == 8 - held


def test_row_that_is_held_is_never_sent_anew_by_itself(
    desk: BulkDesk, platform: SandboxPlatform, preset: Preset
) -> None:
    sheet = some_rows(3)
    platform.set_faults({"path": START, "fault": "drop_reply", "times": 1})

    report = desk.send(preset, sheet)

    assert (report.stop, states(report)) == (BulkStop.HELD, [S.HELD, S.READY, S.READY])
    plan = desk.plan(preset, sheet)
    assert states(plan) == [S.HELD, S.READY, S.READY]
    assert states(desk.bulk.run(plan)) == [S.HELD, S.SENT, S.SENT]
    submission_id = plan.rows[0].submission_id
    assert submission_id is not None
    # A person decides, as about every held contract.
    desk.submission.run(desk.submission.start_again(submission_id))
    assert states(desk.plan(preset, sheet)) == [S.SENT] * 3
    assert visible_names(platform, preset.title) == names(sheet)


def test_refused_row_is_told_and_the_others_are_sent(desk: BulkDesk, platform: SandboxPlatform, preset: Preset) -> None:
    sheet = some_rows(4, start=60)
    platform.set_faults({"path": CREATE, "fault": "err_code", "err_code": 1436015, "times": 1})
    report = desk.send(preset, sheet)
    assert (report.stop, states(report)) == (BulkStop.DONE, [S.FAILED, S.SENT, S.SENT, S.SENT])
    error = report.rows[0].error
    assert error is not None
    assert error.code == "api.refused"
    # Nobody saw it, so it can be sent again.
    assert states(desk.plan(preset, sheet)) == [S.READY, S.SENT, S.SENT, S.SENT]
    assert desk.send(preset, sheet).count(S.SENT) == 4
    assert visible_names(platform, preset.title) == names(sheet)


def test_one_answer_to_all_rows_stops_the_run(desk: BulkDesk, platform: SandboxPlatform, preset: Preset) -> None:
    platform.set_faults({"path": START, "fault": "err_code", "err_code": 1435203, "times": 99})
    report = desk.send(preset, some_rows(20))
    assert (report.stop, report.count(S.FAILED), report.count(S.READY)) == (BulkStop.REFUSED, 3, 17)
    assert report.error is not None


def test_file_of_the_preset_that_is_gone_stops_at_once(desk: BulkDesk, preset: Preset) -> None:
    plan = desk.plan(preset, some_rows(5))
    for path in desk.paths.presets_dir.rglob("*"):
        if path.is_file():
            path.unlink()
    report = desk.bulk.run(plan)
    assert (report.stop, report.count(S.FAILED), report.count(S.READY)) == (BulkStop.REFUSED, 1, 4)
    assert report.error is not None
    assert report.error.code == "document.missing"


def test_only_one_run_at_a_time(desk: BulkDesk, preset: Preset) -> None:
    plan = desk.plan(preset, some_rows(3))
    codes: list[str] = []

    def run_beside(progress: BulkProgress) -> None:
        if not codes:
            with pytest.raises(InputError) as caught:
                desk.bulk.run(plan)
            codes.append(caught.value.code)

    assert desk.bulk.run(plan, on_progress=run_beside).count(S.SENT) == 3
    assert codes == ["bulk.busy"]


def test_plan_that_is_run_twice_sends_once(desk: BulkDesk, platform: SandboxPlatform, preset: Preset) -> None:
    plan = desk.plan(preset, some_rows(3))
    first, second = desk.bulk.run(plan), desk.bulk.run(plan)
    assert [row.flow_id for row in second.rows] == [row.flow_id for row in first.rows]
    assert states(second) == [S.SENT] * 3
    assert len(platform.flows(preset.title)) == 3


def test_plan_holds_when_only_more_is_known_of_how_the_platform_behaves(desk: BulkDesk, preset: Preset) -> None:
    plan = desk.plan(preset, some_rows(1, start=600))
    learned = replace(desk.environment.behaviour, links_at_start=LinksAtStart.YES)
    desk.environment = replace(desk.environment, behaviour=learned)
    assert states(desk.bulk.run(plan)) == [S.SENT]


def test_plan_holds_for_its_environment_and_preset_alone(desk: BulkDesk, preset: Preset) -> None:
    plan = desk.plan(preset, some_rows(1))
    mine, desk.environment = desk.environment, replace(desk.environment, kind=EnvironmentKind.TEST)
    with pytest.raises(InputError) as caught:
        desk.bulk.run(plan)
    assert caught.value.code == "bulk.environment_changed"
    desk.environment = mine
    desk.presets.save(replace(preset, placements=()))
    with pytest.raises(InputError) as caught:
        desk.bulk.run(plan)
    assert caught.value.code == "bulk.preset_changed"


def test_preset_of_another_project_is_refused_before_anything(desk: BulkDesk, preset: Preset) -> None:
    foreign = replace(preset, home=PresetHome(EnvironmentKind.PRODUCTION, "other"))
    obstacle = desk.bulk.preset_obstacle(foreign)
    assert obstacle is not None
    assert obstacle.code == "preset.other_environment"
    assert desk.bulk.preset_obstacle(preset) is None
    with pytest.raises(InputError):
        desk.plan(foreign, some_rows(1))


def test_preset_whose_day_is_over_is_told_before_anything(desk: BulkDesk, preset: Preset) -> None:
    for options in (
        replace(preset.options, deadline=SignUntil(clock_ms() - 1)),
        replace(preset.options, archive_until_ms=clock_ms() + 1000),
    ):
        with pytest.raises(InputError) as caught:
            desk.plan(replace(preset, options=options), some_rows(1))
        assert caught.value.code == "preset.deadline_past"


def test_staff_who_have_no_account_get_one_and_are_asked_for_once(
    desk: BulkDesk, platform: SandboxPlatform, tmp_path: Path
) -> None:
    preset = desk.make_preset(tmp_path / "with branch", branch=True)
    before = platform.requests("/account/create/organize/common")
    report = desk.send(preset, some_rows(4, start=200))
    assert report.count(S.SENT) == 4
    assert platform.requests("/account/create/organize/common") - before <= 1
    assert all(len(flow.signers) == 2 for flow in platform.flows(preset.title))


def test_one_person_in_two_rows_gets_one_account(desk: BulkDesk, platform: SandboxPlatform, preset: Preset) -> None:
    name, number, mobile = person_row(4321)
    rows = [(*person_row(4000 + n), f"甲{n}") for n in range(2)]
    rows += [(name, number, mobile, f"合同{n}") for n in range(3)]
    sheet = make_sheet(*rows, headings=(*HEADINGS, "合同编号"))
    report = desk.send(preset, sheet)
    assert report.count(S.SENT) == 5
    assert [row.reference for row in report.rows][2:] == ["合同0", "合同1", "合同2"]
    assert len(platform.accounts(name)) == 1


def test_title_of_the_row_is_the_contracts_title(desk: BulkDesk, platform: SandboxPlatform, preset: Preset) -> None:
    title = f"{preset.title} 之一"
    sheet = make_sheet((*person_row(1), title), headings=(*HEADINGS, "合同名称"))
    report = desk.send(preset, sheet)
    assert report.rows[0].title == title
    assert [flow.flow_id for flow in platform.flows(title)] == [report.rows[0].flow_id]


def test_somebody_known_under_another_name_is_not_sent_to(desk: BulkDesk, preset: Preset) -> None:
    name, number, mobile = person_row(777)
    assert desk.send(preset, make_sheet((name, number, mobile))).count(S.SENT) == 1
    assert states(desk.plan(preset, make_sheet((f" {name} ", number, mobile)))) == [S.SENT]
    plan = desk.plan(preset, make_sheet(("另一人", number, mobile)))
    assert states(plan) == [S.FAULTY]
    assert [(p.code, p.column_index) for p in plan.rows[0].problems if p.is_blocking] == [("bulk.other_name_known", 1)]


def test_a_phone_that_is_corrected_sends_nobody_a_second_contract(desk: BulkDesk, preset: Preset) -> None:
    name, number, mobile = person_row(778)
    before, corrected = make_sheet((name, number, mobile)), make_sheet((name, number, "13900000000"))
    assert desk.send(preset, before).count(S.SENT) == 1

    plan = desk.plan(preset, corrected)
    assert [(row.state, row.is_reached_otherwise) for row in plan.rows] == [(S.SENT, True)]
    assert not plan.can_run
    assert [(row.state, row.is_reached_otherwise) for row in desk.plan(preset, before).rows] == [(S.SENT, False)]

    # On a person's word it is sent once more, to the other phone and so to another account of the same person.
    again = desk.bulk.plan(preset, corrected, desk.bulk.columns_for(preset, corrected), again={0})
    assert states(again) == [S.READY]
    desk.bulk.run(again)
    assert [(row.state, row.is_reached_otherwise) for row in desk.plan(preset, corrected).rows] == [(S.SENT, False)]
    assert states(desk.plan(preset, before)) == [S.SENT]
    told = [flow.signers[0].account_id for flow in desk.flows.list() if flow.signers[0].name == name]
    assert len(told) == len(set(told)) == 2


def test_a_row_with_an_earlier_mobile_goes_to_the_account_of_that_mobile(
    desk: BulkDesk, platform: SandboxPlatform, preset: Preset
) -> None:
    name, number, first = person_row(7007)
    second = "13700007007"
    told = []
    for count, mobile in enumerate((first, second, first, second)):
        sheet = make_sheet((name, number, mobile, f"合同 {count} of 7007"), headings=(*HEADINGS, "合同名称"))
        assert [row.state for row in desk.send(preset, sheet).rows] == [S.SENT]
        (flow,) = platform.flows(f"合同 {count} of 7007")
        (account_id,) = {one["account_id"] for one in flow.signers if platform.account_name(one["account_id"]) == name}
        told.append(account_id)
    assert told == [told[0], told[1], told[0], told[1]]
    assert told[0] != told[1]
    # The platform was told each mobile with its own account.
    assert len(platform.accounts(name)) == 2


def test_choice_of_columns_is_remembered_for_its_headings(desk: BulkDesk, preset: Preset) -> None:
    sheet = make_sheet((*person_row(1), "备注一"), headings=("谁", "身份证号", "手机号", "说明"))
    columns = desk.bulk.columns_for(preset, sheet)
    assert columns[0] is None
    role_id = preset.customers[0].id
    chosen = with_target(with_target(columns, 0, ColumnTarget(ColumnKind.NAME, role_id)), 2, None)
    plan = desk.bulk.plan(preset, sheet, chosen)
    assert plan.missing == ()
    desk.bulk.run(plan)
    assert desk.bulk.columns_for(preset, sheet) == chosen
    moved = make_sheet(("备注", person_row(2)[0]), headings=("说明", " 谁： "))
    assert desk.bulk.columns_for(preset, moved) == (None, ColumnTarget(ColumnKind.NAME, role_id))


def test_nothing_of_a_row_is_kept(desk: BulkDesk, preset: Preset, tmp_path: Path) -> None:
    name, number, mobile = person_row(8765)
    path = tmp_path / "名单.csv"
    save_rows(make_sheet((name, number, mobile), (*person_row(8766)[:2], "faulty")), [0, 1], path)
    sheet = read_sheet(path)
    # A sheet without headings has its first person there.
    headless = make_sheet(person_row(8768), headings=person_row(8767))
    columns = desk.bulk.columns_for(preset, sheet)
    desk.bulk.run(desk.bulk.plan(preset, sheet, columns))
    desk.bulk.run(desk.bulk.plan(preset, headless, columns))
    desk.close()
    kept = desk.all_bytes()
    for secret in (number, mobile, *person_row(8766), *person_row(8767), *person_row(8768)[1:]):
        assert secret.encode() not in kept
    assert str(path).encode() in kept


def test_person_who_was_forgotten_is_not_in_the_runs_and_not_sent_to_again(
    desk: BulkDesk, platform: SandboxPlatform, preset: Preset, tmp_path: Path
) -> None:
    name, number, mobile = person_row(3333)
    path = tmp_path / f"合同{name}.csv"
    save_rows(make_sheet((name, number, mobile)), [0], path)
    report = desk.send(preset, read_sheet(path))
    flow_id = report.rows[0].flow_id
    assert flow_id is not None
    platform.sign(desk.flows.get(flow_id).signers[0].urls[0])
    desk.flows.refresh(flow_id)
    (account,) = (a for a in desk.stores.accounts.all() if a.name == name)
    person = KnownPerson(name, (account.account_id,), account.masked_number)
    desk.people.forget(person)
    assert not any(value.encode() in desk.all_bytes() for value in (name, number))
    again = desk.plan(preset, read_sheet(path))
    assert states(again) == [S.SENT]


def test_database_restored_from_an_older_copy_sends_nobody_a_second_contract(
    desk: BulkDesk, platform: SandboxPlatform, preset: Preset, tmp_path: Path
) -> None:
    desk.plan(preset, some_rows(1))
    desk.close()
    copy = shutil.copy(desk.paths.database_path, tmp_path / "copy.db")
    desk = BulkDesk(desk.root, platform.environment)
    assert desk.send(preset, some_rows(5)).count(S.SENT) == 5
    desk.close()
    shutil.copy(copy, desk.paths.database_path)

    desk = BulkDesk(desk.root, platform.environment)
    report = desk.send(preset, some_rows(7))

    assert (report.stop, report.count(S.FAILED), report.count(S.SENT)) == (BulkStop.DONE, 5, 2)
    assert {row.error.code for row in report.rows if row.error} == {"submission.sent_before"}
    assert visible_names(platform, preset.title) == names(some_rows(7))
    desk.close()


def test_platform_that_asks_for_patience_pauses_the_run(
    desk: BulkDesk, platform: SandboxPlatform, preset: Preset
) -> None:
    platform.set_faults({"path": "/file/uploadurl", "fault": "http_status", "status": 429, "retry_after": 1})
    report = desk.send(preset, some_rows(6))
    assert (report.stop, report.count(S.UNFINISHED), report.count(S.READY)) == (BulkStop.NETWORK, 1, 5)
    platform.set_faults()
    assert desk.send(preset, some_rows(6)).count(S.SENT) == 6
    assert visible_names(platform, preset.title) == names(some_rows(6))


def test_run_is_in_the_audit_log(desk: BulkDesk, platform: SandboxPlatform, preset: Preset) -> None:
    desk.send(preset, some_rows(2))
    platform.set_faults({"path": START, "fault": "err_code", "err_code": 7, "times": 99})
    desk.send(preset, some_rows(9))
    lines = [line for line in desk.audit.entries() if line.action in {AuditAction.BULK_BEGUN, AuditAction.BULK}]
    assert [(line.action, line.title, line.outcome) for line in lines] == [
        ("bulk", preset.title, "api.refused"),
        ("bulk_begun", f"{preset.title} · 9", ""),
        ("bulk", preset.title, ""),
        ("bulk_begun", f"{preset.title} · 2", ""),
    ]


WORDS = ResultWords(
    *("行", "合同", "签署人", "手机号", "链接", "编号", "状态", "说明", "流程"),
    states={state: state.value for state in RowState},
    of_person=lambda role, datum: f"{role}{datum}",
    remark_of=lambda row: row.problems[0].code if row.problems else "",
)


def result_of(desk: BulkDesk, preset: Preset, path: Path, sheet: Sheet, choice: ResultChoice) -> list[dict[str, str]]:
    plan = desk.plan(preset, sheet)
    report = desk.bulk.run(plan)
    assert desk.bulk.export_results(plan, report.rows, path, WORDS, choice) == len(sheet.rows)
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_result_names_nobody_unless_that_is_wanted(desk: BulkDesk, preset: Preset, tmp_path: Path) -> None:
    sheet = make_sheet(person_row(1), ("=cmd", "1", ""))
    first, second = result_of(desk, preset, tmp_path / "结果.csv", sheet, ResultChoice())
    assert list(first) == ["行", "合同", "签署人", "编号", "状态", "说明", "流程"]
    assert first["流程"]
    assert (first["行"], first["签署人"], first["状态"]) == ("2", "样***", "sent")
    assert (second["行"], second["签署人"], second["状态"]) == ("3", "'=***", "faulty")
    assert second["说明"].startswith("bulk.")
    # The same for programs, and as a workbook.
    plan = desk.plan(preset, sheet)
    book, told = tmp_path / "结果.xlsx", tmp_path / "结果.json"
    for path in (book, told):
        assert desk.bulk.export_results(plan, plan.rows, path, WORDS, ResultChoice()) == 2
    rows = json.loads(told.read_text("utf-8"))
    assert [row["流程"] for row in rows] == [first["流程"], ""]
    assert rows[1]["签署人"] == "=***"
    written = openpyxl.load_workbook(book).active
    assert written is not None
    assert [[cell or "" for cell in row][-1] for row in written.iter_rows(values_only=True)] == [
        *("流程", first["流程"], ""),
    ]
    exported = [entry.title for entry in desk.audit.entries() if entry.action == "exported"]
    assert exported == ["bulk"] * 3


def test_result_to_hand_out_has_each_link_beside_whom_it_is_for(desk: BulkDesk, preset: Preset, tmp_path: Path) -> None:
    people = [person_row(number) for number in range(1, 6)]
    choice = ResultChoice(with_people=True, with_links=True)
    lines = result_of(desk, preset, tmp_path / "结果.csv", make_sheet(*people, ("", "", "")), choice)
    assert not any(id_number(number) in str(lines) for number in range(1, 6))
    for (name, _number, mobile), line in zip(people, lines, strict=False):
        assert (line["签署人"], line["手机号"]) == (name, mobile)
        signers = {signer.name: signer for signer in desk.flows.get(FlowId(line["流程"])).signers}
        assert line["链接"] == " ".join(signers[name].urls) != ""
    assert lines[-1]["链接"] == ""


def test_a_link_for_a_signer_of_another_name_is_left_out(desk: BulkDesk, preset: Preset, tmp_path: Path) -> None:
    name, sheet = person_row(1)[0], make_sheet(person_row(1))
    choice = ResultChoice(with_people=True, with_links=True)
    (line,) = result_of(desk, preset, tmp_path / "结果.csv", sheet, choice)
    assert line["链接"]
    (record,) = desk.stores.flows.list()
    others = tuple(replace(signer, name="别人") for signer in record.signers)
    stored = to_json(others, tuple[FlowSigner, ...])
    desk.database.run(lambda connection: connection.execute("UPDATE flows SET signers = ?", (stored,)))
    plan, target = desk.plan(preset, sheet), tmp_path / "again.csv"
    desk.bulk.export_results(plan, plan.rows, target, WORDS, choice)
    with target.open(encoding="utf-8-sig", newline="") as file:
        (again,) = csv.DictReader(file)
    assert (again["签署人"], again["流程"], again["链接"]) == (name, line["流程"], "")


def test_two_thousand_rows_are_planned_while_one_waits(desk: BulkDesk, preset: Preset) -> None:
    sheet = some_rows(2000)
    columns = desk.bulk.columns_for(preset, sheet)
    began = time.perf_counter()
    plan = desk.bulk.plan(preset, sheet, columns)
    assert plan.count(S.READY) == 2000
    assert time.perf_counter() - began < 5.0


def test_one_row_at_a_time_asks_for_accounts(desk: BulkDesk, preset: Preset, monkeypatch: pytest.MonkeyPatch) -> None:
    client_type = type(desk.client_for(desk.environment))
    post, lock = client_type.post, threading.Lock()
    at_once, most = Counter[str](), Counter[str]()

    def counted(self: PlatformClient, path: str, body: bytes, *, cancel: CancelToken | None = None) -> RawAnswer:
        kind = "account" if "/account" in path else "other"
        with lock:
            at_once[kind] += 1
            most[kind] = max(most[kind], at_once[kind])
        try:
            # Long enough for the other lane to come along.
            time.sleep(0.01)
            return post(self, path, body, cancel=cancel)
        finally:
            with lock:
                at_once[kind] -= 1

    monkeypatch.setattr(client_type, "post", counted)
    assert desk.send(preset, some_rows(8, start=900)).count(S.SENT) == 8
    assert most == {"account": 1, "other": 2}


def test_rows_are_sent_side_by_side(desk: BulkDesk, preset: Preset) -> None:
    threads: set[str] = set()
    lock = threading.Lock()

    def note(progress: BulkProgress) -> None:
        with lock:
            threads.add(threading.current_thread().name)

    report: BulkReport = desk.bulk.run(desk.plan(preset, some_rows(10)), on_progress=note)
    plan: BulkPlan = desk.plan(preset, some_rows(10))
    assert report.count(S.SENT) == plan.count(S.SENT) == 10
    assert len([name for name in threads if name.startswith("bulk")]) == 2


def test_another_format_in_the_spreadsheet_makes_no_other_contract(
    desk: BulkDesk, preset: Preset, tmp_path: Path
) -> None:
    path = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    page.append(["姓名", "身份证号", "手机号", "合同编号"])
    page.append([*person_row(1), 1234.5])
    for number_format, shown in (("General", "1234.5"), ("#,##0.00", "1,234.50"), ("0.0", "1234.5")):
        page["D2"].number_format = number_format
        book.save(path)
        sheet = read_sheet(path)
        assert sheet.rows[0].cells[3] == shown
        plan = desk.plan(preset, sheet)
        if number_format == "General":
            assert states(plan) == [S.READY]
            desk.bulk.run(plan)
        else:
            assert states(plan) == [S.SENT]
    # Typed in the grid it is another value, as before.
    corrected = desk.plan(preset, with_cells(read_sheet(path), {(0, 3): "1,234.51"}))
    assert states(corrected) == [S.READY]
