"""Preset files of strangers: what is not exactly what was asked for is refused, and leaves nothing."""

from __future__ import annotations

import hashlib
import io
import json
import struct
import subprocess
import sys
import time
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from esign_desktop.domain.account import Person
from esign_desktop.domain.document import DocumentId
from esign_desktop.domain.errors import InputError, StoreError
from esign_desktop.domain.options import AccountParty, FlowOptions
from esign_desktop.domain.preset.preset import with_staff
from esign_desktop.domain.signer import OpenSigner, PersonSigner, SignerId
from esign_desktop.services.presets import exchange as preset_exchange
from esign_desktop.services.presets.exchange import read_preset_file, write_preset_file
from esign_desktop.store.codec import PRESET_FORMAT, preset_to_json
from esign_desktop.store.files.preset_files import PresetFiles
from tests.domain.preset.test_preset import make_preset

if TYPE_CHECKING:
    from pathlib import Path

    from esign_desktop.domain.preset.preset import Preset

PDF = b"%PDF-1.7 made up"
SHA256 = hashlib.sha256(PDF).hexdigest()


def preset() -> Preset:
    made = make_preset()
    return replace(made, documents=(replace(made.documents[0], sha256=SHA256, size_bytes=len(PDF)),))


def manifest(**changes: Any) -> bytes:
    body = {"kind": "esign-desktop preset", "preset": json.loads(preset_to_json(preset())), **changes}
    return json.dumps(body).encode()


def write(path: Path, *entries: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return path


def whole() -> list[tuple[str, bytes]]:
    return [("manifest.json", manifest()), (f"{SHA256}.pdf", PDF)]


@pytest.fixture
def files(tmp_path: Path) -> PresetFiles:
    return PresetFiles(tmp_path / "presets")


def refusal(path: Path, files: PresetFiles, tmp_path: Path) -> str:
    with pytest.raises(InputError) as caught:
        read_preset_file(path, files)
    kept = tmp_path / "presets"
    assert not kept.exists() or list(kept.iterdir()) == []
    assert str(tmp_path) not in str(caught.value)
    return caught.value.code


def test_what_was_written_is_read_again_without_anybodys_number(tmp_path: Path, files: PresetFiles) -> None:
    files.keep(io.BytesIO(PDF), SHA256, max_bytes=100)
    mine = with_staff(
        replace(preset(), function_key=2), SignerId("role 3"), Person("行长", "110101199003071234", third_id="t")
    )
    target = tmp_path / "借款.esignpreset"
    write_preset_file(mine, files, target)

    taken = read_preset_file(target, PresetFiles(tmp_path / "elsewhere")).fresh

    assert (tmp_path / "elsewhere" / f"{SHA256}.pdf").read_bytes() == PDF
    assert (taken.id, taken.placements, taken.function_key) == (mine.id, mine.placements, None)
    assert taken.options == mine.options
    staff = taken.signers[2]
    assert isinstance(staff, PersonSigner)
    assert staff.person == Person("行长")
    assert list(target.parent.glob(".*")) == []
    with zipfile.ZipFile(target) as archive:
        assert b"110101199003071234" not in archive.read("manifest.json")


def test_numbers_that_a_stranger_put_into_the_file_are_not_taken_in(tmp_path: Path, files: PresetFiles) -> None:
    loud = with_staff(replace(preset(), function_key=2), SignerId("role 3"), Person("行长", "123", third_id="t"))
    body = json.dumps({"kind": "esign-desktop preset", "preset": json.loads(preset_to_json(loud))}).encode()
    taken = read_preset_file(write(tmp_path / "x.zip", ("manifest.json", body), (f"{SHA256}.pdf", PDF)), files).fresh
    staff = taken.signers[2]
    assert isinstance(staff, PersonSigner)
    assert staff.person == Person("行长")
    assert taken.function_key is None


def bad_contents() -> dict[str, list[tuple[str, bytes]]]:
    unsound = preset_to_json(replace(preset(), name=""))
    return {
        "no manifest": whole()[1:],
        "no PDF": whole()[:1],
        "one file too many": [*whole(), ("evil.exe", b"MZ")],
        "a path": [whole()[0], (f"../{SHA256}.pdf", PDF)],
        "an absolute path": [whole()[0], (f"/tmp/{SHA256}.pdf", PDF)],  # noqa: S108  nothing is written there
        "another content": [whole()[0], (f"{SHA256}.pdf", PDF + b"!")],
        "no PDF in it": [whole()[0], (f"{SHA256}.pdf", b"MZ")],
        "manifest is no JSON": [("manifest.json", b"{"), whole()[1]],
        "manifest is a list": [("manifest.json", b"[]"), whole()[1]],
        "manifest is deep": [("manifest.json", b"[" * 100_000), whole()[1]],
        "another kind": [("manifest.json", manifest(kind="something else")), whole()[1]],
        "no preset": [("manifest.json", manifest(preset=None)), whole()[1]],
        "unsound preset": [("manifest.json", manifest(preset=json.loads(unsound))), whole()[1]],
        "many entries": [*whole(), *((f"{n}.pdf", PDF) for n in range(30))],
    }


@pytest.mark.parametrize("name", bad_contents())
def test_file_that_holds_something_else_is_refused(tmp_path: Path, files: PresetFiles, name: str) -> None:
    path = write(tmp_path / "x.esignpreset", *bad_contents()[name])
    assert refusal(path, files, tmp_path) == "preset.not_a_preset"


def test_name_that_comes_twice_is_refused(tmp_path: Path, files: PresetFiles) -> None:
    with pytest.warns(UserWarning, match="Duplicate"):
        path = write(tmp_path / "x.esignpreset", *whole(), whole()[1])
    assert refusal(path, files, tmp_path) == "preset.not_a_preset"


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"%PDF-1.7", b"\x00" * 5000])
def test_file_that_is_no_archive_is_refused(tmp_path: Path, files: PresetFiles, content: bytes) -> None:
    path = tmp_path / "x.esignpreset"
    path.write_bytes(content)
    assert refusal(path, files, tmp_path) == "preset.not_a_preset"


