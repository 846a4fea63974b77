"""Test what ``make windows`` built, under Wine: ``make windows-test``.

    packaging/windows/make_test.py [--only self-test|tests|installer|start]

Wine is not Windows: docs/windows.md says what it does otherwise. The result is a table, and build/windows-test with the
reports, the screenshots and the list of the tests that were skipped by name.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

import interpreter
from installer import NAME, POLICY_RIGHTS, make_installer
from interpreter import HERE, REQUIREMENTS, ROOT
from make import FROZEN, ICONS, WORK
from wine import Wine

if TYPE_CHECKING:
    from collections.abc import Iterator

PARTS: Final = ("self-test", "tests", "installer", "start")
OUTPUT: Final = ROOT / "build" / "windows-test"

BEFORE: Final = "0.0.1"
STRANGER: Final = 65534
"""The user ID of another user of the computer."""
TEST_PACKAGES: Final = frozenset(
    {
        "colorama", "hypothesis", "iniconfig", "jeepney", "jsonschema", "jsonschema-specifications", "pygments",
        "pytest", "pytest-qt", "pytest-timeout", "pyyaml", "referencing", "rpds-py", "sortedcontainers",
    }
)  # fmt: skip
QUICK: Final = ("store", "services", "pdf", "api", "sandbox")
OF_APP: Final = ("test_arguments", "test_handed_over", "test_ipc", "test_log", "test_windows")
"""Files of tests/app that open no window; none of that folder is marked as quick."""
FILE_BY_FILE: Final = ("api",)
"""Folders of which each file is run in a separate process, because Wine's server process may end during their tests."""
STARTS: Final = 5
_MOST_RUNS: Final = 5
"""Under load, Wine's server process ended in about every second run of the tests that cancel calls."""
_MOST_REPEATED: Final = 2
"""The largest number of failures after which the failed tests are repeated, as in tests/retried.py."""
_TESTS_FAILED: Final = 1
"""pytest.ExitCode.TESTS_FAILED"""
_NO_TESTS: Final = 5
"""pytest.ExitCode.NO_TESTS_COLLECTED: no test of a file is marked as quick."""
_IN_USE: Final = 1603
"""ERROR_INSTALL_FAILURE"""
_PROGRAM: Final = f"drive_c/Program Files/{NAME}"
_KEYS: Final = (
    r"HKLM\Software\Classes\esign-desktop\shell\open\command",
    r"HKLM\Software\Classes\.esignpreset",
    r"HKLM\Software\Classes\Applications\esign-desktop.exe\SupportedTypes",
)
_SKIPPED: Final = HERE / "skipped_tests.txt"


class CheckError(Exception):
    """Raised if a check has an unexpected result."""


@dataclass
class Table:
    """The table of results, which is filled in during the tests. A failed row does not stop the rows that follow."""

    rows: list[dict[str, object]] = field(default_factory=list)

    @contextmanager
    def row(self, what: str) -> Iterator[list[str]]:
        """Time a step of the test and record its result. Notes are appended to the yielded list."""
        notes: list[str] = []
        started_s = time.monotonic()
        is_good = False
        try:
            yield notes
            is_good = True
        except (CheckError, OSError, subprocess.SubprocessError, ValueError, KeyError) as error:
            notes.append(f"{type(error).__name__}: {error}")
        seconds = round(time.monotonic() - started_s, 1)
        self.rows.append({"what": what, "ok": is_good, "seconds": seconds, "note": "; ".join(notes)})
        print(f"{'ok  ' if is_good else 'FAIL'} {what:44} {seconds:6.1f} s  {'; '.join(notes)}", flush=True)


