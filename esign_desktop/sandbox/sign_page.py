"""Serve the page at a signUrl, on which a signer reads the contract, and signs or refuses to sign.

Access requires the token in the URL. The page contains its data as JSON and displays it in text nodes. Scripts and
styles are loaded only from this server (Content-Security-Policy). Positions are fractions of the displayed pages.
"""

from __future__ import annotations

import functools
import html
import json
import math
import threading
from collections import OrderedDict
from http import HTTPStatus
from importlib import resources
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs, urlsplit

from esign_desktop.sandbox.envelope import Answer, parse_body
from esign_desktop.sandbox.options import china_time
from esign_desktop.sandbox.pages import PDF_LOCK, PageSpace, open_pdf, page_space, pymupdf_module
from esign_desktop.sandbox.refusal import ErrCode, Refusal
from esign_desktop.sandbox.sealing import CERTIFICATE_TYPES
from esign_desktop.sandbox.seals import SEAL_UNITS, hand_drawn_seal
from esign_desktop.sandbox.sign_texts import TEXTS, preferred_language
from esign_desktop.sandbox.stamping import Stamp, stamp, stamps_of
from esign_desktop.sandbox.state import Flow, FlowSigner, FlowStatus, SealPlace, SigningOfDocument, SignStatus

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from esign_desktop.sandbox.envelope import HeaderSource
    from esign_desktop.sandbox.platform import Platform


H5: Final = 1
SIGN_PLATFORMS: Final = (H5, 2, 3)
"""The values of signPlatform (4.9.1): a browser, Alipay, and a WeChat mini program."""
PRESENTED: Final = frozenset({3, 4, 5})
"""The certificate types that a signer has to present: fingerprint, mobile shield, UKey."""
_ENDED: Final = {FlowStatus.REVOKED: "revoked", FlowStatus.EXPIRED: "expired"}


def signer_state(platform: Platform, flow: Flow, signer: FlowSigner) -> str:
    """Return the state of a signer, for the attribute ``data-state`` of the sign page."""
    if flow.status in _ENDED or flow.status in (FlowStatus.TERMINATED, FlowStatus.DRAFT):
        return flow_state(flow)
    if signer.is_done:
        return "signed"
    if signer.is_to_be_confirmed:
        return "to-be-confirmed"
    return "to-sign" if platform.flows.is_in_turn(flow, signer) else "waiting-turn"


def flow_state(flow: Flow) -> str:
    """Return the state of a flow, for the attribute ``data-state`` of the status page."""
    if flow.status in _ENDED:
        return _ENDED[flow.status]
    every = {signing.status for signer in flow.signers for signing in signer.documents}
    match flow.status:
        case FlowStatus.TERMINATED:
            return "refused" if SignStatus.REFUSED in every else "failed"
        case FlowStatus.DRAFT:
            return "not-started"
        case FlowStatus.COMPLETED:
            return "signed"
        case _:
            return "being-signed"


def signer_view(platform: Platform, flow: Flow, signer: FlowSigner) -> dict[str, Any]:
    """Return the data of a signer's sign page as JSON values.

    Documents are included only if the signer has signed or can sign now.
    """
    state = signer_state(platform, flow, signer)
    account = platform.accounts.require(signer.account_id, "accountId")
    view: dict[str, Any] = {
        "state": state,
        "scene": flow.business_scene,
        "signer": "" if signer.is_application else account.name,
        "organization": "",
        "isComplete": flow.status is FlowStatus.COMPLETED,
        "deadline": china_time(flow.sign_validity_ms)[:16],
        "reason": flow.status_description if state in ("refused", "failed") else "",
        "redirectUrl": flow.redirect_url or "",
        "sealTypes": allowed_seal_types(signer),
        "platforms": sorted(set(flow.sign_platforms)),
        "certificate": signer.certificate_type,
        "documents": [],
    }
    if signer.organization_id is not None:
        view["organization"] = platform.flows.sealed_name(signer)
    if state in ("to-sign", "signed"):
        view["documents"] = [
            _document_view(platform, flow, signer, i, signing, is_open=state == "to-sign")
            for i, signing in enumerate(signer.documents)
        ]
    return view


