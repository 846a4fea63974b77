"""Notices that were received: which flows are to be asked about, and the reasons that they give for an end."""

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
"""The platform's six tries end within three hours; for so long a repetition is known as one."""


@dataclass(frozen=True, slots=True)
class ReceivedNotice:
    """A notice whose signature was right. ``digest`` is the SHA-256 of its bytes, in hex."""

    digest: str
    flow_id: FlowId
    environment: EnvironmentKind
    received_at_ms: int
    account_id: str = ""
    remark: str = field(default="", repr=False)
    """The reason it gives; of the flow's end where it names no account."""


class NoticeInbox:
    """Keeps notices until their flows have been asked about."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, notices: tuple[ReceivedNotice, ...]) -> None:
        """Write them down in one go; they are on the disk when this returns. Repetitions change nothing."""
        rows = [(one.digest, one.flow_id, one.environment.value, one.received_at_ms) for one in notices]

        def work(connection: Connection) -> None:
            connection.executemany(
                "INSERT INTO notices (digest, flow_id, environment, received_at_ms) VALUES (?, ?, ?, ?)"
                " ON CONFLICT DO NOTHING",
                rows,
            )
            for one in notices:
                if one.remark:
                    add_remark(connection, one.flow_id, NoticeRemark(one.account_id, replace_surrogates(one.remark)))

        self._database.run(work)

    def open_flows(self, environment: EnvironmentKind) -> tuple[FlowId, ...]:
        """Return the flows that notices wait for, the longest waiting first."""
        rows = self._database.query(
            "SELECT flow_id FROM notices WHERE is_settled = 0 AND environment = ?"
            " GROUP BY flow_id ORDER BY min(received_at_ms), flow_id",
            (environment.value,),
        )
        return tuple(FlowId(flow_id) for (flow_id,) in rows)

    def settle(self, flow_id: FlowId, *, received_until_ms: int) -> None:
        """Note that the flow was asked about after these notices came, and forget those that nobody repeats."""

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
        """Return how many are kept."""
        return int(self._database.query("SELECT count(*) FROM notices")[0][0])
