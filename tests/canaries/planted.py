"""Leaks in every place at which the search looks: it is believed only as far as it finds these."""

from __future__ import annotations

import base64
import gzip
import os
import subprocess
import sys
import tempfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

NAME, NUMBER, PHONE = "张示例", "110101199003078515", "13800000000"
SECRET = "cf65f987315b12a21b983ca320196d7d"


def test_everything_leaks(isolated_home: Path, tmp_path: Path) -> None:
    logs = isolated_home / ".local" / "state" / "esign-desktop" / "log"
    logs.mkdir(parents=True)
    (logs / "esign-desktop.log").write_text(f"sending to {PHONE}", "utf-8")
    (logs / "esign-desktop.log.1.gz").write_bytes(gzip.compress(NUMBER.encode()))
    (logs / "crash-1.txt").write_text(ascii(NAME), "ascii")
    settings = isolated_home / ".config" / "esign-desktop.conf"
    settings.write_bytes(base64.b64encode(b"secret=" + SECRET.encode()))
    with tempfile.NamedTemporaryFile(prefix="left-", delete=False) as file:
        file.write(NAME.encode("utf-16"))
    (tmp_path / f"{NUMBER}.pdf").touch()
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "ledger.jsonl").write_text(f'{{"name": "{NAME}"}}\n', "utf-8")
    sys.stdout.write(f"{SECRET}\n")
    sys.stderr.write(f"{NAME}\n")
    child = [sys.executable, "-c", "import time; time.sleep(1)"]
    with (
        subprocess.Popen([*child, SECRET]) as shown,
        subprocess.Popen(child, env=os.environ | {"CUSTOMER": PHONE}) as inherited,
    ):
        assert (shown.wait(), inherited.wait()) == (0, 0)
