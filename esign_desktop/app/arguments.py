"""The command line."""

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
ALL_SCENARIOS: Final = "all"
SCENARIOS: Final = ("main", "template", "counter", "bulk", "contacts")


class Arguments(NamedTuple):
    """What was asked for.

    ``scenario``, ``pdf`` and ``keyword`` belong to the self-test, ``output`` to it and to ``calibrate``, ``yes``,
    ``without_person`` and ``sealed_by`` to ``calibrate``, ``worksheet`` to ``check_sheet``, ``computer`` and
    ``passphrase_file`` to ``restore_from``, ``project`` and ``environment`` to ``set_secret``, ``supervisor`` to
    ``add_teller``, ``user`` to it, ``remove_teller`` and ``remove_counter_pin``.
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
    user: str | None = None


def parse(words: Sequence[str]) -> Arguments:
    """Read the command line; ends the program on ``--help``, ``--version`` and mistakes."""
    usual = _read_usual(words)
    if usual is not None:
        return usual
    parser = _parser()
    parsed = parser.parse_args(words)
    links = [word for word in parsed.files if word.startswith(LINK_SCHEME)]
    wrong = (
        (parsed.self_test and parsed.output is None, "--self-test needs --output DIR"),
        (
            not parsed.self_test and (parsed.scenario or parsed.pdf or parsed.keyword),
            "--scenario, --pdf and --keyword belong to --self-test",
        ),
        (
            parsed.output and not (parsed.self_test or parsed.calibrate),
            "--output belongs to --self-test and --calibrate",
        ),
        (
            not parsed.calibrate and (parsed.yes or parsed.without_person or parsed.sealed_by),
            "--yes, --without-person and --sealed-by belong to --calibrate",
        ),
        (
            parsed.install_desktop_entry and sys.platform in {"win32", "darwin"},
            "--install-desktop-entry is for Linux; here the program's package puts it into the menu",
        ),
        (
            parsed.listen_port is not None and not 0 < parsed.listen_port < 65536,
            "--listen needs a port from 1 to 65535",
        ),
        (parsed.worksheet is not None and parsed.check_sheet is None, "--worksheet belongs to --check-sheet"),
        (
            parsed.restore_from is None and (parsed.computer or parsed.passphrase_file),
            "--computer and --passphrase-file belong to --restore",
        ),
        (
            not parsed.set_secret and (parsed.project or parsed.environment),
            "--project and --environment belong to --set-secret",
        ),
        (parsed.supervisor and parsed.add_teller is None, "--supervisor belongs to --add-teller"),
        (
            parsed.user and not (parsed.add_teller or parsed.remove_teller or parsed.remove_counter_pin),
            "--user belongs to --add-teller, --remove-teller and --remove-counter-pin",
        ),
        (len(links) > 1 or (links and parsed.customer_file is not None), "one customer at a time"),
        (parsed.preset_key is not None and parsed.customer_file is None, "--preset belongs to --customer-file"),
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
    """Return a file's path; desktops that open links with a program name files by address, too."""
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


def _read_usual(words: Sequence[str]) -> Arguments | None:
    """Read files and ``--sandbox`` alone: importing argparse is a twentieth of the time until the window stands."""
    files = [word for word in words if word != "--sandbox"]
    if any(word.startswith(("-", LINK_SCHEME, _FILE_SCHEME)) for word in files):
        return None
    return Arguments(tuple(Path(word).absolute() for word in files), with_sandbox="--sandbox" in words)


