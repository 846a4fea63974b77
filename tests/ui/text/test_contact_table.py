from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.account import OrganizationCodeType, PersonIdType
from esign_desktop.domain.bulk.sheet import id_type_of
from esign_desktop.domain.people.contact_table import ContactFault, match_headings
from esign_desktop.domain.people.organization_codes import code_type_of
from esign_desktop.services.people.exporting import COLUMNS
from esign_desktop.ui.text.contact_table import fault_words, table_words

if TYPE_CHECKING:
    from esign_desktop.ui.text.i18n import Languages


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_what_is_written_into_a_table_is_read_out_of_it(languages: Languages, language: str) -> None:
    languages.use(language)
    words = table_words()
    assert match_headings([words.headings[column] for column in COLUMNS]) == COLUMNS
    assert {id_type_of(word) for word in words.document_types.values()} == set(PersonIdType)
    assert {code_type_of(word) for word in words.code_types.values()} == set(OrganizationCodeType)
    assert all(fault_words((fault,)) for fault in ContactFault)
