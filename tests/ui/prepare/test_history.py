from __future__ import annotations

import pytest

from esign_desktop.services.editing.session import EditName
from esign_desktop.ui.prepare.history import edit_sentence


@pytest.mark.parametrize("name", list(EditName))
def test_every_edit_has_words_for_the_history(name: EditName) -> None:
    assert edit_sentence(name)
    assert "_" not in edit_sentence(name)


def test_no_two_edits_are_called_the_same() -> None:
    assert len({edit_sentence(name) for name in EditName}) == len(EditName)
