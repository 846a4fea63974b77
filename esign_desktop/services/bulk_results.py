"""The list of what became of a sheet, for those who sent it."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from esign_desktop.domain.errors import StoreError
from esign_desktop.services.sheets.csv_table import save_csv

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from esign_desktop.services.bulk_values import PlannedRow, ResultWords
    from esign_desktop.store.flows import Flows


def export_results(
    rows: Sequence[PlannedRow], target: Path, words: ResultWords, flows: Flows, *, with_links: bool
) -> int:
    """Write the list as CSV and return the number of rows. Names are masked; links are as good as keys."""
    table = [_cells(row, words, flows, with_links=with_links) for row in rows]
    headings = words.headings if with_links else words.headings[:-1]
    save_csv([headings, *table], target)
    return len(table)


def _cells(row: PlannedRow, words: ResultWords, flows: Flows, *, with_links: bool) -> list[str]:
    cells = [
        str(row.number),
        row.title,
        " ".join(filter(None, row.masked_names)),
        row.reference,
        words.states[row.state],
        words.remark(row),
        row.flow_id or "",
    ]
    return [*cells, " ".join(_links(row, flows))] if with_links else cells


def _links(row: PlannedRow, flows: Flows) -> tuple[str, ...]:
    if row.flow_id is None:
        return ()
    with suppress(StoreError):
        return tuple(url for signer in flows.get(row.flow_id).signers for url in signer.urls)
    return ()
