from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from esign_desktop import __version__
from esign_desktop.app.arguments import Arguments, parse


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([], Arguments()),
        (["--sandbox"], Arguments(with_sandbox=True)),
        (
            ["a.pdf", "--sandbox", "b.pdf"],
            Arguments((Path("a.pdf").absolute(), Path("b.pdf").absolute()), with_sandbox=True),
        ),
        (["--data-dir", "d", "a.pdf"], Arguments((Path("a.pdf").absolute(),), data_dir=Path("d").absolute())),
        (["--counter", "--sandbox"], Arguments(counter=True, with_sandbox=True)),
        (["--install-desktop-entry"], Arguments(install_desktop_entry=True)),
        (["--remove-counter-pin"], Arguments(remove_counter_pin=True)),
        (["--add-teller", "甲", "--supervisor"], Arguments(add_teller="甲", supervisor=True)),
        (["--remove-teller", "甲", "--user", "clerk"], Arguments(remove_teller="甲", user="clerk")),
        (
            ["--self-test", "--pdf", "c.pdf", "--keyword", "乙方", "--output", "o"],
            Arguments(self_test=True, pdf=Path("c.pdf"), keyword="乙方", output=Path("o")),
        ),
    ],
)
def test_command_line_is_read(words: list[str], expected: Arguments) -> None:
    assert parse(words) == expected


def test_files_and_links_are_told_apart() -> None:
    found = parse(["file:///srv/%E5%90%88%E5%90%8C.pdf", "esign-desktop:customer/one-time-name"])
    assert found.files == (Path("/srv/合同.pdf"),)
    assert found.link == "esign-desktop:customer/one-time-name"
    for words in (["esign-desktop:a", "esign-desktop:b"], ["esign-desktop:a", "--customer-file", "-"]):
        with pytest.raises(SystemExit):
            parse(words)


@pytest.mark.parametrize(("key", "expected"), [("F3", 3), ("8", 8), ("f2", 2)])
def test_a_function_key_is_named_as_it_stands_on_the_keyboard(key: str, expected: int) -> None:
    assert parse(["--customer-file", "-", "--preset", key]).preset_key == expected


def test_usual_words_are_read_as_the_full_parser_reads_them() -> None:
    assert parse(["a.pdf", "--sandbox"]) == parse(["--sandbox", "--", "a.pdf"])


@pytest.mark.parametrize("words", [["--self-test"], ["--output", "o"], ["--sand"], ["--nonsense"]])
def test_mistakes_end_the_program_with_a_usage_line(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parse(words)
    assert ended.value.code == 2
    assert "usage: esign-desktop" in capsys.readouterr().err


ALONE_AND_TOGETHER = [
    (["--self-test"], "--output", ["--output", "o"]),
    (["--output", "o"], "--self-test or --calibrate", ["--calibrate"]),
    (["--scenario", "main"], "--self-test", ["--self-test", "--output", "o"]),
    (["--pdf", "c.pdf"], "--self-test", ["--self-test", "--output", "o"]),
    (["--keyword", "乙方"], "--self-test", ["--self-test", "--output", "o"]),
    (["--yes"], "--calibrate", ["--calibrate"]),
    (["--without-person"], "--calibrate", ["--calibrate"]),
    (["--sealed-by", "示例有限公司"], "--calibrate", ["--calibrate"]),
    (["--worksheet", "一"], "--check-sheet", ["--check-sheet", "s.xlsx"]),
    (["--computer", "柜台"], "--restore", ["--restore", "d"]),
    (["--passphrase-file", "p"], "--restore", ["--restore", "d"]),
    (["--project", "1"], "--set-secret", ["--set-secret"]),
    (["--environment", "production"], "--set-secret", ["--set-secret"]),
    (["--supervisor"], "--add-teller", ["--add-teller", "甲"]),
    (["--since", "2026-12-01"], "--overview", ["--overview", "d"]),
    (["--save-as", "o.xlsx"], "--overview", ["--overview", "d"]),
    (["--user", "clerk"], "--add-teller, --remove-teller or --remove-counter-pin", ["--add-teller", "甲"]),
    (["--user", "clerk"], "--add-teller, --remove-teller or --remove-counter-pin", ["--remove-teller", "甲"]),
    (["--user", "clerk"], "--add-teller, --remove-teller or --remove-counter-pin", ["--remove-counter-pin"]),
    (["--preset", "F2"], "--customer-file", ["--customer-file", "-"]),
]


@pytest.mark.parametrize(("alone", "required", "together"), ALONE_AND_TOGETHER)
def test_an_option_that_needs_another_names_it_and_is_taken_with_it(
    alone: list[str], required: str, together: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        parse(alone)
    assert ended.value.code == 2
    assert re.search(rf"--[\w, -]+ requires? {required}", capsys.readouterr().err)
    assert parse([*alone, *together])


@pytest.mark.parametrize("system", ["win32", "darwin"])
def test_a_menu_entry_is_made_on_linux_only(
    system: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "platform", system)
    with pytest.raises(SystemExit):
        parse(["--install-desktop-entry"])
    assert "the installer creates the menu entry" in capsys.readouterr().err


def test_the_port_for_notices_is_one_that_exists(capsys: pytest.CaptureFixture[str]) -> None:
    assert parse(["--listen", "8791"]).listen_port == 8791
    for port in ("0", "65536", "x"):
        with pytest.raises(SystemExit):
            parse(["--listen", port])
    assert "usage: esign-desktop" in capsys.readouterr().err


def test_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parse(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out.strip() == f"esign-desktop {__version__}"
