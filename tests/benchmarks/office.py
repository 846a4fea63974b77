"""The real window and its rehearsal platform, to be measured from inside."""

from __future__ import annotations

import base64
import hashlib
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from esign_desktop.app.self_test.fixture import PayloadWitness, fixture

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from esign_desktop.app.self_test.fixture import Fixture
    from esign_desktop.services.catalogue import Services

PIECE_BYTES = 1 << 20


@contextmanager
def office() -> Iterator[tuple[Fixture, Path]]:
    """Start everything; yields it and a folder for files."""
    with tempfile.TemporaryDirectory() as name, fixture(Path(name) / "data", PayloadWitness()) as standing:
        yield standing, Path(name)


def prepared_upload(services: Services, path: Path) -> Callable[[], None]:
    """Announce a file to the platform; what is returned sends it."""
    digest = hashlib.md5(usedforsecurity=False)
    with path.open("rb") as source:
        while piece := source.read(PIECE_BYTES):
            digest.update(piece)
    md5 = base64.b64encode(digest.digest()).decode("ascii")
    client = services.environments.client()
    slot = client.create_upload_url(path.name, path.stat().st_size, md5)
    return lambda: client.upload(slot.upload_url, path, md5)
