"""Convert immutable values to JSON and back, with validation. Drafts and presets are stored in versioned envelopes.

A value of a union type is stored with the name of its class as ``type``. Unknown keys are ignored, and missing keys get
their default values, so fields can be added and removed without a migration. ARCHITECTURE.md (*Stored data*) says what
a new field of a draft or preset needs besides.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Set
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from esign_desktop.domain.account import AccountKind
from esign_desktop.domain.added_pages import AddedBlock, AddedPdf, AddedTable
from esign_desktop.domain.contract.draft import ContractDraft
from esign_desktop.domain.document import Document, TemplateFilling
from esign_desktop.domain.errors import StoreError
from esign_desktop.domain.preset.preset import Preset
from esign_desktop.domain.signer import OpenSigner

if TYPE_CHECKING:
    from cattrs import Converter


T = TypeVar("T")

_TAG: Final = "type"


def to_json(value: object, kind: object) -> str:
    """Return a value of type ``kind`` as JSON that contains only ASCII characters.

    ASCII is used because file names may contain text that cannot be encoded as UTF-8.
    """
    return _written(_converter().unstructure(value, unstructure_as=kind))


def from_json(text: str, kind: type[T], *, code: str) -> T:
    """Parse a value of type ``kind``.

    Raises StoreError with ``code`` if the text is invalid. The error contains no part of the text.
    """
    return _structured(lambda: json.loads(text), kind, code)


@dataclass(frozen=True, slots=True)
class VersionedJson(Generic[T]):
    """A serializer of values of one type to JSON objects with a format number: ``{"format": …, name: …}``.

    ``oldest_format`` returns the oldest format that can express a value, and the value is written in this format. An
    earlier version of the program can therefore read every value that its format can express. Reading a newer format
    raises StoreError with ``code``.
    """

    name: str
    kind: type[T]
    format: int
    code: str
    oldest_format: Callable[[T], int] = lambda _value: 1

    def write(self, value: T) -> str:
        """Return a value as JSON."""
        plain = _converter().unstructure(value, unstructure_as=self.kind)
        return _written({"format": self.oldest_format(value), self.name: plain})

    def read(self, text: str) -> T:
        """Parse a value from JSON text that ``write`` returned.

        Raises StoreError with ``code`` if the text is invalid.
        """
        try:
            envelope = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise StoreError(self.code, type(error).__name__) from None
        return self.from_plain(envelope)

    def from_plain(self, envelope: Any) -> T:
        """Return the value that parsed JSON describes. Raises StoreError with ``code`` if the JSON is invalid."""
        try:
            version, plain = _exactly(envelope["format"], int), envelope[self.name]
        except (TypeError, KeyError) as error:
            raise StoreError(self.code, type(error).__name__) from None
        if not 1 <= version <= self.format:
            raise StoreError(self.code, f"format {version}")
        return _structured(lambda: plain, self.kind, self.code)


def _written(plain: object) -> str:
    return json.dumps(plain, separators=(",", ":"), allow_nan=False)


def _structured(plain: Callable[[], Any], kind: type[T], code: str) -> T:
    try:
        value: T = _converter().structure(plain(), kind)
    # A value's constructor may raise anything. The cause is suppressed because its message contains the values.
    except Exception as error:  # noqa: BLE001
        raise StoreError(code, type(error).__name__) from None
    return value


@cache
def _converter() -> Converter:
    from cattrs import Converter
    from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override
    from cattrs.strategies import configure_tagged_union

    from esign_desktop.domain.account import Organization, Person
    from esign_desktop.domain.options import Party, SigningDeadline
    from esign_desktop.domain.placing.placement import KeywordPlacement, Placement
    from esign_desktop.domain.signer import Signer

    # Without detailed validation, the first error ends the structuring. Otherwise each wrong value of a hostile file
    # would be collected, which takes gigabytes.
    converter = Converter(unstruct_collection_overrides={Set: sorted}, detailed_validation=False)
    # By default, cattrs would convert "3" to 3 and None to "None".
    for kind in (str, int, bool):
        converter.register_structure_hook(kind, _exactly)
    converter.register_structure_hook(float, _finite)
    for party in (Person, Organization):
        # It is derived from the other fields. Storing it would store the identity a second time.
        written = make_dict_unstructure_fn(party, converter, account_of=override(omit=True))
        converter.register_unstructure_hook(party, written)
    # Only presets have these attributes. Their form in a preset is that of ``_write_contract_parts``.
    omitted = override(omit_if_default=True)
    keyword = make_dict_unstructure_fn(KeywordPlacement, converter, fallbacks=omitted)
    converter.register_unstructure_hook(KeywordPlacement, keyword)
    _write_blocks(converter)
    # Version 0.1.0 stores tables under this name.
    blocks = override(rename="tables")
    filling = make_dict_unstructure_fn(TemplateFilling, converter, preset_fields=omitted, blocks=blocks)
    converter.register_unstructure_hook(TemplateFilling, filling)
    converter.register_structure_hook(
        TemplateFilling, make_dict_structure_fn(TemplateFilling, converter, blocks=blocks)
    )
    converter.register_unstructure_hook(Document, make_dict_unstructure_fn(Document, converter, digests=omitted))
    for union in (Signer, Placement, Party, SigningDeadline):
        configure_tagged_union(union, converter, tag_name=_TAG)
        _allow_none(converter, union)
    _write_contract_parts(converter)
    # Most drafts are named after their first document.
    converter.register_unstructure_hook(
        ContractDraft, make_dict_unstructure_fn(ContractDraft, converter, naming=omitted)
    )
    return converter


def _write_blocks(converter: Converter) -> None:
    """Store a table without ``type``, as earlier versions do, which have no other blocks."""

    def unstructure(block: AddedBlock) -> dict[str, Any]:
        plain: dict[str, Any] = converter.unstructure(block)
        return plain if isinstance(block, AddedTable) else {**plain, _TAG: AddedPdf.__name__}

    def structure(plain: Any, _kind: Any) -> AddedBlock:
        name = plain.get(_TAG)
        if name is None:
            return converter.structure(plain, AddedTable)
        if name != AddedPdf.__name__:
            raise KeyError(_TAG)
        return converter.structure(plain, AddedPdf)

    converter.register_unstructure_hook(AddedBlock, unstructure)
    converter.register_structure_hook(AddedBlock, structure)


_ROLE_TYPES: Final = {
    "OpenSigner": "CustomerRole",
    "PersonSigner": "StaffRole",
    "OrganizationSigner": "BranchRole",
    "ApplicationSigner": "PlatformRole",
}
_SIGNER_TYPES: Final = {role: signer for signer, role in _ROLE_TYPES.items()}


def _write_contract_parts(converter: Converter) -> None:
    """Store the documents, signers and placements of presets in the form in which version 0.1.0 stores them."""
    from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override

    roles, seals = override(rename="roles"), override(rename="seals")
    written = make_dict_unstructure_fn(Preset, converter, signers=roles, placements=seals)
    read = make_dict_structure_fn(Preset, converter, signers=roles, placements=seals)

    def unstructure(preset: Preset) -> dict[str, Any]:
        plain = written(preset)
        return {
            **plain,
            "documents": [_stored_document(document) for document in plain["documents"]],
            "roles": [_role_of_signer(signer) for signer in plain["roles"]],
            "seals": [_seal_of_placement(place) for place in plain["seals"]],
        }

    def structure(plain: Any, kind: Any) -> Preset:
        parts = {
            "documents": [_read_document(document) for document in plain.get("documents", ())],
            "roles": [_signer_of_role(role) for role in plain.get("roles", ())],
            "seals": [_placement_of_seal(seal) for seal in plain.get("seals", ())],
        }
        return read({**plain, **parts}, kind)

    converter.register_unstructure_hook(Preset, unstructure)
    converter.register_structure_hook(Preset, structure)


_PDF: Final = "KeptPdf"
_TEMPLATE: Final = "PlatformTemplate"


def _stored_document(plain: dict[str, Any]) -> dict[str, Any]:
    template = plain["template"]
    if template is None:
        source = {_TAG: _PDF, "sha256": plain["sha256"], "size_bytes": plain["size_bytes"]}
    else:
        source = {_TAG: _TEMPLATE, "template_id": template["template_id"], "fields": template.get("preset_fields", [])}
        if template["tables"]:
            source["tables"] = _without_paths(template["tables"])
    fingerprint = {"pages": plain["pages"], "digests": plain.get("digests", [])}
    return {"slot": plain["id"], "name": plain["name"], "fingerprint": fingerprint, "source": source}


def _read_document(plain: dict[str, Any]) -> dict[str, Any]:
    """Return the stored form of a document that ``Document`` is read from. A file can't choose any path."""
    source, fingerprint = plain["source"], plain["fingerprint"]
    document = {"id": plain["slot"], "path": "", "name": plain["name"], "size_bytes": 0, "sha256": ""}
    document |= {"pages": fingerprint["pages"], "digests": fingerprint.get("digests", ())}
    if source[_TAG] == _PDF:
        return {**document, "sha256": source["sha256"], "size_bytes": source["size_bytes"]}
    if source[_TAG] != _TEMPLATE:
        raise KeyError(_TAG)
    fields, blocks = source.get("fields", ()), _without_paths(source.get("tables", ()))
    return {**document, "template": {"template_id": source["template_id"], "preset_fields": fields, "tables": blocks}}


