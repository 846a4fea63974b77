"""Identify a person in stored data, and erase the person from the data.

Stored values are JSON. The rules depend only on the structure of JSON objects, so they apply equally to drafts, flows,
platform responses and journal entries. In structured values, the data of other people with the same name is kept. In
free text, such as a contract's title, the name is always erased, even if it refers to another person with that name.
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
"""The text that replaces an erased name."""

_STAND_IN: Final = "forgotten:"
_SHORTEST_NUMBER: Final = 4
_PERSON: Final = frozenset({"name", "id_number", "mobile", "account_id"})
_ACCOUNT_KEYS: Final = ("account_id", "accountId")
_NUMBER_KEYS: Final = ("id_number", "mobile", "email")


def is_forgotten(account_id: str) -> bool:
    """Return whether the id is the replacement for the account id of a person who was erased on this computer."""
    return account_id.startswith(_STAND_IN)


def forgotten_token(random: str) -> str:
    """Return a replacement for the account id of an erased person.

    The replacement still distinguishes the person from the other signers of a flow.
    """
    return f"{_STAND_IN}{random}"


@dataclass(frozen=True)
class PersonIdentifiers:
    """All identifiers by which a person is known on this computer.

    ``token`` replaces the person's account ids. ``numbers`` contains ID numbers, phone numbers and email addresses.
    ``longer_names`` contains other people's names that include this person's name. If a record contains the person's
    name and a number, the number is compared with ``masked_numbers`` to decide whether the record can belong to the
    person. ``with_those_of`` adds identifiers found in data.
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
    """The ids of presets to delete because their PDFs mention the person. The user has agreed to the deletion."""
    paths: frozenset[str] = field(default=frozenset(), repr=False)
    """The paths of documents from contracts that the person was to sign."""

    def with_those_of(self, value: Any) -> PersonIdentifiers:
        """Return the identifiers, together with further identifiers of the person that a JSON value contains."""
        found = self
        for found_dict in _dicts(value):
            found = found._with_dict(found_dict)
        return found

    def is_touched_by(self, text: str) -> bool:
        """Return whether the text contains any of the identifiers, either literally or escaped as in JSON.

        This is a fast preliminary check.
        """
        return any(needle in text for needle in self._needles)

    def is_in(self, value: Any) -> bool:
        """Return whether a JSON value contains a record of the person. A match of the name alone is not sufficient."""
        return any(self.is_theirs(found_dict) for found_dict in _dicts(value))

    def is_theirs(self, party: dict[str, Any]) -> bool:
        """Return whether a JSON object describes the person."""
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

    def represents(self, legal_number: str) -> bool:
        """Return whether a legal representative with the person's name and this document number is the person.

        A representative without a number is assumed to be the person. ``masked_numbers`` are compared only if the
        person's full number is unknown.
        """
        if not legal_number or legal_number in self.numbers:
            return True
        masked = masked_number(legal_number)
        return masked in self.masked_numbers and masked not in map(masked_number, self.numbers)

    def erased_from(self, value: Any) -> Any:
        """Return a copy of a JSON value from which the person has been erased."""
        match value:
            case dict():
                return self._of_dict(value)
            case list():
                return [self.erased_from(item) for item in value if not (isinstance(item, str) and item in self.urls)]
            case str():
                return self.erased_from_text(value)
            case _:
                return value

    def erased_from_text(self, text: str) -> str:
        """Return the text with the person erased. If the text is JSON, its values are processed individually."""
        if not self.is_touched_by(text):
            return text
        if text[:1] in {"{", "["}:
            try:
                value = json.loads(text)
            except ValueError:
                pass
            else:
                return json.dumps(self.erased_from(value), separators=(",", ":"))
        if text == self.name:
            return FORGOTTEN_NAME
        return self._pattern.sub(self._replacement, text)

    def to_json(self) -> str:
        """Return the identifiers as JSON, so that an erasure that was interrupted by a crash can be continued."""
        return json.dumps(
            {
                "name": self.name,
                "token": self.token,
                **{key: sorted(getattr(self, key)) for key in _SETS},
            }
        )

    @classmethod
    def from_json(cls, text: str) -> PersonIdentifiers:
        """Return the identifiers stored in JSON that ``to_json`` created."""
        found = json.loads(text)
        return cls(found["name"], found["token"], **{key: frozenset(found.get(key, ())) for key in _SETS})

    @cached_property
    def needles(self) -> tuple[str, ...]:
        """The strings that must not occur in any stored data after the erasure, with the longest strings first."""
        short = {number for number in self.numbers if len(number) < _SHORTEST_NUMBER}
        ids = self.account_ids | self.third_ids | (self.numbers - short) | self.urls
        return tuple(sorted({*ids, self.name} - {""}, key=len, reverse=True))

    @cached_property
    def _needles(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(form for needle in self.needles for form in (needle, json.dumps(needle)[1:-1])))

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        parts = [re.escape(name) for name in self.longer_names]
        parts += [re.escape(needle) for needle in self._needles if needle != self.name]
        if len(self.name) > 1:
            escaped = re.escape(self.name)
            # The name "Li" must not match within "Limited". Chinese text has no spaces between words.
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
        urls = {text for text in _texts(party) if text.startswith(("http://", "https://"))}
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
                return {key: "" if isinstance(item, str) and key != "type" else item for key, item in value.items()}
            return value
        if self.is_theirs(value):
            if value.get("type") == "AccountParty":
                return None
            return {key: self._of_own(key, item) for key, item in value.items()}
        if value.get("name") == self.name and value.get("account_id"):
            # This object describes another person with the same name.
            return value
        namesake = {}
        if "legal_name" in value and value["legal_name"] == self.name:
            if self.represents(str(value.get("legal_id_number", ""))):
                value = {**value, "legal_name": "", "legal_id_number": ""}
            else:
                namesake = {"legal_name": self.name}
        return {key: self.erased_from(part) for key, part in value.items()} | namesake

    def _of_own(self, key: str, value: Any) -> Any:
        """Return a value of an object that describes the person, without links and without remarks by the person."""
        if key in {"remark", "signRemark"}:
            return ""
        if isinstance(value, list) and _is_plain(value):
            return []
        return self.erased_from(value)


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
    """Yield each JSON object in the value, including objects within strings that contain JSON."""
    match value:
        case dict():
            yield value
            for item in value.values():
                yield from _dicts(item)
        case list():
            for item in value:
                yield from _dicts(item)
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
            for item in value:
                yield from _texts(item)
        case dict():
            for item in value.values():
                yield from _texts(item)
        case _:
            pass


def _is_plain(value: list[Any]) -> bool:
    return all(isinstance(item, str) for item in value)


def _filled(values: Any) -> frozenset[str]:
    return frozenset(value for value in values if isinstance(value, str) and value)
