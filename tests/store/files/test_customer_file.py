from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from esign_desktop.domain.account import PersonIdType
from esign_desktop.domain.errors import InputError
from esign_desktop.domain.people.documents import DOCUMENT_WORDS
from esign_desktop.domain.people.handover import HandedCustomer
from esign_desktop.store.files.customer_file import MAX_BYTES, read_customer, read_named, take_linked, with_preset
from esign_desktop.ui.resources import resource_path
from esign_desktop.ui.text.errors.sentences import error_sentence
from tests.conftest import REPOSITORY
from tests.open_files import keep_open_files

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA = resource_path("customer.schema.json")
NAME, NUMBER, MOBILE = "张示例", "110101199003078515", "13800000000"
WHOLE = {"version": 1, "name": NAME, "number": NUMBER, "mobile": MOBILE}


def read(content: dict[str, Any] | bytes) -> HandedCustomer:
    return read_customer(content if isinstance(content, bytes) else json.dumps(content).encode(), SCHEMA)


def test_customer_is_read_as_it_was_handed_over() -> None:
    told = {"document": "passport", "preset": 3, "reference": "loan-2026/17", "answers": {"金额": "5000"}}
    assert read({**WHOLE, **told}) == HandedCustomer(
        NAME, NUMBER, PersonIdType.PASSPORT, MOBILE, 3, "loan-2026/17", {"金额": "5000"}
    )
    assert read(WHOLE).line == f"{NAME} {NUMBER} {MOBILE}"
    assert read({**WHOLE, **told}).line == f"{NAME} 护照 {NUMBER} {MOBILE}"
    assert read(with_preset(json.dumps(WHOLE).encode(), 5)).preset_key == 5


def test_schema_names_every_document() -> None:
    named = json.loads(SCHEMA.read_bytes())["properties"]["document"]["enum"]
    assert {PersonIdType[name.upper()] for name in named} == set(DOCUMENT_WORDS)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"{", "handover.not_json"),
        (b'{"version": 1, "name": "\xff"}', "handover.not_json"),
        (b" " * (MAX_BYTES + 1), "handover.too_large"),
        ({"version": 1, "name": NAME}, "handover.missing"),
        ({**WHOLE, "number": f"{NUMBER} {NUMBER}"}, "handover.malformed"),
        ({**WHOLE, "mobile": f"+86 {MOBILE}"}, "handover.malformed"),
        ({**WHOLE, "preset": 9}, "handover.out_of_range"),
        ({**WHOLE, "document": NUMBER}, "handover.not_among"),
        ({**WHOLE, "reference": NAME}, "handover.malformed"),
        ({**WHOLE, "answers": {"金额": 5000}}, "handover.wrong_type"),
    ],
)
def test_what_is_refused_tells_nothing_of_the_customer(content: dict[str, Any] | bytes, code: str) -> None:
    with pytest.raises(InputError) as caught:
        read(content)
    assert caught.value.code == code
    told = f"{caught.value} {caught.value.params} {error_sentence(caught.value)} {caught.value.__cause__}"
    assert not any(secret in told for secret in (NAME, NUMBER, MOBILE))
    assert NUMBER not in repr(read(WHOLE))


@pytest.mark.parametrize("keeps_open_files", [False, True])
def test_a_link_works_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, keeps_open_files: bool) -> None:
    if keeps_open_files:
        keep_open_files(monkeypatch)
    path = tmp_path / "one-time-name.json"
    path.touch(0o600)
    path.write_bytes(b"told")
    assert take_linked("esign-desktop:customer/one-time-name", tmp_path) == b"told"
    assert not path.exists()
    with pytest.raises(InputError, match=r"handover\.link_used"):
        take_linked("esign-desktop://customer/one-time-name/", tmp_path)


@pytest.mark.skipif(sys.platform == "win32" or os.getuid() != 0, reason="gives folders to another user")
@pytest.mark.parametrize("place", ["runtime", "runtime/esign-desktop"])
def test_a_folder_of_another_user_gives_no_customer(tmp_path: Path, place: str) -> None:
    folder = tmp_path / "runtime" / "esign-desktop"
    folder.mkdir(parents=True)
    path = folder / "one-time-name.json"
    path.touch(0o600)
    os.chown(tmp_path / place, 65534, 65534)
    with pytest.raises(InputError, match=r"handover\.not_private"):
        take_linked("esign-desktop:customer/one-time-name", folder)
    assert not path.exists()


@pytest.mark.parametrize(
    "link", ["esign-desktop:customer/../../etc/passwd", "esign-desktop:customer/", "esign-desktop:x"]
)
def test_a_link_names_nothing_outside_of_its_folder(link: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"handover\.bad_link"):
        take_linked(link, tmp_path)


