"""Report known vulnerabilities in the dependencies of the application and of its OCR extra, using pip-audit.

The exit status is 1 if there are any vulnerabilities. If the vulnerability database cannot be reached, a message is
printed and the exit status is 0.
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
    """Print a line that begins with the name of the script."""
    print(f"audit: {text}", flush=True)


def install() -> bool:
    """Install the locked version of pip-audit into a separate folder, and return whether it is installed."""
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
    """Run pip-audit on the locked requirements. Their versions are pinned, so pip does not install anything."""
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
    """Print the vulnerabilities of each package, and return the exit status."""
    unknown = [package["name"] for package in dependencies if "skip_reason" in package]
    weak = [package for package in dependencies if package.get("vulns")]
    for package in weak:
        for weakness in package["vulns"]:
            fixed = ", ".join(weakness.get("fix_versions") or ["no version yet"])
            say(f"{package['name']} {package['version']}: {weakness['id']}, fixed in {fixed}")
    if len(unknown) == len(dependencies):
        say(f"NOT AUDITED: the vulnerability data cannot be reached ({len(unknown)} packages)")
    else:
        say(f"{len(dependencies) - len(unknown)} packages audited, {len(weak)} with known vulnerabilities")
        if unknown:
            say(f"NOT AUDITED, no data: {', '.join(unknown)}")
    return 1 if weak else 0


def main() -> int:
    """Install pip-audit, run it, print its result, and return the exit status."""
    if not install():
        say("NOT AUDITED: pip-audit cannot be installed")
        return 0
    try:
        done = ask()
    except subprocess.TimeoutExpired:
        say(f"NOT AUDITED: no answer within {LIMIT_S} s")
        return 0
    try:
        return report(json.loads(done.stdout)["dependencies"])
    except (ValueError, KeyError, TypeError):
        if any(word in done.stderr.lower() for word in WORDS_OF_A_NETWORK):
            say("NOT AUDITED: the vulnerability data cannot be reached")
            return 0
        sys.stderr.write(done.stderr[-2000:])
        say(f"pip-audit exited with {done.returncode} and unexpected output")
        return 1


if __name__ == "__main__":
    sys.exit(main())
