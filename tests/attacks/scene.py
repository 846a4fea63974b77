"""What stands around a child that is attacked: secrets, files, servers, another process; and what became of them."""

from __future__ import annotations

import ctypes
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Self

from tests.pdf.builder import Page, build

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

VICTIM = "import time; time.sleep(600)"


class Stage:
    """A home with a database, servers that note who knocks, a process to be killed; in a folder that is empty."""

    def __init__(self, folder: Path) -> None:
        self.secret = f"SECRET-{secrets.token_hex(12)}"
        self._folder = folder
        self._copies = folder / "copies"
        for name in ("home/.config/autostart", "copies", "mountpoint"):
            (folder / name).mkdir(parents=True)
        self._files = {
            name: folder / "home" / f"{name}.txt"
            for name in ("database", "other_document", "removable", "renamable", "truncatable")
        }
        for path in self._files.values():
            path.write_text(self.secret, encoding="ascii")
            path.chmod(0o600)
        (folder / "document.pdf").write_bytes(build(Page()))
        # The parent's memory, and where in it the secret lies.
        self._memory = ctypes.create_string_buffer(self.secret.encode("ascii"))
        self._victim = subprocess.Popen([sys.executable, "-c", VICTIM, self.secret])
        self._sockets: list[socket.socket] = []
        self._knocks: list[str] = []

    def __enter__(self) -> Self:
        self._tcp = self._serve(socket.socket(), ("127.0.0.1", 0)).getsockname()[1]
        self._udp = self._serve(socket.socket(type=socket.SOCK_DGRAM), ("127.0.0.1", 0)).getsockname()[1]
        self._unix, self._datagram = (str(self._folder / name) for name in ("s", "d"))
        self._abstract = f"esign-{secrets.token_hex(8)}"
        self._serve(socket.socket(socket.AF_UNIX), self._unix)
        self._serve(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM), self._datagram)
        self._serve(socket.socket(socket.AF_UNIX), "\0" + self._abstract)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for one in self._sockets:
            # Whoever waits in it wakes up.
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        self._victim.kill()
        self._victim.wait()
        self._unmount()

    def _serve(self, server: socket.socket, address: Any) -> socket.socket:
        server.bind(address)
        server.settimeout(0.2)
        if server.type == socket.SOCK_STREAM:
            server.listen()
        self._sockets.append(server)
        threading.Thread(target=self._note, args=(server,), daemon=True).start()
        return server

    def _note(self, server: socket.socket) -> None:
        while server.fileno() >= 0:
            try:
                if server.type == socket.SOCK_STREAM:
                    server.accept()[0].close()
                else:
                    server.recv(100)
            except TimeoutError:
                continue
            except OSError:
                return
            self._knocks.append(server.family.name)

    def scene(self, deadly: str = "") -> dict[str, Any]:
        """Return what the attacker knows, who knows everything."""
        return {
            **{name: str(path) for name, path in self._files.items()},
            "deadly": deadly,
            "home": str(self._folder / "home"),
            "autostart": str(self._folder / "home/.config/autostart/evil.desktop"),
            "copies": str(self._copies),
            "mountpoint": str(self._folder / "mountpoint"),
            "document": str(self._folder / "document.pdf"),
            "parent": os.getpid(),
            "address": ctypes.addressof(self._memory),
            "length": len(self.secret),
            "victim": self._victim.pid,
            "tcp": self._tcp,
            "udp": self._udp,
            "unix": self._unix,
            "unix_datagram": self._datagram,
            "abstract": self._abstract,
        }

    def damage(self) -> list[str]:
        """Tell what can be seen from outside: files that came, went or changed, knocks, a process that ended."""
        found = [f"somebody knocked: {one}" for one in self._knocks]
        found += [f"there is {path.name}" for path in self._copies.iterdir()]
        found += [f"there is {path.name}" for path in (self._folder / "home/.config/autostart").iterdir()]
        for path in self._files.values():
            if not path.exists():
                found.append(f"{path.name} is gone")
            elif path.read_text(encoding="ascii") != self.secret:
                found.append(f"{path.name} was changed")
            elif path.stat().st_mode & 0o777 != 0o600:
                found.append(f"everybody may read {path.name}")
        if self._victim.poll() is not None:
            found.append(f"another process was ended: {signal.Signals(-self._victim.returncode).name}")
        if self._unmount():
            found.append("a disk was mounted")
        return found

    def _unmount(self) -> bool:
        """Unmount what was mounted, and return whether anything was."""
        is_mounted = (self._folder / "mountpoint").is_mount()
        if is_mounted:
            subprocess.run(["umount", str(self._folder / "mountpoint")], check=False)
        return is_mounted
