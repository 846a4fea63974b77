"""A preset that was made for a counter, sent to many: nobody is told, and there is little time."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from esign_desktop.domain.bulk.filling import BulkRemark, remarks_of
from esign_desktop.domain.options import FlowOptions, NoticeChannel
from esign_desktop.domain.preset.preset import counter_options
from tests.bulk_samples import make_preset
from tests.ui.bulk.fake_bulk import good_rows

if TYPE_CHECKING:
    from tests.ui.bulk.conftest import Desk

TOLD = "Share the signing links"
SHORT = "the signing deadline is 30 minutes after sending"


def test_a_preset_of_the_counter_is_told_before_anything_is_sent(desk: Desk) -> None:
    (preset,) = desk.presets.presets
    desk.presets.presets = (replace(preset, options=counter_options(preset.options)),)
    desk.lay_out(good_rows(2))
    desk.button("Send 2").click()
    assert TOLD in desk.texts
    assert SHORT in desk.texts
    assert desk.bulk.sent == {}


def test_an_ordinary_preset_goes_without_a_word(desk: Desk) -> None:
    desk.lay_out(good_rows(2))
    desk.button("Send 2").click()
    assert "Check before sending" not in desk.texts


def test_a_message_that_nobody_needs_is_not_missed() -> None:
    preset = replace(make_preset(bank=True), options=FlowOptions("x", notices=frozenset()))
    assert remarks_of(preset) == (BulkRemark.NO_NOTIFICATIONS,)
    assert remarks_of(replace(preset, signers=preset.signers[1:])) == ()
    assert remarks_of(replace(preset, options=FlowOptions("x", notices=frozenset({NoticeChannel.EMAIL})))) == ()
