"""Test the packages on minimal systems: install them, run the self-test, upgrade, remove, and check for leftovers.

packaging/linux/package_test.py [--packages build/packages] [--output build/package-test]

Run the script as root after `make packages`. It uses a minimal Debian 11 and Debian 13 for the .deb, another Debian 11
for the .rpm, and a read-only folder for the archive, all without Python. It prints a table, and its exit status is 1 if
any row of the table failed.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bare_tree import CLERK, HERE, HOME, ROOT, BareTree, TreeError, as_clerk

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME: Final = "esign-desktop"
FOLDER: Final = f"/opt/{NAME}"
NEWEST_GLIBC: Final = "2.28"
MOST_INSTALLED_BYTES: Final = 250_000_000
BEFORE: Final = "0.0.1"
# Libraries that Qt loads only if they are present: for Wayland desktops and for printers.
OPTIONAL: Final = ("libwayland-", "libcups.")
# Parts of glibc with separate names.
OF_LIBC: Final = ("ld-linux", "libm.", "libdl.", "libpthread.", "libresolv.", "librt.", "libutil.")
# Caches created by scripts of other packages.
MADE_BY_OTHERS: Final = ("/usr/share/", "/usr/lib/", "/usr/local/share/fonts/")
# Libraries of a desktop system on which the .rpm or the archive is used.
LIBRARIES: Final = "libegl1 libgl1 libx11-6 libdbus-1-3 libfontconfig1 xkb-data"
DATA_AT_HOME: Final = f".local/share/{NAME}"
DATA: Final = f"{HOME.lstrip('/')}/{DATA_AT_HOME}"
LOGS: Final = f".local/state/{NAME}/log/*.log"
_STARTED_S: Final = 60
CONTRACT: Final = "contract.pdf"

# A shell script that waits until the program, which was started in the background, has logged its start.
_UNTIL_STARTED: Final = f"""
i=0
while [ $i -lt {_STARTED_S} ]; do
    [ "$(cat {LOGS} 2>/dev/null | grep -c ' started: ')" -gt "$known" ] && break
    i=$((i + 1)); sleep 1
done
# A contract given on the command line is saved as a draft a moment after it is read; no log line reports this.
i=0
while [ $i -lt {_STARTED_S} ] && [ -n "$contract" ] && ! grep -aqs "$contract" {DATA_AT_HOME}/esign.db*; do
    i=$((i + 1)); sleep 1
done
sleep 8
"""
_COUNT_STARTS: Final = f"known=$(cat {LOGS} 2>/dev/null | grep -c ' started: ');"
_MISSING: Final = rf"""
cd {FOLDER}
find . -type f | while read -r file; do
    [ "$(head -c 4 "$file" | tail -c 3)" = ELF ] || continue
    LD_LIBRARY_PATH=_internal ldd "$file" 2>/dev/null | sed -n 's/^\s*\(.*\) => not found/\1/p'
