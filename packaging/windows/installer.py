"""Make the installer for Windows (MSI) from the frozen folder, with wixl and msibuild of msitools.

The program is installed for all users of the computer. ``msiexec /i FILE /qn`` installs it silently, and replaces any
other version. The installation is refused while the program is running. docs/windows.md describes how to use and sign
the installer.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid5
from xml.etree import ElementTree as ET

from interpreter import HERE, compile_library

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAME: Final = "esign-desktop"
CHINESE_CODE_PAGE: Final = "936"
"""The code page of the file's texts, in which both languages can be written."""
CHINESE: Final = (
    ("Shortcut", "Name", "ESIGN|电子签桌面 esign-desktop", "Shortcut", "startmenu"),
    ("Registry", "Value", "电子签桌面 esign-desktop", "Name", "FriendlyAppName"),
    ("Registry", "Value", "常用合同 Contract preset", "Value", "Contract preset"),
)
"""Texts that users see, which wixl cannot write: table, column and text, and the column and value of their row."""
UPGRADE_CODE: Final = UUID("5b0a6e0c-6f5e-4c36-9b57-6b1b4e8c0d42")
"""Must not change: an installer finds other versions by it."""
POLICY_RIGHTS: Final = "O:BAG:BAD:PAI(A;OICI;FA;;;BA)(A;OICI;FA;;;SY)(A;OICI;FRFX;;;BU)"
"""Administrators and the system may write to the policy's folder, users may read, and nothing is inherited (SDDL)."""
APP_ID: Final = "esign-desktop"
"""The AppUserModelID of the taskbar, which the program also sets for its windows (esign_desktop/app/windows.py)."""
_NAMESPACE: Final = "http://schemas.microsoft.com/wix/2006/wi"
_CLASSES: Final = r"Software\Classes"
_OPEN: Final = '"[INSTALLFOLDER]esign-desktop.exe" "%1"'
_VALUES: Final = (
    # Presets are the program's own files.
    (rf"{_CLASSES}\.esignpreset", "", "esign-desktop.preset"),
    (rf"{_CLASSES}\.esignpreset\OpenWithProgids", "esign-desktop.preset", ""),
    (rf"{_CLASSES}\esign-desktop.preset", "", "Contract preset"),
    (rf"{_CLASSES}\esign-desktop.preset\DefaultIcon", "", "[INSTALLFOLDER]esign-desktop.exe,0"),
    (rf"{_CLASSES}\esign-desktop.preset\shell\open\command", "", _OPEN),
    # Offered for PDFs under "Open with"; the default program is not changed.
    (rf"{_CLASSES}\Applications\esign-desktop.exe", "FriendlyAppName", NAME),
    (rf"{_CLASSES}\Applications\esign-desktop.exe\SupportedTypes", ".pdf", ""),
    (rf"{_CLASSES}\Applications\esign-desktop.exe\shell\open\command", "", _OPEN),
    # Links with which another program hands a customer over.
    (rf"{_CLASSES}\esign-desktop", "", "URL:esign-desktop"),
    (rf"{_CLASSES}\esign-desktop", "URL Protocol", ""),
    (rf"{_CLASSES}\esign-desktop\shell\open\command", "", _OPEN),
)
"""Registry values of the machine: key, name and text."""


def make_installer(frozen: Path, version: str, icon: Path, target: Path) -> None:
    """Make the MSI from the frozen folder, and write it to ``target``.

    The same folder and version always result in the same tables.
    """
    work = target.parent / "installer"
    work.mkdir(parents=True, exist_ok=True)
    library = work / "running.dll"
    compile_library(library, HERE / "running.c", libraries=("msi", "kernel32"))
    source = work / f"{NAME}.wxs"
    ET.ElementTree(describe(frozen, version, icon, library)).write(source, "utf-8", xml_declaration=True)
    target.unlink(missing_ok=True)
    subprocess.run(["wixl", "--arch", "x64", "--output", target, source], check=True)
    for table, columns, rows in _more_tables():
        listing = work / f"{table}.idt"
        names, kinds, key = columns
        lines = ["\t".join(names), "\t".join(kinds), f"{table}\t{key}", *("\t".join(row) for row in rows)]
        listing.write_bytes("".join(f"{line}\r\n" for line in lines).encode("ascii"))
        subprocess.run(["msibuild", target, "-i", listing], check=True)
    write_chinese(target, work)
    # wixl would take a random code for the package.
    package_code = f"{{{_code('package', _content(frozen, version))}}}"
    subprocess.run(["msibuild", target, "-s", f"{NAME} {version}", NAME, "x64;1033", package_code], check=True)


