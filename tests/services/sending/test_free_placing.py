"""A signer who places the seal themselves on one document only, at the platform and on its signing page."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from esign_desktop.domain.flow import FlowStatus
from esign_desktop.domain.placing.participation import Participation, participation, with_participation
from esign_desktop.domain.submission import SubmissionState
from tests.services.desk import make_contract, person_signer
from tests.services.template_files import mupdf

if TYPE_CHECKING:
    from pathlib import Path

    from tests.services.desk import Desk
    from tests.services.sandbox_platform import SandboxPlatform


def sign(url: str, *places: dict[str, object]) -> None:
    body = json.dumps({"token": urlsplit(url).path.rsplit("/", 1)[1], "placements": places}).encode()
    request = urllib.request.Request(f"{url}/sign", body, {"Content-Type": "application/json"}, method="POST")
    with urllib.request.urlopen(request, timeout=20) as response:
        assert response.status == 200


def test_places_are_chosen_on_the_one_document_and_on_no_other(
    desk: Desk, platform: SandboxPlatform, tmp_path: Path
) -> None:
    draft = make_contract(tmp_path / "files", documents=3, signers=(person_signer("张示例"), person_signer("李示例")))
    zhang = draft.signers[0]
    first, second, third = (one.id for one in draft.documents)
    draft = with_participation(draft, zhang.id, second, Participation.FREE)
    draft = with_participation(draft, zhang.id, third, Participation.NONE)
    draft = replace(draft, is_ordered=False)
    assert [participation(draft, draft.signers[0], one) for one in (first, second, third)] == [*Participation]

    outcome = desk.submission.run(desk.submission.queue(draft, desk.environment))

    assert outcome.state is SubmissionState.DONE
    (flow,) = platform.flows(draft.title)
    given, free, unsigned = flow.document_ids
    (url,) = outcome.links[zhang.id]
    for wrong in (given, unsigned):
        with pytest.raises(urllib.error.HTTPError):
            sign(url, {"docId": wrong, "page": 1, "x": 0.5, "y": 0.5})
    sign(url, {"docId": free, "page": 2, "x": 0.5, "y": 0.5})
    (other,) = outcome.links[draft.signers[1].id]
    platform.sign(other)
    assert outcome.flow_id is not None
    record = desk.flows.refresh(outcome.flow_id)
    assert record.status is FlowStatus.COMPLETED
    assert record.detail is not None
    signed = {one.doc_id: len(one.signers) for one in record.detail.documents}
    assert signed == {given: 2, free: 2, unsigned: 1}
    paths = desk.flows.download(outcome.flow_id, tmp_path / "signed")
    with mupdf.open(paths[1]) as pdf:
        assert [len(page.get_images()) + len(list(page.widgets())) > 0 for page in pdf][1]
