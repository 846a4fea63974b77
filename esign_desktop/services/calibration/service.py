"""Finds out how a platform behaves by sending it a contract of the program's own and measuring its seals.

It is a send like any other, with its journal and its ledger line, and one at a time: what a crash or a lost network
interrupts is taken up by the next ``run``, and nothing is sent twice. What is found out is proposed; ``take`` sets it.

The calibration sheet that an environment has on its way, so that no other one is sent before it is measured.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Final

from esign_desktop.api.errors import Refused
from esign_desktop.domain.account import AccountKind, Organization, Person
from esign_desktop.domain.calibration.answers import Answer, Doubt, Expected, Question, answers, expectations
from esign_desktop.domain.calibration.sheet import (
    INVENTED_PERSON,
    PAGE_COUNT,
    SECOND_THIRD_ID,
    Sealer,
    Sightings,
    link_contract,
    measuring_contract,
)
from esign_desktop.domain.cancel import CancelToken
from esign_desktop.domain.environment import (
    Environment,
    EnvironmentKind,
    LinksAtStart,
    PlatformBehaviour,
    SecondAccount,
)
from esign_desktop.domain.errors import ApiError, Cancelled, InputError
from esign_desktop.domain.flow import FlowId, FlowStatus
from esign_desktop.domain.submission import SubmissionId, SubmissionState
from esign_desktop.services.calibration.measuring import PagePicture, measure, picture_of
from esign_desktop.services.editing.documents import DocumentService
from esign_desktop.services.environments import EnvironmentService
from esign_desktop.services.flows.service import FlowService
from esign_desktop.services.people.accounts import AccountService
from esign_desktop.services.sending.submission import SubmissionService
from esign_desktop.services.sending.values import RetryPolicy, SubmissionPlatforms
from esign_desktop.store.files.paths import make_private_dir
from esign_desktop.store.tables.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from esign_desktop.api.client import PlatformClient
    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.document import Document
    from esign_desktop.services.sending.send import Turns
    from esign_desktop.services.sending.values import SubmissionOutcome, SubmissionProgress, SubmissionStores


ORIGIN: Final = "calibration"
"""What the send of a sheet is marked with."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet that was taken on and is not measured yet; ``with_person`` has a person's seals too."""

    submission_id: SubmissionId
    with_person: bool


class Sheets:
    """At most one for each environment. Raises StoreError."""

    def __init__(self, settings: Settings, submission: SubmissionService) -> None:
        self._settings = settings
        self._submission = submission

    def find(self, environment: Environment) -> Sheet | None:
        """Return the sheet of an environment's project, if its send has not come to nothing."""
        try:
            values = json.loads(self._settings.get(_setting(environment)) or "{}")
            found = Sheet(SubmissionId(values["submission_id"]), values["with_person"] is True)
            outcome = self._submission.outcome(found.submission_id)
        except (ValueError, KeyError, TypeError, InputError):
            return self._left_unnoted(environment)
        is_lost = outcome.state in {SubmissionState.FAILED, SubmissionState.CANCELLED}
        return None if is_lost or values.get("project_id") != environment.project_id else found

    def keep(self, environment: Environment, sheet: Sheet) -> None:
        """Note that a sheet was taken on."""
        values = {
            "submission_id": sheet.submission_id,
            "project_id": environment.project_id,
            "with_person": sheet.with_person,
        }
        self._settings.set(_setting(environment), json.dumps(values))

    def forget(self, environment: Environment) -> None:
        """Note that there is none any more."""
        self._settings.delete(_setting(environment))

    def _left_unnoted(self, environment: Environment) -> Sheet | None:
        """Return what a program left that ended between taking the contract on and noting it here."""
        home = environment.kind, environment.project_id
        for one in self._submission.unfinished():
            if one.origin == ORIGIN and (one.environment, one.project_id) == home and not one.is_under_way:
                return Sheet(one.id, with_person=len(self._submission.contract(one.id).signers) > 1)
        return None


def _setting(environment: Environment) -> str:
    return f"calibration.{environment.kind.value}"


__all__ = ["CalibrationParts", "CalibrationReport", "CalibrationService", "CalibrationStage", "CancelToken"]

LINKS_ORIGIN: Final = "calibration of links"
WAIT_S: Final = 180.0
_ASK_AGAIN_S: Final = 2.0
_PICTURE_SCALE: Final = 1.5
_REHEARSALS: Final = frozenset({EnvironmentKind.SANDBOX, EnvironmentKind.TEST})

_log = logging.getLogger(__name__)


class CalibrationStage(StrEnum):
    """What is being done."""

    ACCOUNTS = "accounts"
    SENDING = "sending"
    WAITING = "waiting"
    DOWNLOADING = "downloading"
    MEASURING = "measuring"
    LINKS = "links"


