"""``esign-desktop --self-test`` as somebody would run it who must know that an installation works."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QImage

from esign_desktop.app.arguments import SCENARIOS
from tests.ui.made_pdfs import write_text_pdf

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

LIMIT_S = 110.0
ALL_LIMIT_S = 300.0


def run_self_test(output: Path, *options: str) -> tuple[int, dict[str, Any]]:
    environment = {name: value for name, value in os.environ.items() if name not in {"DISPLAY", "WAYLAND_DISPLAY"}}
    environment.pop("QT_QPA_PLATFORM", None)
    # Where temporary files lie in memory, the report is on another file system.
    memory = Path("/dev/shm")  # noqa: S108
    if memory.is_dir():
        environment["TMPDIR"] = str(memory)
    limit_s = ALL_LIMIT_S if "all" in options else LIMIT_S
    command = [sys.executable, "-m", "esign_desktop", "--self-test", "--output", str(output), *options]
    done = subprocess.run(
        command,
        env=environment,
        capture_output=True,
        text=True,
        timeout=limit_s,
        check=False,
    )
    assert done.stderr == ""
    return done.returncode, json.loads((output / "report.json").read_text("utf-8"))


def assert_everything_holds(output: Path, report: dict[str, Any]) -> None:
    assert report["failure"] is None
    assert report["flow_status"] == 2
    assert report["qr_text_matches"] is True
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/s/…", report["sign_url"])
    placements = report["placements"]
    assert {one["kind"] for one in placements} == {"coordinate", "keyword", "cross_page"}
    assert all(one["error_pt"] <= 0.5 for one in placements)
    assert all(one["preview_error_pt"] <= 0.5 for one in placements)
    assert report["cross_page"]["error_pt"] <= 0.5
    assert all(step["ok"] and step["ms"] >= 0 for step in report["steps"])
    payload = json.loads((output / "payload.json").read_bytes())
    assert [one["signOrder"] for one in payload["recipientList"]["signerList"]] == [1, 2]
    assert (output / "signed.pdf").read_bytes().startswith(b"%PDF-")
    assert report["qt_complaints"] == []
    pictures = [name for step in report["steps"] for name in step.get("screenshots", ())]
    assert len(pictures) == len(set(pictures)) >= 12
    assert all(not QImage(str(output / name)).isNull() for name in pictures)


def test_self_test_passes_on_the_bundled_sample(tmp_path: Path) -> None:
    status, report = run_self_test(tmp_path)
    assert_everything_holds(tmp_path, report)
    assert status == 0


@pytest.mark.nightly
def test_self_test_passes_on_a_real_contract(tmp_path: Path, shared_dir: Path) -> None:
    pdf, keyword = shared_dir / "data" / "labour-contract.pdf", "乙方(签字或盖章)"
    status, report = run_self_test(tmp_path, "--pdf", str(pdf), "--keyword", keyword)
    assert_everything_holds(tmp_path, report)
    assert report["keyword"] == keyword
    assert status == 0


def test_self_test_says_what_a_document_lacks(tmp_path: Path) -> None:
    one_page = write_text_pdf(tmp_path / "one.pdf", [["乙方(签字)"]])
    status, report = run_self_test(tmp_path / "out", "--pdf", str(one_page))
    assert status == 1
    assert "at least two pages" in report["failure"]


def test_self_test_says_that_a_file_does_not_open(tmp_path: Path) -> None:
    (tmp_path / "letter.pdf").write_text("Dear all", encoding="ascii")
    status, report = run_self_test(tmp_path / "out", "--pdf", str(tmp_path / "letter.pdf"))
    assert status == 1
    assert report["ok"] is False
    assert "pdf.not_a_pdf" in report["failure"]
    assert [step["name"] for step in report["steps"] if not step["ok"]] == ["open the document"]


@pytest.mark.nightly
def test_two_customers_are_served_at_the_counter(tmp_path: Path) -> None:
    status, report = run_self_test(tmp_path, "--scenario", "counter")
    assert (status, report["failure"], report["qt_complaints"]) == (0, None, [])
    assert [one["code_matches"] for one in report["customers"]] == [True, True]
    assert sorted(one["status"] for one in report["sent"]) == [2, 3]
    assert report["accounts"] == {"identities": 2, "accounts": 2, "are_their_own": True}


@pytest.mark.nightly
def test_the_right_rows_of_a_sheet_are_sent_once(tmp_path: Path) -> None:
    status, report = run_self_test(tmp_path, "--scenario", "bulk")
    assert (status, report["failure"], report["qt_complaints"]) == (0, None, [])
    assert report["rows"] == {"sent": 3, "faulty": 1, "again": {"sent_before": 3, "may_send": False}}
    assert report["starts"] == len({one["flow_id"] for one in report["sent"]}) == 3


@pytest.mark.nightly
def test_what_is_drawn_and_filled_stands_in_the_signed_form_with_its_table(tmp_path: Path) -> None:
    status, report = run_self_test(tmp_path, "--scenario", "template")
    assert (status, report["failure"], report["qt_complaints"]) == (0, None, [])
    assert report["form_values"] == {"borrower": True, "amount": True, "table": True}
    assert report["pages"] == {"form": 2, "expected": 3, "signed": 3}
    assert any("made-by-the-platform" in name for step in report["steps"] for name in step.get("screenshots", ()))


@pytest.mark.nightly
def test_contacts_are_imported_found_and_sent_to(tmp_path: Path) -> None:
    status, report = run_self_test(tmp_path, "--scenario", "contacts")
    assert (status, report["failure"], report["qt_complaints"]) == (0, None, [])
    assert [len(names) for names in report["found"].values()] == [1, 1, 1]
    assert (report["contracts"], report["accounts"]["are_their_own"]) == (1, True)


@pytest.mark.nightly
@pytest.mark.timeout(ALL_LIMIT_S + 30)
def test_all_scenarios_are_run_one_after_the_other_and_a_failure_is_told(tmp_path: Path) -> None:
    # The job with three kinds of seals needs a second page; the others don't.
    one_page = write_text_pdf(tmp_path / "one.pdf", [["乙方(签字)"]])
    status, report = run_self_test(tmp_path / "out", "--scenario", "all", "--pdf", str(one_page))
    assert (status, report["ok"], list(report["scenarios"])) == (1, False, list(SCENARIOS))
    assert "at least two pages" in report["scenarios"]["main"]["failure"]
    assert [name for name, one in report["scenarios"].items() if not one["ok"]] == ["main"]
    assert all((tmp_path / "out" / name / "report.json").is_file() for name in SCENARIOS)
