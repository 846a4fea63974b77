"""Owners and rights in the form in which Windows tells them (SDDL, as `icacls /save` and PowerShell's `Get-Acl` do)."""

from __future__ import annotations

import pytest

from esign_desktop.store.files.file_rights import is_protected

SET_BY_INSTALLER = "O:BAG:BAD:PAI(A;OICI;FA;;;BA)(A;OICI;FA;;;SY)(A;OICI;0x1200a9;;;BU)"
BELOW_PROGRAM_DATA = (
    "O:{owner}G:S-1-5-21-1-2-3-513D:AI(A;OICIID;FA;;;SY)(A;OICIID;FA;;;BA)(A;OICIIOID;GA;;;CO)"
    "(A;OICIID;0x1200a9;;;BU)(A;CIID;DCLCRPCR;;;BU)"
)
"""A folder that a user or an administrator made there: users may add files to it."""
USER = "S-1-5-21-1-2-3-1001"


@pytest.mark.parametrize("owner", ["BA", "SY", "S-1-5-18", "S-1-5-32-544"])
def test_a_file_of_the_administrators_is_protected(owner: str) -> None:
    assert is_protected(SET_BY_INSTALLER.replace("O:BA", f"O:{owner}"))
    assert is_protected(SET_BY_INSTALLER, is_folder=True)
    assert is_protected(f"O:{owner}G:BAD:(A;;FA;;;SY)(A;;FR;;;WD)(D;;FA;;;BU)")


def test_a_folder_to_which_users_may_only_add_files_is_protected_if_it_is_the_administrators() -> None:
    assert is_protected(BELOW_PROGRAM_DATA.format(owner="BA"), is_folder=True)
    assert not is_protected(BELOW_PROGRAM_DATA.format(owner=USER), is_folder=True)


@pytest.mark.parametrize("rights", ["FA", "FW", "GA", "GW", "WD", "WO", "SD", "DC", "LC", "0x1301bf", "0x2", "ZZ"])
@pytest.mark.parametrize("holder", ["BU", "WD", "AU", USER])
def test_a_file_that_others_may_change_is_not_protected(rights: str, holder: str) -> None:
    assert not is_protected(f"O:BAG:BAD:P(A;;FA;;;BA)(A;;{rights};;;{holder})")


@pytest.mark.parametrize("rights", ["FA", "DT", "SD", "WD", "WO", "0x1301bf"])
def test_a_folder_from_which_others_may_delete_is_not_protected(rights: str) -> None:
    assert not is_protected(f"O:BAG:BAD:P(A;OICI;FA;;;BA)(A;OICI;{rights};;;BU)", is_folder=True)


@pytest.mark.parametrize(
    "text", ["", "D:(A;;FA;;;BA)", "O:BAG:BA", "O:BAG:BAD:NO_ACCESS_CONTROL", f"O:{USER}D:P(A;;FA;;;BA)"]
)
def test_what_is_not_told_counts_as_unprotected(text: str) -> None:
    assert not is_protected(text)
