"""Contracts that were sent: a week of work of a desk that does not exist."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.account import AccountKind, AccountRecord
from esign_desktop.domain.audit import AuditAction
from esign_desktop.domain.environment import EnvironmentKind
from esign_desktop.domain.flow import (
    DocumentProgress,
    FlowDetail,
    FlowDocument,
    FlowId,
    FlowRecord,
    FlowSigner,
    FlowStatus,
    NoticeRemark,
    SignerProgress,
    SignStatus,
)
from esign_desktop.store.tables.accounts import Accounts
from esign_desktop.store.tables.audit import Audit
from esign_desktop.store.tables.flows import Flows
from tests.pictures.fixed_world import DAY_MS, HOME, NOW_MS, WHO

if TYPE_CHECKING:
    from esign_desktop.store.database.connection import Database
    from esign_desktop.store.database.handle import Connection

FLOW_COUNT: Final = 50_000
KIND: Final = EnvironmentKind.TEST
_LONGEST_PERSON: Final = 5
_MINUTE_MS: Final = 60_000
_HOUR_MS: Final = 60 * _MINUTE_MS


@dataclass(frozen=True)
class _Case:
    """A contract in a line: its title, its signers, how far each is, and how it ended."""

    title: str
    names: tuple[str, ...]
    codes: tuple[int, ...]
    status: FlowStatus = FlowStatus.SIGNING
    sent_before_ms: int = _HOUR_MS
    days: int = 30
    remark: str = ""
    is_fetched: bool = False


_CASES: Final = (
    _Case("软件实施服务合同", ("云禾示例科技有限公司", "林小满"), (2, 1)),
    _Case("个人借款合同", ("张三",), (0,), sent_before_ms=12 * _MINUTE_MS, days=0),
    _Case("房屋租赁合同 2027-018", ("李四", "许晚晴"), (2, 5), sent_before_ms=3 * _HOUR_MS),
    _Case("劳动合同 林小满", ("云禾示例科技有限公司", "林小满"), (2, 2), FlowStatus.COMPLETED, 5 * _HOUR_MS),
    _Case(
        "采购框架协议（第二版）",
        ("青石示例商贸有限公司", "云禾示例科技有限公司"),
        *((2, 4), FlowStatus.TERMINATED, DAY_MS, 30, "金额与约定不符"),
    ),
    _Case("个人借款合同", ("王五",), (2,), FlowStatus.COMPLETED, DAY_MS + _HOUR_MS, 30, "", is_fetched=True),
    _Case("保密协议", ("许晚晴",), (99,), FlowStatus.SIGNING, 2 * DAY_MS),
    _Case("个人借款合同", ("赵六",), (0,), FlowStatus.EXPIRED, 3 * DAY_MS, 0),
    _Case("车位租赁合同", ("孙七", "周八", "吴九"), (2, 2, 1), FlowStatus.SIGNING, 4 * DAY_MS),
    _Case("服务外包补充协议", ("云禾示例科技有限公司", "郑十"), (2, 0), FlowStatus.REVOKED, 5 * DAY_MS),
    _Case(
        "委托加工合同",
        ("青石示例商贸有限公司", "云禾示例科技有限公司"),
        *((2, 3), FlowStatus.TERMINATED, 6 * DAY_MS, 30, "证书已过期"),
    ),
)


def add_week(database: Database) -> None:
    """Keep some contracts, and what was done about them."""
    flows, audit = Flows(database), Audit(database, who=WHO, clock_ms=lambda: NOW_MS)
    for number, case in enumerate(_CASES, 1):
        flows.add(_record(case, number))
    actions = {
        FlowStatus.COMPLETED: AuditAction.DOWNLOADED,
        FlowStatus.REVOKED: AuditAction.REVOKED,
        FlowStatus.TERMINATED: AuditAction.CORRECTED,
    }
    for number, case in reversed(list(enumerate(_CASES, 1))):
        record = _record(case, number)
        log = Audit(database, who=WHO, clock_ms=lambda at_ms=record.sent_at_ms: at_ms)  # type: ignore[misc]
        log.note(AuditAction.SENT, environment=KIND, flow_id=record.flow_id, title=record.title)
        if case.status in actions:
            later = Audit(database, who=WHO, clock_ms=lambda at_ms=record.sent_at_ms + _HOUR_MS: at_ms)  # type: ignore[misc]
            later.note(actions[case.status], environment=KIND, flow_id=record.flow_id, title=record.title)
    audit.note(AuditAction.REVOKED, environment=KIND, flow_id="flow-03", title=_CASES[2].title, outcome="api.timeout")


def add_people(database: Database) -> None:
    """Know some people, as after a week."""
    accounts = Accounts(database)
    names = list(dict.fromkeys(name for case in _CASES for name in case.names if len(name) < _LONGEST_PERSON))
    for number, name in enumerate(names, 1):
        met_at_ms = NOW_MS - number * _HOUR_MS
        accounts.remember(
            AccountRecord(
                *(KIND, "1111563657", f"account {number}", AccountKind.PERSON, name),
                masked_number=f"****{4000 + number * 377}",
                last_used_ms=met_at_ms,
            )
        )


def add_many(database: Database) -> None:
    """Keep 50,000 contracts, copied from the week."""
    flows = Flows(database)
    for number, case in enumerate(_CASES, 1):
        flows.add(_record(case, number))
    count = len(_CASES)

    def work(connection: Connection) -> None:
        columns = [row[1] for row in connection.execute("PRAGMA table_info(flows)")]
        kept = {"flow_id", "title", "sent_at_ms", "deadline_ms", "revision"}
        names = ", ".join(column for column in columns if column not in kept)
        connection.execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)"  # noqa: S608
            f" INSERT INTO flows (flow_id, title, sent_at_ms, deadline_ms, revision, {names})"
            " SELECT 'flow-' || printf('%06d', i), title || printf(' %06d', i * 7919 % 100000),"
            f" sent_at_ms - (? - i) * 613000, deadline_ms - (? - i) * 613000 + 2592000000, i, {names}"
            " FROM n JOIN flows ON flow_id = printf('flow-%02d', 1 + i * 7 % ?)",
            (FLOW_COUNT, FLOW_COUNT, FLOW_COUNT, count),
        )
        connection.execute("DELETE FROM flows WHERE length(flow_id) = length('flow-01')")

    # Numbering 50,000 rows one by one takes longer than all pictures.
    database.run(lambda connection: connection.execute("DROP TRIGGER flows_added").rowcount)
    database.run(work)
    database.run(lambda connection: connection.execute("UPDATE flows SET revision = rowid").rowcount)


def _record(case: _Case, number: int) -> FlowRecord:
    sent_at_ms = NOW_MS - case.sent_before_ms
    deadline_ms = sent_at_ms + case.days * DAY_MS if case.days else sent_at_ms + 30 * _MINUTE_MS
    flow_id = FlowId(f"flow-{number:02}")
    signers = tuple(
        FlowSigner(
            f"account {number}-{place}",
            name,
            place,
            place,
            organization_account_id=f"organization {number}-{place}" if len(name) >= _LONGEST_PERSON else "",
            urls=(f"https://sign.example.com/s/{number}{place}",),
        )
        for place, name in enumerate(case.names, 1)
    )
    steps = tuple(_step(case, signer, code, sent_at_ms) for signer, code in zip(signers, case.codes, strict=True))
    detail = FlowDetail(
        flow_id,
        case.status,
        int(case.status),
        (DocumentProgress("document", case.title, steps),),
        case.title,
        signers[0].account_id,
        deadline_ms=deadline_ms,
        started_at_ms=sent_at_ms,
        ended_at_ms=sent_at_ms + 2 * _HOUR_MS if case.status.is_final else None,
    )
    record = FlowRecord(
        flow_id,
        KIND,
        "1111563657",
        f"submission {number}",
        case.title,
        sent_at_ms,
        deadline_ms,
        1,
        case.status,
        (FlowDocument("document", case.title),),
        signers,
        detail,
        NOW_MS - 3 * _MINUTE_MS,
    )
    failed = [one for one, code in zip(signers, case.codes, strict=True) if code == SignStatus.FAILED]
    if failed:
        # Told by notices alone.
        reasons = (NoticeRemark(failed[0].account_id, case.remark), NoticeRemark("", "签署失败，任务终止"))
        return replace(record, remarks=reasons)
    if case.is_fetched:
        return replace(
            record, downloaded_to=(f"{HOME}/合同/{case.names[0]}/2027-01-14_{case.title}_{case.names[0]}.pdf",)
        )
    return record


def _step(case: _Case, signer: FlowSigner, code: int, sent_at_ms: int) -> SignerProgress:
    received_at_ms = sent_at_ms + (signer.number - 1) * 20 * _MINUTE_MS
    has_signed = code == SignStatus.SIGNED
    return SignerProgress(
        signer.account_id,
        SignStatus.of(code),
        code,
        received_at_ms=received_at_ms,
        signed_at_ms=received_at_ms + 9 * _MINUTE_MS if has_signed else None,
        remark=case.remark if code == SignStatus.REFUSED else "",
    )
