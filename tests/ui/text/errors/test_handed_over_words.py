"""Data that another program handed over wrongly is told in the words of the window, and not by the keys of its file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import pytest

from esign_desktop.domain.errors import InputError
from esign_desktop.store.files.customer_file import read_customer
from esign_desktop.ui.resources import resource_path
from esign_desktop.ui.text.errors.sentences import error_sentence

if TYPE_CHECKING:
    from collections.abc import Callable

WHOLE: Final = {"version": 1, "name": "张三", "number": "110101199003078515"}
SCHEMA: Final = json.loads(resource_path("customer.schema.json").read_bytes())
WRONG: Final = [
    ({"version": 1, "name": "张三"}, "证件号码"),
    ({"version": 1}, "姓名、证件号码"),
    ({**WHOLE, "number": "1"}, "证件号码"),
    ({**WHOLE, "mobile": "+86 1"}, "手机号"),
    ({**WHOLE, "preset": 99}, "常用合同的功能键"),
    ({**WHOLE, "reference": "张三"}, "业务编号"),
    ({**WHOLE, "document": "card"}, "证件类型"),
    ({**WHOLE, "answers": {"金额": 5}}, "表单内容"),
    ({**WHOLE, "version": 2}, "格式版本"),
    ([], "整个文件"),
]


@pytest.mark.parametrize(("data", "words"), WRONG)
def test_a_refusal_names_the_field_as_the_window_does(speak: Callable[[str], None], data: object, words: str) -> None:
    speak("zh_CN")
    with pytest.raises(InputError) as refused:
        read_customer(json.dumps(data).encode(), resource_path("customer.schema.json"))
    sentence = error_sentence(refused.value)
    text = sentence.text.replace("resident_identity", "")
    assert words in text
    assert not [key for key in SCHEMA["properties"] if key in text]