def test_missing_file_is_refused(tmp_path: Path, files: PresetFiles) -> None:
    assert refusal(tmp_path / "none", files, tmp_path) == "preset.not_a_preset"


def test_archive_cut_anywhere_is_refused(tmp_path: Path, files: PresetFiles) -> None:
    content = write(tmp_path / "whole", *whole()).read_bytes()
    path = tmp_path / "cut"
    for length in range(0, len(content), 97):
        path.write_bytes(content[:length])
        assert refusal(path, files, tmp_path) == "preset.not_a_preset"


def test_other_ways_of_packing_are_refused(tmp_path: Path, files: PresetFiles) -> None:
    for method in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        path = write(tmp_path / "x.esignpreset", *whole(), method=method)
        assert refusal(path, files, tmp_path) == "preset.not_a_preset"


@pytest.mark.parametrize("offset", [-1000, 1 << 31])
def test_entry_that_lies_outside_of_the_file_is_refused(tmp_path: Path, files: PresetFiles, offset: int) -> None:
    path = write(tmp_path / "x.esignpreset", *whole())
    content = bytearray(path.read_bytes())
    if offset < 0:
        # The archive is said to begin later than it does, so that its entries begin before the file.
        at = content.index(b"PK\x05\x06") + 16
        (start,) = struct.unpack_from("<I", content, at)
        struct.pack_into("<I", content, at, start - offset)
    else:
        struct.pack_into("<I", content, content.index(b"PK\x01\x02") + 42, offset)
    path.write_bytes(content)
    assert refusal(path, files, tmp_path) == "preset.not_a_preset"


def test_encrypted_entry_is_refused(tmp_path: Path, files: PresetFiles) -> None:
    content = bytearray(write(tmp_path / "x.esignpreset", *whole()).read_bytes())
    at = content.index(b"PK\x01\x02")
    struct.pack_into("<H", content, at + 8, 1)
    (tmp_path / "x.esignpreset").write_bytes(content)
    assert refusal(tmp_path / "x.esignpreset", files, tmp_path) == "preset.not_a_preset"


