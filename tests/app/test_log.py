from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

from esign_desktop.app.log import LOG_NAME, SIZE_BYTES, close_log, open_log, redacted

if TYPE_CHECKING:
    from pathlib import Path

log = logging.getLogger("esign_desktop.test")


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("id 11010119900307123X of", "id <number> of"),
        ("mobile 13500000000", "mobile <number>"),
        ("手机13500000000。", "<text><number>。"),
        ("证件号码：11010119900307123X的", "<text>：<number>的"),
        ("called 13500000000.", "called <number>."),
        ("mail to zhang@example.com now", "mail to <e-mail> now"),
        ("GET https://user:pw@storage.example.com/a/b?sign=abc failed", "GET https://storage.example.com/… failed"),
        ("secret cf65f987315b12a21b983ca320196d7d", "secret <token>"),
        ("file /home/zhang/contract.pdf is gone", "file <path> is gone"),
        (r"file C:\Users\zhang\contract.pdf is gone", "file <path> is gone"),
        ("signer 张示例 refused", "signer <text> refused"),
        ("status 404 after 12 ms, page 3 of 1200", "status 404 after 12 ms, page 3 of 1200"),
        ("task failed: pdf.page_failed", "task failed: pdf.page_failed"),
    ],
)
def test_log_holds_nothing_personal_or_secret(text: str, left: str) -> None:
    assert redacted(text) == left


def test_exception_is_logged_without_its_text(tmp_path: Path) -> None:
    handler = open_log(tmp_path)
    try:
        try:
            raise ValueError("张示例 11010119900307123X")
        except ValueError:
            log.exception("it failed for %s", "张示例")
    finally:
        close_log(handler)
    text = (tmp_path / LOG_NAME).read_text("utf-8")
    assert "ValueError" in text
    assert "test_exception_is_logged_without_its_text" in text
    assert "张示例" not in text
    assert "1101" not in text


def test_debug_lines_are_written_where_they_are_wanted(tmp_path: Path) -> None:
    for level, is_there in (("", False), ("debug", True)):
        handler = open_log(tmp_path, level)
        log.debug("a call answered: %s", level)
        log.info("a line")
        close_log(handler)
        assert ("a call answered" in (tmp_path / LOG_NAME).read_text("utf-8")) is is_there


def test_large_log_is_put_aside_and_few_are_kept(tmp_path: Path) -> None:
    for number in range(6):
        (tmp_path / LOG_NAME).write_text(f"{number}" * (SIZE_BYTES + 1), encoding="utf-8")
        handler = open_log(tmp_path)
        log.info("one line more")
        close_log(handler)
    (tmp_path / LOG_NAME).unlink()
    kept = sorted(path.name for path in tmp_path.iterdir())
    assert kept == ["esign-desktop.log.1", "esign-desktop.log.2", "esign-desktop.log.3"]
    assert (tmp_path / "esign-desktop.log.1").read_text("utf-8").startswith("5")
