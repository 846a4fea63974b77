from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from esign_desktop.domain.cost import Tier
from esign_desktop.domain.environment import EnvironmentKind
from esign_desktop.domain.errors import InputError
from esign_desktop.domain.file_names import FolderLayout
from esign_desktop.domain.policy import NO_POLICY, Policy
from esign_desktop.store.files.policy_file import MAX_BYTES, read_policy
from esign_desktop.ui.resources import resource_path
from esign_desktop.ui.shell.rail import RoomName
from esign_desktop.ui.text.errors.sentences import error_sentence

SCHEMA = resource_path("policy.schema.json")


def read(folder: Path, content: dict[str, Any] | str) -> Policy:
    path = folder / "policy.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    return read_policy(path, SCHEMA)


def test_without_a_file_there_is_no_policy(tmp_path: Path) -> None:
    assert read_policy(tmp_path / "policy.json", SCHEMA) == NO_POLICY


def test_a_policy_that_users_could_have_changed_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "policy.json"
    path.write_text('{"version": 1, "language": "en"}', "utf-8")
    monkeypatch.setattr("esign_desktop.store.files.policy_file.find_weakness", lambda place: ("not_protected", place))
    assert read_policy(path, SCHEMA).language == "en", "only this computer's own policy is judged"
    monkeypatch.setattr("esign_desktop.store.files.policy_file.system_policy_path", lambda: path)
    with pytest.raises(InputError, match=r"policy\.not_protected") as caught:
        read_policy(path, SCHEMA)
    assert str(path) in error_sentence(caught.value).text


def test_all_that_a_policy_can_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    found = read(
        tmp_path,
        {
            "version": 1,
            "environment": "production",
            "address": "https://sign.bank.example/rest",
            "project": "1111563517",
            "proxy": "http://proxy.bank.example:3128",
            "language": "zh_CN",
            "folders": {"downloads": "~/signed", "layout": "month", "presets": "/srv/presets", "days": "/srv/days"},
            "preset_digests": ["0" * 64],
            "title": "{合同} – {客户}",
            "results": "~/results.jsonl",
            "price": {"yuan": 18_000, "contracts": 4_000},
            "rooms": ["prepare", "counter"],
            "counter_only": True,
            "pin_digits": 6,
            "pin_days": 90,
            "lock_after_minutes": 5,
            "keep_hours": 24,
            "log_level": "warning",
            "second_person": True,
            "tellers": "administrator",
            "needs_teller": True,
            "remember_forms": False,
            "data_folder": "~/esign",
            "audit_to": "udp://log.bank.example:514",
            "keys": {"F8": "deposit.esignpreset", "F2": "借款.esignpreset"},
        },
    )
    assert found == Policy(
        EnvironmentKind.PRODUCTION,
        "https://sign.bank.example/rest",
        "1111563517",
        "http://proxy.bank.example:3128",
        "zh_CN",
        tmp_path / "signed",
        Path("/srv/presets"),
        frozenset({"0" * 64}),
        Path("/srv/days"),
        tmp_path / "results.jsonl",
        Tier(18_000, 4_000),
        frozenset({"prepare", "counter"}),
        is_counter_only=True,
        pin_digits=6,
        pin_days=90,
        lock_after_minutes=5,
        keep_hours=24,
        log_level="warning",
        needs_second_person=True,
        are_tellers_by_administrator=True,
        needs_teller=True,
        remembers_forms=False,
        data_folder=tmp_path / "esign",
        audit_to="udp://log.bank.example:514",
        preset_keys=((2, "借款.esignpreset"), (8, "deposit.esignpreset")),
        folder_layout=FolderLayout.MONTH,
        title_rule="{合同} – {客户}",
    )
    assert set(json.loads(SCHEMA.read_bytes())["properties"]) == {
        *("version", "environment", "address", "project", "proxy", "language", "folders", "results", "price", "rooms"),
        *("counter_only", "pin_digits", "lock_after_minutes", "keep_hours", "log_level"),
        *("second_person", "tellers", "audit_to", "keys", "preset_digests", "needs_teller", "data_folder"),
        *("remember_forms", "title", "pin_days"),
    }


def test_schema_names_the_rooms_that_there_are() -> None:
    named = json.loads(SCHEMA.read_bytes())["properties"]["rooms"]["items"]["enum"]
    assert set(named) == {*RoomName, "counter", "templates"}


