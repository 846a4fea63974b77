"""Print what the PDF process reports about a file, as JSON: ``python -m esign_desktop.pdf probe FILE``.

probe FILE            class, error, pages, size_bytes, sha256, facts, and frames (one for each of the first 100 pages)
find FILE KEYWORD     hits: page, rects (one [left, bottom, right, top] per line, page space), text, context, is_literal
propose FILE          parties: role, aliases, kind, name, marks: page, rect ([left, top, right, bottom] of the label, in
                      points from the top left of the displayed page), kind, text; and witnesses
doubts FILE --party NAME [--party NAME ...]
                      doubts about these signers: grave, kind, label (the party's role in the contract), paper and form
                      (the names in the contract and as given), page, rect (as for propose)
again SENT LAYOUT NEW is_form: whether NEW is the form of SENT filled in again; shared and likeness: the share of the
                      shorter document's wording, and of all wording, that both have; changes: kind, text, page,
                      letters_gone; seals: party, label, page, rect (as for propose; null if the label was not found);
                      names: party, name. LAYOUT is a file with the seals of SENT in JSON:
                      [{"party": "Buyer", "page": 1, "rect": [left, top, right, bottom], "label": "Buyer (seal):"}]
locate FILE --page N --x X --y Y
                      page, x, y: the given point (in points from the top left of the displayed page) in page space

The exit status is 0 if the file was examined, regardless of its class, and 1 if it could not be read or searched.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from secrets import token_bytes
from typing import TYPE_CHECKING

from esign_desktop.domain.errors import PdfError
from esign_desktop.domain.geometry import DisplayPoint
from esign_desktop.pdf.again import KEY_BYTES, look_again, parse_layout, read_document, remember_document
from esign_desktop.pdf.cli import (
    PROBE_LIMITS,
    Report,
    again_report,
    doubts_report,
    failure_report,
    probe,
    proposal_report,
)
from esign_desktop.pdf.client.engine import ProcessEngine

if TYPE_CHECKING:
    from collections.abc import Sequence

    from esign_desktop.domain.matching.seals import SealOfLayout
    from esign_desktop.domain.placing.placement import KeywordHit

_NOT_LOOKED_AT = frozenset({"pdf.missing", "pdf.unreadable"})


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    options = _parser().parse_args(arguments)
    password = sys.stdin.readline().rstrip("\r\n") if options.password_stdin else None
    engine = ProcessEngine(limits=PROBE_LIMITS)
    try:
        report, status = _run(engine, options, password)
    finally:
        engine.stop()
    # ASCII output, because a console's encoding may lack some characters.
    print(json.dumps(report, indent=2))
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m esign_desktop.pdf", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("probe", "find", "propose", "doubts", "again", "locate"):
        command = commands.add_parser(name)
        command.add_argument("file", type=Path, metavar="SENT" if name == "again" else "FILE")
        command.add_argument(
            "--password-stdin", action="store_true", help="read the password from the first line of standard input"
        )
        if name == "find":
            command.add_argument("keyword")
        if name == "doubts":
            command.add_argument("--party", action="append", required=True, metavar="NAME", help="name of a signer")
        if name == "again":
            command.add_argument("layout", type=_layout, metavar="LAYOUT", help="JSON file with the seals of SENT")
            command.add_argument("new", type=Path, metavar="NEW")
        if name == "locate":
            command.add_argument("--page", type=int, required=True, help="page number, from 1")
            command.add_argument(
                "--x", type=float, required=True, help="distance from the left edge of the displayed page, in points"
            )
            command.add_argument(
                "--y", type=float, required=True, help="distance from the top edge of the displayed page, in points"
            )
    return parser


def _layout(path: str) -> tuple[SealOfLayout, ...]:
    try:
        return parse_layout(Path(path).read_text("utf-8"))
    except OSError as error:
        raise argparse.ArgumentTypeError(f"the layout cannot be read: {type(error).__name__}") from None
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"this is no layout: {error}") from None


def _run(engine: ProcessEngine, options: argparse.Namespace, password: str | None) -> tuple[Report | list[Report], int]:
    if options.command == "probe":
        report = probe(engine, options.file, password=password)
        return report, int(report["error"] in _NOT_LOOKED_AT)
    try:
        opened = engine.open(options.file, password=password)
        if options.command == "find":
            hits = engine.find(opened.handle, options.keyword)
            return {"keyword": options.keyword, "hits": [_hit_report(hit) for hit in hits]}, 0
        if options.command == "propose":
            return proposal_report(engine.propose(opened.handle)), 0
        if options.command == "doubts":
            return doubts_report(engine, opened, options.party), 0
        if options.command == "again":
            # The key is needed for this comparison only.
            key = token_bytes(KEY_BYTES)
            form = remember_document(engine, opened, read_document(engine, opened, key), options.layout)
            engine.close(opened.handle)
            opened = engine.open(options.new, password=password)
            return again_report(look_again(engine, opened, read_document(engine, opened, key), form)), 0
        if not 1 <= options.page <= len(opened.pages):
            raise PdfError("pdf.page_failed", "no such page")
        point = opened.pages[options.page - 1].to_page(DisplayPoint(options.x, options.y))
        return {"page": options.page, "x": round(point.x_pt, 4), "y": round(point.y_pt, 4)}, 0
    except PdfError as error:
        return failure_report(error), 1


def _hit_report(hit: KeywordHit) -> Report:
    return {
        "page": hit.page_number,
        "rects": [[rect.left_pt, rect.bottom_pt, rect.right_pt, rect.top_pt] for rect in hit.rects],
        "text": hit.text,
        "context": hit.context,
        "is_literal": hit.is_literal,
    }


if __name__ == "__main__":
    sys.exit(main())
