"""Forms of contracts that were sent: what is stored of them, and how the next contract is laid out."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from esign_desktop.domain.account import AccountKind, Organization, Person
from esign_desktop.domain.contract import edits
from esign_desktop.domain.contract.draft import ContractDraft
from esign_desktop.domain.environment import EnvironmentKind
from esign_desktop.domain.erasure import FORGOTTEN_NAME
from esign_desktop.domain.flow import FlowId, FlowRecord, FlowSigner
from esign_desktop.domain.geometry import PagePoint, mm_to_pt
from esign_desktop.domain.matching.form import whole_hash
from esign_desktop.domain.options import AccountParty, FlowOptions, SignUntil, SignWithin
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.domain.people.contact import ContactEntry
from esign_desktop.domain.placing.placement import CoordinatePlacement, KeywordPlacement, PlacementId
from esign_desktop.domain.placing.proposed_seals import OurParty, plan_seals
from esign_desktop.domain.preset.filling import fill
from esign_desktop.domain.signer import (
    ApplicationSigner,
    OpenSigner,
    OrganizationSigner,
    PersonSigner,
    SignerId,
    display_name,
    role_of,
    unknown_party,
)
from esign_desktop.pdf.text.folding import fold
from esign_desktop.services.presets import sent_forms
from esign_desktop.services.presets.sent_forms import SentFile
from esign_desktop.store import secrets
from esign_desktop.store.codec import preset_to_json
from esign_desktop.store.party_details import KeyringKey, SealedPartyDetails
from esign_desktop.store.secrets import SecretStore
from esign_desktop.store.tables.flows import Flows
from esign_desktop.store.tables.sent_forms import SentForms
from tests.domain.matching.test_private import guesses, is_confirmed
from tests.pdf.local_engine import LocalEngine
from tests.pdf.matching.third import SUBJECTS
from tests.pdf.proposing.setting import Setting, set_contract
from tests.services.memory_keyring import Computer, MemoryKeyring

if TYPE_CHECKING:
    from collections.abc import Iterator

    from esign_desktop.domain.preset.sent_form import SentForm
    from esign_desktop.services.catalogue import Services
    from esign_desktop.services.presets.recognition import Recognition

OURS = "云禾示例科技有限公司"
AGENT = Person("秦知远", "110101199003079999", mobile="13500000001")
FIRST, SECOND = "林小满", "周知夏"
CLAUSES = (
    "第一条　出租方将坐落于{place}的房屋出租给承租方使用。",
    "第二条　租赁期限自{day}起，至{day}止，期满承租方享有优先承租的权利。",
    "第三条　每月租金为人民币{rent}元，承租方应于每月五日前支付。",
    "第四条　出租方应当保证房屋符合居住条件，承租方不得擅自转租。",
    "第五条　一方违反本合同的，应当赔偿对方因此遭受的全部损失。",
    "第六条　因履行本合同发生争议的，由双方协商解决。",
    "第七条　本合同一式两份，双方各执一份，自双方签字之日起生效。",
)

HANDOVER = (
    "一、甲方已将房屋的钥匙、门禁卡和水电表读数当面交付乙方。",
    "二、乙方已当面查验房屋内的家具和电器，确认均可正常使用。",
    "三、交接后家具和电器的日常维护由乙方负责，自然损耗除外。",
    "四、合同终止时，乙方应当按照本清单逐项返还并结清费用。",
    "五、返还时缺少或者损坏的物品，由乙方按照市场价格补足。",
    "六、本清单是租赁合同的附件，与租赁合同具有同等效力。",
)


def write(
    path: Path,
    customer: str,
    *,
    place: str = "示例市云杉街18号",
    rent: int = 4800,
    things: int = 0,
    clauses: tuple[str, ...] = CLAUSES,
    feet: tuple[str, ...] = ("出租方（盖章）：", "承租方（签字）："),
) -> Path:
    """Write a lease for a customer, with a list of things before the signatures."""
    texts = ["房屋租赁合同", f"出租方：{OURS}", f"承租方：{customer}"]
    texts += [clause.format(place=place, day="2026年3月1日", rent=rent) for clause in clauses]
    texts += [f"木椅{number + 2}把。" for number in range(things)]
    path.parent.mkdir(parents=True, exist_ok=True)
    set_contract([*texts, *feet], Setting()).save(path)
    return path


def write_inventory(
    path: Path, customer: str, *, things: int = 3, clauses: tuple[str, ...] = HANDOVER, names_parties: bool = True
) -> Path:
    """Write the list of things that belongs to a lease.

    It calls the parties by other words than the lease, unless it is the same for every customer.
    """
    own, other = ("甲方", "乙方") if names_parties else ("出租方", "承租方")
    texts = ["房屋交接清单", *([f"{own}：{OURS}", f"{other}：{customer}"] if names_parties else ())]
    texts += [
        *clauses,
        *(f"木椅{number + 2}把。" for number in range(things)),
        f"{own}（盖章）：",
        f"{other}（签字）：",
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    set_contract(texts, Setting()).save(path)
    return path


def company() -> OrganizationSigner:
    """Return our own organization as a signer."""
    return OrganizationSigner(SignerId("ours"), Organization(OURS, "91000000000000000X"), AGENT)


@dataclass
class Office:
    """An installation in which our own organization is a contact."""

    computer: Computer
    folder: Path

    def start(self, *, is_locked: bool = False) -> Services:
        self.services = self.computer.start(is_locked=is_locked)
        return self.services

    def prepare(self, name: str = "", *, has_inventory: bool = False, **kwargs: object) -> ContractDraft:
        """Open a lease, and its list of things if it has one, and take everything that is read in them."""
        name = name or FIRST
        paths = [write(self.folder / f"{name}.pdf", name, **kwargs)]  # type: ignore[arg-type]
        if has_inventory:
            paths.append(write_inventory(self.folder / f"{name}的清单.pdf", name))
        documents = [self.services.documents.open(path) for path in paths]
        draft = edits.add_documents(ContractDraft.new(), documents)
        proposals = {document.id: self.services.documents.propose(document.id) for document in documents}
        return plan_seals(draft, proposals, ours=[OurParty(company())], with_across=False).taken(draft)

    def send(self, draft: ContractDraft, number: int = 1, customer: str = FIRST) -> None:
        """Remember the form of a contract as if it was sent now."""
        read = self.services.sent_forms.read(draft)
        assert read is not None
        self.services.sent_forms.keep(read, flow(number, customer))

    def recognise(self, name: str, **kwargs: object) -> Recognition | None:
        path = write(self.folder / f"{name}.pdf", name, **kwargs)  # type: ignore[arg-type]
        return self.services.sent_forms.recognise((self.services.documents.open(path),))


def flow(number: int, customer: str) -> FlowRecord:
    signers = (FlowSigner("account-0", OURS, 1, 1), FlowSigner("account-1", customer, 2, 1))
    home = EnvironmentKind.TEST, "project", f"submission-{number}"
    return FlowRecord(FlowId(f"flow-{number}"), *home, "房屋租赁合同", 1_000 * number, None, 1, signers=signers)


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    keyring = MemoryKeyring()
    monkeypatch.setattr(secrets, "_backend", keyring.found)
    one = Office(Computer(tmp_path / "installation", keyring, LocalEngine()), tmp_path)
    services = one.start()
    agent = services.contacts.save(ContactEntry(AGENT))
    entry = ContactEntry(Organization(OURS, "91330100MA27XL3B2K"), is_ours=True, agents=(agent.id,))
    services.contacts.save(entry, is_meant=True)
    yield one
    one.computer.stop()


def laid_out(recognition: Recognition, office: Office) -> ContractDraft:
    """Return the contract that is made of what was recognized, with parties whose names are not known."""
    parties = {role.id: unknown_party(role.kind) for role in recognition.preset.customers}
    document = office.services.documents.open(office.folder / f"{SECOND}.pdf")
    return fill(recognition.preset, [document], parties, hits=recognition.hits)


def test_the_next_paper_is_laid_out_as_the_last_one(office: Office) -> None:
    draft = office.prepare()
    assert len(draft.placements) == 2
    office.send(replace(draft, is_ordered=False))
    found = office.recognise(SECOND, place="临溪环湖大道7号", rent=3200, things=36)
    assert found is not None
    assert found.sent is not None
    assert (found.changes, found.unplaced_count) == ((), 0)
    preset = found.preset
    ours, customer = preset.signers
    assert isinstance(ours, OrganizationSigner)
    assert isinstance(customer, OpenSigner)
    assert (ours.organization.code, ours.agent.name, ours.agent.mobile) == (
        "91330100MA27XL3B2K",
        AGENT.name,
        AGENT.mobile,
    )
    assert [role_of(one) for one in preset.signers] == ["出租方", "承租方"]
    assert not preset.is_ordered
    # The list of things moves the signatures to another page.
    before = {place.pages.first for place in draft.placements if isinstance(place, CoordinatePlacement)}
    after = [place for place in laid_out(found, office).placements if isinstance(place, CoordinatePlacement)]
    assert before == {1}
    assert {place.pages.first for place in after} == {2}
    assert not any(place.is_unverified for place in after)
    names = office.services.presets.pages.names_in(
        preset, [office.services.documents.open(office.folder / f"{SECOND}.pdf").id]
    )
    assert names == {customer.id: SECOND}


def test_the_offer_names_the_customer_while_the_contract_is_in_track(office: Office) -> None:
    office.send(office.prepare())
    found = office.recognise(SECOND)
    assert found is not None
    assert found.sent is not None
    assert (found.sent.customers, found.sent.sent_at_ms) == ((), 1_000)
    flows = Flows(office.computer.database)
    flows.add(flow(1, FIRST))
    found = office.recognise(SECOND)
    assert found is not None
    assert found.sent is not None
    assert found.sent.customers == (FIRST,)
    flows.add(flow(2, FORGOTTEN_NAME))
    office.send(office.prepare(), 2)
    found = office.recognise(SECOND)
    assert found is not None
    assert found.sent is not None
    assert found.sent.customers == ()


def test_the_next_customer_may_be_an_organization_where_the_last_one_was_a_person(office: Office) -> None:
    draft = office.prepare()
    office.send(draft)
    name = "示例市拾光商贸有限公司"
    found = office.recognise(name)
    assert found is not None
    (customer,) = found.preset.customers
    assert customer.kind is AccountKind.ORGANIZATION
    (seal,) = [one for one in found.preset.placements if one.signer_id == customer.id]
    assert seal.width_pt == pytest.approx(mm_to_pt(42))
    office.send(office.prepare(name), 2)
    found = office.recognise(SECOND)
    assert found is not None
    (customer,) = found.preset.customers
    assert customer.kind is AccountKind.PERSON
    (seal,) = [one for one in found.preset.placements if one.signer_id == customer.id]
    assert seal.width_pt is None


def test_a_near_twin_is_laid_out_with_its_difference_named(office: Office) -> None:
    office.send(office.prepare())
    changed = CLAUSES[3].replace("不得擅自", "可以自行")
    found = office.recognise(SECOND, clauses=(*CLAUSES[:3], changed, *CLAUSES[4:]))
    assert found is not None
    assert found.sent is not None
    assert any("可以自行转租" in change.text for change in found.changes)


def test_another_form_is_not_recognised(office: Office) -> None:
    office.send(office.prepare())
    others = tuple(
        f"第{number}条　甲乙双方在设备维护期间应当遵守{number}号规程，费用由委托方承担。" for number in range(7)
    )
    assert office.recognise(SECOND, clauses=others) is None


def test_a_seal_whose_words_are_missing_is_told_and_not_placed(office: Office) -> None:
    office.send(office.prepare())
    found = office.recognise(SECOND, feet=("出租方（盖章）：", "承租人签名处"))
    assert found is not None
    assert found.sent is not None
    assert found.unplaced_count == 1
    assert len(found.preset.placements) == 1


def test_a_seal_without_words_stays_where_it_was_and_has_to_be_checked(office: Office) -> None:
    draft = office.prepare()
    document, signer = draft.documents[0], draft.signers[1]
    seal = CoordinatePlacement(
        PlacementId("far"), signer.id, document.id, PageRanges.single(1), PagePoint(560.0, 30.0), 60.0
    )
    office.send(edits.place(draft, seal))
    found = office.recognise(SECOND)
    assert found is not None
    (place,) = [one for one in found.preset.placements if one.id == "far"]
    assert isinstance(place, CoordinatePlacement)
    assert (place.center, place.is_unverified) == (seal.center, True)
    found = office.recognise(SECOND, things=30)
    assert found is not None
    assert found.sent is not None
    assert found.unplaced_count == 1
    assert not any(one.id == "far" for one in found.preset.placements)


def test_a_keyword_is_searched_for_again_and_one_with_a_name_is_left_out(office: Office) -> None:
    draft = office.prepare()
    document, signer = draft.documents[0], draft.signers[1]
    for number, keyword in enumerate(("承租方（签字）", FIRST)):
        seal = KeywordPlacement(PlacementId(f"k{number}"), signer.id, document.id, keyword, confirmed_hits=1)
        draft = edits.place(draft, seal)
    office.send(draft)
    found = office.recognise(SECOND)
    assert found is not None
    assert found.sent is not None
    keywords = [one.keyword for one in found.preset.placements if isinstance(one, KeywordPlacement)]
    assert (keywords, found.unplaced_count) == (["承租方（签字）"], 0)
    assert [len(hits or ()) for hits in found.hits.values()] == [1]
    found = office.recognise(SECOND, feet=("出租方（盖章）：", "承租人签名处"))
    assert found is not None
    assert found.sent is not None
    assert found.unplaced_count == 2


def test_options_are_kept_except_those_of_the_one_contract(office: Office) -> None:
    draft = office.prepare()
    names = [one.name for one in fields(FlowOptions) if one.default == ""]
    texts: dict[str, Any] = dict.fromkeys(names, f"https://example.com/?who={FIRST}")
    options = replace(
        draft.options,
        deadline=SignUntil(2_000_000_000_000),
        archive_until_ms=2_000_000_000_000,
        notices=frozenset(),
        **texts,
    )
    office.send(replace(draft, options=options))
    found = office.recognise(SECOND)
    assert found is not None
    kept = found.preset.options
    kept_texts = [name for name in names if getattr(kept, name)]
    assert kept_texts == [], "texts may name a customer: clear them in domain/preset/sent_form.py"
    assert kept.archive_until_ms is None
    assert isinstance(kept.deadline, SignWithin)
    assert kept.notices == frozenset()


def test_a_contract_that_another_account_pays_for_is_not_remembered(office: Office) -> None:
    draft = office.prepare()
    draft = replace(draft, options=replace(draft.options, payer=AccountParty("account", "付款人")))
    assert office.services.sent_forms.read(draft) is None


def test_a_form_is_there_once_and_its_uses_are_counted(office: Office) -> None:
    office.send(office.prepare())
    office.send(office.prepare(SECOND, rent=3200, things=5), 2)
    assert office.services.sent_forms.count() == 1
    (stored,) = _stored(office)
    assert (stored.use_count, stored.sent_at_ms, stored.flow_id) == (2, 2_000, "flow-2")
    # A contract with another clause is laid out alike, and one with another party is not.
    changed = (*CLAUSES[:3], CLAUSES[3].replace("不得擅自", "可以自行"), *CLAUSES[4:])
    office.send(office.prepare(SECOND, clauses=changed), 3)
    assert office.services.sent_forms.count() == 1
    office.send(office.prepare(SECOND, feet=("出租方（盖章）：", "承租方（签字）：", "担保人（签字）：")), 4)
    assert office.services.sent_forms.count() == 2


def test_the_form_that_was_not_used_for_the_longest_time_goes(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sent_forms, "MOST_FORMS", 2)
    forms = [
        tuple(f"第{number}条　{re.sub('{.}', '某处', clause)}" for number, clause in enumerate(clauses, 1))
        for _, clauses in list(SUBJECTS.values())[:3]
    ]
    for number, clauses in enumerate(forms, 1):
        office.send(office.prepare(clauses=clauses), number)
    assert sorted(one.sent_at_ms for one in _stored(office)) == [2_000, 3_000]
    assert office.services.sent_forms.count() == 2


def test_forms_are_there_after_a_start_and_with_a_new_keyring_they_are_not(office: Office) -> None:
    office.send(office.prepare())
    office.start()
    assert office.recognise(SECOND) is not None
    office.computer.keyring.entries.clear()
    office.start()
    assert office.recognise(SECOND) is None
    assert office.services.sent_forms.count() == 0


def test_without_a_keyring_forms_are_remembered_until_the_program_ends(office: Office) -> None:
    office.computer.keyring.is_absent = True
    office.start()
    office.services.contacts.save(ContactEntry(Organization(OURS), is_ours=True), is_meant=True, may_lack_numbers=True)
    office.send(office.prepare())
    assert office.recognise(SECOND) is not None
    assert office.computer.database.query("SELECT count(*) FROM sent_forms") == [(0,)]
    office.start()
    assert office.services.sent_forms.count() == 0
    assert office.recognise(SECOND) is None


def test_forms_are_forgotten_on_request(office: Office) -> None:
    office.send(office.prepare())
    office.services.sent_forms.forget_all()
    assert office.services.sent_forms.count() == 0
    assert office.recognise(SECOND) is None
    assert office.computer.database.query("SELECT count(*) FROM sent_forms") == [(0,)]


@pytest.mark.parametrize("printed", [FIRST, ""])
def test_a_file_that_names_its_customer_is_not_for_the_next_one(office: Office, printed: str) -> None:
    draft = office.prepare(printed or " ")
    customer = draft.signers[1]
    assert isinstance(customer, PersonSigner)
    draft = edits.update_signer(draft, replace(customer, person=Person(FIRST)))
    read = office.services.sent_forms.read(draft)
    assert read is not None
    kept = office.services.sent_forms.keep(read, flow(1, FIRST))
    assert kept is not None
    assert kept.files == (SentFile(draft.documents[0].path, bool(printed)),)


def test_a_form_that_was_read_with_another_key_is_not_kept(office: Office) -> None:
    read = office.services.sent_forms.read(office.prepare())
    assert read is not None
    assert office.services.sent_forms.keep(replace(read, key=b"another"), flow(1, FIRST)) is None
    assert office.services.sent_forms.count() == 0


@pytest.mark.parametrize("has_inventory", [False, True], ids=["one document", "two documents"])
def test_of_10_000_guessed_names_and_numbers_none_is_confirmed_by_what_is_on_the_disk(
    office: Office, has_inventory: bool
) -> None:
    """Without the key nothing is legible, and with it no piece holds a name or number, and no text but labels."""
    chance = random.Random("what is kept")  # noqa: S311
    candidates = list(guesses(chance))
    names = [name for name in candidates[:400] if name.isalpha() and len(name) in {2, 3}][:20]
    for number, name in enumerate([FIRST, *names], 1):
        place, rent = candidates[7 + 9 * number], chance.randrange(10**4, 10**6)
        office.send(office.prepare(name, place=place, rent=rent, has_inventory=has_inventory), number)
    (sent,) = _stored(office)
    assert sent.use_count == 1 + len(names)
    office.computer.stop()
    bare = b"".join(path.read_bytes() for path in office.computer.paths.database_path.parent.glob("esign.db*"))
    office.start()
    key = _table(office).key()
    assert key is not None
    assert len(sent.forms) == 1 + has_inventory
    hashes = {piece.whole for form in sent.forms for piece in form.pieces}
    assert any(whole_hash(fold("出租方应当保证房屋符合居住条件"), key) == one for one in hashes)
    told = [*candidates, FIRST, SECOND, *names]
    assert [name for name in told if is_confirmed(name, hashes, key)] == []
    text = preset_to_json(sent.preset).encode().decode("unicode_escape")
    assert [name for name in told if name in text] == []
    legible = [name for name in (*names, FIRST) if name.encode() in bare]
    # The list of the contacts holds our own organization and agent only.
    assert legible == []
    assert not any(whole.to_bytes(8, "big") in bare for whole in hashes)


def test_the_application_signs_again_and_its_customer_is_open(office: Office) -> None:
    draft = office.prepare()
    own, customer = draft.signers
    draft = edits.remove_signer(draft, own.id)
    draft = edits.add_signer(draft, ApplicationSigner(SignerId("application")))
    office.send(draft)
    found = office.recognise(SECOND)
    assert found is not None
    assert {type(signer) for signer in found.preset.signers} == {ApplicationSigner, OpenSigner}
    assert display_name(customer) == FIRST
    assert isinstance(customer, PersonSigner)


def _table(office: Office) -> SentForms:
    return SentForms(office.computer.database, SealedPartyDetails(KeyringKey(SecretStore())))


def _stored(office: Office) -> tuple[SentForm, ...]:
    return _table(office).list()
