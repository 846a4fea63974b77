"""Whatever is typed, picked, pasted and undone: the account that is sent belongs to whom the window shows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, Phase, event, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit

from esign_desktop.domain.account import Identity, Person, PersonIdType
from esign_desktop.domain.bulk.sheet import Sheet, with_cells
from esign_desktop.domain.people.contact import ContactFilter
from esign_desktop.domain.preset.preset import Preset
from esign_desktop.domain.signer import PersonSigner, SignerId
from esign_desktop.domain.submission import SubmissionState
from esign_desktop.services.people.accounts import AccountService
from esign_desktop.services.people.contacts import ContactService
from esign_desktop.services.people.third_ids import ThirdIds
from esign_desktop.store.codec import draft_from_json, draft_to_json
from esign_desktop.store.party_details import SealedPartyDetails
from esign_desktop.store.tables.accounts import Accounts
from esign_desktop.store.tables.contacts import Contacts
from esign_desktop.store.tables.settings import Settings
from esign_desktop.ui.bulk.work import SheetHistory
from esign_desktop.ui.prepare.signers.fields import PersonFields
from esign_desktop.ui.prepare.signers.form import SignerForm
from esign_desktop.ui.widgets.contact_matches import ContactMatches, contact_entry
from tests.bulk_samples import make_sheet
from tests.services.bulk_desk import BulkDesk
from tests.services.desk import clock_ms, make_contract
from tests.services.sandbox_platform import SandboxPlatform

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

    from esign_desktop.services.catalogue import Services
    from esign_desktop.ui.tasks import TaskRunner

NUMBERS = ("110101199003078515", "11010119900307803X", "110101195001010017", "110101198808080036")
MOBILES = ("13800000000", "13900000000", "13700000000")
KNOWN = (
    Person("张三", NUMBERS[0], mobile=MOBILES[0]),
    Person("张三", NUMBERS[0], mobile=MOBILES[1]),
    Person("李四", NUMBERS[1], mobile=MOBILES[0]),
    Person("张三", NUMBERS[2]),
)
"The first two are one person who has two phones, last a namesake of hers."
NAMES = ("张三", "李四", "张三丰", "")
DOCUMENTS = (PersonIdType.RESIDENT_IDENTITY, PersonIdType.PASSPORT)
QUICK = settings(
    max_examples=60, deadline=None, suppress_health_check=[*HealthCheck], phases=[Phase.explicit, Phase.generate]
)
SENDING = settings(QUICK, max_examples=15)


@dataclass
class World:
    """An installation that knows accounts, each by having sent a contract to it; ``owners`` are whose they are."""

    desk: BulkDesk
    platform: SandboxPlatform
    preset: Preset
    folder: Path
    owners: dict[str, Person]

    def send(self, person: Person) -> tuple[SubmissionState, str, str]:
        """Send a contract to somebody; return how it ended, why, and the account that start was told."""
        signer = PersonSigner(SignerId("signer"), person)
        draft = make_contract(self.folder / uuid4().hex, signers=(signer,))
        outcome = self.desk.submission.run(self.desk.submission.queue(draft, self.desk.environment))
        told = [one["account_id"] for flow in self.platform.flows(draft.title) for one in flow.signers]
        if told:
            number = person.id_number or self.owners[person.account_id].id_number
            self.owners.setdefault(told[0], Person(person.name, number, person.id_type, person.mobile))
        return outcome.state, outcome.error.code if outcome.error else "", told[0] if told else ""

    def make_contacts(self) -> ContactService:
        """Return the contacts that the accounts make."""
        database = self.desk.database
        return ContactService(
            *(Contacts(database), Accounts(database), ThirdIds(Settings(database))),
            SealedPartyDetails(lambda: self.desk.party_details_key),
            environment=lambda: self.desk.environment,
        )

    def is_at_platform(self, account_id: str, person: Person) -> bool:
        """Whether the platform has the account for this person: by its third id it makes none for somebody else."""
        home = self.desk.environment.kind, self.desk.environment.project_id
        record = self.desk.stores.accounts.get(*home, account_id)
        assert record is not None
        assert record.third_id
        client = self.desk.client_for(self.desk.environment)
        return client.create_person(replace(person, third_id=record.third_id)) == account_id


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("whose account")
    with SandboxPlatform(folder / "platform") as platform:
        desk = BulkDesk(folder / "desk", platform.environment)
        world = World(desk, platform, desk.make_preset(folder), folder, {})
        for person in KNOWN:
            assert world.send(person)[0] is SubmissionState.DONE
        assert len(world.owners) == len(KNOWN)
        yield world
        desk.close()


def check(world: World, shown: Identity, person: Person) -> None:
    """Hold that whatever account somebody would be sent with is that of the identity that is shown."""
    if person.account_id:
        event("by an account")
        assert not person.id_number
    assert Identity(person.name, person.id_type, person.id_number) == shown
    entry = world.desk.stores.book.look_up(world.desk.environment, person)
    record = None if entry.is_known_otherwise else world.desk.stores.book.fitting_person(entry)
    if record is None or record.account_id not in world.owners:
        return
    event("with an account that is known")
    owner = world.owners[record.account_id]
    assert Identity(owner.name, owner.id_type, shown.number and owner.id_number) == shown
    assert person.mobile in {"", owner.mobile}


# The form

_typed = st.tuples(st.just("name"), st.sampled_from(NAMES))
_numbers = st.tuples(st.just("number"), st.sampled_from((*NUMBERS, "", "1")))
_mobiles = st.tuples(st.just("mobile"), st.sampled_from((*MOBILES, "")))
_pasted = st.builds(
    lambda name, number, mobile: ("paste", f"{name} {number} {mobile}"),
    *(st.sampled_from(NAMES[:3]), st.sampled_from(NUMBERS), st.sampled_from((*MOBILES, ""))),
)
_actions = st.lists(
    st.one_of(
        *(_typed, _numbers, _mobiles, _pasted),
        st.tuples(st.just("pick"), st.integers(0, 2)),
        st.tuples(st.just("document"), st.sampled_from(DOCUMENTS)),
        st.tuples(st.just("undo"), st.sampled_from(("name", "number", "mobile"))),
        st.tuples(st.just("redo"), st.sampled_from(("name", "number", "mobile"))),
        st.tuples(st.just("reopen"), st.just(None)),
    ),
    min_size=2,
    max_size=9,
)


class Hands:
    """A form, and somebody who types into it."""

    def __init__(self, world: World, tasks: TaskRunner, qtbot: QtBot) -> None:
        self._world = world
        self._tasks = tasks
        self._qtbot = qtbot
        accounts = AccountService(
            world.desk.stores.accounts,
            client_for=world.desk.client_for,
            clock_ms=clock_ms,
            book=world.desk.stores.book,
        )
        environments = SimpleNamespace(current=lambda: world.desk.environment)
        self._contacts = world.make_contacts()
        self._contacts.take_in()
        self._services = cast(
            "Services", SimpleNamespace(accounts=accounts, contacts=self._contacts, environments=environments)
        )
        self._form: SignerForm | None = None
        self._open(PersonSigner(SignerId("signer"), Person("")))

    def close(self) -> None:
        assert self._form is not None
        self._form.close()
        self._form.deleteLater()

    def do(self, what: str, value: object) -> None:
        """Do what a person does, by keys."""
        match what:
            case "pick":
                self._pick(cast("int", value))
            case "document":
                kind = self._fields.findChild(QComboBox)
                assert kind is not None
                kind.setCurrentIndex(kind.findData(value))
            case "undo" | "redo":
                line = self._line(str(value))
                key = Qt.Key.Key_Z if what == "undo" else Qt.Key.Key_Y
                QTest.keyClick(line, key, Qt.KeyboardModifier.ControlModifier)
            case "reopen":
                draft = make_contract(self._world.folder / uuid4().hex, signers=(self.signer,))
                self.close()
                self._open(cast("PersonSigner", draft_from_json(draft_to_json(draft)).signers[0]))
            case "paste":
                line = self._line("name")
                line.setFocus()
                line.selectAll()
                QApplication.clipboard().setText(str(value))
                QTest.keyClick(line, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
                line.editingFinished.emit()
            case _:
                line = self._line(what)
                line.selectAll()
                QTest.keyClick(line, Qt.Key.Key_Delete)
                line.insert(str(value))

    @property
    def shown(self) -> Identity:
        """Who stands in the fields; the number may be left to the account."""
        kind = self._fields.findChild(QComboBox)
        assert kind is not None
        document = PersonIdType(kind.currentData())
        return Identity(self._line("name").text(), document, self._line("number").text())

    @property
    def signer(self) -> PersonSigner:
        assert self._form is not None
        signer = self._form.signer
        assert isinstance(signer, PersonSigner)
        return signer

    @property
    def _fields(self) -> PersonFields:
        assert self._form is not None
        fields = self._form.findChild(PersonFields)
        assert fields is not None
        return fields

    def _line(self, which: str) -> QLineEdit:
        return self._fields.findChildren(QLineEdit)[("name", "number", "mobile").index(which)]

    def _open(self, signer: PersonSigner) -> None:
        self._form = SignerForm(signer, self._services, self._tasks, is_new=True)
        self._qtbot.addWidget(self._form)

    def _pick(self, index: int) -> None:
        entries = self._contacts.search("", ContactFilter.PERSONS).contacts
        # Namesakes are told apart, and of one person's accounts only the current one is offered.
        assert len(entries) == len({(contact_entry(one), one.number_type) for one in entries})
        matches = self._fields.findChild(ContactMatches)
        assert matches is not None
        chosen = entries[index % len(entries)]
        matches.picked.emit(chosen)
        self._tasks.wait_idle()
        self._qtbot.waitUntil(lambda: self._line("name").text() == chosen.name)
        QApplication.processEvents()


@pytest.fixture
def hands(world: World, tasks: TaskRunner, qtbot: QtBot) -> Iterator[Hands]:
    hands = Hands(world, tasks, qtbot)
    yield hands
    hands.close()


@QUICK
@given(actions=_actions)
def test_the_account_of_a_signers_form_is_that_of_whom_it_shows(
    world: World, hands: Hands, actions: list[tuple[str, object]]
) -> None:
    for what, value in actions:
        hands.do(what, value)
        check(world, hands.shown, hands.signer.person)


@pytest.mark.slow
@SENDING
@given(actions=_actions.map(lambda actions: [("pick", 0), *actions, ("name", "张三")]))
def test_the_account_that_start_is_told_is_that_of_whom_the_form_shows(
    world: World, hands: Hands, actions: list[tuple[str, object]]
) -> None:
    for what, value in actions:
        hands.do(what, value)
    person = hands.signer.person
    state, why, account_id = world.send(person)
    if state is not SubmissionState.DONE:
        event(why)
        assert not account_id
        return
    number = person.id_number or world.owners[person.account_id].id_number
    assert world.is_at_platform(account_id, Person(person.name, number, person.id_type))


# The grid

_cells = st.dictionaries(
    st.tuples(st.integers(0, 2), st.integers(0, 2)),
    st.sampled_from((*NAMES, *NUMBERS, *MOBILES)),
    min_size=1,
    max_size=3,
)


@QUICK
@given(edits=st.lists(st.one_of(_cells, st.sampled_from(("undo", "redo"))), max_size=8))
def test_the_account_of_a_row_is_that_of_whom_the_row_names(
    world: World, edits: list[dict[tuple[int, int], str]]
) -> None:
    sheet = make_sheet(*((one.name, one.id_number, one.mobile) for one in (KNOWN[0], KNOWN[2], KNOWN[3])))
    history = SheetHistory()
    for edit in edits:
        sheet = _edited(history, sheet, edit)
    plan = world.desk.plan(world.preset, sheet)
    seen: set[Identity] = set()
    for row, reading in zip(plan.rows, plan.readings, strict=True):
        if not reading.is_ready:
            continue
        draft = world.desk.planner.draft(world.preset, plan, row.index)
        (signer,) = draft.signers
        assert isinstance(signer, PersonSigner)
        name, number, mobile = sheet.rows[row.index].cells
        identity = Identity(name, PersonIdType.RESIDENT_IDENTITY, number)
        # Another phone is not another person: nobody stands in two rows that are sent.
        assert identity not in seen
        seen.add(identity)
        _check_of_number(world, identity, mobile, signer.person)


def _edited(history: SheetHistory, sheet: Sheet, edit: object) -> Sheet:
    match edit:
        case "undo":
            return history.back(sheet) or sheet
        case "redo":
            return history.forth(sheet) or sheet
        case _:
            history.note(sheet)
            return with_cells(sheet, cast("dict[tuple[int, int], str]", edit))


def _check_of_number(world: World, shown: Identity, mobile: str, person: Person) -> None:
    """Hold the same where the number is always told: the account must be its owner's, and reach the phone."""
    if person.account_id:
        owner = world.owners[person.account_id]
        assert owner.identity == shown
        assert mobile in {"", owner.mobile}
    else:
        check(world, shown, person)


