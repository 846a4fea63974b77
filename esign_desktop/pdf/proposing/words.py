"""The patterns of parties, representatives, marks and witnesses in Chinese contracts, and of text to ignore.

All text is in the form that ``pdf.text.folding`` produces, with half-width characters and without spaces.
"""

from __future__ import annotations

import re
from typing import Final

from esign_desktop.pdf.proposing import english
from esign_desktop.pdf.proposing.vocabulary import (
    ACTS,
    ACTS_OF_REPRESENTATIVES,
    DECLARING_ROLES,
    DOUBLE_FAMILY_NAMES,
    FAMILY_NAMES,
    FIRM_ENDINGS,
    LABOUR_WORDS,
    LATIN_FIRM_ENDINGS,
    ORGANIZATIONS,
    PERSONS,
    SUBJECT_MATTERS,
    one_of,
)

NUMBERED: Final = "甲乙丙丁戊己庚辛"
_SIGNATURE: Final = r"亲笔签[字名]|签字|签名|签署|签定|签订处|(?<!作品)(?<!作者)署名"
_SEAL: Final = (
    r"章戳|签章|盖章|盖单位公?章|公章|印章|专用章|合同章|签盖|印鉴|印签|港印|盖印|加盖|画押|[手捺指按]印|章(?=\))|章$"
)
MARK: Final = re.compile(rf"{_SIGNATURE}|{_SEAL}")
FINGER: Final = re.compile("[手捺指按]印")
LEADING_MARK: Final = re.compile(rf"\(?(?:{_SIGNATURE}|{_SEAL})")
LEADING_SIGNATURE_LABEL: Final = re.compile(rf"(?:{_SIGNATURE})[:_]")

ORGANIZATION: Final = re.compile(one_of(ORGANIZATIONS))
FIRM: Final = re.compile(rf"{one_of(FIRM_ENDINGS)}|(?i:{one_of(LATIN_FIRM_ENDINGS)})\.?$")

# 方, 人, 单位 … follow these words.
_ACTS: Final = "|".join(f"{act}(?!人)" if act in ACTS_OF_REPRESENTATIVES.split() else act for act in ACTS.split())
_OBJECT: Final = one_of(SUBJECT_MATTERS)
_BESIDE: Final = "(?:配偶|共有人|保证人)?"
ROLE: Final = re.compile(
    rf"(?P<role>(?:(?:{_ACTS}|[{NUMBERED}])方?担保(?:人|方|单位)|借款单位\(个人\)|[{NUMBERED}](?:方单位|方){_BESIDE}"
    rf"|(?:{_OBJECT})?(?:{_ACTS})(?:方|人|单位|机构|商|者|厂|工厂|部门|公司|户|律师事务所)(?:原工作单位|{_BESIDE})"
    r"|业主|学校|毕业生|第三人|船东|原告|被告|[男女中外港台]方|雇主|房东|租客|配偶|买家|卖家|当事人|(?:水运|铁路|归口|主管)部门(?!意见|审)|联营成员单位|(?:合同|制造)工厂|(?:目标|标的|项目)公司)(?:[1-9a-h一二三四五六甲乙丙丁](?=[:_(签盖]))?)"
)
ANY_ROLE: Final = re.compile(
    r"(?P<role>(?![\u4e00-\u9fff]{0,5}[双各三]方|对方|一方|第三方|本|他人|法人|单位|签|经(?!营|销)|[的或及和与其])"
    rf"(?:[\u4e00-\u9fff]{{1,6}}?(?:(?:方|人|单位)(?=[:_(])|(?:方|单位)(?={_SEAL})|方(?=代表))|[\u4e00-\u9fff]{{2,8}}?(?<!授权)(?<!代表)(?<![和及并])(?=\(?(?:{_SIGNATURE})\)?(?:[:_(]|$)|确认(?:{_SIGNATURE}))"
    rf"|(?:[父母夫妻兄弟姐妹]|[\u4e00-\u9fff]{{2,6}}?)(?<!名称)(?<!姓名)(?=[:_]+\((?:{_SIGNATURE}|{_SEAL})\))"
    rf"|[\u4e00-\u9fff]{{0,6}}?(?:机构|企业|学校|委员会|监督部门|[行理]社|经营者|医院|商户|中心|中介|(?<!银)行)(?=:?\(?(?:{_SIGNATURE}|{_SEAL})\)?(?:[:_]|$))"
    rf"|(?!公司|企业|加盖|盖|公章|骑缝|预留|财务|名称|姓名|日期|请|处|[正副]本)[\u4e00-\u9fff]{{2,8}}?(?<!名称)(?<!姓名)(?<!代表)(?<!人员)(?<![和及并式处])(?=\(?(?:签章|盖章|公章|印章)\)?[:_(]|(?<!公司)(?<!厂)(?<!局)(?<!银行)\((?:签章|盖章|公章|印章|章)\)(?:[:_]|$))"
    rf"|(?!公司|企业)[\u4e00-\u9fff]{{2,6}}?(?=(?:名称|姓名):?_*\((?:{_SIGNATURE}|{_SEAL})\))))"
)
"""A word for a party that is in no list. It counts as a party only next to mark words."""
DECLARING: Final = re.compile(one_of(DECLARING_ROLES))
SHORT_ROLE: Final = re.compile(rf"(?P<role>[{NUMBERED}])(?=[及:(])")
SIDE_ALONE: Final = re.compile(
    rf"(?P<role>(?![\u4e00-\u9fff]{{0,5}}[双各对一三多地我]方)[\u4e00-\u9fff]{{1,5}}(?<![{NUMBERED}])方)"
)
SIDE: Final = re.compile(rf"{SIDE_ALONE.pattern}(?=[:_])")
"""A word that ends in 方 and is followed by a colon or a blank (酒店方:) is a party."""
SAME_PARTY: Final = (
    ("卖方", "售方", "供方", "出卖方", "出卖人", "销售方"),
    ("买方", "购方", "需方", "买受方", "买受人", "采购方"),
)
"""Synonyms, of which a contract may use one in its head and another in its signature block."""
NAMED_ROLE: Final = re.compile(
    rf"(?P<role>[^:_]{{2,26}})\((?P<alias>[{NUMBERED}]方)\):?(?:\(?(?:{_SIGNATURE}|{_SEAL})\)?:?)?"
)
"""A heading with a party's role and number: 2.归口部门(或担保单位)(丙方)."""

