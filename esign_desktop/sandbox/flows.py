"""Manage the life cycle of flows, and create the responses to API calls about flows (spec 4.9).

Callers must hold ``State.lock``. The quota for a flow's contracts is reserved when the flow starts. The quota is
charged when all signers have signed, and released otherwise (spec 2.2). The billing state is stored in the flow's
record, so that the billing and the flow remain consistent after a crash.
"""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from esign_desktop.sandbox.files import DOWNLOAD_SECONDS, StorageUrls
from esign_desktop.sandbox.options import china_time
from esign_desktop.sandbox.pages import open_pdf, save_atomically
from esign_desktop.sandbox.refusal import ErrCode, Refusal
from esign_desktop.sandbox.sealing import Certificates, FieldPlace, Signature, seal
from esign_desktop.sandbox.seals import organization_seal, person_seal, qr_mark
from esign_desktop.sandbox.stamping import field_of, stamp, stamps_of, touches_page
from esign_desktop.sandbox.start_request import keyword_missing, read_start, starts_at_once, unknown_flow
from esign_desktop.sandbox.state import (
    Flow,
    FlowSigner,
    FlowStatus,
    Message,
    SealPlace,
    SigningOfDocument,
    SignStatus,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from esign_desktop.sandbox.accounts import Accounts
    from esign_desktop.sandbox.billing import Billing
    from esign_desktop.sandbox.documents import Documents
    from esign_desktop.sandbox.fields import Fields
    from esign_desktop.sandbox.notices import Notices
    from esign_desktop.sandbox.options import SandboxOptions, Trouble
    from esign_desktop.sandbox.state import State


MAX_REASON_CHARACTERS: Final = 200
MOST_MESSAGES: Final = 100
_CHOSEN_PT: Final = (110.0, 110.0)
_APART_PT: Final = 125.0
_IN_A_ROW: Final = 4


class Flows:
    """The flows, which the platform also calls signing tasks, and the API calls that change flows."""

    def __init__(
        self,
        state: State,
        options: SandboxOptions,
        accounts: Accounts,
        documents: Documents,
        billing: Billing,
        notices: Notices,
        trouble: Trouble,
        view_url: Callable[[str], str],
    ) -> None:
        self._state = state
        self._options = options
        self._accounts = accounts
        self._documents = documents
        self._billing = billing
        self._notices = notices
        self._trouble = trouble
        self._view_url = view_url
        self.certificates = Certificates(state.data_dir / "certificates")

    def start(self, fields: Fields) -> tuple[Flow, bool]:
        """Handle /sign/start. Return the new flow, and whether the response must include the sign URLs."""
        is_started = starts_at_once(fields)
        flow = read_start(fields, self._accounts, self._documents, self._options.clock_ms())
        self._check_places(flow)
        if is_started or self._options.freeze_at == "start":
            self._freeze_unless_signer_pays(flow)
        self._keep(flow)
        if is_started:
            self._begin(flow)
        return flow, is_started or self._options.sign_urls_before_execute

    def execute(self, fields: Fields) -> None:
        """Handle /sign/execute, which starts the signing of a flow that was created with autoInitiate 0."""
        flow = self.require(fields.text("flowId"))
        if flow.status is not FlowStatus.DRAFT:
            raise Refusal(
                ErrCode.FLOW_STATE,
                f"签署任务已执行，当前状态 {int(flow.status)} / the flow has already been executed, "
                f"its status is {int(flow.status)}",
            )
        self._freeze_unless_signer_pays(flow)
        self._begin(flow)

    def revoke(self, fields: Fields) -> None:
        """Handle /sign/revoke, which ends a flow for all signers."""
        flow = self.require(fields.text("flowId"))
        self._require_open(flow)
        self._end(flow, FlowStatus.REVOKED, "发起方撤销签署任务")

    def require(self, flow_id: str) -> Flow:
        """Return the flow with this id. If its deadline has passed, mark it as expired first.

        Raises Refusal if there is no such flow.
        """
        flow = self._state.flows.get(flow_id)
        if flow is None:
            raise unknown_flow()
        self._expire_if_due(flow)
        return flow

    def find_signer(self, token: str) -> tuple[Flow, FlowSigner] | None:
        """Return the flow and the signer whose sign URL contains this token, or None if the token is unknown."""
        for flow in self._state.flows:
            for signer in flow.signers:
                if signer.token == token:
                    self._expire_if_due(flow)
                    return flow, signer
        return None

    def expire_all_due(self) -> None:
        """Mark all flows whose deadline has passed as expired."""
        for flow in self._state.flows:
            self._expire_if_due(flow)

    def sign(
        self,
        flow: Flow,
        signer: FlowSigner,
        own_places: Mapping[str, list[SealPlace]],
        drawing: str | None = None,
        *,
        remark: str = "",
    ) -> None:
        """Sign all documents of a flow as this signer. Raises Refusal if it is not the signer's turn.

        ``own_places`` maps document ids to the positions that the signer has chosen in documents without given
        positions. ``drawing`` is used in place of the signer's template seal. ``remark`` is stored as signExplain
        (4.9.5).
        """
        self._require_turn(flow, signer)
        if flow.payer_account_id in (signer.account_id, signer.organization_id):
            self._billing.freeze(flow)
        outcome, reason = self._trouble.take_signature()
        if outcome == "fails":
            self.fail(flow, signer, reason)
            return
        now_ms = self._options.clock_ms()
        open_signings = [signing for signing in signer.documents if signing.is_open]
        places = {
            signing.document_id: signing.places or own_places.get(signing.document_id, []) for signing in open_signings
        }
        for document_id, document_places in places.items():
            if not document_places:
                raise Refusal(ErrCode.POSITION, "每份合同都要签署 / every contract needs a place to sign")
            self._stamp(flow, signer, document_id, document_places, drawing)
        # The record is changed only after all files have been written.
        for signing in open_signings:
            document = flow.document(signing.document_id)
            document.seal_events += 1
            document.sealed_by.append(flow.signers.index(signer))
            signing.places = places[signing.document_id]
            signing.status = SignStatus.TO_BE_CONFIRMED if outcome == "waits" else SignStatus.SIGNED
            signing.signed_ms = now_ms
            signing.explanation = remark[:MAX_REASON_CHARACTERS]
        self._keep(flow)
        if outcome == "waits":
            # The notices are sent only after the signature has been confirmed.
            return
        for signing in open_signings:
            self._notices.signer_updated(flow, signer, signing)
        self._advance(flow)

    def confirm(self, flow: Flow, signer: FlowSigner) -> None:
        """Mark the signer's signatures that are waiting for confirmation as signed."""
        self._require_open(flow)
        for signing in signer.documents:
            if signing.status is SignStatus.TO_BE_CONFIRMED:
                signing.status = SignStatus.SIGNED
                self._notices.signer_updated(flow, signer, signing)
        self._keep(flow)
        self._advance(flow)

    def fail(self, flow: Flow, signer: FlowSigner, reason: str) -> None:
        """Mark the signer's signatures as failed. The signer cannot try again, and the flow ends (spec 4.10.4)."""
        self._require_open(flow)
        self._fail(flow, signer, reason[:MAX_REASON_CHARACTERS])

    def refuse(self, flow: Flow, signer: FlowSigner, reason: str) -> None:
        """Refuse to sign a flow as this signer. The flow then ends for all signers.

        Raises Refusal if it is not the signer's turn.
        """
        self._require_turn(flow, signer)
        refused = [signing for signing in signer.documents if signing.is_open]
        for signing in refused:
            signing.status = SignStatus.REFUSED
            signing.signed_ms = self._options.clock_ms()
            signing.explanation = reason[:MAX_REASON_CHARACTERS]
            self._notices.signer_updated(flow, signer, signing)
        self._end(flow, FlowStatus.TERMINATED, reason[:MAX_REASON_CHARACTERS])

    def document_path(self, flow: Flow, document_id: str, version: int | None = None) -> Path:
        """Return the path of a document with all seals so far, or with the seals of its first ``version`` stampings.

        When all signers have signed, the document without a ``version`` also contains their digital signatures.
        """
        if version is None and flow.status is FlowStatus.COMPLETED:
            sealed = self._sealed_path(flow, document_id)
            if sealed.exists():
                return sealed
        events = flow.document(document_id).seal_events if version is None else version
        if events == 0:
            return self._documents.path(document_id)
        return self._state.blob_path("flows", f"{flow.id}.{document_id}.{events}.pdf")

    def stamps(self, signer: FlowSigner, document_id: str) -> list[dict[str, Any]]:
        """Return the seals that a signer has placed on a document, with their positions in page space, in points."""
        signings = (signing for signing in signer.documents if signing.document_id == document_id)
        with open_pdf(self._documents.path(document_id)) as pdf:
            marks = [
                mark
                for signing in signings
                for place in signing.places
                for mark in stamps_of(pdf, place, self.own_width(signer), self._options)
            ]
        return [
            dict(zip(("left", "bottom", "right", "top"), mark.box, strict=True), page=mark.page_number)
            for mark in marks
        ]

    def own_width(self, signer: FlowSigner) -> float:
        """Return the width, in points, of a signer's seal for which the request specifies no width."""
        if signer.organization_id is not None or signer.is_application:
            return self._options.organization_seal_width_pt
        return self._options.person_seal_width_pt

    def sealed_name(self, signer: FlowSigner) -> str:
        """Return the name shown on the signer's seal."""
        account = self._accounts.require(signer.organization_id or signer.account_id, "accountId")
        return account.name

    def _freeze_unless_signer_pays(self, flow: Flow) -> None:
        # If a signer pays, the contracts are frozen when that signer signs (spec 2.2, 4).
        payers = {flow_signer.account_id for flow_signer in flow.signers} | {
            flow_signer.organization_id for flow_signer in flow.signers
        }
        if flow.payer_account_id is None or flow.payer_account_id not in payers:
            self._billing.freeze(flow)

    def _check_places(self, flow: Flow) -> None:
        """Compare all positions of seals with the documents.

        Raises Refusal if a keyword is missing or a seal is outside its page.
        """
        wanted: dict[str, list[tuple[FlowSigner, SealPlace]]] = {}
        for signer in flow.signers:
            for signing in signer.documents:
                for place in signing.places:
                    wanted.setdefault(signing.document_id, []).append((signer, place))
        for document_id, places in wanted.items():
            with open_pdf(self._documents.path(document_id)) as pdf:
                for signer, place in places:
                    marks = stamps_of(pdf, place, self.own_width(signer), self._options)
                    if not marks:
                        raise keyword_missing(place.keyword)
                    outside = next((mark for mark in marks if not touches_page(pdf, mark)), None)
                    if outside is not None:
                        raise Refusal(
                            ErrCode.POSITION,
                            f"印章位置在页面之外 / the seal is outside page {outside.page_number}",
                        )

    def _begin(self, flow: Flow) -> None:
        flow.status = FlowStatus.SIGNING
        self._keep(flow)
        self._advance(flow)

    def _advance(self, flow: Flow) -> None:
        """Continue the flow with the signers whose turn it is now.

        Signers who sign automatically do so immediately. After the last signature, the flow is completed.
        """
        while flow.status is FlowStatus.SIGNING:
            if all(signer.is_done for signer in flow.signers):
                self._seal(flow)
                self._end(flow, FlowStatus.COMPLETED, "")
                return
            for signer in self._signers_in_turn(flow):
                waiting = [signing for signing in signer.documents if signing.status is SignStatus.WAITING]
                for signing in waiting:
                    signing.status = SignStatus.SIGNING
                    signing.received_ms = self._options.clock_ms()
                if waiting:
                    self._tell(flow, signer)
            self._keep(flow)
            in_turn = self._signers_in_turn(flow)
            signs_by_itself = self._options.signs_by_itself
            silent = next(
                (
                    signer
                    for signer in in_turn
                    if (signer.is_silent or signs_by_itself) and not signer.is_to_be_confirmed
                ),
                None,
            )
            if silent is None:
                return
            try:
                # Signing calls this method recursively.
                self.sign(flow, silent, {} if silent.is_silent else self._chosen_places(flow, silent))
            except Refusal as refusal:
                self._fail(flow, silent, refusal.message)

    def _tell(self, flow: Flow, signer: FlowSigner) -> None:
        """Record the messages that a real platform would send to a signer whose turn has come."""
        if signer.is_silent or signer.is_application:
            return
        now_ms = self._options.clock_ms()
        for notice_type in flow.notice_types:
            message_id = f"{now_ms:015d}-{uuid4().hex}"
            message = Message(message_id, flow.id, signer.account_id, notice_type, now_ms)
            self._state.messages.put(message_id, message)
        for old in list(self._state.messages)[:-MOST_MESSAGES]:
            self._state.messages.remove(old.id)

    def _chosen_places(self, flow: Flow, signer: FlowSigner) -> dict[str, list[SealPlace]]:
        """Return positions that a signer could choose: side by side at the bottom of the last page.

        These positions are used if the platform signs automatically.
        """
        index = flow.signers.index(signer)
        steps = index % _IN_A_ROW, index // _IN_A_ROW
        x_pt, y_pt = (start + _APART_PT * step for start, step in zip(_CHOSEN_PT, steps, strict=True))
        free = [signing.document_id for signing in signer.documents if not signing.places]
        return {
            document_id: [
                SealPlace("coordinate", [self._documents.require(document_id, "docId").page_count], x_pt, y_pt)
            ]
            for document_id in free
        }

    def _fail(self, flow: Flow, signer: FlowSigner, reason: str) -> None:
        """Mark the signer's signatures as failed, and end the flow."""
        for signing in signer.documents:
            if not signing.is_settled:
                signing.status = SignStatus.FAILED
                signing.signed_ms = self._options.clock_ms()
                signing.explanation = reason
                self._notices.signer_updated(flow, signer, signing)
        self._end(flow, FlowStatus.TERMINATED, reason)

    @staticmethod
    def _signers_in_turn(flow: Flow) -> list[FlowSigner]:
        """Return the signers whose turn it is.

        Signers with the same order sign in parallel. A signer without an order may sign at any time, and no other
        signer waits for them.
        """
        open_signers = [signer for signer in flow.signers if not signer.is_done]
        orders = [signer.order for signer in open_signers if signer.order is not None]
        turn = min(orders, default=None)
        return [signer for signer in open_signers if signer.order is None or signer.order == turn]

    def is_in_turn(self, flow: Flow, signer: FlowSigner) -> bool:
        """Return whether the signer can sign now: it is the signer's turn, and a document is still unsigned."""
        has_more = any(signing.is_open for signing in signer.documents)
        return flow.status is FlowStatus.SIGNING and has_more and signer in self._signers_in_turn(flow)

    def _stamp(
        self, flow: Flow, signer: FlowSigner, document_id: str, places: list[SealPlace], drawing: str | None
    ) -> None:
        """Write the next version of a document, which also has the signer's seals.

        The versions are counted in the flow's record. If a crash prevents the record from being stored, the stamping is
        repeated and creates the same file again.
        """
        event = flow.document(document_id).seal_events + 1
        path = self.document_path(flow, document_id, event)
        seal = drawing or self.template_seal(signer)
        with open_pdf(self.document_path(flow, document_id)) as pdf:
            try:
                for place in places:
                    mark = f"{seal}\n{qr_mark(self._view_url(flow.id))}" if place.has_qr_mark else seal
                    stamp(pdf, stamps_of(pdf, place, self.own_width(signer), self._options), mark)
                save_atomically(pdf, path)
            except Exception as error:
                # For unusual files, PyMuPDF raises many kinds of exceptions.
                raise Refusal(ErrCode.FILE, "盖章失败 / the seal could not be stamped") from error

    def _sealed_path(self, flow: Flow, document_id: str) -> Path:
        return self._state.blob_path("flows", f"{flow.id}.{document_id}.sealed.pdf")

    def _seal(self, flow: Flow) -> None:
        """Add the signers' digital signatures to all documents.

        After a crash, this is repeated and creates the same files again.
        """
        for document in flow.documents:
            signed = [
                (signing.signed_ms or self._options.clock_ms(), signer)
                for signer in flow.signers
                for signing in signer.documents
                if signing.document_id == document.document_id and signing.status is SignStatus.SIGNED
            ]
            signatures = [
                Signature(
                    self.sealed_name(signer),
                    at_ms,
                    self._field_place(flow, signer, document.document_id),
                    signer.certificate_type,
                )
                for at_ms, signer in sorted(signed, key=itemgetter(0))
            ]
            if signatures:
                source = self.document_path(flow, document.document_id)
                seal(source, self._sealed_path(flow, document.document_id), signatures, self.certificates)

    def _field_place(self, flow: Flow, signer: FlowSigner, document_id: str) -> FieldPlace | None:
        """Return the position of the signer's first seal on a document, or None if the request gives no positions."""
        places = [
            place for signing in signer.documents if signing.document_id == document_id for place in signing.places
        ]
        if not places:
            return None
        with open_pdf(self.document_path(flow, document_id)) as pdf:
            marks = stamps_of(pdf, places[0], self.own_width(signer), self._options)
            return field_of(pdf, marks[0]) if marks else None

    def template_seal(self, signer: FlowSigner) -> str:
        """Return the drawing of the signer's template seal."""
        name = self.sealed_name(signer)
        if signer.organization_id is not None or signer.is_application:
            return organization_seal(name)
        return person_seal(name)

    def _expire_if_due(self, flow: Flow) -> None:
        validity_ms = flow.sign_validity_ms
        if flow.is_open and validity_ms is not None and validity_ms <= self._options.clock_ms():
            self._end(flow, FlowStatus.EXPIRED, "超过签署截止时间")

    def _end(self, flow: Flow, status: FlowStatus, description: str) -> None:
        flow.status = status
        flow.status_description = description
        flow.ended_ms = self._options.clock_ms()
        if status is FlowStatus.COMPLETED:
            self._billing.charge(flow)
        else:
            self._billing.release(flow)
        self._keep(flow)
        self._notices.flow_finished(flow)

    def _require_open(self, flow: Flow) -> None:
        if not flow.is_open:
            raise Refusal(
                ErrCode.FLOW_STATE,
                f"签署任务已结束，当前状态 {int(flow.status)} / the flow has ended, its status is {int(flow.status)}",
            )

    def _require_turn(self, flow: Flow, signer: FlowSigner) -> None:
        self._require_open(flow)
        if not self.is_in_turn(flow, signer):
            raise Refusal(ErrCode.FLOW_STATE, "现在不能签署 / it is not this signer's turn")

    def _keep(self, flow: Flow) -> None:
        self._state.flows.put(flow.id, flow)


def started(flow: Flow, sign_url: Callable[[str], str], *, tell_urls: bool) -> dict[str, Any]:
    """Return the data of the response to /sign/start. If ``tell_urls`` is True, the sign URLs are included.

    There is one entry for each account. If an account signs twice, its entry contains both URLs.
    """
    answer: dict[str, Any] = {"flowId": flow.id}
    urls: dict[str, list[str]] = {}
    for signer in flow.signers:
        if not signer.is_silent:
            urls.setdefault(signer.account_id, []).append(sign_url(signer.token))
    if tell_urls:
        answer["signUrlList"] = [
            {"accountId": account_id, "signUrl": addresses} for account_id, addresses in urls.items()
        ]
    return answer


def detail(flow: Flow) -> dict[str, Any]:
    """Return the data of the response to /sign/docdetail. ``endTime`` is empty until the flow has ended."""
    answer: dict[str, Any] = {
        "flowId": flow.id,
        "businessScene": flow.business_scene,
        "initiatorAccountId": flow.initiator_account_id,
        "flowStatus": int(flow.status),
        "startTime": china_time(flow.created_ms),
        "endTime": china_time(flow.ended_ms),
        "signInfo": [
            {
                "docId": document.document_id,
                "docName": document.name,
                "signDetail": [
                    _signing(signer, signing)
                    for signer in flow.signers
                    for signing in signer.documents
                    if signing.document_id == document.document_id
                ],
            }
            for document in flow.documents
        ],
    }
    if flow.sign_validity_ms is not None:
        answer["signValidity"] = str(flow.sign_validity_ms)
    return answer


def download(flow: Flow, urls: StorageUrls) -> list[dict[str, Any]]:
    """Return the data of the response to /sign/download: the URLs of all documents that have seals.

    For a completed flow, documents without seals are also included.
    """
    return [
        {
            "docId": document.document_id,
            "docUrl": urls.make("GET", f"flows/{flow.id}/{document.document_id}.pdf", DOWNLOAD_SECONDS),
        }
        for document in flow.documents
        if document.seal_events > 0 or flow.status is FlowStatus.COMPLETED
    ]


def sealings(
    flow: Flow, urls: StorageUrls, stamps: Callable[[FlowSigner, str], list[dict[str, Any]]]
) -> list[dict[str, Any]]:
    """Return an entry for each stamping of each document, in the order of the stampings.

    Each entry contains the signer, the seals, and the URL of the document as it was after the stamping.
    """
    return [
        {
            "docId": document.document_id,
            "accountId": "" if signer.is_application else signer.account_id,
            "authorizationOrgId": signer.organization_id or "",
            "docUrl": urls.make("GET", f"flows/{flow.id}/{document.document_id}/{version}.pdf", DOWNLOAD_SECONDS),
            "stamps": stamps(signer, document.document_id),
        }
        for document in flow.documents
        for version, signer in enumerate((flow.signers[index] for index in document.sealed_by), 1)
    ]


def _signing(signer: FlowSigner, signing: SigningOfDocument) -> dict[str, Any]:
    answer: dict[str, Any] = {"accountId": signer.account_id, "signStatus": int(signing.status)}
    if signer.organization_id is not None:
        answer["authorizationOrgId"] = signer.organization_id
    if signing.received_ms is not None:
        # This is the specification's spelling.
        answer["recieveTime"] = china_time(signing.received_ms)
    if signing.signed_ms is not None:
        answer["signTime"] = china_time(signing.signed_ms)
    if signing.status in (SignStatus.SIGNED, SignStatus.REFUSED) and signing.explanation:
        answer["signExplain"] = signing.explanation
    return answer
