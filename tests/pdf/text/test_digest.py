from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.contract.fingerprint import SKETCH_SIZE, PageDigest
from esign_desktop.pdf import wire
from esign_desktop.pdf.text.index import DIGESTED_PAGES, digest_of
from tests.pdf.builder import Page, build

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from esign_desktop.pdf.engine import PdfEngine

FORM = (
    "个人借款合同 出借人示例银行股份有限公司以下简称甲方 借款人以下简称乙方 "
    "甲乙双方本着平等自愿诚实信用的原则经协商一致签订本合同 "
    "第一条借款金额 第二条借款期限 第三条还款方式 第四条违约责任 第五条争议解决 "
    "本合同自双方签字盖章之日起生效 甲方盖章 乙方签字"
)
OTHER = "The quick brown fox jumps over the lazy dog, and nobody signs for it. " * 4


def digests(engine: PdfEngine, path: Path) -> tuple[PageDigest, ...]:
    opened = engine.open(path)
    found = engine.text_digests(opened.handle)
    engine.close(opened.handle)
    return found


def test_same_text_in_another_file_has_the_same_digest(engine: PdfEngine, write: Callable[[bytes], Path]) -> None:
    one = build(Page().write(FORM[:40], 60, 700), Page().write(OTHER[:60], 60, 700))
    other = build(Page().write(FORM[:40], 90, 500, size=9), Page().write(OTHER[:60], 60, 300))
    assert digests(engine, write(one)) == digests(engine, write(other))


def test_page_without_text_has_an_empty_digest(engine: PdfEngine, write: Callable[[bytes], Path]) -> None:
    assert digests(engine, write(build(Page(), Page()))) == (PageDigest(), PageDigest())


def test_only_the_first_pages_of_a_book_are_read(engine: PdfEngine, write: Callable[[bytes], Path]) -> None:
    assert len(digests(engine, write(build(*[Page()] * (DIGESTED_PAGES + 3))))) == DIGESTED_PAGES


def test_form_that_was_filled_in_shares_most_of_its_sketch() -> None:
    filled = FORM.replace("第一条借款金额", "第一条借款金额人民币壹拾万元整").replace("借款人", "借款人张三身份证号")
    sketch = {*digest_of(FORM).sketch}
    assert len(sketch & {*digest_of(filled).sketch}) > 0.6 * SKETCH_SIZE
    assert not sketch & {*digest_of(OTHER).sketch}
    assert digest_of(FORM.replace(" ", "\u3000\n")) == digest_of(FORM)


def test_digest_has_a_bounded_size_and_none_of_the_text() -> None:
    digest = digest_of(FORM * 500)
    assert len(digest.sketch) == SKETCH_SIZE
    assert "合同" not in json.dumps(wire.write(digest), ensure_ascii=False)


@pytest.mark.parametrize("text", ["", "a", "ab", "abcd", "abcde", "\ud800 lone", "e\u0301"])
def test_any_text_has_a_digest_that_survives_the_pipe(text: str) -> None:
    digest = digest_of(text)
    assert wire.read(json.loads(json.dumps(wire.write(digest))), PageDigest) == digest


@pytest.mark.parametrize(
    "digest",
    [["x", []], ["", [1.5]], ["", [-1]], ["", [True]], ["", list(range(SKETCH_SIZE + 1))], "no list", ["", None]],
)
def test_digest_that_no_sound_child_tells_is_refused(digest: object) -> None:
    with pytest.raises(wire.BadAnswer):
        wire.read(digest, PageDigest)
