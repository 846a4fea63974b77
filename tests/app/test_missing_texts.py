"""A checkout that was not made ready has no compiled translations: the program says why it speaks English."""

from __future__ import annotations

from typing import TYPE_CHECKING

from esign_desktop.app.log import LOG_NAME
from esign_desktop.ui.text import i18n
from esign_desktop.ui.widgets.notice_bar import MessageLevel

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from esign_desktop.store.files.paths import AppPaths
    from tests.app.conftest import Start


def test_without_compiled_translations_the_program_says_why_it_speaks_english(
    start: Start,
    paths: AppPaths,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(i18n, "resource_path", tmp_path.joinpath)
    program = start(language="zh_CN")
    (row,) = program.window.messages.rows
    assert row.title == "The translations for your language are missing, so the program is shown in English."
    assert "packaging/strings.py --compile" in row.remedy
    assert row.level is MessageLevel.WARNING
    complaint = capsys.readouterr().err
    assert str(tmp_path / "i18n" / "zh_CN.qm") in complaint
    assert "packaging/strings.py --compile" in complaint
    assert "zh_CN.qm is missing" in (paths.log_dir / LOG_NAME).read_text("utf-8")


def test_with_translations_nothing_is_said(start: Start, capsys: pytest.CaptureFixture[str]) -> None:
    program = start(language="zh_CN")
    assert program.window.messages.rows == ()
    assert capsys.readouterr().err == ""
