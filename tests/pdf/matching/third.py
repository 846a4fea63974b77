"""Forms of a third hand: other subjects, words and layouts than those of ``unseen``, which fills them in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from esign_desktop.override import override
from tests.pdf.matching.unseen import Form, Row
from tests.pdf.proposing.setting import Setting

if TYPE_CHECKING:
    import random

SUBJECTS: Final = {
    "物业服务合同": (("业主", "物业公司"), (
        "{B}为{A}位于{地}的房屋提供保洁、秩序维护和公共设施养护。",
        "物业费每月{额}元，{A}于每季度首月缴纳。",
        "{A}装修房屋应当事先告知{B}，并遵守装修管理规定。",
        "{B}应当每年公布公共收益的收支情况。",
        "{A}逾期缴费的，{B}可以催告，但不得停止供水供电。",
        "公共部位的维修由{B}负责组织，费用按照产权比例分摊。",
    )),
    "广告发布合同": (("广告主", "发布方"), (
        "{B}在{地}的电子屏发布{A}的{物}广告，每日不少于{数}次。",
        "发布期间自{日}起至{日}止。",
        "发布费合计{额}元，{A}在发布后凭监播报告支付。",
        "{A}保证广告内容真实合法，并提供{用}所需的证明文件。",
        "{B}不得擅自修改广告内容，漏播的应当补播。",
        "因市政工程无法发布的，双方可以另行商定位置。",
    )),
    "果园承包合同": (("发包人", "承包人"), (
        "{A}将{地}的果园{数}亩发包给{B}经营。",
        "承包期自{日}至{日}，承包金每年{额}元。",
        "{B}应当科学施肥，不得改变土地用途。",
        "{A}保证水源和道路畅通，并指派{人}负责协调。",
        "征收补偿中的青苗费归{B}，土地补偿费归{A}。",
        "{B}经{A}书面同意可以转包部分地块。",
    )),
    "软件许可协议": (("许可方", "使用方"), (
        "{A}许可{B}在{数}台电脑上使用{用}软件。",
        "许可费{额}元，{B}于交付之日起十五日内付清。",
        "{B}不得反编译、出租或者转让软件。",
        "{A}应在保修期内免费更正程序错误。",
        "因{B}自行修改造成的损失由{B}承担。",
        "{A}对数据丢失不承担赔偿责任，但应协助恢复。",
    )),
    "运输服务合同": (("托运人", "承运人"), (
        "{B}将{A}的{物}{数}件自{地}运至{地}。",
        "运费{额}元，货到验收后由{A}支付。",
        "{A}应当如实申报货物的性质和重量。",
        "货物毁损灭失的，{B}按照市场价格赔偿，能够证明不可抗力的除外。",
        "{B}应于{日}前送达，逾期一日扣减运费的百分之一。",
        "收货人{人}拒绝收货的，{B}有权提存货物。",
    )),
    "摄影服务协议": (("委托人", "摄影方"), (
        "{B}于{日}在{地}为{A}拍摄{用}影像。",
        "服务费{额}元，{A}预付一半，余款在交付底片时付清。",
        "{B}应当交付精修照片{数}张和全部原始文件。",
        "未经{A}同意，{B}不得将影像用于宣传。",
        "{A}临时改期的，应当提前通知{B}并承担已经发生的费用。",
        "设备故障导致影像缺失的，{B}应当重新拍摄或者退还费用。",
    )),
}  # fmt: skip
_COMMON: Final = (
    "双方对履行中知悉的商业秘密负有保密义务。",
    "本合同未约定的，适用有关法律的规定。",
    "任何变更须经双方书面确认。",
    "争议由{地}人民法院管辖。",
    "一方违约的，应向对方支付违约金{额}元。",
    "本合同经双方签署后生效，共{数}页。",
    "双方指定的联系人分别为{人}和{人}。",
    "不可抗力持续超过三十日的，任何一方可以解除合同。",
)
_HEADS: Final = ("{R}（全称）：{N}", "{R}：{N}    电话: {T}", "{R}名称：{N}\n{R}地址：{D}")
_FEET: Final = (
    ("{A}签章：", "{B}签章：", "签订日期：{日}"),
    ("{A}：（盖章）|{B}：（盖章）", "经办人：|经办人："),
    ("{A}（公章或签名）：", "签署日期：", "{B}（公章或签名）：", "签署日期："),
)
_NUMBERS: Final = ("{n}.　", "（{n}）　", "第{n}条　")


@dataclass(frozen=True, slots=True)
class ThirdForm(Form):
    """A form whose clauses may be numbered in any way. They begin after the title and the parties."""

    first: int = 3

    @property
    @override
    def clauses(self) -> list[int]:
        return list(range(self.first, self.foot))


def write_third(chance: random.Random) -> ThirdForm:
    """Write a form of six to thirteen clauses."""
    title = chance.choice(list(SUBJECTS))
    roles, own = SUBJECTS[title]
    clauses = [*chance.sample(own, chance.randrange(4, len(own) + 1)), *chance.sample(_COMMON, chance.randrange(2, 8))]
    head, numbers = chance.choice(_HEADS), chance.choice(_NUMBERS)
    texts = [title, *(head.replace("{R}", role) for role in roles)]
    texts += [numbers.replace("{n}", str(number)) + clause for number, clause in enumerate(clauses, 1)]
    foot = len(texts)
    texts += chance.choice(_FEET)
    rows = tuple(
        Row(f"{number}", text.replace("{A}", roles[0]).replace("{B}", roles[1])) for number, text in enumerate(texts)
    )
    return ThirdForm(rows, roles, foot, Setting(chance.choice((9.0, 10.5, 12.0))))
