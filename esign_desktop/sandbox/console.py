"""Serve the rehearsal console, with which users simulate failures, confirm pending signatures and delete templates.

The console consists of plain HTML forms without scripts. Access requires the token in the URL. Only the process that
started the platform knows this token.
"""

from __future__ import annotations

import html
import secrets
from http import HTTPStatus
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs

from esign_desktop.sandbox.envelope import Answer
from esign_desktop.sandbox.options import china_time
from esign_desktop.sandbox.refusal import Refusal
from esign_desktop.sandbox.sealing import CERTIFICATE_TYPES
from esign_desktop.sandbox.sign_page import SECURITY_HEADERS, require_same_origin
from esign_desktop.sandbox.sign_texts import CONSOLE_TEXTS, preferred_language

if TYPE_CHECKING:
    from collections.abc import Iterator

    from esign_desktop.sandbox.envelope import HeaderSource
    from esign_desktop.sandbox.platform import Platform
    from esign_desktop.sandbox.state import Flow, FlowSigner

CONSOLE_PREFIX: Final = "/rehearsal/"
_TOKEN_BYTES: Final = 18
_MOST_LINES: Final = 20
_BY_EMAIL: Final = 2
"""The value of noticeType for email (4.9.1)."""
_PACKAGES: Final = ("usual", "used_up", "ended")
_SIGNATURES: Final = ("usual", "fails", "waits")
_HEADERS: Final = SECURITY_HEADERS | {
    "Content-Security-Policy": SECURITY_HEADERS["Content-Security-Policy"].replace(
        "form-action 'none'", "form-action 'self'"
    )
}