done | sort -u
"""


class CheckError(Exception):
    """Raised if a check has an unexpected result."""


FAILURES: Final = (CheckError, TreeError, OSError, subprocess.SubprocessError, sqlite3.Error, ValueError, KeyError)


@dataclass
class Row:
    """One row of the table of results."""

    place: str
    what: str
    note: str = ""
    seconds: float = 0.0
    is_good: bool = False


@dataclass
class Table:
    """The table of results, which is filled in during the tests. A failed row does not stop the rows that follow."""

    rows: list[Row] = field(default_factory=list)

    @contextmanager
    def row(self, place: str, what: str) -> Iterator[Row]:
        """Time a step of the test and record its result."""
        row = Row(place, what)
        self.rows.append(row)
        started_s = time.monotonic()
        try:
            yield row
            row.is_good = True
        except FAILURES as error:
            said = getattr(error, "stderr", None)
            row.note = f"{error} {said or ''}".strip()
        finally:
            row.seconds = time.monotonic() - started_s
            sign = "ok  " if row.is_good else "FAIL"
            print(f"{sign} {place:12} {what:36} {row.seconds:6.1f} s  {row.note}", flush=True)


def main() -> int:
    """Run all tests, store the table and the reports, and return the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--packages", type=Path, default=ROOT / "build" / "packages")
    parser.add_argument("--frozen", type=Path, default=ROOT / "build" / "frozen" / NAME)
    parser.add_argument("--output", type=Path, default=ROOT / "build" / "package-test")
    parser.add_argument("--only", choices=("folder", "bullseye", "trixie", "rpm", "archive"), action="append")
    parsed = parser.parse_args()
    packages, frozen, output = parsed.packages.resolve(), parsed.frozen.resolve(), parsed.output.resolve()
    if os.geteuid() != 0:
        print("package-test: must be run as root", file=sys.stderr)
        return 1
    missing = [pattern for pattern in ("*.deb", "*.rpm", "*.tar.xz") if len(list(packages.glob(pattern))) != 1]
    if missing or not frozen.is_dir():
        print(f"package-test: run make packages first: {missing} in {packages}, {frozen}", file=sys.stderr)
        return 1
    shutil.rmtree(output, ignore_errors=True)
    output.mkdir(parents=True)
    wanted, table = set(parsed.only or ("folder", "bullseye", "trixie", "rpm", "archive")), Table()
    if "folder" in wanted:
        look_at_folder(table, frozen, packages)
    if wanted & {"bullseye", "trixie", "rpm"}:
        with table.row("packages", f"made again as {BEFORE}"):
            make_before(frozen, output)
    if "bullseye" in wanted:
        # Installed as users do, with recommended packages such as fonts.
        try_deb(table, "bullseye", packages, output, with_recommended=True)
    if "trixie" in wanted:
        try_deb(table, "trixie", packages, output, with_recommended=False)
    if "rpm" in wanted:
        try_rpm(table, packages, output)
    if "archive" in wanted:
        try_archive(table, packages, output)
    (output / "table.json").write_text(json.dumps([vars(row) for row in table.rows], indent=1, ensure_ascii=False))
    bad = [row for row in table.rows if not row.is_good]
    print(f"package-test: {len(table.rows) - len(bad)} of {len(table.rows)} rows passed; reports in {output}")
    return 1 if bad else 0


def look_at_folder(table: Table, frozen: Path, packages: Path) -> None:
    """Check the properties for which no tree is needed: the symbol versions, the size and the checksums."""
    with table.row("folder", f"no symbol above GLIBC_{NEWEST_GLIBC}") as row:
        command = [sys.executable, str(HERE / "glibc.py"), str(frozen), "--at-most", NEWEST_GLIBC]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        row.note = done.stdout.partition("\n")[0].removeprefix("glibc: ")
        if done.returncode:
            raise CheckError(f"{row.note} {done.stderr.strip()[-500:]}")
    with table.row("folder", "the .rpm declares its dependencies") as row:
        told = next(line for line in done.stdout.splitlines() if "from the system:" in line)
        asked = {name.split("(")[0] for name in ask_rpm(one(packages, "*.rpm"), "[%{REQUIRES}\n]").splitlines()}
        needed = {
            name for name in told.split("from the system:")[1].split() if not name.startswith((*OPTIONAL, *OF_LIBC))
        }
        row.note = " ".join(sorted(needed))
        if needed - asked:
            raise CheckError(f"not declared: {needed - asked}")
    with table.row("folder", f"at most {MOST_INSTALLED_BYTES // 10**6} MB installed") as row:
        size = sum(path.lstat().st_size for path in frozen.rglob("*") if not path.is_dir())
        row.note = f"{size / 1e6:.0f} MB"
        if size > MOST_INSTALLED_BYTES:
            raise CheckError(row.note)
    with table.row("packages", "checksums are right") as row:
        lines = (packages / "SHA256SUMS").read_text("ascii").splitlines()
        for line in lines:
            told, name = line.split("  ")
            with (packages / name).open("rb") as file:
                if hashlib.file_digest(file, "sha256").hexdigest() != told:
                    raise CheckError(f"{name} has another checksum")
        row.note = ", ".join(f"{line[66:]} {(packages / line[66:]).stat().st_size / 1e6:.0f} MB" for line in lines)
        if len(lines) != 3:
            raise CheckError(row.note)


