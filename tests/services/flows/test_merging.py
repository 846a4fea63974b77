from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import pymupdf
import pytest

from esign_desktop.domain.errors import ApiError, CancelToken, InputError, StoreError
from esign_desktop.domain.flow import FlowId, FlowRecord, FlowStatus
from esign_desktop.override import override
from esign_desktop.services.flows.merging import MergeReport, merge_signed
from tests.sandbox.pages import text_pdf
from tests.ui.flow_samples import FakeFlows, make_flow

if TYPE_CHECKING:
    from pathlib import Path


class Signed(FakeFlows):
    """Flows whose files are on this computer, but for those with an error."""

    def __init__(self, folder: Path, *names: str, **failures: Exception) -> None:
        records = (make_flow(name=name, title=f"合同{name}", status=FlowStatus.COMPLETED) for name in names)
        super().__init__(*map(replace, records))
        self.folder, self.failures = folder, failures

    @override
    def signed_files(self, flow_id: FlowId, folder: Path, *, cancel: Any = None) -> tuple[Path, ...]:
        if flow_id in self.failures:
            raise self.failures[flow_id]
        path = self.folder / f"{flow_id}.pdf"
        if not path.exists():
            path.write_bytes(text_pdf(f"contract {flow_id}"))
        return (path,)


def merge(flows: FakeFlows, target: Path, *names: str, cancel: CancelToken | None = None) -> MergeReport:
    return merge_signed(
        [FlowId(name) for name in names],
        cast("Any", flows),
        target.parent,
        target,
        name_of=lambda title, customer: f"{title} – {customer}",
        on_contract=lambda number: flows.calls.append(f"contract {number}"),
        cancel=cancel or CancelToken(),
    )


def names_in(path: Path) -> list[str]:
    pdf: Any = pymupdf.open(path)
    return [name for _, name, _ in pdf.get_toc()]


def test_a_contract_that_fails_does_not_stop_the_others(tmp_path: Path) -> None:
    flows = Signed(tmp_path, "a", "b", "c", "d", b=ApiError("api.download_failed"))
    (tmp_path / "c.pdf").write_bytes(b"damaged")
    target = tmp_path / "merged.pdf"
    report = merge(flows, target, "a", "b", "c", "d")
    told = [(name, error.code) for name, error in report.failures]
    assert told == [("合同b – 张三", "api.download_failed"), ("合同c – 张三", "pdf.damaged")]
    assert (report.file_count, report.is_stopped) == (2, False)
    assert names_in(target) == ["合同a – 张三", "合同d – 张三"]
    assert flows.calls == ["contract 1", "contract 2", "contract 3", "contract 4", "exported merged"]


def test_if_all_fail_nothing_is_written_or_noted(tmp_path: Path) -> None:
    flows = Signed(tmp_path, "a", "b", a=ApiError("api.download_failed"))
    (tmp_path / "b.pdf").write_bytes(b"damaged")
    for names in (("a",), ("a", "b")):
        report = merge(flows, tmp_path / "merged.pdf", *names)
        assert (report.file_count, len(report.failures)) == (0, len(names))
    assert not (tmp_path / "merged.pdf").exists()
    assert "exported merged" not in flows.calls


def test_a_stop_leaves_what_was_there(tmp_path: Path) -> None:
    target, cancel = tmp_path / "merged.pdf", CancelToken()
    target.write_bytes(b"before")

    class Stopped(Signed):
        @override
        def get(self, flow_id: FlowId) -> FlowRecord:
            if flow_id == "b":
                cancel.cancel()
            return super().get(flow_id)

    flows = Stopped(tmp_path, "a", "b", "c")
    assert merge(flows, target, "a", "b", "c", cancel=cancel) == MergeReport(0, is_stopped=True)
    assert target.read_bytes() == b"before"
    assert flows.calls == ["contract 1", "contract 2"]


def test_a_signed_file_is_not_overwritten_by_the_merged_one(tmp_path: Path) -> None:
    flows = Signed(tmp_path, "a", "b")
    merge(flows, tmp_path / "merged.pdf", "a", "b")
    before = (tmp_path / "a.pdf").read_bytes()
    with pytest.raises(InputError, match=r"flow\.merge_onto_source"):
        merge(flows, tmp_path / "a.pdf", "a", "b")
    assert (tmp_path / "a.pdf").read_bytes() == before


def test_a_folder_that_is_gone_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreError):
        merge(Signed(tmp_path, "a"), tmp_path / "gone" / "merged.pdf", "a")
