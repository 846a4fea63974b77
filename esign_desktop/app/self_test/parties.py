"""The fictitious parties of the self-test, including those named in the sample contract."""

from __future__ import annotations

from typing import Final

from esign_desktop.domain.account import Person
from esign_desktop.domain.people.sample import AGENT, ORGANIZATION, PERSON

__all__ = ["AGENT", "CUSTOMERS", "ORGANIZATION", "PERSON"]

CUSTOMERS: Final = (
    Person("许知远", id_number="330100199001010044", mobile="13800000003"),
    Person("何书宁", id_number="330100199001010060", mobile="13800000004"),
    Person("沈清和", id_number="330100199001010087", mobile="13800000005"),
)
