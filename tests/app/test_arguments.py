from __future__ import annotations

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
