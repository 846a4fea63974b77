"""The support command, as it is started."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from esign_desktop.pdf.__main__ import main
from esign_desktop.ui.resources import resource_path
from tests.pdf.builder import Page, build
from tests.pdf.test_engines import encrypted

if TYPE_CHECKING:
    from collections.abc import Callable

    Write = Callable[[bytes], Path]
    Run = Callable[..., tuple[int, Any]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs the command and returns its exit status and what it printed."""

    def ran(*arguments: str) -> tuple[int, Any]:
        status = main(arguments)
        printed, complaints = capsys.readouterr()
        assert complaints == ""
        return status, json.loads(printed)

    return ran


def test_module_runs_as_a_program(write: Write) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "esign_desktop.pdf", "probe", str(write(build(Page().write("甲", 9, 9))))],
        capture_output=True, text=True, check=True, timeout=60, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert done.stderr == ""
    assert json.loads(done.stdout)["class"] == "ok"


def test_probe_tells_class_pages_boxes_and_facts(run: Run, write: Write) -> None:
    page = Page(crop_box="[10 20 310 420]", rotate="90", user_unit="2").write("甲", 50, 50)
    status, report = run("probe", str(write(build(page, Page()))))
    assert status == 0
    assert (report["class"], report["error"], report["pages"], report["pages_drawn"]) == ("ok", None, 2, 2)
    assert report["frames"][0] == {
        "page": 1,
        "box": [10, 20, 310, 420],
        "rotation": 90,
        "user_unit": 2,
        "width": 300,
        "height": 400,
        "display_width": 800,
        "display_height": 600,
        "error": None,
    }
    assert report["facts"]["has_text"] is True
    assert report["facts"]["pages_without_text"] == [2]
    assert report["facts"]["rotated_pages"] == [1]
    assert report["facts"]["cropped_pages"] == [1]
    assert report["facts"]["has_mixed_sizes"] is True
    assert len(report["sha256"]) == 64


@pytest.mark.parametrize(
    ("data", "kind", "error", "pages"),
    [
        (b"", "exception", "pdf.empty", None),
        (b"hello", "exception", "pdf.not_a_pdf", None),
        (b"%PDF-1.4\n", "exception", "pdf.damaged", None),
        (build(), "ok_zero_pages", "pdf.no_pages", 0),
        (encrypted("o", "u"), "needs_password", "pdf.password_needed", None),
        (build(Page()).replace(b"/Count 1", b"/Count 3"), "ok_page_errors", "pdf.page_failed", 3),
    ],
    ids=["empty", "text", "damaged", "no pages", "password", "page errors"],
)
def test_exit_status_of_probe_is_0_whatever_the_class(
    data: bytes, kind: str, error: str, pages: int | None, run: Run, write: Write
) -> None:
    status, report = run("probe", str(write(data)))
    assert status == 0
    assert (report["class"], report["error"], report["pages"]) == (kind, error, pages)


def test_exit_status_is_1_for_a_file_that_is_not_there(run: Run, tmp_path: Path) -> None:
    status, report = run("probe", str(tmp_path / "none.pdf"))
    assert (status, report["error"]) == (1, "pdf.missing")
    assert run("find", str(tmp_path / "none.pdf"), "甲")[0] == 1


def test_find_prints_a_rectangle_for_each_line(run: Run, write: Write) -> None:
    page = Page().write("文字文字文字文字文字甲", 100, 700).write("⽅签字", 100, 684)
    status, report = run("find", str(write(build(page))), "甲方")
    assert status == 0
    assert report == {
        "keyword": "甲方",
        "hits": [
            {
                "page": 1,
                "rects": [[220, 700, 232, 712], [100, 684, 112, 696]],
                "text": "甲⽅",
                "context": "文字文字文字文字文字甲⽅签字",
                "is_literal": False,
            }
        ],
    }