@pytest.mark.parametrize("limit", ["MAX_PDF_BYTES", "MAX_MANIFEST_BYTES"])
def test_what_is_too_large_is_refused_before_it_is_read(
    tmp_path: Path, files: PresetFiles, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    monkeypatch.setattr(preset_exchange, limit, 10)
    assert refusal(write(tmp_path / "x.esignpreset", *whole()), files, tmp_path) == "preset.too_large"


@pytest.mark.parametrize("at", ["local", "central"])
def test_declared_size_that_is_a_lie_is_not_believed(tmp_path: Path, files: PresetFiles, at: str) -> None:
    bomb = write(tmp_path / "x.esignpreset", ("manifest.json", b" " * (5 * 1024 * 1024)), whole()[1])
    content = bytearray(bomb.read_bytes())
    if at == "central":
        struct.pack_into("<I", content, content.index(b"PK\x01\x02") + 24, 100)
    else:
        struct.pack_into("<I", content, content.index(b"PK\x03\x04") + 22, 100)
    bomb.write_bytes(content)
    assert refusal(bomb, files, tmp_path) in {"preset.not_a_preset", "preset.too_large"}


def test_target_that_cannot_be_written_is_told_and_what_was_there_stays(tmp_path: Path, files: PresetFiles) -> None:
    files.keep(io.BytesIO(PDF), SHA256, max_bytes=100)
    with pytest.raises(StoreError) as caught:
        write_preset_file(preset(), files, tmp_path / "no folder" / "x.esignpreset")
    assert caught.value.code == "store.unwritable"
    (tmp_path / "presets" / f"{SHA256}.pdf").unlink()
    target = tmp_path / "x.esignpreset"
    target.write_bytes(b"before")
    with pytest.raises(StoreError):
        write_preset_file(preset(), files, target)
    assert target.read_bytes() == b"before"


def test_a_file_of_a_newer_version_is_called_that(tmp_path: Path, files: PresetFiles) -> None:
    body = {**json.loads(preset_to_json(preset())), "format": PRESET_FORMAT + 1}
    path = write(tmp_path / "x.zip", ("manifest.json", manifest(preset=body)), whole()[1])
    assert refusal(path, files, tmp_path) == "preset.newer"


def test_a_file_says_who_made_it_and_when(tmp_path: Path, files: PresetFiles) -> None:
    files.keep(io.BytesIO(PDF), SHA256, max_bytes=100)
    target = tmp_path / "x.esignpreset"
    write_preset_file(preset(), files, target, made_by="总行 王" + "x" * 500, made_at_ms=1_800_000_000_000)
    found = read_preset_file(target, files)
    assert found.made_by == ("总行 王" + "x" * 500)[:100]
    assert found.made_at_ms == 1_800_000_000_000


@pytest.mark.parametrize(
    "made",
    [
        {},
        {"made_by": 5, "made_at_ms": "now"},
        {"made_at_ms": True},
        {"made_at_ms": 0},
        {"made_at_ms": 4_102_444_800_000},
    ],
)
def test_what_a_file_says_about_its_maker_is_believed_only_in_its_form(
    tmp_path: Path, files: PresetFiles, made: dict[str, Any]
) -> None:
    path = write(tmp_path / "x.zip", ("manifest.json", manifest(**made)), whole()[1])
    found = read_preset_file(path, files)
    assert (found.made_by, found.made_at_ms) == ("", None)


def many_pdfs(count: int, size_bytes: int) -> list[tuple[str, bytes]]:
    pdfs = [PDF + bytes([number]) + b" " * size_bytes for number in range(count)]
    made = make_preset()
    documents = tuple(
        replace(
            made.documents[0],
            id=DocumentId(f"document {number}"),
            sha256=hashlib.sha256(pdf).hexdigest(),
            size_bytes=len(pdf),
        )
        for number, pdf in enumerate(pdfs, 1)
    )
    body = {
        "kind": "esign-desktop preset",
        "preset": json.loads(preset_to_json(replace(made, documents=documents))),
    }
    named = [(f"{hashlib.sha256(pdf).hexdigest()}.pdf", pdf) for pdf in pdfs]
    return [("manifest.json", json.dumps(body).encode()), *named]


def test_all_that_is_packed_in_one_file_has_a_measure(tmp_path: Path, files: PresetFiles) -> None:
    # Packed, it has some 80 KiB.
    path = write(tmp_path / "x.esignpreset", *many_pdfs(7, 10 * 1024 * 1024))
    assert path.stat().st_size < 1024 * 1024
    assert refusal(path, files, tmp_path) == "preset.too_large"


def test_a_file_that_is_too_large_itself_is_not_read(tmp_path: Path, files: PresetFiles) -> None:
    path = write(tmp_path / "x.esignpreset", *whole())
    content = path.read_bytes()
    path.write_bytes(b" " * (65 * 1024 * 1024) + content)
    assert refusal(path, files, tmp_path) == "preset.too_large"


def test_a_long_list_of_entries_is_not_read_to_its_end(tmp_path: Path, files: PresetFiles) -> None:
    path = tmp_path / "x.esignpreset"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(20_000):
            archive.writestr(f"{number}", b"")
    begun_s = time.process_time()
    assert refusal(path, files, tmp_path) == "preset.not_a_preset"
    assert time.process_time() - begun_s < 0.05


def damaged(path: Path) -> Path:
    """Spoil the compressed bytes of the manifest, not the archive around them."""
    write(path, *whole())
    with zipfile.ZipFile(path) as archive:
        entry = archive.getinfo("manifest.json")
    content = bytearray(path.read_bytes())
    start = entry.header_offset + 30 + len(entry.filename)
    content[start : start + 40] = b"\xff" * 40
    path.write_bytes(content)
    return path


def test_a_damaged_entry_is_refused(tmp_path: Path, files: PresetFiles) -> None:
    assert refusal(damaged(tmp_path / "x.esignpreset"), files, tmp_path) == "preset.not_a_preset"


MEASURED = """
import re, sys, time
from pathlib import Path
from esign_desktop.domain.errors import InputError
from esign_desktop.services.presets.exchange import read_preset_file
from esign_desktop.store.files.preset_files import PresetFiles
from esign_desktop.store import codec
codec._converter()

def kib(name):
    return int(re.search(name + r":\\s+(\\d+)", Path("/proc/self/status").read_text())[1])

Path("/proc/self/clear_refs").write_text("5")
before, began = kib("VmRSS"), time.process_time()
try:
    read_preset_file(Path(sys.argv[1]), PresetFiles(Path(sys.argv[2])))
    code = "read"
except InputError as error:
    code = error.code
print(code, time.process_time() - began, (kib("VmHWM") - before) / 1024)
"""


def hostile() -> dict[str, list[tuple[str, bytes]]]:
    body = json.loads(preset_to_json(preset()))
    pdf = (f"{SHA256}.pdf", PDF)

    def with_seals(seals: str) -> list[tuple[str, bytes]]:
        plain = json.dumps({"kind": "esign-desktop preset", "preset": body}).replace(
            '"seals": [', f'"seals": [{seals}', 1
        )
        return [("manifest.json", plain.encode()), pdf]

    zeros = PDF + bytes(48 << 20)
    made = preset()
    kept = replace(made.documents[0], sha256=hashlib.sha256(zeros).hexdigest(), size_bytes=len(zeros))
    made = replace(made, documents=(kept,))
    large = json.loads(preset_to_json(made))
    most = preset_exchange.MAX_MANIFEST_VALUES
    names = ",".join(f'"{number}":0' for number in range(most - 2000))
    return {
        "wrong seals": with_seals("{}," * 1_300_000),
        "wrong seals below the limit": with_seals("{}," * (most // 2 - 2000)),
        "lists": with_seals("[]," * 1_300_000),
        "one list in another": with_seals("[" * 2_000_000),
        "names below the limit": with_seals("{" + names + "},"),
        "one long text": [("manifest.json", ('"' + "x" * 4_100_000 + '\U0001f600"').encode()), pdf],
        "a long name": [("manifest.json", manifest(made_by="x" * 4_000_000 + "\U0001f600")), pdf],
        "a large PDF": [
            ("manifest.json", json.dumps({"kind": "esign-desktop preset", "preset": large}).encode()),
            (f"{hashlib.sha256(zeros).hexdigest()}.pdf", zeros),
        ],
    }


GOOD = {"a long name", "a large PDF"}
HOSTILE = (
    *("wrong seals", "wrong seals below the limit", "lists", "one list in another", "names below the limit"),
    *("one long text", *sorted(GOOD)),
)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads the memory from /proc")
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_takes_little_memory_and_time(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / "x.esignpreset", *hostile()[name])
    assert path.stat().st_size < 5 << 20
    command = [sys.executable, "-c", MEASURED, str(path), str(tmp_path / "presets")]
    code, took_s, grown_mib = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    assert code in ({"read"} if name in GOOD else {"preset.not_a_preset", "preset.too_large"})
    assert float(took_s) < 2.0
    assert float(grown_mib) < 64.0


def test_what_nobody_could_take_in_is_not_written(tmp_path: Path, files: PresetFiles) -> None:
    large = PDF + b" " * (61 * 1024 * 1024)
    sha256 = hashlib.sha256(large).hexdigest()
    files.keep(io.BytesIO(large), sha256, max_bytes=len(large))
    made = replace(preset(), documents=(replace(preset().documents[0], sha256=sha256, size_bytes=len(large)),))
    with pytest.raises(InputError) as caught:
        write_preset_file(made, files, tmp_path / "x.esignpreset")
    assert caught.value.code == "preset.too_large"
    assert not (tmp_path / "x.esignpreset").exists()


@pytest.mark.parametrize(
    "changes",
    [
        {"options": FlowOptions(business_scene="长" * 201)},
        {"options": FlowOptions(redirect_url="https://example.com/" + "x" * 2000)},
        {"options": FlowOptions(redirect_url="http://example.com/")},
        {"options": FlowOptions(payer=AccountParty("x" * 201))},
        {"signers": (OpenSigner(SignerId("role 1"), "长" * 201), *make_preset().signers[1:])},
    ],
)
def test_texts_out_of_all_measure_are_refused(tmp_path: Path, files: PresetFiles, changes: dict[str, Any]) -> None:
    body = json.loads(preset_to_json(replace(preset(), **changes)))
    path = write(tmp_path / "x.zip", ("manifest.json", manifest(preset=body)), whole()[1])
    assert refusal(path, files, tmp_path) == "preset.not_a_preset"
