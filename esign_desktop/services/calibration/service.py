"""Calibrate a platform by sending it the program's own contract (the *sheet*) and measuring the seals on the result.

The sheet is recorded in the journal and the ledger like any other contract. Each environment has at most one sheet at a
time. After a crash or a network failure, the next ``run`` continues with the existing sheet, and nothing is sent twice.
Results do not change any setting until ``take`` stores them.
"""

from __future__ import annotations

import base64
import hashlib
import json
import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from esign_desktop.api.client import Chunk
from esign_desktop.api.errors import Refused
from esign_desktop.api.wire import PDF_CONTENT_TYPE
from esign_desktop.domain.account import AccountKind, Organization, Person
from esign_desktop.domain.calibration.answers import Answer, Expected, NoAnswer, Question, answers, expectations
from esign_desktop.domain.calibration.sheet import (
    INVENTED_PERSON,
    PAGE_COUNT,
    SECOND_THIRD_ID,
    Sealer,
    Sightings,
    link_contract,
    measuring_contract,
)
from esign_desktop.domain.disk_errors import disk_errors
from esign_desktop.domain.document import Document
from esign_desktop.domain.environment import (
    ChunkTypeName,
    Environment,
    EnvironmentKind,
    LinksAtStart,
    PlatformBehaviour,
    SecondAccount,
)
from esign_desktop.domain.errors import ApiError, Cancelled, CancelToken, InputError
from esign_desktop.domain.flow import FlowId, FlowStatus
from esign_desktop.domain.geometry import PageRect
from esign_desktop.domain.submission import SubmissionId, SubmissionState
from esign_desktop.domain.templates import TemplateField
from esign_desktop.services.calibration.measuring import PagePicture, measure, picture_of
from esign_desktop.services.sending.submission import SubmissionService
from esign_desktop.services.sending.values import RetryPolicy, SubmissionPlatforms
from esign_desktop.store.files.paths import make_private_dir

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from esign_desktop.api.client import PlatformClient
    from esign_desktop.services.editing.documents import DocumentService
    from esign_desktop.services.environments import EnvironmentService
    from esign_desktop.services.flows.service import FlowService
    from esign_desktop.services.people.accounts import AccountService
    from esign_desktop.services.sending.send import ActiveSends
    from esign_desktop.services.sending.values import SubmissionProgress, SubmissionStores
    from esign_desktop.store.tables.settings import Settings

ORIGIN: Final = "calibration"
LINKS_ORIGIN: Final = "calibration of links"
"""Origins recorded in the journal: of a sheet, and of the contract that tests whether the platform returns links."""
WAIT_S: Final = 180.0
_ASK_AGAIN_S: Final = 2.0
_PICTURE_SCALE: Final = 1.5
_FORM_FIELD: Final = TemplateField("calibration", is_required=False, page_number=1, rect=PageRect(36, 36, 236, 56))
_REHEARSALS: Final = frozenset({EnvironmentKind.SANDBOX, EnvironmentKind.TEST})

_log = logging.getLogger(__name__)


class CalibrationStage(StrEnum):
    """The stage that a calibration has reached."""

    ACCOUNTS = "accounts"
    SENDING = "sending"
    WAITING = "waiting"
    DOWNLOADING = "downloading"
    MEASURING = "measuring"
    PAGES = "pages"
    LINKS = "links"


@dataclass(frozen=True, slots=True)
class CalibrationReport:
    """The results of the calibration of one environment.

    ``sightings`` are the seals found on the sheet, ``expected`` are the positions that the answers predict for these
    seals, and ``pictures`` are the rendered pages of the signed sheet.
    """

    environment: Environment
    flow_id: FlowId
    answers: tuple[Answer, ...]
    sightings: Sightings
    expected: tuple[Expected, ...]
    pictures: tuple[PagePicture, ...]

    @property
    def changes(self) -> tuple[Answer, ...]:
        """The answers that differ from the current settings."""
        return tuple(answer for answer in self.answers if answer.is_change)


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A sheet that was sent but not yet measured. ``with_person`` states whether it contains a person's seals."""

    submission_id: SubmissionId
    with_person: bool


