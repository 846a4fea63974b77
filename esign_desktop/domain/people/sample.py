"""The parties to the sample contract. They are fictitious, but their numbers have valid check digits."""

from __future__ import annotations

from typing import Final

from esign_desktop.domain.account import Organization, Person

ORGANIZATION: Final = Organization("云禾示例科技有限公司", code="91000000MA0000000N")
AGENT: Final = Person("周知夏", id_number="33010019900101001X", mobile="13800000001")
PERSON: Final = Person("林小满", id_number="330100199001010028", mobile="13800000002")
