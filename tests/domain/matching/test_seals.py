"""Seals are found again by their labels, at the same offset; where that is not certain, no place is given."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.geometry import DisplayRect
from esign_desktop.domain.matching.form import read_form, remember
from esign_desktop.domain.matching.seals import (
    FoundSeal,
    LabelPlace,
    SealOfLayout,
    find_seals,
    printed_label,
    remember_seal,
)
from tests.domain.matching.documents import FORM, KEY, VALUES, paper, party

if TYPE_CHECKING:
    from collections.abc import Sequence

    from esign_desktop.domain.proposal import ProposedParty

LESSOR, LESSEE = "出租方", "承租方"


def at(page_number: int, left_pt: float, top_pt: float) -> LabelPlace:
    return LabelPlace(page_number, DisplayRect(left_pt, top_pt, 80, 12))


def _found(
    label: str,
    before: Sequence[LabelPlace],
    after: Sequence[LabelPlace],
    parties: Sequence[ProposedParty] = (),
    later: Sequence[ProposedParty] | None = None,
    *,
    role: str = LESSOR,
    top_pt: float = 590.0,
) -> FoundSeal:
    """Place a seal of 119 pt beside the label of the first document, and find it in the second one."""
    document = read_form(paper(FORM.format(**VALUES), *parties), KEY)
    seal = SealOfLayout(role, before[0].page_number, DisplayRect(120, top_pt, 119, 119), label)
    form = remember(document, [remember_seal(seal, before, parties)])
    known = [one.words for one in form.parties]
    (found,) = find_seals(form.seals, known, {label: after}, parties if later is None else later)
    return found


def test_the_offset_from_the_label_is_kept() -> None:
    found = _found("出租方(签章):", [at(1, 72, 640)], [at(2, 90, 100)])
    assert found.at == at(2, 90, 100)
    assert found.rect == DisplayRect(138, 50, 119, 119)


def test_a_label_that_is_gone_has_no_place() -> None:
    found = _found("出租方(签章):", [at(1, 72, 640)], [])
    assert (found.at, found.rect) == (None, None)
    assert found.seal.label == "出租方(签章):"


def test_a_label_that_was_not_on_the_page_of_the_seal_has_no_place() -> None:
    document = read_form(paper(FORM.format(**VALUES)), KEY)
    seal = remember_seal(SealOfLayout(LESSOR, 3, DisplayRect(0, 0, 9, 9), "出租方"), [at(1, 72, 640)], ())
    form = remember(document, [seal])
    known = [one.words for one in form.parties]
    (found,) = find_seals(form.seals, known, {"": [at(1, 1, 1)], "出租方": [at(1, 72, 640)]}, ())
    assert (found.seal.label, found.at) == ("", None)


def test_the_nearest_of_several_labels_is_meant() -> None:
    found = _found("出租方:", [at(1, 72, 80), at(1, 72, 640)], [at(1, 72, 90), at(3, 72, 200)])
    assert found.at == at(3, 72, 200)


def test_of_labels_side_by_side_the_one_to_the_left_of_the_seal_is_meant() -> None:
    places = [LabelPlace(1, DisplayRect(72, 640, 33, 12)), LabelPlace(1, DisplayRect(230, 640, 33, 12))]
    assert _found("签名:", places, places).at == places[0]


def test_of_labels_side_by_side_that_of_the_seals_party_is_meant() -> None:
    parties = [party(LESSEE, "", (1, 72, 640)), party(LESSOR, "", (1, 200, 640))]
    places = [LabelPlace(1, DisplayRect(72, 640, 33, 12)), LabelPlace(1, DisplayRect(200, 640, 33, 12))]
    assert _found("签名:", places, places, parties).at == places[1]
    assert _found("签名:", places, places, parties, role=LESSEE).at == places[0]


def test_with_one_label_more_none_is_guessed() -> None:
    found = _found("出租方:", [at(1, 72, 80), at(1, 72, 640)], [at(1, 72, 80), at(1, 72, 300), at(1, 72, 640)])
    assert found.at is None


def test_with_one_label_more_the_one_at_which_the_party_signs_is_taken() -> None:
    parties = [party(LESSOR, "", (1, 72, 640))]
    after = [at(1, 72, 80), at(1, 72, 300), at(2, 72, 100)]
    found = _found("出租方:", [at(1, 72, 80), at(1, 72, 640)], after, parties, [party(LESSOR, "", (2, 72, 100))])
    assert found.at == at(2, 72, 100)


def test_of_equal_labels_that_of_the_party_is_found_when_the_parties_are_exchanged() -> None:
    before = [party(LESSOR, "", (1, 72, 600)), party(LESSEE, "", (1, 72, 640))]
    places = [at(1, 72, 600), at(1, 72, 640)]
    after = [party(LESSEE, "", (1, 72, 600)), party(LESSOR, "", (1, 72, 640))]
    assert _found("(签章)", places, places, before, before, top_pt=560.0).at == places[0]
    assert _found("(签章)", places, places, before, after, top_pt=560.0).at == places[1]


def test_a_label_below_another_party_is_no_place() -> None:
    before = [party(LESSOR, "", (1, 72, 600)), party(LESSEE, "", (1, 72, 700))]
    after = [party(LESSEE, "", (1, 72, 600)), party(LESSOR, "", (1, 72, 700))]
    place = [at(1, 72, 625)]
    assert _found("法定代表人:", place, place, before, before).at == place[0]
    assert _found("法定代表人:", place, place, before, after).at is None


@pytest.mark.parametrize(
    ("label", "printed"),
    [
        ("乙方（签章）：", "乙方（签章）："),
        ("乙方：云禾示例科技有限公司", "乙方："),
        ("乙方：林小满", "乙方："),
        ("云禾示例科技有限公司（盖章）", ""),
        ("林小满", ""),
        ("温予舟", ""),
        ("", ""),
        ("：", ""),
    ],
)
def test_only_the_printed_part_of_a_label_is_kept(label: str, printed: str) -> None:
    assert printed_label(label, [party("乙方", "林小满")]) == printed


def test_a_label_with_the_name_of_a_signer_is_not_kept() -> None:
    assert printed_label("星渡行签章", ()) == "星渡行签章"
    assert printed_label("星渡行签章", (), ["星渡行"]) == ""


def test_the_party_of_a_seal_is_kept_by_its_word_only() -> None:
    seal = SealOfLayout("林小满", 1, DisplayRect(120, 590, 119, 119), "出租方(签章):")
    kept = remember_seal(seal, [at(1, 72, 640)], [party(LESSOR, "林小满")])
    assert (kept.party, kept.label) == ("", "出租方(签章):")
    assert replace(kept, party=LESSOR).names_party
    assert not kept.names_party
