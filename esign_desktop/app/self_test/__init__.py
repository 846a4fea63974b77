"""The command ``--self-test``, which performs users' jobs in the real windows and checks the results."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from importlib import import_module
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from esign_desktop.app.arguments import ALL_SCENARIOS, SCENARIOS

if TYPE_CHECKING:
    from esign_desktop.app.arguments import Arguments
    from esign_desktop.app.self_test.report import Report

SAMPLE: Final = "service-contract.pdf"
SAMPLE_TITLE: Final = "软件实施服务合同.pdf"
_LIMIT_S: Final = 600.0


def run(arguments: Arguments) -> int:
    """Run the requested scenario, or all scenarios, and write the report.

    Return the exit status: 0 if all checks passed, otherwise 1.
    """
    from esign_desktop import __version__
    from esign_desktop.app.commands.console import print_error
    from esign_desktop.app.self_test.report import Report
    from esign_desktop.domain.errors import AppError
    from esign_desktop.store.files.paths import AppPaths, system_policy_path
    from esign_desktop.store.files.policy_file import read_policy
    from esign_desktop.ui.resources import resource_path

    try:
        # The test uses its own folder, but it must fail where the program would not start.
        AppPaths.chosen(arguments.data_dir).refuse_network()
        read_policy(system_policy_path(), resource_path("policy.schema.json"))
    except AppError as error:
        print_error(error)
        return 1
    pdf = (arguments.pdf or resource_path("samples", SAMPLE)).absolute()
    output = (arguments.output or Path("self-test")).absolute()
    output.mkdir(parents=True, exist_ok=True)
    values = {"version": __version__, "scenario": arguments.scenario, "pdf": str(pdf), "ok": False, "failure": None}
    report = Report(output, values)
    started_s = time.monotonic()
    try:
        if arguments.scenario == ALL_SCENARIOS:
            report.values["scenarios"] = told = {name: _run_apart(name, arguments, output) for name in SCENARIOS}
            report.values["ok"] = all(entry["ok"] for entry in told.values())
        else:
            report.values["ok"] = _rehearse(pdf, arguments, report)
    except Exception as error:  # noqa: BLE001  the report has to contain any exception
        report.values["failure"] = f"{type(error).__name__}: {error}"
    report.values["total_ms"] = round((time.monotonic() - started_s) * 1000, 1)
    path = report.write()
    verdict = "passed" if report.values["ok"] else f"FAILED {report.values['failure'] or 'see the report'}"
    sys.stdout.write(f"self-test: {verdict}\n{path}\n")
    return 0 if report.values["ok"] else 1


def _run_apart(scenario: str, arguments: Arguments, output: Path) -> dict[str, Any]:
    """Run a scenario in a separate process and folder, and return its report."""
    folder = output / scenario
    program = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "esign_desktop"]
    words = [*program, "--self-test", "--scenario", scenario, "--output", str(folder)]
    options = {"--pdf": arguments.pdf, "--keyword": arguments.keyword, "--data-dir": arguments.data_dir}
    words += chain.from_iterable((option, str(value)) for option, value in options.items() if value is not None)
    target = folder / "report.json"
    target.unlink(missing_ok=True)
    done = subprocess.run(words, stdout=subprocess.DEVNULL, timeout=_LIMIT_S, check=False)
    if not target.is_file():
        return {"ok": False, "failure": f"exited with status {done.returncode} and wrote no report"}
    told: dict[str, Any] = json.loads(target.read_text("utf-8"))
    return told


def _rehearse(pdf: Path, arguments: Arguments, report: Report) -> bool:
    from esign_desktop.app.self_test.fixture import choose_platform

    choose_platform()
    from esign_desktop.app.self_test.fixture import PayloadWitness, fixture
    from esign_desktop.app.self_test.scenario import ScenarioContext

    scenario = import_module(f"{__name__}.scenarios.{arguments.scenario}")
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
        is_right: bool = scenario.run(ScenarioContext(scene, witness, report, folder, contract, arguments.keyword))
    return is_right
