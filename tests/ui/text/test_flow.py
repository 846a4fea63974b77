from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.environment import Environment, EnvironmentKind
from esign_desktop.domain.erasure import FORGOTTEN_NAME
from esign_desktop.domain.flow import FlowStatus
from esign_desktop.services.flows.progress import signer_states
from esign_desktop.ui.text.environment import effect_sentence, environment_name
from esign_desktop.ui.text.flow import (
    flow_signer_name,
    flow_status_word,
    signer_status_word,
    with_forgotten,
)
from esign_desktop.ui.text.moments import circled
from tests.ui.flow_samples import make_flow, make_signer, progress

if TYPE_CHECKING:
    from collections.abc import Callable


def test_a_state_that_nobody_knows_shows_its_number(speak: Callable[[str], None]) -> None:
    flow = make_flow(status=FlowStatus.UNKNOWN, code=42, steps=(progress(1, 9),))
    speak("en")
    assert flow_status_word(flow) == "unknown (42)"
    assert signer_status_word(signer_states(flow)[0]) == "unknown (9)"
    speak("zh_CN")
    assert flow_status_word(flow) == "未知（42）"


@pytest.mark.parametrize("status", FlowStatus)
def test_every_state_of_a_flow_has_words_of_its_own_in_chinese(
    speak: Callable[[str], None], status: FlowStatus
) -> None:
    flow = make_flow(status=status)
    speak("en")
    english = flow_status_word(flow)
    speak("zh_CN")
    assert flow_status_word(flow) != english


@pytest.mark.parametrize("code", range(6))
def test_every_state_of_a_signer_has_words_of_its_own_in_chinese(speak: Callable[[str], None], code: int) -> None:
    state = signer_states(make_flow(steps=(progress(1, code),)))[0]
    speak("en")
    english = signer_status_word(state)
    speak("zh_CN")
    assert signer_status_word(state) != english


def test_who_was_not_asked_before_the_end_did_not_sign(speak: Callable[[str], None]) -> None:
    speak("en")
    assert signer_status_word(signer_states(make_flow(status=FlowStatus.EXPIRED))[0]) == "not signed"


def test_the_platform_account_has_a_name(speak: Callable[[str], None]) -> None:
    speak("zh_CN")
    assert flow_signer_name(make_signer(1, "")) == "我方"


def test_who_was_forgotten_is_named_in_words(speak: Callable[[str], None]) -> None:
    for language, name, title in (
        ("en", "Deleted person", "contract of (deleted person)"),
        ("zh_CN", "已清除的人", "contract of （已清除的人）"),
    ):
        speak(language)
        assert flow_signer_name(make_signer(1, FORGOTTEN_NAME)) == name
        assert with_forgotten(f"contract of {FORGOTTEN_NAME}") == title


def test_numbers_beyond_the_circled_ones_stand_in_brackets() -> None:
    assert (circled(20), circled(21)) == ("⑳", "(21)")


@pytest.mark.parametrize("kind", EnvironmentKind)
def test_an_environment_says_whether_it_binds_in_both_languages(
    speak: Callable[[str], None], kind: EnvironmentKind
) -> None:
    environment = Environment(kind, "https://platform.example.com/v3")
    speak("zh_CN")
    assert ("不具有法律效力" in effect_sentence(environment)) is not environment.is_binding
    chinese = environment_name(kind)
    speak("en")
    assert environment_name(kind) != chinese
    assert "legal" in effect_sentence(environment)


def test_an_own_address_that_is_not_there_yet_leaves_no_gap(speak: Callable[[str], None]) -> None:
    for language in ("zh_CN", "en"):
        speak(language)
        sentence = effect_sentence(Environment(EnvironmentKind.OWN, ""))
        assert not set("?()（）") & set(sentence)


def test_a_flow_that_was_terminated_says_what_it_ended_of(speak: Callable[[str], None]) -> None:
    speak("en")
    for code, words in ((4, "declined"), (3, "signing failed"), (2, "ended: declined or failed")):
        assert flow_status_word(make_flow(status=FlowStatus.TERMINATED, steps=(progress(1, code),))) == words


def test_what_is_to_be_confirmed_is_not_called_signed(speak: Callable[[str], None]) -> None:
    speak("en")
    assert signer_status_word(signer_states(make_flow(steps=(progress(1, 5),)))[0]) == "awaiting confirmation"
