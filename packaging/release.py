"""Collect a release in build/release: the packages, the source code, the component lists and the checksums.

packaging/release.py [--output build/release]

`make release` calls this script after building the packages. A Windows installer is included if `make windows` has
built one of the same version. The exit status is 1 if a package is missing or lacks the notices.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import Final

from notices import NAMES
from pins import ROOT, distributor, own_version, source_date

BUILD: Final = ROOT / "build"
NAME: Final = "esign-desktop"
COMPONENT_LISTS: Final = {
    "wheel": ("run.txt",),
    "linux": ("frozen.txt",),
    "windows": ("frozen-windows-macos.txt",),
}
OCR: Final = "ocr.txt"


class ReleaseError(Exception):
    """Raised if a part of the release is missing or incomplete."""


def main() -> int:
    """Collect the release, and return the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--build", type=Path, default=BUILD, help="where the packages are (%(default)s)")
    parser.add_argument("--output", type=Path, default=BUILD / "release")
    parsed = parser.parse_args()
    build, output, version = parsed.build.resolve(), parsed.output.resolve(), own_version()
    shutil.rmtree(output, ignore_errors=True)
    output.mkdir(parents=True)
    try:
        packages = required_packages(build, version)
        windows = sorted(build.glob(f"windows/*{version}*.msi"))
        check_contents([*packages, *windows])
        for package in (*packages, *windows):
            shutil.copyfile(package, output / package.name)
        make_source(output / f"{NAME}-{version}-source.tar.gz", version)
        for system in COMPONENT_LISTS:
            if system != "windows" or windows:
                make_component_list(system, output / f"{NAME}-{version}-{system}.cdx.json")
    except (ReleaseError, OSError, subprocess.CalledProcessError) as error:
        print(f"release: {error}", file=sys.stderr)
        return 1
    write_sums(output)
    for path in sorted(output.iterdir()):
        print(f"release: {path.stat().st_size / 1e6:7.2f} MB  {path.name}")
    if not windows:
        print("release: there is no installer for Windows; `make windows` makes it", file=sys.stderr)
    if missing := distributor().missing:
        print(f"release: packaging/distributor.toml lacks: {', '.join(missing)} (see SECURITY.md)", file=sys.stderr)
    return 0


def required_packages(build: Path, version: str) -> list[Path]:
    """Return the paths of the packages that every release must contain.

    Raises ReleaseError if a package is missing or if several files match.
    """
    found = []
    for pattern in (
        f"packages/*_{version}_*.deb",
        f"packages/*-{version}-*.rpm",
        f"packages/*-{version}-*.tar.xz",
        f"dist/*-{version}-*.whl",
    ):
        matches = list(build.glob(pattern))
        if len(matches) != 1:
            raise ReleaseError(f"expected one file {build / pattern}, found {len(matches)}")
        found += matches
    return found


def check_contents(packages: list[Path]) -> None:
    """Raise ReleaseError if any package lacks the license, the notices or the offer of source code."""
    for package in packages:
        match package.suffix:
            case ".deb":
                names = listed(["dpkg-deb", "--contents", str(package)])
            case ".rpm":
                names = listed(["rpm", "--query", "--list", "--nosignature", "--package", str(package)])
            case ".msi":
                names = listed(["msiextract", "--list", str(package)])
            case ".whl":
                with zipfile.ZipFile(package) as wheel:
                    names = wheel.namelist()
            case _:
                with tarfile.open(package) as archive:
                    names = archive.getnames()
        if lacking := [name for name in NAMES if not any(entry.rstrip().endswith(f"/{name}") for entry in names)]:
            raise ReleaseError(f"{package.name} does not contain {', '.join(lacking)}")


def listed(command: list[str]) -> list[str]:
    """Run a command, and return the lines that it prints."""
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()


def make_source(target: Path, version: str) -> None:
    """Write the committed source code to a compressed archive.

    The archive does not contain this computer's file times. Raises ReleaseError if there are uncommitted changes.
    """
    if changed := listed(["git", "-C", str(ROOT), "status", "--porcelain", "--untracked-files=no"]):
        raise ReleaseError(
            f"the source has changes that are not committed: {changed[0].strip()} and {len(changed) - 1} more"
        )
    prefix = f"--prefix={NAME}-{version}/"
    with target.open("wb") as file:
        archive = subprocess.Popen(["git", "-C", str(ROOT), "archive", prefix, "HEAD"], stdout=subprocess.PIPE)
        subprocess.run(["gzip", "--no-name", "-9"], stdin=archive.stdout, stdout=file, check=True)
        if archive.wait():
            raise ReleaseError("git archive failed")


def make_component_list(system: str, target: Path) -> None:
    """Write the component list for a system. The list for the wheel includes the packages of the OCR extra."""
    names = (*COMPONENT_LISTS[system], OCR) if system == "wheel" else COMPONENT_LISTS[system]
    command = [
        sys.executable,
        str(ROOT / "packaging" / "component_list.py"),
        "--system",
        system,
        "--output",
        str(target),
    ]
    words = [word for name in names for word in ("--requirements", str(ROOT / "requirements" / name))]
    subprocess.run([*command, *words], check=True, env={**os.environ, "SOURCE_DATE_EPOCH": source_date()})


def write_sums(folder: Path) -> None:
    """Write the checksums of all files in a folder to SHA256SUMS, in the format of ``sha256sum --check``."""
    lines = []
    for path in sorted(folder.iterdir()):
        with path.open("rb") as file:
            lines.append(f"{hashlib.file_digest(file, 'sha256').hexdigest()}  {path.name}\n")
    (folder / "SHA256SUMS").write_text("".join(lines), encoding="ascii")


if __name__ == "__main__":
    sys.exit(main())
