"""A preset from a file is looked at beside the one that is here, and nothing of that is gone before somebody agrees."""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.environment import Environment, EnvironmentKind
from esign_desktop.domain.errors import InputError
from esign_desktop.domain.geometry import PageFrame
from esign_desktop.domain.placing.placement import KeywordPlacement
from esign_desktop.store.codec import preset_from_json, preset_to_json
from tests.services.counter_desk import CounterDesk, make_form

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from esign_desktop.domain.preset.preset import Preset
    from esign_desktop.store.database.handle import Connection

EVIL = "https://evil.example/collect"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[CounterDesk]:
    one = CounterDesk(tmp_path / "desk", Environment(EnvironmentKind.TEST, "http://127.0.0.1:9/v3", "project"))
    yield one
    one.close()


@pytest.fixture
def mine(desk: CounterDesk, tmp_path: Path) -> Preset:
    preset = desk.make_preset(tmp_path / "form", name="借款", branch=True)
    desk.presets.assign_key(preset.id, 2)
    return desk.presets.get(preset.id)


def forged(desk: CounterDesk, preset: Preset, target: Path, change: Callable[[Preset], Preset]) -> Path:
    """Write a file as somebody else would: the same id, and what they like in it."""
    desk.presets.export(preset.id, target)
    with zipfile.ZipFile(target) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(entries["manifest.json"])
    body = preset_to_json(change(preset_from_json(json.dumps(manifest["preset"]))))
    entries["manifest.json"] = json.dumps({**manifest, "preset": json.loads(body)}).encode()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return target


def with_evil_address(preset: Preset) -> Preset:
    return replace(preset, name="借款（新）", options=replace(preset.options, redirect_url=EVIL))


def pdfs_of(desk: CounterDesk) -> set[str]:
    return {path.stem for path in desk.paths.presets_dir.glob("*.pdf")}


def test_nothing_is_changed_by_looking(desk: CounterDesk, mine: Preset, tmp_path: Path) -> None:
    path = forged(desk, mine, tmp_path / "x.esignpreset", with_evil_address)

    found = desk.presets.imports.look_into(path)

    assert found.mine == mine
    assert (found.fresh.options.redirect_url, found.fresh.function_key) == (EVIL, 2)
    assert found.made_at_ms is not None
    assert desk.presets.list() == (mine,)
    desk.presets.imports.decline(found)
    assert desk.presets.on_key(2) == mine


def test_the_one_that_is_replaced_stays_in_the_list_without_its_key(
    desk: CounterDesk, mine: Preset, tmp_path: Path
) -> None:
    found = desk.presets.imports.look_into(forged(desk, mine, tmp_path / "x.esignpreset", with_evil_address))
    taken = desk.presets.imports.take_in(found, name_of_mine="借款 (until 2026-11-27)")

    assert (taken.id, taken.function_key, taken.options.redirect_url) == (mine.id, 2, EVIL)
    (earlier,) = (one for one in desk.presets.list() if one.id != mine.id)
    assert replace(earlier, id=mine.id, name=mine.name, function_key=2) == mine
    assert earlier.name == "借款 (until 2026-11-27)"
    assert desk.presets.documents_of(earlier)


def test_both_can_be_kept(desk: CounterDesk, mine: Preset, tmp_path: Path) -> None:
    path = forged(
        desk, mine, tmp_path / "x.esignpreset", lambda preset: replace(with_evil_address(preset), name="借款")
    )
    taken = desk.presets.imports.take_in(desk.presets.imports.look_into(path), keeps_mine=True)
    assert (taken.name, taken.function_key) == ("借款 (2)", None)
    assert taken.id != mine.id
    assert desk.presets.get(mine.id) == mine


def test_one_that_cannot_be_read_is_not_replaced(desk: CounterDesk, mine: Preset, tmp_path: Path) -> None:
    path = forged(desk, mine, tmp_path / "x.esignpreset", with_evil_address)

    def spoil(connection: Connection) -> None:
        connection.execute("UPDATE presets SET body = '{' WHERE id = ?", (mine.id,))

    def kept(connection: Connection) -> list[tuple[str, int]]:
        return connection.execute("SELECT body, function_key FROM presets WHERE id = ?", (mine.id,)).fetchall()

    desk.database.run(spoil)
    found = desk.presets.imports.look_into(path)
    taken = desk.presets.imports.take_in(found)
    assert (found.mine, taken.function_key) == (None, None)
    assert taken.id != mine.id
    assert desk.database.run(kept) == [("{", 2)]


def test_what_was_changed_since_it_was_looked_at_is_not_replaced(
    desk: CounterDesk, mine: Preset, tmp_path: Path
) -> None:
    found = desk.presets.imports.look_into(forged(desk, mine, tmp_path / "x.esignpreset", with_evil_address))
    edited = desk.presets.save(replace(mine, name="我的借款"))
    with pytest.raises(InputError) as caught:
        desk.presets.imports.take_in(found)
    assert caught.value.code == "preset.changed_meanwhile"
    assert desk.presets.list() == (edited,)


