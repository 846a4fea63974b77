"""Forms of another hand than the labelled ones: made of clauses, filled in with other names, and near-twins of them.

It shares neither forms nor values nor differences with ``varying``. A near-twin can have exactly the values of the
first contract, so that nothing but the difference tells it apart.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from random import Random
from typing import TYPE_CHECKING, Any, Final

from tests.pdf.doubting.papers import organization, person
from tests.pdf.proposing.setting import Setting, set_contract

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

_SUBJECTS: Final = {
    "车位租赁协议": (("出租人", "承租人"), (
        "{A}将位于{地}的车位出租给{B}停放车辆，车牌号为{号}。",
        "租期自{日}起，至{日}止，期满{B}享有优先承租的权利。",
        "车位租金每月{额}元，按季度支付，先付后用。",
        "{B}不得在车位堆放易燃物品，也不得擅自安装充电设备。",
        "物业服务费由{A}承担，临时停车费由{B}承担。",
        "车辆在停放期间受到损坏的，由侵权的人赔偿，{A}不承担保管责任。",
    )),
    "少儿培训服务协议": (("培训机构", "学员监护人"), (
        "{A}为学员{人}提供{物}课程，共{数}课时，在{地}授课。",
        "学费总额{额}元，{B}应当在开课前一次性付清。",
        "学员请假的，{B}应提前以书面形式告知{A}，{A}应安排补课。",
        "{B}中途退学的，{A}按照剩余课时全部退还学费。",
        "{A}更换主讲教师应当征得{B}同意，否则{B}有权解除协议。",
        "学员在校内受伤的，{A}应及时通知{B}并送往医院救治。",
    )),
    "设备维护合同": (("委托方", "维护方"), (
        "{B}对安装在{地}的{物}进行定期维护，每年不少于{数}次。",
        "维护费每年{额}元，{A}在每次维护验收合格后支付。",
        "接到故障通知后，{B}应当派工程师到现场，免费更换易损零件。",
        "{A}应为维护人员提供必要的工作条件，并指定{人}负责联络。",
        "{B}未经许可不得向他人披露在维护中知悉的商业信息。",
        "因操作不当引起的故障，修理费用由{A}另行支付。",
    )),
    "借用协议": (("出借人", "借用人"), (
        "{A}将{物}无偿借给{B}使用，数量为{数}，用于{用}。",
        "借用期限自{日}至{日}，{B}应按时归还。",
        "{B}应当妥善保管借用物，不得转借他人。",
        "借用物损毁的，{B}应按照市场价格赔偿，金额以{额}元为限。",
        "{A}需要提前收回借用物的，应当事先通知{B}。",
        "借用期间的保养费用由{B}承担。",
    )),
    "委托加工协议": (("定作方", "加工方"), (
        "{A}委托{B}加工{物}，共{数}件，单价{额}元。",
        "原料由{A}提供，{B}应对原料进行检验并妥善保管。",
        "交货地点为{地}，运输费用由{B}承担。",
        "成品不符合样品要求的，{B}应当无偿返工，并承担逾期责任。",
        "{A}逾期付款的，每日按未付金额支付滞纳金。",
        "{B}不得将加工任务转包给第三方。",
    )),
    "兼职顾问协议": (("聘请方", "顾问"), (
        "{A}聘请{B}担任{用}方面的顾问，聘期自{日}至{日}。",
        "顾问费每月{额}元，由{A}代扣代缴税款。",
        "{B}每月到{地}工作不少于{数}天。",
        "{B}在聘期内完成的成果，其知识产权归{A}所有。",
        "{B}对接触到的资料负有保密义务，聘期结束以后仍应遵守。",
        "任何一方可以提前通知对方解除协议，双方互不补偿。",
    )),
    "活动场地使用协议": (("场地方", "主办方"), (
        "{A}将{地}提供给{B}举办{用}活动，使用日期为{日}。",
        "场地费{额}元，{B}应在入场之前付清。",
        "{B}负责现场的安全和秩序，并购买公众责任保险。",
        "{A}负责水电供应和场地清洁，派{人}到场协助。",
        "活动因不可抗力取消的，{A}应当退还全部场地费。",
        "{B}不得改动场地的固定设施，损坏的应照价赔偿。",
    )),
    "债权转让协议": (("转让人", "受让人"), (
        "{A}对债务人{企}享有债权，本金为{额}元。",
        "{A}自愿将上述债权全部转让给{B}，转让价款为{额}元。",
        "{A}应在协议生效之后将债权凭证交付给{B}。",
        "{A}保证该债权合法有效，未设定任何担保。",
        "{A}负责将转让事宜书面通知债务人。",
        "债权不能实现的，{A}对{B}承担连带责任。",
    )),
}  # fmt: skip
_COMMON: Final = (
    "双方应当诚实守信，全面履行各自的义务。",
    "一方延迟履行超过约定期限的，对方有权解除并要求赔偿。",
    "本协议的附件与正文具有同等效力。",
    "发生争议时双方协商解决，协商不成的，提交{地}仲裁委员会仲裁。",
    "通知应当以书面形式送达，联系人为{人}，送达地点为{地}。",
    "未尽事宜可以签订补充协议。",
    "本协议自双方签字或者盖章之日起生效，一式{数}份。",
    "双方确认已经阅读并理解全部条款，不存在重大误解。",
    "一方变更联系方式的，应及时告知对方，否则自行承担后果。",
    "任何一方未经同意不得将权利义务转让给他人。",
)
_HEADS: Final = ("{R}：{N}", "{R}（以下称{R}）：{N}", "{R}：{N}　　联系电话：{T}", "{R}：{N}\n住所：{D}")
_FEET: Final = (
    ("{A}（签章）：|{B}（签章）：", "日期：|日期："),
    ("{A}（盖章）：", "授权代表：", "{B}（盖章）：", "授权代表："),
    ("{A}（签字或盖章）：", "　　年　　月　　日", "{B}（签字或盖章）：", "　　年　　月　　日"),
)
_THINGS: Final = ("空气压缩机", "少儿围棋", "木制托盘", "投影设备", "叉车", "素描", "数控车床", "铝合金支架", "帐篷")
_USES: Final = ("展览", "年会", "财务管理", "品牌策划", "仓库搬运", "产品发布", "工艺改进")
_PLACES: Final = ("锦川示例街12号", "北桥体育馆东侧", "云岭市示例大道88号B座", "临湖产业园三期", "东篱县文化中心")
_WORDS: Final = (
    ("应当", "可以"), ("不得", "可以"), ("有权", "无权"), ("全部", "部分"), ("书面", "口头"), ("免费", "有偿"),
    ("无偿", "有偿"), ("连带责任", "补充责任"), ("提前", "随时"), ("不承担", "承担"), ("应", "须经协商后"),
)  # fmt: skip
_ADDED: Final = (
    "守约的一方为主张权利支出的律师费由违约的一方负担。",
    "逾期超过约定期限的，按照总价的百分之二十支付违约金。",
    "双方在履行期间形成的电子邮件可以作为证据使用。",
)
KINDS: Final = ("party", "changed", "roles", "missing", "added", "moved")


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a form, with letters in braces where values belong. ``key`` decides which values it gets."""

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Form:
    """The rows of a form, its parties' words, and how it is set. ``foot`` is the index of the first row to sign."""

    rows: tuple[Row, ...]
    roles: tuple[str, str]
    foot: int
    setting: Setting

    @property
    def clauses(self) -> list[int]:
        """The indices of the clauses."""
        return [index for index, row in enumerate(self.rows[: self.foot]) if row.text.startswith("第")]