def allowed_seal_types(signer: FlowSigner) -> list[int]:
    """Return the types of seals that a signer may use: 0 for a hand-drawn seal, 1 for the template seal.

    If the request does not specify any types, organizations may use only the template seal, and people may use both
    types.
    """
    if signer.seal_types:
        return sorted(set(signer.seal_types))
    return [1] if signer.organization_id is not None or signer.is_application else [0, 1]


def _document_view(
    platform: Platform,
    flow: Flow,
    signer: FlowSigner,
    document_index: int,
    signing: SigningOfDocument,
    *,
    is_open: bool,
) -> dict[str, Any]:
    entry = flow.document(signing.document_id)
    own_width = platform.flows.own_width(signer)
    with open_pdf(platform.flows.document_path(flow, signing.document_id)) as pdf:
        spaces = [page_space(pdf, pdf.page_xref(i)) for i in range(pdf.page_count)]
        marks: dict[int, list[dict[str, Any]]] = {}
        if is_open:
            for place in signing.places:
                for mark in stamps_of(pdf, place, own_width, platform.options):
                    box = _mark_view(mark, spaces[mark.page_number - 1])
                    marks.setdefault(mark.page_number, []).append(box)
    return {
        "id": signing.document_id,
        "index": document_index,
        "name": entry.name,
        "version": entry.seal_events,
        "needsPlace": is_open and not signing.places,
        "pages": [
            {
                "number": number,
                "aspect": round(space.shown_aspect, 5),
                "sealWidth": _seal_width(own_width, space),
                "marks": marks.get(number, []),
            }
            for number, space in enumerate(spaces, 1)
        ],
    }


def _mark_view(mark: Stamp, space: PageSpace) -> dict[str, Any]:
    left, bottom, right, top = mark.box
    x0, y0 = space.to_shown(left, bottom)
    x1, y1 = space.to_shown(right, top)
    view: dict[str, Any] = {
        "x": round(min(x0, x1), 5),
        "y": round(min(y0, y1), 5),
        "w": round(abs(x1 - x0), 5),
        "h": round(abs(y1 - y0), 5),
        "isSlice": mark.clip is not None,
    }
    if mark.clip is not None and space.rotation_degrees == 0:
        # The left edge and the width of the whole seal, as multiples of the slice's width.
        slice_width = right - left
        view["slice"] = [
            round((left - mark.center_x + mark.width / 2) / slice_width, 5),
            round(mark.width / slice_width, 5),
        ]
    return view


def _seal_width(own_width: float, space: PageSpace) -> float:
    """Return the width of a seal as a fraction of the displayed page's width."""
    shown_width = space.height if space.rotation_degrees in (90, 270) else space.width
    return round(own_width / shown_width, 5)


SECURITY_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
_ASSETS: Final = {"sign.css": "text/css; charset=utf-8", "sign.js": "text/javascript; charset=utf-8"}
_ASSETS_FOLDER: Final = "assets"
_NARROWEST_PAD: Final = 0.1
_WIDEST_PAD: Final = 10.0
_MAX_STROKES: Final = 200
_MAX_POINTS: Final = 20_000
_MAX_PLACES: Final = 100
PAGE_WIDTH_PX: Final = 1240
_MAX_HEIGHT_PX: Final = 4000
_SEAL_PX: Final = 480
_CACHE_BYTES: Final = 64 << 20


