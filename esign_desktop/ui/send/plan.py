"""Describe a contract in sentences: its signers, their seals, the signing order and the terms."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication, QObject

from esign_desktop.domain.account import masked_number
from esign_desktop.domain.added_pages import MOST_ADDED_PAGES
from esign_desktop.domain.options import Party, SignerParty
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.domain.placing.participation import free_documents
from esign_desktop.domain.placing.placement import (
    CoordinatePlacement,
    CrossPagePlacement,
    KeywordPlacement,
    SealMark,
    marks_of,
)
from esign_desktop.domain.signer import ApplicationSigner, OrganizationSigner
from esign_desktop.ui.text.moments import china_time, circled, span
from esign_desktop.ui.text.options import channel_words, platform_words
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.text.signer import certificate_words, number_words, reach_words, seal_type_words, signer_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.document import Document
    from esign_desktop.domain.placing.placement import KeywordHits, Placement
    from esign_desktop.domain.signer import Signer, SignerId
    from esign_desktop.services.people.accounts import Reach


_LONG_NUMBER: Final = re.compile(r"[0-9]{14,}[0-9Xx]")


class PlanCounts(QObject):
    """Texts with numbers of seals.

    They use ``QObject.tr``, because ``pyside6-lupdate`` does not extract plural forms from
    ``QCoreApplication.translate``.
    """

    def seals(self, count: int) -> str:
        return self.tr("%n seal(s) on {document} p. {pages}", "", count)

    def seals_at_keyword(self, count: int) -> str:
        return self.tr("%n seal(s) on {document} p. {pages} at “{keyword}”", "", count)


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A sentence about a placement and the marks of its seals. There are no marks if the signer places the seal."""

    text: str = field(repr=False)
    marks: tuple[SealMark, ...] = ()


@dataclass(frozen=True, slots=True)
class PlanLine:
    """The description of a signer.

    Together with ``name``, ``text`` is a complete sentence. ``how`` describes the terms and the signer's ID number, and
    ``rows`` the placements.
    """

    number: int
    name: str = field(repr=False)
    text: str = field(repr=False)
    how: str
    rows: tuple[PlanRow, ...]


@dataclass(frozen=True, slots=True)
class PlanStep:
    """The signers who may sign at the same time. ``title`` is empty if there is only one step with only one signer."""

    title: str
    lines: tuple[PlanLine, ...]


def plan(
    draft: ContractDraft, hits: KeywordHits, reaches: Mapping[SignerId, Reach] | None = None
) -> tuple[PlanStep, ...]:
    """Return the steps of a draft in signing order. A draft without a signing order has one step.

    Signers who may sign at any time follow in a step of their own. ``reaches`` contains the masked phone numbers and
    email addresses of signers who already have accounts.
    """
    if not draft.is_ordered:
        title = _tr_any_order() if len(draft.signers) > 1 else ""
        return (PlanStep(title, _lines(draft, draft.signers, hits, reaches or {})),)
    steps, anytime = draft.steps, draft.anytime_signers
    in_steps = tuple(
        PlanStep(_step_title(number, len(step), len(steps)), _lines(draft, step, hits, reaches or {}))
        for number, step in enumerate(steps, 1)
    )
    if not anytime:
        return in_steps
    title = QCoreApplication.translate("PlanSentences", "At any time")
    return (*in_steps, PlanStep(title, _lines(draft, anytime, hits, reaches or {})))


def plan_in_a_line(draft: ContractDraft, hits: KeywordHits) -> str:
    """Return the plan as one sentence, with arrows between steps, and plus signs between signers of the same step.

    Signers who may sign at any time come last.
    """
    comma = _comma()
    steps = plan(draft, hits)
    said = [
        " + ".join(f"{circled(line.number)} {line.name}{comma}{line.text}" for line in step.lines) for step in steps
    ]
    if not (draft.is_ordered and draft.anytime_signers):
        return " → ".join(said)
    at_any_time = QCoreApplication.translate("PlanSentences", "at any time: {signers}").format(signers=said.pop())
    return " · ".join(filter(None, (" → ".join(said), at_any_time)))


def term_sentences(draft: ContractDraft, now_ms: int) -> tuple[str, ...]:
    """Return sentences about the terms of the whole contract, such as the deadline, the payer and the initiator.

    ``now_ms`` is the current time in epoch milliseconds, from which a period for signing is counted.
    """
    return tuple(_terms(draft, now_ms))


