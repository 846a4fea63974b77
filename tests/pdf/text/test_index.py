"""What is remembered of pages, and which are handed out for reading."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.errors import Cancelled, PdfError
from esign_desktop.pdf.text import index as text_index
from esign_desktop.pdf.text.index import CHUNK_PAGES, UNKNOWN_TEXT, Chunk, PageText, Reading, TextIndex
from tests.raised import raises_code

if TYPE_CHECKING:
    from collections.abc import Callable


def plain(folded: str) -> PageText:
    return PageText(Reading.PLAIN, has_text=True, folded=folded)


def read_all(index: TextIndex, text: Callable[[int], PageText]) -> None:
    while (chunk := index.take()) is not None:
        index.put(chunk, [text(page_index) for page_index in chunk.page_indices])


def test_every_page_is_handed_out_once() -> None:
    index = TextIndex(3 * CHUNK_PAGES + 1)
    seen: list[int] = []
    while (chunk := index.take()) is not None:
        seen.extend(chunk.page_indices)
        index.put(chunk, [plain("")] * len(chunk.page_indices))
    assert seen == list(range(3 * CHUNK_PAGES + 1))
    assert index.is_read


def test_what_was_not_read_of_a_chunk_is_handed_out_next() -> None:
    index = TextIndex(CHUNK_PAGES + 5)
    chunk = index.take()
    assert chunk is not None
    index.put(chunk, [plain("甲")] * 3)
    assert index.take() == Chunk(tuple(range(3, CHUNK_PAGES)), careful=False)
    assert index.counts("甲")[:4] == [1, 1, 1, None]


def test_plain_text_is_counted_and_careful_text_only_if_it_has_none() -> None:
    index = TextIndex(4)
    texts = [plain("甲方与甲方"), PageText(Reading.CAREFUL, has_text=True, folded="甲方"), plain("乙方"), UNKNOWN_TEXT]
    read_all(index, lambda page_index: texts[page_index])
    assert index.counts("甲方") == [2, None, 0, None]
    assert index.counts("乙") == [0, 0, 1, None]
    assert index.counts("") == [0] * 4
    assert index.text_flags() == (True, True, True)


def test_a_page_known_by_its_characters_is_read_again_carefully() -> None:
    index = TextIndex(2)
    chunk = index.take()
    assert chunk is not None
    index.put(chunk, [plain("甲"), PageText(Reading.CHARACTERS, has_text=True, folded="乙方")])
    assert index.is_read
    assert index.counts("方乙") == [0, None]
    assert index.counts("甲") == [1, 0]
    again = index.take()
    assert again == Chunk((1,), careful=True)
    index.put(again, [PageText(Reading.CAREFUL, has_text=True, folded="乙方")])
    assert index.counts("方乙") == [0, 0]
    assert index.take() is None


def test_a_chunk_that_fails_is_tried_page_by_page_until_one_page_is_given_up() -> None:
    index = TextIndex(3)
    chunk = index.take()
    assert chunk is not None
    index.give_back(chunk)
    first = index.take()
    assert first == Chunk((0,), careful=False)
    index.give_back(first)
    read_all(index, lambda _page_index: plain("甲"))
    assert index.counts("甲") == [None, 1, 1]
    assert index.text_flags() == ()


@pytest.mark.parametrize("careful", [PageText(Reading.CAREFUL, has_text=True, folded="甲方"), UNKNOWN_TEXT])
def test_a_caller_that_needs_the_text_waits_for_the_careful_reading(careful: PageText) -> None:
    index = TextIndex(1)
    chunk = index.take()
    assert chunk is not None
    index.put(chunk, [PageText(Reading.CHARACTERS, has_text=True, folded="方甲")])
    assert index.wait(0)
    assert not index.wait(0, carefully=True)
    again = index.take()
    assert again is not None
    index.put(again, [careful])
    assert index.wait(0, carefully=True)


def test_careful_reading_that_fails_leaves_what_was_known() -> None:
    index = TextIndex(1)
    chunk = index.take()
    assert chunk is not None
    index.put(chunk, [PageText(Reading.CHARACTERS, has_text=True, folded="乙")])
    again = index.take()
    assert again is not None
    index.give_back(again)
    assert index.take() is None
    assert index.counts("甲") == [0]


def test_who_waits_is_told_when_all_is_read_and_when_it_cannot_be() -> None:
    index = TextIndex(1)
    assert not index.wait(0.0)
    chunk = index.take()
    assert chunk is not None
    waiting = threading.Thread(target=index.put, args=(chunk, [plain("")]))
    waiting.start()
    assert index.wait(5.0)
    waiting.join()
    failing = TextIndex(1)
    chunk = failing.take()
    assert chunk is not None
    failing.fail(chunk, PdfError("pdf.changed"))
    with raises_code(PdfError, "pdf.changed"):
        failing.wait(5.0)
    assert failing.take() == chunk, "it can be tried again"


def waiters(index: TextIndex, count: int) -> tuple[list[threading.Thread], list[type[Exception]]]:
    raised: list[type[Exception]] = []

    def wait() -> None:
        try:
            index.wait(30.0)
        except Exception as error:  # noqa: BLE001  which it is, is the question
            raised.append(type(error))

    threads = [threading.Thread(target=wait) for _ in range(count)]
    for thread in threads:
        thread.start()
    while index._waiting < count:  # noqa: SLF001
        time.sleep(0.001)
    return threads, raised


def join(threads: list[threading.Thread]) -> None:
    for thread in threads:
        thread.join(5.0)
        assert not thread.is_alive()


def test_everybody_who_waits_hears_that_it_can_not_be_read_and_nobody_who_comes_later() -> None:
    index = TextIndex(1)
    chunk = index.take()
    assert chunk is not None
    threads, raised = waiters(index, 3)
    index.fail(chunk, PdfError("pdf.changed"))
    join(threads)
    assert raised == [PdfError] * 3
    assert not index.wait(0.0)


def test_nobody_waits_for_a_document_that_was_closed() -> None:
    index = TextIndex(1)
    threads, raised = waiters(index, 2)
    index.close()
    join(threads)
    assert raised == [Cancelled] * 2
    with pytest.raises(Cancelled):
        index.wait(30.0)


def test_more_text_than_is_kept_leaves_the_characters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_index, "MAX_INDEX_CHARACTERS", 6)
    index = TextIndex(2)
    read_all(index, lambda _page_index: plain("甲方甲方"))
    assert index.counts("甲方") == [2, None]
    assert index.counts("丙") == [0, 0]


def test_a_letter_that_may_lie_twice_in_a_ligature_is_asked_of_the_page() -> None:
    assert plain("oﬀice").count("甲") == 0
    assert plain("office...").count(".") is None
    assert plain("office").count("ffi") == 1
