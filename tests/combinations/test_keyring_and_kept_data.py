"""Each thing that depends on the keyring, with a keyring in each state: nothing is destroyed or dropped silently."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import TYPE_CHECKING, Final

import pytest

from esign_desktop.domain.account import AccountKind, AccountRecord, Organization, Person, masked_mobile
from esign_desktop.domain.contract.form_values import FilledForm, form_values
from esign_desktop.domain.document import TemplateFilling
from esign_desktop.domain.environment import Environment, EnvironmentKind
from esign_desktop.domain.errors import AppError
from esign_desktop.domain.people.contact import ContactEntry, ContactFilter
from esign_desktop.domain.submission import SubmissionId
from esign_desktop.services.catalogue import Services
from esign_desktop.ui.text.errors.sentences import error_sentence
from tests.drafts import make_document, make_draft
from tests.services.memory_keyring import Computer, MemoryKeyring

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from esign_desktop.store.tables.kept_values import KeptValues

HOME: Final = Environment(EnvironmentKind.TEST, "https://example.com", "project")
ACCOUNT: Final = AccountRecord(HOME.kind, HOME.project_id, "account 1", AccountKind.PERSON, "示例甲", identity="digest")
BASE: Final = make_draft(documents=(make_document(template=TemplateFilling("template", ())),))
UNLOCKED_AFTER_S: Final = 61.0


class Keyring(Enum):
    """The state of the keyring while the new value is stored. An earlier value was stored before."""

    AVAILABLE = auto()
    UNLOCKED_LATE = auto()
    CANCELLED = auto()
    ABSENT = auto()
    REPLACED = auto()


class Fate(Enum):
    """What becomes of a new value. Each but KEPT is told by a code that has a sentence, or is shown as not saved."""

    KEPT = auto()
    FOR_SESSION = auto()
    """The program uses it until it ends; afterwards the earlier value is there, or none."""
    REFUSED = auto()
    """It stays in the form of the user; the earlier value is unchanged."""
    UNTIL_UNLOCKED = auto()
    """The user is told that it is kept for the session; once the keyring is unlocked it is kept for good."""
    TOLD_LATER = auto()
    """The program uses it until it ends; where it is wanted afterwards, the user is told that it is lost."""
    LEFT_OUT = auto()
    """It is not stored, which is shown where it would stand; the earlier value is unchanged."""


@dataclass(frozen=True)
class Thing:
    """``put`` stores a value and returns how it was told, a code or an empty text; ``read`` returns what is stored."""

    put: Callable[[Services, str], str]
    read: Callable[[Services], str]
    fates: dict[Keyring, Fate]
    has_earlier: bool = True
    shown: Callable[[str], str] = str


K, L, C, A, R = Keyring
KEPT, FOR_SESSION, REFUSED, UNTIL_UNLOCKED, TOLD_LATER, LEFT_OUT = Fate
EARLIER: Final = "13800000001"
NEW: Final = "13900000002"
SENT: Final = SubmissionId("submission 1")


def code_of(work: Callable[[], object]) -> str:
    try:
        work()
    except AppError as error:
        sentence = error_sentence(error)
        assert sentence.title
        assert sentence.remedy
        return error.code
    return ""


def put_secret(services: Services, value: str) -> str:
    answers: list[bool] = []
    code = code_of(lambda: answers.append(services.environments.set_secret(HOME, value)))
    return code or ("" if answers == [True] else "no keyring, as Settings says")


def read_secret(services: Services) -> str:
    secret = services.environments.secret(HOME)
    return secret.reveal() if secret is not None else ""


def put_proxy(services: Services, value: str) -> str:
    answers: list[bool] = []
    proxied = replace(HOME, proxy_url=f"http://user:{value}@proxy.example.com:80")
    code = code_of(lambda: answers.append(services.environments.save(proxied)))
    return code or ("" if answers == [True] else "no keyring, as Settings says")


def read_proxy(services: Services) -> str:
    known = services.environments._with_proxy_password(services.environments.get(HOME.kind))  # noqa: SLF001
    return known.proxy_url.partition("user:")[2].partition("@")[0]


def put_draft(services: Services, value: str) -> str:
    draft = make_draft(documents=(make_document(template=TemplateFilling("template", (("金额", value),))),))
    is_kept: list[bool] = []

    def put() -> None:
        if services.drafts.list():
            # The user opens the draft before changing it.
            services.drafts.load(draft.id)
        is_kept.append(services.drafts.save(draft))

    return code_of(put) or ("" if is_kept == [True] else "store.values_for_session")


def read_draft(services: Services) -> str:
    are_lost = services.drafts.are_values_lost(BASE.id)
    draft = services.drafts.load(BASE.id)
    value = "".join(value for form in form_values(draft).values() for _, value in form.fields)
    return value or ("store.values_lost" if are_lost else "")


def contact_of(services: Services, name: str) -> Person | Organization | None:
    found = services.contacts.search(name, ContactFilter.ALL).contacts
    return services.contacts.party_details(found[0].id) if found else None


def put_contact(services: Services, value: str) -> str:
    found = services.contacts.search("示例乙", ContactFilter.ALL).contacts
    person = Person("示例乙", mobile=value)
    return code_of(lambda: services.contacts.save(ContactEntry(person, found[0].id if found else None)))


def put_imported(services: Services, value: str) -> str:
    return code_of(lambda: services.contacts.import_all([ContactEntry(Person("示例丁", mobile=value))]))


def read_mobile(name: str) -> Callable[[Services], str]:
    def read(services: Services) -> str:
        found = contact_of(services, name)
        return found.mobile if isinstance(found, Person) else ""

    return read


def put_legal(services: Services, value: str) -> str:
    found = services.contacts.search("示例公司", ContactFilter.ALL).contacts
    company = Organization("示例公司", legal_name="示例丙", legal_id_number=value)
    return code_of(lambda: services.contacts.save(ContactEntry(company, found[0].id if found else None)))


def read_legal(services: Services) -> str:
    found = contact_of(services, "示例公司")
    return found.legal_id_number if isinstance(found, Organization) else ""


def put_account(services: Services, value: str) -> str:
    record = replace(ACCOUNT, reach="digest")
    return code_of(
        lambda: services.accounts.book.remember(record, Person("示例甲", "110101199003072818", mobile=value))
    )


def read_account(services: Services) -> str:
    shown = services.accounts.record(HOME, ACCOUNT.account_id)
    return shown.masked_mobile if shown is not None else ""


def put_correction_values(services: Services, value: str) -> str:
    values: KeptValues = services.corrections._values  # noqa: SLF001
    return code_of(lambda: values.keep(SENT, {0: FilledForm((("金额", value),))}))


def read_correction_values(services: Services) -> str:
    values: KeptValues = services.corrections._values  # noqa: SLF001
    found = "".join(value for form in values.get(SENT).values() for _, value in form.fields)
    return found or ("store.values_lost" if values.are_lost(SENT) else "")


THINGS: Final = {
    "project secret": Thing(
        put_secret, read_secret, {K: KEPT, L: FOR_SESSION, C: FOR_SESSION, A: FOR_SESSION, R: KEPT}
    ),
    "proxy password": Thing(put_proxy, read_proxy, {K: KEPT, L: FOR_SESSION, C: FOR_SESSION, A: FOR_SESSION, R: KEPT}),
    "field values of a draft": Thing(put_draft, read_draft, {K: KEPT, L: REFUSED, C: REFUSED, A: FOR_SESSION, R: KEPT}),
    "field values of a new draft": Thing(
        put_draft, read_draft, {K: KEPT, L: UNTIL_UNLOCKED, C: FOR_SESSION, A: FOR_SESSION, R: KEPT}, has_earlier=False
    ),
    "field values of a sent contract": Thing(
        *(put_correction_values, read_correction_values),
        {K: KEPT, L: KEPT, C: TOLD_LATER, A: TOLD_LATER, R: KEPT},
        has_earlier=False,
    ),
    "mobile of a contact": Thing(
        put_contact, read_mobile("示例乙"), {K: KEPT, L: REFUSED, C: REFUSED, A: REFUSED, R: KEPT}
    ),
    "mobile of a new contact": Thing(
        *(put_contact, read_mobile("示例乙")),
        {K: KEPT, L: REFUSED, C: REFUSED, A: REFUSED, R: KEPT},
        has_earlier=False,
    ),
    "mobile of an imported contact": Thing(
        *(put_imported, read_mobile("示例丁")),
        {K: KEPT, L: REFUSED, C: REFUSED, A: REFUSED, R: KEPT},
        has_earlier=False,
    ),
    "number of a legal representative": Thing(
        put_legal, read_legal, {K: KEPT, L: REFUSED, C: REFUSED, A: REFUSED, R: KEPT}
    ),
    "mobile of an account": Thing(
        put_account,
        read_account,
        {K: KEPT, L: LEFT_OUT, C: LEFT_OUT, A: LEFT_OUT, R: KEPT},
        has_earlier=False,
        shown=masked_mobile,
    ),
}


@pytest.fixture
def now_s(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time in seconds for the patience with the keyring."""
    now_s = [1000.0]
    monkeypatch.setattr("esign_desktop.store.party_details.time.monotonic", lambda: now_s[0])
    return now_s


