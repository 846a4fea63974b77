"""What each picture shows, by its name: the room it belongs to, and a sentence."""

from __future__ import annotations

from typing import Final

_ROOMS: Final[dict[str, dict[str, str]]] = {
    "Prepare": {
        "prepare-empty": "nothing on the desk",
        "prepare-recents": "files that were open last",
        "prepare-document": "a contract was dropped in",
        "prepare-signer-form": "the form of an organization and of who acts for it",
        "prepare-signers": "two parties, one after the other",
        "prepare-contract": "ready to be reviewed",
        "prepare-positions": "the table that is the canvas in words",
        "prepare-options": "options of the signing",
        "prepare-history": "the steps that can be taken back",
        "prepare-problems": "everything that is still to be done",
        "prepare-preflight": "chips of what is special about a file",
        "prepare-password": "a file that wants a password",
        "prepare-drafts": "all kept contracts",
    },
    "Customer display": {
        "customer-blank": "nobody is served",
        "customer-wait": "the contract is being sent",
        "customer-code": "the code, and how long it holds",
        "customer-signed": "signed",
        "customer-ask": "whatever else happened",
    },
}
CAPTIONS: Final = {name: (room, text) for room, texts in _ROOMS.items() for name, text in texts.items()}
