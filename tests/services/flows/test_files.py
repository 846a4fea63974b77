from __future__ import annotations

from dataclasses import replace

from esign_desktop.domain.file_names import FolderLayout
from esign_desktop.domain.flow import FlowStatus
from esign_desktop.services.flows.files import file_stem, subfolder
from tests.drafts import NOW_MS
from tests.ui.flow_samples import DAY_MS, make_flow


def test_the_folder_is_the_customers_or_the_contracts() -> None:
    assert subfolder(make_flow(title="借款"), "李四") == "李四"
    assert subfolder(make_flow(title="借款"), "") == "借款"


def test_the_folder_is_the_month_of_the_date_or_none() -> None:
    record = make_flow(status=FlowStatus.COMPLETED)
    assert subfolder(record, "李四", FolderLayout.MONTH) == "2027-01"
    assert record.detail is not None
    ended = replace(record, detail=replace(record.detail, ended_at_ms=NOW_MS + 31 * DAY_MS))
    assert subfolder(ended, "李四", FolderLayout.MONTH) == "2027-02"
    assert file_stem(ended, "合同", fallback="x").startswith("2027-02-")
    assert subfolder(record, "李四", FolderLayout.FLAT) == ""


def test_names_from_outside_cannot_lead_elsewhere() -> None:
    record = make_flow()
    assert subfolder(record, "../../a\\b:c\u202e") == "_.._a_b_c_"
    assert subfolder(record, "NUL") == "_NUL"
    assert len(subfolder(record, "长" * 10_000)) == 60
    assert file_stem(record, "合同", "../a/b", fallback="x") == "2027-01-15_合同__a_b"
    assert len(file_stem(record, "长" * 10_000, "名" * 10_000, fallback="x")) == 11 + 60 + 1 + 30


def test_the_day_is_that_of_the_end_if_it_is_known() -> None:
    record = make_flow(status=FlowStatus.COMPLETED)
    assert file_stem(record, "借款合同.pdf", fallback="x") == "2027-01-15_借款合同"
    assert record.detail is not None
    ended = replace(record, detail=replace(record.detail, ended_at_ms=NOW_MS + DAY_MS))
    assert file_stem(ended, "", fallback="doc-1") == "2027-01-16_doc-1"
