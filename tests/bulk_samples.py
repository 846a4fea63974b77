"""Presets and rows for tests of sheets; numbers are made up, with the right check digits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from esign_desktop.domain.account import Organization, Person
from esign_desktop.domain.bulk.rows import RowChecks
from esign_desktop.domain.bulk.sheet import Sheet, SheetRow, Worksheets
from esign_desktop.domain.document import Document, DocumentId, TemplateFilling
from esign_desktop.domain.options import FlowOptions
from esign_desktop.domain.preset.fields import CustomerDatum, FormField
from esign_desktop.domain.preset.preset import Preset, PresetId
from esign_desktop.domain.signer import OpenSigner, OrganizationSigner, PersonSigner, SignerId, SigningTerms
from esign_desktop.services.bulk.plan import answer_problem
from esign_desktop.services.people.identity import is_credit_code, is_plausible_mobile, is_resident_number
from esign_desktop.services.sheets.reading import open_sheet
from tests.drafts import A4

if TYPE_CHECKING:
    from pathlib import Path

HEADINGS: Final = ("姓名", "身份证号", "手机号")
CHECKS: Final = RowChecks(
    *(is_resident_number, is_credit_code, is_plausible_mobile),
    is_minor=lambda number: number[6:10] > "2010",
    answer_problem=answer_problem,
)
CREDIT_CODE: Final = "91110000600037341L"
BORROWER: Final = SignerId("borrower")
GUARANTOR: Final = SignerId("guarantor")
STAFF: Final = SignerId("staff")
BANK: Final = SignerId("bank")

_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def id_number(count: int) -> str:
    """Return an ID number, another one for each count up to 24,999."""
    body = f"110101{1950 + count // 500}0101{count % 500 * 2 + 1:03}"
    return body + "10X98765432"[sum(int(c) * w for c, w in zip(body, _WEIGHTS, strict=True)) % 11]


def person_row(count: int) -> tuple[str, str, str]:
    """Return name, ID number and mobile of somebody, another person for each count."""
    return f"样本{'甲乙丙丁戊己庚辛壬癸'[count % 10]}{chr(0x4E00 + count)}", id_number(count), f"138{count:08}"


def make_preset(
    *, customers: int = 1, questions: tuple[str, ...] = (), staff: bool = False, bank: bool = False
) -> Preset:
    """Return a preset of a template, whose branch seals silently."""
    titles = {BORROWER: "借款人", GUARANTOR: "担保人"}
    roles: list[OpenSigner | PersonSigner | OrganizationSigner] = [
        OpenSigner(role_id, title, SigningTerms(number))
        for number, (role_id, title) in enumerate([*titles.items()][:customers], 1)
    ]
    if staff:
        roles.append(PersonSigner(STAFF, Person("赵经理", account_id="account-1"), role="客户经理"))
    if bank:
        terms = SigningTerms(9, is_silent=True)
        roles.append(
            OrganizationSigner(BANK, Organization("示例银行", CREDIT_CODE), Person("王经办", id_number(1)), terms)
        )
    fields = tuple(FormField(question, CustomerDatum.TYPED) for question in questions)
    template = TemplateFilling("t", preset_fields=fields)
    document = Document(DocumentId("slot"), "", "借款合同", 0, "", (A4,), template=template)
    options = FlowOptions("借款合同")
    return Preset(PresetId("preset"), "借款", documents=(document,), signers=tuple(roles), options=options)


def make_sheet(*rows: tuple[str, ...], headings: tuple[str, ...] = HEADINGS) -> Sheet:
    """Return a sheet whose headings stand in its first row."""
    return Sheet("名单.xlsx", "名单.xlsx", headings, tuple(SheetRow(number, row) for number, row in enumerate(rows, 2)))


def read_sheet(path: Path, *, worksheet: str | None = None) -> Sheet:
    """Read a sheet; of several worksheets with rows the first, unless one is named."""
    found = open_sheet(path, worksheet=worksheet)
    if isinstance(found, Worksheets):
        found = open_sheet(path, worksheet=found.filled[0])
    assert isinstance(found, Sheet)
    return found
