"""Find or create the platform account of every signer and organization of a send."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from uuid import uuid4

from esign_desktop.api import wire
from esign_desktop.api.errors import OutcomeUnknown, Refused
from esign_desktop.domain.account import AccountKind, AccountRecord, Person, masked_number
from esign_desktop.domain.contract.form_values import form_values
from esign_desktop.domain.errors import InputError
from esign_desktop.domain.submission import SubmissionState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from esign_desktop.domain.account import Organization
    from esign_desktop.services.people.accounts import AccountBook, Entry
    from esign_desktop.services.sending.facts import Party, SubmissionFacts
    from esign_desktop.services.sending.send import SendContext


@dataclass(frozen=True, slots=True)
class _Account:
    """The account of a party. The other fields are empty if the account was already known on this computer."""

    account_id: str
    third_id: str = field(default="", repr=False)
    reach: str = field(default="", repr=False)
    kept_for: str = field(default="", repr=False)


def settle_accounts(send: SendContext) -> None:
    """Find or create the account of every party, store the accounts, and record this step in the journal.

    If a party has an account that is known on this computer, that account is used, regardless of the draft's origin.
    Creating an account can be repeated safely: the ``thirdId`` is derived from the party's identity and recorded before
    the request, so the account is found again if the response is lost. Raises ApiError, InputError or Cancelled.
    """
    for party in send.facts.parties():
        _settle(send, party)
    finish_accounts(send)


def account_chains(facts: SubmissionFacts) -> tuple[tuple[Party, ...], ...]:
    """Divide the parties of a send into chains whose accounts can be settled independently.

    An organization and its agent are in the same chain, because the organization needs the agent's account. Identical
    parties are also in the same chain, because their account must be created only once.
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


def settle_chain(send: SendContext, chain: Sequence[Party]) -> None:
    """Find or create the accounts of the parties in one chain (see ``account_chains``), in order.

    Raises the errors of ``settle_accounts``.
    """
    for party in chain:
        _settle(send, party)


def finish_accounts(send: SendContext) -> None:
    """Record in the journal that the accounts of all parties are known."""
    send.record(SubmissionState.ACCOUNTS)


def _settle(send: SendContext, party: Party) -> None:
    facts = send.facts
    account = _settled(send, party) or _same_subject(send, party) or _known(send, party) or _made(send, party)
    # Chains run in parallel, and each must see the accounts that others have found.
    with send.alone():
        if not facts.settled_account_id(party):
            _refuse_shared_account(send, party, account.account_id)
            send.record(facts.state, party=party.key, account_id=account.account_id)
            send.note_in_ledger("account", account_id=account.account_id)
        _remember(send, party, account)


def scrub_journal(send: SendContext, *, is_over: bool = False) -> None:
    """Replace the draft in the journal with a copy without ID numbers, phone numbers and addresses.

    ``is_over`` states that the send has ended. Form values are stored separately for a later correction.
    """
    anonymous = send.facts.anonymous_draft(is_over=is_over)
    if anonymous != send.facts.draft:
        values = form_values(send.facts.draft)
        if values:
            # A correction needs the form values, but the journal should not contain them longer than necessary.
            send.stores.values.keep(send.id, values)
        send.stores.journal.replace_draft(send.id, anonymous)
        send.facts.draft = anonymous


def _settled(send: SendContext, party: Party) -> _Account | None:
    account_id = send.facts.settled_account_id(party)
    if not account_id:
        return None
    third_id = send.facts.third_ids.get(party.key, "")
    # An account created by this send has the mobile number and email address in the draft.
    if not third_id:
        return _Account(account_id)
    book, entry = send.stores.book, _entry(send, party)
    return _Account(account_id, third_id, book.reached(entry) or book.details(entry))


def _same_subject(send: SendContext, party: Party) -> _Account | None:
    """Return the account of another party of this send that is the same person or organization, or None.

    The platform has only one account for both parties.
    """
    facts = send.facts
    same = (other for other in facts.parties() if other.subject == party.subject and other.agent_key == party.agent_key)
    account_id = next((found for other in same if (found := facts.settled_account_id(other))), "")
    return _Account(account_id) if account_id else None