def make_before(frozen: Path, output: Path) -> None:
    """Make packages with a lower version from the same folder, as a starting point for upgrades."""
    command = [sys.executable, str(HERE / "packages.py"), "--frozen", str(frozen), "--output", str(output / "before")]
    subprocess.run([*command, "--version", BEFORE, "--only", "deb", "--only", "rpm"], check=True, capture_output=True)


def try_deb(table: Table, suite: str, packages: Path, output: Path, *, with_recommended: bool) -> None:
    """Install the .deb, use the program, upgrade it, use it again, and remove it.

    If ``with_recommended`` is true, the recommended packages, such as fonts, are also installed.
    """
    place = f"deb {suite}"
    with table.row(place, "tree made"):
        tree = BareTree(suite, ROOT / "build" / "trees" / f"test-{suite}")
    if not table.rows[-1].is_good:
        return
    put_in(tree, one(output / "before", "*.deb"), "before.deb")
    put_in(tree, one(packages, "*.deb"), "package.deb")
    install = f"apt-get install -y -q -o APT::Install-Recommends={str(with_recommended).lower()}"
    with table.row(place, f"version {BEFORE} installed by apt") as row:
        tree.run("apt-get update -q")
        known = installed(tree)
        tree.run(f"{install} /srv/before.deb")
        row.note = f"with {len(installed(tree) - known) - 1} dependencies"
    use(table, tree, place, output, "before")
    with table.row(place, "upgraded while running") as row:
        row.note = upgrade_while_open(tree, f"{install} /srv/package.deb")
    use(table, tree, place, output, "after")
    with table.row(place, "removed; leftovers") as row:
        tree.run(f"apt-get purge -y -q --autoremove {NAME}")
        row.note = left_over(tree)
    tree.remove()


def try_rpm(table: Table, packages: Path, output: Path) -> None:
    """Inspect the .rpm, install it with rpm in a tree whose libraries come from apt, then use, upgrade and erase it."""
    place, tree = "rpm", BareTree("bullseye", ROOT / "build" / "trees" / "test-rpm")
    package, before = one(packages, "*.rpm"), one(output / "before", "*.rpm")
    rpm = ["rpm", "--root", str(tree.path), "--dbpath", "/var/lib/rpm", "--nodeps"]
    with table.row(place, "metadata and scripts") as row:
        row.note = ask_rpm(package, "%{NAME} %{VERSION}-%{RELEASE} %{ARCH} %{LICENSE}, %{SIZE} bytes")
        if not row.note.startswith(f"{NAME} ") or "x86_64 AGPL-3.0-or-later" not in row.note:
            raise CheckError(row.note)
        if "update-mime-database" not in ask_rpm(package, "%{POSTIN} %{POSTUN}"):
            raise CheckError("the scripts are missing")
    with table.row(place, "dependencies exist") as row:
        tree.run(f"apt-get update -q; apt-get install -y -q {LIBRARIES}")
        known = tree.run("ldconfig -p")
        needed = [line.split("(")[0] for line in ask_rpm(package, "[%{REQUIRES}\n]").splitlines() if ".so" in line]
        missing = [name for name in needed if f"\t{name} " not in known]
        row.note = " ".join(needed)
        if missing or len(needed) < 3:
            raise CheckError(f"not in the tree: {missing} of {needed}")
    with table.row(place, f"version {BEFORE} installed by rpm"):
        tree.before = tree.files()
        subprocess.run([*rpm, "--install", str(before)], check=True, capture_output=True, text=True)
    use(table, tree, place, output, "before")
    with table.row(place, "upgraded, and all files verified"):
        subprocess.run([*rpm, "--upgrade", str(package)], check=True, capture_output=True, text=True)
        subprocess.run([*rpm, "--verify", NAME], check=True, capture_output=True, text=True)
    use(table, tree, place, output, "after")
    with table.row(place, "removed; leftovers") as row:
        subprocess.run([*rpm, "--erase", NAME], check=True, capture_output=True, text=True)
        row.note = left_over(tree)
    tree.remove()


