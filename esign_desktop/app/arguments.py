"""Parse the command line of the program."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from esign_desktop import __version__

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence


LINK_SCHEME: Final = "esign-desktop:"
_FILE_SCHEME: Final = "file://"
LOG_LEVELS: Final = ("debug", "info", "warning", "error")
ENVIRONMENTS: Final = ("test", "production", "own")
TABLE_SUFFIXES: Final = (".xlsx", ".csv", ".json")
ALL_SCENARIOS: Final = "all"
SCENARIOS: Final = ("main", "template", "counter", "bulk", "contacts")


class Arguments(NamedTuple):
    """The parsed command line.

    Some options are valid only together with another option: ``scenario``, ``pdf`` and ``keyword`` with ``self_test``;
    ``output`` with ``self_test`` and ``calibrate``; ``yes``, ``without_person`` and ``sealed_by`` with ``calibrate``;
    ``worksheet`` with ``check_sheet``; ``computer`` and ``passphrase_file`` with ``restore_from``; ``project`` and
    ``environment`` with ``set_secret``; ``supervisor`` with ``add_teller``; ``preset_key`` with ``customer_file``;
    ``since`` and ``save_as`` with ``overview``;
    ``user`` with ``add_teller``, ``remove_teller`` and ``remove_counter_pin``.
    """

    files: tuple[Path, ...] = ()
    with_sandbox: bool = False
    data_dir: Path | None = None
    self_test: bool = False
    scenario: str = SCENARIOS[0]
    pdf: Path | None = None
    keyword: str | None = None
    output: Path | None = None
    install_desktop_entry: bool = False
    rebuild_from_ledger: bool = False
    use_copy_before_upgrade: bool = False
    remove_counter_pin: bool = False
    counter: bool = False
    listen_port: int | None = None
    check_sheet: Path | None = None
    worksheet: str | None = None
    restore_from: Path | None = None
    computer: str | None = None
    passphrase_file: Path | None = None
    calibrate: bool = False
    yes: bool = False
    without_person: bool = False
    sealed_by: str | None = None
    customer_file: str | None = None
    preset_key: int | None = None
    link: str | None = None
    result_file: Path | None = None
    log_level: str = ""
    check_policy: Path | None = None
    set_secret: bool = False
    project: str | None = None
    environment: str | None = None
    support_bundle: Path | None = None
    verify_audit: bool = False
    add_teller: str | None = None
    remove_teller: str | None = None
    supervisor: bool = False
    overview: Path | None = None
    since: str | None = None
    save_as: Path | None = None
    user: str | None = None


def parse(words: Sequence[str]) -> Arguments:
    """Parse the command-line arguments ``words``, which do not include the name of the program.

    Raises SystemExit if ``--help`` or ``--version`` is given, or if an argument is invalid.
    """
    usual = _read_usual(words)
    if usual is not None:
        return usual
    parser = _parser()
    parsed = parser.parse_args(words)
    links = [word for word in parsed.files if word.startswith(LINK_SCHEME)]
    wrong = (
        (parsed.self_test and parsed.output is None, "--self-test requires --output DIR"),
        (
            not parsed.self_test and (parsed.scenario or parsed.pdf or parsed.keyword),
            "--scenario, --pdf and --keyword require --self-test",
        ),
        (
            parsed.output and not (parsed.self_test or parsed.calibrate),
            "--output requires --self-test or --calibrate",
        ),
        (
            not parsed.calibrate and (parsed.yes or parsed.without_person or parsed.sealed_by),
            "--yes, --without-person and --sealed-by require --calibrate",
        ),
        (
            parsed.install_desktop_entry and sys.platform in {"win32", "darwin"},
            "--install-desktop-entry is for Linux; on this system the installer creates the menu entry",
        ),
        (
            parsed.listen_port is not None and not 0 < parsed.listen_port < 65536,
            "--listen requires a port from 1 to 65535",
        ),
        (parsed.worksheet is not None and parsed.check_sheet is None, "--worksheet requires --check-sheet"),
        (
            parsed.restore_from is None and (parsed.computer or parsed.passphrase_file),
            "--computer and --passphrase-file require --restore",
        ),
        (
            not parsed.set_secret and (parsed.project or parsed.environment),
            "--project and --environment require --set-secret",
        ),
        (
            parsed.overview is None and (parsed.since is not None or parsed.save_as is not None),
            "--since and --save-as require --overview",
        ),
        (
            parsed.save_as is not None and parsed.save_as.suffix.lower() not in TABLE_SUFFIXES,
            "--save-as requires a name that ends in .xlsx, .csv or .json",
        ),
        (parsed.supervisor and parsed.add_teller is None, "--supervisor requires --add-teller"),
        (
            parsed.user and not (parsed.add_teller or parsed.remove_teller or parsed.remove_counter_pin),
            "--user requires --add-teller, --remove-teller or --remove-counter-pin",
        ),
        (
            len(links) > 1 or (links and parsed.customer_file is not None),
            "only one customer can be handed over at a time",
        ),
        (parsed.preset_key is not None and parsed.customer_file is None, "--preset requires --customer-file"),
    )
    for is_wrong, sentence in wrong:
        if is_wrong:
            parser.error(sentence)
    parsed.files = tuple(_path(word) for word in parsed.files if word not in links)
    parsed.scenario = parsed.scenario or SCENARIOS[0]
    return Arguments(link=links[0] if links else None, **vars(parsed))


def _path_from_here(word: str) -> Path:
    return Path(word).absolute()


def _path(word: str) -> Path:
    """Convert a command-line argument to a path. File URLs are accepted, because some desktops pass them."""
    if word.startswith(_FILE_SCHEME):
        from urllib.parse import urlsplit
        from urllib.request import url2pathname

        word = url2pathname(urlsplit(word).path)
    return _path_from_here(word)


def _function_key(text: str) -> int:
    number = text.upper().removeprefix("F")
    if number not in {str(key) for key in range(2, 9)}:
        raise ValueError(text)
    return int(number)


def _day(text: str) -> str:
    from datetime import date

    return date.fromisoformat(text).isoformat()


def _read_usual(words: Sequence[str]) -> Arguments | None:
    """Parse a command line that contains only files and ``--sandbox``, or return None for any other command line.

    This avoids the import of argparse, which would take a twentieth of the time until the window appears.
    """
    files = [word for word in words if word != "--sandbox"]
    if any(word.startswith(("-", LINK_SCHEME, _FILE_SCHEME)) for word in files):
        return None
    return Arguments(tuple(Path(word).absolute() for word in files), with_sandbox="--sandbox" in words)


def _parser() -> argparse.ArgumentParser:
    import argparse

    parser = argparse.ArgumentParser(
        prog="esign-desktop",
        description="Prepare, send and track electronic-signature contracts.",
        allow_abbrev=False,
    )
    add = parser.add_argument
    add(
        "files",
        nargs="*",
        metavar="FILE",
        help="PDF, image, preset or sheet to open, or a link esign-desktop:customer/NAME",
    )
    add(
        "--sandbox",
        dest="with_sandbox",
        action="store_true",
        help="start with the rehearsal platform on this computer; contracts there have no legal effect",
    )
    add("--counter", action="store_true", help="open the counter in full screen")
    add(
        "--listen",
        dest="listen_port",
        type=int,
        metavar="PORT",
        help="receive the platform's notifications on this local port",
    )
    add("--data-dir", type=_path_from_here, metavar="DIR", help="store data, cache and logs in this folder")
    add("--self-test", action="store_true", help="run a job unattended and report whether it works")
    add("--scenario", choices=(*SCENARIOS, ALL_SCENARIOS), help="with --self-test: the job to run (default: main)")
    add("--pdf", type=Path, metavar="FILE", help="with --self-test: the contract (default: a bundled sample)")
    add("--keyword", metavar="TEXT", help="with --self-test: the keyword at which to place a seal")
    add(
        "--output", type=Path, metavar="DIR", help="with --self-test or --calibrate: folder for the report and pictures"
    )
    add("--calibrate", action="store_true", help="measure how the chosen test platform places seals, then exit")
    add("--yes", action="store_true", help="with --calibrate: apply the results without asking")
    add("--without-person", action="store_true", help="with --calibrate: create no account for a fictitious person")
    add("--sealed-by", metavar="NAME", help="with --calibrate: a known organization that seals instead of your own")
    add(
        "--install-desktop-entry",
        action="store_true",
        help="add the program to your application menu (Linux), then exit",
    )
    add("--rebuild-from-ledger", action="store_true", help="restore lost contracts in Track from the ledger, then exit")
    add(
        "--use-copy-before-upgrade",
        action="store_true",
        help="return from a newer version's data to the backup from before the upgrade, then exit",
    )
    add("--remove-counter-pin", action="store_true", help="remove the PIN of a locked counter, then exit")
    add("--add-teller", metavar="NAME", help="add a teller or change their PIN (prompted for or piped in), then exit")
    add("--supervisor", action="store_true", help="with --add-teller: a teller who may manage tellers in Settings")
    add("--remove-teller", metavar="NAME", help="remove a teller, then exit")
    add(
        "--user",
        metavar="NAME",
        help="with teller and PIN options: the system user who runs the counter (default: the caller)",
    )
    add(
        "--check-sheet",
        type=Path,
        metavar="FILE",
        help="print what Bulk reads from a sheet, with numbers masked, then exit",
    )
    add("--worksheet", metavar="NAME", help="with --check-sheet: the worksheet to read if several contain rows")
    add(
        "--restore",
        dest="restore_from",
        type=_path_from_here,
        metavar="FROM",
        help="restore the backup that another computer made in this folder, then exit",
    )
    add(
        "--computer",
        metavar="NAME",
        help="with --restore: the computer to restore, if the folder has backups of several",
    )
    add(
        "--passphrase-file",
        type=Path,
        metavar="FILE",
        help="with --restore: read the passphrase from this file instead of asking for it",
    )
    add("--customer-file", metavar="FILE", help="hand over a customer's data to the counter; - reads standard input")
    add(
        "--preset",
        dest="preset_key",
        type=_function_key,
        metavar="KEY",
        help="with --customer-file: the preset on this function key, F2 to F8",
    )
    add(
        "--result-file",
        type=_path_from_here,
        metavar="FILE",
        help="append each change in the state of a contract to this file, one line each",
    )
    add(
        "--overview",
        type=_path_from_here,
        metavar="DIR",
        help="sum up the day files that all counters wrote to this folder, then exit",
    )
    add("--since", type=_day, metavar="DAY", help="with --overview: the first day, as YYYY-MM-DD (default: all days)")
    add(
        "--save-as",
        type=_path_from_here,
        metavar="FILE",
        help="with --overview: write to this .xlsx, .csv or .json file instead of printing a table",
    )
    add("--log-level", default="", choices=LOG_LEVELS, help="lowest level of log messages (default: info)")
    add(
        "--check-policy",
        type=_path_from_here,
        metavar="FILE",
        help="report whether a file is a valid policy, then exit",
    )
    add(
        "--set-secret",
        action="store_true",
        help="store a project's secret (prompted for or piped in) in the keyring, then exit",
    )
    add("--project", metavar="ID", help="with --set-secret: the project (default: the policy's)")
    add(
        "--environment",
        choices=ENVIRONMENTS,
        help="with --set-secret: the project's environment (default: the policy's)",
    )
    add(
        "--support-bundle",
        type=_path_from_here,
        metavar="FILE",
        help="write logs and versions without personal data to an archive, then exit",
    )
    add("--verify-audit", action="store_true", help="check that every line of the audit log is unchanged, then exit")
    add("--version", action="version", version=f"esign-desktop {__version__}")
    return parser
