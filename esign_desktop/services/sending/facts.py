"""Compute the state of a send from the steps in its journal, both while the send runs and after a crash."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from esign_desktop.api import wire
from esign_desktop.api.errors import Refused
from esign_desktop.api.exchange import RawAnswer
from esign_desktop.api.payload import SignerAccounts
from esign_desktop.domain.account import Organization, Person
from esign_desktop.domain.environment import PlatformBehaviour
from esign_desktop.domain.flow import FlowId
from esign_desktop.domain.signer import ApplicationSigner, OpenSigner, OrganizationSigner, PersonSigner
from esign_desktop.domain.submission import SubmissionState
from esign_desktop.services.editing.snapshots import Snapshot

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.document import Document
    from esign_desktop.domain.flow import SigningLink, StartedFlow
    from esign_desktop.domain.signer import Signer, SignerId
    from esign_desktop.store.tables.journal import StepValue, Submission

_APPLICATION: Final = ""
"""Stands for the application's own account, whose id is not known on this computer."""


@dataclass(frozen=True, slots=True)
class Party:
    """A person or an organization that needs an account.

    ``key`` identifies the party in the journal. ``number`` is the number of the party's signer, counted from 1.
    ``agent_key`` is the key of an organization's agent.
    """

    key: str
    number: int
    subject: Person | Organization
    agent_key: str = ""

    @property
    def part(self) -> str:
        """The name of the signer's attribute that contains the party: ``person``, ``agent`` or ``organization``."""
        return self.key.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class MadeFinding:
    """The differences between a document that the platform created and its template filled in with the entered values.

    ``missing`` contains the names of the fields whose values cannot be found in the document. ``expected_page_count``
    is 0 if it is not known. ``unread`` is the code of the error that prevented the comparison, or empty if there was
    none. ``other_pages`` contains the numbers, counted from 1, of the pages that should be pages of an added PDF file
    but that do not begin with the same text.
    """

    missing: tuple[str, ...] = ()
    page_count: int = 0
    expected_page_count: int = 0
    unread: str = ""
    other_pages: tuple[int, ...] = ()

    @property
    def is_equal(self) -> bool:
        return not (self.missing or self.unread or self.has_other_pages or self.other_pages)

    @property
    def has_other_pages(self) -> bool:
        """Whether the document has a different number of pages than expected."""
        return not self.unread and bool(self.expected_page_count) and self.page_count != self.expected_page_count

    def as_json(self) -> str:
        """Return the finding as JSON, to be stored in the journal."""
        values = [self.missing, self.page_count, self.expected_page_count, self.unread]
        return json.dumps([*values, self.other_pages] if self.other_pages else values)

    @classmethod
    def from_json(cls, text: str) -> MadeFinding:
        """Return the finding described by JSON text that ``as_json`` returned."""
        missing, page_count, expected_page_count, unread, *others = json.loads(text)
        other_pages = tuple(others[0]) if others else ()
        return cls(tuple(missing), page_count, expected_page_count, unread, other_pages)


def parties_of(draft: ContractDraft) -> Iterator[Party]:
    """Yield each person and organization in a draft that needs an account. An agent precedes its organization."""
    for number, signer in enumerate(draft.signers, 1):
        match signer:
            case PersonSigner(id=signer_id, person=person):
                yield Party(f"{signer_id}/person", number, person)
            case OrganizationSigner(id=signer_id, organization=organization, agent=agent):
                yield Party(f"{signer_id}/agent", number, agent)
                yield Party(f"{signer_id}/organization", number, organization, f"{signer_id}/agent")
            case ApplicationSigner() | OpenSigner():
                pass


