"""Small documents as the parties and the text that were read in them."""

from __future__ import annotations

from esign_desktop.domain.doubts.paper import Paper, PaperPage
from esign_desktop.domain.geometry import DisplayRect
from esign_desktop.domain.proposal import MarkKind, PartyKind, Proposal, ProposedMark, ProposedParty
from esign_desktop.pdf.text.folding import fold

KEY = b"a key for tests"
FORM = """房屋租赁合同
出租方:{lessor}
承租方:{lessee}
第一条出租方将坐落于{place}的房屋出租给承租方使用.
第二条租赁期限自{day}起至{end}止.
第三条每月租金为人民币{rent}元,承租方应于每月5日前支付.
第四条出租方应当保证房屋符合居住条件,承租方不得擅自转租.
第五条一方违反本合同的,应当赔偿对方因此遭受的全部损失.
第六条因履行本合同发生争议的,由双方协商解决.
第七条本合同一式两份,双方各执一份,自双方签字之日起生效.
出租方(签章):
承租方(签章):
日期:{day}"""
VALUES = {
    "lessor": "林小满",
    "lessee": "云禾示例科技有限公司",
    "place": "示例市云杉街18号",
    "day": "2026年3月1日",
    "end": "2027年2月28日",
    "rent": "4800",
}
OTHERS = {
    "lessor": "示例市拾光商贸有限公司",
    "lessee": "周知夏",
    "place": "临溪环湖大道7号云禾大厦",
    "day": "2026年11月12日",
    "end": "2029年1月31日",
    "rent": "叁仟贰佰",
}


def party(role: str, name: str, *marks: tuple[int, float, float], aliases: tuple[str, ...] = ()) -> ProposedParty:
    """Return a party whose places to sign are given by page, left and top."""
    places = tuple(
        ProposedMark(page, DisplayRect(left, top, 80, 12), MarkKind.SEAL, f"{role}(签章):") for page, left, top in marks
    )
    return ProposedParty(role, PartyKind.EITHER, places, aliases, name)


def paper(text: str, *parties: ProposedParty) -> Paper:
    """Return a document of the given parties; a form feed separates its pages."""
    pages = ("\n".join(map(fold, page.split("\n"))) for page in text.split("\f"))
    return Paper(Proposal(parties), tuple(map(PaperPage, pages)))


def filled(values: dict[str, str], form: str = FORM) -> Paper:
    """Return the form with its blanks filled in."""
    lessor = party("出租方", values["lessor"], (1, 72, 600))
    lessee = party("承租方", values["lessee"], (1, 72, 640))
    return paper(form.format(**values), lessor, lessee)