@pytest.fixture
def computer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, now_s: list[float]) -> Iterator[Computer]:
    keyring = MemoryKeyring()
    monkeypatch.setattr("esign_desktop.store.secrets._backend", keyring.found)
    computer = Computer(tmp_path / "installation", keyring)
    yield computer
    computer.stop()


def start_in(computer: Computer, state: Keyring) -> Services:
    keyring = computer.keyring
    keyring.is_absent = state is Keyring.ABSENT
    if state is Keyring.REPLACED:
        keyring.entries.clear()
    return computer.start(is_locked=state in {Keyring.UNLOCKED_LATE, Keyring.CANCELLED})


@pytest.mark.parametrize("state", Keyring)
@pytest.mark.parametrize("name", THINGS)
def test_a_value_is_kept_or_the_user_is_told_and_no_earlier_value_is_destroyed(
    computer: Computer, now_s: list[float], name: str, state: Keyring
) -> None:
    thing = THINGS[name]
    fate = thing.fates[state]
    earlier = EARLIER if thing.has_earlier else ""
    if earlier:
        assert thing.put(computer.start(), earlier) == ""
    services = start_in(computer, state)
    told = thing.put(services, NEW)
    assert bool(told) is (fate in {FOR_SESSION, UNTIL_UNLOCKED, REFUSED}), told
    if fate in {FOR_SESSION, UNTIL_UNLOCKED}:
        assert thing.read(services) == thing.shown(NEW)
    if state is Keyring.UNLOCKED_LATE:
        computer.keyring.is_locked = False
        now_s[0] += UNLOCKED_AFTER_S
        thing.read(services)
    computer.keyring.is_absent = False
    left = thing.read(computer.start())
    match fate:
        case Fate.KEPT | Fate.UNTIL_UNLOCKED:
            assert left == thing.shown(NEW)
        case Fate.TOLD_LATER:
            assert left == "store.values_lost"
        case Fate.FOR_SESSION:
            assert left in {earlier, "store.values_lost"}
        case _:
            assert left == earlier