class SubmissionFacts:
    """The state of a submission, built from the steps in its journal. ``add`` updates it with each new step."""

    def __init__(self, submission: Submission) -> None:
        self.record = submission.record
        self.draft: ContractDraft = submission.record.draft
        self.state = SubmissionState.QUEUED
        self.base_url = ""
        self.origin = ""
        self.behaviour: PlatformBehaviour | None = None
        """The platform's behavior as known when the contract was queued."""
        self.snapshots: dict[int, Snapshot] = {}
        self.third_ids: dict[str, str] = {}
        self.file_keys: dict[int, str] = {}
        self.doc_ids: dict[int, str] = {}
        self.sent_at_ms = submission.record.queued_at_ms
        self.start_answer: RawAnswer | None = None
        self.flow_id: FlowId | None = None
        self.dropped_flow_ids: set[FlowId] = set()
        self.start_count = 0
        self.ledger_links = ""
        self.is_cancelling = False
        self.is_replaced_ended = False
        """Whether the flow that this send replaces is known to have ended."""
        self.shows_at_once = False
        """Whether the next start request is to show the flow to its signers immediately."""
        self.is_shown_at_once = False
        """Whether the last start request was to show the flow immediately, so that the flow may be visible."""
        self.is_restored = False
        """Whether the send was restored from another computer's backup, where it may have continued."""
        self.refusal: Refused | None = None
        self.made: dict[int, MadeFinding] = {}
        """Results of comparing the documents that the platform created, by document index."""
        self.filled_counts: dict[int, int] = {}
        """The number of fields that were filled in for each form, by document index."""
        self.shows_made = False
        """Whether the user reviews the created documents even if they show no difference."""
        self.is_made_accepted = False
        self.is_for_later = False
        """Whether the flow stays in preparation until the user starts the signing."""
        self.has_snapshots = False
        self._has_accounts = False
        self._account_ids: dict[str, str] = {}
        self._uploaded: set[int] = set()
        for step in submission.steps:
            self.add(step.state, step.document_index, step.data, step.raw)

    def add(
        self, state: SubmissionState, document_index: int | None, data: Mapping[str, StepValue], raw: bytes | None
    ) -> None:
        """Update the state with one step of the journal."""
        self.state = state
        self.has_snapshots = self.has_snapshots or state is SubmissionState.SNAPSHOT
        self._has_accounts = self._has_accounts or state is SubmissionState.ACCOUNTS
        if document_index is not None:
            self._add_of_document(document_index, data)
        if "party" in data:
            party = str(data["party"])
            if "third_id" in data:
                self.third_ids[party] = str(data["third_id"])
            if "account_id" in data:
                self._account_ids[party] = str(data["account_id"])
        self.origin = str(data.get("origin", self.origin))
        if "base_url" in data:
            self.base_url, self.behaviour = str(data["base_url"]), _behaviour(data)
        if "sent_at_ms" in data:
            self.sent_at_ms = int(data["sent_at_ms"])
            self.start_count += 1
            self.is_shown_at_once = "is_shown_at_once" in data
        self._add_of_flow(data, raw)

    def _add_of_flow(self, data: Mapping[str, StepValue], raw: bytes | None) -> None:
        if "starts_again" in data:
            self._start_anew(shows_at_once="shows_at_once" in data)
        if raw is not None:
            self.start_answer = RawAnswer(int(data["status"]), raw)
        if "flow_id" in data:
            self.flow_id = FlowId(str(data["flow_id"]))
            self.ledger_links = str(data.get("links", ""))
        self.is_cancelling = self.is_cancelling or "is_cancelling" in data
        self.is_replaced_ended = self.is_replaced_ended or "is_replaced_ended" in data
        self.is_restored = self.is_restored or "is_restored" in data
        self.shows_made = bool(data.get("shows_made", self.shows_made))
        self.is_made_accepted = self.is_made_accepted or "is_made_accepted" in data
        self.is_for_later = bool(data.get("is_for_later", self.is_for_later))
        if "refused" in data:
            self.refusal = Refused(int(data["refused"]), "")

    @property
    def may_be_visible(self) -> bool:
        """Whether signers may be able to see a flow that this computer has not shown to them."""
        return self.is_shown_at_once or self.is_restored

    def _start_anew(self, *, shows_at_once: bool) -> None:
        self.shows_at_once = shows_at_once
        if self.flow_id is not None:
            self.dropped_flow_ids.add(self.flow_id)
        self.start_answer = None
        self.flow_id = None
        self.ledger_links = ""
        self.is_shown_at_once = False

    def _add_of_document(self, index: int, data: Mapping[str, StepValue]) -> None:
        if "sha256" in data:
            self.snapshots[index] = Snapshot(
                str(data["file_name"]), int(data["size_bytes"]), str(data["sha256"]), str(data["md5_base64"])
            )
        if "file_key" in data:
            self.file_keys[index] = str(data["file_key"])
            self._uploaded.discard(index)
        if "is_uploaded" in data:
            self._uploaded.add(index)
        if "filled_count" in data:
            self.filled_counts[index] = int(data["filled_count"])
        if "made" in data:
            self.made[index] = MadeFinding.from_json(str(data["made"]))
        if "doc_id" in data:
            self.doc_ids[index] = str(data["doc_id"])

    def is_uploaded(self, document_index: int) -> bool:
        """Return whether the file of a document is in the platform's storage, under the document's file key."""
        return document_index in self._uploaded

    def parties(self) -> Iterator[Party]:
        """Yield each person and organization that needs an account. An agent precedes its organization."""
        return parties_of(self.draft)

    @property
    def has_accounts(self) -> bool:
        return self._has_accounts and all(map(self.account_id, self.parties()))

    def settled_account_id(self, party: Party) -> str:
        """Return the id of the account that this send found or created for a party.

        The result is an empty string if there is none.
        """
        return self._account_ids.get(party.key, "")

    def account_id(self, party: Party) -> str:
        """Return the id of the party's account, or an empty string if the party has none yet.

        If this send has not recorded an account, an account given in the draft is used. Earlier versions of the program
        did not record such accounts.
        """
        return self.settled_account_id(party) or party.subject.account_id

    def signer_accounts(self) -> dict[SignerId, SignerAccounts]:
        """Return the accounts of each signer who has any. Call this after the accounts of all parties are known."""
        known = {party.key: self.account_id(party) for party in self.parties()}
        return {signer.id: accounts for signer in self.draft.signers if (accounts := _accounts(signer, known))}

    def anonymous_draft(self, *, is_over: bool = False) -> ContractDraft:
        """Return the draft with account ids in place of all personal data except names.

        The values of forms that still have to be filled in are kept, unless ``is_over`` states that the send has ended.
        """
        known = {party.key: self.account_id(party) for party in self.parties()}
        return replace(
            self.draft,
            signers=tuple(_anonymous(signer, known) for signer in self.draft.signers),
            documents=tuple(
                _without_fields(document) if is_over or index in self.doc_ids else document
                for index, document in enumerate(self.draft.documents)
            ),
        )


