"""What the frozen folder asks of a system, and what it leaves alone; a part of it after ``make frozen``."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

REPOSITORY: Final = Path(__file__).resolve().parents[2]
SCRIPTS: Final = REPOSITORY / "packaging" / "linux"
FROZEN: Final = REPOSITORY / "build" / "frozen" / "esign-desktop"
MOST_BYTES: Final = 250 * 1000 * 1000
SOURCE: Final = """\
__asm__(".symver {function},{function}@GLIBC_{version}");
extern int {function}(void *);
int answer(void) {{ return {function}(0); }}
"""

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="reads libraries of Linux"),
    pytest.mark.skipif(shutil.which("gcc") is None, reason="makes libraries with gcc"),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "lib").mkdir()
    (tmp_path / "read-me.txt").write_text("no library", encoding="utf-8")
    return tmp_path


def compile_library(target: Path, function: str = "free", version: str = "2.2.5") -> None:
    source = target.with_suffix(".c")
    source.write_text(SOURCE.format(function=function, version=version), encoding="ascii")
    command: list[str | Path] = [
        "gcc",
        "-w",
        "-fno-builtin",
        "-shared",
        "-fPIC",
        "-Wl,--no-as-needed",
        "-o",
        target,
        source,
    ]
    subprocess.run(command, check=True)


def look(*words: Path | str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, SCRIPTS / "glibc.py", *words], capture_output=True, text=True, check=False)


def test_newest_symbol_is_told_and_older_ones_are_not(folder: Path) -> None:
    compile_library(folder / "lib" / "libold.so")
    compile_library(folder / "lib" / "libnew.so", "reallocarray", "2.26")
    done = look(folder)
    assert done.returncode == 0
    assert "2 files, the newest symbol is GLIBC_2.26" in done.stdout
    assert "from the system: libc.so.6" in done.stdout


def test_folder_at_the_limit_passes(folder: Path) -> None:
    compile_library(folder / "lib" / "libnew.so", "reallocarray", "2.26")
    assert look(folder, "--at-most", "2.26").returncode == 0


def test_newer_library_fails_and_is_named(folder: Path) -> None:
    compile_library(folder / "lib" / "libold.so")
    compile_library(folder / "lib" / "libnew.so", "reallocarray", "2.26")
    # As texts, 2.9 would be the newer one.
    done = look(folder, "--at-most", "2.9")
    assert done.returncode == 1
    assert "libnew.so (GLIBC_2.26)" in done.stderr
    assert "libold.so" not in done.stderr


def test_library_beside_it_is_not_asked_of_the_system(folder: Path) -> None:
    compile_library(folder / "lib" / "libold.so")
    source = folder / "user.c"
    source.write_text("extern int answer(void); int main(void) { return answer(); }", encoding="ascii")
    subprocess.run(["gcc", "-o", folder / "user", source, "-L", folder / "lib", "-lold"], check=True)
    assert "libold.so" not in look(folder).stdout


def test_half_a_library_fails(folder: Path) -> None:
    library = folder / "lib" / "libold.so"
    compile_library(library)
    library.write_bytes(library.read_bytes()[:100])
    done = look(folder)
    assert done.returncode == 1
    assert "cannot be read" in done.stderr


def test_folder_without_libraries_fails(folder: Path) -> None:
    assert look(folder).returncode == 1


def mirrors(folder: Path, listed: str, **environment: str) -> subprocess.CompletedProcess[str]:
    tool = folder / "apt-get"
    tool.write_text(f"#!/bin/sh\nprintf '{listed}'\n", encoding="ascii")
    tool.chmod(0o755)
    command = ["sh", "-eu", "-c", '. "$0"; echo "$mirror $security"', str(SCRIPTS / "mirror.sh")]
    path = f"{folder}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(command, env={"PATH": path, **environment}, capture_output=True, text=True, check=False)


def test_packages_come_from_where_the_machine_takes_its_own(tmp_path: Path) -> None:
    listed = r"Debian|http://near.invalid/debian/\nDebian-Security|http://near.invalid/security/\nElse|file:/x\n"
    assert mirrors(tmp_path, listed).stdout.split() == ["http://near.invalid/debian/", "http://near.invalid/security/"]


def test_other_mirrors_can_be_named_and_security_is_beside_the_rest(tmp_path: Path) -> None:
    told = mirrors(tmp_path, "", DEBIAN_MIRROR="http://far.invalid/debian").stdout.split()
    assert told == ["http://far.invalid/debian", "http://far.invalid/debian-security"]


def test_without_a_mirror_it_says_how_to_name_one(tmp_path: Path) -> None:
    done = mirrors(tmp_path, "")
    assert done.returncode == 1
    assert "set DEBIAN_MIRROR" in done.stderr


@pytest.mark.parametrize("script", sorted(SCRIPTS.glob("*.sh")), ids=lambda script: script.name)
def test_scripts_can_be_read(script: Path) -> None:
    subprocess.run(["sh", "-n", script], check=True)


def test_recipe_can_be_read() -> None:
    recipe = REPOSITORY / "packaging" / "pyinstaller.spec"
    compile(recipe.read_text("utf-8"), recipe.name, "exec")


def environment_after_the_start(**environment: str) -> dict[str, str]:
    program = "import json, os, runpy, sys; runpy.run_path(sys.argv[1]); print(json.dumps(dict(os.environ)))"
    command: list[str | Path] = [sys.executable, "-c", program, SCRIPTS / "own_libraries.py"]
    told = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
    return {str(name): str(value) for name, value in json.loads(told).items()}


def test_programs_of_the_system_are_not_led_to_the_folder() -> None:
    folder = "/opt/esign-desktop/_internal"
    assert "LD_LIBRARY_PATH" not in environment_after_the_start(LD_LIBRARY_PATH=folder)
    found = environment_after_the_start(LD_LIBRARY_PATH=folder, LD_LIBRARY_PATH_ORIG="/opt/oracle/lib")
    assert found["LD_LIBRARY_PATH"] == "/opt/oracle/lib"


def test_another_one_that_is_started_finds_its_libraries_itself() -> None:
    found = environment_after_the_start(_PYI_ARCHIVE_FILE="x", _PYI_PARENT_PROCESS_LEVEL="1", HOME="/home/clerk")
    assert not [name for name in found if name.startswith("_PYI_")]
    assert found["HOME"] == "/home/clerk"


@pytest.mark.skipif(not FROZEN.exists(), reason="there is no frozen folder: make frozen")
def test_folder_is_small_and_runs_on_old_systems() -> None:
    done = look(FROZEN, "--at-most", "2.28")
    assert done.returncode == 0, done.stderr
    # The system has its own, which are as new as its graphics drivers.
    assert {"libstdc++.so.6", "libfontconfig.so.1", "libX11.so.6"} <= set(done.stdout.split())
    assert sum(path.lstat().st_size for path in FROZEN.rglob("*")) < MOST_BYTES
