"""Every value of the contract's options has a word in both languages, for signers of each kind."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.contract import edits
from esign_desktop.domain.options import FlowOptions, NoticeChannel, SignPlatform
from esign_desktop.services.editing.session import EditName
from esign_desktop.ui.send.plan import plan_in_a_line
from esign_desktop.ui.text.options import channel_words, platform_words
from tests.drafts import make_application_signer, make_organization_signer, make_person_signer
from tests.ui.made_pdfs import write_text_pdf

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.ui.prepare.conftest import RoomDesk

SIGNERS = (make_person_signer(), make_organization_signer(), make_application_signer())


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_every_channel_and_platform_has_a_word(speak: Callable[[str], None], language: str) -> None:
    speak(language)
    for words, members in ((channel_words(), NoticeChannel), (platform_words(), SignPlatform)):
        assert set(words) == set(members)
        assert all(words.values())


@pytest.mark.parametrize("channel", list(NoticeChannel))
def test_signers_of_each_kind_are_shown_with_every_channel(
    desk: RoomDesk, tmp_path: Path, channel: NoticeChannel
) -> None:
    desk.open(write_text_pdf(tmp_path / "contract.pdf", [["甲方"]]))
    for signer in SIGNERS:
        desk.session.apply(EditName.ADD_SIGNER, partial(edits.add_signer, signer=signer))
    options = replace(FlowOptions(), notices=frozenset({channel}), platforms=frozenset(SignPlatform))
    desk.session.apply(EditName.CHANGE_OPTIONS, lambda draft: edits.set_options(draft, options))
    word = channel_words()[channel]
    assert word in plan_in_a_line(desk.session.draft, {})