class PageImages:
    """Images of pages and seals, rendered on demand.

    The most recently used images are cached, up to a limit on their total size.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._images: OrderedDict[tuple[object, ...], bytes] = OrderedDict()
        self._size_bytes = 0

    def page(self, key: tuple[object, ...], path: Path, page_index: int) -> bytes:
        """Return a PNG image of a page as it is displayed. ``key`` identifies the document and its version."""
        return self._cached((*key, page_index), lambda: _render_page(path, page_index))

    def seal(self, drawing: str) -> bytes:
        """Return a PNG image of a seal on a transparent background. ``drawing`` comes from the module ``seals``."""
        return self._cached(("seal", drawing), lambda: _render_seal(drawing))

    def _cached(self, key: tuple[object, ...], make: Callable[[], bytes]) -> bytes:
        with self._lock:
            if key in self._images:
                self._images.move_to_end(key)
                return self._images[key]
        image = make()
        with self._lock:
            if key not in self._images:
                self._images[key] = image
                self._size_bytes += len(image)
            while self._size_bytes > _CACHE_BYTES and len(self._images) > 1:
                _, dropped = self._images.popitem(last=False)
                self._size_bytes -= len(dropped)
        return image


def _render_page(path: Path, page_index: int) -> bytes:
    pymupdf = pymupdf_module()
    with open_pdf(path) as pdf:
        page = pdf[page_index]
        zoom = min(PAGE_WIDTH_PX / page.rect.width, _MAX_HEIGHT_PX / page.rect.height)
        image: bytes = page.get_pixmap(matrix=pymupdf.Matrix(zoom, zoom), alpha=False).tobytes("png")
    return image


def _render_seal(drawing: str) -> bytes:
    pymupdf = pymupdf_module()
    with PDF_LOCK, pymupdf.open() as pdf:
        pdf.new_page(width=SEAL_UNITS, height=SEAL_UNITS)
        stamp(pdf, [Stamp(1, SEAL_UNITS / 2, SEAL_UNITS / 2, SEAL_UNITS)], drawing)
        zoom = _SEAL_PX / SEAL_UNITS
        pixmap = pdf[0].get_pixmap(matrix=pymupdf.Matrix(zoom, zoom), alpha=True)
        image: bytes = pixmap.tobytes("png")
    return image


class SignPage:
    """The sign pages of a rehearsal platform, and the status pages of its flows."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._images = PageImages()

    def respond(self, method: str, path: str, query: str, headers: HeaderSource, body: bytes) -> Answer:
        """Respond to a request for a sign page or for one of its resources.

        ``path`` is the part of the URL after ``/s/``: the token, followed by the resource.
        """
        token, _, rest = path.partition("/")
        if token == _ASSETS_FOLDER:
            return _asset(rest)
        with self._platform.state.lock:
            found = self._platform.flows.find_signer(token)
        language = preferred_language(parse_qs(query).get("lang", [None])[0], headers.get("Accept-Language") or "")
        if found is None:
            if rest:
                return _answer(HTTPStatus.NOT_FOUND)
            return _shell(HTTPStatus.NOT_FOUND, language, {"state": "unknown", "documents": []})
        flow, signer = found
        if method == "POST":
            return self._act(rest, flow, signer, token, headers, body)
        return self._show(rest, flow, signer, language)

    def look_up(self, flow_id: str, query: str, headers: HeaderSource) -> Answer:
        """Return the status page of a flow. If a seal contains a QR code, the code leads to this page.

        The page does not include the documents.
        """
        language = preferred_language(parse_qs(query).get("lang", [None])[0], headers.get("Accept-Language") or "")
        with self._platform.state.lock:
            flow = self._platform.state.flows.get(flow_id)
            if flow is None:
                return _shell(HTTPStatus.NOT_FOUND, language, {"state": "unknown", "documents": []})
            view = {"state": flow_state(flow), "isComplete": flow.status is FlowStatus.COMPLETED, "documents": []}
        return _shell(HTTPStatus.OK, language, view)

    def _show(self, rest: str, flow: Flow, signer: FlowSigner, language: str) -> Answer:
        match rest.split("/"):
            case [""]:
                with self._platform.state.lock:
                    view = signer_view(self._platform, flow, signer)
                return _shell(HTTPStatus.OK, language, view)
            case ["state"]:
                with self._platform.state.lock:
                    state = signer_state(self._platform, flow, signer)
                return _answer(HTTPStatus.OK, json.dumps({"state": state}).encode())
            case ["seal.png"]:
                with self._platform.state.lock:
                    drawing = self._platform.flows.template_seal(signer)
                return _png(self._images.seal(drawing))
            case ["page", document_index, page_number]:
                return self._page_image(flow, signer, document_index, page_number)
        return _answer(HTTPStatus.NOT_FOUND)

    def _page_image(self, flow: Flow, signer: FlowSigner, document_index: str, page_number: str) -> Answer:
        with self._platform.state.lock:
            if signer_state(self._platform, flow, signer) not in ("to-sign", "signed"):
                return _answer(HTTPStatus.FORBIDDEN)
            try:
                document_id = signer.documents[int(document_index)].document_id
                page_index = int(page_number) - 1
            except (ValueError, IndexError):
                return _answer(HTTPStatus.NOT_FOUND)
            page_count = self._platform.documents.require(document_id, "docId").page_count
            if int(document_index) < 0 or not 0 <= page_index < page_count:
                return _answer(HTTPStatus.NOT_FOUND)
            version = flow.document(document_id).seal_events
            path = self._platform.flows.document_path(flow, document_id)
        try:
            return _png(self._images.page((flow.id, document_id, version), path, page_index))
        except Refusal:
            # The page cannot be rendered. The browser shows its number instead.
            return _answer(HTTPStatus.NOT_FOUND)

    def _act(
        self, action: str, flow: Flow, signer: FlowSigner, token: str, headers: HeaderSource, body: bytes
    ) -> Answer:
        try:
            require_same_origin(headers)
            values = parse_body(body)
            if values.get("token") != token:
                raise Refusal(ErrCode.FIELD, "token 不符 / wrong token", http_status=HTTPStatus.FORBIDDEN)
            with self._platform.state.lock:
                if action == "sign":
                    self._sign(flow, signer, values)
                elif action == "refuse":
                    reason = values.get("reason")
                    self._platform.flows.refuse(flow, signer, reason.strip() if isinstance(reason, str) else "")
                else:
                    return _answer(HTTPStatus.NOT_FOUND)
                state = signer_state(self._platform, flow, signer)
        except Refusal as refusal:
            status = refusal.http_status if refusal.http_status != 200 else HTTPStatus.CONFLICT
            answer = {"ok": False, "errCode": int(refusal.code), "msg": refusal.message}
            return _answer(status, json.dumps(answer, ensure_ascii=False).encode())
        answer = {
            "ok": True,
            "state": state,
            "isComplete": flow.status is FlowStatus.COMPLETED,
            "reason": flow.status_description,
            "redirectUrl": flow.redirect_url or "",
        }
        return _answer(HTTPStatus.OK, json.dumps(answer, ensure_ascii=False).encode())

    def _sign(self, flow: Flow, signer: FlowSigner, values: dict[str, Any]) -> None:
        allowed = allowed_seal_types(signer)
        strokes = values.get("strokes")
        if strokes:
            if 0 not in allowed:
                raise Refusal(ErrCode.FIELD, "不允许手绘 / a hand-drawn seal is not allowed")
            drawing: str | None = _drawing(strokes, values.get("aspect"))
        elif 1 not in allowed:
            raise Refusal(ErrCode.FIELD, "请手绘签名 / a hand-drawn seal is required")
        else:
            drawing = None
        on = values.get("platform", H5)
        if on not in (flow.sign_platforms or SIGN_PLATFORMS):
            raise Refusal(ErrCode.FIELD, "不能在该平台签署 / signing on this platform is not allowed")
        if signer.certificate_type in PRESENTED and values.get("certificate") != signer.certificate_type:
            name = CERTIFICATE_TYPES[signer.certificate_type]
            raise Refusal(ErrCode.FIELD, f"请先出示证书 / present the certificate first: {name}")
        remark = values.get("remark")
        signer.signed_on = on
        self._platform.flows.sign(
            *(flow, signer, self._own_places(signer, values), drawing),
            remark=remark.strip() if isinstance(remark, str) else "",
        )

    def _own_places(self, signer: FlowSigner, values: dict[str, Any]) -> dict[str, list[SealPlace]]:
        """Return the positions that the signer has chosen, in page space, keyed by document id."""
        free = {signing.document_id for signing in signer.documents if not signing.places}
        entries = values.get("placements") or []
        if not isinstance(entries, list) or len(entries) > _MAX_PLACES:
            raise _wrong_place()
        places: dict[str, list[SealPlace]] = {}
        for entry in entries:
            document_id = entry.get("docId") if isinstance(entry, dict) else None
            if document_id not in free:
                raise _wrong_place()
            page, x, y = entry.get("page"), entry.get("x"), entry.get("y")
            page_count = self._platform.documents.require(document_id, "docId").page_count
            if not isinstance(page, int) or not 1 <= page <= page_count:
                raise _wrong_place()
            if not (_is_fraction(x) and _is_fraction(y)):
                raise _wrong_place()
            with open_pdf(self._platform.documents.path(document_id)) as pdf:
                point = page_space(pdf, pdf.page_xref(page - 1)).from_shown(x, y)
            if self._platform.options.seal_anchor == "lower_left":
                half = self._platform.flows.own_width(signer) / 2
                point = (point[0] - half, point[1] - half)
            places.setdefault(document_id, []).append(SealPlace("coordinate", [page], *point))
        return places