@dataclass(frozen=True, slots=True)
class CalibrationReport:
    """What was found out of one environment."""

    environment: Environment
    flow_id: FlowId
    answers: tuple[Answer, ...]
    sightings: Sightings
    expected: tuple[Expected, ...]
    pictures: tuple[PagePicture, ...]

    @property
    def changes(self) -> tuple[Answer, ...]:
        """The answers that differ from what is set."""
        return tuple(answer for answer in self.answers if answer.is_change)


@dataclass(frozen=True, slots=True)
class CalibrationParts:
    """What a calibration works with. ``contract`` is the sheet; a signed one is kept in ``folder`` while measured."""

    environments: EnvironmentService
    accounts: AccountService
    flows: FlowService
    documents: DocumentService
    settings: Settings
    contract: Path
    folder: Path


class CalibrationService:
    """Calls block for network, disk and PDF process, and may come from any thread."""

    def __init__(
        self,
        stores: SubmissionStores,
        parts: CalibrationParts,
        *,
        turns: Turns,
        clock_ms: Callable[[], int],
        retry: RetryPolicy | None = None,
        ask_again_s: float = _ASK_AGAIN_S,
    ) -> None:
        self._environments = parts.environments
        self._accounts = parts.accounts
        self._flows = parts.flows
        self._documents = parts.documents
        self._contract = parts.contract
        self._folder = parts.folder
        self._ask_again_s = ask_again_s
        self._links: list[bool] = []
        platforms = SubmissionPlatforms(
            lambda kind: _plain(parts.environments.get(kind)),
            parts.environments.client_for,
            # Nothing is set without being asked, and whatever is set, a start is to show the flow to nobody.
            self._hear_of_links,
            lambda _kind: True,
        )
        self._submission = SubmissionService(stores, platforms, clock_ms=clock_ms, turns=turns, retry=retry)
        self._sheets = Sheets(parts.settings, self._submission)

    def require(self, kind: EnvironmentKind) -> Environment:
        """Return the environment if it can be calibrated.

        Raises InputError ``calibration.binding`` where contracts have legal effect, ``environment.*`` where something
        is missing, and StoreError.
        """
        environment = self._environments.get(kind)
        if environment.is_binding or kind not in _REHEARSALS:
            raise InputError("calibration.binding")
        self._environments.client_for(environment)
        return environment

    def sealers(self, kind: EnvironmentKind) -> tuple[Sealer, ...]:
        """Return the organizations known there that may seal in the application's place, the latest first."""
        known = self._accounts.known(self._environments.get(kind))
        people = {one.account_id: one for one in known if one.kind is AccountKind.PERSON}
        return tuple(
            Sealer(
                Organization(one.name, account_id=one.account_id, third_id=one.third_id),
                Person(agent.name, account_id=agent.account_id, third_id=agent.third_id),
            )
            for one in known
            if one.kind is AccountKind.ORGANIZATION and (agent := people.get(one.agent_account_id)) is not None
        )

    def is_waiting(self, kind: EnvironmentKind) -> bool:
        """Whether a contract of an earlier run is still to be measured, so that the next run sends none."""
        return self._sheets.find(self._environments.get(kind)) is not None

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
        """Send, wait, fetch, measure. ``title`` is what Track shows, and ``sealer`` seals it, else the application.

        ``with_person`` asks what needs a person too, for whom accounts are made; a platform that lets nobody's seal be
        set silently is sent another contract without. Raises as ``require``; ApiError; PdfError; StoreError; Cancelled;
        InputError ``calibration.held`` when nobody knows whether the contract arrived, ``calibration.not_complete``
        when it is not sealed within ``wait_s``: the next ``run`` goes on with it, ``give_up`` calls it back;
        ``calibration.not_sealed`` when it ended otherwise, and ``calibration.other_file``.
        """
        cancel = cancel or CancelToken()
        environment = self.require(kind)
        self._call_back_leftovers()
        asked: list[Answer] = []
        now = environment.behaviour
        if with_person:
            on_stage(CalibrationStage.ACCOUNTS)
            account = self._second_account(self._environments.client_for(environment), now)
            with_person = account.doubt is None
            asked.append(account)
        before = self._documents.open(self._contract)
        try:
            flow_id, is_with_person = self._sealed(
                environment,
                lambda is_with_person: measuring_contract(before, title, with_person=is_with_person, sealer=sealer),
                with_person=with_person,
                wait_s=wait_s,
                on_stage=on_stage,
                cancel=cancel,
            )
            sightings, pictures = self._measured(
                environment, flow_id, before, with_person=is_with_person, on_stage=on_stage, cancel=cancel
            )
            if with_person:
                on_stage(CalibrationStage.LINKS)
                asked.append(self._links_at_start(environment, before, title, cancel, now))
        finally:
            self._documents.close(before.id)
        self._sheets.forget(environment)
        measured = answers(sightings, now)
        if with_person and not is_with_person:
            measured = tuple(
                replace(one, doubt=Doubt.REFUSED) if one.question is Question.PERSON_WIDTH else one for one in measured
            )
        found = (*measured, *_all_asked(asked, now))
        return CalibrationReport(
            environment, flow_id, found, sightings, expectations(sightings.keyword_box, measured), pictures
        )

    def give_up(self, kind: EnvironmentKind) -> None:
        """Call back the contract of an interrupted run, if there is one. Raises ApiError, InputError and StoreError."""
        environment = self._environments.get(kind)
        pending = self._sheets.find(environment)
        if pending is None:
            return
        outcome = self._submission.outcome(pending.submission_id)
        is_unseen = outcome.is_paused and outcome.state is not SubmissionState.EXECUTE_INTENT
        if is_unseen or outcome.state is SubmissionState.HELD:
            # Whatever became of its start, it will not be executed.
            self._submission.cancel_before_execute(pending.submission_id)
        elif outcome.flow_id is not None and not self._flows.refresh(outcome.flow_id).status.is_final:
            self._flows.revoke(outcome.flow_id)
        self._sheets.forget(environment)

    def take(self, report: CalibrationReport, questions: Collection[Question]) -> Environment:
        """Set what was found out about these questions. Raises StoreError."""
        chosen = {
            answer.question.value: answer.seen
            for answer in report.answers
            if answer.question in questions and answer.seen is not None
        }
        kind = report.environment.kind
        now = self._environments.get(kind).behaviour
        return self._environments.set_behaviour(kind, replace(now, **chosen))  # type: ignore[arg-type]  # by its fields

    # The accounts.

    def _second_account(self, client: PlatformClient, now: PlatformBehaviour) -> Answer:
        question = Question.SECOND_ACCOUNT
        try:
            first = _account(client, INVENTED_PERSON.third_id)
        except Refused as error:
            return Answer(question, now.second_account, doubt=Doubt.REFUSED, told=error.msg)
        try:
            second = _account(client, SECOND_THIRD_ID)
        except Refused as error:
            return Answer(question, now.second_account, SecondAccount.REFUSED, told=error.msg)
        found = SecondAccount.SAME if first == second else SecondAccount.NEW
        return Answer(question, now.second_account, found)

    # The contract.

    def _sealed(
        self,
        environment: Environment,
        contract: Callable[[bool], ContractDraft],
        *,
        with_person: bool,
        wait_s: float,
        on_stage: Callable[[CalibrationStage], None],
        cancel: CancelToken,
    ) -> tuple[FlowId, bool]:
        """Return a completed flow, and whether a person's seals are in it."""
        pending = self._sheets.find(environment)
        tries = (True, False) if with_person else (False,)
        if pending is not None:
            tries = (pending.with_person, False) if pending.with_person else (False,)
        for is_with_person in tries:
            on_stage(CalibrationStage.SENDING)
            try:
                flow_id = self._sent(environment, contract, pending, cancel, with_person=is_with_person)
                on_stage(CalibrationStage.WAITING)
                self._await_seals(environment, flow_id, wait_s, cancel)
            except (Refused, InputError) as error:
                is_refused = isinstance(error, Refused) or error.code == "calibration.not_sealed"
                if not (is_refused and is_with_person):
                    raise
                # It may be the person's silent seal alone that the platform does not want.
                _log.info("the platform does not take a person's silent seal: %s", error.code)
                pending = None
                continue
            return flow_id, is_with_person
        raise InputError("calibration.not_sealed")

    def _sent(
        self,
        environment: Environment,
        contract: Callable[[bool], ContractDraft],
        pending: Sheet | None,
        cancel: CancelToken,
        *,
        with_person: bool,
    ) -> FlowId:
        def keep(progress: SubmissionProgress) -> None:
            if progress.state is SubmissionState.QUEUED:
                self._sheets.keep(environment, Sheet(progress.submission_id, with_person=with_person))

        if pending is not None:
            outcome = self._submission.outcome(pending.submission_id)
            if outcome.is_paused:
                outcome = self._submission.run(pending.submission_id, cancel=cancel)
        else:
            outcome = self._submission.send(
                contract(with_person),
                _plain(environment),
                on_progress=keep,
                cancel=cancel,
                origin=ORIGIN,
            )
        return self._flow_of(environment, outcome)

    def _flow_of(self, environment: Environment, outcome: SubmissionOutcome) -> FlowId:
        if outcome.state is SubmissionState.HELD:
            raise InputError("calibration.held")
        if outcome.state is SubmissionState.DONE and outcome.flow_id is not None:
            return outcome.flow_id
        if outcome.state.is_final:
            self._sheets.forget(environment)
        if outcome.error is not None:
            raise outcome.error
        raise Cancelled

    def _await_seals(self, environment: Environment, flow_id: FlowId, wait_s: float, cancel: CancelToken) -> None:
        ends_at_s = time.monotonic() + wait_s
        while True:
            cancel.raise_if_cancelled()
            is_late = time.monotonic() >= ends_at_s
            try:
                status = self._flows.refresh(flow_id).status
            except ApiError as error:
                if is_late or not error.retryable:
                    raise
                _pause(self._ask_again_s, cancel)
                continue
            if status is FlowStatus.COMPLETED:
                return
            if status.is_final:
                self._sheets.forget(environment)
                raise InputError("calibration.not_sealed", status.name.lower())
            if is_late:
                raise InputError("calibration.not_complete", retryable=True, minutes=max(1, round(wait_s / 60)))
            _pause(self._ask_again_s, cancel)

    # The signed file.

    def _measured(
        self,
        environment: Environment,
        flow_id: FlowId,
        before: Document,
        *,
        with_person: bool,
        on_stage: Callable[[CalibrationStage], None],
        cancel: CancelToken,
    ) -> tuple[Sightings, tuple[PagePicture, ...]]:
        on_stage(CalibrationStage.DOWNLOADING)
        client = self._environments.client_for(environment)
        files = client.signed_documents(flow_id)
        if len(files) != 1:
            raise InputError("calibration.other_file", "files")
        make_private_dir(self._folder)
        path = self._folder / "signed.pdf"
        # One may be left from a program that was killed.
        _delete(path)
        try:
            client.download(files[0].url, path, cancel=cancel)
            on_stage(CalibrationStage.MEASURING)
            after = self._documents.open(path)
            try:
                sightings = measure(
                    self._documents, before, after, with_person=with_person, keep_on=cancel.raise_if_cancelled
                )
                pages = range(1, PAGE_COUNT + 1)
                pictures = tuple(picture_of(self._documents, after, number, _PICTURE_SCALE) for number in pages)
            finally:
                self._documents.close(after.id)
        finally:
            _delete(path)
        return sightings, pictures

    # The links.

    def _links_at_start(
        self, environment: Environment, document: Document, title: str, cancel: CancelToken, now: PlatformBehaviour
    ) -> Answer:
        """Start a flow that somebody would sign by a link, and call it back before anybody could see it.

        Raises ApiError when no answer came: the sheet waits, and the next ``run`` asks again.
        """
        stop = CancelToken()

        def call_back(progress: SubmissionProgress) -> None:
            if progress.state is SubmissionState.STARTED or cancel.is_cancelled:
                stop.cancel()

        self._links.clear()
        outcome = self._submission.send(
            link_contract(document, title),
            _plain(environment),
            on_progress=call_back,
            cancel=stop,
            origin=LINKS_ORIGIN,
        )
        cancel.raise_if_cancelled()
        question = Question.LINKS_AT_START
        if not self._links:
            if not isinstance(outcome.error, Refused):
                raise outcome.error or ApiError("submission.interrupted", retryable=True)
            return Answer(question, now.links_at_start, doubt=Doubt.REFUSED, told=outcome.error.msg)
        found = LinksAtStart.YES if self._links[-1] else LinksAtStart.NO
        return Answer(question, now.links_at_start, found)

    def _call_back_leftovers(self) -> None:
        """Call off what a crash left of looking for links: it is not for anybody's eyes."""
        for one in self._submission.unfinished():
            if one.origin == LINKS_ORIGIN and one.can_be_cancelled and not one.is_under_way:
                self._submission.cancel_before_execute(one.id)

    def _hear_of_links(self, _kind: EnvironmentKind, /, *, is_told: bool) -> None:
        self._links.append(is_told)


def _account(client: PlatformClient, third_id: str) -> str:
    """Return the account that the nobody has under an own id; it is made only once."""
    return client.find_account(third_id) or client.create_person(replace(INVENTED_PERSON, third_id=third_id))


def _all_asked(asked: list[Answer], now: PlatformBehaviour) -> tuple[Answer, ...]:
    """Return an answer to every question that no pixel tells."""
    by_question = {answer.question: answer for answer in asked}
    others = {Question.LINKS_AT_START: now.links_at_start, Question.SECOND_ACCOUNT: now.second_account}
    return (
        *(by_question.get(one) or Answer(one, value, doubt=Doubt.NOT_ASKED) for one, value in others.items()),
        Answer(Question.FREEZE_AT, now.freeze_at, doubt=Doubt.NOT_TOLD),
    )


def _plain(environment: Environment) -> Environment:
    """Return the environment as if nothing were known of it: the contract's own numbers are sent as they are."""
    return replace(environment, behaviour=PlatformBehaviour())


def _delete(path: Path) -> None:
    # What the system does not let go is told by the next download.
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
