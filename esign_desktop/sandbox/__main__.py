"""Command line of the rehearsal platform: ``python -m esign_desktop.sandbox``."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import threading
from pathlib import Path

from esign_desktop.sandbox.options import SandboxOptions
from esign_desktop.sandbox.server import SandboxServer


def main(arguments: list[str] | None = None) -> int:
    """Serve until told to stop; prints one JSON line when ready."""
    parsed = _parser().parse_args(arguments)
    try:
        secret = parsed.secret_file.read_text("utf-8").strip()
        if not secret:
            raise ValueError("the secret file is empty")
        server = SandboxServer(_options(parsed, secret)).start()
    except (OSError, ValueError) as error:
        print(f"sandbox: {error}", file=sys.stderr)
        return 2
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
    if parsed.exit_with_parent:
        threading.Thread(target=_wait_for_end_of_input, args=(stop,), daemon=True).start()
    print(json.dumps({"ready": True, "base_url": server.base_url, "port": server.port}), flush=True)
    stop.wait()
    server.stop()
    return 0


def _wait_for_end_of_input(stop: threading.Event) -> None:
    while os.read(sys.stdin.fileno(), 4096):
        pass
    stop.set()


def _options(parsed: argparse.Namespace, secret: str) -> SandboxOptions:
    return SandboxOptions(
        project_id=parsed.project_id,
        secret=secret,
        data_dir=parsed.data,
        host=parsed.host,
        port=parsed.port,
        public_url=parsed.public_url,
        notify_url=parsed.notify_url,
        faults_file=parsed.faults,
        sign_urls_before_execute=not parsed.no_sign_urls_before_execute,
        one_account_per_identity=parsed.one_account_per_identity,
        freeze_at=parsed.freeze_at,
        seal_anchor=parsed.seal_anchor,
        keyword_matching=parsed.keyword_matching,
        quota_contracts=parsed.quota,
        notice_interval_s=parsed.notice_interval,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m esign_desktop.sandbox",
        description="Rehearsal platform: the signing platform's rules on this computer, without legal effect.",
    )
    add = parser.add_argument
    add("--host", default="127.0.0.1", help="address to listen on")
    add("--port", type=int, default=0, help="0 picks a free one")
    add("--project-id", required=True)
    add("--secret-file", type=Path, required=True, help="file that holds the project's secret")
    add("--data", type=Path, required=True, help="folder for what must survive a restart")
    add("--notify-url", help="where notices are posted")
    add("--faults", type=Path, help="JSON list of faults, read again when it changes")
    add("--public-url", help="how others reach this server, such as http://192.168.1.5:8000")
    add("--exit-with-parent", action="store_true", help="end when standard input ends")
    add("--no-sign-urls-before-execute", action="store_true")
    add("--one-account-per-identity", action="store_true", help="whoever has an account gets no second one")
    add("--freeze-at", choices=("start", "execute"), default="start")
    add("--seal-anchor", choices=("centre", "lower_left"), default="centre")
    add("--keyword-matching", choices=("normalised", "literal"), default="normalised")
    add("--quota", type=int, default=100_000, help="contracts in the package")
    add("--notice-interval", type=float, default=1800.0, help="seconds between tries")
    return parser


if __name__ == "__main__":
    sys.exit(main())
