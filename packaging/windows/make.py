"""Make the program for Windows on Linux: ``make windows``.

The result is in build/windows: the folder ``frozen/esign-desktop``, the installer (MSI), and ``built.json`` with sizes,
versions and hashes. The genuine CPython for Windows runs under Wine, and runs PyInstaller.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any, Final

import imports
import interpreter
from installer import NAME, make_installer
from interpreter import REQUIREMENTS, ROOT
from wine import Wine

sys.path.append(str(ROOT / "packaging"))

from pins import own_version, source_date

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

WORK: Final = ROOT / "build" / "windows"
FROZEN: Final = WORK / "frozen" / NAME
ICONS: Final = ROOT / "build" / "icons"
MOST_FROZEN_BYTES: Final = 200_000_000
MOST_INSTALLER_BYTES: Final = 95_000_000
_FACTS: Final = """
import json, platform, sqlite3, ssl, sys
import PySide6
print(json.dumps({"python": platform.python_version(), "openssl": ssl.OPENSSL_VERSION.split()[1],
                  "sqlite": sqlite3.sqlite_version, "qt": PySide6.__version__}))
"""


def main() -> int:
    """Build the requested parts, print the times and sizes, and return the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--installer-only", action="store_true", help="make the installer again, for example of signed programs"
    )
    has_folder = parser.parse_args().installer_only
    if os.geteuid() != 0:
        raise SystemExit("windows: this script must be run as root")
    begun_s = time.monotonic()

    def say(what: str) -> None:
        print(f"windows: {time.monotonic() - begun_s:5.0f} s  {what}", flush=True)

    facts = json.loads((WORK / "built.json").read_text("utf-8")) if has_folder else make_folder(say)
    for old in WORK.glob("*.msi"):
        old.unlink()
    target = WORK / f"{NAME}-{own_version()}-windows-x64.msi"
    make_installer(FROZEN, own_version(), ICONS / f"{NAME}.ico", target)
    say("installer")
    built = {**facts, **describe(target)}
    (WORK / "built.json").write_text(json.dumps(built, indent=2) + "\n", "utf-8")
    print(f"windows: {built['frozen_bytes'] / 1e6:6.1f} MB in {len(built['files'])} files  {FROZEN}")
    print(f"windows: {built['installer_bytes'] / 1e6:6.1f} MB  {target}")
    if built["frozen_bytes"] > MOST_FROZEN_BYTES or built["installer_bytes"] > MOST_INSTALLER_BYTES:
        print("windows: larger than allowed", file=sys.stderr)
        return 1
    return 0


def make_folder(say: Callable[[str], None]) -> dict[str, Any]:
    """Make the frozen folder, and return the versions of its parts."""
    # Keeps the differences between two builds of one commit small.
    os.environ["SOURCE_DATE_EPOCH"] = source_date()
    python = WORK / "python"
    interpreter.lay_out(python, WORK)
    say(f"CPython for Windows in {python.relative_to(ROOT)}")
    install_packages(python)
    say("packages installed")
    subprocess.run([sys.executable, ROOT / "packaging" / "icons.py", ICONS], check=True)
    with Wine(WORK / "prefix") as wine:
        say("Wine prefix")
        facts: dict[str, Any] = json.loads(wine.run(python / "python.exe", "-P", "-c", _FACTS, check=True).stdout)
        freeze(wine, python)
        write_notices(python)
        for path in FROZEN.rglob("*"):
            os.utime(path, (int(os.environ["SOURCE_DATE_EPOCH"]),) * 2)
        missing = imports.missing_libraries(FROZEN, wine.prefix / "drive_c" / "windows" / "system32")
    say("frozen")
    if missing:
        print("\n".join(missing), file=sys.stderr)
        raise SystemExit("windows: the frozen folder lacks these libraries")
    return {"version": own_version(), **facts}


def install_packages(python: Path) -> None:
    """Install the application as it is now, and the pinned packages unless these are already installed."""
    listing = REQUIREMENTS / "frozen-windows-macos.txt"
    wanted = hashlib.sha256(listing.read_bytes()).hexdigest()
    stamp = python / "installed"
    site = python / "Lib" / "site-packages"
    if not stamp.exists() or stamp.read_text() != wanted:
        shutil.rmtree(site)
        interpreter.install(python, interpreter.download(listing, WORK / "wheels"))
        stamp.write_text(wanted)
    for old in site.glob("esign_desktop*"):
        shutil.rmtree(old)
    interpreter.install(python, [interpreter.own_wheel(WORK)])


def freeze(wine: Wine, python: Path) -> None:
    """Freeze the installed program."""
    work = WORK / "freeze"
    shutil.rmtree(FROZEN.parent, ignore_errors=True)
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    done = wine.run(
        python / "python.exe", "-P", "-m", "PyInstaller", "--noconfirm", "--clean", "--log-level", "WARN",
        "--distpath", wine.path(FROZEN.parent), "--workpath", wine.path(work / "work"),
        wine.path(ROOT / "packaging" / "pyinstaller.spec"),
        variables={
            "PYTHONHASHSEED": "1", "SOURCE_DATE_EPOCH": os.environ["SOURCE_DATE_EPOCH"], "QT_QPA_PLATFORM": "offscreen",
        },
        cwd=work,
    )  # fmt: skip
    (WORK / "pyinstaller.log").write_text(done.stdout + done.stderr, "utf-8")
    if done.returncode or not (FROZEN / f"{NAME}.exe").exists():
        print("\n".join((done.stdout + done.stderr).splitlines()[-30:]), file=sys.stderr)
        raise SystemExit("windows: see build/windows/pyinstaller.log")


def write_notices(python: Path) -> None:
    """Write the license, the third-party notices and the offer of source code into the frozen folder.

    packaging/notices.py creates these files.
    """
    subprocess.run(
        [
            sys.executable, ROOT / "packaging" / "notices.py", "--system", "windows", "--output", FROZEN,
            "--requirements", REQUIREMENTS / "frozen-windows-macos.txt",
            "--packages", python / "Lib" / "site-packages",
        ],
        check=True,
    )  # fmt: skip


def describe(target: Path) -> dict[str, Any]:
    """Return the sizes and hashes of the frozen folder and the installer."""
    files = {
        path.relative_to(FROZEN).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(FROZEN.rglob("*"))
        if path.is_file()
    }
    return {
        "installer": target.name,
        "installer_bytes": target.stat().st_size,
        "installer_sha256": hashlib.sha256(target.read_bytes()).hexdigest(),
        "frozen_bytes": sum((FROZEN / name).stat().st_size for name in files),
        "files": files,
    }


if __name__ == "__main__":
    sys.exit(main())