@dataclass(frozen=True, slots=True)
class _Run:
    """The arguments of one call of ``run``. ``document`` is the sheet's open file."""

    environment: Environment
    document: Document
    title: str
    sealer: Sealer | None
    wait_s: float
    on_stage: Callable[[CalibrationStage], None]
    cancel: CancelToken


class CalibrationService:
    """The service that runs calibrations.

    Calls block on the network, the disk and the PDF process, and may come from any thread.
    """

    def __init__(
        self,
        stores: SubmissionStores,
        *,
        environments: EnvironmentService,
        accounts: AccountService,
        flows: FlowService,
        documents: DocumentService,
        settings: Settings,
        sheet_path: Path,
        folder: Path,
        turns: ActiveSends,
        clock_ms: Callable[[], int],
        retry: RetryPolicy | None = None,
    ) -> None:
        """Create the service. ``folder`` holds the signed file while the file is measured."""
        self._environments = environments
        self._accounts = accounts
        self._flows = flows
        self._documents = documents
        self._settings = settings
        self._sheet_path = sheet_path
        self._folder = folder
        self._links: list[bool] = []
        platforms = SubmissionPlatforms(
            lambda kind: _with_default_behaviour(environments.get(kind)),
            environments.client_for,
            # A result about links is not stored until the user accepts it, and the flow is not shown to a signer when
            # it is started.
            self._on_links_answered,
            lambda _kind: True,
        )
        self._submission = SubmissionService(stores, platforms, clock_ms=clock_ms, turns=turns, retry=retry)

    def require(self, kind: EnvironmentKind) -> Environment:
        """Return the environment if it can be calibrated.

        Raises InputError ``calibration.binding`` if contracts in the environment are legally binding, InputError
        ``environment.*`` if a setting is missing, and StoreError.
        """
        environment = self._environments.get(kind)
        if environment.is_binding or kind not in _REHEARSALS:
            raise InputError("calibration.binding")
        self._environments.client_for(environment)
        return environment

    def sealers(self, kind: EnvironmentKind) -> tuple[Sealer, ...]:
        """Return the known organizations that can seal the sheet in place of the application.

        The most recently used organization comes first.
        """
        known = self._accounts.known(self._environments.get(kind))
        people = {record.account_id: record for record in known if record.kind is AccountKind.PERSON}
        return tuple(
            Sealer(
                Organization(record.name, account_id=record.account_id, third_id=record.third_id),
                Person(agent.name, account_id=agent.account_id, third_id=agent.third_id),
            )
            for record in known
            if record.kind is AccountKind.ORGANIZATION and (agent := people.get(record.agent_account_id)) is not None
        )

    def is_waiting(self, kind: EnvironmentKind) -> bool:
        """Return whether there is an earlier sheet that has not been measured yet.

        If there is one, the next run does not send a new sheet.
        """
        return self._find_sheet(self._environments.get(kind)) is not None

    def run(
        self,
        kind: EnvironmentKind,
        title: str,
        *,
        with_person: bool = True,
        sealer: Sealer | None = None,
        wait_s: float = WAIT_S,
        on_stage: Callable[[CalibrationStage], None] = lambda _stage: None,
        cancel: CancelToken | None = None,
    ) -> CalibrationReport:
        """Send the sheet, wait until it is sealed, download and measure it, and return the results.

        ``title`` is the contract's title, which Track displays. ``sealer`` is the organization that seals the sheet; if
        it is None, the application seals the sheet. If ``with_person`` is True, accounts are created for an invented
        person, and the platform behavior that requires a person is tested too. If the platform refuses the person's
        automatic seal, a second sheet without a person is sent.

        Raises ApiError, PdfError, StoreError, Cancelled, and the errors of ``require``. Also raises one of these
        InputErrors:

        - ``calibration.held`` if it is unknown whether the platform received the sheet.
        - ``calibration.not_complete`` if the sheet is not sealed within ``wait_s`` seconds. The next ``run``
          continues with this sheet; ``give_up`` revokes it.
        - ``calibration.not_sealed`` if the flow ended without seals.
        - ``calibration.other_file`` if the platform returned a different file.
        """
        cancel = cancel or CancelToken()
        environment = self.require(kind)
        self._cancel_leftovers()
        tried: list[Answer] = []
        now = environment.behaviour
        if with_person:
            on_stage(CalibrationStage.ACCOUNTS)
            account = self._second_account(self._environments.client_for(environment), now)
            with_person = account.reason is None
            tried.append(account)
        document = self._documents.open(self._sheet_path)
        try:
            run = _Run(environment, document, title, sealer, wait_s, on_stage, cancel)
            flow_id, is_with_person = self._sealed(run, with_person=with_person)
            sightings, pictures = self._measured(run, flow_id, with_person=is_with_person)
            on_stage(CalibrationStage.PAGES)
            tried.append(self._chunk_type_name(run))
            if with_person:
                on_stage(CalibrationStage.LINKS)
                tried.append(self._links_at_start(run))
        finally:
            self._documents.close(document.id)
        self._forget_sheet(environment)
        measured = answers(sightings, now)
        if with_person and not is_with_person:
            measured = tuple(
                replace(answer, reason=NoAnswer.REFUSED) if answer.question is Question.PERSON_WIDTH else answer
                for answer in measured
            )
        found = (*measured, *_without_pixels(tried, now))
        expected = expectations(sightings.keyword_box, measured)
        return CalibrationReport(environment, flow_id, found, sightings, expected, pictures)

    def give_up(self, kind: EnvironmentKind) -> None:
        """Revoke the sheet of an interrupted run, if there is one. Raises ApiError, InputError or StoreError."""
        environment = self._environments.get(kind)
        sheet = self._find_sheet(environment)
        if sheet is None:
            return
        outcome = self._submission.outcome(sheet.submission_id)
        is_unseen = outcome.is_paused and outcome.state is not SubmissionState.EXECUTE_INTENT
        if is_unseen or outcome.state is SubmissionState.HELD:
            # The flow will not be executed, regardless of whether it was started.
            self._submission.cancel_before_execute(sheet.submission_id)
        elif outcome.flow_id is not None and not self._flows.refresh(outcome.flow_id).status.is_final:
            self._flows.revoke(outcome.flow_id)
        self._forget_sheet(environment)

    def take(self, report: CalibrationReport, questions: Collection[Question]) -> Environment:
        """Store the measured answers to ``questions`` in the environment's settings, and return the new environment.

        Raises StoreError.
        """
        chosen = {
            answer.question.value: answer.seen
            for answer in report.answers
            if answer.question in questions and answer.seen is not None
        }
        kind = report.environment.kind
        now = self._environments.get(kind).behaviour
        return self._environments.set_behaviour(kind, replace(now, **chosen))  # type: ignore[arg-type]  # by its fields

    # The sheet to be measured, stored in the settings.

    def _find_sheet(self, environment: Environment) -> _Sheet | None:
        """Return the sheet to be measured for the environment's project, or None if there is none or its send failed.

        Raises StoreError.
        """
        try:
            values = json.loads(self._settings.get(_setting(environment)) or "{}")
            found = _Sheet(SubmissionId(values["submission_id"]), values["with_person"] is True)
            outcome = self._submission.outcome(found.submission_id)
        except (ValueError, KeyError, TypeError, InputError):
            return self._find_unkept_sheet(environment)
        is_lost = outcome.state in {SubmissionState.FAILED, SubmissionState.CANCELLED}
        return None if is_lost or values.get("project_id") != environment.project_id else found

    def _find_unkept_sheet(self, environment: Environment) -> _Sheet | None:
        """Return the sheet that was sent but not recorded because the program was killed in between, or None."""
        home = environment.kind, environment.project_id
        for summary in self._submission.unfinished():
            if (
                summary.origin == ORIGIN
                and (summary.environment, summary.project_id) == home
                and not summary.is_under_way
            ):
                return _Sheet(summary.id, with_person=len(self._submission.contract(summary.id).signers) > 1)
        return None

    def _keep_sheet(self, environment: Environment, sheet: _Sheet) -> None:
        values = asdict(sheet) | {"project_id": environment.project_id}
        self._settings.set(_setting(environment), json.dumps(values))

    def _forget_sheet(self, environment: Environment) -> None:
        self._settings.delete(_setting(environment))

    # Sending, and waiting for the seals.

    def _sealed(self, run: _Run, *, with_person: bool) -> tuple[FlowId, bool]:
        """Return the id of a completed flow, and whether its sheet contains a person's seals."""
        sheet = self._find_sheet(run.environment)
        if sheet is not None:
            with_person = sheet.with_person
        for is_with_person in (True, False) if with_person else (False,):
            run.on_stage(CalibrationStage.SENDING)
            try:
                flow_id = self._sent(run, sheet, with_person=is_with_person)
                run.on_stage(CalibrationStage.WAITING)
                self._await_seals(run, flow_id)
            except (Refused, InputError) as error:
                is_refused = isinstance(error, Refused) or error.code == "calibration.not_sealed"
                if not (is_refused and is_with_person):
                    raise
                # Try again without the person, because the platform may refuse only the person's silent seal.
                _log.info("the platform does not take a person's silent seal: %s", error.code)
                sheet = None
                continue
            return flow_id, is_with_person
        raise InputError("calibration.not_sealed")

    def _sent(self, run: _Run, sheet: _Sheet | None, *, with_person: bool) -> FlowId:
        def keep(progress: SubmissionProgress) -> None:
            if progress.state is SubmissionState.QUEUED:
                self._keep_sheet(run.environment, _Sheet(progress.submission_id, with_person))

        if sheet is not None:
            outcome = self._submission.outcome(sheet.submission_id)
            if outcome.is_paused:
                outcome = self._submission.run(sheet.submission_id, cancel=run.cancel)
        else:
            outcome = self._submission.send(
                measuring_contract(run.document, run.title, with_person=with_person, sealer=run.sealer),
                _with_default_behaviour(run.environment),
                on_progress=keep,
                cancel=run.cancel,
                origin=ORIGIN,
            )
        if outcome.state is SubmissionState.HELD:
            raise InputError("calibration.held")
        if outcome.state is SubmissionState.DONE and outcome.flow_id is not None:
            return outcome.flow_id
        if outcome.state.is_final:
            self._forget_sheet(run.environment)
        raise outcome.error or Cancelled

    def _await_seals(self, run: _Run, flow_id: FlowId) -> None:
        ends_at_s = time.monotonic() + run.wait_s
        while True:
            run.cancel.raise_if_cancelled()
            is_late = time.monotonic() >= ends_at_s
            try:
                status = self._flows.refresh(flow_id).status
            except ApiError as error:
                if is_late or not error.retryable:
                    raise
            else:
                if status is FlowStatus.COMPLETED:
                    return
                if status.is_final:
                    self._forget_sheet(run.environment)
                    raise InputError("calibration.not_sealed", status.name.lower())
                if is_late:
                    minutes = max(1, round(run.wait_s / 60))
                    raise InputError("calibration.not_complete", retryable=True, minutes=minutes)
            _pause(_ASK_AGAIN_S, run.cancel)

    # The signed file.

    def _measured(self, run: _Run, flow_id: FlowId, *, with_person: bool) -> tuple[Sightings, tuple[PagePicture, ...]]:
        run.on_stage(CalibrationStage.DOWNLOADING)
        client = self._environments.client_for(run.environment)
        files = client.signed_documents(flow_id)
        if len(files) != 1:
            raise InputError("calibration.other_file", "files")
        make_private_dir(self._folder)
        path = self._folder / "signed.pdf"
        # A killed program may have left this file.
        _delete(path)
        try:
            client.download(files[0].url, path, cancel=run.cancel)
            run.on_stage(CalibrationStage.MEASURING)
            signed = self._documents.open(path)
            try:
                sightings = measure(
                    *(self._documents, run.document, signed),
                    with_person=with_person,
                    raise_if_cancelled=run.cancel.raise_if_cancelled,
                )
                pages = range(1, PAGE_COUNT + 1)
                return sightings, tuple(picture_of(self._documents, signed, page, _PICTURE_SCALE) for page in pages)
            finally:
                self._documents.close(signed.id)
        finally:
            _delete(path)

    # Questions that cannot be answered from pixels.

    def _second_account(self, client: PlatformClient, now: PlatformBehaviour) -> Answer:
        question = Question.SECOND_ACCOUNT
        try:
            first = _account(client, INVENTED_PERSON.third_id)
        except Refused as error:
            return Answer(question, now.second_account, reason=NoAnswer.REFUSED, platform_text=error.msg)
        try:
            second = _account(client, SECOND_THIRD_ID)
        except Refused as error:
            return Answer(question, now.second_account, SecondAccount.REFUSED, platform_text=error.msg)
        found = SecondAccount.SAME if first == second else SecondAccount.NEW
        return Answer(question, now.second_account, found)

    def _links_at_start(self, run: _Run) -> Answer:
        """Start a flow that would be signed by link, and revoke it before a signer can see it.

        Return whether the platform's response contained links. Raises ApiError if there was no response; the sheet is
        then kept, and the next ``run`` tries again.
        """
        stop = CancelToken()

        def stop_when_started(progress: SubmissionProgress) -> None:
            if progress.state is SubmissionState.STARTED or run.cancel.is_cancelled:
                stop.cancel()

        self._links.clear()
        outcome = self._submission.send(
            link_contract(run.document, run.title),
            _with_default_behaviour(run.environment),
            on_progress=stop_when_started,
            cancel=stop,
            origin=LINKS_ORIGIN,
        )
        run.cancel.raise_if_cancelled()
        question, now = Question.LINKS_AT_START, run.environment.behaviour.links_at_start
        if self._links:
            return Answer(question, now, LinksAtStart.YES if self._links[-1] else LinksAtStart.NO)
        if not isinstance(outcome.error, Refused):
            raise outcome.error or ApiError("submission.interrupted", retryable=True)
        return Answer(question, now, reason=NoAnswer.REFUSED, platform_text=outcome.error.msg)

    def _chunk_type_name(self, run: _Run) -> Answer:
        """Append the sheet to a document that is made from a template, trying each possible name of the content type.

        Raises ApiError if there was no response. The sheet is then kept, and the next ``run`` tries again.
        """
        question, now = Question.CHUNK_TYPE_NAME, run.environment.behaviour.chunk_type_name
        setting, text = _template_setting(run.environment), ""
        # The platform may no longer have the template of an earlier calibration.
        for known_id in dict.fromkeys((self._settings.get(setting), None)):
            try:
                template_id = known_id or self._create_template(run)
                for name in ChunkTypeName:
                    try:
                        if self._is_sheet_appended(run, template_id, name):
                            self._settings.set(setting, template_id)
                            return Answer(question, now, name)
                    except Refused as error:
                        text = error.msg
            except Refused as error:
                text = error.msg
        return Answer(question, now, reason=NoAnswer.REFUSED if text else NoAnswer.NOT_APPENDED, platform_text=text)

    def _create_template(self, run: _Run) -> str:
        """Create a template from the sheet with one form field, and return its id."""
        make_private_dir(self._folder)
        path = self._folder / "template.pdf"
        _delete(path)
        try:
            form = self._documents.write_form(run.document.id, (_FORM_FIELD,), path)
            self._documents.close(form.id)
            with disk_errors():
                content = path.read_bytes()
            client = self._environments.client_for(run.environment)
            md5 = base64.b64encode(hashlib.md5(content, usedforsecurity=False).digest()).decode("ascii")
            slot = client.create_upload_url(f"{run.title}.pdf", len(content), md5)
            client.upload(slot.upload_url, path, md5, cancel=run.cancel)
            return client.create_template(slot.file_key, run.title)
        finally:
            _delete(path)

    def _is_sheet_appended(self, run: _Run, template_id: str, name: ChunkTypeName) -> bool:
        run.cancel.raise_if_cancelled()
        with disk_errors():
            sheet = base64.b64encode(self._sheet_path.read_bytes()).decode("ascii")
        client = self._environments.client_for(run.environment)
        chunk = Chunk(PDF_CONTENT_TYPE, sheet)
        _, url = client.create_document_from_template(template_id, run.title, {_FORM_FIELD.name: ""}, (chunk,), name)
        path = self._folder / "filled.pdf"
        _delete(path)
        try:
            client.download(url, path, cancel=run.cancel)
            filled = self._documents.open(path)
            self._documents.close(filled.id)
            return filled.page_count == 2 * PAGE_COUNT
        finally:
            _delete(path)

    def _cancel_leftovers(self) -> None:
        """Cancel contracts that a crash during the test of links left behind, so that no signer sees them."""
        for summary in self._submission.unfinished():
            if summary.origin == LINKS_ORIGIN and summary.can_be_cancelled and not summary.is_under_way:
                self._submission.cancel_before_execute(summary.id)

    def _on_links_answered(self, _kind: EnvironmentKind, /, *, reports_links: bool) -> None:
        self._links.append(reports_links)


