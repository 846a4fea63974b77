"""Flows: the only list of the contracts on the platform, because the platform's API cannot list them."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from esign_desktop.domain.environment import EnvironmentKind
from esign_desktop.domain.erasure import is_forgotten
from esign_desktop.domain.errors import StoreError
from esign_desktop.domain.flow import (
    FlowDetail,
    FlowDocument,
    FlowId,
    FlowRecord,
    FlowSigner,
    FlowStatus,
    NoticeRemark,
    SignerProgress,
)
from esign_desktop.domain.surrogates import replace_surrogates
from esign_desktop.domain.titles import with_names
from esign_desktop.store.codec import from_json, to_json

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence
    from pathlib import Path

    from esign_desktop.store.database.connection import Database
    from esign_desktop.store.database.handle import Connection
    from esign_desktop.store.tables.kept_values import KeptValues

_log = logging.getLogger(__name__)
_CODE: Final = "store.bad_flow"
_ANY_CUSTOMER: Final = "\0"
_COLUMNS: Final = (
    "flow_id, environment, project_id, submission_id, title, sent_at_ms, deadline_ms, contract_count, status,"
    " documents, signers, detail, seen_at_ms, downloaded_to, downloaded_sha256, payer_account_id, remarks"
)
_MOST_REMARKS: Final = 50
_OPEN: Final = (FlowStatus.SIGNING, FlowStatus.UNKNOWN)


@dataclass(frozen=True, slots=True)
class FlowPage:
    """A page of changed flows, latest change first.

    The revisions of the flows on the page are between ``first_revision`` and ``last_revision``. ``is_complete`` means
    that no older changes remain.
    """

    records: tuple[FlowRecord, ...]
    first_revision: int
    last_revision: int
    is_complete: bool


@dataclass(frozen=True, slots=True)
class FlowTally:
    """The number of flows with a given status, and the number of contracts in these flows."""

    status: FlowStatus
    flow_count: int
    contract_count: int


class Flows:
    """The table of flows.

    ``on_adding`` is called with each new flow and may store more data in the same transaction. ``values`` holds the
    form values of submissions. A submission's values are deleted when its flow is completed.
    """

    def __init__(
        self,
        database: Database,
        *,
        on_adding: Callable[[Connection, FlowRecord], None] | None = None,
        values: KeptValues | None = None,
    ) -> None:
        self._database = database
        self._on_adding = on_adding
        self._values = values

    def add(self, record: FlowRecord) -> None:
        """Store a new flow. If the flow is already stored, leave it unchanged.

        A resumed submission can therefore add its flow again.
        """
        row = (
            *(record.flow_id, record.environment.value, record.project_id, record.submission_id),
            *(replace_surrogates(record.title), record.sent_at_ms, record.deadline_ms, record.contract_count),
            *(record.status.value, to_json(record.documents, tuple[FlowDocument, ...])),
            *(to_json(record.signers, tuple[FlowSigner, ...]), _detail_json(record.detail), record.seen_at_ms),
            to_json(record.downloaded_to, tuple[str, ...]),
            to_json(record.downloaded_sha256, tuple[str, ...]),
            *(record.payer_account_id, to_json(record.remarks, tuple[NoticeRemark, ...])),
        )

        def work(connection: Connection) -> None:
            done = connection.execute(
                f"INSERT INTO flows ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608
                " ON CONFLICT DO NOTHING",
                row,
            )
            if done.rowcount > 0:
                _note_parties(connection, record)
                if self._on_adding is not None:
                    self._on_adding(connection, record)

        self._database.run(work)

    def list(self, environment: EnvironmentKind | None = None) -> tuple[FlowRecord, ...]:
        """Return the flows of an environment, or of all environments if none is given, most recent first.

        Flows that cannot be read are omitted. Raises StoreError if the database fails.
        """
        kinds = tuple(EnvironmentKind) if environment is None else (environment,)
        marks = ", ".join("?" * len(kinds))
        return self._select(f"environment IN ({marks})", *(kind.value for kind in kinds))

    def last_sent(self, titles: Collection[str]) -> dict[str, int]:
        """Return, for each title, the time at which a flow with that title was last sent. Raises StoreError.

        A placeholder of the customer stands for any name. Times are in epoch milliseconds. Titles without such a flow
        are omitted.
        """
        query = "SELECT MAX(sent_at_ms) FROM flows WHERE title LIKE ? ESCAPE '\\'"
        found = {title: self._database.query(query, (_like(title),))[0][0] for title in titles}
        return {title: int(sent_at_ms) for title, sent_at_ms in found.items() if sent_at_ms is not None}

    def get(self, flow_id: FlowId) -> FlowRecord:
        """Return a flow. Raises StoreError ``store.no_such_flow`` if the flow is not stored."""
        found = self._rows("flow_id = ?", flow_id)
        if not found:
            raise StoreError("store.no_such_flow")
        return _record(found[0])

    def update_detail(
        self, flow_id: FlowId, detail: FlowDetail, asked_at_ms: int, *, now_ms: int | None = None
    ) -> None:
        """Store the platform's response to a query for a flow's status.

        ``asked_at_ms`` is the time of the query. The response is ignored if the response to a later query is already
        stored. A stored query time after ``now_ms`` is disregarded, because the clock has been set back since then.
        Data of a person who was erased on this computer is first removed from the response.
        """

        def work(connection: Connection) -> str:
            """Update the flow.

            Return the id of the submission whose form values must now be deleted, or an empty string.
            """
            row = connection.execute(
                "SELECT signers, documents, submission_id FROM flows WHERE flow_id = ?", (flow_id,)
            ).fetchone()
            told = detail if row is None else _without_forgotten(detail, *row[:2])
            done = connection.execute(
                "UPDATE flows SET detail = ?, status = ?, seen_at_ms = ?, deadline_ms = ifnull(?, deadline_ms),"
                # A flow that was restored from the ledger has no title yet.
                " title = iif(title = '', ?, title)"
                " WHERE flow_id = ? AND (ifnull(seen_at_ms, 0) <= ? OR seen_at_ms > ?)",
                (
                    *(_detail_json(told), told.status.value, asked_at_ms, told.deadline_ms),
                    *(replace_surrogates(told.business_scene), flow_id),
                    *(asked_at_ms, 2**62 if now_ms is None else now_ms),
                ),
            )
            if row is None or self._values is None or not done.rowcount:
                return ""
            return row[2] if self._values.flow_ended(connection, row[2], told.status) else ""

        submission_id = self._database.run(work)
        if submission_id and self._values is not None:
            self._values.drop(submission_id)

    def set_downloaded(self, flow_id: FlowId, paths: Sequence[Path], sha256: Sequence[str] = ()) -> None:
        """Record the paths and the SHA-256 digests of the files that were downloaded for a flow."""
        values = (to_json(tuple(map(str, paths)), tuple[str, ...]), to_json(tuple(sha256), tuple[str, ...]), flow_id)
        self._database.execute("UPDATE flows SET downloaded_to = ?, downloaded_sha256 = ? WHERE flow_id = ?", values)

    def changed(self, *, since: int = 0, before: int | None = None, limit: int = 500) -> FlowPage:
        """Return the flows whose revision is between ``since`` and ``before``, both excluded, latest change first.

        To read all flows, repeat the call with ``before`` set to the ``first_revision`` of the previous page until a
        page is complete. To read later changes, set ``since`` to the ``last_revision`` of the first page.
        """
        query = (
            f"SELECT revision, {_COLUMNS} FROM flows WHERE revision > ? AND revision < ?"  # noqa: S608
            " ORDER BY revision DESC LIMIT ?"
        )
        bound = 2**62 if before is None else before
        rows = self._database.query(query, (since, bound, limit + 1))
        page = rows[:limit]
        return FlowPage(
            _readable(row[1:] for row in page),
            first_revision=page[-1][0] if page else bound,
            last_revision=page[0][0] if page else since,
            is_complete=len(rows) <= limit,
        )

    def open_ids(self, environment: EnvironmentKind, project_id: str) -> tuple[FlowId, ...]:
        """Return the ids of a project's flows whose status can still change, most recent first."""
        marks = ", ".join("?" * len(_OPEN))
        query = (
            f"SELECT flow_id FROM flows WHERE environment = ? AND project_id = ? AND status IN ({marks})"  # noqa: S608
            " ORDER BY sent_at_ms DESC, flow_id"
        )
        rows = self._database.query(query, (environment.value, project_id, *(status.value for status in _OPEN)))
        return tuple(FlowId(flow_id) for (flow_id,) in rows)

    def unsigned_since(
        self, environment: EnvironmentKind, project_id: str, since_ms: int, now_ms: int, *, account_id: str = ""
    ) -> tuple[FlowRecord, ...]:
        """Return the flows sent since ``since_ms`` that can still be signed, most recent first.

        Flows that were started but not yet executed are included. If ``account_id`` is given, only flows in which this
        account is a signer are returned. Times are in epoch milliseconds.
        """
        marks = ", ".join("?" * (len(_OPEN) + 1))
        # The unary plus keeps SQLite from using an index that would read all open flows, however old.
        condition = (
            "environment = ? AND sent_at_ms >= ? AND +project_id = ? AND ifnull(deadline_ms, ?) > ?"
            f" AND instr(signers, ?) AND +status IN ({marks})"
        )
        states = (FlowStatus.DRAFT.value, *(status.value for status in _OPEN))
        moments = (since_ms, project_id, now_ms + 1, now_ms)
        return self._select(condition, environment.value, *moments, account_id, *states)

    def unsigned_by_name(
        self, environment: EnvironmentKind, project_id: str, name: str, now_ms: int
    ) -> tuple[FlowRecord, ...]:
        """Return the flows that are waiting for signatures and have a signer with this name, most recent first."""
        marks = ", ".join("?" * len(_OPEN))
        condition = (
            "environment = ? AND project_id = ? AND ifnull(deadline_ms, ?) > ? AND instr(signers, ?)"
            f" AND status IN ({marks})"
        )
        # The table contains names in JSON notation.
        values = (project_id, now_ms + 1, now_ms, to_json(name, str))
        return self._select(condition, environment.value, *values, *(status.value for status in _OPEN))

    def sent_to(
        self, environment: EnvironmentKind, project_id: str, since_ms: int, account_id: str
    ) -> tuple[FlowRecord, ...]:
        """Return the flows sent since ``since_ms`` in which the account is a signer, most recent first."""
        condition = "environment = ? AND sent_at_ms >= ? AND +project_id = ? AND instr(signers, ?)"
        return self._select(condition, environment.value, since_ms, project_id, account_id)

    def without_files(self, environment: EnvironmentKind, project_id: str, since_ms: int) -> tuple[FlowId, ...]:
        """Return the ids of completed flows sent since ``since_ms`` whose files were not downloaded, oldest first."""
        rows = self._database.query(
            "SELECT flow_id FROM flows WHERE environment = ? AND project_id = ? AND status = ?"
            " AND downloaded_to = '[]' AND sent_at_ms >= ? ORDER BY sent_at_ms, flow_id",
            (environment.value, project_id, FlowStatus.COMPLETED.value, since_ms),
        )
        return tuple(FlowId(flow_id) for (flow_id,) in rows)

    def sent_between(
        self, environment: EnvironmentKind, project_id: str, since_ms: int, until_ms: int
    ) -> tuple[FlowRecord, ...]:
        """Return a project's flows sent at ``since_ms`` or later but before ``until_ms``, most recent first."""
        condition = "environment = ? AND sent_at_ms >= ? AND sent_at_ms < ? AND project_id = ?"
        return self._select(condition, environment.value, since_ms, until_ms, project_id)

    def tally(self, environment: EnvironmentKind, *, since_ms: int = 0) -> tuple[FlowTally, ...]:
        """Count the flows sent since ``since_ms``, by status. Flows for which another party pays are not counted."""
        rows = self._database.query(
            "SELECT status, count(*), sum(contract_count) FROM flows WHERE environment = ? AND sent_at_ms >= ?"
            " AND payer_account_id = '' GROUP BY status ORDER BY status",
            (environment.value, since_ms),
        )
        return tuple(FlowTally(FlowStatus.of(status), flows, contracts) for status, flows, contracts in rows)

    def _select(self, condition: str, *values: str | int) -> tuple[FlowRecord, ...]:
        return _readable(self._rows(condition, *values))

    def _rows(self, condition: str, *values: str | int) -> Sequence[Any]:
        query = f"SELECT {_COLUMNS} FROM flows WHERE {condition} ORDER BY sent_at_ms DESC, flow_id"  # noqa: S608
        return self._database.query(query, values)


