"""Check a preset that is being edited. BLOCKING problems prevent the user from saving the preset.

The codes of the problems, with their parameters in parentheses, are: ``name_missing``; ``bad_address``;
``key_without_customer`` (key); ``nobody``; ``no_customer``; ``staff_unknown`` (count); ``titles_alike``;
``without_seal`` and ``silent_without_seal`` (role); ``customer_is_silent`` (role); ``document_without_seal``
(document).

Codes about a seal (all with number): ``keyword_missing``, ``keyword_too_long`` (most), ``keyword_not_found`` (keyword),
``keyword_unconfirmed`` (keyword, count), ``no_such_page`` (pages, page_count), ``outside_page``, ``too_few_pages``.

Codes about forms: ``template_id_missing`` (document); ``field_name_missing`` (number); ``field_twice``,
``field_without_choices``, ``field_without_text``, ``field_of_nobody`` (field).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from esign_desktop.domain.contract.problems import Problem, Severity
from esign_desktop.domain.document import Document, DocumentId
from esign_desktop.domain.errors import InputError
from esign_desktop.domain.options import is_web_address
from esign_desktop.domain.placing.participation import signed_documents
from esign_desktop.domain.placing.placement import (
    MAX_KEYWORD_CHARACTERS,
    CoordinatePlacement,
    CrossPagePlacement,
    KeywordPlacement,
)
from esign_desktop.domain.preset.fields import CustomerDatum
from esign_desktop.domain.preset.questions import AnswerKind
from esign_desktop.domain.signer import OpenSigner, is_person, title_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from esign_desktop.domain.environment import Environment
    from esign_desktop.domain.placing.placement import Placement
    from esign_desktop.domain.preset.fields import FormField
    from esign_desktop.domain.preset.preset import Preset
    from esign_desktop.domain.signer import SignerId


KeywordCounts = Mapping[tuple[DocumentId, str], int]
"""The number of matches of each keyword in the preset's documents, for the keywords searched so far."""


def check_preset(preset: Preset, counts: KeywordCounts | None = None) -> tuple[Problem, ...]:
    """Return the preset's problems, with the most severe problems first."""
    found = [*_general(preset), *_people(preset), *_seals(preset, counts or {}), *_forms(preset)]
    return tuple(sorted(found, key=lambda problem: -problem.severity))


def require_sendable(preset: Preset) -> None:
    """Raise InputError if a contract made from the preset would lack a seal.

    The codes are ``preset.keyword_not_found`` (keyword), ``preset.keyword_unchecked`` (keyword) and
    ``preset.seal_missing``.
    """
    for place in preset.placements:
        if isinstance(place, KeywordPlacement) and place.confirmed_hits == 0 and not place.fallbacks:
            raise InputError("preset.keyword_not_found", keyword=place.keyword)
    unchecked = next(uncounted_keywords(preset), None)
    if unchecked is not None:
        raise InputError("preset.keyword_unchecked", keyword=unchecked)
    if any(problem.code in {"silent_without_seal", "document_without_seal"} for problem in check_preset(preset)):
        raise InputError("preset.seal_missing")


def require_usable(preset: Preset, environment: Environment, named_elsewhere: Collection[SignerId] = ()) -> None:
    """Raise InputError if contracts made from the preset could not be sent in the environment.

    ``named_elsewhere`` contains the roles whose signers are chosen outside the preset. The codes are
    ``preset.other_environment`` (environment), ``preset.staff_unknown`` (count), and those of ``require_sendable``.
    """
    home = preset.home
    if home is not None and (home.environment, home.project_id) != (environment.kind, environment.project_id):
        raise InputError("preset.other_environment", environment=home.environment.value)
    unknown = set(preset.roles_without_signer) - set(named_elsewhere)
    if unknown:
        raise InputError("preset.staff_unknown", count=len(unknown))
    require_sendable(preset)


def uncounted_keywords(preset: Preset) -> Iterator[str]:
    """Yield the keywords whose matches have not been counted yet.

    Only keywords in the preset's own PDFs are considered, because templates on the platform cannot be searched.
    """
    kept = {document.id for document in preset.documents if document.template is None}
    for place in preset.placements:
        if isinstance(place, KeywordPlacement) and place.confirmed_hits is None and place.document_id in kept:
            yield place.keyword


def _general(preset: Preset) -> Iterator[Problem]:
    if not preset.name.strip():
        yield Problem("name_missing", Severity.BLOCKING)
    if preset.options.redirect_url and not is_web_address(preset.options.redirect_url):
        yield Problem("bad_address", Severity.BLOCKING)
    if preset.function_key is not None and preset.signers and not preset.customers:
        yield _problem("key_without_customer", Severity.BLOCKING, key=preset.function_key)