def write_chinese(target: Path, work: Path) -> None:
    """Replace the texts that wixl could write only in ASCII with their Chinese versions."""
    listing = work / "codepage.idt"
    listing.write_bytes(f"\r\n\r\n{CHINESE_CODE_PAGE}\t_ForceCodepage\r\n".encode("ascii"))
    subprocess.run(["msibuild", target, "-i", listing], check=True)
    for table, column, text, key, value in CHINESE:
        change = f"UPDATE `{table}` SET `{column}`='{text}' WHERE `{key}`='{value}'"  # noqa: S608  texts of this file
        # msibuild reads its arguments in the character set of the locale.
        environment = os.environ | {"LC_ALL": "C.UTF-8"}
        subprocess.run(["msibuild", target, "-q", change], env=environment, check=True)


def _more_tables() -> Iterator[tuple[str, tuple[tuple[str, ...], tuple[str, ...], str], list[tuple[str, ...]]]]:
    """Yield the tables that wixl cannot write: name, columns with the key, and rows."""
    yield (
        "MsiLockPermissionsEx",
        (
            ("MsiLockPermissionsEx", "LockObject", "Table", "SDDLText", "Condition"),
            ("s72", "s72", "s32", "s0", "S255"),
            "MsiLockPermissionsEx",
        ),
        [("policy", "POLICYFOLDER", "CreateFolder", POLICY_RIGHTS, "")],
    )
    yield (
        "MsiShortcutProperty",
        (
            ("MsiShortcutProperty", "Shortcut_", "PropertyKey", "PropVariantValue"),
            ("s72", "s72", "s0", "s0"),
            "MsiShortcutProperty",
        ),
        [("identity", "startmenu", "System.AppUserModel.ID", APP_ID)],
    )


def describe(frozen: Path, version: str, icon: Path, library: Path) -> ET.Element:
    """Return the XML document from which wixl makes the installer. ``library`` contains the custom action."""
    wix = ET.Element("Wix", xmlns=_NAMESPACE)
    product_code = _code("product", _content(frozen, version))
    product = _add(
        wix, "Product", Id=product_code, UpgradeCode=str(UPGRADE_CODE).upper(),
        Name=NAME, Version=version, Manufacturer=NAME, Language="1033",
    )  # fmt: skip
    _add(
        product, "Package", InstallerVersion="500", Compressed="yes", InstallScope="perMachine",
        Manufacturer=NAME, Description=f"{NAME} {version}", Comments="AGPL-3.0-or-later",
    )  # fmt: skip
    # A lower version is replaced before the new files are written, so that no module of it remains.
    _add(
        product,
        "MajorUpgrade",
        DowngradeErrorMessage="A newer version of esign-desktop is already installed.",
        AllowSameVersionUpgrades="yes",
    )
    _add(product, "Media", Id="1", Cabinet="files.cab", EmbedCab="yes")
    _add(product, "Icon", Id="icon.ico", SourceFile=str(icon))
    _add(product, "Property", Id="ARPPRODUCTICON", Value="icon.ico")
    _add(product, "Property", Id="ARPNOMODIFY", Value="1")
    # Windows must not close the program, because it could be sending a contract.
    _add(product, "Property", Id="MSIRESTARTMANAGERCONTROL", Value="Disable")
    _add(product, "Binary", Id="running", SourceFile=str(library))
    _add(product, "CustomAction", Id="RefuseWhileRunning", BinaryKey="running", DllEntry="RefuseWhileRunning")
    sequence = _add(product, "InstallExecuteSequence")
    _add(sequence, "Custom", Action="RefuseWhileRunning", Before="InstallValidate")
    root = _add(product, "Directory", Id="TARGETDIR", Name="SourceDir")
    components = [
        *_files(_add(root, "Directory", Id="ProgramFiles64Folder"), frozen),
        _policy_folder(_add(root, "Directory", Id="CommonAppDataFolder")),
        _shortcut(_add(root, "Directory", Id="ProgramMenuFolder")),
    ]
    feature = _add(product, "Feature", Id="program", Title=NAME, Level="1")
    for component in components:
        _add(feature, "ComponentRef", Id=component)
    return wix