_PLAIN_ROLE: Final = ROLE.pattern.replace("?P<role>", "?:")
BEFORE_ROLE: Final = re.compile(
    rf"(?:(?P<acting>代表)|(?:立[约合同协议书契据]{{1,3}}人|签[约署]人|[\u4e00-\u9fff]{{0,5}}[双各三]方(?:当事人)?):)"
    rf"(?=(?:{_PLAIN_ROLE})(?:[:_(]|{_SIGNATURE})|[{NUMBERED}]方)"
)
"""Words in front of a party's role: 立约人:甲方____, 代表甲方:____."""
REPRESENTATIVE: Final = re.compile(
    r"\(?[或的]?其?(?:法定代表人|法定代理人|法定监护人|法定代表|法人代表人|法人代表|法人|授权代表人?|授权代理人|委托代理人|委托代表|代理人|代表人|"
    r"代表|执行事务合伙人(?:或委派代表)?|(?:房地产|执业)?经纪人员?|(?:[承经主]办|委托|代理)律师|主管负责人|企业负责人|银行负责人|财务负责人|具体组织工作负责人|单位负责人|负责人|主要负责人|企业经营者|经办人员?|经手人|承办人|"
    r"签约代表|授权签[字署约]人|副?主任|副?总经理|副?经理|厂长|董事长|校长|院长|村长|企业法人|全权代表|签字人|签约人|拍卖师(?=\(?签)|"
    r"(?:(?!方)[\u4e00-\u9fff]){0,5}?(?:负责人|经理|(?:业务|报关|采购|销售|信贷)员|主管|工程师|经办人|[园校院厂店市县区镇乡所局处科行会团队站场]长|主席|总裁|领导|代表)(?=\(?(?:签[字名章]|盖章)|[:_]))"
)
ACTING: Final = re.compile(r"(?:[^:(_]{0,10}|_+[^:(_]{1,4})?(?:代表|负责人)")
"""Words after a role that name the party's representative rather than the party."""

NO_REPRESENTATIVE: Final = re.compile(r"的?(?:证书?|编号|联系|电话|手机|身份|职务|住[址所]|地址)")
"""Words after a representative's label that turn it into a fact, such as a telephone number."""

