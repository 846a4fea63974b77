"""Templates are made of real forms at a real rehearsal platform; what goes wrong on the way is told as what it is."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest

from esign_desktop.api.client import PlatformClient, RawAnswer, Secret
from esign_desktop.api.errors import NotSent, OutcomeUnknown, Refused
from esign_desktop.domain.account import Person
from esign_desktop.domain.contract.draft import ContractDraft
from esign_desktop.domain.document import TemplateFilling
from esign_desktop.domain.environment import EnvironmentKind
from esign_desktop.domain.errors import ApiError, Cancelled, CancelToken, InputError, StoreError
from esign_desktop.domain.forms import FieldKind, preset_fields
from esign_desktop.domain.preset.fields import CustomerDatum
from esign_desktop.domain.preset.preset import PresetHome
from esign_desktop.domain.signer import ApplicationSigner, OpenSigner, OrganizationSigner, PersonSigner, SignerId
from esign_desktop.override import override
from esign_desktop.services.templates.making import TEMPLATE, TemplateMaker
from esign_desktop.store.files.preset_files import PresetFiles
from esign_desktop.store.tables.templates import Templates
from tests.drafts import make_application_signer, make_organization_signer
from tests.pdf.local_engine import local_form_fields
from tests.services.counter_desk import CounterDesk
from tests.services.crashing import REPOSITORY
from tests.services.desk import clock_ms, make_pdf
from tests.services.sandbox_platform import SECRET
from tests.services.template_files import write_form
from tests.services.template_victim import POINTS
from tests.tiers import daily

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from esign_desktop.domain.document import Document
    from esign_desktop.domain.environment import Environment
    from esign_desktop.domain.templates import Template
    from esign_desktop.services.templates.making import TemplateLook
    from tests.services.sandbox_platform import SandboxPlatform

CREATE, UPLOAD_URL = "/template/createbyfilekey", "/file/uploadurl"
FIELDS = ("姓名", "身份证号码", "借款金额", "配偶姓名")


class Office:
    """An installation that makes templates, and one form of its own."""

    def __init__(self, folder: Path, platform: SandboxPlatform) -> None:
        self._folder = folder
        self.platform = platform
        self.path = write_form(folder / "借款申请表.pdf", FIELDS, mark=str(folder))
        self.environment = platform.environment
        self.open()

    def open(self) -> None:
        """Start the program, as often as one likes."""
        self.desk = CounterDesk(self._folder / "desk", self.platform.environment)
        self.document: Document = self.desk.documents.open(self.path)
        self.service = self.make_service()

    def make_service(self, client_for: Callable[[Environment], PlatformClient] | None = None) -> TemplateMaker:
        return TemplateMaker(
            Templates(self.desk.database),
            self.desk.stores.ledger,
            self.desk.documents,
            self.desk.stores.snapshots,
            PresetFiles(self.desk.paths.templates_dir),
            environment=lambda: self.environment,
            client_for=client_for or self.desk.client_for,
            clock_ms=clock_ms,
            list_fields=local_form_fields,
        )

    def look(self) -> TemplateLook:
        return self.service.look(self.document)

    def make(self, *, anew: bool = False, cancel: CancelToken | None = None) -> Template:
        return self.service.make(self.document, self.look(), anew=anew, cancel=cancel)

    def fails(self, work: Callable[[], object]) -> str:
        with pytest.raises((ApiError, InputError)) as caught:
            work()
        return caught.value.code

    @property
    def create_count(self) -> int:
        return self.platform.requests(CREATE)


def source_of(template: Template) -> TemplateFilling:
    return TemplateFilling(template.template_id, preset_fields=preset_fields(template.fields))


@pytest.fixture
def office(tmp_path: Path, platform: SandboxPlatform) -> Iterator[Office]:
    office = Office(tmp_path, platform)
    yield office
    office.desk.close()


def test_the_form_is_told_before_anything_is_sent(office: Office) -> None:
    calls = len(office.platform.request_log())
    look = office.look()
    assert [(one.name, one.kind, one.page_number) for one in look.fields] == [
        (name, FieldKind.TEXT, 1) for name in FIELDS
    ]
    assert (look.environment, look.earlier) == (office.environment, None)
    assert len(office.platform.request_log()) == calls


def test_a_template_is_made_and_filled_by_the_platform(office: Office) -> None:
    told: list[tuple[int, int]] = []
    template = office.service.make(office.document, office.look(), on_progress=lambda *one: told.append(one))
    assert [field.datum for field in preset_fields(template.fields)] == [
        *(CustomerDatum.NAME, CustomerDatum.ID_NUMBER, CustomerDatum.TYPED, CustomerDatum.TYPED)
    ]
    size_bytes = office.path.stat().st_size
    assert told[-1] == (size_bytes, size_bytes)
    client = office.desk.client_for(office.environment)
    doc_id, _url = client.create_document_from_template(template.template_id, "借款", {"姓名": "张三"})
    assert doc_id


def test_the_same_file_is_a_template_once_however_often_it_is_wanted(office: Office) -> None:
    first, count = office.make(), office.create_count
    earlier = office.look().earlier
    assert earlier is not None
    assert earlier.is_made
    assert office.make() == first
    assert office.create_count == count


@pytest.mark.nightly
def test_an_id_that_the_database_has_lost_is_taken_from_the_ledger(office: Office) -> None:
    first, count = office.make(), office.create_count
    record = Templates(office.desk.database).find(home := home_of(office), office.look().sha256)
    assert record is not None
    Templates(office.desk.database).drop(record.id)
    assert Templates(office.desk.database).find(home, record.sha256) is None
    assert office.make().template_id == first.template_id
    assert office.create_count == count


def home_of(office: Office) -> PresetHome:
    return PresetHome(office.environment.kind, office.environment.project_id)


def test_a_ledger_that_can_not_be_written_costs_no_template(office: Office) -> None:
    with patch.object(office.desk.stores.ledger, "append", side_effect=StoreError("store.disk_full")):
        first = office.make()
    count = office.create_count
    assert office.make() == first
    assert office.create_count == count


def test_a_database_that_can_not_be_written_costs_no_template(office: Office) -> None:
    with (
        patch.object(Templates, "keep", side_effect=StoreError("store.disk_full")),
        pytest.raises(StoreError),
    ):
        office.make()
    count = office.create_count
    assert office.make().template_id
    assert office.create_count == count


def test_another_project_has_templates_of_its_own(office: Office) -> None:
    office.make()
    office.environment = replace(office.environment, project_id="another")
    assert office.look().earlier is None


def test_a_lost_answer_is_told_and_nothing_is_repeated_unasked(office: Office) -> None:
    office.platform.set_faults({"path": CREATE, "fault": "drop_reply"})
    count = office.create_count
    with pytest.raises(OutcomeUnknown) as caught:
        office.make()
    assert caught.value.code == "template.answer_lost"
    earlier = office.look().earlier
    assert earlier is not None
    assert not earlier.is_made
    assert office.fails(office.make) == "template.outcome_unknown"
    assert office.create_count == count + 1

    template = office.make(anew=True)

    assert template.template_id
    assert office.create_count == count + 2
    assert office.make() == template


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
@pytest.mark.parametrize("point", daily(["before append"], POINTS))
def test_a_program_that_is_killed_never_makes_a_second_one_unasked(office: Office, point: str) -> None:
    environment, count = office.environment, office.create_count
    office.desk.close()
    order = {
        "root": str(office.desk.root),
        "path": str(office.path),
        "point": point,
        "kind": environment.kind.value,
        "base_url": environment.base_url,
        "project_id": environment.project_id,
    }
    command = [sys.executable, "-m", "tests.services.template_victim", json.dumps(order)]
    assert subprocess.run(command, cwd=REPOSITORY, check=False).returncode == -signal.SIGKILL
    office.open()

    earlier = office.look().earlier

    match point:
        case "before begin":
            assert (earlier, office.create_count) == (None, count)
            assert office.make().template_id
        case "after begin" | "before append":
            assert earlier is not None
            assert not earlier.is_made
            assert office.fails(office.make) == "template.outcome_unknown"
            assert office.create_count == count + (point == "before append")
        case _:
            assert earlier is not None
            assert office.make().template_id == earlier.template_id
            assert office.create_count == count + 1


def test_a_refusal_is_certain_and_may_be_tried_again(office: Office) -> None:
    office.platform.set_faults({"path": CREATE, "fault": "err_code", "err_code": 77, "msg": "模板数量已满"})
    with pytest.raises(Refused) as caught:
        office.make()
    assert caught.value.msg == "模板数量已满"
    assert office.look().earlier is None
    office.platform.set_faults()
    assert office.make().template_id


def test_without_network_nothing_is_known_to_have_been_made(office: Office) -> None:
    look = office.look()
    office.environment = replace(office.environment, base_url="http://127.0.0.1:9/v3")
    with pytest.raises(NotSent) as caught:
        office.service.make(office.document, look)
    assert caught.value.code == "api.no_network"
    assert office.look().earlier is None


@pytest.mark.parametrize("gone", [False, True], ids=["changed", "gone"])
def test_a_file_that_is_not_the_one_that_was_opened_is_not_sent(office: Office, gone: bool) -> None:
    look, calls = office.look(), len(office.platform.request_log())
    if gone:
        office.path.unlink()
    else:
        office.path.write_bytes(office.path.read_bytes() + b"\n% changed")
    code = "document.missing" if gone else "document.changed"
    assert office.fails(office.look) == code
    assert office.fails(lambda: office.service.make(office.document, look)) == code
    assert len(office.platform.request_log()) == calls
    assert list(office.desk.paths.snapshots_dir.iterdir()) == []


def test_a_file_that_is_larger_than_a_template_may_be_is_told_before_it_is_sent(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    look, made = office.look(), office.create_count
    monkeypatch.setattr("esign_desktop.services.templates.making.MAX_PDF_BYTES", 100)
    assert office.fails(lambda: office.service.make(office.document, look)) == "template.too_large"
    assert office.create_count == made


def test_an_environment_that_was_changed_meanwhile_is_not_the_one_that_was_told(office: Office) -> None:
    look = office.look()
    office.environment = replace(office.environment, kind=EnvironmentKind.PRODUCTION)
    assert office.fails(lambda: office.service.make(office.document, look)) == "template.other_environment"


def test_it_can_be_stopped_until_the_platform_is_asked(office: Office) -> None:
    office.platform.set_faults({"path": UPLOAD_URL, "fault": "slow", "seconds": 0.2})
    cancel, count = CancelToken(), office.create_count
    with pytest.raises(Cancelled):
        office.service.make(office.document, office.look(), on_progress=lambda *_: cancel.cancel(), cancel=cancel)
    assert office.create_count == count
    assert office.look().earlier is None
    assert list(office.desk.paths.snapshots_dir.iterdir()) == []


def test_a_second_one_waits_for_its_turn(office: Office) -> None:
    codes: list[str] = []
    look = office.look()

    def ask_again(_done: int, _total: int) -> None:
        codes.append(office.fails(lambda: office.service.make(office.document, look)))

    office.service.make(office.document, look, on_progress=ask_again)
    assert set(codes) == {"template.busy"}


class ReplayingClient(PlatformClient):
    """Gets the first genuine answer about a template once more, whatever it asks."""

    first: RawAnswer | None = None

    @override
    def post(self, path: str, body: bytes, *, cancel: CancelToken | None = None) -> RawAnswer:
        if path != CREATE:
            return super().post(path, body, cancel=cancel)
        self.first = self.first or super().post(path, body, cancel=cancel)
        return self.first


def test_an_answer_about_another_template_is_none(office: Office, tmp_path: Path) -> None:
    client = ReplayingClient(office.environment, Secret(SECRET))
    office.service = office.make_service(lambda _environment: client)
    office.make()
    other = office.desk.documents.open(write_form(tmp_path / "other.pdf", FIELDS, mark="other"))
    assert office.fails(lambda: office.service.make(other, office.service.look(other))) == "template.answer_lost"
    assert len([one for one in office.desk.stores.ledger.read() if one.kind == TEMPLATE]) == 1
    client.close()


def test_a_file_without_a_text_field_is_no_template(office: Office, tmp_path: Path) -> None:
    make_pdf(tmp_path / "plain.pdf")
    document = office.desk.documents.open(tmp_path / "plain.pdf")
    look = office.service.look(document)
    assert office.fails(lambda: office.service.make(document, look)) == "template.no_text_field"


def test_a_preset_of_a_template_has_the_documents_seals_and_a_customer(office: Office) -> None:
    template = source_of(office.make())
    presets = office.desk.presets
    draft = replace(ContractDraft.new(), documents=(office.document,))
    preset = presets.of_template(draft, office.document.id, template, office.environment)
    assert [type(role) for role in preset.signers] == [OpenSigner]
    assert preset.documents[0].template == template
    assert preset.home == home_of(office)
    assert presets.list() == (preset,)
    # Once more is the same one.
    assert presets.of_template(draft, office.document.id, template, office.environment) == preset
    assert len(presets.list()) == 1


def test_the_only_person_of_the_contract_is_the_customer(office: Office) -> None:
    signer = PersonSigner(SignerId("one"), Person("样张"))
    draft = replace(ContractDraft.new(), documents=(office.document,), signers=(signer,))
    preset = office.desk.presets.of_template(draft, office.document.id, source_of(office.make()), office.environment)
    assert [type(role) for role in preset.signers] == [OpenSigner]
    assert "样张".encode() not in office.desk.all_bytes()


def test_a_company_of_the_contract_is_no_customer(office: Office) -> None:
    signers = (make_organization_signer("云禾示例科技有限公司"), make_application_signer())
    draft = replace(ContractDraft.new(), documents=(office.document,), signers=signers)
    preset = office.desk.presets.of_template(draft, office.document.id, source_of(office.make()), office.environment)
    assert [type(role) for role in preset.signers] == [OrganizationSigner, ApplicationSigner]
    assert preset.customers == ()


def test_one_person_beside_a_company_is_the_customer(office: Office) -> None:
    signers = (make_organization_signer("云禾示例科技有限公司"), PersonSigner(SignerId("one"), Person("样张")))
    draft = replace(ContractDraft.new(), documents=(office.document,), signers=signers)
    preset = office.desk.presets.of_template(draft, office.document.id, source_of(office.make()), office.environment)
    assert [type(role) for role in preset.signers] == [OrganizationSigner, OpenSigner]


def test_of_two_persons_neither_is_the_customer_by_itself(office: Office) -> None:
    signers = tuple(PersonSigner(SignerId(name), Person(name)) for name in ("样张", "样李"))
    draft = replace(ContractDraft.new(), documents=(office.document,), signers=signers)
    preset = office.desk.presets.of_template(draft, office.document.id, source_of(office.make()), office.environment)
    assert [type(role) for role in preset.signers] == [PersonSigner, PersonSigner]


def test_what_is_kept_of_a_template_names_nobody(office: Office) -> None:
    office.make()
    (entry,) = (one for one in office.desk.stores.ledger.read() if one.kind == TEMPLATE)
    assert set(entry.values) == {"environment", "project_id", "sha256", "template_id"}
    assert "借款申请表".encode() not in office.desk.paths.ledger_path.read_bytes()