def main() -> int:
    """Run the tests, store the table and the reports, and return the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--only", choices=PARTS, action="append")
    parts = set(parser.parse_args().only or PARTS)
    installers = list(WORK.glob("*.msi"))
    if os.geteuid() != 0 or len(installers) != 1 or not FROZEN.is_dir():
        print("windows-test: run make windows first, as root", file=sys.stderr)
        return 1
    OUTPUT.mkdir(parents=True, exist_ok=True)
    table = Table()
    with Wine(WORK / "prefix") as wine:
        if "self-test" in parts:
            run_self_tests(table, wine)
        if "tests" in parts:
            run_quick_tests(table, wine)
        if "start" in parts:
            time_starts(table, wine)
    if "installer" in parts:
        try_installer(table, installers[0])
    (OUTPUT / "results.json").write_text(json.dumps(table.rows, indent=2) + "\n", "utf-8")
    bad = [row["what"] for row in table.rows if not row["ok"]]
    print(f"windows-test: {len(table.rows) - len(bad)} of {len(table.rows)} rows passed")
    return 1 if bad else 0


def run_self_tests(table: Table, wine: Wine) -> None:
    """Run all scenarios of the frozen program's self-test, without using Wine's Visual C++ runtime."""
    for platform in ("windows", "offscreen"):
        with table.row(f"self-test of the frozen program, {platform}") as notes:
            folder = OUTPUT / f"self-test-{platform}"
            notes.append(self_test(wine, FROZEN / f"{NAME}-console.exe", folder, platform, "all"))


def self_test(wine: Wine, program: Path | str, folder: Path, platform: str, scenario: str) -> str:
    """Run the self-test of a program, and return a note on how many scenarios passed. Raises CheckError."""
    shutil.rmtree(folder, ignore_errors=True)
    done = wine.run(
        program, "--self-test", "--scenario", scenario, "--output", wine.path(folder),
        variables={"QT_QPA_PLATFORM": platform}, fresh=True,
    )  # fmt: skip
    path = folder / "report.json"
    if not path.exists():
        raise CheckError(f"status {done.returncode}: {(done.stdout + done.stderr)[-600:]}")
    report = json.loads(path.read_text("utf-8"))
    scenarios = report.get("scenarios", {scenario: report})
    failed = [name for name, told in scenarios.items() if not told["ok"]]
    if done.returncode or failed or not report["ok"]:
        raise CheckError(f"status {done.returncode}, failed: {failed}, {report.get('failure')}")
    return f"{len(scenarios)} scenarios"


def run_quick_tests(table: Table, wine: Wine) -> None:
    """Run the quick tests with Python for Windows, except for the tests that are listed by name with a reason."""
    packages = WORK / "test-packages"
    if not packages.is_dir():
        wheels = interpreter.download(REQUIREMENTS / "dev.txt", WORK / "wheels", TEST_PACKAGES.__contains__)
        interpreter.unpack(wheels, packages)
    skipped = read_skipped()
    for folder in (*QUICK, "app"):
        names = [f"tests/app/{name}.py" for name in OF_APP] if folder == "app" else [f"tests/{folder}"]
        if folder in FILE_BY_FILE:
            names = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / names[0]).rglob("test_*.py"))
        with table.row(f"tests/{folder}") as notes:
            own = [name for name in skipped if name.startswith(f"tests/{folder}/")]
            parts = [[name] for name in names if name not in own] if folder in FILE_BY_FILE else [names]
            counts: Counter[str] = Counter()
            for part in parts:
                counts += run_pytest(wine, packages, part, own, notes)
            bad = counts["failures"] + counts["errors"]
            passed = counts["tests"] - bad - counts["skipped"]
            notes.append(f"{passed} passed, {counts['skipped']} skipped by themselves, {len(own)} entries of the list")
            if bad or counts["processes"] or not passed:
                raise CheckError(f"{bad} failed, {counts['processes']} processes ended early; see {OUTPUT}")


def read_skipped() -> dict[str, str]:
    """Return the reasons for skipping tests under Wine.

    The keys are names of tests, or the common beginning of the names of several tests.
    """
    skipped: dict[str, str] = {}
    reason = ""
    for line in _SKIPPED.read_text("utf-8").splitlines():
        if line.startswith("#"):
            reason = line.removeprefix("#").strip()
        elif line.strip():
            skipped[line.strip()] = reason
    return skipped


def run_pytest(wine: Wine, packages: Path, names: list[str], own: list[str], notes: list[str]) -> Counter[str]:
    """Run tests in one process, and return pytest's counts; "processes" is 1 if the process ended without a report.

    Tests in ``own`` are skipped. If Wine's server process ends, the tests are run again, at most ``_MOST_RUNS`` times.
    One or two failed tests are repeated alone, as ``make tests`` does.
    """
    deselected = [word for name in own for word in ("--ignore" if name.endswith(".py") else "--deselect", name)]
    key = "app" if len(names) > 1 else names[0].removeprefix("tests/").removesuffix(".py").replace("/", "-")
    marks = () if key == "app" else ("-m", "quick")

    def run(label: str, *words: str) -> tuple[int, Counter[str]]:
        report = OUTPUT / f"junit-{label}.xml"
        ended: list[str] = []
        while True:
            report.unlink(missing_ok=True)
            status, lost = wine.run_watched(
                WORK / "python" / "python.exe", "-m", "pytest", "-q", "-o", "cache_dir=build/windows-test/cache",
                *marks, *deselected, *words, f"--junitxml={wine.path(report)}", *names,
                variables={
                    "QT_QPA_PLATFORM": "offscreen",
                    # Without a folder, Qt's offscreen platform warns, which fails the first test with a window.
                    "QT_QPA_FONTDIR": r"C:\windows\Fonts",
                    "PYTHONPATH": ";".join(map(wine.path, (HERE / "wine_fixes", packages, ROOT))),
                    "PYTHONDONTWRITEBYTECODE": "1",
                },
                cwd=ROOT,
                output=OUTPUT / f"pytest-{label}.txt",
            )  # fmt: skip
            if not lost:
                break
            ended.append(lost)
            if len(ended) == _MOST_RUNS:
                break
        if ended:
            notes.append(f"{label}: Wine's server ended in {len(ended)} runs, of at most {_MOST_RUNS} ({ended[-1]})")
        return status, Counter(processes=1) if lost or not report.exists() else read_counts(report)

    status, counts = run(key)
    failed_count = counts["failures"] + counts["errors"]
    if status == _TESTS_FAILED and failed_count <= _MOST_REPEATED:
        status, again = run(f"{key}-again", "--last-failed")
        notes.append(f"{key}: {failed_count} failed and repeated alone")
        counts.update(again)
        counts["tests"] -= failed_count
        counts["failures"], counts["errors"] = again["failures"], again["errors"]
    if status not in (0, _NO_TESTS):
        notes.append(f"{key}: status {status}")
    if status not in (0, _NO_TESTS, _TESTS_FAILED):
        counts["processes"] = 1
    return counts


def read_counts(report: Path) -> Counter[str]:
    """Return the numbers of tests, failures, errors and skipped tests in pytest's report."""
    suite = ET.parse(report).getroot()[0]  # noqa: S314  written by pytest
    return Counter({name: int(suite.get(name, "0")) for name in ("tests", "failures", "errors", "skipped")})


