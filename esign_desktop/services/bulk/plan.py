"""Plan a bulk send: read and check every row of a sheet, and compare it with earlier sends."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.account import AccountKind, Person, masked_mobile, masked_name, masked_number
from esign_desktop.domain.bulk.columns import (
    ColumnKind,
    ColumnTarget,
    fitted,
    missing_targets,
    named_by_sheet,
    with_target,
)
from esign_desktop.domain.bulk.filling import fill_row, title_of
from esign_desktop.domain.bulk.headings import match_columns, match_contents, plain_heading
from esign_desktop.domain.bulk.rows import DUPLICATES, RowChecks, RowProblem, read_row, read_rows
from esign_desktop.domain.bulk.sheet import without_formats
from esign_desktop.domain.china_time import china_datetime
from esign_desktop.domain.contract.problems import Severity
from esign_desktop.domain.errors import InputError
from esign_desktop.domain.people.customer_line import tidy_name
from esign_desktop.domain.preset.checks import check_preset, require_usable
from esign_desktop.domain.preset.filling import FormFacts, fill, required_questions
from esign_desktop.domain.signer import OpenParty, RepresentedOrganization
from esign_desktop.domain.submission import SubmissionState
from esign_desktop.services.bulk.values import BulkCost, BulkPlan, PlannedRow, RowState
from esign_desktop.services.flows.quota import QuotaService, QuotaWarning
from esign_desktop.services.people.customers import party_data, resident_facts
from esign_desktop.services.people.identity import is_credit_code, is_plausible_mobile, is_resident_number
from esign_desktop.services.people.staff import with_known_accounts
from esign_desktop.services.presets.answers import read_answer
from esign_desktop.store.tables.bulk import RowClaim

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from datetime import date

    from esign_desktop.domain.account import AccountRecord
    from esign_desktop.domain.bulk.columns import ColumnChoice
    from esign_desktop.domain.bulk.filling import FilledRow
    from esign_desktop.domain.bulk.rows import RowReading
    from esign_desktop.domain.bulk.sheet import Sheet, SheetRow
    from esign_desktop.domain.contract.draft import ContractDraft, DraftId
    from esign_desktop.domain.environment import Environment
    from esign_desktop.domain.errors import CancelToken
    from esign_desktop.domain.preset.preset import Preset
    from esign_desktop.domain.preset.questions import Question
    from esign_desktop.services.bulk.row_keys import RowKeys
    from esign_desktop.services.people.accounts import AccountBook
    from esign_desktop.services.people.third_ids import ThirdIds
    from esign_desktop.services.preferences import Preferences
    from esign_desktop.services.presets.service import PresetService
    from esign_desktop.store.tables.accounts import Accounts
    from esign_desktop.store.tables.bulk import Bulk, SendState


_ANSWER_CODES: Final = {
    "answer.empty": "bulk.missing",
    "answer.too_long": "bulk.too_long",
    "answer.no_amount": "bulk.no_amount",
    "answer.no_number": "bulk.no_number",
    "answer.no_date": "bulk.no_date",
    "answer.no_tick": "bulk.no_tick",
    "answer.no_choice": "bulk.no_choice",
    "answer.bad_id_number": "bulk.bad_id_number",
    "answer.bad_mobile": "bulk.bad_mobile",
}


def row_checks(now_ms: int) -> RowChecks:
    """Return the checks for the values in a row. Ages are computed for the date of ``now_ms`` in China."""
    today = china_datetime(now_ms).date()

    def is_minor(number: str) -> bool:
        facts = resident_facts(number, today)
        return facts is not None and facts.is_minor

    return RowChecks(is_resident_number, is_credit_code, is_plausible_mobile, is_minor, answer_problem)


def answer_problem(question: Question, text: str) -> str | None:
    """Return the problem code if a cell's text is not a valid answer to a form's question, or None if it is valid.

    The same answers are valid as at the counter, with one exception: a choice must be given by its text and not by its
    number, because a sheet does not show numbered choices.
    """
    try:
        read_answer(question, text, by_number=False)
    except InputError as error:
        return _ANSWER_CODES[error.code]
    return None


def form_value(question: Question, text: str) -> str:
    """Return the form value for a cell's text. Text that is not a valid answer is returned unchanged."""
    try:
        return read_answer(question, text, by_number=False).value
    except InputError:
        return text