def add_remark(connection: Connection, flow_id: FlowId, remark: NoticeRemark) -> None:
    """Store the remark of a notice in the current transaction.

    The remark is ignored if a signer of the flow was erased.
    """
    row = connection.execute("SELECT signers, remarks FROM flows WHERE flow_id = ?", (flow_id,)).fetchone()
    if row is None:
        return
    signers = from_json(row[0], tuple[FlowSigner, ...], code=_CODE)
    remarks = from_json(row[1], tuple[NoticeRemark, ...], code=_CODE)
    if remark in remarks or any(is_forgotten(signer.account_id) for signer in signers):
        return
    kept = to_json((*remarks, remark)[-_MOST_REMARKS:], tuple[NoticeRemark, ...])
    connection.execute("UPDATE flows SET remarks = ? WHERE flow_id = ?", (kept, flow_id))


def _without_forgotten(detail: FlowDetail, signers_json: str, documents_json: str) -> FlowDetail:
    """Return the platform's report without data that belongs, or may belong, to an erased person."""
    signers = from_json(signers_json, tuple[FlowSigner, ...], code=_CODE)
    stand_in = next((signer.account_id for signer in signers if is_forgotten(signer.account_id)), "")
    if not stand_in:
        return detail
    known = {signer.account_id for signer in signers}
    names = {
        document.doc_id: document.name for document in from_json(documents_json, tuple[FlowDocument, ...], code=_CODE)
    }

    def kept(signer: SignerProgress) -> SignerProgress:
        return signer if signer.account_id in known else replace(signer, account_id=stand_in, remark="")

    documents = tuple(
        replace(document, name=names.get(document.doc_id, ""), signers=tuple(map(kept, document.signers)))
        for document in detail.documents
    )
    initiator = detail.initiator_account_id
    return replace(
        detail,
        documents=documents,
        business_scene="",
        initiator_account_id=initiator if initiator in known else "",
    )


