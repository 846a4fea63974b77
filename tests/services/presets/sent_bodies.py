"""Send contracts from presets and record the bodies of all calls, without the ids that the platform assigns."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from esign_desktop.api.transport import HttpTransport
from esign_desktop.domain.account import Organization, Person
from esign_desktop.domain.contract.edits import update_signer
from esign_desktop.domain.preset.filling import fill
from esign_desktop.domain.preset.preset import with_branch, with_staff
from esign_desktop.domain.signer import OrganizationSigner, PersonSigner
from esign_desktop.domain.submission import SubmissionState
from esign_desktop.services.bulk.values import RowState
from esign_desktop.services.counter.states import CounterState
from esign_desktop.services.counter.visit import Visit
from tests.bulk_samples import id_number, make_sheet

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from esign_desktop.api.exchange import Answer, Limits, Request
    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.document import DocumentId
    from esign_desktop.domain.errors import CancelToken
    from esign_desktop.domain.placing.placement import KeywordHit
    from esign_desktop.domain.preset.preset import Preset
    from tests.services.bulk_desk import BulkDesk

FIXED_CLOCK_MS: Final = 2_840_140_800_000
"""The year 2060, in epoch milliseconds: deadlines are in the future whenever the test runs."""
_ID: Final = re.compile(r"[0-9a-f]{32}|\$[0-9a-f-]{36}\$[0-9]+")


@dataclass
class RecordingTransport:
    """A transport that records what is sent. Ids from answers are replaced with their number of appearance."""

    calls: list[dict[str, str]] = field(default_factory=list)
    _transport: HttpTransport = field(default_factory=HttpTransport)
    _ids: dict[str, str] = field(default_factory=dict)

    def exchange(
        self,
        request: Request,
        limits: Limits,
        *,
        cancel: CancelToken | None = None,
        sink: Callable[[bytes, int], None] | None = None,
    ) -> Answer:
        body = request.body if isinstance(request.body, bytes) else b"".join(request.body)
        path = self._without_ids(urlsplit(request.url).path)
        is_json = body[:1] == b"{"
        digest = f"{len(body)} bytes, SHA-256 {hashlib.sha256(body).hexdigest()}"
        sent = self._without_ids(body.decode("utf-8")) if is_json else digest if body else ""
        self.calls.append({"call": f"{request.method} {path}", "body": sent})
        answer = self._transport.exchange(replace(request, body=body), limits, cancel=cancel, sink=sink)
        if answer.body[:1] == b"{":
            self._note_ids(json.loads(answer.body))
        return answer

    def close(self) -> None:
        self._transport.close()

    def _note_ids(self, value: Any) -> None:
        if isinstance(value, dict):
            value = list(value.values())
        if isinstance(value, list):
            for each in value:
                self._note_ids(each)
        elif isinstance(value, str):
            for found in _ID.findall(value):
                self._ids.setdefault(found, f"<id {len(self._ids) + 1}>")

    def _without_ids(self, text: str) -> str:
        for known in sorted(self._ids, key=len, reverse=True):
            text = text.replace(known, self._ids[known])
        return text


def person(count: int) -> Person:
    """Return a customer, another one for each count."""
    return Person(f"样本{chr(0x4E00 + count)}", id_number(count), mobile=f"138{count:08}")


def send_from_counter(desk: BulkDesk, preset: Preset, first: int) -> None:
    """Send a contract as a teller does. ``first`` numbers the first customer."""
    desk.counter.choose(preset.id)
    for number, _ in enumerate(preset.customers, first):
        customer = person(number)
        look = desk.counter.enter(f"{customer.name} {customer.id_number} {customer.mobile}")
        assert look.is_ready, look.problems
    while (question := desk.counter.view.next_question) is not None:
        desk.counter.answer(_answer(question.kind.value, question.choices))
    view = desk.counter.send()
    assert (view.state, view.error) == (CounterState.SHOWING, None), view.error
    desk.counter.clear()


def send_in_bulk(desk: BulkDesk, preset: Preset, first: int, *, staff: str = "") -> None:
    """Send two contracts from a sheet, which also names the staff member with the title ``staff``, if any."""
    headings: list[str] = []
    rows: list[list[str]] = [[], []]
    titles = [customer.title for customer in Visit(preset).view().customers]
    titles = titles if len(titles) > 1 else [""] * len(titles)
    for at, title in enumerate([*titles, staff] if staff else titles):
        headings += [f"{title}姓名", f"{title}身份证号", f"{title}手机号"]
        for row_number, row in enumerate(rows):
            party = person(first + 10 * row_number + at)
            row += [party.name, party.id_number, party.mobile]
    for name in preset.questions:
        question = preset.question(name)
        headings.append(name)
        for row in rows:
            row.append(_answer(question.kind.value, question.choices))
    bulk = desk.make_bulk(desk.stores, senders=1)
    sheet = make_sheet(*(tuple(row) for row in rows), headings=tuple(headings))
    plan = bulk.plan(preset, sheet, bulk.columns_for(preset, sheet))
    assert [row.state for row in plan.rows] == [RowState.READY] * 2, [row.problems for row in plan.rows]
    assert [row.state for row in bulk.run(plan).rows] == [RowState.SENT] * 2


def send_from_prepare(desk: BulkDesk, preset: Preset, first: int) -> None:
    """Open the preset's documents, recognize the preset, and send a contract laid out with it."""
    documents = []
    hits: dict[tuple[DocumentId, str], tuple[KeywordHit, ...] | None] = {}
    for kept, document in zip(preset.documents, desk.presets.documents_of(preset), strict=True):
        if document.path:
            opened = replace(desk.documents.open(Path(document.path)), name=kept.name)
            recognition = desk.presets.recognise(opened, desk.environment)
            assert (recognition is not None) is (len(preset.documents) == 1)
            hits.update(desk.presets.hits_of(preset, kept, opened))
            documents.append(desk.presets.filled_without_customer(kept, opened))
        else:
            documents.append(desk.presets.filled_without_customer(kept, document))
    draft = fill(preset, documents, {customer.id: Person("") for customer in preset.customers}, hits=hits)
    send_draft(desk, draft, first)


def send_draft(desk: BulkDesk, draft: ContractDraft, first: int) -> None:
    """Send a contract, with customers in place of the persons without a number and an account."""
    number = first
    for signer in draft.signers:
        is_open = isinstance(signer, PersonSigner) and not (
            signer.person.id_number or signer.person.account_id or signer.person.third_id
        )
        if isinstance(signer, PersonSigner) and is_open:
            draft = update_signer(draft, replace(signer, person=person(number)))
            number += 1
    outcome = desk.submission.send(draft, desk.environment)
    assert (outcome.state, outcome.error) == (SubmissionState.DONE, None), outcome


def with_local_people(desk: BulkDesk, preset: Preset) -> Preset:
    """Return an imported preset, saved with people of this computer in place of those of its author."""
    for signer in preset.signers:
        if isinstance(signer, OrganizationSigner):
            own = Organization(signer.organization.name, signer.organization.code)
            preset = with_branch(preset, signer.id, own, Person("王经办", id_number(803)))
        elif isinstance(signer, PersonSigner):
            preset = with_staff(preset, signer.id, Person("周经理", id_number(804)))
    return desk.presets.save(preset)


def _answer(kind: str, choices: Sequence[str]) -> str:
    answers = {
        "amount": "50,000",
        "amount_in_words": "50,000",
        "number": "12",
        "date": "2026-03-09",
        "choice": choices[0] if choices else "",
        "id_number": id_number(900),
        "mobile": "13800000900",
        "check": "是",
    }
    return answers.get(kind, "装修")