def _without_paths(blocks: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{key: value for key, value in block.items() if key != "path"} for block in blocks]


def _role_of_signer(plain: dict[str, Any]) -> dict[str, Any]:
    role = {"title" if key == "role" else key: value for key, value in plain.items()}
    if role.get("kind") == AccountKind.PERSON.value:
        del role["kind"]
    return {**role, _TAG: _ROLE_TYPES[plain[_TAG]]}


def _signer_of_role(plain: dict[str, Any]) -> dict[str, Any]:
    signer = {"role" if key == "title" else key: value for key, value in plain.items()}
    return {**signer, _TAG: _SIGNER_TYPES[plain[_TAG]]}


def _seal_of_placement(plain: dict[str, Any]) -> dict[str, Any]:
    shared = {key: plain.get(key) for key in ("signer_id", "document_id", "width_pt", "with_qr_code")}
    placement = {key: value for key, value in plain.items() if key != "fallbacks"}
    fallbacks = [
        {"id": f"{plain['id']} at {number}", **shared, **point, "anchor": None, "unverified_at": None}
        for number, point in enumerate(plain.get("fallbacks", ()), 1)
    ]
    return {"placement": placement, "fallbacks": fallbacks}


def _placement_of_seal(plain: dict[str, Any]) -> dict[str, Any]:
    return {**plain["placement"], "fallbacks": plain.get("fallbacks", ())}


