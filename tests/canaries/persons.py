"""One person whose data are found nowhere else, so that a trace of them is a leak."""

from __future__ import annotations

from esign_desktop.domain.account import Person
from tests.services.counter_desk import made_up_number

NAME = "钱金丝雀"
LONGER_NAME = "钱金丝雀儿"
ID_NUMBER = made_up_number(7321)
MOBILE = "13977316842"
EMAIL = "canary-7316@example.com"
SECRET = "7c0ffee5ca11ab1e5eed0f1eaf5afe09"

PERSON = Person(NAME, ID_NUMBER, mobile=MOBILE, email=EMAIL)
CANARIES = {"name": NAME, "ID number": ID_NUMBER, "phone": MOBILE, "e-mail": EMAIL}
