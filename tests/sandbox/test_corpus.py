"""Odd and hostile files are refused or taken, but never break the platform."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from esign_desktop.sandbox.pages import MAX_PAGES
from tests.sandbox.client import Client, coordinate, fetch
from tests.sandbox.pages import raw_page

if TYPE_CHECKING:
    from collections import Counter
    from pathlib import Path


@pytest.mark.corpus
def test_every_file_of_the_corpus_gets_an_answer(shared_dir: Path, client: Client, tally: Counter[str]) -> None:
    for path in sorted((shared_dir / "data" / "corpus").glob("*.pdf")):
        content = path.read_bytes()
        if not content:
            continue
        response = client.call("/doc/createbyfilekey", {"fileKey": client.upload(content)})
        assert (path.name, response.status) == (path.name, 200)
        assert response.err_code in (0, 1_100_030), path.name
        tally["files taken" if response.err_code == 0 else "files refused"] += 1
    assert tally["files taken"] > 50


def test_page_that_cannot_be_drawn_is_left_out_of_the_sign_page(client: Client) -> None:
    # Deeper than MuPDF's own stack.
    doc_id = client.document(raw_page((0, 0, 400, 600), content=b"[" * 100_000))
    signer = {"accountId": client.person(), "docPosList": [coordinate(doc_id)]}
    url = client.start([doc_id], [signer]).data["signUrlList"][0]["signUrl"][0]
    assert fetch("GET", url).status == 200
    assert fetch("GET", f"{url}/page/0/1").status in (200, 404)


def test_number_of_pages_has_a_limit(client: Client) -> None:
    count = MAX_PAGES + 1
    kids = " ".join(["3 0 R"] * count)
    body = (
        "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        f"2 0 obj<</Type/Pages/Count {count}/Kids[{kids}]>>endobj\n"
        "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\ntrailer<</Root 1 0 R>>\n"
    )
    response = client.call("/doc/createbyfilekey", {"fileKey": client.upload(body.encode())})
    assert response.err_code == 1_100_030
