"""The acceptance script names windows, buttons, commands and answers that exist."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any, Final

from esign_desktop.app.arguments import parse
from tests.packaging.test_manual import QUOTED, manual, said

__all__ = ["manual"]

PAGE: Final = Path(__file__).resolve().parents[2] / "docs" / "acceptance.md"
NOT_A_BUTTON: Final = {"Not yet performed."}


def test_every_window_and_button_is_named_as_in_the_program(manual: Any) -> None:
    texts, with_values = said(manual, "en")
    prose = re.sub(r"\*\*[^*]+\*\*|`[^`]*`", "", PAGE.read_text("utf-8"))
    quoted = {found[1].strip() for found in QUOTED["en"].finditer(re.sub(r"\s+", " ", prose))} - NOT_A_BUTTON
    assert len(quoted) > 25
    plain = {name.rstrip("…").strip() for name in quoted}
    assert {
        name for name in plain if name not in texts and not any(text.fullmatch(name) for text in with_values)
    } == set()


def test_every_command_is_understood() -> None:
    commands = re.findall(r"^ +(esign-desktop .*)$", PAGE.read_text("utf-8"), re.MULTILINE)
    assert len(commands) >= 5
    for command in commands:
        parse(shlex.split(command)[1:])


def test_script_has_ten_contracts_and_each_leads_to_an_answer() -> None:
    rows = re.findall(r"^\| (\d+) \|(.*)$", PAGE.read_text("utf-8"), re.MULTILINE)
    assert [int(number) for number, _ in rows] == list(range(1, 11))
    assert [number for number, row in rows if "platform-answers.md#" not in row] == []
