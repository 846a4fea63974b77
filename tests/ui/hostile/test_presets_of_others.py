"""What others wrote into a preset, a form or a name: shown to the letter wherever somebody decides about it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.document import TemplateFilling, WantedField
from esign_desktop.domain.signer import ApplicationSigner
from esign_desktop.services.erasure.service import KnownPerson, PresetAbout
from esign_desktop.services.presets.exchange import PresetImport
from esign_desktop.ui.counter.frame import PresetKeys
from esign_desktop.ui.people.forgetting import ForgetSheet
from esign_desktop.ui.prepare.documents.values import FormValues
from esign_desktop.ui.presets.importing import ImportSheet
from tests.domain.preset.test_preset import make_preset
from tests.drafts import NOW_MS
from tests.ui.hostile.presets import hostile_preset

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from esign_desktop.domain.preset.preset import Preset
    from tests.ui.hostile.conftest import Look


def whole_preset(text: str) -> Preset:
    """Return a preset with pages and seals, all of whose words are the text."""
    made, named = make_preset(), hostile_preset(text)
    documents = tuple(replace(document, name=text) for document in made.documents)
    roles = tuple(
        replace(role, name=text) if isinstance(role, ApplicationSigner) else replace(role, role=text)
        for role in made.signers
    )
    options = replace(made.options, business_scene=text, redirect_url=f"https://{text}")
    return replace(
        made, name=text, documents=documents, signers=(*roles, *named.signers), options=options, function_key=2
    )


@pytest.mark.parametrize("has_mine", [False, True])
def test_the_sheet_before_an_import(text: str, has_mine: bool, look_in_both_languages: Look, qtbot: QtBot) -> None:
    fresh = whole_preset(text)
    mine = replace(fresh, is_ordered=not fresh.is_ordered) if has_mine else None
    sheet = ImportSheet(PresetImport(fresh, mine, text, NOW_MS))
    qtbot.addWidget(sheet)
    sheet.show()
    look_in_both_languages(sheet)


def test_a_forms_fields_in_prepare(text: str, look_in_both_languages: Look, qtbot: QtBot) -> None:
    values = FormValues()
    qtbot.addWidget(values)
    wanted = (WantedField(text, label=text), WantedField(f"{text} ", is_required=False))
    values.show_filling(TemplateFilling("template", ((text, text[:200]),), wanted))
    values.resize(240, 300)
    values.show()
    look_in_both_languages(values)


def test_the_presets_that_tell_of_somebody(text: str, look_in_both_languages: Look, qtbot: QtBot) -> None:
    sheet = ForgetSheet(KnownPerson(text, ("account",), text[:20]))
    qtbot.addWidget(sheet)
    about = (PresetAbout(whole_preset(text), by_number=True), PresetAbout(whole_preset(text), by_number=False))
    sheet.show_found((about, (text, text)))
    sheet.show()
    look_in_both_languages(sheet)


def test_what_a_key_of_the_counter_does(text: str, look_in_both_languages: Look, qtbot: QtBot) -> None:
    keys = PresetKeys()
    qtbot.addWidget(keys)
    keys.show_presets({2: whole_preset(text)})
    keys.resize(320, 300)
    keys.show()
    look_in_both_languages(keys)
