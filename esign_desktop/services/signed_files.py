"""Where signed files go: ``{customer}/{date}_{contract}.pdf``, in names that every system takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from esign_desktop.services.file_names import safe_stem
from esign_desktop.services.flow_rows import china_date

if TYPE_CHECKING:
    from esign_desktop.store.flows import FlowRecord

_MOST_CHARACTERS: Final = 60
"""Windows takes 260 characters for a whole path, the download folder included."""


def customer_folder(record: FlowRecord) -> str:
    """Return the folder of whoever signs first by hand; of nobody's, the flow's own title."""
    people = sorted((one for one in record.signers if one.name and not one.is_silent), key=lambda one: one.number)
    name = people[0].name if people else record.title
    return safe_stem(name[:_MOST_CHARACTERS], fallback="contracts")


def file_stem(record: FlowRecord, document_name: str, *, fallback: str) -> str:
    """Return a file's name without its ending; the day is the one on which the flow ended, else that of sending."""
    ended_at_ms = record.detail.ended_at_ms if record.detail is not None else None
    day = china_date(ended_at_ms if ended_at_ms is not None else record.sent_at_ms)
    return f"{day}_{safe_stem(document_name, fallback=fallback)[:_MOST_CHARACTERS].rstrip('. ')}"
