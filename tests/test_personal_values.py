"""No value that may be personal stands in the repr of an object, which a log or an exception could contain.

A field's name says whether its value may be personal. Objects inside an object answer for themselves.
"""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Final

import pytest

import esign_desktop

if TYPE_CHECKING:
    from collections.abc import Iterator

PERSONAL: Final = {
    "who a person is, and how to reach them": (
        "agent_names email folded_name id_number identity kept_for legal_id_number legal_name longer_names masked_email"
        " masked_mobile masked_name masked_names masked_number masked_numbers mobile number numbers own_reference"
        " party_details_key reach search search_text signer_name tails third_id third_ids"
    ),
    "what was typed, or is in files and tables": (
        "answers bare cells data evidence filled form_values headings lines paths platform_text reasons remark"
        " context customers example fields folded hint left_out_columns looked_at names original paper people"
        " sheet_path text texts title title_key typed value values worksheet worksheets"
    ),
    "links and secrets, and what is sent and received": (
        "body body_json data_base64 headers kept link links password pin proxy_url raw sealed sealed_legal secret"
        " upload_url url urls"
    ),
}
NAMES: Final = {name for names in PERSONAL.values() for name in names.split()}
PEOPLE: Final = {
    *("AccountRecord", "Contact", "ContactAgent", "ContactRow", "CounterCustomer", "CustomerLook", "FlowSigner"),
    *("HandedCustomer", "Identity", "KnownPerson", "Organization", "Person", "PersonIdentifiers", "PersonTerms"),
    *("PlanLine", "ProposedParty", "ReadContact"),
}
"""The classes whose field ``name`` is the name of a person or organization; others name files, templates or columns."""
ALLOWED: Final = {
    "Brand.text": "the name of the business on its own screen",
    "DrawnField.text": "the label and example that the author of a template wrote",
    "FormField.text": "a fixed text of a preset, the same for every customer",
    "PlanStep.title": "the number of a step",
    "RegisterMark.text": "a mark of the program's own page",
    "RowNotes.numbers": "the numbers of rows",
    "Sentence.title": "a text of the interface",
    "_Run.title": "the title of the program's own contract",
}
FICTITIOUS: Final = ("esign_desktop.sandbox.", "esign_desktop.app.self_test.")
MARK: Final = "personal "


def dataclasses() -> Iterator[type]:
    """Return the classes that may hold data of real people; a class of words has the same for all of them."""
    for info in pkgutil.walk_packages(esign_desktop.__path__, "esign_desktop."):
        if info.name.startswith(FICTITIOUS) or info.name.endswith("__main__"):
            continue
        for value in vars(importlib.import_module(info.name)).values():
            is_own = isinstance(value, type) and value.__module__ == info.name and is_dataclass(value)
            if is_own and not value.__name__.endswith("Words"):
                yield value


def is_text(annotation: object) -> bool:
    """Return whether a field holds texts or bytes, or a container of them."""
    told = str(annotation)
    return ("str" in told or "bytes" in told) and "Callable" not in told


def shown(kind: type) -> set[str]:
    """Return the fields that the repr of an object shows."""
    one: object = object.__new__(kind)
    names = [field.name for field in fields(kind)]
    for name in names:
        object.__setattr__(one, name, f"{MARK}{name}.")
    text = repr(one)
    return {name for name in names if f"{MARK}{name}." in text}


@pytest.mark.slow
def test_personal_values_stay_out_of_reprs() -> None:
    given_away, names, people = set[str](), set[str](), set[str]()
    for kind in dataclasses():
        texts = {field.name for field in fields(kind) if is_text(field.type)}
        names |= texts & NAMES
        people |= {kind.__name__} & PEOPLE
        hidden = texts & (NAMES | {"name"} if kind.__name__ in PEOPLE else NAMES)
        given_away |= {f"{kind.__name__}.{name}" for name in shown(kind) & hidden}
    assert given_away == ALLOWED.keys()
    assert (names, people) == (NAMES, PEOPLE)
