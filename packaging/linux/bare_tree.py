"""Run commands in a minimal Debian tree with namespaces of its own.

The processes that a call starts in the tree end together with the call.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).resolve().parent
ROOT: Final = HERE.parents[1]
CLERK: Final = 1000
HOME: Final = "/home/clerk"
LIMIT_S: Final = 900

# /dev/shm is shared by the whole machine, so the tree gets its own.
_ENTER: Final = """
set -e
mount -t proc proc "$0/proc"
mount --rbind /dev "$0/dev"
mount -t tmpfs -o mode=1777 tmpfs "$0/dev/shm"
mount -t tmpfs -o mode=1777 tmpfs "$0/tmp"
[ -z "$ARCHIVES" ] || mount --bind "$ARCHIVES" "$0/var/cache/apt/archives"
[ -z "$STICK" ] || { mkdir -p "$0/mnt"; mount --bind "$STICK" "$0/mnt"; mount -o remount,bind,ro "$0/mnt"; }
exec env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 HOME=/root \
    DEBIAN_FRONTEND=noninteractive QT_QPA_PLATFORM=offscreen chroot "$0" sh -c "$1"
"""


class TreeError(Exception):
    """Raised if a command in the tree fails. The exception contains the output of the command."""


class BareTree:
    """A copy of a minimal tree, with one ordinary user (clerk) and without the software under test."""

    def __init__(self, suite: str, path: Path) -> None:
        self.suite, self.path = suite, path
        self.archives = ROOT / "build" / "trees" / f"{suite}-archives"
        base = ROOT / "build" / "trees" / suite
        subprocess.run([str(HERE / "tree.sh"), suite, str(base)], check=True)
        shutil.rmtree(path, ignore_errors=True)
        path.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(["cp", "-a", "--reflink=auto", str(base), str(path)], check=True)
        self.archives.mkdir(parents=True, exist_ok=True)
        for name, line in (
            ("passwd", f"clerk:x:{CLERK}:{CLERK}::{HOME}:/bin/sh\n"),
            ("group", f"clerk:x:{CLERK}:\n"),
        ):
            with (path / "etc" / name).open("a", encoding="ascii") as file:
                file.write(line)
        home = path / HOME.lstrip("/")
        home.mkdir(parents=True)
        os.chown(home, CLERK, CLERK)
        shutil.copyfile("/etc/resolv.conf", path / "etc" / "resolv.conf")
        # apt in the tree uses the same proxy as this machine.
        proxies = subprocess.run(["apt-config", "dump", "Acquire::http::Proxy"], check=True, capture_output=True)
        (path / "etc" / "apt" / "apt.conf.d" / "98proxy").write_bytes(proxies.stdout)
        self.before = self.files()

    def run(self, script: str, *, stick: Path | None = None) -> str:
        """Run a shell script as root and return its output. Raises ``TreeError``."""
        done = subprocess.run(
            ["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c", _ENTER, str(self.path), script],
            env={**os.environ, "ARCHIVES": str(self.archives), "STICK": str(stick or "")},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=LIMIT_S,
            check=False,
        )
        said = done.stdout + done.stderr
        if done.returncode != 0:
            raise TreeError(f"{done.returncode}: {said.strip()[-1500:]}")
        return said

    def run_as_clerk(self, script: str, *, stick: Path | None = None) -> str:
        """Run a shell script as the ordinary user and return its output. Raises ``TreeError``."""
        return self.run(as_clerk(script), stick=stick)

    def files(self) -> set[str]:
        """Return the files in the tree, except those of package managers, logs and caches."""
        kept = ("/var/lib/", "/var/cache/", "/var/log/", "/etc/", "/root/.rpmdb", "/dev/", "/proc/", "/tmp/", "/mnt")  # noqa: S108
        found: set[str] = set()
        for folder, _, names in os.walk(self.path):
            place = "/" + os.path.relpath(folder, self.path).removeprefix(".")
            found.update(path for name in names if not (path := f"{place.rstrip('/')}/{name}").startswith(kept))
        return found

    def pythons(self) -> list[str]:
        """Return the path of every Python interpreter in the tree outside the application's folder."""
        return [
            str(path.relative_to(self.path))
            for pattern in ("usr/bin/python*", "usr/local/bin/python*", "bin/python*", "usr/lib/python3*/os.py")
            for path in self.path.glob(pattern)
        ]

    def remove(self) -> None:
        """Delete the tree."""
        shutil.rmtree(self.path)


def as_clerk(script: str) -> str:
    """Return a command that runs a script as the ordinary user."""
    return (
        f"setpriv --reuid {CLERK} --regid {CLERK} --clear-groups env HOME={HOME} sh -c {shlex.quote('cd; ' + script)}"
    )