def _setting(environment: Environment) -> str:
    return f"calibration.{environment.kind.value}"


def _template_setting(environment: Environment) -> str:
    return f"calibration.template.{environment.kind.value}.{environment.project_id}"


def _account(client: PlatformClient, third_id: str) -> str:
    """Return the id of the invented person's account with this ``thirdId``, which is created if it does not exist."""
    return client.find_account(third_id) or client.create_person(replace(INVENTED_PERSON, third_id=third_id))


def _without_pixels(tried: list[Answer], now: PlatformBehaviour) -> tuple[Answer, ...]:
    """Return an answer to each question that cannot be answered from pixels."""
    by_question = {answer.question: answer for answer in tried}
    others = {
        Question.LINKS_AT_START: now.links_at_start,
        Question.SECOND_ACCOUNT: now.second_account,
        Question.CHUNK_TYPE_NAME: now.chunk_type_name,
    }
    return (
        *(
            by_question.get(question) or Answer(question, value, reason=NoAnswer.NOT_ASKED)
            for question, value in others.items()
        ),
        Answer(Question.FREEZE_AT, now.freeze_at, reason=NoAnswer.NOT_REVEALED),
    )


def _with_default_behaviour(environment: Environment) -> Environment:
    """Return the environment with the default behavior, so that nothing in the sheet is adjusted to earlier results."""
    return replace(environment, behaviour=PlatformBehaviour())


def _delete(path: Path) -> None:
    # If it cannot be deleted, the next download reports the error.
    with suppress(OSError):
        path.unlink(missing_ok=True)


def _pause(pause_s: float, cancel: CancelToken) -> None:
    cancelled = threading.Event()
    cancel.listen(cancelled.set)
    try:
        cancelled.wait(pause_s)
    finally:
        cancel.forget(cancelled.set)
    cancel.raise_if_cancelled()
