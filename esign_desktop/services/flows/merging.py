"""Merge the signed files of several contracts into one PDF for reading and printing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from esign_desktop.domain.errors import AppError, Cancelled, InputError, PdfError
from esign_desktop.pdf.isolated.merging import merge_pdfs
from esign_desktop.services.sheets.csv_file import save_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from esign_desktop.domain.errors import CancelToken
    from esign_desktop.domain.flow import FlowId
    from esign_desktop.services.flows.service import FlowService


@dataclass(frozen=True, slots=True)
class MergeReport:
    """The result of merging: the number of merged files, and the name and error of each contract with a missing file.

    If the merging was stopped, nothing was written.
    """

    file_count: int
    failures: tuple[tuple[str, AppError], ...] = ()
    is_stopped: bool = False


def merge_signed(
    flow_ids: Sequence[FlowId],
    flows: FlowService,
    folder: Path,
    target: Path,
    *,
    name_of: Callable[[str, str], str],
    on_contract: Callable[[int], None],
    cancel: CancelToken,
) -> MergeReport:
    """Write the signed files of flows to one PDF, in the given order. Missing files are first downloaded to ``folder``.

    A contract whose files can't be downloaded or read does not stop the others. ``name_of`` returns a contract's name,
    given its title and its customer. ``on_contract`` receives the number of the contract, counted from 1, before its
    files are read. This call blocks on the store, the network and the disk. Raises StoreError, InputError
    ``flow.merge_onto_source`` if ``target`` is one of the files, and the PdfErrors of ``merge_pdfs``.
    """
    files: list[tuple[Path, str]] = []
    failures: list[tuple[str, AppError]] = []
    try:
        for number, flow_id in enumerate(flow_ids, 1):
            cancel.raise_if_cancelled()
            on_contract(number)
            record = flows.get(flow_id)
            name = name_of(record.title, flows.customer_of(record))
            try:
                files += [(path, name) for path in flows.signed_files(flow_id, folder, cancel=cancel)]
            except Cancelled:
                raise
            except AppError as error:
                failures.append((name, error))
        if not files:
            return MergeReport(0, tuple(failures))
        if any(_is_same(path, target) for path, _ in files):
            raise InputError("flow.merge_onto_source")
        merged = merge_pdfs(files, check_cancelled=cancel.raise_if_cancelled)
    except Cancelled:
        return MergeReport(0, is_stopped=True)
    failed = [(name, PdfError(code)) for (_, name), code in zip(files, merged.codes, strict=True) if code]
    failures += failed
    if merged.content:
        save_whole(merged.content, target)
        flows.note_export("merged")
    return MergeReport(len(files) - len(failed), tuple(failures))


def _is_same(path: Path, target: Path) -> bool:
    try:
        return path.samefile(target)
    except OSError:
        return False
