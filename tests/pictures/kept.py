"""The few pictures that the repository keeps for its documents; all others are made when they are wanted."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Final

from tests.pictures.captions import CAPTIONS

if TYPE_CHECKING:
    from pathlib import Path

KEPT: Final = {
    "zh_CN-light": (
        "first-start",
        "first-steps",
        "images",
        "place-seal-selected",
        "place-keyword-hits",
        "place-cross-page-selected",
        "prepare-signer-form",
        "review",
        "rehearsed",
        "sending-held",
        "qr-code",
        "track-list",
        "track-timeline",
        "signed-file",
        "counter-customer",
        "counter-code",
        "customer-code",
        "bulk-rows",
        "bulk-confirm",
        "presets",
        "preset-fields",
        "settings-test",
        *("settings-backup", "settings-tellers", "contacts", "template-editor", "shift-sheet"),
    ),
    "zh_CN-dark": ("place-seal-selected", "counter-code"),
    "en-light": (
        *("first-start", "first-steps", "images", "prepare-contract", "place-keyword-hits", "review"),
        *("bulk-rows", "counter-code", "presets", "settings-test", "prepare-signer-form", "rehearsed", "sending-held"),
        *("qr-code", "track-timeline", "signed-file", "customer-code", "shift-sheet", "settings-backup", "contacts"),
        *("settings-tellers", "template-editor"),
    ),
}
MOST_BYTES: Final = 3_000_000
_HEAD: Final = """# Screenshots

A selection of the pictures that `make screenshots` takes of every window in every state, in both languages and themes,
in `build/screenshots`: real windows on the rehearsal platform, with invented people and contracts.
`make screenshots ARGS=--keep` takes all of them and renews this selection.

| picture | description |
|---|---|
"""


def keep(taken: Path, folder: Path) -> None:
    """Copy the kept pictures at 100 % from where all were taken, and list them."""
    shutil.rmtree(folder, ignore_errors=True)
    rows = []
    for name, states in KEPT.items():
        (folder / name).mkdir(parents=True)
        for state in states:
            shutil.copyfile(taken / "100" / name / f"{state}.png", folder / name / f"{state}.png")
            rows.append(f"| [`{state}`, {name}](<{name}/{state}.png>) | {CAPTIONS[state][1]} |\n")
    (folder / "README.md").write_text(_HEAD + "".join(rows), encoding="utf-8")