def write_form(chance: random.Random) -> Form:
    """Write a form of seven to fourteen clauses."""
    title = chance.choice(list(_SUBJECTS))
    roles, own = _SUBJECTS[title]
    clauses = [*chance.sample(own, chance.randrange(4, len(own) + 1)), *chance.sample(_COMMON, chance.randrange(3, 9))]
    head = chance.choice(_HEADS)
    texts = [title, *(head.replace("{R}", role) for role in roles)]
    texts += [f"第{_numeral(number)}条　{clause}" for number, clause in enumerate(clauses, 1)]
    foot = len(texts)
    texts += chance.choice(_FEET)
    rows = tuple(
        Row(f"{number}", text.replace("{A}", roles[0]).replace("{B}", roles[1])) for number, text in enumerate(texts)
    )
    setting = Setting(chance.choice((9.0, 10.5, 12.0)), head=chance.choice(("", "示例专用文本")))
    return Form(rows, roles, foot, setting)


def twin_of(form: Form, kind: str, chance: random.Random) -> Form | None:
    """Return a form with one difference of this kind, or None if the form has no place for it."""
    rows, index = list(form.rows), chance.choice(form.clauses)
    match kind:
        case "party":
            rows.insert(form.foot, Row("third foot", "担保人（签章）："))
            rows.insert(3, Row("third", "担保人：{N}"))
        case "changed":
            found = [
                (at, old, new) for at in form.clauses for old, new in _WORDS if old in rows[at].text.partition("　")[2]
            ]
            if not found:
                return None
            index, old, new = chance.choice(found)
            rows[index] = replace(rows[index], text=rows[index].text.replace(old, new, 1))
        case "roles":
            found_roles = [at for at in form.clauses if any(role in rows[at].text for role in form.roles)]
            if not found_roles:
                return None
            index = chance.choice(found_roles)
            one, other = form.roles
            text = rows[index].text.replace(one, "@").replace(other, one).replace("@", other)
            rows[index] = replace(rows[index], text=text)
        case "missing":
            del rows[index]
        case "added":
            rows.insert(index + 1, Row("added", chance.choice(_ADDED)))
        case _:
            feet = [at for at in range(form.foot, len(rows)) if rows[at].text.startswith(form.roles)]
            first = rows[feet[0]]
            if len(feet) == 1:
                cells = first.text.split("|")
                rows[feet[0]] = replace(first, text="|".join(cells[::-1]))
            elif chance.random() < 0.5:
                rows[feet[0]], rows[feet[1]] = rows[feet[1]], first
            else:
                rows.insert(form.clauses[-1], rows.pop(feet[1]))
    foot = form.foot + (kind == "party") + (kind == "added") - (kind == "missing")
    return replace(form, rows=tuple(rows), foot=foot)


