"""Titles of contracts, which a rule may make of the contract's name and its customer.

A title is a rule if it contains a placeholder, such as ``{合同} – {客户}``. Such a title follows the contract's first
document and its customer. Any other title is used as it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

MOST_TITLE_CHARACTERS: Final = 200
"""The length at which the program cuts off titles. The platform's description states no limit."""

_CONTRACT: Final = re.compile(r"\{(?:合同|contract)\}", re.IGNORECASE)
_CUSTOMER: Final = re.compile(r"\{(?:客户|customer)\}", re.IGNORECASE)
_BETWEEN: Final = r"\s\-–—_·•:：,，、/|"
_AROUND_CUSTOMER: Final = re.compile(rf"[{_BETWEEN}]*[（(【\[]?{_CUSTOMER.pattern}[）)】\]]?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Naming:
    """How contracts are named whose title was not typed.

    ``rule`` is a title with placeholders, or empty for the name of the first document. ``ours`` are the names of the
    user's own organizations, which are not customers.
    """

    rule: str = ""
    ours: frozenset[str] = field(default=frozenset(), repr=False)


def is_rule(title: str) -> bool:
    """Return whether a title contains a placeholder."""
    return _CONTRACT.search(title) is not None or _CUSTOMER.search(title) is not None


def with_contract(title: str, contract: str) -> str:
    """Return a title with the contract's name inserted. Placeholders of the customer remain."""
    return _CONTRACT.sub(lambda _found: contract, title)


def with_names(title: str, contract: str, customer: str) -> str:
    """Return a title with the names of the contract and the customer inserted.

    Without a customer, the placeholder is left out with the separators and brackets beside it. If the result is too
    long, the contract's name is cut off first. A title without placeholders is returned unchanged.
    """
    if not is_rule(title):
        return title
    if not customer:
        title = _AROUND_CUSTOMER.sub("", title)
        title = re.sub(rf"^[{_BETWEEN}]+|[{_BETWEEN}]+$", "", title)
    if not _CUSTOMER.search(title) and with_contract(title, "") == "":
        return contract
    places = len(_CONTRACT.findall(title))
    # The customer is inserted last, so that a name that looks like a placeholder is not replaced.
    around = len(_CUSTOMER.sub(lambda _found: customer, with_contract(title, "")))
    room = max((MOST_TITLE_CHARACTERS - around) // places, 1) if places else 0
    parts = {_CONTRACT: contract[:room], _CUSTOMER: customer}
    return re.sub(
        rf"{_CONTRACT.pattern}|{_CUSTOMER.pattern}",
        lambda found: parts[_CONTRACT if _CONTRACT.fullmatch(found.group()) else _CUSTOMER],
        title,
        flags=re.IGNORECASE,
    )[:MOST_TITLE_CHARACTERS]
