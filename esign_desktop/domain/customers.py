"""The customers of a contract: its parties that are not the user's own organizations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from esign_desktop.domain.erasure import FORGOTTEN_NAME
from esign_desktop.domain.signer import ApplicationSigner, display_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Set

    from esign_desktop.domain.flow import FlowRecord
    from esign_desktop.domain.signer import Signer


def customer_names(parties: Iterable[tuple[str, bool]], ours: Set[str] = frozenset()) -> tuple[str, ...]:
    """Return the names of a contract's customers, each once, in the order of ``parties``.

    Each party is a name and whether the party is known to belong to the user: the account of the application, or a
    signer whose seal is applied automatically. ``ours`` are the names of the user's own organizations. The result is
    empty if all parties are the user's own.
    """
    return tuple(dict.fromkeys(name for name, is_own in parties if name and not is_own and name not in ours))


def customer_of_flow(record: FlowRecord, ours: Set[str] = frozenset()) -> str:
    """Return the name of the first customer of a sent contract whose name is not erased, or an empty string."""
    numbered = sorted(record.signers, key=lambda signer: signer.number)
    parties = ((signer.name, signer.is_silent or not signer.account_id) for signer in numbered)
    names = customer_names(parties, ours)
    return next((name for name in names if name != FORGOTTEN_NAME), "")


def customer_of_draft(signers: Iterable[Signer], ours: Set[str] = frozenset()) -> str:
    """Return the name of the first customer of a contract in preparation, or an empty string if there is none."""
    parties = (
        (display_name(signer), signer.terms.is_silent or isinstance(signer, ApplicationSigner)) for signer in signers
    )
    return next(iter(customer_names(parties, ours)), "")