def time_starts(table: Table, wine: Wine) -> None:
    """Measure how long the frozen program and the checkout take to show their window under the same Wine."""
    programs = {
        "frozen": [str(FROZEN / f"{NAME}.exe")],
        "checkout": [str(WORK / "python" / "pythonw.exe"), "-m", "esign_desktop"],
    }
    with table.row(f"start to window, best of {STARTS}") as notes:
        best: dict[str, float] = {}
        for name, command in programs.items():
            times = [time_start(wine, command, OUTPUT / f"data-{name}") for _ in range(STARTS)]
            best[name] = min(times)
            notes.append(f"{name} {min(times):.2f} s (median {statistics.median(times):.2f})")
        notes.append(f"ratio {best['frozen'] / best['checkout']:.2f}")


def time_start(wine: Wine, command: list[str], data: Path, *, picture: Path | None = None) -> float:
    """Start the program, wait for its window, close it, and return the seconds until the window was visible."""
    begun_s = time.monotonic()
    process = wine.start(*command, "--data-dir", wine.path(data), variables={"PYTHONDONTWRITEBYTECODE": "1"})
    display = {"DISPLAY": wine.environment()["DISPLAY"], "PATH": os.environ["PATH"]}
    search = ["xdotool", "search", "--onlyvisible", "--name", "esign-desktop|电子签"]
    try:
        while not (found := subprocess.run(search, env=display, capture_output=True, text=True, check=False).stdout):
            if process.poll() is not None or time.monotonic() - begun_s > 120:
                raise CheckError(f"no window, status {process.poll()}")
            time.sleep(0.02)
        took_s = time.monotonic() - begun_s
        if picture is not None:
            time.sleep(3)
            subprocess.run(["import", "-window", "root", str(picture)], env=display, check=True)
        subprocess.run(["xdotool", "windowclose", found.split()[0]], env=display, check=False)
    finally:
        wine.end(process)
    return took_s


def try_installer(table: Table, installer: Path) -> None:
    """Install the program, upgrade it, use it as another user, and uninstall it, in a separate prefix."""
    shutil.rmtree(OUTPUT / "installer", ignore_errors=True)
    place = OUTPUT / "installer"
    place.mkdir(parents=True)
    with table.row("tables of the installer"):
        check_tables(installer)
    before = place / f"{NAME}-{BEFORE}.msi"
    with table.row(f"made again as {BEFORE}, with a file more"):
        shutil.copytree(FROZEN, place / "before", symlinks=True)
        (place / "before" / "_internal" / "only-before.txt").write_text("a module of the older version", "ascii")
        make_installer(place / "before", BEFORE, ICONS / f"{NAME}.ico", before)
    with Wine(place / "prefix") as wine:
        program = wine.prefix / _PROGRAM
        data = place / "data"
        with table.row(f"install {BEFORE}"):
            expect(msiexec(wine, "/i", before), 0)
            if not (program / "_internal" / "only-before.txt").exists():
                raise CheckError("a file is missing")
        with table.row("use it, which leaves data"):
            time_start(wine, [str(program / f"{NAME}.exe")], data)
        with table.row("upgrade while it runs: refused"):
            refuse_while_running(wine, program, data, installer)
        with table.row("upgrade"):
            expect(msiexec(wine, "/i", installer), 0)
            if (program / "_internal" / "only-before.txt").exists():
                raise CheckError("a file of the older version is left")
            compare(program)
        with table.row("registry") as notes:
            for key in _KEYS:
                expect(wine.run("reg", "query", key).returncode, 0)
            if wine.run("reg", "query", r"HKLM\Software\Classes\.pdf").returncode == 0:
                notes.append("the default program of PDFs has an entry of Wine's own")
        with table.row("open the data of the older version"):
            time_start(wine, [str(program / f"{NAME}.exe")], data, picture=OUTPUT / "window.png")
        with table.row("older version over it: refused"):
            expect(msiexec(wine, "/i", before), _IN_USE)
            compare(program)
        with table.row("use as another user") as notes:
            notes.append(use_as_stranger(wine, place))
        with table.row("uninstall") as notes:
            expect(msiexec(wine, "/x", installer), 0)
            notes.append(f"left: {', '.join(leftovers(wine, program)) or 'nothing'}, and the user's data")
            if program.exists() or not any(data.iterdir()):
                raise CheckError("the program is left, or the data is gone")