WITNESS: Final = re.compile(
    rf"[^:(_]{{0,16}}?主管部门(?:备案|意见|审[查核批])|(?:[{NUMBERED}]方)?[^:(_]{{0,8}}?(?:见证|鉴证|公证|鉴\(公\)证|登记机关|(?<![承经主]办)(?<!委托)(?<!代理)律师(?!事务所)|监证|主持人|管理机关|审批|合同确认|"
    r"证明人|介绍人|代书人|翻译|审核|审查|复核|核算|记账|会计(?!师)|批准机关|备案|上级主管|市场[\u4e00-\u9fff]{1,2}(?:单位|方)|监督单位|监交人)"
)
_FACT_WORDS: Final = (
    r"(?:法人|通讯|通信|联系|注册|单位|法定|(?<![\u4e00-\u9fff])公司|企业)?(?:地址|住址|住所地?)|(?:联系|单位)?电话|手机号?码?|传真|邮编|邮政编码|"
    r"(?:合同|协议|订单|备案)编?号|开户(?:银行|行|名称)(?:及[帐账]号)?|户名|[帐账]号|(?:签字|签名|盖章)(?=:)|联系人|身份证号?码?|证件号码|统一社会信用代码|税号|日期|签[约订字署](?:日期|地点|时间)|性别|年龄|民族|籍贯|职务|职业"
)
FACT: Final = re.compile(
    r"\(?(?:法人|通讯|通信|联系|注册|单位|法定|住|居|详细|户籍|公司|企业|营业)?(?:地址|住址|住所|地点)|(?:联系)?电话|帐|账|开户|邮(?!局|电局)|日期|"
    r"时间|电挂|电传|传真|电报|身份证|证件|统一|联系人|职务|税号|户名|银行(?!负责|\(?[签盖])|签[订约定于署](?!代表)[^:章]{0,3}(?:日期|时间|地点|地)?[:于]?$|签字(?:日期|时间|地点|地|于)[:于]?$|签[署约订]日|"
    r"(?:签订|签约|签字|签名|签署|合同)[^:]{0,6}(?:日期|时间|地点|地|编号)|_*年|一九|二零|20|19|\d*年|签于|性别|年龄|籍贯|姓名|企业照|执照|营业执照|"
    r"注册|工商|登记号|附(?!属)|注:|说明|备注|订立|协议订立|手机|e_?mail|网址|单位名称|单位地址|发站|到站"
)
DATE: Final = re.compile(r"年.{0,3}月.{0,3}日|时间|日期")
CLOSING: Final = re.compile(
    r"一式|各执|各持|签字(?:[、,或后])?盖?章?(?:之日|后)|生效|签订\.?$|有效期|未尽事宜|双方签字|签署各方|特签名如下|以下无正文|"
    r"下列代表|签字\.$|备案"
)
"""The topics of a contract's last clause."""
SIGN_HERE: Final = re.compile(r"(?:[\u4e00-\u9fff]{0,4}[双各三]方)?(?:代表)?(?:签字|签署|签章|签字\(盖章\)|签字盖章):?")
ANNEX: Final = re.compile(r"附(?:[:件录一1]|$)|注:")
HEADING: Final = re.compile(r"[^:]{0,22}(?:合同|协议|契约|委托书|格式|样本|范例|条件|承诺)(?:书|\([^)]*\))?\)?")
OF_ANOTHER: Final = re.compile(r"[(*]?以下[^:]{0,6}由[^:]{2,12}填[写报]\)?:?")
"""Text that introduces a part filled in by another organization, not by the parties above."""
RENEWAL: Final = "续订"
LABOUR: Final = re.compile(one_of(LABOUR_WORDS))
PERSON: Final = re.compile(one_of(PERSONS))
PERSON_NAME: Final = re.compile(
    rf"(?:(?:{one_of(DOUBLE_FAMILY_NAMES)}|[{FAMILY_NAMES}])"
    r"(?:[\u4e00-\u9fff]{1,2}|·[\u4e00-\u9fff·]+)|[\u4e00-\u9fff]{2,8}(?:·[\u4e00-\u9fff]{2,10}){1,3})"
)
"""A Chinese personal name: a common family name and a given name."""
VILLAGER: Final = re.compile(r"村民|社员|农户|个人(?!签章\))")
PERSONAL: Final = re.compile(r"经理|职工|代表|个人")
"""Words that mark the signature of a person in a line with a firm's name."""
_ROLE_AHEAD: Final = re.compile(rf"(?:{ROLE.pattern})(?<!公司)(?<!厂)(?<!学校)")
LABEL_WITH_COLON: Final = re.compile(
    rf"(?:{_PLAIN_ROLE}|{REPRESENTATIVE.pattern}|{_FACT_WORDS})(?:\([^)]{{1,10}}\))?:"
    rf"|(?<=\):)[\u4e00-\u9fff]{{2,8}}\((?:{MARK.pattern})\):"
)
"""A label with a colon, which may have text after it and further labels in the same row."""
LATIN: Final = re.compile(r"[a-z][a-z0-9&.,'/()-]*")
NUMBERING: Final = re.compile(r"(?:[a-z][.、]|\(?[0-9一二三四五六七八九十]{1,3}[.、,)]|[①-⑳⒈-⒛])")
CLAUSE_HEAD: Final = re.compile(r"第[一二三四五六七八九十百0-9]+[条章]")


def begins_label(text: str) -> bool:
    """Return whether the text after a label's blank begins with another label."""
    if text[:1].isascii() and text[:1].isalpha():
        return english.begins_label(text)
    if text.startswith("("):
        return False
    patterns = (_ROLE_AHEAD, REPRESENTATIVE, FACT, WITNESS, LEADING_SIGNATURE_LABEL)
    return bool(text) and (any(pattern.match(text) for pattern in patterns) or text.startswith(("盖章:", "盖章_")))


def is_seal(found: str) -> bool:
    """Return whether these mark words ask for a seal rather than a signature."""
    if FINGER.search(found):
        # A fingerprint is a person's mark, unless a company may seal in the person's place.
        return "盖章" in found
    return english.SEAL.search(found) is not None or "章" in found or "印" in found
