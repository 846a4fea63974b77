"""Divide a document's text into pieces of printed wording, leaving out what is filled in.

A piece is a run of letters between punctuation marks, digits and values, on average ten letters long. Names, numbers,
amounts and the values after labels are not part of any piece, so a form has the same pieces regardless of its values.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.doubts.paper import Legibility
from esign_desktop.domain.doubts.spelling import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from esign_desktop.domain.doubts.paper import Paper, PaperPage

MAX_PIECES: Final = 6_000
"""The greatest number of pieces, enough for about 60 pages. The rest of a longer document is not compared."""
_SHORTEST: Final = 2
_SHORTEST_OTHER: Final = 3
_EDGE_PASSAGES: Final = 2
_FEWEST_PAGES: Final = 3
_LONGEST_LABEL: Final = 30
_FEWEST_OF_SENTENCE: Final = 12
_LONGEST_BETWEEN_BLANKS: Final = 24
_LETTERS: Final = re.compile(r"[^\W\d_]+")
CONTACT_LABEL: Final = re.compile("(?:联系|通讯)?(?:地址|电话|手机|传真)")
_CUT: Final = "\x00"
"""The character that replaces a value."""
_OPEN: Final = frozenset(f"{_CUT}_0123456789")
"""The characters in the place of a value or a blank."""
_NUMERALS: Final = "零〇一二三四五六七八九十百千万亿两壹贰叁肆伍陆柒捌玖拾佰仟萬億整"
_NUMBERING: Final = re.compile(rf"^(?:[(\[]?[{_NUMERALS}a-z]{{1,4}}[)\].、,]|[(\[]?[0-9]+(?:\.[0-9]+)*[)\].、,]?)+")
_SENTENCE: Final = re.compile(
    rf"(?:第[{_NUMERALS}0-9]{{1,5}}[条章])?(?:(?!第[{_NUMERALS}0-9]{{1,5}}[条章])[^.;])*[.;]?"
)
"""A sentence with its end, or the text up to the head of the next clause."""
_IN_NUMBER: Final = re.compile(r"(?<=[0-9])[.,](?=[0-9])")
_DOTTED_NAME: Final = (
    "[\u4e00-\u9fff]{2,4}·(?:[\u4e00-\u9fff]{2,4}(?=[负和与及或到办担联签向在由,.;:()]|$)|[\u4e00-\u9fff]{2,4})"
)
_VALUE: Final = re.compile(
    rf"第[{_NUMERALS}0-9]{{1,5}}[条章节款项页]"  # Numbers of clauses change with every inserted clause.
    rf"|年月日?|人民币|rmb|[{_NUMERALS}]+[元圆角分]整?|[{_NUMERALS}]{{2,}}|[壹贰叁肆伍陆柒捌玖拾佰仟]"
    rf"|(?<!_)_+[^_,.;:]{{1,{_LONGEST_BETWEEN_BLANKS}}}_+|×+|{_DOTTED_NAME}|[^,.;:()_]{{2,40}}(?=[(,]?(?:以下简?称|下称|简称))"
)
_LABEL: Final = re.compile(rf"[^:.,;]{{1,{_LONGEST_LABEL}}}:")
_ENDED: Final = re.compile("[.;,]")
_LABEL_AT_END: Final = re.compile(
    "(?:(?:签[字约订署]|合同|联系|通讯|法定|委托|授权|开户|邮政|单位|公司|注册)?(?:地址|地点|住所|住址|电话|手机|传真|时间|日期|代表人?|代理人|负责人|联系人|经办人|"
    "银行|账号|帐号|户名|编码|邮编|编号|职务|性别|年龄|名称|姓名|身份证号?码?|信用代码)|[甲乙丙丁]方|签[字名章]|盖章|公章)$"
)
_SIGN_AT_END: Final = re.compile(r"\(([^():]*[签章][^():]*)\)$")
_PARTS: Final = re.compile(r"[,.;:、?!]")
CONTRACT_WORDS: Final = re.compile(
    "[甲乙丙丁戊己庚双各一对]方|合同|协议|契约|条款|约定|承担|负责|责任|义务|权利|有权|应当?|须|不得|可以|违约|赔偿|履行|解除|终止|"
    "生效|双方|本[合协]|签[字章订署名约]|盖章|公章|代表|代理|委托|附件|如果|或者|以及|之日|期限|按照?|支付|交付|规定|"
    "方式|标准|要求|条件|名称|数量|单价|总[价额值]|地点|日期|时间|地址|电话|[买卖供需承发]方|[\u4e00-\u9fff]方$|[\u4e00-\u9fff]人$|"
    r"\b(?:shall|party|parties|agreement|contract|the|of|and|by|date|name|title|seal|signature|signed)\b"
)
"""Words of printed wording. Text that is not part of a sentence counts as printed only if it contains one of them."""
_FIRM: Final = (
    "有限责任公司|股份有限公司|有限公司|公司|集团|事务所|[支分]行|合作社|银行|合伙企业|商行|超市|商店|"
    "[小中大]学|幼儿园|医院|委员会|经营部"
)
_FIRM_WORD: Final = re.compile(
    "^(?:(?:物业|保险|担保|租赁|广告|运输|物流|建筑|施工|装修|装饰|培训|劳务|旅行|中介|房产|快递|典当|信托|证券|拍卖|评估|咨询|项目|目标|贵|本|我|总|分|子|母)"
    "公司|(?:开户|贷款|借款|开证)?银行)"
)
"""The words that contracts use for a firm instead of its name."""
_WITHIN: Final = "[^由与向在经给对为及和或的于被按未应把将至从,.;:()_\\x00]"
"""A letter of a name. A name begins after a word such as 由 or 与, or with the passage."""
_FIRM_NAME: Final = re.compile(
    rf"{_WITHIN}{{1,24}}(?:{_FIRM})(?:\([^)]{{1,12}}\))?(?:[^,.;:()_]{{1,10}}[分支][公司行店]+)?"
    r"|[a-z0-9&.,' ()-]{4,60}\b(?:ltd|inc|llc|gmbh|corp|limited)\b\.?"
)
_ADDRESS: Final = re.compile(
    rf"{_WITHIN}{{1,16}}(?:(?<![公铁道线一通思电管水网])路|(?<!大)街|大道|大厦|小区|公寓|广场|工业园)"
    rf"(?:[0-9]+[号弄幢栋楼层室单元-]*)*(?:[a-z][座幢栋楼区])?(?:{_WITHIN}{{1,8}}(?:大厦|小区|公寓|广场|[幢栋室楼]))?"
    rf"|{_WITHIN}{{1,7}}(?:省|自治区|(?<!上)(?<!超)(?<!城)市){_WITHIN}{{1,7}}[市县区镇乡村]"
)
_FAMILY: Final = (
    "(?:欧阳|司徒|司马|上官|诸葛|皇甫|慕容|夏侯|公孙|[王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢"
    "姜崔钟谭陆汪范石廖贾夏韦付邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿"
    "焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕裴霍涂苗谷盛曲翁冉骆蓝游辛靳管柴蒙鲍华喻蒲房滕屈饶牟艾尤穆卓古简车项芦麦褚娄窦戚岑景宫费卜晏席卫米柏宗])"
)
_PERSON: Final = re.compile(rf"{_FAMILY}[\u4e00-\u9fff]{{1,2}}|[\u4e00-\u9fff]+·[\u4e00-\u9fff·]+")
_NAMED_PERSON: Final = re.compile(
    rf"(?<=[表理系办责任手护定法证方]人|代表|校长|厂长|经理){_FAMILY}[\u4e00-\u9fff]{{1,2}}(?![签盖章字])"
    rf"|(?<![\u4e00-\u9fff]){_FAMILY}[\u4e00-\u9fff]{{1,2}}(?=签[名字章]|盖章|先生|女士|同志)"
    rf"|(?<=[由经]){_FAMILY}[\u4e00-\u9fff]{{1,2}}(?=公证|推荐|负责|担任|验收|签收|办理|联系|保管|到场|协助)"
)
"""A person's name beside the label of a representative, or beside a word for an action of a person."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of letters of the printed wording, the number of its page, and whether a value or blank is next to it."""

    text: str = field(repr=False)
    page_number: int
    is_after_value: bool = False
    is_before_value: bool = False


