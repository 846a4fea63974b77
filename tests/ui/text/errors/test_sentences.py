from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import esign_desktop
from esign_desktop.api.errors import Refused
from esign_desktop.domain.errors import ApiError, InputError, StoreError
from esign_desktop.ui.text.errors.sentences import error_sentence, error_texts

if TYPE_CHECKING:
    from collections.abc import Callable

PACKAGE = Path(esign_desktop.__file__).parent
ERRORS = "AppError|PdfError|ApiError|StoreError|InputError|NotSent|OutcomeUnknown|StorageRefused"
RAISED = re.compile(rf'(?:{ERRORS})\(\s*"([a-z]+\.[a-z_]+)"')
NAMED = re.compile(r'"((?:api|pdf|store|keyring|submission|flow|account|sandbox)\.[a-z_]+)"')
NOT_CODES = {"submission.json", "account.keeps_details"}
"""A file, and a problem that is never raised."""


def codes_in_the_source() -> set[str]:
    rooms = ("api", "app", "domain", "pdf", "services", "store", "ui")
    texts = [path.read_text("utf-8") for room in rooms for path in (PACKAGE / room).rglob("*.py")]
    return {code for text in texts for code in (*RAISED.findall(text), *NAMED.findall(text))} - NOT_CODES


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_every_code_has_a_sentence_and_a_remedy(language: str, speak: Callable[[str], None]) -> None:
    speak(language)
    texts = error_texts()
    assert codes_in_the_source() - texts.keys() == set()
    assert all(title and remedy for title, remedy in texts.values())


def test_every_sentence_is_chinese_in_chinese(speak: Callable[[str], None]) -> None:
    speak("zh_CN")
    for title, remedy in error_texts().values():
        assert re.search(r"[\u4e00-\u9fff]", title)
        assert re.search(r"[\u4e00-\u9fff]", remedy)


def test_refusal_is_shown_in_the_platforms_own_words(speak: Callable[[str], None]) -> None:
    speak("en")
    sentence = error_sentence(Refused(1436015, "签署人{0}未实名 <b>"))
    assert sentence.title == "The platform refused: 签署人{0}未实名 <b> (1436015)"
    assert sentence.detail == "api.refused: errCode 1436015"


def test_unknown_code_still_gives_a_sentence(speak: Callable[[str], None]) -> None:
    speak("en")
    sentence = error_sentence(ApiError("api.from_the_future"))
    assert "api.from_the_future" in sentence.title
    assert sentence.remedy


def test_value_that_the_error_lacks_is_left_open(speak: Callable[[str], None]) -> None:
    speak("en")
    assert error_sentence(InputError("pages.beyond_the_end")).title == "The document has only – pages."


def test_sentence_changes_with_the_language(speak: Callable[[str], None]) -> None:
    speak("zh_CN")
    chinese = error_sentence(StoreError("store.disk_full"))
    speak("en")
    assert chinese.title == "磁盘已满，未能保存。"
    assert error_sentence(StoreError("store.disk_full")).title.startswith("The disk is full")
