"""Everything the windows can ask for, in one value."""

from __future__ import annotations

from dataclasses import dataclass

from esign_desktop.services.account_repair import AccountRepair
from esign_desktop.services.accounts import AccountService
from esign_desktop.services.audit_log import AuditLog
from esign_desktop.services.brand import BrandService
from esign_desktop.services.bulk import BulkService
from esign_desktop.services.calibration import CalibrationService
from esign_desktop.services.corrections import CorrectionService
from esign_desktop.services.counter import CounterService
from esign_desktop.services.counter_pin import CounterPin
from esign_desktop.services.document_copies import DocumentCopies
from esign_desktop.services.documents import DocumentService
from esign_desktop.services.drafts import DraftService
from esign_desktop.services.environments import EnvironmentService
from esign_desktop.services.flows import FlowService
from esign_desktop.services.notice_service import NoticeService
from esign_desktop.services.people import PeopleService
from esign_desktop.services.preferences import Preferences
from esign_desktop.services.presets import PresetService
from esign_desktop.services.quota import QuotaService
from esign_desktop.services.second_folder import SecondFolder
from esign_desktop.services.shift_sheet import ShiftService
from esign_desktop.services.signatures import SignatureService
from esign_desktop.services.submission import SubmissionService
from esign_desktop.services.templates import TemplateService


@dataclass(frozen=True, slots=True)
class Services:
    """The services of one running application; all of them block, so they are called from worker threads.

    What is None is not offered.
    """

    documents: DocumentService
    drafts: DraftService
    accounts: AccountService
    submission: SubmissionService
    flows: FlowService
    environments: EnvironmentService
    preferences: Preferences
    corrections: CorrectionService | None = None
    signatures: SignatureService | None = None
    audit_log: AuditLog | None = None
    quota: QuotaService | None = None
    notices: NoticeService | None = None
    presets: PresetService | None = None
    counter: CounterService | None = None
    shift: ShiftService | None = None
    brand: BrandService | None = None
    pin: CounterPin | None = None
    copies: DocumentCopies | None = None
    people: PeopleService | None = None
    templates: TemplateService | None = None
    bulk: BulkService | None = None
    account_repair: AccountRepair | None = None
    calibration: CalibrationService | None = None
    second_folder: SecondFolder | None = None
