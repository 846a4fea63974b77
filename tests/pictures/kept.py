"""The few pictures that the repository keeps for its documents; all others are made when they are wanted."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Final

from tests.pictures.captions import CAPTIONS

if TYPE_CHECKING:
    from collections.abc import Collection
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
`make screenshots ARGS=--keep` takes all of them and renews this selection. With `--only SCENES`, it renews only the
pictures of these scenes.

| picture | description |
|---|---|
"""


def keep(taken: Path, folder: Path, names: Collection[str]) -> None:
    """Copy the pictures of the taken states ``names`` at 100 %, and list all kept pictures.

    The pictures of other states stay as they are. Pictures that are no longer kept are deleted.
    """
    kept = {folder / name / f"{state}.png" for name, states in KEPT.items() for state in states}
    for path in {*folder.rglob("*.png")} - kept:
        path.unlink()
    for path in kept:
        renewed = taken / "100" / path.parent.name / path.name
        if path.stem in names and renewed.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(renewed, path)
    rows = [
        f"| [`{state}`, {name}](<{name}/{state}.png>) | {CAPTIONS[state][1]} |\n"
        for name, states in KEPT.items()
        for state in states
    ]
    (folder / "README.md").write_text(_HEAD + "".join(rows), encoding="utf-8")
