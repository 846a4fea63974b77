"""What is wrong with a signer: missing names and numbers, two of the same, and a seal that has no place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from esign_desktop.domain.account import MAX_THIRD_ID_BYTES, Person
from esign_desktop.domain.obstacles import silent_without_place
from esign_desktop.domain.options import NoticeChannel
from esign_desktop.domain.problems import Problem, Severity, SignerSubject
from esign_desktop.domain.signer import ApplicationSigner, OrganizationSigner, PersonSigner, Signer

if TYPE_CHECKING:
    from collections.abc import Iterator, Set

    from esign_desktop.domain.draft import ContractDraft
    from esign_desktop.domain.signer import SignerId


def signer_problems(draft: ContractDraft, signer: Signer, placing: Set[SignerId]) -> Iterator[Problem]:
    """Yield the problems of one signer; ``placing`` are the signers that have a placement."""
    number = draft.signer_number(signer.id)
    if signer.id not in placing:
        if signer.terms.is_silent:
            yield silent_without_place(signer, number)
        else:
            yield _signer_problem("signer.places_seal_themselves", Severity.HINT, signer, number)
    match signer:
        case PersonSigner(person=person):
            yield from _person(draft, signer, person, "person")
            if signer.terms.is_silent:
                yield _signer_problem("signer.silent_person", Severity.WARNING, signer, number, "is_silent")
        case OrganizationSigner():
            yield from _organization(draft, signer)
        case ApplicationSigner():
            if sum(isinstance(s, ApplicationSigner) for s in draft.signers) > 1:
                yield _signer_problem("signer.application_twice", Severity.BLOCKING, signer, number)
    if sum(_identity(other) == _identity(signer) for other in draft.signers) > 1:
        yield _signer_problem("signer.twice", Severity.BLOCKING, signer, number)


def _signer_problem(code: str, severity: Severity, signer: Signer, number: int, name: str = "") -> Problem:
    return Problem(code, severity, SignerSubject(signer.id, name), {"number": number})


def _organization(draft: ContractDraft, signer: OrganizationSigner) -> Iterator[Problem]:
    number = draft.signer_number(signer.id)
    organization = signer.organization
    if not organization.name.strip():
        yield _signer_problem("signer.no_name", Severity.BLOCKING, signer, number, "organization.name")
    if not organization.code and not organization.account_id:
        yield _signer_problem("signer.no_code", Severity.BLOCKING, signer, number, "organization.code")
    yield from _third_id(signer, organization.third_id, "organization", number)
    yield from _person(draft, signer, signer.agent, "agent")


def _identity(signer: Signer) -> tuple[str, ...]:
    match signer:
        case PersonSigner(person=person):
            key = person.account_id or person.id_number or person.name
            return ("person", key) if key else (signer.id,)
        case OrganizationSigner(organization=organization):
            key = organization.account_id or organization.code or organization.name
            return ("organization", key) if key else (signer.id,)
        case ApplicationSigner():
            return (signer.id,)


def _person(
    draft: ContractDraft, signer: PersonSigner | OrganizationSigner, person: Person, part: str
) -> Iterator[Problem]:
    number = draft.signer_number(signer.id)
    if not person.name.strip():
        code = "signer.no_name" if part == "person" else "signer.no_agent_name"
        yield _signer_problem(code, Severity.BLOCKING, signer, number, f"{part}.name")
    if not person.account_id:
        if not person.id_number:
            yield _signer_problem("signer.no_id_number", Severity.BLOCKING, signer, number, f"{part}.id_number")
        if not signer.terms.is_silent:
            channels = draft.options.notices
            if NoticeChannel.SMS in channels and not person.mobile:
                yield _signer_problem("signer.no_mobile", Severity.WARNING, signer, number, f"{part}.mobile")
            if NoticeChannel.EMAIL in channels and not person.email:
                yield _signer_problem("signer.no_email", Severity.WARNING, signer, number, f"{part}.email")
    yield from _third_id(signer, person.third_id, part, number)


def _third_id(signer: Signer, third_id: str, part: str, number: int) -> Iterator[Problem]:
    if len(third_id.encode("utf-8", "surrogatepass")) > MAX_THIRD_ID_BYTES:
        yield _signer_problem("signer.long_third_id", Severity.BLOCKING, signer, number, f"{part}.third_id")