def pieces_of(paper: Paper, names: Iterable[str] = ()) -> tuple[Piece, ...]:
    """Return the first MAX_PIECES pieces of a document's printed wording in reading order.

    ``names`` contains names and numbers in addition to those that the document's parties have.
    """
    values, labels = _values(paper, names), _labels(paper)
    pieces = (
        replace(piece, page_number=page_number)
        for page_number, passage in _passages(paper)
        for piece in _pieces(labels.sub(".", passage), values)
    )
    return tuple(islice(pieces, MAX_PIECES))


def text_of(page: PaperPage) -> str:
    """Return the text of a page, or an empty string if the order of its letters is not known."""
    return page.text if page.legibility is Legibility.TEXT else ""


def _values(paper: Paper, names: Iterable[str]) -> re.Pattern[str] | None:
    """Return a pattern that matches the values known from the document or the caller, or None if there are none."""
    known = [*names]
    for party in (*paper.proposal.parties, *paper.proposal.defined):
        known.append(party.name)
        known += [fact.text for fact in (party.number, party.legal) if fact is not None]
    letters = {plain(value) for value in known}
    patterns = [r"[\s\W_]*".join(map(re.escape, value)) for value in letters if len(value) >= _SHORTEST]
    return re.compile("|".join(sorted(patterns, key=len, reverse=True))) if patterns else None