def notified_sentence(draft: ContractDraft, reaches: Mapping[SignerId, Reach]) -> str:
    """Return a sentence that names the addresses to which the platform sends its first notifications.

    The text is empty if the contract has no notifications or no address is known.
    """
    first = draft.steps[0] if draft.is_ordered and draft.steps else draft.signers
    found = [reach_words(one, reaches.get(one.id)) for one in first if not one.terms.is_silent]
    if not draft.options.notices or not any(found):
        return ""
    sentence = QCoreApplication.translate("PlanSentences", "Notified by {channels}: {addresses}")
    channels = _and(channel_words()[channel] for channel in sorted(draft.options.notices))
    return sentence.format(channels=channels, addresses=_comma().join(filter(None, found)))


def form_sentences(draft: ContractDraft) -> tuple[str, ...]:
    """Return sentences about the form values of the contract and the pages appended to them.

    Long numbers are masked.
    """
    sentence = QCoreApplication.translate("PlanSentences", "{document}, field values: {values}")
    pair = QCoreApplication.translate("PlanSentences", "{field} “{value}”")
    found: list[str] = []
    for document in draft.documents:
        filling, name = document.template, one_line(document.name)
        if filling is not None and filling.fields:
            labels = {one.name: one.shown_label for one in filling.wanted}
            values = (
                pair.format(field=one_line(labels.get(field, field)), value=_form_value(value))
                for field, value in filling.fields
            )
            found.append(sentence.format(document=name, values=_comma().join(values)))
        if filling is not None and filling.added_pages:
            pages = QCoreApplication.translate("PlanSentences", "Pages after {document}: {count} (at most {most})")
            found.append(pages.format(document=name, count=filling.added_pages, most=MOST_ADDED_PAGES))
    return tuple(found)


def _form_value(value: str) -> str:
    is_number = _LONG_NUMBER.fullmatch("".join(value.split())) is not None
    return masked_number(value) if is_number else one_line(value)


def _step_title(number: int, signer_count: int, step_count: int) -> str:
    if signer_count > 1:
        parallel = QCoreApplication.translate("PlanSentences", "Step {number}, signed at the same time")
        alone = QCoreApplication.translate("PlanSentences", "At the same time")
        return (parallel if step_count > 1 else alone).format(number=number)
    if step_count == 1:
        return ""
    return QCoreApplication.translate("PlanSentences", "Step {number}").format(number=number)


def _tr_any_order() -> str:
    return QCoreApplication.translate("PlanSentences", "In any order")


def _comma() -> str:
    return QCoreApplication.translate("PlanSentences", ", ")


def _and(words: Iterable[str]) -> str:
    return QCoreApplication.translate("PlanSentences", " and ").join(words)


def _lines(
    draft: ContractDraft, signers: tuple[Signer, ...], hits: KeywordHits, reaches: Mapping[SignerId, Reach]
) -> tuple[PlanLine, ...]:
    return tuple(_line(draft, signer, hits, reaches.get(signer.id)) for signer in signers)


def _line(draft: ContractDraft, signer: Signer, hits: KeywordHits, reach: Reach | None) -> PlanLine:
    how, number = tuple(_how(draft, signer, reach)), number_words(signer, reach)
    return PlanLine(
        draft.signer_number(signer.id),
        signer_name(signer),
        _comma().join((*how, *_where(draft, signer, hits))),
        _comma().join((*how, number) if number else how),
        tuple(_rows(draft, signer, hits)),
    )


def _how(draft: ContractDraft, signer: Signer, reach: Reach | None) -> Iterator[str]:
    if isinstance(signer, OrganizationSigner):
        agent = one_line(signer.agent.name) or "…"
        yield QCoreApplication.translate("PlanSentences", "represented by {name}").format(name=agent)
    if signer.terms.is_silent:
        yield QCoreApplication.translate("PlanSentences", "signs automatically")
    elif draft.options.notices:
        channels = _and(channel_words()[channel] for channel in sorted(draft.options.notices))
        yield QCoreApplication.translate("PlanSentences", "notified by {channels}").format(channels=channels)
    else:
        yield QCoreApplication.translate("PlanSentences", "only with your QR code or link")
    reached = reach_words(signer, reach)
    if reached:
        yield reached
    seal_types = seal_type_words()
    if 0 < len(signer.terms.seal_types) < len(seal_types):
        yield _and(seal_types[kind] for kind in sorted(signer.terms.seal_types))
    if signer.terms.certificate is not None:
        yield certificate_words()[signer.terms.certificate]