def try_archive(table: Table, packages: Path, output: Path) -> None:
    """Unpack the archive and use the program from a read-only folder."""
    place, tree = "archive", BareTree("trixie", ROOT / "build" / "trees" / "test-archive")
    stick = ROOT / "build" / "trees" / "stick"
    with table.row(place, "unpacked, without symbolic links") as row:
        shutil.rmtree(stick, ignore_errors=True)
        stick.mkdir()
        subprocess.run(["tar", "-xf", str(one(packages, "*.tar.xz")), "-C", str(stick)], check=True)
        links = [path for path in stick.rglob("*") if path.is_symlink()]
        row.note = ", ".join(path.name for path in stick.iterdir())
        if links:
            raise CheckError(f"links: {links[:3]}")
    with table.row(place, "self-test from a read-only folder") as row:
        tree.run(f"apt-get update -q; apt-get install -y -q {LIBRARIES}")
        tree.run_as_clerk(f"! touch /mnt/x && /mnt/{NAME}-*/{NAME} --self-test --output report", stick=stick)
        row.note = kept_report(tree, output / place)
    with table.row(place, "menu entry and file type for one user") as row:
        row.note = tree.run_as_clerk(f"/mnt/{NAME}-*/{NAME} --install-desktop-entry", stick=stick).strip()
        entry = tree.path / HOME.lstrip("/") / ".local/share/applications" / f"{NAME}.desktop"
        if f'Exec="/mnt/{NAME}-' not in entry.read_text("utf-8"):
            raise CheckError(entry.read_text("utf-8"))
        if not (entry.parent.parent / "mime" / "packages" / f"{NAME}.xml").is_file():
            raise CheckError("the file type of presets is missing")
    shutil.rmtree(stick)
    tree.remove()


def use(table: Table, tree: BareTree, place: str, output: Path, when: str) -> None:
    """Use an installed version of the program as an ordinary user."""
    if when == "before":
        with table.row(place, "no Python anywhere") as row:
            row.note = "none outside the program's folder"
            if tree.pythons():
                raise CheckError(", ".join(tree.pythons()))
        with table.row(place, "all libraries found") as row:
            row.note = missing_libraries(tree)
    with table.row(place, f"self-test, {when} the upgrade") as row:
        tree.run_as_clerk(f"rm -rf report; {NAME} --self-test --output report")
        row.note = kept_report(tree, output / place.replace(" ", "-") / when)
    with table.row(place, f"draft kept, {when} the upgrade") as row:
        contract = "" if when == "after" else CONTRACT
        if contract:
            sample = ROOT / "resources" / "samples" / "service-contract.pdf"
            target = tree.path / HOME.lstrip("/") / CONTRACT
            shutil.copyfile(sample, target)
            os.chown(target, CLERK, CLERK)
        tree.run_as_clerk(
            f"contract={contract}; {_COUNT_STARTS} {NAME} $contract & {_UNTIL_STARTED} kill -0 $! && kill $!"
        )
        row.note = drafts(tree)


def upgrade_while_open(tree: BareTree, install: str) -> str:
    """Upgrade while the program is running, start the new version next to the old one, and return a note."""
    open_it = as_clerk(f"contract=; {_COUNT_STARTS} {NAME} & {_UNTIL_STARTED} echo $! >running; wait")
    said = tree.run(
        f"({open_it}) & i=0\n"
        f"while [ ! -s {HOME}/running ] && [ $i -lt {_STARTED_S * 2} ]; do i=$((i + 1)); sleep 1; done\n"
        f"pid=$(cat {HOME}/running); rm {HOME}/running; {install}\n"
        f"kill -0 $pid || {{ echo 'the old version has ended'; exit 1; }}\n"
        f"echo ---; {as_clerk(NAME)} || exit 1; echo ---; kill -0 $pid && kill $pid"
    )
    if "is still running in its previous version" not in said:
        raise CheckError(f"no message says that the old version is still open: {said[-600:]}")
    drafts(tree)
    return f"asked to restart; output of the new version: {said.split('---')[1].strip()}"