@pytest.mark.skipif(sys.platform == "win32", reason="modes of files")
def test_what_somebody_else_may_have_laid_there_is_not_taken(tmp_path: Path) -> None:
    link = "esign-desktop:customer/one-time-name"
    path = tmp_path / "one-time-name.json"
    path.write_bytes(b"told")
    path.chmod(0o644)
    for kind in ("others can read it", "a link", "a pipe", *(["of somebody else"] if os.getuid() == 0 else [])):
        if kind == "a link":
            path.symlink_to("/etc/hostname")
        elif kind == "a pipe":
            os.mkfifo(path, 0o600)
        elif kind == "of somebody else":
            path.touch(0o600)
            os.chown(path, 65534, 65534)
        with pytest.raises(InputError, match=r"handover\.not_private"):
            take_linked(link, tmp_path)
        assert not os.path.lexists(path), kind


@pytest.mark.parametrize("name", ["seven-1", "x" * 65])
def test_a_name_of_the_wrong_length_is_told_with_the_rule_and_its_file_deleted(name: str, tmp_path: Path) -> None:
    path = tmp_path / f"{name}.json"
    path.touch(0o600)
    with pytest.raises(InputError, match=r"handover\.bad_name") as caught:
        take_linked(f"esign-desktop:customer/{name}", tmp_path)
    assert "8 to 64 characters" in error_sentence(caught.value).text
    assert not path.exists()
    assert "8 to 64" in error_sentence(InputError("handover.bad_link", least=8, most=64)).text


@pytest.mark.skipif(sys.platform == "win32", reason="pipes with names")
@pytest.mark.parametrize("kind", ["no_file", "no_access", "silent"])
def test_a_file_that_tells_nothing_is_told(kind: str, tmp_path: Path) -> None:
    path = tmp_path / kind
    if kind == "no_access":
        path.mkdir()
    elif kind == "silent":
        os.mkfifo(path)
    with pytest.raises(InputError, match=rf"handover\.{kind}") as caught:
        read_named(str(path), patience_s=0.3)
    assert kind in {"no_file", "no_access"} or "0 seconds" in error_sentence(caught.value).text
    if kind == "silent":
        # Whoever writes at last ends the reader, too.
        path.write_bytes(b"late")


@pytest.mark.skipif(sys.platform == "win32", reason="a file without an end")
def test_of_what_never_ends_only_the_beginning_is_read() -> None:
    assert len(read_named("/dev/zero")) == MAX_BYTES + 1


HOSTILE = """
import json, re, sys, time
from pathlib import Path
from esign_desktop.app.handover import reference_in
from esign_desktop.domain.errors import InputError
from esign_desktop.store.files.customer_file import MAX_BYTES, read_customer, read_named, take_linked

def kib(name):
    return int(re.search(name + r":\\s+(\\d+)", Path("/proc/self/status").read_text())[1])

def fitting(start, one, end):
    return start + one * ((MAX_BYTES - len(start) - len(end)) // len(one)) + end

begun = '{"version": 1, "name": "ab", "number": "cdef", '
answers = begun + '"answers": {'
marks = chr(0x301) + chr(0x327)
contents = {
    "names": "{" + ",".join(f'"{number:x}":0' for number in range(7000)) + "}",
    "answers": answers + ",".join(f'"{number:x}":""' for number in range(6000)) + "}}",
    "objects": answers + ",".join(f'"{number:x}":{{}}' for number in range(6000)) + "}}",
    "lists": fitting("[", "[],", "[]]"),
    "deep lists": "[" * MAX_BYTES,
    "deep objects": '{"a":' * 10_000,
    "a huge number": '{"version": ' + "9" * 60_000 + "}",
    "a huge fraction": '{"version": 1e99999}',
    "marks": '{"version": 1, "number": "cdef", "name": "' + marks * 15_000 + '"}',
    "an answer of marks": answers + '"a": "' + marks * 15_000 + '"}}',
    "blanks": " " * MAX_BYTES,
    "large": begun + '"mobile": "' + "1" * (5 << 20) + '"}',
    "many megabytes of lists": "[" + "[]," * 1_700_000 + "[]]",
}
folder, schema = Path(sys.argv[1]), Path(sys.argv[2])
read_customer((begun + '"preset": 2}').encode(), schema)
for name, content in contents.items():
    path = folder / "hostile-file.json"
    for way in ("named", "linked"):
        path.touch(0o600)
        path.write_text(content)
        Path("/proc/self/clear_refs").write_text("5")
        before, began = kib("VmRSS"), time.process_time()
        try:
            link = "esign-desktop:customer/hostile-file"
            data = read_named(str(path)) if way == "named" else take_linked(link, folder)
            reference_in(data)
            read_customer(data, schema)
            code = "read"
        except InputError as error:
            code = error.code
        print(json.dumps([name, code, time.process_time() - began, (kib("VmHWM") - before) / 1024]))
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads the memory from /proc")
def test_a_hostile_file_takes_little_memory_and_time(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    command = [sys.executable, "-c", HOSTILE, str(tmp_path), str(SCHEMA)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=REPOSITORY)
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(found) == 2 * 13
    for name, code, took_s, grown_mib in found:
        assert code.startswith("handover."), name
        assert took_s < 2.0, name
        assert grown_mib < 64.0, name
