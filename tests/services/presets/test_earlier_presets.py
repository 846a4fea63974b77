"""Presets, drafts and preset files made by version 0.1.0 open and send the same bodies as with that version.

``earlier/desk.zip`` is the data folder of an installation, ``earlier/platform.zip`` that of the sandbox it sent to, and
``earlier/bodies.json`` holds all calls that version 0.1.0 made from these presets.
"""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from esign_desktop.domain.account import AccountKind
from esign_desktop.domain.signer import OpenSigner
from esign_desktop.services.people.third_ids import SALT_KEY
from esign_desktop.store.codec import preset_from_json, preset_to_json
from esign_desktop.store.party_details import SealedPartyDetails
from esign_desktop.store.tables.drafts import Drafts
from esign_desktop.store.tables.settings import Settings
from tests.services import bulk_desk, counter_desk, desk
from tests.services.bulk_desk import BulkDesk
from tests.services.presets.sent_bodies import (
    FIXED_CLOCK_MS,
    RecordingTransport,
    send_draft,
    send_from_counter,
    send_from_prepare,
    send_in_bulk,
    with_local_people,
)
from tests.services.sandbox_platform import SandboxPlatform

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.preset.preset import Preset

EARLIER: Final = Path(__file__).with_name("earlier")
BODIES: Final[dict[str, list[dict[str, str]]]] = json.loads((EARLIER / "bodies.json").read_text("utf-8"))


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[SandboxPlatform]:
    """A sandbox that knows the templates and accounts of the samples, and no others."""
    unpack("platform.zip", tmp_path / "platform" / "data")
    with SandboxPlatform(tmp_path / "platform") as platform:
        yield platform


@pytest.fixture
def office(tmp_path: Path, platform: SandboxPlatform, monkeypatch: pytest.MonkeyPatch) -> Iterator[BulkDesk]:
    """The installation of the samples, opened by this version."""
    unpack("desk.zip", tmp_path / "desk")
    office = open_office(tmp_path / "desk", platform, monkeypatch)
    yield office
    office.close()


def open_office(folder: Path, platform: SandboxPlatform, monkeypatch: pytest.MonkeyPatch) -> BulkDesk:
    for module in (desk, counter_desk, bulk_desk):
        monkeypatch.setattr(module, "clock_ms", lambda: FIXED_CLOCK_MS)
    office = BulkDesk(folder, platform.environment, transport=RecordingTransport())
    settings = Settings(office.database)
    if settings.get(SALT_KEY) is None:
        settings.set(SALT_KEY, "0" * 64)
    # One call after another, so that their order is always the same.
    office.counter = office.make_counter(office.make_submission(office.stores, turns=office.turns))
    return office


def unpack(name: str, folder: Path) -> None:
    with zipfile.ZipFile(EARLIER / name) as archive:
        archive.extractall(folder)


def calls_of(office: BulkDesk, send: Callable[[], None]) -> list[dict[str, str]]:
    transport = office.transport
    assert isinstance(transport, RecordingTransport)
    before = len(transport.calls)
    send()
    return transport.calls[before:]


def preset_named(office: BulkDesk, name: str) -> Preset:
    return next(preset for preset in office.presets.list() if preset.name == name)


@pytest.mark.parametrize(("name", "first"), [("个人借款", 300), ("填写借款", 310), ("两份文件", 320)])
def test_an_earlier_preset_sends_the_same_at_the_counter(office: BulkDesk, name: str, first: int) -> None:
    preset = preset_named(office, name)
    assert calls_of(office, lambda: send_from_counter(office, preset, first)) == BODIES[f"counter {name}"]


@pytest.mark.parametrize(
    ("name", "first", "staff"),
    [("个人借款", 400, ""), ("填写借款", 410, ""), ("两份文件", 420, ""), ("员工通知", 430, "员工")],
)
def test_an_earlier_preset_sends_the_same_in_bulk(office: BulkDesk, name: str, first: int, staff: str) -> None:
    preset = preset_named(office, name)
    assert calls_of(office, lambda: send_in_bulk(office, preset, first, staff=staff)) == BODIES[f"bulk {name}"]


@pytest.mark.parametrize(("name", "first"), [("个人借款", 500)])
def test_an_earlier_preset_sends_the_same_from_prepare(office: BulkDesk, name: str, first: int) -> None:
    preset = preset_named(office, name)
    assert calls_of(office, lambda: send_from_prepare(office, preset, first)) == BODIES[f"prepare {name}"]


def test_an_earlier_draft_sends_the_same(office: BulkDesk) -> None:
    draft = only_draft(office)
    assert calls_of(office, lambda: send_draft(office, draft, 600)) == BODIES["draft"]


def only_draft(office: BulkDesk) -> ContractDraft:
    """Return the stored draft with its form values, which are encrypted."""
    drafts = Drafts(office.database, SealedPartyDetails(lambda: bytes(32)))
    (summary,) = drafts.list()
    return drafts.load(summary.id)


@pytest.mark.parametrize(("file", "first"), [("loan", 700), ("form", 710), ("pair", 720)])
def test_an_earlier_preset_file_sends_the_same(
    tmp_path: Path, platform: SandboxPlatform, monkeypatch: pytest.MonkeyPatch, file: str, first: int
) -> None:
    office = open_office(tmp_path / "desk", platform, monkeypatch)
    try:
        assert (
            calls_of(office, lambda: send_from_file(office, EARLIER / f"{file}.esignpreset", first))
            == (BODIES[f"file {file}"])
        )
    finally:
        office.close()


def send_from_file(office: BulkDesk, path: Path, first: int) -> None:
    """Import a preset file, name the staff whose numbers the file doesn't contain, and send from it."""
    preset = office.presets.imports.take_in(office.presets.imports.look_into(path))
    send_from_counter(office, with_local_people(office, preset), first)


def test_earlier_presets_are_stored_as_before(office: BulkDesk) -> None:
    bodies = [body for (body,) in office.database.query("SELECT body FROM presets")]
    assert len(bodies) == 4
    for body in bodies:
        # Approvals and bulk sends compare digests of the stored form.
        to_do = "leave new attributes with their default values out of the stored form, in _converter of store/codec.py"
        assert json.loads(preset_to_json(preset_from_json(body))) == json.loads(body), to_do


def test_a_preset_that_an_earlier_version_cannot_express_has_a_newer_format(office: BulkDesk) -> None:
    """Version 0.1.0 reads format 1 only. It skips a stored preset of format 2, and reports a newer preset file."""
    preset = preset_named(office, "个人借款")
    customers = tuple(
        replace(signer, kind=AccountKind.ORGANIZATION) if isinstance(signer, OpenSigner) else signer
        for signer in preset.signers
    )
    newer = replace(preset, signers=customers)
    assert [json.loads(preset_to_json(each))["format"] for each in (preset, newer)] == [1, 2]
    assert preset_from_json(preset_to_json(newer)) == newer
