"""A whole installation as the application builds it, without windows, against the rehearsal platform."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl

from esign_desktop.app.composition import build_services
from esign_desktop.domain.contract import edits
from esign_desktop.domain.contract.draft import ContractDraft
from esign_desktop.domain.preset.preset import with_staff
from esign_desktop.domain.signer import PersonSigner, SignerId, SigningTerms
from esign_desktop.store.database.connection import Database
from esign_desktop.store.files.paths import AppPaths
from esign_desktop.store.tables.notices import NoticeInbox, ReceivedNotice
from tests.bulk_samples import read_sheet
from tests.canaries.persons import ID_NUMBER, MOBILE, NAME, PERSON
from tests.pdf.local_engine import LocalEngine
from tests.services.counter_desk import KEYWORD, make_form, make_form_contract
from tests.services.desk import clock_ms, make_contract, organization_signer, person_signer
from tests.services.sandbox_platform import SECRET

if TYPE_CHECKING:
    from esign_desktop.domain.account import Person
    from esign_desktop.domain.contract.draft import DraftId
    from esign_desktop.domain.flow import FlowId, FlowRecord
    from esign_desktop.services.catalogue import Services
    from tests.services.sandbox_platform import SandboxPlatform

CUSTOMER_LINE = f"{NAME} {ID_NUMBER} {MOBILE}"


class Household:
    """``root`` holds all that the program keeps, ``outside`` what is the user's own."""

    def __init__(self, root: Path, outside: Path, platform: SandboxPlatform) -> None:
        self.root = root
        self.outside = outside
        self.platform = platform
        self.paths = AppPaths.at(root)
        self.paths.prepare()
        self.database = Database(self.paths.database_path)
        self.services = self._open()

    def _open(self) -> Services:
        self.database.open()
        services = build_services(self.paths, self.database, LocalEngine(), clock_ms=clock_ms)
        environment = self.platform.environment
        services.environments.save(environment)
        services.environments.use_for_session(environment, SECRET)
        services.environments.choose(environment.kind)
        return services

    def close(self) -> None:
        self.services.environments.close()
        self.database.close()

    def restart(self) -> None:
        self.close()
        self.database = Database(self.paths.database_path)
        self.services = self._open()

    # Every way in which a person comes to be kept

    def send(self, name: str, *signers: PersonSigner, is_signed: bool = True) -> FlowRecord:
        """Send a contract in whose title, document and file the name stands."""
        draft = make_contract(self.outside / name, signers=signers or (person_signer("孙旁人"),))
        source = Path(draft.documents[0].path)
        path = source.rename(source.with_name(f"{name}.pdf"))
        document = replace(draft.documents[0], path=str(path), name=name)
        options = replace(draft.options, business_scene=f"{name} {draft.title}")
        draft = replace(draft, documents=(document,), options=options)
        self.services.drafts.save(draft)
        self.services.preferences.add_recent(path)
        outcome = self.services.submission.send(draft, self.platform.environment)
        assert (outcome.error, outcome.flow_id is not None) == (None, True)
        assert outcome.flow_id is not None
        if is_signed:
            for urls in outcome.links.values():
                self.platform.sign(urls[0])
        return self.services.flows.refresh(outcome.flow_id)

    def send_with_canary(self, *, is_signed: bool = True) -> FlowRecord:
        """With somebody else beside the person, and the signed file fetched."""
        canary = PersonSigner(SignerId("canary"), PERSON)
        record = self.send(f"{NAME}的合同", canary, person_signer("孙旁人", step=2), is_signed=is_signed)
        if is_signed:
            self.services.flows.download(record.flow_id, self.outside / "signed")
        return self.services.flows.get(record.flow_id)

    def send_for_company(self) -> FlowRecord:
        """With the person as the agent of a company, called back again."""
        signer = organization_signer("示例公司", PERSON)
        draft = make_contract(self.outside / "company", signers=(signer,))
        outcome = self.services.submission.send(draft, self.platform.environment)
        assert outcome.flow_id is not None
        return self.services.flows.revoke(outcome.flow_id)

    def serve(self) -> FlowRecord:
        """Serve the person at the counter."""
        counter, presets = self.services.counter, self.services.presets
        assert counter is not None
        assert presets is not None
        draft = make_form_contract(self.services.documents, self.outside / "counter")
        customers = [signer.id for signer in draft.signers]
        document_id = draft.documents[0].id
        hits = {(document_id, KEYWORD): self.services.documents.find(document_id, KEYWORD)}
        preset = presets.make(draft, customers, name="柜面", environment=self.platform.environment, hits=hits)
        counter.choose(preset.id)
        counter.enter(CUSTOMER_LINE)
        view = counter.send()
        self.platform.sign(view.link)
        counter.refresh()
        assert view.flow_id is not None
        counter.clear()
        return self.services.flows.get(view.flow_id)

    def send_sheet(self) -> FlowRecord:
        """Send the person a contract from a sheet that is called after them, with the preset of ``serve``."""
        bulk, presets = self.services.bulk, self.services.presets
        assert bulk is not None
        assert presets is not None
        preset = next(preset for preset in presets.list() if preset.name == "柜面")
        path = self.outside / f"{NAME}的名单.xlsx"
        book = openpyxl.Workbook()
        page = book.worksheets[0]
        page.title = NAME
        page.append(["姓名", "身份证号", "手机号", "邮箱", "合同名称"])
        page.append([NAME, ID_NUMBER, MOBILE, PERSON.email, f"{NAME}的借款"])
        book.save(path)
        sheet = read_sheet(path)
        report = bulk.run(bulk.plan(preset, sheet, bulk.columns_for(preset, sheet)))
        flow_id = report.rows[0].flow_id
        assert (report.error, flow_id is not None) == (None, True)
        assert flow_id is not None
        record = self.services.flows.get(flow_id)
        self.platform.sign(record.signers[0].urls[0])
        return self.services.flows.refresh(flow_id)

    def keep_presets(self) -> None:
        """Keep a preset with the person as staff, and one whose own PDF is made out to them."""
        presets = self.services.presets
        assert presets is not None
        draft = make_form_contract(self.services.documents, self.outside / "staff", signers=2)
        draft = replace(draft, options=replace(draft.options, business_scene=f"{NAME}经办"))
        customer, staff = (signer.id for signer in draft.signers)
        preset = presets.make(draft, [customer], name=f"{NAME}的预设", environment=self.platform.environment)
        presets.save(with_staff(preset, next(r.id for r in preset.signers if r.id != preset.customers[0].id), PERSON))
        path = self._made_out()
        document = self.services.documents.open(path)
        made_out = ContractDraft(ContractDraft.new().id, documents=(document,), signers=(person_signer("周样张"),))
        presets.make(made_out, [made_out.signers[0].id], name="照抄", environment=self.platform.environment)
        assert staff

    def keep_draft(self, person: Person = PERSON) -> DraftId:
        """Keep a draft with a person's numbers, and their name in its title."""
        draft = make_contract(self.outside / f"draft of {person.name}")
        draft = edits.add_signer(draft, PersonSigner(SignerId(person.name), person, SigningTerms(2)))
        draft = replace(draft, options=replace(draft.options, business_scene=f"{person.name}的草稿"))
        self.services.drafts.keep(draft)
        return draft.id

    def keep_notice(self, flow_id: FlowId) -> None:
        """Take in a notice about a flow."""
        environment = self.platform.environment
        NoticeInbox(self.database).keep((ReceivedNotice("0" * 64, flow_id, environment.kind, clock_ms()),))

    def leave_remnants(self) -> None:
        """Leave what accidents and upgrades leave: copies of the database, of a file, and a line in the log."""
        path = self.paths.database_path
        for suffix in (
            *(".damaged-1700000000000", ".newer-1700000000000", ".before-upgrade-11-1700000000000"),
            *(".before-upgrade-new", ".backup-new", ".restoring"),
        ):
            shutil.copyfile(path, path.with_name(path.name + suffix))
        folder = self.paths.snapshots_dir / "left"
        folder.mkdir()
        (folder / "0.pdf").write_text(CUSTOMER_LINE, "utf-8")
        (self.paths.copies_dir / "copy.pdf").write_bytes(self._made_out().read_bytes())
        (self.paths.copies_dir / "left.part").write_text(CUSTOMER_LINE, "utf-8")
        (self.paths.presets_dir / "left.part").write_text(CUSTOMER_LINE, "utf-8")
        (self.paths.log_dir / "esign-desktop.log").write_text(f"before {CUSTOMER_LINE} after\n", "utf-8")
        (self.paths.data_dir / "ledger.jsonl.new").write_text(CUSTOMER_LINE, "utf-8")

    def _made_out(self) -> Path:
        return make_form(self.outside / "made out" / "form.pdf", mark=f"{NAME} {ID_NUMBER}")