class Console:
    """The rehearsal console: an HTML page that is generated for each request."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self.token: Final = secrets.token_urlsafe(_TOKEN_BYTES)

    def respond(self, method: str, path: str, query: str, headers: HeaderSource, body: bytes) -> Answer:
        """Respond to a request to the console.

        ``path`` is the part of the URL after ``/rehearsal/``, which must be the token.
        """
        if not secrets.compare_digest(path.strip("/").encode(), self.token.encode()):
            return _answer(HTTPStatus.NOT_FOUND, "")
        language = preferred_language(parse_qs(query).get("lang", [None])[0], headers.get("Accept-Language") or "")
        problem = ""
        if method == "POST":
            try:
                require_same_origin(headers)
                values = {name: found[0] for name, found in parse_qs(body.decode("utf-8", "replace")).items()}
                with self._platform.state.lock:
                    self._act(values)
            except Refusal as refusal:
                problem = refusal.message
            else:
                answer = _answer(HTTPStatus.SEE_OTHER, "")
                answer.headers["Location"] = f"{CONSOLE_PREFIX}{self.token}?lang={language}"
                return answer
        with self._platform.state.lock:
            page = "".join(self._page(language, problem))
        return _answer(HTTPStatus.CONFLICT if problem else HTTPStatus.OK, page)

    def _act(self, values: dict[str, str]) -> None:
        """Execute the action of a submitted form. If the object no longer exists, do nothing. Raises Refusal."""
        platform, trouble = self._platform, self._platform.trouble
        match values.get("action"), values.get("value"):
            case "package", ("usual" | "used_up" | "ended") as package:
                trouble.package = package
            case "signature", ("usual" | "fails" | "waits") as outcome:
                trouble.next_signature, trouble.reason = outcome, values.get("reason", "").strip()
            case ("confirm" | "fail") as action, str(token):
                found = platform.flows.find_signer(token)
                if found is not None and found[1].is_to_be_confirmed:
                    if action == "confirm":
                        platform.flows.confirm(*found)
                    else:
                        platform.flows.fail(*found, trouble.reason)
            case "delete_template", str(template_id):
                platform.state.templates.remove(template_id)

    def _page(self, language: str, problem: str) -> Iterator[str]:
        texts, trouble = CONSOLE_TEXTS[language], self._platform.trouble

        def text(key: str) -> str:
            return html.escape(texts[key])

        other = "zh" if language == "en" else "en"
        yield (
            f'<!doctype html><html lang="{"zh-CN" if language == "zh" else "en"}"><head><meta charset="utf-8">'
            f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{text("title")}</title>'
            '<link rel="icon" href="data:,"><link rel="stylesheet" href="/s/assets/sign.css"></head>'
            '<body class="console"><header class="head"><div class="head-inner"><div class="head-text">'
            f'<h1>{text("title")}</h1><p class="facts">{text("note")}</p></div>'
            f'<a class="language" href="?lang={other}" lang="{other}">{text("other_language")}</a></div></header><main>'
        )
        if problem:
            yield f'<p class="problem" role="alert">{html.escape(problem)}</p>'
        yield self._choice(language, "package", _PACKAGES, trouble.package)
        yield self._choice(language, "signature", _SIGNATURES, trouble.next_signature)
        yield f"<section><h2>{text('waiting')}</h2>"
        waiting = list(self._waiting())
        for flow, signer in waiting:
            name = "" if signer.is_application else self._platform.flows.sealed_name(signer)
            label = f"<span>{html.escape(flow.business_scene)} · {html.escape(name or texts['application'])}</span>"
            buttons = (self._button(language, action, signer.token) for action in ("confirm", "fail"))
            yield f'<div class="row">{label}{"".join(buttons)}</div>'
        yield "" if waiting else f'<p class="facts">{text("nothing_waits")}</p>'
        yield f"</section><section><h2>{text('templates')}</h2>"
        templates = list(self._platform.state.templates)
        for template in templates:
            button = self._button(language, "delete_template", template.id)
            yield f'<div class="row"><span>{html.escape(template.name)}</span>{button}</div>'
        yield "" if templates else f'<p class="facts">{text("no_templates")}</p>'
        yield "</section>"
        yield from self._signatures_and_messages(language)
        address = self._platform.notices.address
        told = html.escape(texts["notices_to"].format(address=address)) if address else text("no_notices")
        yield f'<section><h2>{text("notices")}</h2><p class="facts">{told}</p></section></main></body></html>'

    def _signatures_and_messages(self, language: str) -> Iterator[str]:
        """Yield the signatures and the messages that a real platform would have sent, latest first."""
        texts = CONSOLE_TEXTS[language]
        flows = self._platform.flows
        signed: list[tuple[int, str]] = []
        for flow in self._platform.state.flows:
            for signer in flow.signers:
                if signer.signed_on is not None and signer.is_done:
                    on, certificate = texts[f"on_{signer.signed_on}"], CERTIFICATE_TYPES[signer.certificate_type]
                    line = " · ".join((flow.business_scene, flows.sealed_name(signer), on, certificate))
                    signed.append((max(signing.signed_ms or 0 for signing in signer.documents), line))
        latest = [line for _at, line in sorted(signed, reverse=True)[:_MOST_LINES]]
        yield _list_section(texts["signatures"], "", latest, texts["no_messages"])
        sent: list[str] = []
        for message in list(self._platform.state.messages)[: -_MOST_LINES - 1 : -1]:
            task = self._platform.state.flows.get(message.flow_id)
            account = self._platform.state.accounts.get(message.account_id)
            if task is None or account is None:
                # The person's data was deleted.
                continue
            address = account.masked_email if message.notice_type == _BY_EMAIL else account.masked_mobile
            way, at = texts[f"by_{message.notice_type}"], china_time(message.sent_ms)
            sent.append(" · ".join((task.business_scene, account.name, way, address or texts["no_address"], at)))
        yield _list_section(texts["messages"], texts["messages_note"], sent, texts["no_messages"])

    def _waiting(self) -> Iterator[tuple[Flow, FlowSigner]]:
        for flow in self._platform.state.flows:
            if flow.is_open:
                yield from ((flow, signer) for signer in flow.signers if signer.is_to_be_confirmed)

    def _choice(self, language: str, action: str, values: tuple[str, ...], chosen: str) -> str:
        texts = CONSOLE_TEXTS[language]
        rows = "".join(
            f'<label><input type="radio" name="value" value="{value}"{" checked" if value == chosen else ""}>'
            f"{html.escape(texts[f'{action}_{value}'])}</label>"
            for value in values
        )
        reason = ""
        if action == "signature":
            given = html.escape(self._platform.trouble.reason, quote=True)
            field = f'<input name="reason" maxlength="200" value="{given}">'
            reason = f'<label class="reason">{html.escape(texts["reason"])} {field}</label>'
        return (
            f'<section><h2>{html.escape(texts[action])}</h2><form method="post" action="?lang={language}">'
            f'<input type="hidden" name="action" value="{action}">{rows}{reason}'
            f'<button class="button small" type="submit">{html.escape(texts["apply"])}</button></form></section>'
        )

    @staticmethod
    def _button(language: str, action: str, value: str) -> str:
        return (
            f'<form method="post" action="?lang={language}"><input type="hidden" name="action" value="{action}">'
            f'<input type="hidden" name="value" value="{html.escape(value, quote=True)}">'
            f'<button class="button small" type="submit">{html.escape(CONSOLE_TEXTS[language][action])}</button></form>'
        )


def _list_section(title: str, note: str, lines: list[str], nothing: str) -> str:
    rows = "".join(f'<div class="row"><span>{html.escape(line)}</span></div>' for line in lines)
    told = f'<p class="facts">{html.escape(note)}</p>' if note and lines else ""
    empty = "" if lines else f'<p class="facts">{html.escape(nothing)}</p>'
    return f"<section><h2>{html.escape(title)}</h2>{told}{rows}{empty}</section>"


def _answer(status: int, page: str) -> Answer:
    return Answer(status, page.encode("utf-8"), "text/html; charset=utf-8", dict(_HEADERS))