# The line

_parts = st.lists(st.sampled_from((*NAMES, *NUMBERS, *MOBILES)), max_size=5)


@QUICK
@given(lines=st.lists(_parts.map(" ".join), min_size=1, max_size=4))
def test_the_account_of_the_counters_line_is_that_of_whom_the_line_names(world: World, lines: list[str]) -> None:
    desk = world.desk
    desk.counter.choose(world.preset.id)
    for text in lines:
        look = desk.counter.look(text)
        if look.person is None:
            continue
        event("a customer")
        number = next(one for one in NUMBERS if one in text)
        mobile = next((one for one in MOBILES if one in text), "")
        typed = [name for name in NAMES if name and name in text.split()]
        owner = next((one for one in world.owners.values() if one.id_number == number), None)
        assert look.name == (typed[0] if typed else owner.name if owner is not None else "")
        shown = Identity(look.name, PersonIdType.RESIDENT_IDENTITY, number)
        _check_of_number(world, shown, mobile, look.person)


def test_one_person_is_offered_once_and_a_namesake_apart(world: World) -> None:
    contacts = world.make_contacts()
    contacts.take_in()
    known = contacts.search("", ContactFilter.PERSONS).contacts
    accounts = [contacts.accounts(one.id)[0] for one in known]
    assert {world.owners[one.account_id].identity for one in accounts} >= {one.identity for one in KNOWN}
    # The other tests here draw passports with numbers of identity cards: a mark does not tell these two apart.
    marks = {(contact_entry(one), one.number_type) for one in known}
    assert len({world.owners[one.account_id].identity for one in accounts}) == len(known) == len(marks)
