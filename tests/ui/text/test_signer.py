"""How signers are told in one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from esign_desktop.domain.account import Organization, Person
from esign_desktop.domain.signer import OrganizationSigner, PersonSigner, SignerId
from esign_desktop.services.people.accounts import Reach
from esign_desktop.ui.text.signer import reach_words, signer_subtitle

if TYPE_CHECKING:
    from collections.abc import Callable


def test_an_address_is_masked_whether_it_was_entered_or_is_of_the_account(speak: Callable[[str], None]) -> None:
    speak("en")
    person = Person("林小满", email="xiaoman@example.com")
    signer = PersonSigner(SignerId("1"), person)
    firm = OrganizationSigner(SignerId("2"), Organization("云禾科技有限公司"), person)
    for one in (signer, firm):
        assert reach_words(one, None) == "x***@example.com"
        assert signer_subtitle(one).endswith("x***@example.com")
    assert reach_words(signer, Reach(email="y***@example.com")) == "x***@example.com"
    assert (
        reach_words(PersonSigner(SignerId("1"), Person("林小满")), Reach(email="y***@example.com"))
        == "y***@example.com"
    )
