"""Which signing link is whose: start tells links by account, and one account may sign more than once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from esign_desktop.api.payload import SignerAccounts
    from esign_desktop.domain.draft import ContractDraft
    from esign_desktop.domain.flow import SigningLink
    from esign_desktop.domain.signer import SignerId


_OWN: Final = ""
"""Stands for the application's account."""


def links_by_signer(
    draft: ContractDraft, accounts: Mapping[SignerId, SignerAccounts], links: tuple[SigningLink, ...]
) -> dict[SignerId, tuple[str, ...]]:
    """Return the links of every signer who has any, in the order of the signers.

    Of an account that signs several times (for two companies, say) each signer gets one link in turn, provided that
    there is one for each; otherwise all of them get all, since the specification does not tell them apart. The
    application's own account is not known here: an address of an account that is nobody's else is its own seal's.
    """
    known_accounts = {one.account_id for one in accounts.values()}
    urls: dict[str, list[str]] = {}
    for link in links:
        account_id = link.account_id if link.account_id in known_accounts else _OWN
        urls.setdefault(account_id, []).extend(link.urls)
    signing: dict[str, list[SignerId]] = {}
    for signer in draft.signers:
        if not signer.terms.is_silent:
            account_id = accounts[signer.id].account_id if signer.id in accounts else _OWN
            signing.setdefault(account_id, []).append(signer.id)
    found: dict[SignerId, tuple[str, ...]] = {}
    for account_id, signer_ids in signing.items():
        known = tuple(dict.fromkeys(urls.get(account_id, ())))
        is_one_each = len(signer_ids) > 1 and len(known) == len(signer_ids)
        for index, signer_id in enumerate(signer_ids):
            if known:
                found[signer_id] = known[index : index + 1] if is_one_each else known
    return {signer.id: found[signer.id] for signer in draft.signers if signer.id in found}