def require_same_origin(headers: HeaderSource) -> None:
    """Raise Refusal if the request comes from a page of another website.

    A program other than a browser sends no Origin header. Such a program is not refused, because access requires the
    token anyway.
    """
    origin = headers.get("Origin")
    fetch_site = headers.get("Sec-Fetch-Site")
    is_foreign = origin is not None and urlsplit(origin).netloc != headers.get("Host")
    if is_foreign or fetch_site not in (None, "same-origin"):
        raise Refusal(ErrCode.FIELD, "来源不符 / foreign origin", http_status=HTTPStatus.FORBIDDEN)


def _drawing(strokes: object, aspect: object) -> str:
    wrong = Refusal(ErrCode.FIELD, "手绘数据无效 / the drawing is not valid")
    if not isinstance(strokes, list) or len(strokes) > _MAX_STROKES:
        raise wrong
    if not isinstance(aspect, int | float) or not _NARROWEST_PAD <= aspect <= _WIDEST_PAD:
        raise wrong
    lines: list[list[tuple[float, float]]] = []
    count = 0
    for stroke in strokes:
        if not isinstance(stroke, list) or not stroke:
            raise wrong
        count += len(stroke)
        if count > _MAX_POINTS:
            raise wrong
        line: list[tuple[float, float]] = []
        for point in stroke:
            if not isinstance(point, list) or len(point) != 2 or not all(map(_is_fraction, point)):
                raise wrong
            line.append((float(point[0]), float(point[1])))
        lines.append(line)
    return hand_drawn_seal(lines, float(aspect))


