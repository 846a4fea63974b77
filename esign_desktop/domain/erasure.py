"""What is known by which one person can be told, and how it is taken out of whatever is kept.

Kept values are JSON: the rules look at their shape, so that they hold for drafts, flows, answers of the platform and
lines of the ledger alike. Somebody else of the same name keeps their own; free text, such as a contract's title, loses
the name whoever it meant.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from esign_desktop.domain.account import masked_number

if TYPE_CHECKING:
    from collections.abc import Iterator

FORGOTTEN_NAME: Final = "〔…〕"
"""What stands in the place of the name."""

_STAND_IN: Final = "forgotten:"
_SHORTEST_NUMBER: Final = 4
_PERSON: Final = frozenset({"name", "id_number", "mobile", "account_id"})
_ACCOUNT_KEYS: Final = ("account_id", "accountId")
_NUMBER_KEYS: Final = ("id_number", "mobile", "email")


def is_forgotten(account_id: str) -> bool:
    """Whether the account's person was forgotten here."""
    return account_id.startswith(_STAND_IN)


def forgotten_token(random: str) -> str:
    """Return what stands in the place of an account id, so that a flow's signers can still be told apart."""
    return f"{_STAND_IN}{random}"


@dataclass(frozen=True)
class PersonIdentifiers:
    """Everything by which a person is known here; grows by ``with_those_of``.

    ``numbers`` are ID numbers, phone numbers and addresses, ``longer_names`` those of others that begin or end alike.
    ``masked_numbers`` tell whether a number of somebody with the same name can be theirs.
    """

    name: str = field(repr=False)
    token: str
    account_ids: frozenset[str] = frozenset()
    third_ids: frozenset[str] = field(default=frozenset(), repr=False)
    numbers: frozenset[str] = field(default=frozenset(), repr=False)
    masked_numbers: frozenset[str] = field(default=frozenset(), repr=False)
    urls: frozenset[str] = field(default=frozenset(), repr=False)
    longer_names: frozenset[str] = field(default=frozenset(), repr=False)
    contact_ids: frozenset[str] = frozenset()
    preset_ids: frozenset[str] = frozenset()
    """Presets that are to go, since their PDFs tell of the person and somebody agreed to it."""
    paths: frozenset[str] = field(default=frozenset(), repr=False)
    """Where the documents lie of contracts that the person was to sign."""

    def with_those_of(self, value: Any) -> PersonIdentifiers:
        """Return the identifiers with what the value tells of the person besides."""
        found = self
        for one in _dicts(value):
            found = found._with_dict(one)
        return found

    def is_touched_by(self, text: str) -> bool:
        """Whether anything of the person stands in a text, as it is or as JSON writes it. Quick."""
        return any(needle in text for needle in self._needles)

    def is_in(self, value: Any) -> bool:
        """Whether the person themself, and not only their name, is in the value."""
        return any(self.is_theirs(one) for one in _dicts(value))

    def is_theirs(self, party: dict[str, Any]) -> bool:
        """Whether an object stands for the person."""
        if not self.account_ids.isdisjoint(_filled(party.get(key) for key in _ACCOUNT_KEYS)):
            return True
        if not party.keys() >= _PERSON:
            return False
        number, third_id = str(party["id_number"]), str(party.get("third_id", ""))
        if third_id in self.third_ids or number in self.numbers:
            return True
        if party["name"] != self.name or party["account_id"]:
            return False
        if number:
            return not self.masked_numbers or masked_number(number) in self.masked_numbers
        return not third_id

    def taken_out_of(self, value: Any) -> Any:
        """Return a value of JSON without the person."""
        match value:
            case dict():
                return self._of_dict(value)
            case list():
                return [self.taken_out_of(one) for one in value if not (isinstance(one, str) and one in self.urls)]
            case str():
                return self.taken_out_of_text(value)
            case _:
                return value

    def taken_out_of_text(self, text: str) -> str:
        """Return a text without the person; JSON in it is looked into."""
        if not self.is_touched_by(text):
            return text
        if text[:1] in {"{", "["}:
            try:
                value = json.loads(text)
            except ValueError:
                pass
            else:
                return json.dumps(self.taken_out_of(value), separators=(",", ":"))
        if text == self.name:
            return FORGOTTEN_NAME
        return self._pattern.sub(self._replacement, text)

    def to_json(self) -> str:
        """Write the identifiers down, to go on after a crash."""
        return json.dumps(
            {
                "name": self.name,
                "token": self.token,
                **{key: sorted(getattr(self, key)) for key in _SETS},
            }
        )

    @classmethod
    def from_json(cls, text: str) -> PersonIdentifiers:
        """Read what ``to_json`` wrote."""
        found = json.loads(text)
        return cls(found["name"], found["token"], **{key: frozenset(found.get(key, ())) for key in _SETS})

    @cached_property
    def needles(self) -> tuple[str, ...]:
        """What must be found nowhere afterwards, the longest first."""
        short = {number for number in self.numbers if len(number) < _SHORTEST_NUMBER}
        ids = self.account_ids | self.third_ids | (self.numbers - short) | self.urls
        return tuple(sorted({*ids, self.name} - {""}, key=len, reverse=True))

    @cached_property
    def _needles(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(form for one in self.needles for form in (one, json.dumps(one)[1:-1])))

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        parts = [re.escape(one) for one in self.longer_names]
        parts += [re.escape(one) for one in self._needles if one != self.name]
        if len(self.name) > 1:
            escaped = re.escape(self.name)
            # "Li" is not in "Limited"; Chinese knows no spaces.
            parts.append(rf"(?<![^\W_]){escaped}(?![^\W_])" if self.name.isascii() else escaped)
        return re.compile("|".join(sorted(parts, key=len, reverse=True)) or r"(?!)")

    def _replacement(self, found: re.Match[str]) -> str:
        text = found.group()
        if text in self.longer_names:
            return text
        if text in self.account_ids:
            return self.token
        return FORGOTTEN_NAME if text == self.name else ""

    def _with_dict(self, party: dict[str, Any]) -> PersonIdentifiers:
        name = party.get("name")
        if isinstance(name, str) and self.name != name and self.name in name and "account_id" in party:
            return replace(self, longer_names=self.longer_names | {name})
        if not self.is_theirs(party):
            return self
        urls = {one for one in _texts(party) if one.startswith(("http://", "https://"))}
        masked = _filled([masked_number(str(party.get("id_number", "")))])
        return replace(
            self,
            account_ids=self.account_ids | _filled(party.get(key) for key in _ACCOUNT_KEYS),
            third_ids=self.third_ids | _filled([party.get("third_id")]),
            numbers=self.numbers | _filled(party.get(key) for key in _NUMBER_KEYS),
            masked_numbers=self.masked_numbers | masked,
            urls=self.urls | urls,
        )

    def _of_dict(self, value: dict[str, Any]) -> Any:
        if value.keys() >= _PERSON:
            if self.is_theirs(value):
                return {key: "" if isinstance(one, str) and key != "type" else one for key, one in value.items()}
            return value
        if self.is_theirs(value):
            if value.get("type") == "AccountParty":
                return None
            return {key: self._of_own(key, one) for key, one in value.items()}
        if value.get("name") == self.name and value.get("account_id"):
            # Somebody else of that name.
            return value
        if "legal_name" in value and value["legal_name"] == self.name:
            value = {**value, "legal_name": "", "legal_id_number": ""}
        return {key: self.taken_out_of(one) for key, one in value.items()}

    def _of_own(self, key: str, value: Any) -> Any:
        """Take out what an object holds that stands for the person: links, and what they wrote."""
        if key in {"remark", "signRemark"}:
            return ""
        if isinstance(value, list) and _is_plain(value):
            return []
        return self.taken_out_of(value)


_SETS: Final = (
    "account_ids",
    "third_ids",
    "numbers",
    "masked_numbers",
    "urls",
    "longer_names",
    "contact_ids",
    "preset_ids",
    "paths",
)


def _dicts(value: Any) -> Iterator[dict[str, Any]]:
    """Yield every object in a value, also in texts that are JSON themselves."""
    match value:
        case dict():
            yield value
            for one in value.values():
                yield from _dicts(one)
        case list():
            for one in value:
                yield from _dicts(one)
        case str() if value[:1] in {"{", "["}:
            try:
                inner = json.loads(value)
            except ValueError:
                return
            yield from _dicts(inner)
        case _:
            pass


def _texts(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case list():
            for one in value:
                yield from _texts(one)
        case dict():
            for one in value.values():
                yield from _texts(one)
        case _:
            pass


def _is_plain(value: list[Any]) -> bool:
    return all(isinstance(one, str) for one in value)


def _filled(values: Any) -> frozenset[str]:
    return frozenset(value for value in values if isinstance(value, str) and value)
