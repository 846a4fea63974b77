"""Notices from the platform: the flows whose status must be queried, and the reasons given in the notices."""

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
"""The time for which repeated notices are recognized, in milliseconds.

The platform makes six attempts within three hours.
"""


@dataclass(frozen=True, slots=True)
class ReceivedNotice:
    """A notice whose signature was verified. ``digest`` is the SHA-256 digest of the notice, in hexadecimal."""

    digest: str
    flow_id: FlowId
    environment: EnvironmentKind
    received_at_ms: int
    account_id: str = ""
    remark: str = field(default="", repr=False)
    """The reason that the notice gives. If ``account_id`` is empty, the reason concerns the end of the flow."""


class NoticeInbox:
    """The table of received notices. A notice is pending until the status of its flow has been queried."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, notices: tuple[ReceivedNotice, ...]) -> None:
        """Store notices in one transaction. They are on disk when this returns. Repeated notices are ignored."""
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
        """Return the ids of the flows that have pending notices. The flow that has waited longest comes first."""
        rows = self._database.query(
            "SELECT flow_id FROM notices WHERE is_settled = 0 AND environment = ?"
            " GROUP BY flow_id ORDER BY min(received_at_ms), flow_id",
            (environment.value,),
        )
        return tuple(FlowId(flow_id) for (flow_id,) in rows)

    def settle(self, flow_id: FlowId, *, received_until_ms: int) -> None:
        """Mark the notices of a flow as settled, because the flow's status was queried.

        ``received_until_ms`` is the time of the query; later notices stay pending. Settled notices that are too old to
        be repeated are deleted.
        """

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
        """Return the number of stored notices, including settled ones."""
        return int(self._database.query("SELECT count(*) FROM notices")[0][0])