UNREADABLE: Final = {
    Keyring.UNLOCKED_LATE: "contact.locked",
    Keyring.CANCELLED: "contact.locked",
    Keyring.ABSENT: "contact.unreadable",
    Keyring.REPLACED: "contact.unreadable",
}


@pytest.mark.parametrize("state", UNREADABLE)
def test_contacts_whose_values_cannot_be_read_are_not_merged(computer: Computer, state: Keyring) -> None:
    services = computer.start()
    kept = services.contacts.save(ContactEntry(Person("示例乙")))
    gone = services.contacts.save(ContactEntry(Person("示例乙二", mobile=EARLIER)))
    key = dict(computer.keyring.entries)
    services = start_in(computer, state)
    assert code_of(lambda: services.contacts.merge(kept.id, gone.id)) == UNREADABLE[state]
    computer.keyring.is_absent, computer.keyring.entries = False, key
    assert computer.start().contacts.party_details(gone.id) == Person("示例乙二", mobile=EARLIER)


@pytest.mark.parametrize("state", [Keyring.ABSENT, Keyring.REPLACED])
def test_field_values_that_cannot_be_read_outlive_changes_of_their_draft(computer: Computer, state: Keyring) -> None:
    put_draft(computer.start(), EARLIER)
    key = dict(computer.keyring.entries)
    services = start_in(computer, state)
    assert read_draft(services) == "store.values_lost"
    services.drafts.save(replace(services.drafts.load(BASE.id), is_ordered=not BASE.is_ordered))
    computer.keyring.is_absent, computer.keyring.entries = False, key
    assert read_draft(computer.start()) == EARLIER


def test_without_a_keyring_a_contact_is_saved_without_its_numbers_once_the_user_says_so(computer: Computer) -> None:
    services = start_in(computer, Keyring.ABSENT)
    entry = ContactEntry(Person("示例乙", mobile=NEW))
    assert code_of(lambda: services.contacts.save(entry)) == "contact.no_keyring"
    assert services.contacts.save(entry, may_lack_numbers=True).masked_mobile == ""
    assert services.contacts.import_all([ContactEntry(Person("示例丙", mobile=NEW))], may_lack_numbers=True).added
