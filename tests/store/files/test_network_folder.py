"""Where the data may not lie: shares by their kind, and one that is really mounted."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from esign_desktop.domain.errors import StoreError
from esign_desktop.store.files import network_folder
from esign_desktop.store.files.network_folder import (
    linux_mounts,
    mac_mounts,
    mount_of,
    network_kind,
    windows_kind,
)
from esign_desktop.store.files.paths import AppPaths

if TYPE_CHECKING:
    from collections.abc import Iterator

TABLE: Final = r"""22 28 0:21 / /proc rw,nosuid - proc proc rw
28 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
30 28 0:30 / /home rw,relatime shared:2 master:1 - nfs4 files.example.com:/home rw,vers=4.2
31 30 254:1 / /home/local\040disk rw - xfs /dev/vdb rw
32 28 0:31 / /srv/share rw - cifs //files/share rw
33 28 0:32 / /mnt/c rw - 9p C:\134 rw,aname=drvfs
34 28 0:33 / /mnt/remote rw - fuse.sshfs me@host: rw
35 28 0:34 / /mnt/dav rw - fuse https://dav.example.com/files rw
36 28 0:35 / /mnt/vault rw - fuse.gocryptfs /home/me/vault rw
37 28 0:36 / /mnt/shared rw - virtiofs shared rw
38 28 0:37 / /mnt/over rw - nfs server:/x rw
39 38 254:2 / /mnt/over rw - ext4 /dev/vdc rw
40 28 8:1 / /mnt/stick rw - fuseblk /dev/sda1 rw
torn line
"""


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/home/me/.local/share/esign-desktop", "nfs4"),
        ("/srv/share", "cifs"),
        ("/mnt/c/Users/me", "9p"),
        ("/mnt/remote/data", "fuse.sshfs"),
        ("/mnt/dav/data", "fuse"),
        ("/home/local disk/me", None),
        ("/homework", None),
        ("/srv/shared", None),
        ("/mnt/vault/me", None),
        ("/mnt/shared/me", None),
        ("/mnt/over/me", None),
        ("/mnt/stick/me", None),
        ("/", None),
    ],
)
@pytest.mark.skipif(sys.platform != "linux", reason="the table is Linux's")
def test_the_mount_that_a_folder_lies_on_decides(
    folder: str, kind: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = tmp_path / "mountinfo"
    table.write_text(TABLE, encoding="utf-8")
    monkeypatch.setattr(network_folder, "_MOUNT_TABLE", table)
    assert network_kind(Path(folder)) == kind


def test_without_a_table_nobody_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network_folder, "_MOUNT_TABLE", tmp_path / "gone")
    AppPaths.at(tmp_path).prepare()
    assert mount_of(tmp_path, linux_mounts("")) is None


def test_the_table_of_macos_is_read() -> None:
    mounts = mac_mounts(
        "/dev/disk3s1s1 on / (apfs, sealed, local, read-only, journaled)\n"
        "//me@files.example.com/All%20contracts on /Volumes/All (old) contracts (smbfs, nodev, nosuid, mounted by me)\n"
        "/dev/disk5s1 on /Volumes/Stick (exfat, local, nodev)\n"
        "map auto_home on /System/Volumes/Data/home (autofs, automounted, nobrowse)\n"
        "nonsense\n"
    )
    assert [mount.kind for mount in mounts] == ["apfs", "smbfs", "exfat", "autofs"]
    share = mount_of(Path("/Volumes/All (old) contracts/esign"), mounts)
    assert share is not None
    assert share.is_network
    for local in ("/Users/me", "/Volumes/Stick/esign", "/System/Volumes/Data/home/me"):
        mount = mount_of(Path(local), mounts)
        assert mount is not None
        assert not mount.is_network


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        (r"\\files\share\esign", "UNC"),
        (r"\\?\UNC\files\share\esign", "UNC"),
        (r"\\wsl.localhost\Debian\home\me", "UNC"),
        (r"Z:\esign", "remote drive"),
        (r"\\?\Z:\esign", "remote drive"),
        (r"C:\Users\me\AppData\Local\esign-desktop", None),
        (r"\\?\C:\Users\me", None),
    ],
)
def test_on_windows_the_drive_decides(folder: str, kind: str | None) -> None:
    assert windows_kind(folder, lambda root: 4 if root.rpartition("Z:\\")[1] else 3) == kind


@pytest.fixture
def share(tmp_path: Path) -> Iterator[Path]:
    """A folder of an SFTP server, mounted: what a share is to the kernel, without a network."""
    server = next(
        (path for path in ("/usr/lib/openssh/sftp-server", "/usr/libexec/sftp-server") if Path(path).exists()), ""
    )
    if not (shutil.which("sshfs") and shutil.which("umount") and server and os.access("/dev/fuse", os.W_OK)):
        pytest.skip("needs sshfs, sftp-server and /dev/fuse")
    if os.getuid() != 0:
        pytest.skip("only root mounts")
    (tmp_path / "server").mkdir()
    place = tmp_path / "share"
    place.mkdir()
    ours, theirs = socket.socketpair()
    with (
        subprocess.Popen([server], stdin=ours.fileno(), stdout=ours.fileno()) as served,
        subprocess.Popen(
            ["sshfs", f":{tmp_path / 'server'}", str(place), "-o", "slave", "-f"],
            stdin=theirs.fileno(),
            stdout=theirs.fileno(),
        ) as mounted,
    ):
        ours.close()
        theirs.close()
        ends_at_s = time.monotonic() + 10
        while not place.is_mount() and mounted.poll() is None and time.monotonic() < ends_at_s:
            time.sleep(0.02)
        try:
            if not place.is_mount():
                pytest.skip("this machine lets nobody mount")
            yield place
        finally:
            subprocess.run(["umount", "--lazy", str(place)], check=False)
            mounted.terminate()
            served.terminate()


def code_of(paths: AppPaths) -> tuple[str, str]:
    with pytest.raises(StoreError) as caught:
        paths.prepare()
    return caught.value.code, str(caught.value.params["kind"])


def test_nothing_is_made_on_a_mounted_share(share: Path) -> None:
    assert code_of(AppPaths.at(share / "esign")) == ("store.network_folder", "fuse.sshfs")
    assert list(share.iterdir()) == []


def test_links_to_a_share_are_followed(share: Path, tmp_path: Path) -> None:
    root, other = tmp_path / "root", tmp_path / "other"
    root.mkdir()
    (root / "data").symlink_to(share, target_is_directory=True)
    (other / "data").mkdir(parents=True)
    (other / "data" / "esign.db").symlink_to(share / "esign.db")
    for folder in (root, other):
        assert code_of(AppPaths.at(folder)) == ("store.network_folder", "fuse.sshfs")
    assert list(share.iterdir()) == []


@pytest.mark.parametrize(
    "errand", [["--rebuild-from-ledger"], ["--remove-counter-pin"], ["--self-test", "--output", "out"]]
)
def test_every_errand_says_so_and_fails(share: Path, tmp_path: Path, errand: list[str]) -> None:
    command = [sys.executable, "-m", "esign_desktop", "--data-dir", str(share / "esign"), *errand]
    environment = {
        **os.environ,
        "LANGUAGE": "zh_CN",
        "LC_ALL": "zh_CN.UTF-8",
        "PYTHONUTF8": "1",
        "PYTHONPATH": str(Path.cwd()),
    }
    done = subprocess.run(
        command, capture_output=True, encoding="utf-8", timeout=60, check=False, cwd=tmp_path, env=environment
    )
    assert done.returncode == 1
    assert "fuse.sshfs" in done.stderr
    assert "--data-dir" in done.stderr
    assert done.stdout == ""
    assert list(share.iterdir()) == []
    assert not (tmp_path / "out").exists()


def test_links_in_a_circle_are_left_to_the_disk(tmp_path: Path) -> None:
    (tmp_path / "data").symlink_to(tmp_path / "data")
    with pytest.raises(StoreError) as caught:
        AppPaths.at(tmp_path).prepare()
    assert caught.value.code == "store.unwritable"