def _behaviour(data: Mapping[str, StepValue]) -> PlatformBehaviour:
    # Earlier versions of the program recorded only the reference point of a seal's position.
    kept = json.loads(str(data["behaviour"])) if "behaviour" in data else data
    return PlatformBehaviour.from_values(kept)


def _accounts(signer: Signer, known: Mapping[str, str]) -> SignerAccounts | None:
    match signer:
        case PersonSigner(id=signer_id):
            return SignerAccounts(known[f"{signer_id}/person"])
        case OrganizationSigner(id=signer_id):
            return SignerAccounts(known[f"{signer_id}/agent"], known[f"{signer_id}/organization"])
        case ApplicationSigner() | OpenSigner():
            return None


def _anonymous(signer: Signer, known: Mapping[str, str]) -> Signer:
    match signer:
        case PersonSigner(id=signer_id, person=person):
            return replace(signer, person=_anonymous_person(person, known[f"{signer_id}/person"]))
        case OrganizationSigner(id=signer_id, organization=organization, agent=agent):
            return replace(
                signer,
                agent=_anonymous_person(agent, known[f"{signer_id}/agent"]),
                organization=replace(
                    organization,
                    code="",
                    legal_name="",
                    legal_id_number="",
                    email="",
                    third_id="",
                    account_id=known[f"{signer_id}/organization"],
                ),
            )
        case ApplicationSigner() | OpenSigner():
            return signer


def _without_fields(document: Document) -> Document:
    if document.template is None:
        return document
    return replace(document, template=document.template.without_values())


def _anonymous_person(person: Person, account_id: str) -> Person:
    return replace(person, id_number="", mobile="", email="", third_id="", account_id=account_id)


def signing_links(facts: SubmissionFacts, started: StartedFlow | None = None) -> dict[SignerId, tuple[str, ...]]:
    """Return the signing links of each signer.

    ``started`` is the platform's response to ``start``, or None to read the response from the journal.
    """
    if started is None:
        if facts.flow_id is None:
            return {}
        if facts.start_answer is None:
            return _links_of_ledger(facts)
        started = wire.parse_started(facts.start_answer)
    return links_by_signer(facts.draft, facts.signer_accounts(), started.links)


def _links_of_ledger(facts: SubmissionFacts) -> dict[SignerId, tuple[str, ...]]:
    urls: Mapping[str, list[str]] = json.loads(facts.ledger_links or "{}")
    numbered = {str(number): signer.id for number, signer in enumerate(facts.draft.signers, 1)}
    return {numbered[number]: tuple(found) for number, found in urls.items() if number in numbered}


def links_by_signer(
    draft: ContractDraft, accounts: Mapping[SignerId, SignerAccounts], links: tuple[SigningLink, ...]
) -> dict[SignerId, tuple[str, ...]]:
    """Return the signing links of each signer who has any, in the order of the signers.

    Several signers may share an account, for example if a person signs for two companies. If the account has as many
    links as signers, each of these signers gets one link, in order. Otherwise, each of them gets all links of the
    account, because the specification does not state to which signer a link belongs. The id of the application's own
    account is not known, so links of an unknown account are assigned to the application.
    """
    known_accounts = {each.account_id for each in accounts.values()}
    urls: dict[str, list[str]] = {}
    for link in links:
        account_id = link.account_id if link.account_id in known_accounts else _APPLICATION
        urls.setdefault(account_id, []).extend(link.urls)
    signing: dict[str, list[SignerId]] = {}
    for signer in draft.signers:
        if not signer.terms.is_silent:
            account_id = accounts[signer.id].account_id if signer.id in accounts else _APPLICATION
            signing.setdefault(account_id, []).append(signer.id)
    found: dict[SignerId, tuple[str, ...]] = {}
    for account_id, signer_ids in signing.items():
        known = tuple(dict.fromkeys(urls.get(account_id, ())))
        is_one_each = len(signer_ids) > 1 and len(known) == len(signer_ids)
        for index, signer_id in enumerate(signer_ids):
            if known:
                found[signer_id] = known[index : index + 1] if is_one_each else known
    return {signer.id: found[signer.id] for signer in draft.signers if signer.id in found}
