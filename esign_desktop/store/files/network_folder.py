"""Detect folders on network shares, where SQLite's locks and shared memory are unreliable.

Sources: https://www.sqlite.org/useovernet.html and https://www.sqlite.org/wal.html ("all processes using a database
must be on the same host computer").
"""

from __future__ import annotations

import re
import sys
from pathlib import Path, PureWindowsPath
from typing import TYPE_CHECKING, Final, NamedTuple

from esign_desktop.domain.disk_errors import disk_error
from esign_desktop.domain.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

NETWORK_FOLDER: Final = "store.network_folder"

_MOUNT_TABLE: Final = Path("/proc/self/mountinfo")
_MOUNT_LIMIT_S: Final = 5.0
_NETWORK_TYPES: Final = frozenset({
    *("nfs", "nfs3", "nfs4", "cifs", "smb2", "smb3", "smbfs", "ncpfs", "afpfs", "ftp"),
    *("afs", "auristorfs", "coda", "ceph", "glusterfs", "lustre", "beegfs", "orangefs", "gpfs", "davfs", "webdav"),
    # Folders of the host of a virtual machine. virtiofs is not listed, because its locks and shared memory work.
    *("9p", "drvfs", "vboxsf", "prl_fs"),
})  # fmt: skip
_NETWORK_PROGRAMS: Final = frozenset({
    *("sshfs", "rclone", "davfs", "davfs2", "curlftpfs", "smbnetfs", "gvfsd-fuse", "kio-fuse", "httpdirfs"),
    *("s3fs", "gcsfuse", "goofys", "juicefs", "seaweedfs", "glusterfs", "ceph", "ceph-fuse", "mfs", "moosefs"),
    *("lizardfs", "onedriver", "google-drive-ocamlfuse", "vmhgfs-fuse"),
})  # fmt: skip
"""FUSE programs that access a network. In a mount's type, the program's name follows ``fuse.``.

Other FUSE programs encrypt or combine local folders.
"""
_ESCAPED: Final = re.compile(r"\\([0-7]{3})")
_MAC_LINE: Final = re.compile(r"(?P<source>.*) on (?P<folder>/.*) \((?P<kind>\w+)[,)]")
_DRIVE_REMOTE: Final = 4


class Mount(NamedTuple):
    """A mounted file system: its folder, its type, and its source, such as a device or a network address."""

    folder: Path
    kind: str
    source: str

    @property
    def is_network(self) -> bool:
        name, _, program = self.kind.partition(".")
        if name in {"fuse", "macfuse", "osxfuse"}:
            # The type of a WebDAV mount names no program, but its source is a URL.
            return program in _NETWORK_PROGRAMS or "://" in self.source
        return self.kind in _NETWORK_TYPES


def refuse_network_folder(folder: Path) -> None:
    """Raise StoreError ``store.network_folder`` if a folder is on a network share.

    The folder does not need to exist yet, and symbolic links are followed. If the type of file system cannot be
    determined, the folder is accepted. Also raises StoreError for disk errors.
    """
    try:
        resolved = folder.resolve()
    except RuntimeError:
        # Before Python 3.13, this reports a loop of symbolic links. Creating the folder will fail with the system's own
        # error.
        return
    except OSError as error:
        raise disk_error(error) from error
    kind = network_kind(resolved)
    if kind is not None:
        raise StoreError(NETWORK_FOLDER, kind, kind=kind)


def network_kind(folder: Path) -> str | None:
    """Return the type of the network share that contains a folder, or None if the folder is on a local disk.

    The path of the folder must be absolute and resolved.
    """
    if sys.platform == "win32":
        kind = windows_kind(str(folder), _drive_type)
    else:
        mounts = mac_mounts(_mac_table()) if sys.platform == "darwin" else linux_mounts(_linux_table())
        mount = mount_of(folder, mounts)
        kind = mount.kind if mount is not None and mount.is_network else None
    return kind


def mount_of(folder: Path, mounts: Sequence[Mount]) -> Mount | None:
    """Return the mount that contains a folder, or None if there is none.

    If several mounts contain the folder, the one with the longest path is returned. If several mounts have this path,
    the last one covers the others and is returned.
    """
    around = [mount for mount in mounts if folder.is_relative_to(mount.folder)]
    return max(reversed(around), key=lambda mount: len(mount.folder.parts), default=None)


def linux_mounts(table: str) -> list[Mount]:
    """Parse the content of ``/proc/self/mountinfo`` (see proc_pid_mountinfo(5)).

    A bind mount has the type of the file system that it makes visible.
    """
    mounts = []
    for line in table.splitlines():
        before, dash, after = line.partition(" - ")
        fields, rest = before.split(" "), after.split(" ")
        if dash and len(fields) > 4 and len(rest) > 1:
            mounts.append(Mount(Path(_unescaped(fields[4])), rest[0], _unescaped(rest[1])))
    return mounts


def mac_mounts(table: str) -> list[Mount]:
    """Parse the output of ``mount`` on macOS.

    For example, a line may be ``//me@server/share on /Volumes/share (smbfs, nodev, nosuid)``.
    """
    lines = map(_MAC_LINE.match, table.splitlines())
    return [Mount(Path(line["folder"]), line["kind"], line["source"]) for line in lines if line is not None]


def windows_kind(folder: str, drive_type: Callable[[str], int]) -> str | None:
    r"""Return the type of a network share on Windows, or None for a local folder.

    The type is ``UNC`` for a path such as ``\\server\share``, and ``remote drive`` for a mapped drive letter.
    ``drive_type`` is the Windows function GetDriveTypeW.
    """
    drive = PureWindowsPath(folder).drive
    if drive.startswith("\\\\"):
        beyond = drive[4:] if drive[:4] in {"\\\\?\\", "\\\\.\\"} else ""
        if not beyond or beyond.upper().startswith("UNC\\"):
            return "UNC"
        drive = beyond
    return "remote drive" if drive_type(f"{drive}\\") == _DRIVE_REMOTE else None


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda match: chr(int(match[1], 8)), text)


def _linux_table() -> str:
    try:
        return _MOUNT_TABLE.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return ""


def _mac_table() -> str:
    # Imported here because only macOS needs it. The standard library's statvfs does not report the type.
    import subprocess

    try:
        done = subprocess.run(["/sbin/mount"], capture_output=True, timeout=_MOUNT_LIMIT_S, check=False)
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.decode("utf-8", "surrogateescape")


def _drive_type(root: str) -> int:
    import ctypes

    windows = getattr(ctypes, "windll", None)
    return int(windows.kernel32.GetDriveTypeW(root)) if windows is not None else 0