def _where(draft: ContractDraft, signer: Signer, hits: KeywordHits) -> Iterator[str]:
    own = [placement for placement in draft.placements if placement.signer_id == signer.id]
    for document in draft.documents:
        yield from _on_document(document, [p for p in own if p.document_id == document.id], hits)
    yield from _freely(draft, signer)


def _rows(draft: ContractDraft, signer: Signer, hits: KeywordHits) -> Iterator[PlanRow]:
    own = [placement for placement in draft.placements if placement.signer_id == signer.id]
    for document in draft.documents:
        for one in own:
            if one.document_id == document.id:
                found = hits.get((document.id, one.keyword)) if isinstance(one, KeywordPlacement) else None
                marks = marks_of(one, signer, document, draft.behaviour, found or ())
                yield from (PlanRow(text, marks) for text in _on_document(document, [one], hits))
    yield from map(PlanRow, _freely(draft, signer))


def _freely(draft: ContractDraft, signer: Signer) -> Iterator[str]:
    free = free_documents(draft, signer)
    for document in draft.documents:
        if document.id in free:
            sentence = QCoreApplication.translate("PlanSentences", "places the seal themselves on {document}")
            yield sentence.format(document=one_line(document.name))
    has_places = any(placement.signer_id == signer.id for placement in draft.placements)
    if not has_places and not free and not isinstance(signer, ApplicationSigner):
        yield QCoreApplication.translate("PlanSentences", "places the seal themselves on all documents")


def _on_document(document: Document, placements: list[Placement], hits: KeywordHits) -> Iterator[str]:
    pages: list[int] = []
    for placement in placements:
        match placement:
            case CoordinatePlacement(pages=own_pages):
                pages.extend(own_pages)
            case KeywordPlacement():
                yield _at_keyword(document, placement, hits)
            case CrossPagePlacement(pages=own_pages):
                sentence = QCoreApplication.translate("PlanSentences", "cross-page seal on pp. {pages} of {document}")
                yield sentence.format(pages=own_pages, document=one_line(document.name))
    if pages:
        yield PlanCounts().seals(len(pages)).format(document=one_line(document.name), pages=PageRanges.of(pages))


def _at_keyword(document: Document, placement: KeywordPlacement, hits: KeywordHits) -> str:
    found = hits.get((document.id, placement.keyword))
    if not found:
        sentence = QCoreApplication.translate("PlanSentences", "seal at each “{keyword}” in {document}")
        return sentence.format(document=one_line(document.name), keyword=one_line(placement.keyword))
    pages = PageRanges.of(hit.page_number for hit in found)
    sentence = PlanCounts().seals_at_keyword(len(found))
    return sentence.format(document=one_line(document.name), pages=pages, keyword=one_line(placement.keyword))


def _terms(draft: ContractDraft, now_ms: int) -> Iterator[str]:
    options = draft.options
    yield _deadline(options.deadline_ms(now_ms), now_ms)
    if options.archive_until_ms is not None:
        sentence = QCoreApplication.translate("PlanSentences", "The platform archives the contract until {moment}.")
        yield sentence.format(moment=china_time(options.archive_until_ms))
    if options.payer is not None:
        sentence = QCoreApplication.translate("PlanSentences", "{name} pays.")
        yield sentence.format(name=party_name(draft, options.payer))
    if options.initiator is not None:
        sentence = QCoreApplication.translate("PlanSentences", "{name} is shown as the initiator.")
        yield sentence.format(name=party_name(draft, options.initiator))
    if options.platforms:
        places = _and(platform_words()[platform] for platform in sorted(options.platforms))
        yield QCoreApplication.translate("PlanSentences", "Signing is possible with: {places}.").format(places=places)
    if options.redirect_url:
        sentence = QCoreApplication.translate("PlanSentences", "After signing, {address} opens.")
        yield sentence.format(address=one_line(options.redirect_url))


def _deadline(deadline_ms: int | None, now_ms: int) -> str:
    if deadline_ms is None:
        return QCoreApplication.translate("PlanSentences", "No signing deadline set.")
    sentence = QCoreApplication.translate(
        "PlanSentences", "All signers must sign by {moment} China time, within {span}."
    )
    return sentence.format(moment=china_time(deadline_ms), span=span(deadline_ms - now_ms))


def party_name(draft: ContractDraft, party: Party) -> str:
    """Return the display name of the contract's initiator or payer, or ``?`` for a signer who is not in the draft."""
    if isinstance(party, SignerParty):
        return next((signer_name(signer) for signer in draft.signers if signer.id == party.signer_id), "?")
    return one_line(party.name or party.account_id)