def _labels(paper: Paper) -> re.Pattern[str]:
    """Return a pattern that matches the positions at which passages are divided.

    A label of a party begins a passage of its own, for example at 乙方(盖章): in the middle of a line.
    """
    words = {plain(word) for party in paper.proposal.parties for word in (party.role, *party.aliases)}
    roles = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True) if len(word) >= _SHORTEST)
    return re.compile(rf"(?<=[^.;])(?=(?:{roles})(?:\([^()]{{1,12}}\)|[签盖公章字名]{{2}})?:)" if roles else r"(?!)")


def _passages(paper: Paper) -> Iterator[tuple[int, str]]:
    """Yield the page number and text of each passage, without page headers and footers.

    A sentence that continues on the next page is one passage.
    """
    pages = [[passage for passage in text_of(page).split("\n") if passage] for page in paper.pages]
    repeated = Counter(chain.from_iterable({_key(passage) for passage in _edges(page)} for page in pages))
    heads = {key for key, count in repeated.items() if count >= _FEWEST_PAGES and 2 * count > len(pages)}
    waiting: tuple[int, str] | None = None
    for page_number, page in enumerate(pages, 1):
        edges = _edges(page)
        kept = [passage for passage in page if not (passage in edges and _key(passage) in heads)]
        for number, passage in enumerate(kept):
            if waiting is not None and not number and not _NUMBERING.match(passage):
                waiting = (waiting[0], waiting[1] + passage)
                continue
            if waiting is not None:
                yield waiting
            waiting = (page_number, passage)
            is_open = len(passage) >= _FEWEST_OF_SENTENCE and passage[-1] not in ".;:?!)_"
            if number < len(kept) - 1 or not is_open:
                yield waiting
                waiting = None
        if not kept and waiting is not None:
            yield waiting
            waiting = None
    if waiting is not None:
        yield waiting


def _edges(page: Sequence[str]) -> list[str]:
    return [*page[:_EDGE_PASSAGES], *page[_EDGE_PASSAGES:][-_EDGE_PASSAGES:]]


def _key(passage: str) -> str:
    return re.sub("[0-9]+", "#", passage)


def _pieces(passage: str, values: re.Pattern[str] | None) -> Iterator[Piece]:
    """Yield the pieces of a passage, which may be a whole page if the lines are evenly spaced."""
    passage = _IN_NUMBER.sub("", passage)
    for sentence in _SENTENCE.findall(passage):
        yield from _pieces_of_sentence(sentence, values)


def _pieces_of_sentence(passage: str, values: re.Pattern[str] | None) -> Iterator[Piece]:
    is_long = len(_NUMBERING.sub("", passage)) >= _FEWEST_OF_SENTENCE
    text = _NUMBERING.sub("", passage if values is None else values.sub(_CUT, passage))
    for value in (_VALUE, _FIRM_NAME, _ADDRESS, _NAMED_PERSON):
        text = value.sub(_CUT, text)
    label = _LABEL.match(text)
    if label is None:
        is_sentence = is_long and _PARTS.search(text) is not None
        yield from _printed(text, is_sentence=is_sentence)
        return
    printed = (run for run in _LETTERS.findall(label[0]) if len(run) >= _SHORTEST and not may_be_value(run))
    yield from (Piece(run, 0) for run in printed)
    values_and_labels = text[label.end() :].split(":")
    for number, part in enumerate(values_and_labels, 1):
        if number < len(values_and_labels) and not _ENDED.search(part):
            # The gap between a value and the next label was lost, as in 顾明澈签字地点.
            yield from (
                Piece(run, 0, is_after_value=True)
                for run in (*_SIGN_AT_END.findall(part), *_LABEL_AT_END.findall(part))
            )
        else:
            yield from _printed(part, is_sentence=False)


def _printed(text: str, *, is_sentence: bool) -> Iterator[Piece]:
    for part in _PARTS.split(text):
        is_printed = CONTRACT_WORDS.search(part) is not None
        if not (is_sentence or is_printed):
            continue
        for run in _LETTERS.finditer(part):
            is_after, is_before = part[: run.start()][-1:] in _OPEN, part[run.end() :][:1] in _OPEN
            shortest = _SHORTEST if is_printed or is_after or is_before else _SHORTEST_OTHER
            if len(run[0]) >= shortest and not may_be_value(run[0]):
                yield Piece(run[0], 0, is_after_value=is_after, is_before_value=is_before)


def may_be_value(text: str) -> bool:
    """Return whether a text may contain the name of a firm or person, or an address.

    A word such as 物业公司 at the beginning of the text does not count, because names of firms begin with other words.
    """
    text = _FIRM_WORD.sub("", text)
    if _FIRM_NAME.search(text) or _ADDRESS.search(text):
        return True
    return _PERSON.fullmatch(text) is not None and not CONTRACT_WORDS.search(text)