def _people(preset: Preset) -> Iterator[Problem]:
    if not preset.signers:
        yield Problem("nobody", Severity.BLOCKING)
        return
    customers = preset.customers
    if not customers:
        yield Problem("no_customer", Severity.WARNING)
    if len({role.role for role in customers}) < len(customers):
        yield Problem("titles_alike", Severity.WARNING)
    if preset.roles_without_signer:
        yield _problem("staff_unknown", Severity.WARNING, count=len(preset.roles_without_signer))
    sealing = {place.signer_id for place in preset.placements}
    for number, role in enumerate(preset.signers, 1):
        title = title_of(role) or str(number)
        if role.id not in sealing and not (role.terms.free_documents and not role.terms.is_silent):
            if role.terms.is_silent:
                yield _problem("silent_without_seal", Severity.BLOCKING, role=title)
            else:
                yield _problem("without_seal", Severity.WARNING, role=title)
        if isinstance(role, OpenSigner) and is_person(role) and role.terms.is_silent:
            yield _problem("customer_is_silent", Severity.WARNING, role=title)


def _seals(preset: Preset, counts: KeywordCounts) -> Iterator[Problem]:
    documents = {document.id: document for document in preset.documents}
    if preset.signers:
        signed = signed_documents(preset)
        for preset_document in preset.documents:
            if preset_document.id not in signed:
                yield _problem("document_without_seal", Severity.BLOCKING, document=preset_document.name)
    for number, place in enumerate(preset.placements, 1):
        document = documents.get(place.document_id)
        if document is not None:
            for problem in _of_seal(place, document, counts):
                yield replace(problem, params={"number": number, **problem.params})


def _of_seal(place: Placement, document: Document, counts: KeywordCounts) -> Iterator[Problem]:
    page_count = document.page_count
    if isinstance(place, KeywordPlacement):
        yield from _of_keyword(place, counts.get((document.id, place.keyword), place.confirmed_hits))
    if isinstance(place, CrossPagePlacement) and len(place.pages) < 2:
        yield Problem("too_few_pages", Severity.BLOCKING)
    for position in place.fallback_placements if isinstance(place, KeywordPlacement) else (place,):
        if position.pages.last > page_count:
            yield _problem("no_such_page", Severity.BLOCKING, pages=str(position.pages), page_count=page_count)
        elif isinstance(position, CoordinatePlacement) and not _is_on_page(position, document):
            yield Problem("outside_page", Severity.WARNING)


def _of_keyword(place: KeywordPlacement, count: int | None) -> Iterator[Problem]:
    if not place.keyword.strip():
        yield Problem("keyword_missing", Severity.BLOCKING)
        return
    if len(place.keyword) > MAX_KEYWORD_CHARACTERS:
        yield _problem("keyword_too_long", Severity.WARNING, most=MAX_KEYWORD_CHARACTERS)
    if count == 0 and not place.fallbacks:
        yield _problem("keyword_not_found", Severity.BLOCKING, keyword=place.keyword)
    elif count is not None and count > 1 and place.confirmed_hits != count:
        yield _problem("keyword_unconfirmed", Severity.BLOCKING, keyword=place.keyword, count=count)


def _is_on_page(place: CoordinatePlacement, document: Document) -> bool:
    frame = document.pages[place.pages.first - 1]
    return 0 <= place.center.x_pt <= frame.width_pt and 0 <= place.center.y_pt <= frame.height_pt


def _forms(preset: Preset) -> Iterator[Problem]:
    for document in preset.documents:
        template = document.template
        if template is not None:
            if not template.template_id.strip():
                yield _problem("template_id_missing", Severity.BLOCKING, document=document.name)
            names = Counter(form_field.name.strip() for form_field in template.preset_fields)
            for number, form_field in enumerate(template.preset_fields, 1):
                yield from _of_field(form_field, number, names, preset)


def _of_field(form_field: FormField, number: int, names: Counter[str], preset: Preset) -> Iterator[Problem]:
    name = form_field.name.strip()
    if not name:
        yield _problem("field_name_missing", Severity.BLOCKING, number=number)
        return
    if names[name] > 1:
        yield _problem("field_twice", Severity.BLOCKING, field=name)
    if form_field.datum is CustomerDatum.TYPED and form_field.kind is AnswerKind.CHOICE and not form_field.choices:
        yield _problem("field_without_choices", Severity.BLOCKING, field=name)
    if form_field.datum is None and not form_field.text.strip():
        yield _problem("field_without_text", Severity.WARNING, field=name)
    if form_field.datum not in {None, CustomerDatum.TYPED} and not preset.customers:
        yield _problem("field_of_nobody", Severity.BLOCKING, field=name)


def _problem(code: str, severity: Severity, **params: str | float) -> Problem:
    return Problem(code, severity, params=params)