def _code(kind: str, content: str) -> str:
    return str(uuid5(UPGRADE_CODE, f"{kind} {content}")).upper()


def _content(frozen: Path, version: str) -> str:
    """Return a digest of the names and contents, so that a different folder is a different product."""
    digest = hashlib.sha256(version.encode())
    for path in sorted(frozen.rglob("*")):
        if path.is_file():
            digest.update(path.relative_to(frozen).as_posix().encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _files(parent: ET.Element, frozen: Path) -> list[str]:
    """Add each file with a component of its own below ``parent``, and return the components."""
    components = []

    def add_folder(element: ET.Element, folder: Path) -> None:
        for path in sorted(folder.iterdir(), key=lambda path: path.name):
            place = path.relative_to(frozen).as_posix()
            if path.is_dir():
                add_folder(_add(element, "Directory", Id=_identifier("d", place), Name=path.name), path)
            else:
                components.append(_component(element, place))
                file = _add(element[-1], "File", Id=_identifier("f", place), Name=path.name, KeyPath="yes")
                file.set("Source", os.fspath(path))

    add_folder(_add(parent, "Directory", Id="INSTALLFOLDER", Name=NAME), frozen)
    program = parent[0]
    components.append(_component(program, "registry"))
    for number, (key, name, text) in enumerate(_VALUES):
        value = _add(program[-1], "RegistryValue", Root="HKLM", Key=key, Type="string", Value=text)
        if name:
            value.set("Name", name)
        if number == 0:
            value.set("KeyPath", "yes")
    # No crash reports, because the program's memory contains users' input.
    reports = r"Software\Microsoft\Windows\Windows Error Reporting\ExcludedApplications"
    _add(program[-1], "RegistryValue", Root="HKLM", Key=reports, Name=f"{NAME}.exe", Type="integer", Value="1")
    return components


def _policy_folder(parent: ET.Element) -> str:
    """Add the policy's folder, which stays. Without it any user could create it, and a policy for all users in it."""
    folder = _add(parent, "Directory", Id="POLICYFOLDER", Name=NAME)
    component = _component(folder, "policy folder")
    folder[-1].set("Permanent", "yes")
    _add(folder[-1], "CreateFolder")
    return component


def _shortcut(parent: ET.Element) -> str:
    component = _component(parent, "start menu")
    _add(
        parent[-1], "Shortcut", Id="startmenu", Name=NAME, Target=f"[INSTALLFOLDER]{NAME}.exe",
        WorkingDirectory="INSTALLFOLDER", Icon="icon.ico",
    )  # fmt: skip
    _add(parent[-1], "RegistryValue", Root="HKLM", Key=rf"Software\{NAME}", Name="installed", Type="integer",
         Value="1", KeyPath="yes")  # fmt: skip
    return component


def _component(parent: ET.Element, place: str) -> str:
    name = _identifier("c", place)
    _add(parent, "Component", Id=name, Guid=str(uuid5(UPGRADE_CODE, place)).upper())
    return name


def _identifier(kind: str, place: str) -> str:
    return f"{kind}{hashlib.sha256(place.encode()).hexdigest()[:20]}"


def _add(parent: ET.Element, tag: str, **attributes: str) -> ET.Element:
    return ET.SubElement(parent, tag, attributes)
