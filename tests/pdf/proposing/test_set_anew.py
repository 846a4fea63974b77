"""The contract forms set anew: what is proposed must be what is proposed for the form as it lies there."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pymupdf
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from esign_desktop.domain.proposal import Proposal
    from tests.pdf.local_engine import LocalEngine

pytestmark = [pytest.mark.corpus, pytest.mark.slow]

EVERY = 4
GUTTER_PT = 110.0


def with_heads_and_page_numbers(form: Any) -> Any:
    for number, page in enumerate(form, 1):
        page.insert_text((72, 40), "示例示范合同文本", fontname="china-s", fontsize=9)
        page.insert_text((280, 820), f"第 {number} 页 共 {len(form)} 页", fontname="china-s", fontsize=9)
    return form


def in_two_columns(form: Any) -> Any:
    """Two pages side by side, as a booklet has them."""
    made: Any = pymupdf.open()
    width, height = form[0].rect.width, form[0].rect.height
    for index in range(0, len(form), 2):
        page = made.new_page(width=2 * width - GUTTER_PT, height=height)
        page.show_pdf_page(pymupdf.Rect(0, 0, width, height), form, index)
        if index + 1 < len(form):
            right = pymupdf.Rect(width - GUTTER_PT, 0, 2 * width - GUTTER_PT, height)
            page.show_pdf_page(right, form, index + 1)
    return made


def on_turned_pages(form: Any) -> Any:
    made: Any = pymupdf.open()
    for index, page in enumerate(form):
        turned = made.new_page(width=page.rect.height, height=page.rect.width)
        turned.show_pdf_page(turned.rect, form, index, rotate=90)
        turned.set_rotation(90)
    return made


def told(found: Proposal) -> dict[str, list[tuple[str, str]]]:
    return {one.role: sorted((mark.kind.value, mark.text) for mark in one.marks) for one in found.parties}


@pytest.mark.parametrize(
    ("set_anew", "share"),
    [
        (with_heads_and_page_numbers, 1.0),
        *(pytest.param(*case, marks=pytest.mark.nightly) for case in ((on_turned_pages, 1.0), (in_two_columns, 0.8))),
    ],
)
def test_what_is_proposed_does_not_hang_on_the_setting(
    set_anew: Callable[[Any], Any], share: float, local: LocalEngine, shared_dir: Path, tmp_path: Path
) -> None:
    def proposed(path: Path) -> dict[str, list[tuple[str, str]]]:
        opened = local.open(path)
        try:
            return told(local.propose(opened.handle))
        finally:
            local.close(opened.handle)

    folder = shared_dir / "data" / "contracts"
    labels = json.loads((folder / "labels.json").read_text("utf-8"))
    names = [label["file"] for label in labels if label["usable"]][::EVERY]
    same = []
    for name in names:
        form: Any = pymupdf.open(folder / name)
        set_anew(form).save(tmp_path / name)
        same.append(proposed(tmp_path / name) == proposed(folder / name))
    assert sum(same) >= share * len(names), [name for name, is_same in zip(names, same, strict=True) if not is_same]
