"""The table of forms of contracts that were sent. It is encrypted with the keyring's key."""

from __future__ import annotations

import base64
import struct
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.errors import StoreError
from esign_desktop.domain.flow import FlowId
from esign_desktop.domain.matching.form import MOST_LETTERS, PieceHash, RememberedForm
from esign_desktop.domain.placing.placement import PlacementId
from esign_desktop.domain.preset.sent_form import SentForm
from esign_desktop.store.codec import from_json, preset_from_json, preset_to_json, to_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from esign_desktop.store.database.connection import Database
    from esign_desktop.store.party_details import SealedPartyDetails

_HEAD: Final = struct.Struct(">QH")
_LONGEST: Final = 0xFFFF
_BAD: Final = "store.damaged"
_USE: Final = b"forms of sent contracts"


@dataclass(frozen=True, slots=True)
class _FormBody:
    """A form as it is encrypted. ``pieces`` are packed, because there are thousands of them."""

    form: RememberedForm
    pieces: str


@dataclass(frozen=True, slots=True)
class _Body:
    """A sent form as it is encrypted.

    ``form`` is the document's form, as written by ``form_to_json``. If there are several documents, ``form`` is empty,
    so that builds that know one document omit the row, and ``forms`` contains the form of each.
    """

    form: str
    preset: str
    labelled: tuple[str, ...]
    flow_id: str
    sent_at_ms: int
    use_count: int
    forms: tuple[str, ...] = ()


class SentForms:
    """The table of forms of sent contracts. Deleted forms leave no trace in the database files."""

    def __init__(self, database: Database, sealed: SealedPartyDetails) -> None:
        self._database = database
        self._sealed = sealed

    def key(self) -> bytes | None:
        """Return the key with which pieces are hashed, or None while the keyring does not provide its key."""
        return self._sealed.subkey(_USE)

    def list(self) -> tuple[SentForm, ...]:
        """Return all forms that can be read. Forms that were encrypted with another key are omitted."""
        rows = self._database.query("SELECT id, body FROM sent_forms ORDER BY used_at_ms DESC, id")
        return tuple(form for form_id, body in rows if (form := self._opened(form_id, body)) is not None)

    def save(self, form: SentForm) -> None:
        """Store a form, or replace the form with the same id. Does nothing if the key is not available."""
        body = self._sealed.seal(_written(form), _context(form.id))
        if body:
            row = (form.id, form.sent_at_ms, body)
            self._database.execute("INSERT OR REPLACE INTO sent_forms VALUES (?, ?, ?)", row)

    def delete(self, ids: Iterable[str]) -> None:
        """Delete forms."""
        self._database.execute_many("DELETE FROM sent_forms WHERE id = ?", [(form_id,) for form_id in ids])

    def clear(self) -> None:
        """Delete all forms, leaving no trace of them in the database files."""
        # Erasing also rewrites the backup, so first check whether there is anything to delete.
        if self._database.query("SELECT 1 FROM sent_forms LIMIT 1"):
            self._database.erase(lambda connection: connection.execute("DELETE FROM sent_forms"))

    def _opened(self, form_id: str, body: bytes) -> SentForm | None:
        text = self._sealed.open(body, _context(form_id))
        try:
            return None if text is None else _read(form_id, text)
        except StoreError:
            return None


def _context(form_id: str) -> bytes:
    return f"sent form\0{form_id}".encode()


def form_to_json(form: RememberedForm) -> str:
    """Return a form as JSON."""
    packed = base64.b64encode(b"".join(map(_packed, form.pieces))).decode("ascii")
    return to_json(_FormBody(replace(form, pieces=()), packed), _FormBody)


def form_from_json(text: str) -> RememberedForm | None:
    """Return the form in a text that ``form_to_json`` has written, or None if the text is damaged."""
    try:
        body = from_json(text, _FormBody, code=_BAD)
        return replace(body.form, pieces=tuple(_unpacked(base64.b64decode(body.pieces, validate=True))))
    except (StoreError, ValueError, struct.error):
        return None


def _written(sent: SentForm) -> str:
    forms = tuple(map(form_to_json, sent.forms))
    body = _Body(
        forms[0] if len(forms) == 1 else "",
        preset_to_json(sent.preset),
        sent.labelled,
        sent.flow_id or "",
        sent.sent_at_ms,
        sent.use_count,
        forms if len(forms) > 1 else (),
    )
    return to_json(body, _Body)


def _read(form_id: str, text: str) -> SentForm | None:
    body = from_json(text, _Body, code=_BAD)
    forms = [form for text in body.forms or (body.form,) if (form := form_from_json(text)) is not None]
    labelled = tuple(PlacementId(one) for one in body.labelled)
    flow_id = FlowId(body.flow_id) if body.flow_id else None
    preset = preset_from_json(body.preset)
    if len(forms) != len(preset.documents):
        return None
    return SentForm(form_id, tuple(forms), preset, labelled, flow_id, body.sent_at_ms, body.use_count)


def _packed(piece: PieceHash) -> bytes:
    return _HEAD.pack(piece.whole, min(piece.length, _LONGEST)) + piece.letters


def _unpacked(packed: bytes) -> Iterator[PieceHash]:
    at = 0
    while at < len(packed):
        whole, length = _HEAD.unpack_from(packed, at)
        start = at + _HEAD.size
        at = start + min(MOST_LETTERS, length)
        yield PieceHash(whole, length, packed[start:at])
