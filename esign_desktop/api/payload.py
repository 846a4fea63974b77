"""Convert a draft to the body of ``/sign/start``. Only this module uses the platform's coordinates.

The platform's documentation leaves questions about seal positions open (docs/platform-answers.md#seals).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.environment import SealAnchor
from esign_desktop.domain.options import AccountParty, Party, SignerParty
from esign_desktop.domain.placing.participation import free_documents
from esign_desktop.domain.placing.placement import (
    CoordinatePlacement,
    CrossPagePlacement,
    KeywordPlacement,
    Placement,
    seal_width_pt,
)
from esign_desktop.domain.signer import (
    ApplicationSigner,
    OpenSigner,
    OrganizationSigner,
    PersonSigner,
    Signer,
    SignerId,
)
from esign_desktop.domain.surrogates import replace_surrogates

if TYPE_CHECKING:
    from collections.abc import Mapping

    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.document import DocumentId
    from esign_desktop.domain.environment import PlatformBehaviour

_KEYWORD: Final = 1
_COORDINATES: Final = 2
_CROSS_PAGE: Final = 3


@dataclass(frozen=True, slots=True)
class SignerAccounts:
    """The account ids of a signer: one for the acting person, and one for the organization that the person represents.

    ``organization_account_id`` is empty if the person signs on their own behalf.
    """

    account_id: str
    organization_account_id: str = ""


def start_body(
    draft: ContractDraft,
    *,
    doc_ids: Mapping[DocumentId, str],
    account_ids: Mapping[SignerId, SignerAccounts],
    auto_initiate: int | str,
    behaviour: PlatformBehaviour,
    sent_at_ms: int,
) -> dict[str, object]:
    """Return the body of ``/sign/start``, to be converted to bytes by ``strict_json.write``. Empty values are omitted.

    ``doc_ids`` and ``account_ids`` contain the platform's ids. If the integrating application is a signer, no account
    id is needed for it. A relative deadline begins at ``sent_at_ms``, in epoch milliseconds. Raises KeyError if an id
    is missing.
    """
    options = draft.options
    body: dict[str, object] = {
        "businessScene": replace_surrogates(draft.title),
        "initiatorAccountId": party_account_id(options.initiator, account_ids),
        "signValidity": options.deadline_ms(sent_at_ms),
        "contractValidity": options.archive_until_ms,
        "payer": party_account_id(options.payer, account_ids),
        "signPlatform": _joined(options.platforms),
        "noticeType": _joined(options.notices),
        "redirectUrl": options.redirect_url,
    }
    return {
        **_without_empty(body),
        "autoInitiate": auto_initiate,
        "docList": [
            {"docId": doc_ids[document.id], "name": replace_surrogates(document.name)} for document in draft.documents
        ],
        "recipientList": _recipients(draft, doc_ids, account_ids, behaviour),
    }


def preview_body(
    draft: ContractDraft, behaviour: PlatformBehaviour, now_ms: int, *, auto_initiate: int | str = 0
) -> dict[str, object]:
    """Return the body of ``/sign/start`` as it would be sent now, to show it to the user.

    Ids that are not assigned yet are replaced with placeholders such as ``<docId 1>``.
    """
    return start_body(
        draft,
        doc_ids={document.id: f"<docId {number}>" for number, document in enumerate(draft.documents, 1)},
        account_ids={signer.id: _preview_accounts(signer, number) for number, signer in enumerate(draft.signers, 1)},
        auto_initiate=auto_initiate,
        behaviour=behaviour,
        sent_at_ms=now_ms,
    )


def _preview_accounts(signer: Signer, number: int) -> SignerAccounts:
    unknown = f"<accountId {number}>"
    match signer:
        case ApplicationSigner():
            return SignerAccounts("")
        case OpenSigner():
            return SignerAccounts(unknown)
        case OrganizationSigner(organization=organization, agent=agent):
            return SignerAccounts(
                agent.account_id or unknown, organization.account_id or f"<organization accountId {number}>"
            )
        case PersonSigner(person=person):
            return SignerAccounts(person.account_id or unknown)


def party_account_id(party: Party | None, account_ids: Mapping[SignerId, SignerAccounts]) -> str:
    """Return the account id of the initiator or payer, or an empty string for the integrating application."""
    match party:
        case None:
            return ""
        case AccountParty(account_id=account_id):
            return account_id
        case SignerParty(signer_id=signer_id):
            # If a signer acts for an organization, the organization is the initiator or payer. The application has no
            # account, so its value is empty.
            accounts = account_ids.get(signer_id, SignerAccounts(""))
            return accounts.organization_account_id or accounts.account_id


def _recipients(
    draft: ContractDraft,
    doc_ids: Mapping[DocumentId, str],
    account_ids: Mapping[SignerId, SignerAccounts],
    behaviour: PlatformBehaviour,
) -> dict[str, object]:
    signers: list[dict[str, object]] = []
    recipients: dict[str, object] = {}
    for signer in draft.signers:
        entry = _terms(draft, signer)
        positions = _positions(draft, signer, doc_ids, behaviour)
        if positions:
            entry["docPosList"] = positions
        if isinstance(signer, ApplicationSigner):
            recipients["signerAppAuto"] = entry
        else:
            accounts = account_ids[signer.id]
            who = {"accountId": accounts.account_id, "authorizationOrgId": accounts.organization_account_id}
            signers.append({**_without_empty(who), **entry})
    return {"signerList": signers, **recipients} if signers else recipients


def _terms(draft: ContractDraft, signer: Signer) -> dict[str, object]:
    terms = signer.terms
    return _without_empty(
        {
            "signOrder": terms.step or None if draft.is_ordered else None,
            "autoSign": 1 if terms.is_silent else None,
            "sealType": _joined(terms.seal_types),
            "certType": None if terms.certificate is None else int(terms.certificate),
        }
    )


def _positions(
    draft: ContractDraft, signer: Signer, doc_ids: Mapping[DocumentId, str], behaviour: PlatformBehaviour
) -> list[dict[str, object]]:
    """Return one entry for each document, kind of placement and QR code setting, in document order.

    The entry of a document for which the signer chooses the positions contains only the document's id.
    """
    free = free_documents(draft, signer)
    entries: list[dict[str, object]] = []
    for document in draft.documents:
        beans: dict[tuple[int, bool], list[dict[str, object]]] = {}
        for placement in draft.placements:
            if placement.signer_id == signer.id and placement.document_id == document.id:
                kind = _sign_type(placement), _shows_qr_code(placement)
                beans.setdefault(kind, []).append(_bean(placement, signer, behaviour))
        for (sign_type, with_qr_code), places in beans.items():
            qr_code = {"qrcodeSign": 1} if with_qr_code else {}
            entries.append({"docId": doc_ids[document.id], "signType": sign_type, **qr_code, "posBeanList": places})
        if document.id in free:
            entries.append({"docId": doc_ids[document.id]})
    return entries


def _sign_type(placement: Placement) -> int:
    match placement:
        case KeywordPlacement():
            return _KEYWORD
        case CoordinatePlacement():
            return _COORDINATES
        case CrossPagePlacement():
            return _CROSS_PAGE


def _shows_qr_code(placement: Placement) -> bool:
    match placement:
        case KeywordPlacement(with_qr_code=with_qr_code):
            return with_qr_code
        case CoordinatePlacement(with_qr_code=with_qr_code, pages=pages):
            return with_qr_code and len(pages) == 1
        case CrossPagePlacement():
            return False


def _bean(placement: Placement, signer: Signer, behaviour: PlatformBehaviour) -> dict[str, object]:
    # A seal is assumed to be square, so its lower-left corner is half its width to the left of and below its center.
    shift_pt = (
        seal_width_pt(placement, signer, behaviour) / 2 if behaviour.seal_anchor is SealAnchor.LOWER_LEFT else 0.0
    )
    scale: dict[str, object] = {} if placement.width_pt is None else {"scale": _rounded(placement.width_pt)}
    match placement:
        case KeywordPlacement(keyword=keyword, offset_x_pt=x, offset_y_pt=y):
            return {"key": keyword, "posX": _rounded(x - shift_pt), "posY": _rounded(y - shift_pt), **scale}
        case CoordinatePlacement(pages=pages, center=center):
            x, y = center.x_pt - shift_pt, center.y_pt - shift_pt
            return {"posPage": str(pages), "posX": _rounded(x), "posY": _rounded(y), **scale}
        case CrossPagePlacement(pages=pages, center_y_pt=y):
            return {"posPage": str(pages), "posY": _rounded(y - shift_pt), **scale}


def _rounded(number_pt: float) -> float:
    # Adding zero turns -0.0 into 0.0.
    return round(number_pt, 2) + 0.0


def _joined(codes: frozenset[int] | frozenset[object]) -> str:
    return ",".join(str(int(code)) for code in sorted(codes))  # type: ignore[call-overload,type-var]


def _without_empty(values: Mapping[str, object]) -> dict[str, object]:
    return {key: value for key, value in values.items() if value not in (None, "")}