def msiexec(wine: Wine, action: str, installer: Path) -> int:
    """Run the Windows installer silently, and return its exit status."""
    return wine.run("msiexec", action, wine.path(installer), "/qn").returncode


def expect(found: int, wanted: int) -> None:
    """Raise CheckError if an exit status differs. Linux passes on only the lowest byte."""
    if found != wanted & 0xFF:
        raise CheckError(f"status {found}, not {wanted & 0xFF}")


def check_tables(installer: Path) -> None:
    """Check properties of the installer that Wine does not enforce.

    These are the permissions of the policy's folder, and the identity for the taskbar. Raises CheckError.
    """

    def table(name: str) -> str:
        command = ["msiinfo", "export", str(installer), name]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    if POLICY_RIGHTS not in table("MsiLockPermissionsEx"):
        raise CheckError("the rights of the policy's folder are missing")
    if "System.AppUserModel.ID" not in table("MsiShortcutProperty"):
        raise CheckError("the identity for the taskbar is missing")


def refuse_while_running(wine: Wine, program: Path, data: Path, installer: Path) -> None:
    """Check that the installer changes nothing while the program is running. Raises CheckError."""
    process = wine.start(str(program / f"{NAME}.exe"), "--data-dir", wine.path(data))
    try:
        time.sleep(15)
        expect(msiexec(wine, "/i", installer), _IN_USE)
        if not (program / "_internal" / "only-before.txt").exists():
            raise CheckError("the program was changed while it was running")
    finally:
        wine.end(process)


def compare(program: Path) -> None:
    """Check that the installed files are exactly those of the frozen folder. Raises CheckError."""
    wanted = {path.relative_to(FROZEN): path.stat().st_size for path in FROZEN.rglob("*") if path.is_file()}
    found = {path.relative_to(program): path.stat().st_size for path in program.rglob("*") if path.is_file()}
    if wanted != found:
        different = sorted(map(str, wanted.items() ^ found.items()))[:5]
        raise CheckError(f"other files than in the frozen folder: {different}")


def use_as_stranger(wine: Wine, place: Path) -> str:
    """Run the self-test of the installed program as another user of the computer.

    Wine lets only the owner use a prefix. The other user therefore gets a copy in which only the system is the same.
    """
    home = Path("/var/tmp") / f"{NAME}-stranger"  # noqa: S108  a folder that the other user reaches
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir()
    try:
        shutil.copytree(wine.prefix, home / "prefix", symlinks=True)
        # The other user has no profile yet, and starts a server of Wine's own.
        for name in ("user.reg", "wineserver"):
            (home / "prefix" / name).unlink(missing_ok=True)
        shutil.rmtree(home / "prefix" / "drive_c" / "users" / "root", ignore_errors=True)
        subprocess.run(["chown", "-R", str(STRANGER), str(home)], check=True)
        with Wine(home / "prefix", uid=STRANGER) as other:
            program = rf"C:\Program Files\{NAME}\{NAME}-console.exe"
            self_test(other, program, home / "report", "offscreen", "main")
        shutil.copytree(home / "report", place / "stranger", dirs_exist_ok=True)
        return "self-test, scenario main"
    finally:
        shutil.rmtree(home, ignore_errors=True)


def leftovers(wine: Wine, program: Path) -> list[str]:
    """Return what remains after uninstalling: folders and registry keys with the program's name."""
    folders = [
        path.relative_to(wine.prefix / "drive_c").as_posix()
        for path in (wine.prefix / "drive_c").rglob(f"*{NAME}*")
        if "windows/Installer" not in path.as_posix()
    ]
    system = (wine.prefix / "system.reg").read_text("utf-8", errors="replace")
    keys = [key for key in re.findall(r"^\[(.+?)\]", system, re.MULTILINE) if NAME in key.lower()]
    return [*folders, *keys, *([str(program)] if program.exists() else [])]


if __name__ == "__main__":
    sys.exit(main())
