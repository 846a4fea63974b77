"""Notices that were received: the flows to query, and the reasons given for their end."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from esign_desktop.domain.environment import EnvironmentKind
from esign_desktop.domain.flow import FlowId, NoticeRemark
from esign_desktop.domain.surrogates import replace_surrogates
from esign_desktop.store.tables.flows import add_remark

if TYPE_CHECKING:
    from esign_desktop.store.database.connection import Database
    from esign_desktop.store.database.handle import Connection

KEPT_MS = 7 * 86_400_000
"""Repetitions are recognised for this long. The platform makes six attempts within three hours."""


@dataclass(frozen=True, slots=True)
class ReceivedNotice:
    """A notice with a verified signature. ``digest`` is the SHA-256 of its bytes, in hexadecimal."""

    digest: str
    flow_id: FlowId
    environment: EnvironmentKind
    received_at_ms: int
    account_id: str = ""
    remark: str = field(default="", repr=False)
    """The reason given by the notice. Without an account id, it concerns the end of the flow."""


class NoticeInbox:
    """The table of notices whose flows have not been queried yet."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, notices: tuple[ReceivedNotice, ...]) -> None:
        """Store notices in one transaction. They are on the disk when this returns. Repeated notices have no effect."""
        rows = [(notice.digest, notice.flow_id, notice.environment.value, notice.received_at_ms) for notice in notices]

        def work(connection: Connection) -> None:
            connection.executemany(
                "INSERT INTO notices (digest, flow_id, environment, received_at_ms) VALUES (?, ?, ?, ?)"
                " ON CONFLICT DO NOTHING",
                rows,
            )
            for notice in notices:
                if notice.remark:
                    add_remark(
                        connection, notice.flow_id, NoticeRemark(notice.account_id, replace_surrogates(notice.remark))
                    )

        self._database.run(work)

    def open_flows(self, environment: EnvironmentKind) -> tuple[FlowId, ...]:
        """Return the flows with pending notices, longest waiting first."""
        rows = self._database.query(
            "SELECT flow_id FROM notices WHERE is_settled = 0 AND environment = ?"
            " GROUP BY flow_id ORDER BY min(received_at_ms), flow_id",
            (environment.value,),
        )
        return tuple(FlowId(flow_id) for (flow_id,) in rows)

    def settle(self, flow_id: FlowId, *, received_until_ms: int) -> None:
        """Mark a flow's notices as settled by a query, and delete settled notices too old to be repeated."""

        def work(connection: Connection) -> None:
            connection.execute(
                "UPDATE notices SET is_settled = 1 WHERE flow_id = ? AND received_at_ms <= ?",
                (flow_id, received_until_ms),
            )
            connection.execute(
                "DELETE FROM notices WHERE is_settled = 1 AND received_at_ms < ?", (received_until_ms - KEPT_MS,)
            )

        self._database.run(work)

    def count(self) -> int:
        """Return the number of stored notices."""
        return int(self._database.query("SELECT count(*) FROM notices")[0][0])
