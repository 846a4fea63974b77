"""Erase a person's data from the files of the local sandbox platform.

The sandbox may be running at the same time, and reloads its files when the file named ``changed`` is modified. Flows
are kept without the person's data.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from esign_desktop.atomic_files import atomic_target, create_private
from esign_desktop.domain.disk_errors import disk_error
from esign_desktop.domain.erasure import FORGOTTEN_NAME

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from esign_desktop.domain.erasure import PersonIdentifiers

CHANGED: Final = "changed"
"""The name of a file beside the records. ``sandbox.state`` uses the same name."""


def forget_in_rehearsals(folder: Path, identifiers: PersonIdentifiers, is_in_pdf: Callable[[Path], bool]) -> None:
    """Erase a person's data from every sandbox platform below a folder. Raises StoreError.

    ``is_in_pdf`` returns whether a PDF contains data of the person. An erasure that failed can be repeated.
    """
    try:
        for records in list(folder.rglob("records")):
            _Platform(records.parent, identifiers).forget(is_in_pdf)
    except OSError as error:
        raise disk_error(error) from error


class _Platform:
    def __init__(self, folder: Path, identifiers: PersonIdentifiers) -> None:
        self._folder = folder
        self._identifiers = identifiers
        self._tokens = {url.rpartition("/")[2] for url in identifiers.urls} - {""}

    def forget(self, is_in_pdf: Callable[[Path], bool]) -> None:
        flow_ids = {path.stem for path in self._records("flows") if self._names_an_account(_text(path))}
        self._delete_pdfs(flow_ids, is_in_pdf)
        for path in self._records("accounts"):
            if path.stem in self._identifiers.account_ids:
                self._forget_account(path)
            elif self._names_an_account(_text(path)):
                self._rewrite(path, self._without_ids(_text(path)))
        for kind in ("flows", "documents", "files", "templates", "notices", "messages"):
            for path in self._records(kind):
                self._rewrite(path, self._without(_text(path)))
        log = self._folder / "requests.jsonl"
        if log.exists():
            self._rewrite(log, self._without_ids(_text(log)))
        (self._folder / CHANGED).write_text(uuid4().hex, "ascii")

    def _records(self, kind: str) -> Iterator[Path]:
        yield from sorted((self._folder / "records" / kind).glob("*.json"))

    def _names_an_account(self, text: str) -> bool:
        return any(account_id in text for account_id in self._identifiers.account_ids)

    def _without(self, text: str) -> str:
        text = self._identifiers.erased_from_text(text)
        for token in self._tokens:
            text = text.replace(token, uuid4().hex)
        return text

    def _without_ids(self, text: str) -> str:
        for account_id in self._identifiers.account_ids:
            text = text.replace(account_id, self._identifiers.token)
        return text

    def _forget_account(self, path: Path) -> None:
        account: dict[str, Any] = json.loads(_text(path))
        gone = dict.fromkeys(("identity", "masked_mobile", "masked_email"), "")
        bare = {**account, **gone, "id": self._identifiers.token, "name": FORGOTTEN_NAME, "third_id": None}
        _write(path.with_name(f"{self._identifiers.token}.json"), json.dumps(bare, ensure_ascii=False))
        path.unlink(missing_ok=True)

    def _rewrite(self, path: Path, text: str) -> None:
        if text != _text(path):
            _write(path, text)

    def _delete_pdfs(self, flow_ids: set[str], is_in_pdf: Callable[[Path], bool]) -> None:
        """Delete PDFs of the person's flows and PDFs that contain the person's data, including hard links to them."""
        known: dict[tuple[int, int], bool] = {}
        for path in sorted((self._folder / "blobs").rglob("*")):
            if not path.is_file():
                continue
            status = path.stat()
            key = (status.st_dev, status.st_ino)
            is_of_flow = path.parent.name == "flows" and path.name.partition(".")[0] in flow_ids
            if key not in known and not is_of_flow:
                known[key] = is_in_pdf(path)
            if is_of_flow or known[key]:
                path.unlink(missing_ok=True)


def _text(path: Path) -> str:
    return path.read_text("utf-8", "replace")


def _write(path: Path, text: str) -> None:
    with atomic_target(path) as scratch, create_private(scratch) as file:
        file.write(text.encode())
