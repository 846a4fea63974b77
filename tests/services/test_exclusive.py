from __future__ import annotations

import pytest

from esign_desktop.domain.errors import InputError
from esign_desktop.services.exclusive import Exclusive
from tests.raised import raises_code


def test_a_second_caller_is_refused_until_the_first_is_out() -> None:
    exclusive = Exclusive("somebody.busy")
    with exclusive(), raises_code(InputError, "somebody.busy"), exclusive():
        pytest.fail("two are in")
    with exclusive():
        pass


def test_who_fails_inside_keeps_nobody_out() -> None:
    exclusive = Exclusive("somebody.busy")
    with pytest.raises(LookupError), exclusive():
        raise LookupError
    with exclusive():
        pass
