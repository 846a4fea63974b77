"""One preset and one draft for each thing that a preset or a draft can say."""

from __future__ import annotations

from dataclasses import MISSING, fields, is_dataclass, replace
from enum import StrEnum
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from esign_desktop.domain.account import AccountKind, Organization, OrganizationCodeType, Person, PersonIdType
from esign_desktop.domain.added_pages import FRAME, AddedPdf, AddedTable
from esign_desktop.domain.document import (
    Document,
    DocumentId,
    FieldSource,
    PreflightFacts,
    SignerDatum,
    TemplateFilling,
    WantedField,
)
from esign_desktop.domain.environment import EnvironmentKind, PlatformBehaviour
from esign_desktop.domain.flow import FlowId
from esign_desktop.domain.geometry import PageFrame, PagePoint, PageRect, Rotation
from esign_desktop.domain.options import (
    AccountParty,
    NoticeChannel,
    SignerParty,
    SignPlatform,
    SignUntil,
    SignWithin,
)
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.domain.placing.anchors import WordAnchor
from esign_desktop.domain.placing.placement import CoordinatePlacement
from esign_desktop.domain.preset.edits import RoleKind, add_role
from esign_desktop.domain.preset.fields import CustomerDatum, FormField
from esign_desktop.domain.preset.preset import PresetHome, PresetId
from esign_desktop.domain.preset.questions import AnswerKind
from esign_desktop.domain.signer import (
    CertificateType,
    OpenSigner,
    OrganizationSigner,
    PersonSigner,
    SealType,
    SignerId,
    SigningTerms,
)
from esign_desktop.domain.titles import Naming
from tests.domain.preset.test_preset import make_preset
from tests.store.samples import DRAFT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from esign_desktop.domain.added_pages import AddedBlock
    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.preset.preset import Preset
    from esign_desktop.domain.signer import Signer

FILE: Final = b"%PDF-1.7 a file of these presets"
SHA256: Final = sha256(FILE).hexdigest()
_MADE: Final = make_preset(id=PresetId("ab" * 16), name="个人借款")
PLAIN: Final = replace(_MADE, documents=tuple(replace(document, sha256=SHA256) for document in _MADE.documents))
TABLE: Final = AddedTable((("期次", "金额"), ("一", "500")), "还款计划表", has_header=False, after_page=1)
PDF: Final = AddedPdf("条款.pdf", SHA256, len(FILE), (FRAME, replace(FRAME, rotation=Rotation.RIGHT)), after_page=1)


def with_roles(*kinds: RoleKind) -> Preset:
    """Return the plain preset with more signers."""
    preset = PLAIN
    for kind in kinds:
        preset = add_role(preset, kind)
    return preset


def with_options(**changes: Any) -> Preset:
    """Return the plain preset with other options."""
    return replace(PLAIN, options=replace(PLAIN.options, **changes))


def with_terms(**changes: Any) -> Preset:
    """Return the plain preset whose customer signs under other terms."""
    customer = PLAIN.signers[0]
    return replace(PLAIN, signers=(replace(customer, terms=replace(customer.terms, **changes)), *PLAIN.signers[1:]))


def with_form(*form_fields: FormField, blocks: tuple[AddedBlock, ...] = ()) -> Preset:
    """Return the plain preset with a template in place of its file."""
    document = PLAIN.documents[0].created_from(TemplateFilling("t-1", blocks=blocks, preset_fields=form_fields))
    home = PresetHome(EnvironmentKind.TEST, "project")
    return replace(PLAIN, documents=(document,), home=home)


def with_seals(**changes: Any) -> Preset:
    """Return the plain preset whose seals have other values, where they have the attribute."""
    seals = (replace(p, **{k: v for k, v in changes.items() if hasattr(p, k)}) for p in PLAIN.placements)
    return replace(PLAIN, placements=tuple(seals))