def fill(form: Form, seed: str) -> tuple[Any, dict[str, str]]:
    """Return the form filled in, with a list of some length before its end, and the names of its parties."""
    names: dict[str, str] = {}
    texts: list[str] = []
    for number, row in enumerate(form.rows):
        if number == form.foot:
            texts += _extra(Random(f"{seed} extra"))  # noqa: S311
        texts += _filled(row, names, Random(f"{seed} {row.key}")).split("\n")  # noqa: S311
    return set_contract(texts, form.setting), names


def _filled(row: Row, names: dict[str, str], chance: random.Random) -> str:
    def name() -> str:
        role = re.split("[：（]", row.text)[0]
        return names.setdefault(role, chance.choice((person, organization))(chance))

    def day() -> str:
        return f"20{chance.randrange(24, 31)}年{chance.randrange(1, 13)}月{chance.randrange(1, 29)}日"

    def amount() -> str:
        number = chance.randrange(8, 900) * 100
        return chance.choice((f"{number}", f"人民币{number:,}", f"￥{number}.00"))

    makers: dict[str, Callable[[], str]] = {
        "N": name,
        "人": lambda: person(chance),
        "企": lambda: organization(chance),
        "日": day,
        "额": amount,
        "数": lambda: f"{chance.randrange(2, 60)}",
        "号": lambda: f"示A{chance.randrange(10_000, 99_999)}",
        "T": lambda: f"0999-{chance.randrange(10**7):07}",
        "用": lambda: chance.choice(_USES),
        "物": lambda: chance.choice(_THINGS),
        "地": lambda: chance.choice(_PLACES),
        "D": lambda: chance.choice(_PLACES),
    }
    return re.sub(r"\{(.)\}", lambda found: makers[found[1]](), row.text)


def _extra(chance: random.Random) -> list[str]:
    """Return a list of things of some length, as it is attached to one contract and not to the next."""
    return [f"附件：{chance.choice(_THINGS)}{chance.randrange(2, 90)}台" for _ in range(chance.randrange(7))]


def _numeral(number: int) -> str:
    digits = "零一二三四五六七八九十"
    return digits[number] if number <= 10 else f"十{digits[number - 10]}"
