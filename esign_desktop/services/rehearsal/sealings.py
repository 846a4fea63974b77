"""Query the seals of a flow in a trial run. Only the sandbox platform supports this call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from esign_desktop.api import wire
from esign_desktop.api.strict_json import as_integer, as_list, as_number, as_object, identifier, text
from esign_desktop.domain.flow import Sealing, Stamp
from esign_desktop.domain.geometry import PageRect

if TYPE_CHECKING:
    from collections.abc import Mapping

    from esign_desktop.api.client import PlatformClient

_PATH: Final = "/rehearsal/sealings"


def fetched_sealings(client: PlatformClient, flow_id: str) -> tuple[Sealing, ...]:
    """Return the seals of a flow in the order in which they were placed. Raises ApiError."""

    def read(data: object) -> tuple[Sealing, ...]:
        entries = [as_object(entry, "data[]") for entry in as_list(data, "data")]
        return tuple(
            Sealing(
                *(identifier(entry, "docId"), text(entry, "accountId"), text(entry, "authorizationOrgId")),
                wire.web_address(entry, "docUrl"),
                tuple(_stamp(as_object(stamp, "stamps[]")) for stamp in as_list(entry.get("stamps"), "stamps")),
            )
            for entry in entries
        )

    return wire.checked(client.post(_PATH, wire.build_flow_id(flow_id)), read)


def _stamp(entry: Mapping[str, Any]) -> Stamp:
    left, bottom, right, top = (as_number(entry.get(name), name) for name in ("left", "bottom", "right", "top"))
    return Stamp(as_integer(entry.get("page"), "page"), PageRect(left, bottom, right, top))
