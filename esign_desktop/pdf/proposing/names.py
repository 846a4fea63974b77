"""Reads what the paper has filled in for a party's name: 甲方:云禾科技有限公司, 云禾科技有限公司(以下简称甲方)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from esign_desktop.pdf.proposing import words
from esign_desktop.pdf.proposing.labels import read_label
from esign_desktop.pdf.text.folding import fold

if TYPE_CHECKING:
    from collections.abc import Iterable

    from esign_desktop.pdf.proposing.segments import PageRow

_FEWEST: Final = 2
_MOST: Final = 40
_FULL_ROW: Final = 30
"""A row of fewer characters ends its paragraph."""
_NAME: Final = re.compile(rf"[\u4e00-\u9fffa-z0-9·()&.,' ]{{{_FEWEST},{_MOST}}}")
_CALLED: Final = re.compile(
    rf"(?:^|[|:.,;、与和由])([\u4e00-\u9fffa-z·]{{{_FEWEST},{_MOST}}}?)\((?:以下|下)?简?称(?:为)?[:\"']*([^)\"']{{1,8}})"
)
_NO_NAME: Final = re.compile(
    r"^(?:的|应|在|向|将|有|为|按|对|负责|同意|双方|签|盖|代表|全称|名称|地址|电话|单位|个人)|××|…|以下简称"
)
_ROLE_AT_END: Final = re.compile(rf"(?:{words.ROLE.pattern}|名称|姓名|单位)$")
_NEXT_FACT: Final = re.compile(
    r"\(?(?:以下)?简称|法定|法人|代表人|负责人|身份证|"
    r"证件|地址|住址|住所|电话|联系|邮编|邮政|开户|帐号|账号|统一社会|税号|性别|民族|出生|签字|盖章"
)


_FIRM_ALONE: Final = re.compile(r"(?:中国|集团|股份|有限|国际|[^\W\d_]?国)*(?:公司|工厂|厂|银行|律师事务所|局)")


class Names:
    """The names that a document has for its parties, by what they are called."""

    def __init__(self, rows: Iterable[PageRow]) -> None:
        self._names: dict[str, tuple[str, str]] = {}
        texts: list[str] = []
        for row in rows:
            for segment in row.segments:
                label = read_label(segment)
                if label.role and not label.acts:
                    self._keep(label.role, label.name)
            texts.append("|".join(segment.text for segment in row.segments))
            if len(texts[-1]) < _FULL_ROW:
                texts.append("|")
        for found in _CALLED.finditer("".join(texts)):
            self._keep(found[2], found[1])

    def of(self, *called: str) -> str:
        """Return the name of who is called so, or empty."""
        return next((self._names[key][0] for one in called if (key := fold(one)) in self._names), "")

    def _keep(self, role: str, name: str) -> None:
        name = _NEXT_FACT.split(name)[0].strip(":：,，.、()（） ")
        if (
            _NAME.fullmatch(fold(name))
            and not _FIRM_ALONE.fullmatch(name)
            and not _NO_NAME.search(name)
            and not _ROLE_AT_END.search(name)
        ):
            self._names.setdefault(fold(role), (name, role))
