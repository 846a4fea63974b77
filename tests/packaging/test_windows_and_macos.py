"""The recipes for Windows and macOS, as far as they can be read here."""

from __future__ import annotations

import os
import plistlib
import re
import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path, PurePath
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from PySide6.QtGui import QImage, QImageReader

from esign_desktop.domain.file_kinds import PRESET_SUFFIX
from esign_desktop.store.files.file_rights import is_protected
from tests.conftest import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType
    from xml.etree import ElementTree as ET

PACKAGING = REPOSITORY / "packaging"
BUNDLE: dict[str, Any] = plistlib.loads((PACKAGING / "macos" / "Info.plist").read_bytes())
WORKFLOWS = sorted((REPOSITORY / ".github" / "workflows").glob("*.yml"))


@pytest.fixture(scope="module")
def icons(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("icons")
    subprocess.run([sys.executable, str(PACKAGING / "icons.py"), str(folder)], check=True)
    return folder


def test_the_icon_for_windows_holds_all_sizes(icons: Path) -> None:
    reader = QImageReader(str(icons / "esign-desktop.ico"))
    sides = []
    for index in range(reader.imageCount()):
        assert reader.jumpToImage(index)
        picture = reader.read()
        assert not picture.isNull()
        assert picture.pixelColor(picture.width() // 2, picture.height() // 2).alpha() == 255
        sides.append(picture.width())
    assert sides == [16, 20, 24, 32, 40, 48, 64, 256]


def test_the_icon_for_macos_holds_a_picture_of_each_kind(icons: Path) -> None:
    data = (icons / "esign-desktop.icns").read_bytes()
    assert data[:4] == b"icns"
    assert int.from_bytes(data[4:8], "big") == len(data)
    at, sides = 8, {}
    while at < len(data):
        length = int.from_bytes(data[at + 4 : at + 8], "big")
        sides[data[at : at + 4].decode()] = QImage.fromData(data[at + 8 : at + length]).width()
        at += length
    assert at == len(data)
    assert sides["ic07"] == 128
    assert sides["ic10"] == 1024


def script(name: str) -> ModuleType:
    """Return a script of packaging/windows as a module."""
    sys.path.insert(0, str(PACKAGING / "windows"))
    try:
        return import_module(name)
    finally:
        sys.path.remove(str(PACKAGING / "windows"))


@pytest.fixture(scope="module")
def installer() -> ModuleType:
    """The script that makes the installer for Windows."""
    return script("installer")


@pytest.fixture
def document(installer: ModuleType, tmp_path: Path) -> ET.Element:
    """What the installer is made of, for a small folder."""
    frozen = tmp_path / "frozen"
    (frozen / "_internal" / "sub").mkdir(parents=True)
    (frozen / "esign-desktop.exe").write_bytes(b"program")
    (frozen / "_internal" / "sub" / "library.dll").write_bytes(b"library")
    made: ET.Element = installer.describe(frozen, "1.2.3", tmp_path / "icon.ico", tmp_path / "running.dll")
    return made


def elements(document: ET.Element, tag: str) -> list[dict[str, str]]:
    return [element.attrib for element in document.iter(tag)]


def test_each_file_is_installed_and_every_part_belongs_to_the_program(document: ET.Element) -> None:
    assert sorted(file["Name"] for file in elements(document, "File")) == ["esign-desktop.exe", "library.dll"]
    components = [component["Id"] for component in elements(document, "Component")]
    assert sorted(components) == sorted(reference["Id"] for reference in elements(document, "ComponentRef"))
    guids = [component["Guid"] for component in elements(document, "Component")]
    assert len(guids) == len(set(guids))


def test_removing_the_program_touches_no_data(document: ET.Element) -> None:
    assert elements(document, "RemoveFolder") == elements(document, "RemoveFile") == []
    (permanent,) = [component for component in document.iter("Component") if component.get("Permanent") == "yes"]
    assert [child.tag for child in permanent] == ["CreateFolder"]


def test_another_version_is_replaced_and_a_running_program_is_not_touched(document: ET.Element) -> None:
    (product,), (upgrade,) = elements(document, "Product"), elements(document, "MajorUpgrade")
    # Must stay, since installers find each other by it.
    assert product["UpgradeCode"] == "5B0A6E0C-6F5E-4C36-9B57-6B1B4E8C0D42"
    assert upgrade["AllowSameVersionUpgrades"] == "yes"
    assert {"Action": "RefuseWhileRunning", "Before": "InstallValidate"} in elements(document, "Custom")
    assert {"Id": "MSIRESTARTMANAGERCONTROL", "Value": "Disable"} in elements(document, "Property")


def test_an_installation_lets_no_user_lay_a_policy(installer: ModuleType) -> None:
    rights: str = installer.POLICY_RIGHTS
    assert is_protected(rights)
    assert is_protected(rights, is_folder=True)
    assert ";;;BU)" in rights, "users may read it"


def test_links_lead_to_the_program_and_no_default_is_taken(document: ET.Element) -> None:
    values = {(value["Key"], value.get("Name", "")): value["Value"] for value in elements(document, "RegistryValue")}
    assert values[r"Software\Classes\esign-desktop", "URL Protocol"] == ""
    command = values[r"Software\Classes\esign-desktop\shell\open\command", ""]
    assert command == '"[INSTALLFOLDER]esign-desktop.exe" "%1"'
    assert (r"Software\Classes\Applications\esign-desktop.exe\SupportedTypes", ".pdf") in values
    assert not any(key.startswith(r"Software\Classes\.pdf") for key, _name in values)


def test_what_users_see_is_in_chinese_too(installer: ModuleType, document: ET.Element) -> None:
    texts = {value["Value"] for value in elements(document, "RegistryValue")}
    for table, _column, text, key, value in installer.CHINESE:
        assert re.search("[\u4e00-\u9fff]", text)
        assert text.encode(f"cp{installer.CHINESE_CODE_PAGE}")
        assert table == "Shortcut" or key == "Name" or value in texts


def test_the_same_folder_makes_the_same_product(installer: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"1")
    arguments = ("1.2.3", tmp_path / "icon.ico", tmp_path / "running.dll")
    codes = []
    for content in (b"1", b"1", b"2"):
        (tmp_path / "a").write_bytes(content)
        codes.append(elements(installer.describe(tmp_path, *arguments), "Product")[0]["Id"])
    assert codes[0] == codes[1] != codes[2]


@pytest.mark.skipif(shutil.which("wixl") is None or shutil.which("x86_64-w64-mingw32-gcc") is None, reason="no wixl")
def test_the_installer_is_made_and_read_back(installer: ModuleType, icons: Path, tmp_path: Path) -> None:
    frozen, target = tmp_path / "frozen", tmp_path / "made.msi"
    frozen.mkdir()
    (frozen / "esign-desktop.exe").write_bytes(b"program")
    installer.make_installer(frozen, "1.2.3", icons / "esign-desktop.ico", target)

    def table(name: str) -> str:
        return subprocess.run(["msiinfo", "export", target, name], capture_output=True, text=True, check=True).stdout

    assert installer.POLICY_RIGHTS in table("MsiLockPermissionsEx")
    assert f"System.AppUserModel.ID\t{installer.APP_ID}" in table("MsiShortcutProperty")
    assert "电子签桌面" in table("Shortcut")
    assert "常用合同" in table("Registry")


def test_presets_belong_to_the_program_on_both_systems(document: ET.Element) -> None:
    keys = {value["Key"] for value in elements(document, "RegistryValue")}
    assert rf"Software\Classes\{PRESET_SUFFIX}" in keys
    (declared,) = BUNDLE["UTExportedTypeDeclarations"]
    assert declared["UTTypeTagSpecification"] == {"public.filename-extension": [PRESET_SUFFIX.removeprefix(".")]}
    owned = [kind["LSItemContentTypes"] for kind in BUNDLE["CFBundleDocumentTypes"] if kind["LSHandlerRank"] == "Owner"]
    assert owned == [[declared["UTTypeIdentifier"]]]


def test_macos_never_ends_the_program_by_itself() -> None:
    assert BUNDLE["NSSupportsAutomaticTermination"] is False
    assert BUNDLE["NSSupportsSuddenTermination"] is False


def test_the_bundle_speaks_what_the_program_speaks() -> None:
    assert BUNDLE["CFBundleLocalizations"] == ["zh-Hans", "en"]
    assert BUNDLE["LSHasLocalizedDisplayName"] is True
    names = (PACKAGING / "macos" / "zh-Hans.lproj" / "InfoPlist.strings").read_text("utf-8")
    assert '"CFBundleDisplayName" = "电子签桌面";' in names


def test_the_script_for_the_disk_image_is_one_that_a_shell_reads() -> None:
    subprocess.run(["sh", "-n", str(PACKAGING / "macos" / "dmg.sh")], check=True)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_workflows_may_only_read_and_take_actions_that_nobody_can_exchange(path: Path) -> None:
    text = path.read_text("utf-8")
    workflow = yaml.safe_load(text)
    assert workflow["permissions"] == {"contents": "read"}
    assert "secrets." not in text
    steps = [step for job in workflow["jobs"].values() for step in job["steps"]]
    used = [step["uses"] for step in steps if "uses" in step]
    assert used
    assert all(re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40}", name) for name in used)
    checkouts = [step for step in steps if step.get("uses", "").startswith("actions/checkout@")]
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)
    assert all(job["timeout-minutes"] <= 120 for job in workflow["jobs"].values())


def test_what_the_workflows_call_is_here() -> None:
    text = "\n".join(path.read_text("utf-8") for path in WORKFLOWS).replace("\\", "/")
    named = set(re.findall(r"\b(?:packaging|requirements)/[\w./-]+\.\w+", text))
    assert {name for name in named if not (REPOSITORY / name).exists()} == set()
    targets = set(re.findall(r"^([a-z-]+):", (REPOSITORY / "Makefile").read_text("utf-8"), re.MULTILINE))
    asked = {target for words in re.findall(r"run: make ([a-z -]+)$", text, re.MULTILINE) for target in words.split()}
    assert asked <= targets


class Recorded:
    """A step of PyInstaller: what it was given. ``folder`` is where the program would be laid out."""

    folder: Path

    def __init__(self, *parts: Any, **ways: Any) -> None:
        self.parts, self.ways = parts, ways
        self.name = str(self.folder)
        self.binaries = [("PySide6/Qt/lib/x", "x", "BINARY"), ("any.dll", "any.dll", "BINARY")]
        self.binaries.append(("PySide6\\opengl32sw.dll", "opengl32sw.dll", "BINARY"))
        self.datas = [
            ("PySide6\\translations\\qtbase_zh_CN.qm", "", "DATA"),
            ("PySide6\\translations\\qtbase_de.qm", "", "DATA"),
            ("PySide6/translations/qtbase_zh_CN.qm", "", "DATA"),
            ("PySide6/translations/qtbase_de.qm", "", "DATA"),
        ]
        self.pure = self.scripts = [("__main__", "", "")]


def run_recipe(monkeypatch: pytest.MonkeyPatch, folder: Path, system: str) -> dict[str, list[Recorded]]:
    """Run the recipe as PyInstaller would on another system, and return its steps by their names."""
    monkeypatch.setattr(Recorded, "folder", folder, raising=False)
    steps: dict[str, list[Recorded]] = {name: [] for name in ("Analysis", "PYZ", "EXE", "COLLECT", "BUNDLE")}

    def step(name: str) -> Callable[..., Recorded]:
        def take(*parts: Any, **ways: Any) -> Recorded:
            steps[name].append(Recorded(*parts, **ways))
            return steps[name][-1]

        return take

    kinds = (
        "FixedFileInfo",
        "StringFileInfo",
        "StringStruct",
        "StringTable",
        "VSVersionInfo",
        "VarFileInfo",
        "VarStruct",
    )
    versions = SimpleNamespace(**{kind: lambda *parts: parts for kind in kinds})
    hooks = SimpleNamespace(collect_data_files=lambda *_, **__: [], collect_submodules=lambda _: [])
    for name, module in {
        "PyInstaller": SimpleNamespace(),
        "PyInstaller.depend": SimpleNamespace(),
        "PyInstaller.depend.bindepend": SimpleNamespace(get_imports=lambda _: set()),
        "PyInstaller.utils": SimpleNamespace(),
        "PyInstaller.utils.hooks": hooks,
        "PyInstaller.utils.win32": SimpleNamespace(versioninfo=versions),
    }.items():
        monkeypatch.setitem(sys.modules, name, module)
    recipe = PACKAGING / "pyinstaller.spec"
    with monkeypatch.context() as here:
        here.setattr("sys.platform", system)
        exec(  # noqa: S102  as PyInstaller does
            compile(recipe.read_text("utf-8"), str(recipe), "exec"),
            {"SPECPATH": str(PACKAGING), **{name: step(name) for name in steps}},
        )
    return steps


def test_on_windows_a_second_program_is_made_for_a_command_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    steps = run_recipe(monkeypatch, tmp_path, "win32")
    programs = {one.ways["name"]: one.ways for one in steps["EXE"]}
    assert {name: ways["console"] for name, ways in programs.items()} == {
        "esign-desktop": False,
        "esign-desktop-console": True,
    }
    assert all(ways["icon"].endswith(".ico") and not ways["strip"] for ways in programs.values())
    (manifest,) = {ways["manifest"] for ways in programs.values()}
    settings = dict(re.findall(r"<(\w+) xmlns=[^>]+>([\w/]+)</", Path(manifest).read_text("utf-8")))
    assert settings == {"dpiAware": "true/pm", "dpiAwareness": "PerMonitorV2", "longPathAware": "true"}
    assert all("esign-desktop" in str(ways["version"]) for ways in programs.values())
    assert steps["BUNDLE"] == []
    (analysis,) = steps["Analysis"]
    # In the folder's root, where children that load no Qt find it, too.
    runtime = [(PurePath(source).name, place) for source, place in analysis.ways["binaries"]]
    assert runtime == [("msvcp140.dll", "."), ("vcruntime140.dll", "."), ("vcruntime140_1.dll", ".")]
    named = [name for name in analysis.ways["hiddenimports"] if name.startswith("keyring.")]
    assert named == ["keyring.backends.Windows"]
    assert analysis.ways["runtime_hooks"] == []
    # Everything else that PyInstaller found stays.
    assert [name for name, *_ in analysis.binaries] == ["PySide6/Qt/lib/x", "any.dll"]
    assert "PySide6\\translations\\qtbase_zh_CN.qm" in [name for name, *_ in analysis.datas]
    assert not [name for name, *_ in analysis.datas if name.endswith("_de.qm")]


def test_on_macos_an_application_is_made_of_the_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    steps = run_recipe(monkeypatch, tmp_path, "darwin")
    (program,), (bundle,) = steps["EXE"], steps["BUNDLE"]
    assert program.ways["console"] is False
    assert bundle.parts == tuple(steps["COLLECT"])
    assert bundle.ways["name"] == "esign-desktop.app"
    assert bundle.ways["info_plist"] == BUNDLE
    assert "keyring.backends.macOS" in steps["Analysis"][0].ways["hiddenimports"]


def test_on_linux_one_program_is_made_as_before(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    steps = run_recipe(monkeypatch, tmp_path, "linux")
    assert [one.ways["name"] for one in steps["EXE"]] == ["esign-desktop"]
    assert steps["EXE"][0].ways["strip"] is True
    assert steps["EXE"][0].ways["icon"] is None
    assert steps["BUNDLE"] == []
    assert steps["Analysis"][0].ways["runtime_hooks"]
    assert (tmp_path / "qt.conf").read_text("ascii") == "[Paths]\nPrefix = _internal/PySide6/Qt\n"


def test_each_test_that_is_skipped_under_wine_exists_and_has_a_reason() -> None:
    lines = (PACKAGING / "windows" / "skipped_tests.txt").read_text("ascii").splitlines()
    assert lines[0].startswith("# ")
    names = [line for line in lines if line and not line.startswith("#")]
    assert len(names) == len(set(names))
    for name in names:
        file, _, test = name.partition("::")
        assert not test or f"def {test}(" in (REPOSITORY / file).read_text("utf-8"), name


@pytest.mark.skipif(sys.platform == "win32", reason="Wine runs on Linux")
@pytest.mark.parametrize(
    ("program", "status", "line"),
    [
        ("exit 5", 5, ""),
        (
            "echo \"..wineserver64: server/sock.c:1366: sock_poll_event: Assertion 'sock' failed.\" >&2; sleep 60",
            -9,  # SIGKILL
            "server/sock.c:1366",
        ),
    ],
    ids=["normal end", "server ended"],
)
def test_a_program_under_wine_is_ended_when_wines_server_ends(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, program: str, status: int, line: str
) -> None:
    for name, text in (("wine", f"echo $WINEQT_QPA_PLATFORM\n{program}"), ("wineserver", "exit 0")):
        (tmp_path / name).write_text(f"#!/bin/sh\n{text}\n", "ascii")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    wine = script("wine").Wine(tmp_path / "prefix")
    monkeypatch.setattr(wine, "_screen", ":0")
    output, variables = tmp_path / "output.txt", {"QT_QPA_PLATFORM": "offscreen"}
    assert wine.run_watched("python", variables=variables, cwd=tmp_path, output=output, timeout_s=30) == (status, line)
    assert output.read_text("utf-8").splitlines()[0] == "offscreen"