@pytest.mark.parametrize("listed", [["prepare"], ["prepare", "templates"], ["prepare", "presets"]])
def test_presets_are_available_whichever_name_a_policy_gives_them(tmp_path: Path, listed: list[str]) -> None:
    policy = read(tmp_path, {"version": 1, "rooms": listed})
    assert policy.has_room(RoomName.PRESETS)
    assert not policy.has_room(RoomName.BULK)


@pytest.mark.parametrize(
    ("content", "code", "place", "value"),
    [
        ("{", "policy.not_json", "–", "1:2"),
        ("[" * 20_000, "policy.not_json", "–", ""),
        ('{"version": 1, "version": 1}', "policy.twice", "version", ""),
        ("[]", "policy.wrong_type", "–", "object"),
        ({}, "policy.missing", "–", "version"),
        ({"version": 2}, "policy.not_among", "version", "1"),
        ({"version": 1, "surroundings": "test"}, "policy.unknown", "–", "surroundings"),
        ({"version": 1, "folders": {"down": "/x"}}, "policy.unknown", "folders", "down"),
        ({"version": 1, "language": "de"}, "policy.not_among", "language", "zh_CN, en"),
        ({"version": 1, "rooms": ["track"]}, "policy.without", "rooms", "prepare"),
        ({"version": 1, "rooms": ["prepare", "prepare"]}, "policy.twice", "rooms", ""),
        ({"version": 1, "counter_only": True, "rooms": ["prepare"]}, "policy.without", "rooms", "counter"),
        ({"version": 1, "keys": {"F2": "a.esignpreset"}}, "policy.without", "folders", "presets"),
        ({"version": 1, "keys": {"F9": "a.esignpreset"}}, "policy.unknown", "keys", "F9"),
        ({"version": 1, "keys": {"F2": "../a.esignpreset"}}, "policy.malformed", "keys.F2", ""),
        ({"version": 1, "pin_digits": 9}, "policy.out_of_range", "pin_digits", "4–8"),
        ({"version": 1, "pin_digits": "6"}, "policy.wrong_type", "pin_digits", "integer"),
        ({"version": 1, "price": {"yuan": 1}}, "policy.missing", "price", "contracts"),
        ({"version": 1, "project": "p"}, "policy.needs", "project", "environment"),
        ({"version": 1, "environment": "own", "address": "http://x"}, "policy.malformed", "address", ""),
        ({"version": 1, "environment": "own", "proxy": "http://u:geheim@x"}, "policy.malformed", "proxy", ""),
        ({"version": 1, "environment": "own", "proxy": "http://x:65536"}, "policy.malformed", "proxy", ""),
        ({"version": 1, "preset_digests": ["0" * 64]}, "policy.needs", "preset_digests", "folders.presets"),
        ({"version": 1, "audit_to": "udp://log:99999"}, "policy.malformed", "audit_to", ""),
        ({"version": 1, "audit_to": "tcp://log:0"}, "policy.malformed", "audit_to", ""),
        ({"version": 1, "folders": {"downloads": "signed"}}, "policy.not_absolute", "folders.downloads", "signed"),
        (" " * (MAX_BYTES + 1), "policy.too_large", "–", "64"),
    ],
)
def test_policy_that_is_not_right_says_where_and_what(
    tmp_path: Path, content: dict[str, Any] | str, code: str, place: str, value: str
) -> None:
    with pytest.raises(InputError) as caught:
        read(tmp_path, content)
    found = caught.value
    assert (found.code, found.params["place"], found.params["value"]) == (code, place, value)
    sentence = error_sentence(found)
    assert "policy.json" in sentence.title
    assert "--check-policy" in sentence.remedy
    assert "geheim" not in f"{sentence} {found}"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_manual_names_every_key_of_the_policy_and_no_other(language: str) -> None:
    schema = json.loads(SCHEMA.read_bytes())["properties"]
    folders = {f"folders.{name}" for name in schema["folders"]["properties"]}
    page = (SCHEMA.parents[1] / "docs" / "manual" / language / "policy.md").read_text("utf-8")
    assert set(re.findall(r"^\| `([a-z_.]+)` \|", page, re.MULTILINE)) == set(schema) - {"folders"} | folders
    for name in ("rooms", "tellers", "environment", "log_level", "language"):
        (row,) = re.findall(rf"^\| `{name}` \| ([^|]*) \|", page, re.MULTILINE)
        known = schema[name].get("enum") or schema[name]["items"]["enum"]
        assert re.findall(r"`([A-Za-z_]+)`", row) == known
