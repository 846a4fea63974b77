"""The parties of the rehearsal. None of them exists; their numbers have check digits that fit, and no more."""

from __future__ import annotations

from typing import Final

from esign_desktop.domain.account import Organization, Person

ORGANIZATION: Final = Organization("云禾示例科技有限公司", code="91000000MA0000000N")
AGENT: Final = Person("周知夏", id_number="33010019900101001X", mobile="13800000001")
PERSON: Final = Person("林小满", id_number="330100199001010028", mobile="13800000002")
CUSTOMERS: Final = (
    Person("许知远", id_number="330100199001010044", mobile="13800000003"),
    Person("何书宁", id_number="330100199001010060", mobile="13800000004"),
    Person("沈清和", id_number="330100199001010087", mobile="13800000005"),
)