class BulkPeople:
    """The service that creates the contracts for rows and compares the people in rows with accounts on this computer.

    Calls block on the store. Computing a ``thirdId`` value takes a few milliseconds.
    """

    def __init__(self, presets: PresetService, book: AccountBook, accounts: Accounts, third_ids: ThirdIds) -> None:
        self._presets = presets
        self._book = book
        self._accounts = accounts
        self._third_ids = third_ids
        self.naming = presets.naming

    def draft(
        self,
        preset: Preset,
        columns: ColumnChoice,
        reading: RowReading,
        environment: Environment,
        draft_id: DraftId,
        now_ms: int,
    ) -> ContractDraft:
        """Create the contract for a row that is ready. Raises InputError ``document.missing`` or StoreError.

        ``draft_id`` becomes the id of the contract. The date of ``now_ms`` (epoch milliseconds) in China is entered in
        the contract's forms.
        """
        naming = self.naming()
        filled = fill_row(preset, columns, reading, naming)
        own = replace(filled.preset, signers=tuple(map(self._third_ids.complete, filled.preset.signers)))
        documents = self._presets.documents_of(own, _facts(filled, china_datetime(now_ms).date()))
        parties = {signer_id: self._known(party, environment) for signer_id, party in filled.customers.items()}
        known = with_known_accounts(own, environment, self._accounts)
        return replace(fill(known, documents, parties, naming=naming), id=draft_id)

    def with_names_known_otherwise(
        self, readings: Sequence[RowReading], columns: ColumnChoice, environment: Environment
    ) -> tuple[RowReading, ...]:
        """Return the rows, with a problem added for each person who is known on this computer under a different name.

        The problem is ``bulk.other_name_known``. The warning ``bulk.mobile_kept`` is added if the platform is known to
        keep a different mobile number for the person. Computing the ``thirdId`` values of two thousand rows would be
        slow, so these values are computed only for possible matches. Raises StoreError.
        """
        known: dict[str, list[AccountRecord]] = {}
        for record in self._accounts.list(environment.kind, environment.project_id):
            if record.kind is AccountKind.PERSON and record.identity and record.masked_number and record.name:
                known.setdefault(record.masked_number, []).append(record)
        return tuple(self._compared_with_known(reading, columns, known, environment) for reading in readings)

    def with_form_values(
        self, preset: Preset, columns: ColumnChoice, readings: Sequence[RowReading], now_ms: int
    ) -> tuple[RowReading, ...]:
        """Return the rows, with the problem ``bulk.form_value_missing`` added for each empty required form field."""
        today = china_datetime(now_ms).date()
        if not required_questions(preset, FormFacts()):
            return tuple(readings)

        def whole(reading: RowReading) -> RowReading:
            if not reading.is_ready:
                return reading
            facts = _facts(fill_row(preset, columns, reading), today)
            wanted = (name for name in required_questions(preset, facts) if not preset.question(name).is_optional)
            missing = [name for name in wanted if not facts.answers.get(name)]
            found = [_without_value(name, columns) for name in missing]
            return replace(reading, problems=(*reading.problems, *found)) if found else reading

        return tuple(map(whole, readings))

    def _compared_with_known(
        self,
        reading: RowReading,
        columns: ColumnChoice,
        known: Mapping[str, Sequence[AccountRecord]],
        environment: Environment,
    ) -> RowReading:
        others: list[RowProblem] = []
        kept: list[RowProblem] = []
        for target, person in _persons(reading):
            candidates = known.get(masked_number(person.id_number), ())
            if self._is_known_otherwise(person, candidates):
                others.append(RowProblem("bulk.other_name_known", columns.index(target), target))
            mobile = ColumnTarget(ColumnKind.MOBILE, target.role_id)
            reached = replace(person, mobile=reading.of(mobile.kind, mobile.role_id))
            if self._keeps_mobile(reached, candidates, environment):
                kept.append(RowProblem("bulk.mobile_kept", columns.index(mobile), mobile, is_blocking=False))
        return replace(reading, problems=(*reading.problems, *others, *kept)) if others or kept else reading

    def _is_known_otherwise(self, person: Person, candidates: Sequence[AccountRecord]) -> bool:
        others = [record for record in candidates if not record.is_called(tidy_name(person.name))]
        return bool(others) and self._third_ids.of_person(person) in {record.identity for record in others}

    def _keeps_mobile(self, person: Person, candidates: Sequence[AccountRecord], environment: Environment) -> bool:
        """Return whether the platform is known to keep a different mobile number for the person."""
        may_keep = environment.behaviour.keeps_addresses or any(record.kept_for for record in candidates)
        if not person.mobile or not candidates or not may_keep:
            return False
        shown = (self._book.shown(record).masked_mobile for record in candidates)
        if masked_mobile(person.mobile) in shown:
            return False
        entry = self._book.look_up(environment, person)
        record = self._book.fitting_person(entry)
        return record is not None and self._book.keeps_another(entry, record)

    def _known(self, party: OpenParty, environment: Environment) -> OpenParty:
        """Return the party, with the person identified by their current account if its mobile number matches."""
        if isinstance(party, RepresentedOrganization):
            return replace(party, agent=self._known_person(party.agent, environment))
        return self._known_person(party, environment)

    def _known_person(self, person: Person, environment: Environment) -> Person:
        entry = self._book.look_up(environment, person)
        record = self._book.fitting_person(entry)
        if record is None or not record.is_current:
            return person
        return Person(record.name or person.name, id_type=person.id_type, account_id=record.account_id)


