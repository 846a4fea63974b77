"""An encrypted file of records: AES-256-GCM with a key that scrypt derives from a passphrase.

An unencrypted header states how the key is derived. Encryption binds each record to the header, to the record's
sequence number, and to a flag that marks the last record. A record that was moved or comes from another file cannot be
decrypted.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import hashlib
import hmac
import secrets
import struct
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO, Final, Self

from esign_desktop.domain.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator

SHORTEST_PASSPHRASE: Final = 10
MOST_RECORD_BYTES: Final = 1 << 20
"""The maximum size of a record's content before encryption."""

_FAMILY: Final = b"esign copy "
_MAGIC: Final = b"esign copy 1\n"
# Magic number, kind, cost, computer id, salt, key check value, file id. A digest of these fields follows.
_HEADER: Final = struct.Struct(">13scB16s16s16s16s")
_DIGEST_BYTES: Final = 16
HEADER_BYTES: Final = _HEADER.size + _DIGEST_BYTES
_FRAME: Final = struct.Struct(">IB")
_CONTEXT: Final = struct.Struct(">QB")
_NONCE_BYTES: Final = 12
_TAG_BYTES: Final = 16
_KEY_BYTES: Final = 32
_COST: Final = 17
"""The cost of scrypt as a power of two: N = 2**17, r = 8, p = 1.

A guess takes 128 MiB and about 0.5 s (OWASP Password Storage Cheat Sheet).
"""
_COSTS: Final = range(14, _COST + 1)
"""The costs that are accepted in a file. Higher costs, which no version has written, would need too much memory."""


@dataclass(frozen=True, slots=True)
class BackupKey:
    """An encryption key, together with the salt and the cost with which it was derived from the passphrase."""

    salt: bytes
    cost: int
    key: bytes = field(repr=False)

    @classmethod
    def derived(cls, passphrase: str, salt: bytes | None = None, cost: int | None = None) -> Self:
        """Derive a key from a passphrase. This takes about half a second.

        If ``salt`` is None, a random salt is used. If ``cost`` is None, the default cost is used.
        """
        salt, cost = salt or secrets.token_bytes(16), cost or _COST
        words = unicodedata.normalize("NFC", passphrase).encode("utf-8", "surrogatepass")
        most_bytes = 256 * (1 << cost) * 8
        key = hashlib.scrypt(words, salt=salt, n=1 << cost, r=8, p=1, maxmem=most_bytes, dklen=_KEY_BYTES)
        return cls(salt, cost, key)

    @property
    def check(self) -> bytes:
        """The check value in the header, which distinguishes a wrong passphrase from a damaged file."""
        return hmac.digest(self.key, b"check" + self.salt, "sha256")[:16]

    def as_text(self) -> str:
        """Return the key as text, to be stored in a keyring."""
        return base64.b64encode(bytes([self.cost]) + self.salt + self.key).decode("ascii")

    @classmethod
    def from_text(cls, text: str) -> Self | None:
        """Parse a key from text that ``as_text`` returned, or return None if the text is invalid."""
        try:
            content = base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            return None
        return cls(content[1:17], content[0], content[17:]) if len(content) == 17 + _KEY_BYTES else None


@dataclass(frozen=True, slots=True)
class Header:
    """The unencrypted beginning of a file.

    ``kind`` is a single letter, ``computer_id`` is in hexadecimal, and ``content`` is the header as stored.
    """

    kind: bytes
    computer_id: str
    salt: bytes
    cost: int
    check: bytes
    content: bytes = field(repr=False)

    def key_of(self, passphrase: str) -> BackupKey:
        """Derive this file's key from a passphrase.

        Raises StoreError ``copy.wrong_passphrase`` if the passphrase is wrong.
        """
        key = BackupKey.derived(passphrase, self.salt, self.cost)
        if not self.is_of(key):
            raise StoreError("copy.wrong_passphrase")
        return key

    def is_of(self, key: BackupKey) -> bool:
        """Return whether the file was encrypted with this key."""
        return self.salt == key.salt and hmac.compare_digest(self.check, key.check)


def new_header(kind: bytes, computer_id: str, key: BackupKey) -> Header:
    """Return the header of a new file with a random file id."""
    own_id = secrets.token_bytes(16)
    fields = _HEADER.pack(_MAGIC, kind, key.cost, bytes.fromhex(computer_id), key.salt, key.check, own_id)
    return Header(kind, computer_id, key.salt, key.cost, key.check, fields + _digest(fields))


def read_header(file: BinaryIO, expected_id: str) -> Header:
    """Read the header of a file that the computer with the id ``expected_id`` has written.

    The file must be positioned at its beginning. Raises StoreError ``copy.newer_version``, or ``copy.damaged`` if the
    header is damaged or names another computer: computers may share a passphrase, so a file of another computer could
    be decrypted, too.
    """
    content = file.read(HEADER_BYTES)
    fields, digest = content[: _HEADER.size], content[_HEADER.size :]
    if fields.startswith(_FAMILY) and not _MAGIC.startswith(fields[: len(_MAGIC)]):
        raise StoreError("copy.newer_version")
    if len(content) < HEADER_BYTES or not hmac.compare_digest(digest, _digest(fields)):
        raise StoreError("copy.damaged", "header")
    _magic, kind, cost, computer_id, salt, check, _own_id = _HEADER.unpack(fields)
    if cost not in _COSTS:
        raise StoreError("copy.damaged", "cost")
    if computer_id.hex() != expected_id:
        raise StoreError("copy.damaged", "another computer")
    return Header(kind, computer_id.hex(), salt, cost, check, content)


class Sealer:
    """An encryptor of consecutive records. ``sequence`` is the number of the first record."""

    def __init__(self, header: Header, key: BackupKey, sequence: int = 0) -> None:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        self._header = header.content
        self._cipher = AESGCM(key.key)
        self.sequence = sequence

    def sealed(self, content: bytes, *, is_last: bool = False) -> bytes:
        """Return the content encrypted as the next record."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        context = self._header + _CONTEXT.pack(self.sequence, is_last)
        sealed = nonce + self._cipher.encrypt(nonce, content, context)
        self.sequence += 1
        return _FRAME.pack(len(sealed), is_last) + sealed


@dataclass(frozen=True, slots=True)
class Record:
    """A decrypted record. ``content`` is None if it could not be decrypted.

    ``end`` is the file offset, in bytes, at which the record ends.
    """

    sequence: int
    content: bytes | None = field(repr=False)
    is_last: bool
    end: int


def records(file: BinaryIO, header: Header, key: BackupKey) -> Iterator[Record]:
    """Yield the records of a file whose header has been read. An incomplete record ends the sequence."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    cipher, sequence, end = AESGCM(key.key), 0, HEADER_BYTES
    while len(frame := file.read(_FRAME.size)) == _FRAME.size:
        size_bytes, is_last = _FRAME.unpack(frame)
        if not _NONCE_BYTES + _TAG_BYTES <= size_bytes <= MOST_RECORD_BYTES + _NONCE_BYTES + _TAG_BYTES:
            return
        sealed = file.read(size_bytes)
        if len(sealed) < size_bytes:
            return
        end += len(frame) + size_bytes
        context = header.content + _CONTEXT.pack(sequence, is_last)
        content: bytes | None = None
        with contextlib.suppress(InvalidTag):
            content = cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], context)
        yield Record(sequence, content, bool(is_last), end)
        sequence += 1


def _digest(fields: bytes) -> bytes:
    return hashlib.blake2b(fields, digest_size=_DIGEST_BYTES).digest()
