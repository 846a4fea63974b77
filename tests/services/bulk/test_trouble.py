"""A sheet sent over a network that does its worst: however often it stops, each row ends in one visible contract."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from esign_desktop.services.bulk.values import BulkStop, RowState
from tests.bulk_samples import make_sheet, person_row
from tests.services.bulk_desk import BulkDesk
from tests.services.desk import ONE_TRY
from tests.tiers import daily

if TYPE_CHECKING:
    from pathlib import Path

    from esign_desktop.services.bulk.values import BulkPlan
    from tests.services.sandbox_platform import SandboxPlatform

ROWS = 8
MOST_RUNS = 60
CALLS = (
    "/account/idexchange",
    "/account/create/person/private",
    "/file/uploadurl",
    "/storage/upload",
    "/doc/createbyfilekey",
    "/sign/start",
    "/sign/execute",
    "/sign/docdetail",
)
FAULTS = ("reset", "drop_reply", "truncate", "bad_signature", "garbage", "http_500", "gateway_html")


def rules(random: Random) -> list[dict[str, Any]]:
    """Return some faults that pass by themselves."""
    return [
        {
            "path": random.choice(CALLS),
            "fault": random.choice(FAULTS),
            "skip": random.randrange(4),
            "times": random.randrange(1, 4),
        }
        for _ in range(random.randrange(2, 6))
    ]


def decide(desk: BulkDesk, plan: BulkPlan) -> None:
    """Do about held rows what a person does who knows no better: send them anew."""
    for row in plan.rows:
        if row.state is RowState.HELD:
            assert row.submission_id is not None
            desk.submission.run(desk.submission.start_again(row.submission_id))


@pytest.mark.parametrize("seed", daily([0], range(6)))
def test_each_row_ends_in_one_visible_contract_whatever_happens(
    platform: SandboxPlatform, tmp_path: Path, seed: int
) -> None:
    random = Random(seed)  # noqa: S311  the same troubles each time
    folder = tmp_path / uuid4().hex
    desk = BulkDesk(folder / "desk", platform.environment, retry=ONE_TRY)
    preset = desk.make_preset(folder)
    people = [person_row(10_000 + seed * ROWS + number) for number in range(ROWS)]
    sheet = make_sheet(*people)
    stops: list[BulkStop] = []
    plan = desk.plan(preset, sheet)
    for _ in range(MOST_RUNS):
        if plan.count(RowState.SENT) == ROWS:
            break
        platform.set_faults(*(rules(random) if len(stops) < MOST_RUNS // 2 else []))
        if plan.can_run:
            before = {row.index for row in plan.rows if row.state is RowState.SENT}
            report = desk.bulk.run(plan)
            stops.append(report.stop)
            assert before <= {row.index for row in report.rows if row.state is RowState.SENT}
        else:
            decide(desk, plan)
        if random.random() < 0.3:
            desk.close()
            desk = BulkDesk(folder / "desk", platform.environment, retry=ONE_TRY)
        plan = desk.plan(preset, sheet)
    platform.set_faults()
    assert plan.count(RowState.SENT) == ROWS, [row.state for row in plan.rows]
    assert len(stops) > 1, "nothing happened"
    flows = [flow for flow in platform.flows(preset.title) if flow.is_visible]
    signers = sorted(platform.account_name(flow.signers[0]["account_id"]) for flow in flows)
    assert signers == sorted(name for name, *_ in people)
    assert {row.flow_id for row in plan.rows} == {flow.flow_id for flow in flows}
    desk.close()