def test_the_very_same_preset_is_known_as_such(desk: CounterDesk, mine: Preset, tmp_path: Path) -> None:
    desk.presets.export(mine.id, tmp_path / "x.esignpreset")
    found = desk.presets.imports.look_into(tmp_path / "x.esignpreset")
    assert found.fresh == found.mine


def test_a_pdf_of_the_file_stays_while_it_is_looked_at_and_goes_when_it_is_declined(
    desk: CounterDesk, mine: Preset, tmp_path: Path
) -> None:
    elsewhere = CounterDesk(tmp_path / "elsewhere", desk.environment)
    theirs = elsewhere.make_preset(tmp_path / "theirs", name="开户")
    document = elsewhere.documents.open(make_form(tmp_path / "other.pdf", mark="别的文件"))
    changed = replace(
        theirs,
        documents=(replace(elsewhere.presets.pdfs.keep(document), id=theirs.documents[0].id),),
    )
    elsewhere.presets.save(changed)
    elsewhere.presets.export(theirs.id, tmp_path / "x.esignpreset")
    elsewhere.close()
    before = pdfs_of(desk)

    found = desk.presets.imports.look_into(tmp_path / "x.esignpreset")
    desk.presets.save(replace(mine, name="别的"))
    assert len(pdfs_of(desk) - before) == 1
    desk.presets.imports.decline(found)
    assert pdfs_of(desk) == before
    again = desk.presets.imports.look_into(tmp_path / "x.esignpreset")
    taken = desk.presets.imports.take_in(again)
    assert desk.presets.documents_of(taken)


def test_pages_and_matches_are_counted_here_and_not_believed(desk: CounterDesk, mine: Preset, tmp_path: Path) -> None:
    def lie(preset: Preset) -> Preset:
        document, (keyword, branch) = preset.documents[0], preset.placements
        assert isinstance(keyword, KeywordPlacement)
        nowhere = replace(keyword, keyword="没有这个词", confirmed_hits=1, fallbacks=())
        long = replace(document, pages=(PageFrame(595.0, 842.0),) * 9)
        return replace(preset, documents=(long,), placements=(nowhere, branch))

    found = desk.presets.imports.look_into(forged(desk, mine, tmp_path / "x.esignpreset", lie))

    assert found.fresh.documents[0].page_count == 2
    assert found.fresh.documents[0] == mine.documents[0]
    place = found.fresh.placements[0]
    assert isinstance(place, KeywordPlacement)
    assert place.confirmed_hits == 0
    taken = desk.presets.imports.take_in(found, name_of_mine="early")
    with pytest.raises(InputError) as caught:
        desk.counter.choose(taken.id)
    assert caught.value.code == "preset.keyword_not_found"


def test_more_seals_than_the_file_says_are_not_agreed_to(desk: CounterDesk, mine: Preset, tmp_path: Path) -> None:
    def more(preset: Preset) -> Preset:
        keyword, branch = preset.placements
        assert isinstance(keyword, KeywordPlacement)
        return replace(preset, placements=(replace(keyword, keyword="条"), branch))

    found = desk.presets.imports.look_into(forged(desk, mine, tmp_path / "x.esignpreset", more))
    taken = desk.presets.imports.take_in(found, name_of_mine="early")
    with pytest.raises(InputError) as caught:
        desk.counter.choose(taken.id)
    assert caught.value.code == "preset.keyword_unchecked"
    with pytest.raises(InputError) as caught:
        desk.presets.save_edited(taken, desk.environment)
    assert caught.value.code == "preset.keyword_unconfirmed"


def test_a_file_whose_pdf_is_none_leaves_nothing(desk: CounterDesk, mine: Preset, tmp_path: Path) -> None:
    import hashlib

    broken = b"%PDF-1.7 made up"
    sha256 = hashlib.sha256(broken).hexdigest()
    document = replace(mine.documents[0], sha256=sha256, size_bytes=len(broken))
    body = json.loads(preset_to_json(replace(mine, documents=(document,))))
    with zipfile.ZipFile(tmp_path / "x.esignpreset", "w") as archive:
        archive.writestr("manifest.json", json.dumps({"kind": "esign-desktop preset", "preset": body}))
        archive.writestr(f"{sha256}.pdf", broken)
    before = pdfs_of(desk)
    with pytest.raises(InputError) as caught:
        desk.presets.imports.look_into(tmp_path / "x.esignpreset")
    assert caught.value.code == "preset.not_a_preset"
    assert pdfs_of(desk) == before
    assert desk.presets.list() == (mine,)