def _known(send: SendContext, party: Party) -> _Account | None:
    """Return the stored account that matches the party's identity, mobile number and email address.

    The result is None if an account has to be created. Raises InputError ``account.another_name``, or
    ``account.unknown_here`` for an account outside this project.
    """
    entry = _entry(send, party)
    if party.subject.account_id and not entry.records:
        return _account_at_platform(send, party)
    record = fitting_account(send.stores.book, party, entry, _agent_account_id(send, party))
    return None if record is None else _Account(record.account_id)


def fitting_account(book: AccountBook, party: Party, entry: Entry, agent_account_id: str) -> AccountRecord | None:
    """Return the stored account that matches a person's mobile number and email address, or an organization's agent.

    The result is None if an account has to be created. Raises InputError ``account.number_needed`` or
    ``account.code_needed`` if a second account has to be created and the required number is neither in the draft nor
    stored on this computer.
    """
    is_person = isinstance(entry.subject, Person)
    record = book.fitting_person(entry) if is_person else book.fitting_organization(entry, agent_account_id)
    if record is None and entry.records and not entry.number:
        code = "account.number_needed" if is_person else "account.code_needed"
        raise InputError(code, number=party.number, part=party.part)
    return record


def _entry(send: SendContext, party: Party) -> Entry:
    entry = send.stores.book.look_up(send.environment, party.subject)
    if entry.is_known_otherwise:
        raise InputError("account.another_name", number=party.number, part=party.part)
    if entry.others and not entry.records and entry.identity:
        _ask_about_name(send, party, send.stores.book.name_key(entry))
    return entry


def _ask_about_name(send: SendContext, party: Party, name_key: str) -> None:
    """Stop the first send with a number that is known on this computer under a different name.

    Either one of the names is wrong, or the person has changed their name. Raises InputError ``account.new_name``.
    Sending the same contract again confirms the new name.
    """
    sends = send.stores.journal.of_draft(send.facts.draft.id)
    if any(
        step.data.get("asked_about_name") == name_key
        for submission in sends
        if submission.record.id != send.id
        for step in submission.steps
    ):
        return
    send.record(send.facts.state, asked_about_name=name_key)
    raise InputError("account.new_name", number=party.number, part=party.part)


def _account_at_platform(send: SendContext, party: Party) -> _Account:
    """Return an account that is not stored on this computer if the platform has it under the ``thirdId``.

    Raises InputError ``account.unknown_here`` or ``account.number_needed``.
    """
    subject = party.subject
    is_doubtful = send.stores.book.is_doubtful(subject.account_id)
    if is_doubtful or not subject.third_id or _find(send, subject.third_id) != subject.account_id:
        raise InputError("account.unknown_here", number=party.number, part=party.part)
    if isinstance(subject, Person) and (subject.mobile or subject.email):
        raise InputError("account.number_needed", number=party.number, part=party.part)
    return _Account(subject.account_id, subject.third_id)


def _made(send: SendContext, party: Party) -> _Account:
    """Find the account by its ``thirdId``, or create it.

    Raises InputError ``account.keeps_address`` if the platform returns an existing account with a different mobile
    number or email address. This is stored, so that sending again uses that account. Raises Refused
    ``account.second_refused``, with the platform's message, if the platform refuses to create a second account. This is
    not stored, because the reason is unknown.
    """
    facts, book = send.facts, send.stores.book
    entry = _entry(send, party)
    own_third_id = "" if entry.records else party.subject.third_id
    reach = book.reached(entry)
    third_id = facts.third_ids.get(party.key, "") or own_third_id or reach
    third_id = third_id or book.through(entry, _agent_account_id(send, party)) or uuid4().hex

    def find_or_create() -> str:
        found = _find(send, third_id)
        if found:
            return found
        if party.key not in facts.third_ids:
            send.record(facts.state, party=party.key, third_id=third_id)
        return _create(send, party, replace(entry.subject, third_id=third_id, account_id=""))

    before = {record.account_id for record in entry.records}
    try:
        account_id = send.repeat(find_or_create)
    except Refused as refusal:
        if not before or not isinstance(entry.subject, Person):
            refusal.params.update(number=party.number, part=party.part)
            raise
        raise Refused(
            *(refusal.err_code, refusal.msg),
            status=refusal.status,
            code="account.second_refused",
            number=party.number,
            part=party.part,
        ) from refusal
    if account_id in before and isinstance(entry.subject, Person):
        _remember(send, party, _Account(account_id, kept_for=reach))
        raise InputError("account.keeps_address", number=party.number, part=party.part)
    if third_id == own_third_id and party.key not in facts.third_ids:
        return _taken_over(send, party, _Account(account_id, third_id))
    return _Account(account_id, third_id, reach or book.details(entry))