def _is_fraction(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value) and 0 <= value <= 1


def _wrong_place() -> Refusal:
    return Refusal(ErrCode.POSITION, "印章位置无效 / the place of the seal is not valid")


def _png(image: bytes) -> Answer:
    reply = _answer(HTTPStatus.OK, image, "image/png")
    # The image may be cached, because its URL contains the version of the document.
    reply.headers["Cache-Control"] = "private, max-age=3600"
    return reply


def _shell(status: int, language: str, view: dict[str, Any]) -> Answer:
    """Return the page as HTML. The data of the page is in a JSON block, which browsers do not execute."""
    texts = TEXTS[language]
    data = json.dumps({**view, "language": language, "texts": texts}, ensure_ascii=False)
    # Escaped, because "</script>" or "<!--" in a string would otherwise end the block.
    data = data.replace("<", "\\u003c")
    page = (
        _asset_text("sign.html")
        .replace("{{language}}", "zh-CN" if language == "zh" else "en")
        .replace("{{title}}", html.escape(texts["title"]))
        .replace("{{no_script}}", html.escape(texts["no_script"]))
        .replace("{{state}}", html.escape(view["state"]))
        .replace("{{data}}", data)
    )
    return _answer(status, page.encode("utf-8"), "text/html; charset=utf-8")


def _asset(name: str) -> Answer:
    content_type = _ASSETS.get(name)
    if content_type is None:
        return _answer(HTTPStatus.NOT_FOUND)
    return _answer(HTTPStatus.OK, _asset_text(name).encode("utf-8"), content_type)


@functools.cache
def _asset_text(name: str) -> str:
    return (resources.files(__package__) / "sign_page_assets" / name).read_text("utf-8")


def _answer(status: int, body: bytes = b"{}", content_type: str = "application/json; charset=utf-8") -> Answer:
    return Answer(status, body, content_type, dict(SECURITY_HEADERS))