def _note_parties(connection: Connection, record: FlowRecord) -> None:
    """Record the accounts that sign a flow, to find flows by account and to count the contracts of contacts."""
    signers = (signer for signer in record.signers if not is_forgotten(signer.account_id))
    accounts = dict.fromkeys(
        account_id for signer in signers for account_id in (signer.account_id, signer.organization_account_id)
    )
    connection.executemany(
        "INSERT OR IGNORE INTO contract_parties VALUES (?, ?, ?)",
        [(account_id, record.flow_id, record.sent_at_ms) for account_id in accounts if account_id],
    )


def _detail_json(detail: FlowDetail | None) -> str | None:
    return None if detail is None else to_json(detail, FlowDetail)


def _readable(rows: Iterable[Any]) -> tuple[FlowRecord, ...]:
    """Return the records of the rows that can be read, so that a damaged flow does not hide all others."""
    found: list[FlowRecord] = []
    for row in rows:
        try:
            found.append(_record(row))
        except StoreError as error:
            _log.error("a flow can't be read: %s", error.code)
    return tuple(found)


def _record(row: Any) -> FlowRecord:
    """Return the record for a row with the columns ``_COLUMNS``. The STRICT table guarantees the column types."""
    flow_id, environment, project_id, submission_id, title, sent_at_ms, deadline_ms, contract_count, *rest = row
    status, documents, signers, detail, seen_at_ms, downloaded_to, downloaded_sha256, payer_account_id, remarks = rest
    if environment not in set(EnvironmentKind):
        raise StoreError(_CODE, "environment")
    return FlowRecord(
        flow_id=FlowId(flow_id),
        environment=EnvironmentKind(environment),
        project_id=project_id,
        submission_id=submission_id,
        title=title,
        sent_at_ms=sent_at_ms,
        deadline_ms=deadline_ms,
        contract_count=contract_count,
        status=FlowStatus.of(status),
        documents=from_json(documents, tuple[FlowDocument, ...], code=_CODE),
        signers=from_json(signers, tuple[FlowSigner, ...], code=_CODE),
        detail=None if detail is None else from_json(detail, FlowDetail, code=_CODE),
        seen_at_ms=seen_at_ms,
        downloaded_to=from_json(downloaded_to, tuple[str, ...], code=_CODE),
        downloaded_sha256=from_json(downloaded_sha256, tuple[str, ...], code=_CODE),
        payer_account_id=payer_account_id,
        remarks=from_json(remarks, tuple[NoticeRemark, ...], code=_CODE),
    )


def _like(title: str) -> str:
    """Return the SQL pattern of the titles that are made from ``title``."""
    escaped = re.sub(r"[\\%_]", r"\\\g<0>", with_names(title, "", _ANY_CUSTOMER))
    return escaped.replace(_ANY_CUSTOMER, "%")
