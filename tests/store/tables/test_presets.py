from __future__ import annotations

import hashlib
import io
import json
import stat
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.account import Person
from esign_desktop.domain.document import TemplateFilling
from esign_desktop.domain.environment import EnvironmentKind
from esign_desktop.domain.errors import StoreError
from esign_desktop.domain.preset.fields import CustomerDatum, FormField
from esign_desktop.domain.preset.preset import PresetHome, PresetId, new_preset_id, with_staff
from esign_desktop.domain.signer import SignerId
from esign_desktop.override import override
from esign_desktop.store.codec import preset_from_json, preset_to_json
from esign_desktop.store.files.preset_files import PresetFiles
from esign_desktop.store.tables.presets import Presets
from tests.domain.preset.test_preset import make_preset

if TYPE_CHECKING:
    from pathlib import Path

    from esign_desktop.domain.preset.preset import Preset
    from esign_desktop.store.database.connection import Database
    from esign_desktop.store.files.paths import AppPaths

PDF = b"%PDF-1.7 made up"
SHA256 = hashlib.sha256(PDF).hexdigest()


def another(name: str, key: int | None = None) -> Preset:
    return make_preset(id=new_preset_id(), name=name, function_key=key)


def test_preset_survives_json_with_every_field() -> None:
    preset = make_preset(function_key=3, home=PresetHome(EnvironmentKind.TEST, "project"))
    fields = FormField("name", CustomerDatum.NAME, SignerId("role 1")), FormField("x", text="y")
    template = TemplateFilling("t", preset_fields=fields)
    preset = replace(preset, documents=(*preset.documents, preset.documents[0].created_from(template)))
    assert preset_from_json(preset_to_json(preset)) == preset


def test_a_stored_document_cannot_name_a_file() -> None:
    stored = json.loads(preset_to_json(make_preset()))
    (document,) = stored["preset"]["documents"]
    assert set(document) == {"slot", "name", "fingerprint", "source"}
    for part in (document, document["fingerprint"], document["source"]):
        part |= {"path": "/etc/passwd", "id": "another", "template": {"template_id": "t"}}
    assert preset_from_json(json.dumps(stored)).documents == make_preset().documents
    document["source"]["type"] = "another"
    with pytest.raises(StoreError):
        preset_from_json(json.dumps(stored))


@pytest.mark.parametrize(
    "text", ["", "{}", "null", '{"format": 2, "preset": {}}', '{"format": 1, "preset": {"id": 1}}']
)
def test_text_that_is_no_preset_is_refused(text: str) -> None:
    with pytest.raises(StoreError) as caught:
        preset_from_json(text)
    assert caught.value.code == "store.bad_preset"


def test_nothing_of_the_customer_is_kept() -> None:
    kept = preset_to_json(make_preset()).encode("ascii").decode("unicode-escape")
    assert "借款合同" in kept
    assert "张三" not in kept


def test_presets_are_kept_those_on_a_key_first(database: Database) -> None:
    presets = Presets(database)
    for preset in (another("b"), another("a"), another("z", 3)):
        presets.save(preset, saved_at_ms=1)
    assert [preset.name for preset in presets.list()] == ["z", "a", "b"]


def test_key_belongs_to_one_preset(database: Database) -> None:
    presets = Presets(database)
    one, other = another("one", 2), another("other")
    presets.save(one, saved_at_ms=1)
    presets.save(other, saved_at_ms=1)

    presets.assign_key(other.id, 2)
    assert [(preset.name, preset.function_key) for preset in presets.list()] == [("other", 2), ("one", None)]
    presets.save(replace(one, function_key=2), saved_at_ms=2)
    assert [(preset.name, preset.function_key) for preset in presets.list()] == [("one", 2), ("other", None)]
    presets.assign_key(one.id, None)
    assert presets.get(one.id).function_key is None


