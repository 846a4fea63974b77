"""A run whose failed tests are too many is red without a second try."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.retried import main

if TYPE_CHECKING:
    from pathlib import Path

CASE = '<testcase classname="tests.a" name="test_{0}">{1}</testcase>'


def report(folder: Path, *outcomes: str) -> Path:
    path = folder / "junit.xml"
    cases = "".join(CASE.format(number, outcome) for number, outcome in enumerate(outcomes))
    path.write_text(f"<testsuites><testsuite>{cases}</testsuite></testsuites>", "utf-8")
    return path


def test_two_failed_tests_are_named_and_may_be_tried_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(report(tmp_path, "", "<failure/>", "<error/>")) == 0

    assert capsys.readouterr().out.splitlines() == ["retried: tests.a::test_1", "retried: tests.a::test_2"]


@pytest.mark.parametrize("kind", ["<failure/>", "<error/>"])
def test_three_failed_tests_are_red(tmp_path: Path, kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(report(tmp_path, kind, kind, kind)) == 1

    assert "3 tests failed" in capsys.readouterr().out
