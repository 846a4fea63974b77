from __future__ import annotations

import re

import pytest

from esign_desktop.app.windows import RUNNING_NAMES, has_own_ends, hold_names, name_taskbar_group
from tests.conftest import REPOSITORY
from tests.fake_windows import FakeWindows

PIPE = 0x7_1234_0000


@pytest.mark.parametrize("ends", [(1, 1), (2, 1), (1, 2)])
def test_a_pipe_between_programs_of_one_person_is_believed(ends: tuple[int, int]) -> None:
    windows = FakeWindows(pipe_ends=ends)
    assert has_own_ends(windows, PIPE)
    assert windows.handles == {}


@pytest.mark.parametrize("ends", [(3, 1), (1, 3), (3, 3), (1, 99)])
def test_a_pipe_that_somebody_else_made_or_opened_is_not(ends: tuple[int, int]) -> None:
    windows = FakeWindows(pipe_ends=ends)
    assert not has_own_ends(windows, PIPE)
    assert windows.handles == {}


@pytest.mark.parametrize(
    "call",
    [
        "GetNamedPipeServerProcessId",
        "GetNamedPipeClientProcessId",
        "OpenProcess",
        "OpenProcessToken",
        "GetTokenInformation",
    ],
)
def test_where_windows_does_not_tell_it_is_a_strangers(call: str) -> None:
    windows = FakeWindows(refuses={call})
    assert not has_own_ends(windows, PIPE)
    assert windows.handles == {}


def test_an_installer_sees_by_a_name_that_the_program_runs() -> None:
    windows = FakeWindows()
    hold_names(windows)
    assert [*windows.handles.values()] == [*RUNNING_NAMES]


def test_the_installer_looks_for_these_names() -> None:
    source = (REPOSITORY / "packaging" / "windows" / "running.c").read_text("ascii")
    asked = re.findall(r'!is_held\(L"([^"]+)"\)', source)
    assert [name.replace("\\\\", "\\") for name in asked] == [*RUNNING_NAMES]


def test_the_taskbar_knows_the_program_as_the_start_menu_does() -> None:
    windows = FakeWindows()
    name_taskbar_group(windows)
    source = (REPOSITORY / "packaging" / "windows" / "installer.py").read_text("utf-8")
    assert f'APP_ID: Final = "{windows.taskbar_group}"' in source.splitlines()
