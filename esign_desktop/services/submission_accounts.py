"""The accounts of a send: everybody who signs, and every organization, gets to be known at the platform."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import uuid4

from esign_desktop.api import wire
from esign_desktop.api.errors import OutcomeUnknown
from esign_desktop.domain.account import Person, masked_number
from esign_desktop.domain.errors import InputError
from esign_desktop.store.accounts import AccountKind, AccountRecord
from esign_desktop.store.journal import SubmissionState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from esign_desktop.domain.account import Organization
    from esign_desktop.services.submission_facts import Party, SubmissionFacts
    from esign_desktop.services.submission_send import Send


def settle_accounts(send: Send) -> None:
    """Find or create every account, remember it, and take the id numbers out of the journal.

    Creating an account is repeatable by its thirdId. Whoever has none gets a random one, recorded before the call, so
    that an account whose answer was lost is found again. Raises ApiError, InputError and Cancelled.
    """
    for party in send.facts.parties():
        _settle(send, party)
    finish_accounts(send)


def account_chains(facts: SubmissionFacts) -> tuple[tuple[Party, ...], ...]:
    """Divide the parties into chains that do not need each other.

    An organization needs its agent's account, and who appears twice is to be created once.
    """
    chains: list[list[Party]] = []
    for party in facts.parties():
        needed = [
            chain
            for chain in chains
            if any(other.key == party.agent_key or other.subject == party.subject for other in chain)
        ]
        chains = [chain for chain in chains if chain not in needed]
        chains.append([*(other for chain in needed for other in chain), party])
    return tuple(tuple(chain) for chain in chains)


def settle_chain(send: Send, chain: Sequence[Party]) -> None:
    """Find or create the accounts of one chain, in its order; as ``settle_accounts`` otherwise."""
    for party in chain:
        _settle(send, party)


def finish_accounts(send: Send) -> None:
    """Record that every account is known."""
    send.record(SubmissionState.ACCOUNTS)


def _settle(send: Send, party: Party) -> None:
    facts = send.facts
    account_id = facts.account_id(party) or _same_subject(send, party) or _found_or_created(send, party)
    # Chains run side by side: what one finds out, the others must see.
    with send.alone():
        if not facts.account_id(party):
            _refuse_shared_account(send, party, account_id)
            send.record(facts.state, party=party.key, account_id=account_id)
            send.note_in_ledger("account", account_id=account_id)
        _remember(send, party)


def scrub_journal(send: Send, *, is_over: bool = False) -> None:
    """Replace the journal's draft by one that tells nobody's number, phone or address."""
    anonymous = send.facts.anonymous_draft(is_over=is_over)
    if anonymous != send.facts.draft:
        send.stores.journal.replace_draft(send.id, anonymous)
        send.facts.draft = anonymous


def _same_subject(send: Send, party: Party) -> str:
    """Return the account of another party who is the same person or organization: the platform knows one of each."""
    facts = send.facts
    same = (other for other in facts.parties() if other.subject == party.subject and other.agent_key == party.agent_key)
    return next((account_id for other in same if (account_id := facts.account_id(other))), "")


def _found_or_created(send: Send, party: Party) -> str:
    facts = send.facts
    own_third_id = party.subject.third_id
    third_id = own_third_id or facts.third_ids.get(party.key, "")
    may_exist = bool(third_id)
    if not third_id:
        third_id = uuid4().hex
        send.record(facts.state, party=party.key, third_id=third_id)

    def find_or_create() -> str:
        nonlocal may_exist
        if may_exist:
            found = _find(send, third_id)
            if found:
                if own_third_id:
                    _refuse_another_name(send, party, found)
                return found
        # From here on its answer may be lost.
        may_exist = True
        return _create(send, party, third_id)

    return send.repeat(find_or_create)


def _find(send: Send, third_id: str) -> str | None:
    body = wire.build_find_account(third_id)
    return send.call(wire.FIND_ACCOUNT_PATH, body, wire.parse_found_account)


def _create(send: Send, party: Party, third_id: str) -> str:
    match party.subject:
        case Person():
            path, body = wire.CREATE_PERSON_PATH, wire.build_person(replace(party.subject, third_id=third_id))
        case organization:
            agent = next(other for other in send.facts.parties() if other.key == party.agent_key)
            path = wire.CREATE_ORGANIZATION_PATH
            body = wire.build_organization(replace(organization, third_id=third_id), send.facts.account_id(agent))
    return wire.parse_account_id(send.post(path, body))


def _refuse_another_name(send: Send, party: Party, account_id: str) -> None:
    """Stop when the caller's own id leads to somebody who is known here by another name: a wrong person would sign."""
    known = send.stores.accounts.list(send.environment.kind, send.environment.project_id)
    for record in known:
        if record.account_id == account_id and record.name and record.name != party.subject.name:
            raise InputError("account.another_name", number=party.number)


def _refuse_shared_account(send: Send, party: Party, account_id: str) -> None:
    """Stop when two who differ were told one account: the answer about one of them came to the call about the other.

    Which of them has the right one is not known. Both are forgotten, and the next try finds them by their thirdId.
    """
    facts = send.facts
    others = [
        other
        for other in facts.parties()
        if facts.account_id(other) == account_id and not _may_be_one(other.subject, party.subject)
    ]
    if not others:
        _refuse_stale_answer(send, party, account_id)
        return
    for other in others:
        send.record(facts.state, party=other.key, account_id="")
    send.stores.accounts.forget(account_id)
    raise OutcomeUnknown("api.protocol", "one account was told for two")


def _may_be_one(one: Person | Organization, other: Person | Organization) -> bool:
    numbers = {_number(one), _number(other)} - {""}
    return (type(one), one.name) == (type(other), other.name) and len(numbers) < 2


def _number(subject: Person | Organization) -> str:
    return subject.id_number if isinstance(subject, Person) else subject.code


def _refuse_stale_answer(send: Send, party: Party, account_id: str) -> None:
    """Stop when the account is known here as somebody else's: a signature does not say to which call it answers."""
    subject = party.subject
    number = masked_number(_number(subject))
    kind = AccountKind.PERSON if isinstance(subject, Person) else AccountKind.ORGANIZATION
    for record in send.stores.accounts.list(send.environment.kind, send.environment.project_id):
        is_same = (record.kind, record.name) == (kind, subject.name)
        is_same = is_same and (not number or not record.masked_number or record.masked_number == number)
        if record.account_id == account_id and not is_same:
            raise OutcomeUnknown("api.protocol", "the answer is about another account")


def _remember(send: Send, party: Party) -> None:
    subject: Person | Organization = party.subject
    is_person = isinstance(subject, Person)
    agent = next((other for other in send.facts.parties() if other.key == party.agent_key), None)
    send.stores.accounts.remember(
        AccountRecord(
            environment=send.environment.kind,
            project_id=send.environment.project_id,
            account_id=send.facts.account_id(party),
            kind=AccountKind.PERSON if is_person else AccountKind.ORGANIZATION,
            name=subject.name,
            third_id=subject.third_id or send.facts.third_ids.get(party.key, ""),
            masked_number=_number(subject),
            agent_account_id="" if agent is None else send.facts.account_id(agent),
            last_used_ms=send.clock_ms(),
        )
    )
