"""The table of the platform's text is whole, and what it names is there."""

from __future__ import annotations

import ast
import functools
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = Path(__file__).resolve().parent.parent.parent
TABLE: Final = ROOT / "docs" / "conformance.md"
WITHOUT_CODE: Final = {
    "1.4": 1,
    "1.6": 1,
    "2.1": 1,
    "2.2(5)": 1,
    "2.4": 1,
    "3": 1,
    "3 step 2": 1,
    "4.1.3": 1,
    "4.3.1.5": 1,
    "5": 1,
}
"""How many rows of a clause are the platform's alone, or nothing that a program could do."""
_PLACE: Final = re.compile(r"`([\w./]+\.\w+)(?::(\w+))?`")

CLAUSES: Final = (
    "1.1 1.2.1 1.2.2 1.2.3 1.2.4 1.3 1.4 1.5 1.6 2.1 2.2(1) 2.2(2) 2.2(3) 2.2(4) 2.2(5) 2.3(1) 2.3(2) 2.3(3) 2.4 3"
    " 4.1.1 4.1.2 4.1.3 4.1.4 4.1.5 4.1.6 4.1.7 4.1.8 4.1.9 4.1.10 4.1.11 4.1.12 4.2 4.3.1.1 4.3.1.2 4.3.1.3 4.3.1.4"
    " 4.3.1.5 4.3.2.1 4.3.2.2 4.3.2.3 4.3.2.4 4.3.2.5 4.4 4.5.1 4.5.2 4.6.1 4.6.2 4.6.3 4.7.1 4.8.1 4.8.2 4.8.3 4.9.1"
    " 4.9.2 4.9.3 4.9.4 4.9.5 4.10.1 4.10.2 4.10.3 4.10.4 5"
)
PARAMETERS: Final = {
    "4.2": "POST JSON errCode msg data",
    "4.3.1.5": "X-timevale-mode X-timevale-project-id X-timevale-signature X-timevale-signature-algorithm",
    "4.5.1": "fileName fileSize contentType contentMd5 fileKey uploadUrl",
    "4.5.2": "PUT Content-MD5 Content-Type",
    "4.6.1": "thirdId name idNo idType mobile email accountId",
    "4.6.2": "thirdId agentAccountId name organCode organType legalName legalIdNo legalIdType email accountId",
    "4.6.3": "thirdId accountId",
    "4.7.1": "fileKey templateName templateTypeId templateFormKeys templateId",
    "4.8.1": "fileKey docId",
    "4.8.2": "templateId name simpleFormFields chunkedFields contentType chunkedData sequence pagePos docId docUrl",
    "4.8.3": "docId docUrl",
    "4.9.1": "businessScene initiatorAccountId signValidity contractValidity payer autoInitiate signPlatform noticeType"
    " redirectUrl docList docId name recipientList signerList accountId authorizationOrgId signOrder autoSign sealType"
    " certType docPosList signType qrcodeSign posBeanList posPage posX posY key scale signerAppAuto flowId signUrlList",
    "4.9.2": "flowId",
    "4.9.3": "flowId",
    "4.9.4": "docId docUrl",
    "4.9.5": "flowId businessScene initiatorAccountId flowStatus signValidity startTime endTime signInfo docId docName"
    " signDetail accountId authorizationOrgId signStatus recieveTime signTime signExplain",
    "4.10.3": "action accountId flowId docId signTime signResult resultDescription",
    "4.10.4": "action businessScence flowId flowStatus statusDescription createTime endTime",
    "附录 企业": "10 11 12",
    "附录 个人": "13 14 15 16 17 18 19 20 21 22",
}


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    clause: str
    what: str
    code: str
    window: str
    rehearsal: str
    test: str

    @property
    def is_without_code(self) -> bool:
        """Whether it says in words why there is nothing here."""
        return self.code.startswith("*")

    @property
    def places(self) -> Iterator[tuple[str, str]]:
        """Files and the names in them."""
        for cell in (self.code, self.window, self.rehearsal, self.test):
            yield from _PLACE.findall(cell)


def read_rows() -> list[Row]:
    lines = TABLE.read_text("utf-8").splitlines()
    cells = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines if line.startswith("| ")]
    return [Row(*row) for row in cells if row[0] != "clause"]


ROWS: Final = read_rows()


@functools.cache
def names_in(path: Path) -> frozenset[str]:
    if path.suffix != ".py":
        return frozenset(re.findall(r"\w+", path.read_text("utf-8")))
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found |= {one.id for one in targets if isinstance(one, ast.Name)}
    return frozenset(found)


def test_every_place_is_there() -> None:
    gone = []
    for row in ROWS:
        for file, name in row.places:
            path = ROOT / file if file.startswith("tests/") else ROOT / "esign_desktop" / file
            if not path.is_file() or (name and name not in names_in(path)):
                gone.append(f"{row.clause}: {file}:{name}")
    assert gone == []


def test_no_clause_is_left_out() -> None:
    there = {clause for row in ROWS for clause in clauses_of(row)}
    assert [clause for clause in CLAUSES.split() if clause not in there] == []


@pytest.mark.parametrize("clause", PARAMETERS)
def test_no_parameter_is_left_out(clause: str) -> None:
    words = {word for row in ROWS if row.clause == clause for word in re.findall(r"[A-Za-z0-9-]+", row.what)}
    assert [name for name in PARAMETERS[clause].split() if name not in words] == []


def test_every_row_has_code_and_a_test_save_what_the_platform_alone_can_do() -> None:
    bare = [f"{row.clause}: {row.what}" for row in ROWS if not row.is_without_code and not is_whole(row)]
    assert bare == []
    assert Counter(row.clause for row in ROWS if row.is_without_code) == WITHOUT_CODE


def is_whole(row: Row) -> bool:
    has_code = any(not file.startswith("tests/") for file, _ in _PLACE.findall(row.code))
    return has_code and any(file.startswith("tests/") for file, _ in _PLACE.findall(row.test))


def clauses_of(row: Row) -> set[str]:
    """The clause, all of a range such as 4.3.2.2-4, and the chapter of a step."""
    first, _, last = row.clause.partition("-")
    head, _, number = first.rpartition(".")
    if last.isdigit() and number.isdigit():
        return {f"{head}.{one}" for one in range(int(number), int(last) + 1)}
    return {row.clause, row.clause.partition(" ")[0]}