def _without_value(name: str, columns: ColumnChoice) -> RowProblem:
    target = ColumnTarget(ColumnKind.QUESTION, question=name)
    if target not in columns:
        return RowProblem("bulk.form_value_missing", params={"field": name})
    return RowProblem("bulk.form_value_missing", columns.index(target), target, {"field": name})


def _facts(filled: FilledRow, today: date) -> FormFacts:
    data = {signer_id: party_data(party, today) for signer_id, party in filled.customers.items()}
    answers = {name: form_value(filled.preset.question(name), text) for name, text in filled.answers.items()}
    return FormFacts(data, answers)


def _persons(reading: RowReading) -> Iterator[tuple[ColumnTarget, Person]]:
    for target, number in reading.values.items():
        if target.kind is ColumnKind.ID_NUMBER and target.role_id is not None:
            name = reading.of(ColumnKind.NAME, target.role_id)
            if name:
                yield target, Person(name, number, reading.id_type(target.role_id))


class BulkPlanner:
    """The service that creates bulk plans and the contracts of their rows.

    It stores only the chosen columns. Calls block on the store.
    """

    def __init__(
        self,
        store: Bulk,
        keys: RowKeys,
        people: BulkPeople,
        *,
        quota: QuotaService,
        preferences: Preferences,
        clock_ms: Callable[[], int],
    ) -> None:
        self._store = store
        self._keys = keys
        self._people = people
        self._quota = quota
        self._preferences = preferences
        self._clock_ms = clock_ms

    def columns_for(self, preset: Preset, sheet: Sheet) -> ColumnChoice:
        """Return the meaning of each column of a sheet. Raises StoreError.

        A meaning that was stored for a column's heading takes precedence. Other columns are matched by their headings,
        or by their content if the sheet has no headings.
        """
        if not sheet.has_headings:
            return fitted(preset, match_contents(preset, sheet.rows), len(sheet.headings))
        chosen = match_columns(preset, sheet.headings)
        digests = self._heading_digests(sheet)
        remembered = self._store.columns(preset.id, digests)
        for index, digest in enumerate(digests):
            if digest in remembered and digests.count(digest) == 1:
                chosen = with_target(chosen, index, remembered[digest])
        return fitted(preset, chosen, len(sheet.headings))

    def remember_columns(self, plan: BulkPlan) -> None:
        """Store the plan's column choice for the sheet's headings. Raises StoreError.

        If the sheet has no headings, nothing is stored.
        """
        if plan.sheet.has_headings:
            digests = self._heading_digests(plan.sheet)
            self._store.remember_columns(plan.preset.id, dict(zip(digests, plan.columns, strict=True)))

    def _heading_digests(self, sheet: Sheet) -> list[str]:
        return [self._keys.heading(plain_heading(heading)) for heading in sheet.headings]

    def draft(self, preset: Preset, plan: BulkPlan, index: int) -> ContractDraft:
        """Create the contract for the row with this index in the plan. The row must be ready.

        ``preset`` is the preset for which the plan was made. Raises InputError ``document.missing`` or StoreError.
        """
        draft_id, now_ms = plan.rows[index].claims[0].draft_id, self._clock_ms()
        return self._people.draft(preset, plan.columns, plan.readings[index], plan.environment, draft_id, now_ms)

    def plan(
        self,
        preset: Preset,
        sheet: Sheet,
        columns: ColumnChoice,
        environment: Environment,
        *,
        again: Collection[int],
        cancel: CancelToken,
    ) -> BulkPlan:
        """Return the plan of a sheet. The plan states for each row whether the row can be sent.

        ``again`` holds the indices of rows that were already sent and are to be sent again. Raises Cancelled,
        StoreError, and InputError if the preset cannot currently be used in this environment.
        """
        columns = fitted(preset, columns, len(sheet.headings))
        now_ms = self._clock_ms()
        require_usable(preset, environment, named_by_sheet(preset, columns))
        _require_time(preset, now_ms)
        checks = row_checks(now_ms)
        readings = read_rows(preset, columns, sheet.rows, checks)
        readings = self._people.with_names_known_otherwise(readings, columns, environment)
        readings = self._people.with_form_values(preset, columns, readings, now_ms)
        _require_known_agents(preset, columns, readings)
        cancel.raise_if_cancelled()

        def plain_values(row: SheetRow) -> Mapping[ColumnTarget, str]:
            # A different cell format does not make a different contract.
            return read_row(preset, columns, without_formats(row), checks).values

        values = [
            plain_values(row) if row.bare else reading.values for row, reading in zip(sheet.rows, readings, strict=True)
        ]
        own = [self._keys.row(environment, preset.id, row_values) for row_values in values]
        contracts = [self._keys.contract(environment, preset.id, row_values) for row_values in values]
        original = {
            index: self._keys.row(environment, preset.id, plain_values(replace(row, cells=row.original, original=None)))
            for index, row in enumerate(sheet.rows)
            if row.original is not None
        }
        kept = self._store.claims([*own, *contracts, *original.values()])
        claims = [
            kept.get(row) or _renamed(kept.get(contract), row) or RowClaim(row, 0, self._keys.draft_id(contract, 0))
            for row, contract in zip(own, contracts, strict=True)
        ]
        cancel.raise_if_cancelled()
        sends = self._store.sends_of(claim.draft_id for claim in claims)
        rows, naming = [], self._people.naming()
        for index, (reading, known) in enumerate(zip(readings, claims, strict=True)):
            claim = known
            if index in again and _is_sent(sends.get(known.draft_id)):
                # Earlier attempts include sends of the same contract to another phone.
                attempt = max(known.attempt, kept.get(contracts[index], known).attempt) + 1
                claim = RowClaim(known.digest, attempt, self._keys.draft_id(contracts[index], attempt))
            elsewhere = own[index] not in kept and contracts[index] in kept
            title = title_of(preset, reading, naming)
            row = self._row(preset, index, reading, title, claim, sends, is_reached_otherwise=elsewhere)
            others = [replace(claim, digest=contracts[index], is_as_read=False)]
            if index in original and original[index] != claim.digest:
                others.append(replace(claim, digest=original[index], is_as_read=True))
            rows.append(replace(row, claims=(claim, *others)))
        ready = sum(row.state is RowState.READY for row in rows)
        return BulkPlan(
            preset,
            environment,
            sheet,
            columns,
            missing_targets(preset, columns),
            tuple(problem for problem in check_preset(preset) if problem.severity is Severity.BLOCKING),
            tuple(rows),
            self._cost(preset, ready, environment),
            readings,
        )

    def _row(
        self,
        preset: Preset,
        index: int,
        reading: RowReading,
        title: str,
        claim: RowClaim,
        sends: Mapping[DraftId, SendState],
        *,
        is_reached_otherwise: bool,
    ) -> PlannedRow:
        # The second of two identical rows does not count as a contract already sent.
        is_double = any(problem.code in DUPLICATES for problem in reading.problems)
        send = None if is_double else sends.get(claim.draft_id)
        row = PlannedRow(
            index,
            reading.number,
            RowState.READY if reading.is_ready else RowState.FAULTY,
            reading.problems,
            title,
            tuple(
                reading.of(ColumnKind.ORGANIZATION_NAME, customer.id)
                or masked_name(reading.of(ColumnKind.NAME, customer.id))
                for customer in preset.customers
            ),
            reading.of(ColumnKind.REFERENCE),
            claims=(claim,),
        )
        if send is None:
            return row
        found = with_send(row, send)
        if is_reached_otherwise and found.state in {RowState.UNFINISHED, RowState.HELD, RowState.DIFFERS}:
            # Continuing would send the contract to an outdated phone or email.
            problem = RowProblem("bulk.begun_with_other_reach")
            return replace(found, state=RowState.FAULTY, problems=(*reading.problems, problem))
        return replace(found, is_reached_otherwise=is_reached_otherwise and found.state is RowState.SENT)

    def _cost(self, preset: Preset, row_count: int, environment: Environment) -> BulkCost:
        contract_count = row_count * len(preset.documents)
        amount = (self._preferences.tier.price_per_contract_yuan * contract_count).quantize(Decimal("0.01"))
        if preset.is_paid_elsewhere:
            return BulkCost(contract_count, amount, is_paid_elsewhere=True)
        account = self._quota.account(environment.kind)
        left = account.remaining_count
        is_over = QuotaWarning.OVER in account.warnings
        return BulkCost(contract_count, amount, None if left is None else left - contract_count, is_over)


