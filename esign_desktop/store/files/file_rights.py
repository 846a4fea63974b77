"""Determine from the owner and the access rights of a file whether only administrators can change the file.

Windows provides the owner and the rights as text in the Security Descriptor Definition Language, which this module
parses. On other systems, the administrator is root.
"""

from __future__ import annotations

import re
import stat
import sys
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

_ADMINISTRATORS: Final = frozenset(
    {
        "BA",  # Administrators
        "SY",  # the system
        "S-1-5-32-544",
        "S-1-5-18",
        # TrustedInstaller, which owns Windows' own folders
        "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464",
    }
)
_BITS: Final = {
    "GA": 0x1000_0000, "GR": 0x8000_0000, "GW": 0x4000_0000, "GX": 0x2000_0000,
    "FA": 0x1F_01FF, "FR": 0x12_0089, "FW": 0x12_0116, "FX": 0x12_00A0,
    "RC": 0x2_0000, "SD": 0x1_0000, "WD": 0x4_0000, "WO": 0x8_0000,
    "CC": 0x1, "DC": 0x2, "LC": 0x4, "SW": 0x8, "RP": 0x10, "WP": 0x20, "DT": 0x40, "LO": 0x80, "CR": 0x100,
}  # fmt: skip
"""The access bits of each abbreviation (ACE Strings in the Windows documentation)."""
# DELETE, WRITE_DAC, WRITE_OWNER, GENERIC_ALL and GENERIC_WRITE
_CHANGES: Final = 0x1_0000 | 0x4_0000 | 0x8_0000 | 0x1000_0000 | 0x4000_0000
# FILE_WRITE_DATA and FILE_APPEND_DATA
_CHANGES_FILE: Final = _CHANGES | 0x2 | 0x4
# FILE_DELETE_CHILD. A user who may only add files to the folder cannot replace the administrator's file.
_CHANGES_FOLDER: Final = (_CHANGES | 0x40) & ~0x4000_0000
_PARTS: Final = re.compile(r"O:(?P<owner>S-[\d-]+|[A-Z]{2})(?:G:(?:S-[\d-]+|[A-Z]{2}))?D:(?P<rights>.*)")
_ENTRY: Final = re.compile(r"\(([^()]*)\)")
_ALLOWS: Final = frozenset({"A", "OA", "XA", "ZA"})
_INHERIT_ONLY: Final = "IO"


def is_protected(descriptor: str, *, is_folder: bool = False) -> bool:
    """Return whether an administrator owns a file or folder, and only administrators can change it.

    ``descriptor`` is text in the Security Descriptor Definition Language. If the text has an unknown form, or if the
    file has no access rights, the result is False.
    """
    parts = _PARTS.fullmatch(descriptor)
    if parts is None or parts["owner"] not in _ADMINISTRATORS or "NO_ACCESS_CONTROL" in parts["rights"]:
        return False
    for entry in _ENTRY.findall(parts["rights"]):
        kind, flags, rights, *_, holder = f"{entry};;;;;".split(";")[:6]
        if kind not in _ALLOWS or holder in _ADMINISTRATORS or _INHERIT_ONLY in _pairs(flags):
            continue
        if _mask(rights) & (_CHANGES_FOLDER if is_folder else _CHANGES_FILE):
            return False
    return True


def _pairs(text: str) -> list[str]:
    return [text[at : at + 2] for at in range(0, len(text), 2)]


def _mask(rights: str) -> int:
    """Return the access bits of an entry. If the entry contains an unknown right, all bits are set."""
    if rights.startswith("0x"):
        return int(rights, 16)
    mask = 0
    for name in _pairs(rights):
        mask |= _BITS.get(name, 0xFFFF_FFFF)
    return mask


if sys.platform == "win32":
    from ctypes import WinDLL, byref, c_int, c_uint32, c_void_p, c_wchar_p, wstring_at

    _FILE_OBJECT = 1
    _OWNER_AND_RIGHTS = 0x1 | 0x4
    _REVISION = 1

    def is_administrators_file(path: Path) -> bool:
        """Return whether only administrators can change or replace this file."""
        return is_protected(_descriptor(path)) and is_protected(_descriptor(path.parent), is_folder=True)

    def _descriptor(path: Path) -> str:
        """Return the owner and the access rights as text, or an empty string if Windows does not report them."""
        security = WinDLL("advapi32", use_last_error=True)
        free = WinDLL("kernel32").LocalFree
        free.argtypes = (c_void_p,)
        get = security.GetNamedSecurityInfoW
        get.argtypes = (c_wchar_p, c_int, c_uint32, *[c_void_p] * 5)
        convert = security.ConvertSecurityDescriptorToStringSecurityDescriptorW
        convert.argtypes = (c_void_p, c_uint32, c_uint32, c_void_p, c_void_p)
        found, text = c_void_p(), c_void_p()
        if get(str(path), _FILE_OBJECT, _OWNER_AND_RIGHTS, None, None, None, None, byref(found)):
            return ""
        try:
            if not convert(found, _REVISION, _OWNER_AND_RIGHTS, byref(text), None):
                return ""
            return wstring_at(text.value) if text.value else ""
        finally:
            free(text)
            free(found)

    def find_weakness(path: Path) -> tuple[str, Path] | None:
        """Return the reason why users could change or replace this file, and the file or folder. None if they cannot.

        The reason is ``not_protected``.
        """
        return None if is_administrators_file(path) else ("not_protected", path)

else:

    def find_weakness(path: Path) -> tuple[str, Path] | None:
        """Return the reason why users could change or replace this file, and the file or folder. None if they cannot.

        The path may be a folder. The reason is ``file_not_owned`` or ``file_writable``, or ``folder_not_owned`` or
        ``folder_writable`` for one of the folders above. Links are followed. Raises OSError.
        """
        for place in (*reversed(path.parents), path):
            found = place.lstat()
            kind = "folder" if place.is_dir() else "file"
            if found.st_uid:
                return f"{kind}_not_owned", place
            if stat.S_ISLNK(found.st_mode):
                weakness = find_weakness(place.parent / place.readlink())
                if weakness is not None:
                    return weakness
            # With an access control list, the bits of the group are the list's mask.
            elif found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
                return f"{kind}_writable", place
        return None