def test_preset_that_is_not_there_is_told(database: Database) -> None:
    with pytest.raises(StoreError) as caught:
        Presets(database).get(PresetId("none"))
    assert caught.value.code == "store.no_such_preset"


def test_deleted_preset_leaves_no_byte_of_its_staff(database: Database, paths: AppPaths) -> None:
    presets = Presets(database)
    preset = with_staff(another("one"), SignerId("role 3"), Person("行长", "110101199003071234"))
    presets.save(preset, saved_at_ms=1)
    presets.delete(preset.id)
    assert presets.list() == ()
    for path in paths.data_dir.rglob("*"):
        assert not path.is_file() or b"110101199003071234" not in path.read_bytes()


def test_preset_that_cannot_be_read_does_not_hide_the_others(database: Database) -> None:
    presets = Presets(database)
    presets.save(another("good"), saved_at_ms=1)
    database.run(lambda connection: connection.execute("INSERT INTO presets VALUES ('x', 'bad', NULL, 1, '{}')"))
    assert [preset.name for preset in presets.list()] == ["good"]


def test_pdf_is_kept_under_its_hash_and_closed_to_others(tmp_path: Path) -> None:
    files = PresetFiles(tmp_path / "presets")
    path = files.keep(io.BytesIO(PDF), SHA256, max_bytes=100)
    assert files.has(SHA256)
    assert path.read_bytes() == PDF
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert files.keep(io.BytesIO(PDF), SHA256, max_bytes=100) == path
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize(
    ("content", "max_bytes", "code"),
    [(PDF + b"!", 100, "store.preset_file_changed"), (PDF, 5, "store.preset_too_large")],
)
def test_pdf_that_is_not_what_was_promised_leaves_nothing(
    tmp_path: Path, content: bytes, max_bytes: int, code: str
) -> None:
    files = PresetFiles(tmp_path / "presets")
    with pytest.raises(StoreError) as caught:
        files.keep(io.BytesIO(content), SHA256, max_bytes=max_bytes)
    assert caught.value.code == code
    assert list((tmp_path / "presets").iterdir()) == []


@pytest.mark.parametrize("sha256", ["", "../evil", "A" * 64, SHA256 + "/x"])
def test_name_that_is_no_hash_reaches_no_file(tmp_path: Path, sha256: str) -> None:
    with pytest.raises(StoreError) as caught:
        PresetFiles(tmp_path).path(sha256)
    assert caught.value.code == "store.bad_preset"


def test_sweeping_leaves_what_is_wanted(tmp_path: Path) -> None:
    files = PresetFiles(tmp_path / "presets")
    files.sweep([])
    files.keep(io.BytesIO(PDF), SHA256, max_bytes=100)
    other = files.keep(io.BytesIO(b"%PDF"), hashlib.sha256(b"%PDF").hexdigest(), max_bytes=100)
    files.sweep([SHA256])
    assert files.has(SHA256)
    assert not other.exists()


def test_sweeping_leaves_what_is_being_written(tmp_path: Path) -> None:
    files, content = PresetFiles(tmp_path / "presets"), b"%PDF- one"

    class Sweeping(io.BytesIO):
        """Is read while somebody deletes another preset."""

        @override
        def read(self, size: int | None = -1) -> bytes:
            files.sweep(())
            return super().read(size)

    sha256 = hashlib.sha256(content).hexdigest()
    assert files.keep(Sweeping(content), sha256, max_bytes=100).read_bytes() == content
    (tmp_path / "presets" / "left by a crash.part").write_bytes(b"")
    files.sweep({sha256})
    assert [path.name for path in (tmp_path / "presets").iterdir()] == [f"{sha256}.pdf"]


def test_unwritable_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "presets").write_text("", encoding="utf-8")
    with pytest.raises(StoreError) as caught:
        PresetFiles(tmp_path / "presets").keep(io.BytesIO(PDF), SHA256, max_bytes=100)
    assert caught.value.code == "store.unwritable"
