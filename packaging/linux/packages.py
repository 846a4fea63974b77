"""Make packages from the frozen folder: a .deb, an .rpm, a portable archive, and their checksums.

packaging/linux/packages.py --frozen build/frozen/esign-desktop --output build/packages

nfpm.yaml defines the contents of the packages. Run the script with the interpreter of .venv, as `make packages` does.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

ROOT: Final = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "packaging"))

from pins import own_version, source_date  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterable

HERE: Final = ROOT / "packaging" / "linux"
NAME: Final = "esign-desktop"
KINDS: Final = ("deb", "rpm", "archive")


def main() -> int:
    """Make the requested packages, and return the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--frozen", type=Path, default=ROOT / "build" / "frozen" / NAME, help="the folder to pack")
    parser.add_argument("--output", type=Path, default=ROOT / "build" / "packages")
    parser.add_argument("--only", choices=KINDS, action="append", help="a package to make, repeatable (default: all)")
    parser.add_argument("--version", default=own_version(), help="%(default)s")
    parsed = parser.parse_args()
    frozen, output = parsed.frozen.resolve(), parsed.output.resolve()
    if not os.access(frozen / NAME, os.X_OK):
        print(f"packages: no frozen program in {frozen}; run make frozen first", file=sys.stderr)
        return 1
    output.mkdir(parents=True, exist_ok=True)
    for old in output.glob(f"{NAME}[-_]*"):
        old.unlink()
    made = output / "made"
    shutil.rmtree(made, ignore_errors=True)
    subprocess.run([sys.executable, str(ROOT / "packaging" / "icons.py"), str(made / "icons")], check=True)
    pack_manuals(made / "man")
    write_notices(frozen, made / "legal")
    set_times(made)
    packages = [make(kind, parsed.version, frozen, output) for kind in parsed.only or KINDS]
    write_sums(packages, output / "SHA256SUMS")
    for package in packages:
        print(f"packages: {package.stat().st_size / 1e6:6.1f} MB  {package}")
    return 0


def pack_manuals(folder: Path) -> None:
    """Compress the man pages into the folders that ``man`` expects: esign-desktop.zh_CN.1 goes to zh_CN/man1."""
    for page in sorted((ROOT / "packaging" / "man").glob(f"{NAME}*.1")):
        language = page.name.removeprefix(NAME).removesuffix(".1").removeprefix(".")
        target = folder / language / "man1" / f"{NAME}.1.gz"
        target.parent.mkdir(parents=True)
        # Without a timestamp, the same page yields the same file.
        target.write_bytes(gzip.compress(page.read_bytes(), mtime=0))


def write_notices(frozen: Path, folder: Path) -> None:
    """Write the license, the third-party notices and the offer of source (packaging/notices.py)."""
    folders = [str(frozen / "_internal"), str(ROOT / "build" / "tree" / "opt" / "packages")]
    command = [sys.executable, str(ROOT / "packaging" / "notices.py"), "--system", "linux", "--output", str(folder)]
    command += ["--requirements", str(ROOT / "requirements" / "frozen.txt")]
    subprocess.run([*command, *(word for name in folders for word in ("--packages", name))], check=True)


def set_times(folder: Path) -> None:
    """Give all files the time of the commit, so that two builds of one commit yield the same packages."""
    moment_s = int(source_date())
    for path in (*folder.rglob("*"), folder):
        os.utime(path, (moment_s, moment_s))


def make(kind: str, version: str, frozen: Path, output: Path) -> Path:
    """Make one package and return its path."""
    if kind == "archive":
        return make_archive(version, frozen, output)
    target = output / {"deb": f"{NAME}_{version}_amd64.deb", "rpm": f"{NAME}-{version}-1.x86_64.rpm"}[kind]
    command = [nfpm(), "package", "--config", str(HERE / "nfpm.yaml"), "--packager", kind, "--target", str(target)]
    told = {"VERSION": version, "FROZEN": str(frozen), "MADE": str(output / "made"), "SOURCE_DATE_EPOCH": source_date()}
    subprocess.run(command, cwd=ROOT, env={**os.environ, **told}, check=True, stdout=subprocess.DEVNULL)
    return target


def nfpm() -> str:
    """Return the path of nfpm, the tool that writes packages.

    On first use, nfpm is installed into a folder of its own.
    """
    folder, lock = ROOT / "build" / "nfpm", ROOT / "requirements" / "packages.txt"
    stamp = folder / "installed"
    if not stamp.exists() or stamp.read_text("utf-8") != lock.read_text("utf-8"):
        shutil.rmtree(folder, ignore_errors=True)
        command = [sys.executable, "-m", "pip", "--no-input", "install", "--quiet", "--require-hashes"]
        subprocess.run([*command, "--target", str(folder), "-r", str(lock)], check=True)
        stamp.write_text(lock.read_text("utf-8"), encoding="utf-8")
    return str(folder / "bin" / "nfpm")


def make_archive(version: str, frozen: Path, output: Path) -> Path:
    """Make the portable archive. The program can run from any folder into which the archive is unpacked.

    The archive contains no symbolic links, because USB sticks and network shares often cannot store them. The loader
    finds the libraries without them.
    """
    folder = output / "made" / f"{NAME}-{version}"
    shutil.copytree(frozen, folder, symlinks=True)
    for path in [path for path in folder.rglob("*") if path.is_symlink()]:
        path.unlink()
    for name, source in (
        ("READ-ME.txt", HERE / "portable.txt"),
        ("COPYRIGHT.txt", HERE / "copyright"),
        *((path.name, path) for path in sorted((output / "made" / "legal").iterdir())),
    ):
        shutil.copyfile(source, folder / name)
    target = output / f"{NAME}-{version}-linux-x86_64.tar.xz"
    command = ["tar", "--create", "--owner=0", "--group=0", "--numeric-owner", "--sort=name", "--mode=u=rwX,go=rX"]
    command += [f"--mtime=@{source_date()}"]
    command += ["--use-compress-program", "xz -3 --threads=0", "--directory", str(folder.parent), "--file", str(target)]
    subprocess.run([*command, folder.name], check=True)
    shutil.rmtree(folder)
    return target


def write_sums(files: Iterable[Path], target: Path) -> None:
    """Write the checksums of the files in the format of ``sha256sum --check``."""
    lines = []
    for path in files:
        with path.open("rb") as file:
            lines.append(f"{hashlib.file_digest(file, 'sha256').hexdigest()}  {path.name}\n")
    target.write_text("".join(lines), encoding="ascii")


if __name__ == "__main__":
    sys.exit(main())
