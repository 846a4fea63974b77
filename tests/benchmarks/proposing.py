"""A contract of 30 pages: its parties and their places proposed, against PyMuPDF's reading of its characters.

How much later its doubts are known is compared with what is promised, 50 ms.
"""

from __future__ import annotations

import tempfile
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pymupdf

from esign_desktop.domain.account import Person
from esign_desktop.domain.contract.draft import ContractDraft
from esign_desktop.domain.document import Document, DocumentId
from esign_desktop.domain.doubts.finding import find_doubts
from esign_desktop.domain.doubts.paper import Paper
from esign_desktop.domain.signer import PersonSigner, SignerId
from esign_desktop.pdf.client.engine import ProcessEngine
from tests.benchmarks.documents import write_text_contract
from tests.benchmarks.row import Row, best
from tests.benchmarks.searching import timed

if TYPE_CHECKING:
    from esign_desktop.domain.proposal import Proposal
    from esign_desktop.pdf.engine import OpenedPdf, PdfHandle

PAGE_COUNT = 30
ROUNDS = 7
LIMIT = 3.0
PROMISED_MS = 50.0
SIGNERS = ("林小满", "周知夏", "沈若谷")


def _propose(engine: ProcessEngine, handle: PdfHandle) -> int:
    return len(engine.propose(handle).parties)


def _doubt(engine: ProcessEngine, opened: OpenedPdf, proposal: Proposal) -> int:
    document = Document(DocumentId("file"), "", "", opened.size_bytes, opened.sha256, opened.pages, opened.facts)
    signers = tuple(PersonSigner(SignerId(f"{number}"), Person(name)) for number, name in enumerate(SIGNERS))
    draft = replace(ContractDraft.new(), documents=(document,), signers=signers)
    return len(find_doubts(draft, {document.id: Paper(proposal, engine.page_texts(opened.handle))}))


def _read(document: Any) -> int:
    return sum(len(page.get_text("rawdict")["blocks"]) for page in document)


def measure() -> list[dict[str, Any]]:
    engine = ProcessEngine()
    try:
        with tempfile.TemporaryDirectory() as folder:
            path = write_text_contract(Path(folder) / "contract.pdf", PAGE_COUNT)
            ours, peer, later = [], [], []
            for _ in range(ROUNDS):
                opened = engine.open(path)
                ours.append(timed(partial(_propose, engine, opened.handle))[1])
                later.append(timed(partial(_doubt, engine, opened, engine.propose(opened.handle)))[1])
                engine.close(opened.handle)
                document: Any = pymupdf.open(path)
                peer.append(timed(partial(_read, document))[1])
                document.close()
    finally:
        engine.stop()
    name = f"parties of {PAGE_COUNT} pages proposed, ms"
    doubted = f"doubts of {PAGE_COUNT} pages after the proposals, ms"
    return [
        Row(name, best(ours), "PyMuPDF rawdict", best(peer), LIMIT).as_dict(),
        Row(doubted, best(later), "promised", PROMISED_MS, 1.0).as_dict(),
    ]