def _parser() -> argparse.ArgumentParser:
    import argparse

    parser = argparse.ArgumentParser(
        prog="esign-desktop",
        description="Prepare, send and follow electronic-signature contracts from the desktop.",
        allow_abbrev=False,
    )
    add = parser.add_argument
    add(
        "files",
        nargs="*",
        metavar="FILE",
        help="PDF, image, preset or sheet to open; or a link esign-desktop:customer/NAME",
    )
    add(
        "--sandbox",
        dest="with_sandbox",
        action="store_true",
        help="start with the rehearsal platform, on this computer, without effect",
    )
    add("--counter", action="store_true", help="open the counter, full screen")
    add(
        "--listen",
        dest="listen_port",
        type=int,
        metavar="PORT",
        help="receive the platform's notices on this port of this computer",
    )
    add("--data-dir", type=_path_from_here, metavar="DIR", help="keep data, cache and logs there")
    add("--self-test", action="store_true", help="do a job without anybody, and say whether it works")
    add("--scenario", choices=(*SCENARIOS, ALL_SCENARIOS), help="self-test: which job (main by default)")
    add("--pdf", type=Path, metavar="FILE", help="self-test: the contract (a bundled one by default)")
    add("--keyword", metavar="TEXT", help="self-test: the keyword to place a seal by")
    add("--output", type=Path, metavar="DIR", help="self-test, calibrate: where report and pictures go")
    add("--calibrate", action="store_true", help="see how the chosen test platform places seals, and end")
    add("--yes", action="store_true", help="calibrate: set what was found out without asking")
    add("--without-person", action="store_true", help="calibrate: make no accounts for an invented person")
    add("--sealed-by", metavar="NAME", help="calibrate: a known organization that seals in our application's place")
    add("--install-desktop-entry", action="store_true", help="put the program into your own menu (Linux), and end")
    add("--rebuild-from-ledger", action="store_true", help="bring lost contracts back into Track, and end")
    add("--use-copy-before-upgrade", action="store_true", help="go back from a newer version's data, and end")
    add("--remove-counter-pin", action="store_true", help="let a locked counter be opened without a PIN, and end")
    add("--add-teller", metavar="NAME", help="add a teller, PIN from a pipe, or give them a new one, and end")
    add("--supervisor", action="store_true", help="add-teller: one who may change tellers in Settings")
    add("--remove-teller", metavar="NAME", help="take a teller off the list, and end")
    add("--user", metavar="NAME", help="tellers, counter PIN: on whose account the counter runs (the caller's)")
    add("--check-sheet", type=Path, metavar="FILE", help="print what Bulk reads of a sheet, numbers masked, and end")
    add("--worksheet", metavar="NAME", help="check-sheet: which worksheet, where several hold rows")
    add(
        "--restore",
        dest="restore_from",
        type=_path_from_here,
        metavar="FROM",
        help="restore what another computer copied to a folder, and end",
    )
    add("--computer", metavar="NAME", help="restore: whose copies, where several computers have some there")
    add("--passphrase-file", type=Path, metavar="FILE", help="restore: read the passphrase there instead of asking")
    add("--customer-file", metavar="FILE", help="hand a customer over to the counter; - reads the standard input")
    add(
        "--preset",
        dest="preset_key",
        type=_function_key,
        metavar="KEY",
        help="customer-file: the preset on this function key, F2 to F8",
    )
    add(
        "--result-file",
        type=_path_from_here,
        metavar="FILE",
        help="append what becomes of contracts to this file, a line each",
    )
    add("--log-level", default="", choices=LOG_LEVELS, help="write so much into the log (info by default)")
    add(
        "--check-policy",
        type=_path_from_here,
        metavar="FILE",
        help="say whether a file can be a computer's policy, and end",
    )
    add("--set-secret", action="store_true", help="put a project's secret, read from a pipe, into the keyring, and end")
    add("--project", metavar="ID", help="set-secret: whose secret (the policy's project by default)")
    add("--environment", choices=ENVIRONMENTS, help="set-secret: where the project is (the policy's by default)")
    add(
        "--support-bundle", type=_path_from_here, metavar="FILE", help="write logs and facts, nothing personal, and end"
    )
    add("--verify-audit", action="store_true", help="look whether every line of the audit log is as written, and end")
    add("--version", action="version", version=f"esign-desktop {__version__}")
    return parser