def _allow_none(converter: Converter, union: Any) -> None:
    """Store the members of ``union | None`` like those of ``union``. cattrs treats the two as different unions."""
    structure, unstructure = converter.get_structure_hook(union), converter.get_unstructure_hook(union)
    converter.register_structure_hook(
        union | None, lambda value, _kind: None if value is None else structure(value, union)
    )
    converter.register_unstructure_hook(union | None, lambda value: None if value is None else unstructure(value))


def _exactly(value: Any, kind: type[T]) -> T:
    # cattrs also calls the hook for int when the type is an enum derived from int.
    if issubclass(kind, Enum):
        return kind(value)
    if type(value) is not kind:
        raise TypeError(kind.__name__)
    return value


def _finite(value: Any, _kind: type[float]) -> float:
    if type(value) not in {int, float} or not math.isfinite(value):
        raise TypeError("float")
    return float(value)


DRAFT_FORMAT: Final = 2
"""The newest format of drafts.

Format 2 adds open signers, signers who may sign at any time, and pages of PDF files that follow a template's document.
"""


def _has_pdf_blocks(documents: Iterable[Document]) -> bool:
    return any(document.added_pdfs for document in documents)


def _oldest_draft_format(draft: ContractDraft) -> int:
    has_open_signer = any(isinstance(signer, OpenSigner) for signer in draft.signers)
    return 2 if has_open_signer or draft.anytime_signers or _has_pdf_blocks(draft.documents) else 1


_DRAFTS: Final = VersionedJson("draft", ContractDraft, DRAFT_FORMAT, "store.bad_draft", _oldest_draft_format)


def draft_to_json(draft: ContractDraft) -> str:
    """Return a draft as JSON, including ID numbers."""
    return _DRAFTS.write(draft)


def draft_from_json(text: str) -> ContractDraft:
    """Parse a draft from JSON text. Raises StoreError ``store.bad_draft`` if the text is invalid."""
    return _DRAFTS.read(text)


PRESET_FORMAT: Final = 3
"""The newest format of presets.

Format 2 adds open signers that are organizations, signers who may sign at any time, and tables of templates. Format 3
adds pages of PDF files that follow a template's document.
"""
BAD_PRESET: Final = "store.bad_preset"


def _oldest_preset_format(preset: Preset) -> int:
    if _has_pdf_blocks(preset.documents):
        return 3
    has_organization = any(customer.kind is AccountKind.ORGANIZATION for customer in preset.customers)
    has_tables = any(document.template is not None and document.template.blocks for document in preset.documents)
    return 2 if has_organization or preset.anytime_signers or has_tables else 1


_PRESETS: Final = VersionedJson("preset", Preset, PRESET_FORMAT, BAD_PRESET, _oldest_preset_format)


def preset_to_json(preset: Preset) -> str:
    """Return a preset as JSON, including the ID numbers of staff if the preset still contains them."""
    return _PRESETS.write(preset)


def preset_from_plain(envelope: object) -> Preset:
    """Return the preset that parsed JSON describes. Raises StoreError ``store.bad_preset`` if the JSON is invalid."""
    return _PRESETS.from_plain(envelope)


def preset_from_json(text: str) -> Preset:
    """Parse a preset from JSON text. Raises StoreError ``store.bad_preset`` if the text is invalid."""
    return _PRESETS.read(text)
