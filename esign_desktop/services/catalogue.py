"""The services that the windows use, collected in one value."""

from __future__ import annotations

from dataclasses import dataclass

from esign_desktop.services.audit import AuditLog, AuditSeal
from esign_desktop.services.backup.service import SecondFolder
from esign_desktop.services.bulk.service import BulkService
from esign_desktop.services.calibration.service import CalibrationService
from esign_desktop.services.counter.brand import BrandService
from esign_desktop.services.counter.days import DayFiles
from esign_desktop.services.counter.pin import CounterPin
from esign_desktop.services.counter.service import CounterService
from esign_desktop.services.counter.shift import ShiftService
from esign_desktop.services.counter.tellers import Tellers
from esign_desktop.services.editing.copies import DocumentCopies
from esign_desktop.services.editing.documents import DocumentService
from esign_desktop.services.editing.drafts import DraftService
from esign_desktop.services.environments import EnvironmentService
from esign_desktop.services.erasure.service import ErasureService
from esign_desktop.services.flows.corrections import CorrectionService
from esign_desktop.services.flows.files import SignatureService
from esign_desktop.services.flows.notices import NoticeService
from esign_desktop.services.flows.quota import QuotaService
from esign_desktop.services.flows.results import ResultFile
from esign_desktop.services.flows.service import FlowService
from esign_desktop.services.people.accounts import AccountRepair, AccountService
from esign_desktop.services.people.contacts import ContactService
from esign_desktop.services.preferences import Preferences
from esign_desktop.services.presets.layouts import PresetLayouts
from esign_desktop.services.presets.sent_forms import SentFormService
from esign_desktop.services.presets.service import PresetService
from esign_desktop.services.presets.shared import SharedPresets
from esign_desktop.services.rehearsal.service import RehearsalService
from esign_desktop.services.sending.doubts import DoubtService
from esign_desktop.services.sending.submission import SubmissionService
from esign_desktop.services.templates.making import TemplateMaker
from esign_desktop.services.templates.service import TemplateService


@dataclass(frozen=True, slots=True)
class Services:
    """The services of a running application. Their calls block and must be made on worker threads."""

    documents: DocumentService
    drafts: DraftService
    accounts: AccountService
    contacts: ContactService
    submission: SubmissionService
    flows: FlowService
    environments: EnvironmentService
    preferences: Preferences
    corrections: CorrectionService
    signatures: SignatureService
    audit_log: AuditLog
    audit_seal: AuditSeal
    quota: QuotaService
    results: ResultFile
    notices: NoticeService
    presets: PresetService
    preset_layouts: PresetLayouts
    shared_presets: SharedPresets
    sent_forms: SentFormService
    counter: CounterService
    shift: ShiftService
    days: DayFiles
    brand: BrandService
    pin: CounterPin
    tellers: Tellers
    copies: DocumentCopies
    people: ErasureService
    templates: TemplateService
    template_maker: TemplateMaker
    bulk: BulkService
    account_repair: AccountRepair
    calibration: CalibrationService
    rehearsal: RehearsalService
    doubts: DoubtService
    second_folder: SecondFolder
