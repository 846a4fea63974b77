"""A weakness fails; what can't be asked is said, and does not."""

from __future__ import annotations

import importlib.util
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from types import ModuleType

SCRIPT = Path(__file__).resolve().parents[2] / "packaging" / "audit.py"
WEAK = {"name": "a", "version": "1", "vulns": [{"id": "PYSEC-1", "fix_versions": ["2"]}]}
SOUND = {"name": "b", "version": "1", "vulns": []}
UNKNOWN = {"name": "c", "skip_reason": "not found"}


@pytest.fixture
def audit() -> ModuleType:
    spec = importlib.util.spec_from_file_location("audit", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("dependencies", "status", "words"),
    [
        ([WEAK, SOUND], 1, ["a 1: PYSEC-1, fixed in 2", "2 packages audited, 1 with"]),
        ([SOUND], 0, ["1 packages audited, 0 with"]),
        ([SOUND, UNKNOWN], 0, ["1 packages audited", "NOT AUDITED, no data: c"]),
        ([UNKNOWN], 0, ["NOT AUDITED: the vulnerability data cannot be reached"]),
    ],
)
def test_weakness_fails_and_ignorance_is_said(
    audit: ModuleType,
    capsys: pytest.CaptureFixture[str],
    dependencies: list[dict[str, Any]],
    status: int,
    words: list[str],
) -> None:
    assert audit.report(dependencies) == status
    told = capsys.readouterr().out
    assert all(word in told for word in words)


@pytest.mark.parametrize(
    ("stderr", "status"), [("ConnectionError: Max retries exceeded", 0), ("AttributeError: no such option", 1)]
)
def test_tool_that_breaks_is_no_network_that_is_away(
    audit: ModuleType, monkeypatch: pytest.MonkeyPatch, stderr: str, status: int
) -> None:
    monkeypatch.setattr(audit, "install", lambda: True)
    monkeypatch.setattr(audit, "ask", lambda: subprocess.CompletedProcess([], 1, "", stderr))
    assert audit.main() == status
