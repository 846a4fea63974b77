"""``--self-test``: does the main job with the real windows and measures what came of it."""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from esign_desktop.app.arguments import Arguments
    from esign_desktop.app.self_test.report import Report

SAMPLE: Final = "service-contract.pdf"
SAMPLE_TITLE: Final = "软件实施服务合同.pdf"


def run(arguments: Arguments) -> int:
    """Run the test and write its report; 0 only if everything holds."""
    from esign_desktop import __version__
    from esign_desktop.app.commands.console import print_error
    from esign_desktop.app.self_test.report import Report
    from esign_desktop.domain.errors import StoreError
    from esign_desktop.store.files.paths import AppPaths
    from esign_desktop.ui.resources import resource_path

    try:
        # The test works in a folder of its own; where the program would not start, it has not passed either.
        AppPaths.chosen(arguments.data_dir).refuse_network()
    except StoreError as error:
        print_error(error)
        return 1
    pdf = (arguments.pdf or resource_path("samples", SAMPLE)).absolute()
    output = (arguments.output or Path("self-test")).absolute()
    output.mkdir(parents=True, exist_ok=True)
    report = Report(output, {"version": __version__, "pdf": str(pdf), "ok": False, "failure": None})
    started_s = time.monotonic()
    try:
        report.values["ok"] = _rehearse(pdf, arguments.keyword, report)
    except Exception as error:  # noqa: BLE001  whatever it is, the report has to say so
        report.values["failure"] = f"{type(error).__name__}: {error}"
    report.values["total_ms"] = round((time.monotonic() - started_s) * 1000, 1)
    path = report.write()
    verdict = "passed" if report.values["ok"] else f"FAILED {report.values['failure'] or 'see the report'}"
    sys.stdout.write(f"self-test: {verdict}\n{path}\n")
    return 0 if report.values["ok"] else 1


def _rehearse(pdf: Path, keyword: str | None, report: Report) -> bool:
    from esign_desktop.app.self_test.fixture import choose_platform

    choose_platform()
    from esign_desktop.app.self_test.fixture import PayloadWitness, fixture
    from esign_desktop.app.self_test.scenario import Scenario

    witness = PayloadWitness()
    with (
        tempfile.TemporaryDirectory(prefix="esign-self-test-", ignore_cleanup_errors=True) as name,
        ExitStack() as standing,
    ):
        folder = Path(name)
        contract = pdf
        if pdf.name == SAMPLE:
            contract = folder / SAMPLE_TITLE
            shutil.copyfile(pdf, contract)
        with report.step("start"):
            scene = standing.enter_context(fixture(folder, witness))
        report.values["qt_complaints"] = scene.complaints
        scenario = Scenario(scene.window, scene.engine, witness, report)
        scenario.prepare(contract, keyword)
        record = scenario.send()
        scenario.sign(record)
        signed = report.folder / "signed.pdf"
        scenario.fetch(record, signed)
        verdict = scenario.measure(contract, signed)
    report.values["placements"] = list(verdict.placements)
    report.values["cross_page"] = verdict.cross_page
    return verdict.is_right and scenario.is_ordered and bool(report.values["qr_text_matches"])
