"""Run the rehearsal platform from the command line: ``python -m esign_desktop.sandbox``."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import threading
from dataclasses import fields
from pathlib import Path
from typing import Final, get_args

from esign_desktop.sandbox.options import (
    ChunkTypeName,
    CrossPageSplit,
    FreezeAt,
    KeywordOrigin,
    NextSignature,
    Package,
    SandboxOptions,
    SealAnchor,
    SecondAccount,
)
from esign_desktop.sandbox.server import SandboxServer

_NARROWEST_SEAL_PT: Final = 10.0
_WIDEST_SEAL_PT: Final = 600.0


def main(arguments: list[str] | None = None) -> int:
    """Run the platform until it receives a signal or standard input ends, and return the exit status.

    A line of JSON is printed when the platform is ready.
    """
    parsed = _parser().parse_args(arguments)
    try:
        secret = parsed.secret_file.read_text("utf-8").strip()
        if not secret:
            raise ValueError("the secret file is empty")
        chosen = {
            option.name: getattr(parsed, option.name)
            for option in fields(SandboxOptions)
            if hasattr(parsed, option.name)
        }
        server = SandboxServer(SandboxOptions(secret=secret, **chosen)).start()
    except (OSError, ValueError) as error:
        print(f"sandbox: {error}", file=sys.stderr)
        return 2
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
    if parsed.exit_with_parent:
        threading.Thread(target=_wait_for_end_of_input, args=(stop,), daemon=True).start()
    ready = {"ready": True, "base_url": server.base_url, "port": server.port, "console_url": server.console_url}
    print(json.dumps(ready), flush=True)
    stop.wait()
    server.stop()
    return 0


def _wait_for_end_of_input(stop: threading.Event) -> None:
    while os.read(sys.stdin.fileno(), 4096):
        pass
    stop.set()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m esign_desktop.sandbox",
        description="Run the rehearsal platform: a local implementation of the signing platform without legal effect.",
    )
    add = parser.add_argument
    add("--host", default="127.0.0.1", help="address to listen on")
    add("--port", type=int, default=0, help="port to listen on (default: any free port)")
    add("--project-id", required=True, help="project ID that clients use")
    add("--secret-file", type=Path, required=True, help="file that contains the project's secret")
    add("--data", dest="data_dir", type=Path, required=True, help="folder for the data that survives a restart")
    add("--notify-url", help="URL to which notifications are posted")
    add("--notify-file", type=Path, help="file with the URL for notifications, read for each notification")
    add("--faults", dest="faults_file", type=Path, help="JSON file with a list of faults, reloaded when it changes")
    add("--public-url", help="URL at which other computers reach this server, such as http://192.168.1.5:8000")
    add("--exit-with-parent", action="store_true", help="exit at the end of standard input")
    _add_behaviour(parser)
    add("--keyword-matching", choices=("normalised", "literal"), default="normalised", help="how keywords are compared")
    add("--quota", dest="quota_contracts", type=int, default=100_000, help="number of contracts in the plan")
    add("--package", choices=get_args(Package), default="usual", help="state of the application's plan")
    add("--next-signature", choices=get_args(NextSignature), default="usual", help="outcome of the next signature")
    add("--signs-by-itself", action="store_true", help="make every signer sign as soon as it is their turn")
    add(
        "--notice-interval",
        dest="notice_interval_s",
        type=float,
        default=1800.0,
        help="seconds between attempts to deliver a notification",
    )
    return parser


def _add_behaviour(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument_group("behavior that the platform's documentation leaves open").add_argument
    add(
        "--seal-anchor",
        choices=get_args(SealAnchor),
        default="centre",
        help="the point of the seal that posX and posY specify",
    )
    origins = get_args(KeywordOrigin)
    add(
        "--keyword-origin",
        choices=origins,
        default="left_bottom",
        help="the point of a keyword from which offsets are measured",
    )
    splits = get_args(CrossPageSplit)
    add("--cross-page-split", choices=splits, default="left_first", help="the part of the seal on the first page")
    add(
        "--links-at-start",
        dest="sign_urls_before_execute",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="return signing links before the flow is started",
    )
    add("--freeze-at", choices=get_args(FreezeAt), default="start", help="when the contracts of the plan are reserved")
    again = "result of creating a second account for the same identity"
    add("--second-account", choices=get_args(SecondAccount), default="new", help=again)
    names, named = get_args(ChunkTypeName), "name under which the type of pages appended to a template is read"
    add("--chunk-type-name", choices=names, default="either", help=named)
    for kind, width_pt in (("organization", 159.0), ("person", 95.0)):
        dest, help_text = f"{kind}_seal_width_pt", f"width in points of the seal of each {kind}"
        add(f"--{kind}-seal-width", dest=dest, type=_width_pt, default=width_pt, metavar="POINTS", help=help_text)


def _width_pt(text: str) -> float:
    width_pt = float(text)
    if not _NARROWEST_SEAL_PT <= width_pt <= _WIDEST_SEAL_PT:
        raise ValueError(text)
    return width_pt


if __name__ == "__main__":
    sys.exit(main())