def drafts(tree: BareTree) -> str:
    """Check the stored draft in a copy of the database, and return a description of the draft."""
    copy = tree.path / "srv" / "data"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(tree.path / DATA, copy)
    with closing(sqlite3.connect(copy / "esign.db")) as database:
        kept = database.execute("SELECT id, title, document_count FROM drafts").fetchall()
        version = database.execute("PRAGMA user_version").fetchone()[0]
    shutil.rmtree(copy)
    if len(kept) != 1 or kept[0][2] != 1:
        raise CheckError(f"drafts: {kept}")
    return f"draft {kept[0][0][:8]}, {kept[0][2]} document, data of version {version}"


def missing_libraries(tree: BareTree) -> str:
    """Return a note that names missing optional libraries. Raises ``CheckError`` if any other library is missing."""
    said = tree.run(_MISSING)
    missing = said.split()
    if any(not name.startswith(OPTIONAL) for name in missing):
        raise CheckError(f"not found: {', '.join(missing)}")
    return f"all but {', '.join(missing)}, for Wayland and printers" if missing else "all found"


def kept_report(tree: BareTree, folder: Path) -> str:
    """Copy the report of the self-test to ``folder``, and return the result of the self-test."""
    made = tree.path / HOME.lstrip("/") / "report"
    shutil.copytree(made, folder, dirs_exist_ok=True)
    report = json.loads((made / "report.json").read_text("utf-8"))
    if report["ok"] is not True:
        raise CheckError(str(report.get("failure")))
    return f"passed in {report['total_ms'] / 1000:.1f} s, {len(report['steps'])} steps"


def left_over(tree: BareTree) -> str:
    """Return a description of the files that are left after removal.

    Raises ``CheckError`` if anything other than the user's own data is left. Files of other packages are allowed,
    because packages that are no longer needed may remain installed.
    """
    left = tree.files() - tree.before
    owned = {
        os.path.realpath(tree.path / path.lstrip("/")) for path in tree.run("cat /var/lib/dpkg/info/*.list").split()
    }
    strange = sorted(
        path
        for path in left
        if not path.startswith((f"{HOME}/", "/srv/"))
        and os.path.realpath(tree.path / path.lstrip("/")) not in owned
        and (NAME in path or not path.startswith(MADE_BY_OTHERS))
    )
    if strange or (tree.path / FOLDER.lstrip("/")).exists():
        raise CheckError(f"left: {strange[:10]}")
    if "x-esign-preset" in tree.run("cat /usr/share/mime/packages/*.xml /usr/share/mime/globs 2>/dev/null; true"):
        raise CheckError("the file type of presets is still there")
    kept = [path for path in left if path.startswith(f"{HOME}/")]
    return f"{drafts(tree)}; {len(kept)} files in {HOME}, nothing else"


def installed(tree: BareTree) -> set[str]:
    """Return the names of the packages installed in the tree."""
    return set(tree.run("dpkg-query -W -f '${Package}\n'").split())


def put_in(tree: BareTree, package: Path, name: str) -> None:
    """Copy a package into the tree."""
    shutil.copyfile(package, tree.path / "srv" / name)


def one(folder: Path, pattern: str) -> Path:
    """Return the only file in the folder that matches a pattern."""
    found = list(folder.glob(pattern))
    if len(found) != 1:
        raise CheckError(f"{len(found)} files {pattern} in {folder}: make packages")
    return found[0]


def ask_rpm(package: Path, what: str) -> str:
    """Return the requested values from the header of an .rpm."""
    command = ["rpm", "--query", "--package", "--nosignature", "--queryformat", what, str(package)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    sys.exit(main())
