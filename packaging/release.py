"""Collect a release in build/release: the packages, the source, the component lists and their checksums.

packaging/release.py [--output build/release]

`make release` calls this script after it has made the packages. An installer for Windows is included if `make windows`
has made one of the same version. The exit status is 1 if a package is missing or has no notices.
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
    """A part of the release is missing or incomplete."""


def main() -> int:
    """Collect the release and return the exit status."""
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
    """Return the packages that every release has. Raises ReleaseError if one is missing or ambiguous."""
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
    """Raise ReleaseError if a package does not contain the license, the notices or the offer of source."""
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
    """Return the lines that a command prints."""
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()


def make_source(target: Path, version: str) -> None:
    """Pack the committed source without times of this computer.

    Raises ReleaseError if a file has uncommitted changes.
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
    """Write the component list of one system, with the packages that the OCR extra adds to the wheel."""
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
    """Write SHA256SUMS for all files of the folder, in the format of ``sha256sum --check``."""
    lines = []
    for path in sorted(folder.iterdir()):
        with path.open("rb") as file:
            lines.append(f"{hashlib.file_digest(file, 'sha256').hexdigest()}  {path.name}\n")
    (folder / "SHA256SUMS").write_text("".join(lines), encoding="ascii")


if __name__ == "__main__":
    sys.exit(main())