def _renamed(claim: RowClaim | None, digest: str) -> RowClaim | None:
    return None if claim is None else replace(claim, digest=digest, is_as_read=False)


def _is_sent(send: SendState | None) -> bool:
    return send is not None and send.state is SubmissionState.DONE


def with_send(row: PlannedRow, send: SendState) -> PlannedRow:
    """Return the row updated with the state of its send. The row is unchanged if the send failed or was canceled."""
    match send.state:
        case SubmissionState.FAILED | SubmissionState.CANCELLED:
            return row
        case SubmissionState.DONE:
            was_corrected = any(claim.is_as_read for claim in row.claims)
            state = RowState.SENT
        case SubmissionState.HELD:
            was_corrected, state = False, RowState.HELD
        case SubmissionState.MADE:
            was_corrected, state = False, RowState.DIFFERS
        case _:
            was_corrected, state = False, RowState.UNFINISHED
    return replace(
        row,
        state=state,
        problems=() if state is RowState.SENT else row.problems,
        flow_id=send.flow_id,
        flow_status=send.flow_status,
        submission_id=send.submission_id,
        sent_at_ms=send.queued_at_ms if state is RowState.SENT else None,
        was_corrected=was_corrected,
    )


def _require_time(preset: Preset, now_ms: int) -> None:
    """Raise InputError ``preset.deadline_past`` if the preset's deadline or the end of its archive period is past."""
    options = preset.options
    deadline_ms = options.deadline_ms(now_ms)
    is_past = deadline_ms is not None and deadline_ms <= now_ms
    if is_past or (options.archive_until_ms is not None and options.archive_until_ms <= (deadline_ms or now_ms)):
        raise InputError("preset.deadline_past")


def _require_known_agents(preset: Preset, columns: ColumnChoice, readings: Sequence[RowReading]) -> None:
    """Raise InputError ``preset.staff_unknown`` if the sheet names a branch whose agent is unknown."""
    ready = next((reading for reading in readings if reading.is_ready), None)
    if ready is not None:
        unknown = fill_row(preset, columns, ready).preset.roles_without_signer
        if unknown:
            raise InputError("preset.staff_unknown", count=len(unknown))