def with_known_parties() -> Preset:
    """Return the plain preset whose staff and branch have every particular."""
    person = Person("王五", "E12345678", PersonIdType.PASSPORT, "13800000000", "w@example.com")
    organization = Organization("示例公司", "91350100M000100Y43", OrganizationCodeType.BUSINESS_REGISTRATION)
    organization = replace(
        organization,
        email="o@example.com",
        legal_name="赵六",
        legal_id_number="E7654321",
        legal_id_type=PersonIdType.PASSPORT,
    )
    known = Person("周经理", third_id="t-7", account_id="a-7")
    company = Organization("示例银行", third_id="t-8", account_id="a-8")
    signers = (
        PersonSigner(SignerId("role 6"), known, role="主管"),
        OrganizationSigner(SignerId("role 7"), company, known, role="保证人"),
        PersonSigner(SignerId("role 8"), person, role="经办人"),
        OrganizationSigner(SignerId("role 9"), organization, person, role="贷款人"),
    )
    return replace(PLAIN, signers=(*PLAIN.signers, *signers), home=PresetHome(EnvironmentKind.TEST, "project"))


def turned(rotation: Rotation) -> Preset:
    """Return the plain preset whose pages are turned, with a page box that does not begin at zero."""
    frame = PageFrame(842.0, 595.0, rotation, 2.0, 10.5, -3.25)
    return replace(PLAIN, documents=(replace(PLAIN.documents[0], pages=(frame,) * 3),))


def _second_document() -> Document:
    return replace(PLAIN.documents[0], id=DocumentId("document 2"))


_QUESTIONS: Final = tuple(
    FormField(kind.value, CustomerDatum.TYPED, kind=kind, label="问", choices=("甲", "乙"), most_characters=20)
    for kind in AnswerKind
)
_DATA: Final = tuple(FormField(datum.value, datum, PLAIN.signers[0].id, is_required=False) for datum in CustomerDatum)
_POINT: Final = next(p for p in PLAIN.placements if isinstance(p, CoordinatePlacement))

PRESETS: Final[Mapping[str, Preset]] = {
    "plain": PLAIN,
    "key and settled": replace(PLAIN, function_key=5, settled=("a doubt", "another")),
    "second customer": with_roles(RoleKind.CUSTOMER),
    "nobody known": with_roles(RoleKind.STAFF, RoleKind.BRANCH, RoleKind.PLATFORM),
    "known parties": with_known_parties(),
    "no title": replace(with_options(business_scene=""), name="无标题"),
    "another pays": with_options(payer=AccountParty("account-9", "付款方"), initiator=SignerParty(PLAIN.signers[1].id)),
    "until a day": with_options(deadline=SignUntil(1_900_000_000_000), archive_until_ms=1_950_000_000_000),
    "for half an hour": with_options(deadline=SignWithin(1_800_000), notices=frozenset()),
    "without deadline": with_options(deadline=None, notices=frozenset(NoticeChannel)),
    "ways of signing": with_options(platforms=frozenset(SignPlatform), redirect_url="https://example.com/done"),
    "at any time": with_terms(step=0),
    "terms": with_terms(
        is_silent=True, seal_types=frozenset({SealType.TEMPLATE}), certificate=CertificateType.UKEY, step=3
    ),
    "free places": with_terms(free_documents=(PLAIN.documents[0].id,)),
    "without order": replace(PLAIN, is_ordered=False),
    "width and code": with_seals(width_pt=113.4, with_qr_code=True),
    "not counted": with_seals(confirmed_hits=None, fallbacks=()),
    "never found": with_seals(confirmed_hits=0),
    "some pages": with_seals(pages=PageRanges.of([1, 3])),
    "two documents": replace(PLAIN, documents=(*PLAIN.documents, _second_document())),
    **{f"turned by {rotation}": turned(rotation) for rotation in Rotation},
    "form": with_form(FormField("amount", text="fixed")),
    "form with data": with_form(*_DATA),
    "form with questions": with_form(*_QUESTIONS),
    "open organization": with_roles(RoleKind.CUSTOMER_ORGANIZATION),
    "table": with_form(blocks=(TABLE, AddedTable())),
    "pages of a file": with_form(blocks=(PDF,)),
    "all": replace(
        with_form(*_QUESTIONS, blocks=(TABLE, PDF)), signers=with_roles(RoleKind.CUSTOMER_ORGANIZATION).signers
    ),
}

_BOX: Final = PageRect(10.0, 20.0, 110.0, 34.0)
_WANTED: Final = WantedField("goods", False, "货物", AnswerKind.CHOICE, ("甲", "乙"), 30, 2, _BOX, 9.0)
_FILLED: Final = TemplateFilling(
    "t-1",
    (("amount", "500"),),
    (_WANTED, WantedField("amount")),
    (FieldSource("goods", SignerId("one"), SignerDatum.NAME),),
    ("amount",),
)