def _taken_over(send: SendContext, party: Party, account: _Account) -> _Account:
    """Use an account that exists under the ``thirdId`` and whose mobile number and email address are unknown."""
    _refuse_another_name(send, party, account.account_id)
    subject = party.subject
    if isinstance(subject, Person) and subject.id_number and (subject.mobile or subject.email):
        if send.environment.behaviour.keeps_addresses:
            return account
        _refuse_shared_account(send, party, account.account_id)
        _remember(send, party, account)
        return _made(send, party)
    return account


def _agent_account_id(send: SendContext, party: Party) -> str:
    agent = next((other for other in send.facts.parties() if other.key == party.agent_key), None)
    return "" if agent is None else send.facts.account_id(agent)


def _find(send: SendContext, third_id: str) -> str | None:
    body = wire.build_find_account(third_id)
    return send.call(wire.FIND_ACCOUNT_PATH, body, wire.parse_found_account)


def _create(send: SendContext, party: Party, subject: Person | Organization) -> str:
    match subject:
        case Person():
            path, body = wire.CREATE_PERSON_PATH, wire.build_person(subject)
        case organization:
            path = wire.CREATE_ORGANIZATION_PATH
            body = wire.build_organization(organization, _agent_account_id(send, party))
    return wire.parse_account_id(send.post(path, body))


def _refuse_another_name(send: SendContext, party: Party, account_id: str) -> None:
    record = send.stores.accounts.get(send.environment.kind, send.environment.project_id, account_id)
    if record is not None and not record.is_called(party.subject.name):
        raise InputError("account.another_name", number=party.number, part=party.part)


def _refuse_shared_account(send: SendContext, party: Party, account_id: str) -> None:
    """Raise OutcomeUnknown if two different parties received the same account id.

    In that case, the response for one party has arrived for the request of the other, and it is unknown to which party
    the id belongs. Both accounts are forgotten, and the next attempt finds them by their ``thirdId`` values.
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
    raise OutcomeUnknown("api.protocol", "one account id was returned for two parties")


def _may_be_one(one: Person | Organization, other: Person | Organization) -> bool:
    mine, theirs = one.identity, other.identity
    if not mine.number or not theirs.number:
        return (mine.name, mine.number_type) == (theirs.name, theirs.number_type)
    return mine == theirs


def _refuse_stale_answer(send: SendContext, party: Party, account_id: str) -> None:
    """Raise OutcomeUnknown if the account is stored on this computer as the account of a different party.

    The signature of a response does not identify its request, so a response may belong to a different request.
    """
    record = send.stores.accounts.get(send.environment.kind, send.environment.project_id, account_id)
    if record is None:
        return
    entry = send.stores.book.look_up(send.environment, party.subject)
    subject = party.subject
    kind = AccountKind.PERSON if isinstance(subject, Person) else AccountKind.ORGANIZATION
    is_same = record.kind is kind and record.is_called(subject.name)
    if entry.identity and record.identity:
        is_same = is_same and entry.identity == record.identity
    else:
        number = masked_number(subject.identity.number)
        is_same = is_same and (not number or not record.masked_number or record.masked_number == number)
    if not is_same:
        raise OutcomeUnknown("api.protocol", "the answer is about another account")


def _remember(send: SendContext, party: Party, account: _Account) -> None:
    entry = send.stores.book.look_up(send.environment, party.subject)
    subject = entry.subject
    record = AccountRecord(
        environment=send.environment.kind,
        project_id=send.environment.project_id,
        account_id=account.account_id,
        kind=AccountKind.PERSON if isinstance(subject, Person) else AccountKind.ORGANIZATION,
        name=subject.name,
        third_id=account.third_id,
        agent_account_id=_agent_account_id(send, party),
        last_used_ms=send.clock_ms(),
        identity=entry.identity,
        reach=account.reach,
        kept_for=account.kept_for,
    )
    send.stores.book.remember(record, subject)
