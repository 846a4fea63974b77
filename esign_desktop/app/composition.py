"""Build the application's services from their dependencies."""

from __future__ import annotations

import secrets
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from esign_desktop.api.client import PlatformClient, Secret
from esign_desktop.domain.errors import StoreError
from esign_desktop.domain.policy import NO_POLICY
from esign_desktop.domain.titles import Naming
from esign_desktop.services.audit import AuditLog, AuditSeal, note_policy, noting, user_and_computer
from esign_desktop.services.backup.service import SecondFolder
from esign_desktop.services.bulk.plan import BulkPeople, BulkPlanner
from esign_desktop.services.bulk.row_keys import RowKeys
from esign_desktop.services.bulk.service import BulkService
from esign_desktop.services.calibration.service import CalibrationService
from esign_desktop.services.catalogue import Services
from esign_desktop.services.counter.brand import BrandService
from esign_desktop.services.counter.days import DayFiles
from esign_desktop.services.counter.pin import MIN_DIGITS, CounterPin
from esign_desktop.services.counter.service import CounterService
from esign_desktop.services.counter.shift import ShiftService, WaitingContracts
from esign_desktop.services.counter.tellers import Tellers
from esign_desktop.services.editing.copies import DocumentCopies
from esign_desktop.services.editing.documents import DocumentService
from esign_desktop.services.editing.drafts import DraftService
from esign_desktop.services.editing.snapshots import Snapshots
from esign_desktop.services.environments import EnvironmentService
from esign_desktop.services.erasure.service import ErasureService, ErasureStores
from esign_desktop.services.flows.corrections import CorrectionService
from esign_desktop.services.flows.files import SignatureService
from esign_desktop.services.flows.notices import NoticeService
from esign_desktop.services.flows.quota import QuotaService
from esign_desktop.services.flows.results import ResultFile
from esign_desktop.services.flows.service import FlowService
from esign_desktop.services.people.accounts import AccountBook, AccountRepair, AccountService
from esign_desktop.services.people.contacts import ContactService
from esign_desktop.services.people.customers import CustomerReader
from esign_desktop.services.people.third_ids import ThirdIds
from esign_desktop.services.preferences import Preferences
from esign_desktop.services.presets.layouts import PresetLayouts
from esign_desktop.services.presets.sent_forms import SentFormService
from esign_desktop.services.presets.service import PresetService
from esign_desktop.services.presets.shared import SharedPresets
from esign_desktop.services.rehearsal.service import RehearsalService
from esign_desktop.services.sending.approvals import Approvals
from esign_desktop.services.sending.doubts import DoubtService
from esign_desktop.services.sending.preparation import in_turn_among_others, prepare_side_by_side
from esign_desktop.services.sending.send import ActiveSends
from esign_desktop.services.sending.submission import SubmissionService
from esign_desktop.services.sending.values import SubmissionPlatforms, SubmissionStores
from esign_desktop.services.templates.making import TemplateMaker
from esign_desktop.services.templates.service import TemplateService
from esign_desktop.store.erasure import PersonErasure
from esign_desktop.store.files.ledger import Ledger
from esign_desktop.store.files.preset_files import PresetFiles
from esign_desktop.store.party_details import KeyringKey, SealedPartyDetails
from esign_desktop.store.secrets import SecretStore
from esign_desktop.store.tables.accounts import Accounts
from esign_desktop.store.tables.audit import Audit
from esign_desktop.store.tables.bulk import Bulk
from esign_desktop.store.tables.contacts import Contacts
from esign_desktop.store.tables.drafts import Drafts
from esign_desktop.store.tables.flows import Flows
from esign_desktop.store.tables.journal import Journal
from esign_desktop.store.tables.kept_values import KEPT_MS, KeptValues
from esign_desktop.store.tables.notices import NoticeInbox
from esign_desktop.store.tables.preset_forms import PresetFormTable
from esign_desktop.store.tables.presets import Presets
from esign_desktop.store.tables.results import Results
from esign_desktop.store.tables.sent_forms import SentForms
from esign_desktop.store.tables.settings import Settings
from esign_desktop.store.tables.templates import Templates
from esign_desktop.ui.resources import resource_path

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from esign_desktop.domain.environment import Environment, PlatformBehaviour
    from esign_desktop.domain.policy import Policy
    from esign_desktop.pdf.engine import PdfEngine
    from esign_desktop.services.backup.job import JobStarter
    from esign_desktop.services.backup.restoring import Restorer
    from esign_desktop.services.rehearsal.service import SandboxPlatform
    from esign_desktop.store.database.connection import Database
    from esign_desktop.store.files.paths import AppPaths

BULK_SENDERS: Final = 2
"""The number of rows sent at the same time. The platform states no limit, and the counter may be sending too."""

HOUR_MS: Final = 3_600_000
KEYRING_WAIT_S: Final = 3.0
"""Seconds to wait for the keyring to return the key of personal data, after which work continues without it."""


