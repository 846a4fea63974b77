"""Known weaknesses of the packages that the program is installed with, and of its extra for scans, by pip-audit.

Ends with 1 if there is one. Where its data can't be reached, that is said, and nothing fails.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
TOOL = ROOT / "build" / "audit"
LOCK = ROOT / "requirements" / "audit.txt"
AUDITED = tuple(f"--requirement={ROOT / 'requirements' / name}" for name in ("run.txt", "ocr.txt"))
LIMIT_S = 300
WORDS_OF_A_NETWORK = ("connection", "timed out", "network", "max retries", "proxy", "name resolution", "ssl")


def say(text: str) -> None:
    """Print a line that says whose it is."""
    print(f"audit: {text}", flush=True)


def install() -> bool:
    """Put the tool into a folder of its own, unless the locked one is there."""
    stamp = TOOL / "installed"
    if stamp.exists() and stamp.read_text("utf-8") == LOCK.read_text("utf-8"):
        return True
    shutil.rmtree(TOOL, ignore_errors=True)
    command = [sys.executable, "-m", "pip", "--no-input", "install", "--quiet", "--require-hashes"]
    done = subprocess.run([*command, "--target", str(TOOL), "-r", str(LOCK)], stderr=subprocess.DEVNULL, check=False)
    if done.returncode == 0:
        stamp.write_text(LOCK.read_text("utf-8"), encoding="utf-8")
    return done.returncode == 0


def ask() -> subprocess.CompletedProcess[str]:
    """The versions are all named, so that nothing has to be resolved or installed."""
    command = [sys.executable, "-m", "pip_audit", *AUDITED, "--require-hashes", "--disable-pip"]
    return subprocess.run(
        [*command, "--format", "json", "--progress-spinner", "off", "--timeout", "10"],
        env={**os.environ, "PYTHONPATH": str(TOOL)},
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )


def report(dependencies: list[dict[str, Any]]) -> int:
    """Say what is known of each package; return the exit status."""
    unknown = [one["name"] for one in dependencies if "skip_reason" in one]
    weak = [one for one in dependencies if one.get("vulns")]
    for one in weak:
        for weakness in one["vulns"]:
            fixed = ", ".join(weakness.get("fix_versions") or ["no version yet"])
            say(f"{one['name']} {one['version']}: {weakness['id']}, mended in {fixed}")
    if len(unknown) == len(dependencies):
        say(f"NOT AUDITED: the data can't be reached from here ({len(unknown)} packages)")
    else:
        say(f"{len(dependencies) - len(unknown)} packages audited, {len(weak)} with known weaknesses")
        if unknown:
            say(f"NOT AUDITED, nothing is known of them: {', '.join(unknown)}")
    return 1 if weak else 0


def main() -> int:
    """Install, ask, and say what is known."""
    if not install():
        say("NOT AUDITED: pip-audit can't be installed from here")
        return 0
    try:
        done = ask()
    except subprocess.TimeoutExpired:
        say("NOT AUDITED: the data did not come in time")
        return 0
    try:
        return report(json.loads(done.stdout)["dependencies"])
    except (ValueError, KeyError, TypeError):
        if any(word in done.stderr.lower() for word in WORDS_OF_A_NETWORK):
            say("NOT AUDITED: the data can't be reached from here")
            return 0
        sys.stderr.write(done.stderr[-2000:])
        say(f"pip-audit ended with {done.returncode} and could not be understood")
        return 1


if __name__ == "__main__":
    sys.exit(main())