def test_locate_maps_a_displayed_point_into_page_space(run: Run, write: Write) -> None:
    path = str(write(build(Page(media_box="[10 10 210 310]", rotate="90", user_unit="2"))))
    assert run("locate", path, "--page", "1", "--x", "100", "--y", "60") == (0, {"page": 1, "x": 30, "y": 50})
    status, report = run("locate", path, "--page", "2", "--x", "1", "--y", "1")
    assert (status, report["error"]) == (1, "pdf.page_failed")


def test_password_comes_through_standard_input(run: Run, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    path = str(write(encrypted("owner", "秘密")))
    monkeypatch.setattr(sys, "stdin", io.StringIO("秘密\n"))
    assert run("probe", path, "--password-stdin")[1]["class"] == "ok"
    monkeypatch.setattr(sys, "stdin", io.StringIO("wrong\n"))
    status, report = run("probe", path, "--password-stdin")
    assert (status, report["class"], report["error"]) == (0, "needs_password", "pdf.password_wrong")


def test_propose_tells_parties_and_the_boxes_of_their_labels(run: Run) -> None:
    status, report = run("propose", str(resource_path("samples", "service-contract.pdf")))
    assert status == 0
    first, second = report["parties"]
    assert (first["role"], first["name"], first["kind"], first["aliases"]) == (
        *("甲方", "云禾示例科技有限公司", "organization"),
        ["委托方"],
    )
    (mark,) = second["marks"]
    assert (mark["page"], mark["kind"], mark["text"]) == (2, "signature", "乙方(签字):")
    left, top, right, bottom = mark["rect"]
    assert 300 < left < right < 420
    assert 470 < top < bottom < 500
    assert report["witnesses"] == []


def test_doubts_tells_whom_the_paper_names_in_the_place_of_a_party(run: Run) -> None:
    sample = str(resource_path("samples", "service-contract.pdf"))
    company = ("--party", "云禾示例科技有限公司")
    assert run("doubts", sample, *company, "--party", "林 小 满") == (0, [])
    status, (doubt,) = run("doubts", sample, *company, "--party", "王五")
    assert status == 0
    assert (doubt["grave"], doubt["label"], doubt["paper"], doubt["form"]) == (True, "乙方", "林小满", "王五")
    left, top, right, bottom = doubt["rect"]
    assert doubt["page"] == 1
    assert 100 < left < right < 250
    assert 150 < top < bottom < 200


SENT = """出租方:林小满
承租方:周知夏
第一条出租方应当保证房屋符合居住条件,承租方不得擅自转租.
第二条一方违反本合同的,应当赔偿对方因此遭受的全部损失.
第三条因履行本合同发生争议的,由双方协商解决.
第四条本合同一式两份,双方各执一份,自双方签字之日起生效.
出租方(签章):
承租方(签章):"""


def _contract(text: str, top: float = 700) -> bytes:
    page = Page()
    for number, line in enumerate(text.split("\n")):
        page.write(line, 60, top - 24 * number)
    return build(page)


def _layout(folder: Path, *seals: object) -> str:
    path = folder / "layout.json"
    path.write_text(json.dumps(list(seals)), "utf-8")
    return str(path)


LESSOR_SEAL = {"party": "出租方", "page": 1, "rect": [140, 250, 259, 369], "label": "出租方(签章):"}
OTHER_SEAL = {"party": "承租方", "page": 1, "rect": [140, 250, 259, 369], "label": "承租方盖章处"}


def test_again_tells_the_form_the_differences_the_seals_and_the_names(run: Run, write: Write, tmp_path: Path) -> None:
    new = SENT.replace("林小满", "沈若谷").replace("周知夏", "阮望舒").replace("不得擅自", "可以自行")
    layout = _layout(tmp_path, LESSOR_SEAL, OTHER_SEAL)
    status, report = run("again", str(write(_contract(SENT))), layout, str(write(_contract(new, 650))))
    assert status == 0
    assert report["is_form"] is True
    assert 0.8 < report["likeness"] < 1
    (change,) = report["changes"]
    assert (change["kind"], change["page"]) == ("changed", 1)
    assert "可以自行转租" in change["text"]
    found, missing = report["seals"]
    assert (found["party"], found["label"], found["page"]) == ("出租方", "出租方(签章):", 1)
    assert found["rect"] == pytest.approx([140, 300, 259, 419], abs=0.1)
    assert (missing["party"], missing["page"], missing["rect"]) == ("承租方", None, None)
    assert [(one["party"], one["name"]) for one in report["names"]] == [("出租方", "沈若谷"), ("承租方", "阮望舒")]


def test_again_says_that_another_contract_is_not_the_form(run: Run, write: Write, tmp_path: Path) -> None:
    other = "保密协议\n甲方:\n乙方:\n第一条乙方应当对技术资料保密.\n第二条保密期限为五年."
    layout = _layout(tmp_path, LESSOR_SEAL)
    status, report = run("again", str(write(_contract(SENT))), layout, str(write(_contract(other))))
    assert status == 0
    assert (report["is_form"], report["changes"], report["seals"], report["names"]) == (False, [], [], [])


def test_again_keeps_a_seal_on_the_page(run: Run, write: Write, tmp_path: Path) -> None:
    low = write(_contract(SENT, 200))
    height = run("probe", str(low))[1]["frames"][0]["display_height"]
    layout = _layout(tmp_path, {**LESSOR_SEAL, "rect": [140, 300, 259, 419]})
    _, report = run("again", str(write(_contract(SENT))), layout, str(low))
    assert report["seals"][0]["rect"] == pytest.approx([140, height - 119, 259, height], abs=0.1)


@pytest.mark.parametrize("bad", ["first", "second"])
def test_again_reports_a_file_that_cannot_be_read(bad: str, run: Run, write: Write, tmp_path: Path) -> None:
    good, broken = str(write(_contract(SENT))), str(write(b"hello"))
    sent, new = (broken, good) if bad == "first" else (good, broken)
    status, report = run("again", sent, _layout(tmp_path), new)
    assert (status, report["error"]) == (1, "pdf.not_a_pdf")


@pytest.mark.parametrize(
    "text",
    [
        "", "{}", "[1]", "[" * 100_000, "[NaN]",
        json.dumps([{**LESSOR_SEAL, "page": 0}]),
        json.dumps([{**LESSOR_SEAL, "page": True}]),
        json.dumps([{**LESSOR_SEAL, "page": "1"}]),
        json.dumps([{**LESSOR_SEAL, "label": None}]),
        json.dumps([{**LESSOR_SEAL, "party": 1}]),
        json.dumps([{**LESSOR_SEAL, "rect": [1, 2, 3]}]),
        json.dumps([{**LESSOR_SEAL, "rect": [1, 2, 1, 4]}]),
        json.dumps([{**LESSOR_SEAL, "rect": [1, 2, 3, float("nan")]}]),
        json.dumps([{**LESSOR_SEAL, "rect": [1, 2, 3, float("inf")]}]),
        json.dumps([LESSOR_SEAL] * 201),
    ],
)  # fmt: skip
def test_a_wrong_layout_is_refused_in_a_sentence(
    text: str, write: Write, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "layout.json"
    path.write_text(text, "utf-8")
    file = str(write(_contract(SENT)))
    with pytest.raises(SystemExit) as ended:
        main(["again", file, str(path), file])
    assert ended.value.code == 2
    assert "this is no layout: " in capsys.readouterr().err


def test_a_layout_that_is_missing_is_told(write: Write, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = str(write(_contract(SENT)))
    with pytest.raises(SystemExit) as ended:
        main(["again", file, str(tmp_path / "none.json"), file])
    assert ended.value.code == 2
    assert "the layout cannot be read: FileNotFoundError" in capsys.readouterr().err