def build_services(
    paths: AppPaths,
    database: Database,
    engine: PdfEngine,
    *,
    clock_ms: Callable[[], int],
    connect: Callable[[Environment, Secret], PlatformClient] = PlatformClient,
    policy: Policy = NO_POLICY,
    result_file: Path | None = None,
) -> Services:
    """Build and return the services of an installation whose database is open.

    ``connect`` creates the platform clients. The results of contracts are written to ``result_file``, unless the policy
    specifies another file.
    """
    audit = Audit(database, who=user_and_computer(), clock_ms=clock_ms)
    note = noting(audit)
    settings = Settings(database, on_change=audit.note_setting)
    accounts, journal = Accounts(database), Journal(database, teller=lambda: audit.teller)
    inbox = NoticeInbox(database)
    keyring_key, session_key = KeyringKey(SecretStore(timeout_s=KEYRING_WAIT_S)), secrets.token_bytes(32)
    # Without the keyring, form values are encrypted for this session alone, and no file holds the key.
    sealed_values = SealedPartyDetails(keyring_key, session_key=session_key, may_unlock=keyring_key.may_unlock)
    kept_ms = policy.keep_hours * HOUR_MS if policy.keep_hours else KEPT_MS
    drafts, values = (
        Drafts(database, sealed_values),
        KeptValues(database, sealed_values, clock_ms=clock_ms, kept_ms=kept_ms),
    )
    flows = Flows(database, on_adding=audit.note_sent, values=values)
    environments = EnvironmentService(settings, SecretStore(), connect=connect, note=note, policy=policy)
    third_ids = ThirdIds(settings)
    party_details = SealedPartyDetails(keyring_key, may_unlock=keyring_key.may_unlock)
    contacts = ContactService(
        Contacts(database), accounts, third_ids, party_details, environment=environments.current, note=note
    )
    book = AccountBook(accounts, third_ids, party_details, on_remembered=contacts.note)
    stores = SubmissionStores(
        *(journal, Ledger(paths.ledger_path), flows, accounts, drafts, Snapshots(paths.snapshots_dir)),
        book=book,
        values=values,
        templates=Templates(database),
    )
    turns = ActiveSends()
    documents = DocumentService(engine)
    draft_service = DraftService(drafts, clock_ms=clock_ms, is_being_sent=journal.is_being_sent)
    preferences = Preferences(settings, policy)
    flow_service = FlowService(
        flows,
        environment_of=environments.get,
        client_for=environments.client_for,
        clock_ms=clock_ms,
        audit=audit,
        inbox=inbox,
        documents=documents,
        ours=contacts.our_names,
        layout=lambda: preferences.folder_layout,
    )
    platforms = SubmissionPlatforms(
        *(environments.get, environments.client_for, environments.learn_reports_links, environments.reports_links),
        end_replaced=flow_service.end_replaced,
    )
    note_policy(policy, settings, note)
    with suppress(StoreError):
        values.sweep()
        drafts.seal_old()
    copies = DocumentCopies(documents, draft_service, paths.copies_dir, clock_ms=clock_ms)
    preset_files = PresetFiles(paths.presets_dir)
    presets = PresetService(
        *(Presets(database), preset_files, documents, third_ids),
        clock_ms=clock_ms,
        note=note,
        keep_copy=copies.keep_apart,
        forms=PresetFormTable(database, party_details),
        behaviour=lambda: environments.current().behaviour,
        naming=lambda: Naming(preferences.title_rule, flow_service.our_names()),
    )
    sent_forms = SentFormService(
        *(SentForms(database, party_details), documents, contacts),
        customers_of=flow_service.customers,
        remembers=policy.remembers_forms,
    )
    template_files = PresetFiles(paths.templates_dir)
    forgetting = PersonErasure(database, sealed_values, audit)

    def make_restorer(jobs: JobStarter) -> Restorer:
        from esign_desktop.services.backup.restoring import Restorer

        own_key = keyring_key.asked_anew
        return Restorer(paths, database, stores.ledger, jobs, clock_ms=clock_ms, party_details_key=own_key)

    second_folder = SecondFolder(
        *(paths, SecretStore(timeout_s=KEYRING_WAIT_S), draft_service, forgetting),
        clock_ms=clock_ms,
        make_restorer=make_restorer,
        note=note,
    )
    people = ErasureStores(
        forgetting,
        accounts,
        journal,
        stores.ledger,
        stores.snapshots,
        copies_dir=paths.copies_dir,
        forms_dirs=(paths.templates_dir, paths.cache_dir / "drawn"),
        log_dir=paths.log_dir,
        sandbox_dir=paths.sandbox_dir,
    )
    quota = QuotaService(
        flows, settings, clock_ms=clock_ms, freeze_at=lambda kind: environments.get(kind).behaviour.freeze_at
    )
    account_service = AccountService(accounts, client_for=environments.client_for, clock_ms=clock_ms, book=book)
    calibration = CalibrationService(
        stores,
        environments=environments,
        accounts=account_service,
        flows=flow_service,
        documents=documents,
        settings=settings,
        sheet_path=resource_path("samples", "calibration.pdf"),
        folder=paths.cache_dir / "calibration",
        turns=turns,
        clock_ms=clock_ms,
    )
    rehearsal = RehearsalService(
        documents,
        paths.cache_dir / "rehearsal",
        make_platform=_rehearsal_platform,
        clock_ms=clock_ms,
        party=account_service.party,
    )
    approvals = Approvals(policy)
    shift = ShiftService(flows, flow_service, environment=environments.current, clock_ms=clock_ms)
    brand = BrandService(settings, paths.brand_dir)
    bulk_store, row_keys = Bulk(database), RowKeys(settings)
    bulk_people, in_turn = BulkPeople(presets, book, accounts, third_ids), in_turn_among_others()
    results = ResultFile(policy.results or result_file, Results(database), flows, journal, audit, clock_ms=clock_ms)
    return Services(
        account_repair=AccountRepair(accounts, flows, settings),
        documents=documents,
        drafts=draft_service,
        accounts=account_service,
        contacts=contacts,
        submission=SubmissionService(stores, platforms, clock_ms=clock_ms, turns=turns, approvals=approvals),
        flows=flow_service,
        environments=environments,
        preferences=preferences,
        corrections=CorrectionService(flows, journal, drafts, values, audit=audit),
        signatures=SignatureService(),
        audit_log=AuditLog(audit),
        audit_seal=AuditSeal(audit, stores.ledger, target=policy.audit_to),
        notices=NoticeService(inbox, environments, clock_ms=clock_ms),
        quota=quota,
        results=results,
        presets=presets,
        preset_layouts=PresetLayouts(presets, preset_files, documents),
        shared_presets=SharedPresets(
            policy.presets_folder, presets, settings, policy.preset_keys, digests=policy.preset_digests
        ),
        sent_forms=sent_forms,
        counter=CounterService(
            presets,
            CustomerReader(book, clock_ms=clock_ms),
            accounts,
            SubmissionService(stores, platforms, clock_ms=clock_ms, turns=turns, prepare=prepare_side_by_side),
            flow_service,
            WaitingContracts(flows, journal, clock_ms=clock_ms),
            environment=environments.current,
            note=note,
            on_unsent=lambda reference: results.note_unsent(reference, environments.current()),
        ),
        shift=shift,
        days=DayFiles(
            *(policy.days_folder, shift, brand),
            behind_since_ms=lambda: second_folder.status().behind_since_ms,
            data_dir=paths.data_dir,
            environment=environments.current,
            clock_ms=clock_ms,
        ),
        brand=brand,
        tellers=Tellers(
            settings,
            clock_ms=clock_ms,
            act_as=audit.act_as,
            note=note,
            policy=policy,
            mark=paths.tellers_mark,
            approvals=approvals,
        ),
        pin=CounterPin(settings, clock_ms=clock_ms, note=note, min_digits=policy.pin_digits or MIN_DIGITS),
        copies=copies,
        people=ErasureService(
            *(people, presets, turns),
            note_in_copies=second_folder.must_forget,
            give_up_rehearsal=rehearsal.close,
            drop_forms=sent_forms.forget_loaded,
        ),
        second_folder=second_folder,
        templates=TemplateService(
            *(stores.templates, stores.ledger, template_files, documents),
            *(paths.cache_dir / "drawn", paths.copies_dir),
            environment=environments.current,
            clock_ms=clock_ms,
        ),
        template_maker=TemplateMaker(
            *(stores.templates, stores.ledger, documents, stores.snapshots, template_files),
            environment=environments.current,
            client_for=environments.client_for,
            clock_ms=clock_ms,
        ),
        bulk=BulkService(
            presets,
            store=bulk_store,
            flows=flows,
            audit=audit,
            planner=BulkPlanner(
                bulk_store, row_keys, bulk_people, quota=quota, preferences=preferences, clock_ms=clock_ms
            ),
            senders=[
                SubmissionService(stores, platforms, clock_ms=clock_ms, turns=turns, prepare=in_turn)
                for _sender in range(BULK_SENDERS)
            ],
            environment=environments.current,
            clock_ms=clock_ms,
            approvals=approvals,
        ),
        calibration=calibration,
        rehearsal=rehearsal,
        doubts=DoubtService(documents, flows, journal, account_service, note=note, clock_ms=clock_ms),
    )


def _rehearsal_platform(folder: Path, behaviour: PlatformBehaviour) -> SandboxPlatform:
    """Return a rehearsal platform that has its data in ``folder`` and shows this behavior."""
    from esign_desktop.app.sandbox_process import EmbeddedSandbox

    return EmbeddedSandbox(
        folder,
        "--signs-by-itself",
        *("--seal-anchor", behaviour.seal_anchor.value),
        *("--keyword-origin", behaviour.keyword_origin.value),
        *("--cross-page-split", behaviour.cross_page_split.value),
        *("--chunk-type-name", behaviour.chunk_type_name.value),
        *("--organization-seal-width", str(behaviour.organization_seal_width_pt)),
        *("--person-seal-width", str(behaviour.person_seal_width_pt)),
    )