def _with_blocks(*blocks: AddedBlock) -> ContractDraft:
    filling = replace(_FILLED, blocks=blocks, added_pages=len(blocks))
    return replace(DRAFT, documents=(replace(DRAFT.documents[0], template=filling),))


def _with_other_terms(**changes: Any) -> tuple[Signer, ...]:
    return tuple(replace(signer, terms=replace(signer.terms, **changes)) for signer in DRAFT.signers)


def _with_anchors() -> ContractDraft:
    anchor = WordAnchor(DRAFT.documents[0].id, 1, PagePoint(1.0, 2.0), _BOX, "盖章", 1, 2)
    seals = [p for p in DRAFT.placements if isinstance(p, CoordinatePlacement)]
    return replace(DRAFT, placements=tuple(replace(p, anchor=anchor, unverified_at=p.center) for p in seals))


def _other_behaviour() -> PlatformBehaviour:
    default = PlatformBehaviour()
    other: dict[str, Any] = {}
    for field in fields(default):
        value = getattr(default, field.name)
        other[field.name] = next(v for v in type(value) if v is not value) if isinstance(value, StrEnum) else value + 1
    return PlatformBehaviour(**other)


_OPEN: Final = OpenSigner(SignerId("one"), "借款人", SigningTerms(2), AccountKind.ORGANIZATION)
_OTHER_FACTS: Final = PreflightFacts(
    has_text=False, has_unembedded_fonts=True, is_repaired=True, is_encrypted=True, facts_are_partial=True
)
DRAFTS: Final[Mapping[str, ContractDraft]] = {
    "every field": DRAFT,
    "terms": replace(DRAFT, signers=_with_other_terms(is_silent=False, step=4, free_documents=("paper",))),
    "at any time": replace(DRAFT, signers=_with_other_terms(step=0)),
    "seals": replace(DRAFT, placements=with_seals(width_pt=113.4, with_qr_code=True, fallbacks=()).placements),
    "facts": replace(DRAFT, documents=(replace(DRAFT.documents[0], facts=_OTHER_FACTS),)),
    "anchors": _with_anchors(),
    "named by a rule": replace(DRAFT, naming=Naming("{合同} – {客户}", frozenset({"示例公司"}))),
    "corrected": replace(DRAFT, replaces=FlowId("flow-1"), reference="case 7"),
    "another platform": replace(DRAFT, behaviour=_other_behaviour()),
    "roles": replace(DRAFT, signers=with_known_parties().signers[-4:]),
    "form": _with_blocks(),
    "table": _with_blocks(TABLE),
    "open signer": replace(DRAFT, signers=(_OPEN,)),
    "pages of a file": _with_blocks(TABLE, replace(PDF, path="/copies/条款.pdf")),
}


NOT_OF_PRESETS: Final = frozenset(
    (
        *(f"PreflightFacts.{field.name}" for field in fields(PreflightFacts)),
        *("Document.facts", "AddedPdf.path", "CoordinatePlacement.anchor", "CoordinatePlacement.unverified_at"),
        *(f"TemplateFilling.{name}" for name in ("added_pages", "fields", "sources", "unlinked", "wanted")),
        "Identity.number",
    )
)
"""Attributes of values that presets and drafts have in common, which presets do not keep."""
NOT_OF_DRAFTS: Final = frozenset(
    {"Document.digests", "Identity.number", "KeywordPlacement.fallbacks", "TemplateFilling.preset_fields"}
)


def unused(samples: Iterable[object]) -> set[str]:
    """Return the attributes of the samples' values that have their default in every sample."""
    used: set[str] = set()
    known: set[str] = set()

    def visit(value: object) -> None:
        if isinstance(value, (tuple, frozenset)):
            for each in value:
                visit(each)
        if not is_dataclass(value):
            return
        for field in fields(value):
            name, content = f"{type(value).__name__}.{field.name}", getattr(value, field.name)
            default = field.default if field.default_factory is MISSING else field.default_factory()
            known.add(name)
            if content != default:
                used.add(name)
            visit(content)

    for sample in samples:
        visit(sample)
    return known - used
