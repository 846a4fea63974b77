"""Layouts as contracts have them, one rule each."""

from __future__ import annotations

import pytest

from esign_desktop.domain.proposal import PartyKind
from esign_desktop.pdf.proposing.parties import propose, proposed_pages
from tests.pdf.proposing.written import CLAUSE, proposal_of, told


def test_two_columns_with_who_acts_below() -> None:
    found = proposal_of(
        [
            CLAUSE,
            "甲方（盖章）：                    乙方（盖章）：",
            "法定代表人：＿＿＿（签字）        法定代表人：＿＿＿（签字）",
            "    年    月    日                    年    月    日",
        ]
    )
    assert told(found) == {
        "甲方": [(1, "seal", "甲方(盖章):"), (1, "signature", "法定代表人:___(签字)")],
        "乙方": [(1, "seal", "乙方(盖章):"), (1, "signature", "法定代表人:___(签字)")],
    }
    first, second = (party.marks[0].rect for party in found.parties)
    assert (first.left_pt, first.width_pt) == (60, 70)
    assert second.left_pt == 230


def test_a_head_that_names_the_parties_is_no_place_to_sign() -> None:
    found = proposal_of(
        ["租赁合同", "出租方：________", "承租方：________", "地址：__________", CLAUSE],
        ["出租方：________（公章）", "承租方：________（签字）"],
    )
    assert told(found) == {
        "出租方": [(2, "seal", "出租方:________(公章)")],
        "承租方": [(2, "signature", "承租方:________(签字)")],
    }


def test_bare_roles_after_the_last_clause_are_signed_at() -> None:
    assert told(proposal_of([CLAUSE, "买方：________        卖方：________"])) == {
        "买方": [(1, "seal", "买方:________")],
        "卖方": [(1, "seal", "卖方:________")],
    }


def test_a_mark_of_its_own_row_belongs_to_the_role_above_it() -> None:
    found = proposal_of([CLAUSE, "受让方代表：          出让方代表：", "（签  字）            （签  字）"])
    assert told(found) == {"受让方": [(1, "signature", "(签字)")], "出让方": [(1, "signature", "(签字)")]}


def test_columns_that_the_file_has_flattened() -> None:
    rows = [
        "甲方（盖章）",
        "乙方（盖章）",
        "法定代表人（或授权代表）",
        "法定代表人（或授权代表）",
        "（签字）",
        "（签字）",
    ]
    found = proposal_of([CLAUSE, *rows])
    assert told(found) == {
        "甲方": [(1, "seal", "甲方(盖章)"), (1, "signature", "(签字)")],
        "乙方": [(1, "seal", "乙方(盖章)"), (1, "signature", "(签字)")],
    }
    assert found.parties[0].marks[1].rect.top_pt < found.parties[1].marks[1].rect.top_pt


def test_who_acts_may_stand_on_the_next_page() -> None:
    found = proposal_of([CLAUSE, "甲方签章：______        乙方签章：______"], ["代表人：______        代表人：______"])
    assert told(found)["甲方"] == [(1, "seal", "甲方签章:______"), (2, "signature", "代表人:______")]
    assert told(found)["乙方"][1] == (2, "signature", "代表人:______")


def test_a_label_of_two_rows_is_one_place() -> None:
    found = proposal_of(
        [
            CLAUSE,
            "甲方：        （公章）          乙方：          （公章）",
            "法定代表人                      法定代表人：（签章）",
            "或主要负责人：（签章）",
        ]
    )
    assert [mark[2] for mark in told(found)["甲方"]] == ["甲方:(公章)", "或主要负责人:(签章)"]


def test_witnesses_are_told_apart_and_keep_their_marks() -> None:
    found = proposal_of(
        [
            CLAUSE,
            "甲方（盖章）        乙方（盖章）        鉴证机关（盖章）",
            "代表（签字）        代表（签字）",
            "见证人：（签字）",
        ]
    )
    assert list(told(found)) == ["甲方", "乙方"]
    assert found.witnesses == ("鉴证机关(盖章)", "见证人:(签字)")
    assert len(told(found)["乙方"]) == 2


def test_a_role_written_downwards_in_a_table() -> None:
    found = proposal_of(
        [
            CLAUSE,
            "┌─┬──────────┬───────┐",
            "│许│                    │  地址         │",
            "│可│      （公章）      ├───────┤",
            "│方│  法定代表人：      │  电话         │",
            "├─┼──────────┼───────┤",
            "│被│                    │  地址         │",
            "│许│      （公章）      │               │",
            "│可│                    │               │",
            "│方│  法定代表人：      │  电话         │",
            "└─┴──────────┴───────┘",
        ]
    )
    marks = [("seal", "(公章)"), ("signature", "法定代表人:")]
    assert {role: [mark[1:] for mark in one] for role, one in told(found).items()} == {
        "许可方": marks,
        "被许可方": marks,
    }


def test_a_role_written_downwards_in_a_table_whose_lines_are_drawn() -> None:
    def cell(name: str, *characters: str) -> list[str]:
        beside = [f"单位名称：{name}      （公章）", "法定代表人：          （签章）", "委托代理人：          （签章）"]
        beside += ["地址：示例市云杉街", "电话：0999-1234567"]
        return [f"{one:　<6}{row}" for one, row in zip(characters, beside, strict=True)]

    table = [*cell("云禾公司", "", "委", "托", "人", ""), *cell("星渡公司", "受", "托", "人", "（乙方）", "")]
    found = proposal_of([CLAUSE, *table])
    assert [(one.role, one.name) for one in found.parties] == [("委托人", "云禾公司"), ("受托人", "星渡公司")]
    for marks in told(found).values():
        assert [kind for _, kind, _ in marks] == ["seal", "signature", "signature"]


def test_rows_of_a_drawn_table_are_the_partys_in_whose_middle_its_role_stands() -> None:
    found = proposal_of(
        [
            CLAUSE,
            "              （签字）：              地址：",
            "发包人        委托代理人：            电话：",
            "              日期：",
            "              （盖章）                地址：",
            "              法定代表人：（签字）",
            "承包人        委托代理人：            电话：",
            "              经办人：",
            "              日期：",
        ],
        ["市场主办单位  （盖章）                投诉电话："],
    )
    assert told(found) == {
        "发包人": [(1, "signature", "(签字):"), (1, "signature", "委托代理人:")],
        "承包人": [(1, "seal", "(盖章)"), (1, "signature", "法定代表人:(签字)")],
    }
    assert found.witnesses == ("市场主办单位(盖章)",)


@pytest.mark.parametrize(
    "table",
    [
        [
            "供    单位名称（章）：          需    单位名称（章）：",
            "      单位地址：                      单位地址：",
            "方    法定代表人：              方    法定代表人：",
        ],
        [
            "│供方│单位名称（章）    │需方│单位名称（章）    │",
            "│    │法定代表人：      │    │法定代表人：      │",
        ],
        [
            "            单位名称（章）：",
            "供方        单位地址：",
            "            法定代表人：",
            "            单位名称（章）：",
            "需方        单位地址：",
            "            法定代表人：",
        ],
        [
            "供方        单位名称（章）：",
            "            单位地址：",
            "            法定代表人：",
            "需方        单位名称（章）：",
            "            单位地址：",
            "            法定代表人：",
        ],
    ],
    ids=["halves", "halves with lines", "in the middle", "in the first row"],
)
def test_where_the_role_of_a_cell_may_stand(table: list[str]) -> None:
    found = proposal_of([CLAUSE, *table])
    assert [one.role for one in found.parties] == ["供方", "需方"]
    seals, signatures = zip(*(one.marks for one in found.parties), strict=True)
    assert {one.text for one in seals} <= {"单位名称(章)", "单位名称(章):"}
    assert {one.text for one in signatures} == {"法定代表人:"}
    assert len({(one.rect.left_pt, one.rect.top_pt) for one in (*seals, *signatures)}) == 4


def test_what_a_cell_names_itself_is_not_named_twice() -> None:
    table = [
        line
        for role in ("卖方", "买方")
        for line in (f"{role[0]}     {role}（盖章）：", "       经办人（签字）：", f"{role[1]}     开户银行：")
    ]
    assert told(proposal_of([CLAUSE, *table])) == {
        role: [(1, "seal", f"{role}(盖章):"), (1, "signature", "经办人(签字):")] for role in ("卖方", "买方")
    }


def test_a_role_that_contains_another_is_not_that() -> None:
    found = proposal_of(
        ["收养协议", CLAUSE], ["被收养人：姓名：        性别：", CLAUSE, "收养人：（签字）", "送养人：（签字）"]
    )
    assert list(told(found)) == ["收养人", "送养人"]


def test_several_contracts_of_one_file_give_a_party_places_in_each() -> None:
    sheet = [CLAUSE, "甲方（盖章）        乙方（盖章）", "委托代理合同"]
    assert [mark[0] for mark in told(proposal_of(sheet, sheet))["甲方"]] == [1, 2]


def test_lines_for_a_renewal_are_not_signed_now() -> None:
    found = proposal_of([CLAUSE, "甲方（签字）", "乙方（签字）", "附：续订合同期限", "甲方（签字）", "乙方（签字）"])
    assert {role: len(marks) for role, marks in told(found).items()} == {"甲方": 1, "乙方": 1}


def test_a_word_for_a_party_that_is_in_no_list_needs_words_for_a_mark() -> None:
    assert list(told(proposal_of([CLAUSE, "产权人：______（签字）", "共有人：______（签字）"]))) == ["产权人", "共有人"]
    assert told(proposal_of([CLAUSE, "产权人：______", "共有人：______"])) == {}


@pytest.mark.parametrize(
    ("head", "rows", "roles"),
    [
        (
            ["客户方（甲方）：", "经营者（以下简称“乙方”）："],
            ["客户方：________        经营者：________"],
            ["客户方", "经营者"],
        ),
        (["旅游者：______", "旅行社：______"], ["旅游者代表签字：        旅行社盖章："], ["旅游者", "旅行社"]),
        (["承租方保证人（丙方）："], ["承租方（盖章）：", "承租方保证人（签字）："], ["承租方", "承租方保证人"]),
        ([], ["委托人（签字）：        早教机构（盖章）："], ["委托人", "早教机构"]),
        (
            [],
            ["甲方1（签字）：", "甲方2（签字）：", "乙方（盖章）：", "乙方配偶（签字）："],
            ["甲方1", "甲方2", "乙方", "乙方配偶"],
        ),
        ([], ["合伙人甲（签字）：", "合伙人乙（签字）：", "报关行（盖章）："], ["合伙人甲", "合伙人乙", "报关行"]),
        ([], ["员工签名：        公司盖章："], ["员工", "公司"]),
        (
            [],
            ["患方代表签字：        医方（盖章）：", "房东：________        中介（盖章）："],
            ["患方", "医方", "房东", "中介"],
        ),
        (["运输方式：铁路"], ["运输方式盖章：", "托运人（盖章）："], ["托运人"]),
    ],
)
def test_a_party_is_what_the_contract_defines_as_one(head: list[str], rows: list[str], roles: list[str]) -> None:
    assert list(told(proposal_of([*head, CLAUSE, *rows]))) == roles


@pytest.mark.parametrize(
    "acting", ["项目负责人（签字）：", "总监理工程师（签字）：", "业务员（签字）：", "采购经理：", "园长（签章）："]
)
def test_who_acts_for_a_party_is_none_itself(acting: str) -> None:
    marks = told(proposal_of([CLAUSE, "建设单位（公章）          施工单位（公章）", f"{acting:　<13}{acting}"]))
    assert {role: len(each) for role, each in marks.items()} == {"建设单位": 2, "施工单位": 2}


def test_who_signs_below_the_seal_of_an_institution_is_of_it() -> None:
    rows = [
        "委托单位（章）            检测单位（章）",
        "委托人（签字）：          受理人（签字）：",
        "担保人（签字）：",
    ]
    assert {role: len(each) for role, each in told(proposal_of([CLAUSE, *rows])).items()} == {
        "委托单位": 2,
        "检测单位": 2,
        "担保人": 1,
    }


def test_words_for_a_mark_in_two_languages_are_one_mark() -> None:
    rows = ["买方（盖章）/ The Buyer (Stamp)：", "签字 / Signature："]
    assert [kind for _, kind, _ in told(proposal_of([CLAUSE, *rows]))["买方"]] == ["seal", "signature"]


@pytest.mark.parametrize(
    ("words", "kind"),
    [("签章、捺印", "signature"), ("签字、指印", "signature"), ("盖章或按手印", "seal"), ("印鉴", "seal")],
)
def test_a_fingerprint_is_a_persons_mark(words: str, kind: str) -> None:
    assert [mark[1] for mark in told(proposal_of([CLAUSE, f"承包方（{words}）："]))["承包方"]] == [kind]


def test_two_words_for_a_mark_below_a_role_are_its_place() -> None:
    found = told(proposal_of([CLAUSE, "甲    方：            乙    方：", "签字盖章：            签字盖章："]))
    assert [mark for each in found.values() for mark in each] == 2 * [(1, "seal", "签字盖章:")]


@pytest.mark.parametrize(
    ("rows", "roles"),
    [
        (["甲方：          乙方：", "日期：          日期："], ["甲方", "乙方"]),
        (["甲方：", "乙方：", "    年    月    日"], ["甲方", "乙方"]),
        (["甲方：          乙方："], []),
        (["甲方：", "    年    月    日"], []),
    ],
)
def test_two_bare_labels_with_a_date_below_the_last_clause_are_signed(rows: list[str], roles: list[str]) -> None:
    clause = "    第一条 甲方向乙方提供咨询服务，乙方按月支付费用，双方另有约定的从其约定，本条款适用于全部分支机构。"
    head = ["咨询服务合同", "甲方：云禾科技有限公司", "乙方：林小满"]
    assert list(told(proposal_of([*head, clause, *rows]))) == roles


def test_a_declaration_is_signed_by_one() -> None:
    declared = "    本人知悉该房屋拟对外出售，现声明放弃优先购买权，本声明自签字之日起生效，不可撤销。"
    assert list(told(proposal_of(["声明书", declared, "声明人：", "    年    月    日"]))) == ["声明人"]


def test_a_broker_and_a_guardian_sign_for_the_party_above_them() -> None:
    found = proposal_of(
        [
            CLAUSE,
            "出卖人（签字）：          买受人（签字）：          居间方（盖章）：",
            "代理人（签字）：          监护人（签字）：          经纪人（签字）：",
        ]
    )
    assert {role: len(marks) for role, marks in told(found).items()} == {"出卖人": 2, "买受人": 2, "居间方": 2}


def test_an_employee_is_a_person_and_signs() -> None:
    found = proposal_of(["劳动合同书", CLAUSE, "甲方（盖章）          乙方（签章）"])
    assert [(one.kind, one.marks[0].kind.value) for one in found.parties] == [
        (PartyKind.EITHER, "seal"),
        (PartyKind.PERSON, "signature"),
    ]


@pytest.mark.parametrize(
    ("rows", "names"),
    [
        (["甲方：云禾科技有限公司", "乙方：林小满"], ["云禾科技有限公司", "林小满"]),
        (["云禾科技有限公司（以下简称甲方）", "林小满（以下简称“乙方”）"], ["云禾科技有限公司", "林小满"]),
        (["甲方：×××公司", "乙方：______"], ["", ""]),
        (["甲方：【云禾科技有限公司】", "林小满（乙方）"], ["云禾科技有限公司", "林小满"]),
        (["出租方（以下简称甲方）：云禾店（个体）", "乙方：姓名：林小满    性别：女"], ["云禾店（个体）", "林小满"]),
        (["甲方：云禾科技有限公司法定代表人：周知夏", "乙方　　林小满"], ["云禾科技有限公司", "林小满"]),
        (["甲方代表：周知夏", "经办人：林小满", "甲方开户行：云禾银行", "乙方：2026年3月1日"], ["", ""]),
        (["现聘请云禾律师事务所____，以下简称甲方；", "由星渡公司与林小满（下称乙方）"], ["云禾律师事务所", "林小满"]),
        (["甲方：Blue Fen Co., Ltd.", "存货人：林小满（乙方）"], ["Blue Fen Co., Ltd.", "林小满"]),
        (["甲方（出租人）：云禾公司杭州分公司 地址", "乙方：林小满 身份证号"], ["云禾公司杭州分公司", "林小满"]),
    ],
)  # fmt: skip
def test_names_that_the_paper_has_are_read(rows: list[str], names: list[str]) -> None:
    found = proposal_of([*rows, CLAUSE, "甲方（盖章）", "乙方（签字）"])
    assert [one.name for one in found.parties] == names


def test_a_name_in_the_next_cell_counts_if_facts_follow_it() -> None:
    first = ["甲方        云禾水果店铺档口", "住所：云州市        电话：123"]
    second = ["乙方        海岚市场", "住所：海州市        电话：456"]
    found = proposal_of([*first, *second, CLAUSE, "甲方（盖章）", "乙方（签字）"])
    assert [one.name for one in found.parties] == ["云禾水果店铺档口", "海岚市场"]


def test_a_name_is_pointed_out_beside_its_own_role() -> None:
    head = ["见证方：林小满", "甲方：云禾示例科技有限公司", "乙方：林小满"]
    found = proposal_of([*head, CLAUSE, "甲方（盖章）", "乙方（签字）"])
    places = [one.name_place for one in found.parties]
    assert [(place.rect.left_pt, place.rect.top_pt) for place in places if place is not None] == [(90, 60), (90, 80)]


def test_a_name_that_runs_on_in_the_next_row_is_one() -> None:
    full = "本合同由下列双方于示例市签订，双方经平等协商订立下列条款并共同遵守执行之"
    head = [
        "甲方：云禾精密机械制造（示例）有限公司临溪分公司驻云州办事处及其下属（集团",
        "）公司",
        "乙方：林小满",
        full,
    ]
    found = proposal_of(head, [CLAUSE, "甲方（盖章）", "乙方（签字）"])
    assert [one.name for one in found.parties] == [head[0][3:] + head[1], "林小满"]


def test_a_mark_that_a_name_was_printed_behind_is_still_one() -> None:
    rows = ["甲方：云禾公司        乙方：林小满", "签字：周知夏（盖章）    签字：林小满"]
    assert told(proposal_of([CLAUSE, *rows])) == {
        "甲方": [(1, "signature", "签字"), (1, "seal", "(盖章)")],
        "乙方": [(1, "signature", "签字:林小满")],
    }


def test_names_are_told_as_they_are_printed() -> None:
    found = proposal_of(["甲方：SMITH国际贸易有限公司", CLAUSE, "甲方（盖章）", "乙方（盖章）"])
    assert found.parties[0].name == "SMITH国际贸易有限公司"


@pytest.mark.parametrize(
    ("rows", "marks"),
    [
        (["技术", "受让", "方", "（公章）"], "技术受让方 s"),
        (["甲方地址：____", "甲方：____        乙方：____", "甲方签字：____        乙方签字：____"], "甲方 g, 乙方 g"),
        (["用人单位（盖章）              员工（签名）", "法定代表人（签名）"], "用人单位 sg, 员工 g"),
        (["单位（盖章）：              个人（签字）：", "法定代表人（签字）："], "单位 sg, 个人 g"),
        (["受托方盖章：", "代表签字：", "监督单位盖章："], "受托方 sg"),
        (["调解员（签名）：", "人民调解委员会（印章）"], "调解员 g, 人民调解委员会 s"),
        (["客户确认签字：____      服务人员签字：____"], "客户 g, 服务人员 g"),
        (["患者签名        签名日期", "患者授权亲属签名        签名日期"], "患者 g, 患者授权亲属 g"),
        (["甲方单位：（盖章）", "甲方负责人：（签字）", "监督部门：（盖章）"], "甲方单位 sg, 监督部门 s"),
        (["甲方代表：          乙方代表：", "签字：              签字：", "盖章：              盖章："],
         "甲方 gs, 乙方 gs"),
        (["出租方：____      承租方：____", "签字/盖章：____      签字/盖章：____"], "出租方 s, 承租方 s"),
        (["投标人：      （盖单位章）", "法定代表人：      （签字）"], "投标人 sg"),
        (["业主委员会（盖章）：", "主任（签字）：", "副主任（签字）："], "业主委员会 sgg"),
        (["经纪机构（盖章）：", "房地产经纪人员（签字）：", "经纪人员证书编号："], "经纪机构 sg"),
        (["出租人（签章）：", "证件类型：", "代理人："], "出租人 g"),
        (["甲方（公司）        乙方（员工）", "（公章）            （亲笔签名）"], "甲方 s, 乙方 g"),
        (["投保人签章：", "以下内容由保险公司填写", "业务员签字：", "保险人（签单公章）"], "投保人 s, 保险人 s"),
        (["借款人：            配偶：", "（签字、捺印）      （签字、捺印）"], "借款人 g, 配偶 g"),
        (["转让方（签字）：", "受让方（盖章）：", "负责人（签字）：", "目标公司（盖章）：", "负责人（签字）："],
         "转让方 g, 受让方 sg, 目标公司 sg"),
        (["          名称（盖章）：", "甲方      代表人（签字）：",
          "          名称（盖章）：", "乙方      代表人（签字）："],
         "甲方 sg, 乙方 sg"),
        (["云禾有限公司（甲方）（盖章）        林小满（乙方）（签字）"], "甲方 s, 乙方 g"),
        (["牵头人名称：        （盖单位章）", "代表：（签字）", "成员一名称：        （盖单位章）"],
         "牵头人 sg, 成员一 s"),
        (["甲方（盖章）：            乙方（盖章）：", "代表：  （签字）      代表：  （签字）"], "甲方 sg, 乙方 sg"),
        (["乙方（盖章）：", "承办律师（签字）："], "乙方 sg"),
        (["甲方/摄影师签字：          乙方/模特签字："], "甲方 g, 乙方 g"),
        (["持卡人签名：", "客户签章（预留印鉴）：", "银行签章："], "持卡人 g, 客户 s, 银行 s"),
        (["用人单位意见：", "（签章）"], "用人单位 s"),
        (["委托人：（盖章）", "法定代表人或其授权", "的代理人：（签字）"], "委托人 sg"),
        (["债权人", "（公章或合同专用章）", "法定代表人/负责人", "或授权代理人："], "债权人 sg"),
        (["甲方：", "云禾托育服务有限公司", "（盖章处）", "乙方：", "（本人签字并按手印）"], "甲方 s, 乙方 g"),
        (["甲方长沙星野文化传媒有限公司", "盖章：        授权签字人：", "乙方施××", "签字：        捺印："],
         "甲方 sg, 乙方 gg"),
        (["转让人章戳（签字）：", "法定代表人："], "转让人 sg"),
        (["移交人：        接收人：        监交人：", "日期：          日期：          日期："],
         "移交人 g, 接收人 g"),
        (["境外接收方：", CLAUSE, "境外接收方：", "法定代表人（签章）：", "（单位盖章）"], "境外接收方 sg"),
        (["酒店方：____        客户方：____", "签字：____          签字：____"], "酒店方 g, 客户方 g"),
        (["立约人：甲方____（签章）", "        乙方____（签章）"], "甲方 s, 乙方 s"),
        (["买卖双方签字：", "卖方：____________", "买方：____________"], "卖方 s, 买方 s"),
        (["此合同经双方代表签字后生效", "代表甲方：____      代表乙方：____"], "甲方 g, 乙方 g"),
        (["委托单位        承办单位", "（盖章）        （盖章）"], "委托单位 s, 承办单位 s"),
        (["申请单位意见        主管部门意见", "（公章）            （公章）"], "申请单位 s"),
        (["甲方：                乙方：", "经手人：              经手人："], "甲方 sg, 乙方 sg"),
        (["邮电局（章）                用户（章）", "经办人：                    经办人："], "邮电局 sg, 用户 sg"),
        (["租用人：____（签字）    出租汽车公司：____（盖章）"], "租用人 g, 出租汽车公司 s"),
        (["业主（甲方）签章：          物业管理公司（乙方）签章："], "业主 s, 物业管理公司 s"),
        (["兄：____（签字）", "弟：____（签字）", "证明人：____（签字）"], "兄 g, 弟 g"),
        (["收养人（夫）：____（签名）", "送养人（夫）：____（签名）"], "收养人 g, 送养人 g"),
        (["卖方（单位）：____（盖章）", "买方（单位）：____（盖章）"], "卖方 s, 买方 s"),
        (["委托人（签字）：          代理人（签字）："], "委托人 g, 代理人 g"),
        (["委托人（签字）：          受托人（签字）：", "代理人（签字）：          代理人（签字）："],
         "委托人 gg, 受托人 gg"),
        (["出卖人（签字）：          买受人（签字）：", "共有权人（签字）：        共有权人（签字）："],
         "出卖人 g, 买受人 g, 出卖人共有权人 g, 买受人共有权人 g"),
        (["新郎签名：                乙方盖章：", "新娘签名：                策划师签名："],
         "新郎 g, 乙方 sg, 新娘 g"),
        (["债务人（公章）：  债权人（公章）：  第三人（公章）："], "债务人 s, 债权人 s, 第三人 s"),
        (["甲方：                              乙方：",
          "    ____有限公司（盖章）                ____银行（盖章）"],
         "甲方 s, 乙方 s"),
        (["发包人（盖章）：", "市场主办单位      （盖章）"], "发包人 s"),
        (["代售人                    寄售人", "签名：____                签名：____"], "代售人 g, 寄售人 g"),
        (["甲方（公章）              乙方（公章）", "经理：____              团长：____"], "甲方 sg, 乙方 sg"),
    ],
)  # fmt: skip
def test_words_that_parties_sign_by(rows: list[str], marks: str) -> None:
    found = told(proposal_of([CLAUSE, *rows]))
    kinds = {"seal": "s", "signature": "g"}
    assert ", ".join(f"{role} {''.join(kinds[one[1]] for one in each)}" for role, each in found.items()) == marks


def test_the_place_of_a_label_with_a_blank_reaches_to_the_words_for_a_mark() -> None:
    found = proposal_of([CLAUSE, "甲方：__________（盖章）", f"乙方：{'_' * 60}（签字）"])
    assert [(one.marks[0].rect.left_pt, one.marks[0].rect.width_pt) for one in found.parties] == [(60, 110), (60, 30)]


def test_one_party_that_is_called_by_two_words() -> None:
    rows = [
        "出借人（签字）：",
        "借款人（签字）：",
        "（以上借款已收到。）",
        CLAUSE,
        "收款人（借款人）：________（签字）",
    ]
    assert {role: len(each) for role, each in told(proposal_of([CLAUSE, *rows])).items()} == {"出借人": 1, "借款人": 2}


def test_a_seal_below_a_line_that_runs_to_the_margin_is_of_its_own_column() -> None:
    rows = ["甲方：______业主委员会        乙方：________物业服务有限公司", "（印章）                        （印章）"]
    found = told(proposal_of([CLAUSE[:29], *rows]))
    assert {role: [mark[2] for mark in each] for role, each in found.items()} == {
        "甲方": ["(印章)"],
        "乙方": ["(印章)"],
    }


def test_heads_of_columns_that_end_with_side_are_parties() -> None:
    columns = ["企业方                    职工方", "（盖章）                  （盖章）"]
    assert told(proposal_of([CLAUSE, *columns])) == {
        "企业方": [(1, "seal", "(盖章)")],
        "职工方": [(1, "seal", "(盖章)")],
    }
    assert proposal_of([CLAUSE, *(row.replace("企业方", "责任人") for row in columns)]).parties == ()


def test_of_equal_marks_in_a_row_each_is_for_one_of_the_parties_above() -> None:
    rows = ["甲方代表签字：", "乙方代表签字："]
    assert told(proposal_of([CLAUSE, *rows, "（公司盖章）              （公司盖章）"])) == {
        "甲方": [(1, "signature", "甲方代表签字:"), (1, "seal", "(公司盖章)")],
        "乙方": [(1, "signature", "乙方代表签字:"), (1, "seal", "(公司盖章)")],
    }
    unlike = told(proposal_of([CLAUSE, *rows, "（签字）              （公司盖章）"]))
    assert unlike["甲方"] == [(1, "signature", "甲方代表签字:")]


def test_a_row_of_parties_alone_heads_the_columns_of_a_table() -> None:
    table = [
        "┌────────┬────────┐",
        "│供      方      │需      方      │",
        "├────────┼────────┤",
        "│单位名称：（盖章）│单位名称：（盖章）│",
        "│签约代表：        │签约代表：        │",
        "└────────┴────────┘",
    ]
    each = [(1, "seal", "单位名称:(盖章)"), (1, "signature", "签约代表:")]
    assert told(proposal_of([CLAUSE, *table])) == {"供方": each, "需方": each}


def test_the_mark_of_a_label_of_two_rows_stands_at_its_words() -> None:
    label = f"    乙方：________县{'_' * 60}村"
    found = proposal_of(["字" * 50, CLAUSE, label, f"{'_' * 24}农户户主（签字或盖章）"])
    mark = found.parties[0].marks[0]
    assert (mark.kind.value, mark.rect.left_pt, mark.rect.top_pt) == ("signature", 230, 100)


def test_a_firm_that_signs_by_its_name_is_the_party_that_this_defines() -> None:
    head = ["    中国____公司（以下简称甲方）与____国________公司（以下简称乙方）订立本合同如下，各方遵守。", CLAUSE]
    signed = ["中国____公司                ____国________公司", "代表：____（签字）              代表：____（签字）"]
    assert {role: len(each) for role, each in told(proposal_of([*head, *signed])).items()} == {"甲方": 2, "乙方": 2}
    assert "甲方" not in told(proposal_of([head[0].replace("乙方", "丙方").replace("中国____", "____国__"), *signed]))


def test_a_third_firm_below_two_is_a_party_if_its_line_is_for_a_representative() -> None:
    two = "云禾示例科技有限公司（盖章）        海岚示例贸易有限公司（盖章）"
    third = "山石示例贸易有限公司"
    assert len(proposal_of([CLAUSE, two, f"{third}代表：____（签字）"]).parties) == 3
    assert len(proposal_of([CLAUSE, two, f"{third}（盖章）："]).parties) == 2


def test_a_party_signs_at_its_address_too_unless_it_has_words_for_a_mark_below() -> None:
    rows = [CLAUSE, "甲方（盖章）        乙方", "地址：云州市", "甲方（盖章）        乙方：____"]
    assert [text for _, _, text in told(proposal_of(rows))["乙方"]] == ["乙方", "乙方:____"]
    rows[-1] = "甲方（盖章）        乙方（盖章）"
    assert [text for _, _, text in told(proposal_of(rows))["乙方"]] == ["乙方(盖章)"]


@pytest.mark.parametrize(("tail", "count"), [("年，月日，地址", 2), ("年，月日，住地址", 1)])
def test_of_lines_with_commas_only_short_ones_are_labels(tail: str, count: int) -> None:
    found = proposal_of([CLAUSE, f"甲方（盖章）：{tail}", "乙方（盖章）："])
    assert len(found.parties) == count


def test_who_a_work_is_credited_to_signs_nothing() -> None:
    assert proposal_of(["图书出版合同", "甲方（著作权人）：", "乙方（出版者）：", "作品署名：", CLAUSE]).parties == ()


def test_nothing_is_proposed_where_nobody_signs() -> None:
    assert proposal_of(["通知", "各位同事：", "明天放假。"]).parties == ()
    assert propose([]).parties == ()


def test_of_a_book_the_first_and_the_last_pages_are_read() -> None:
    pages = proposed_pages(1000)
    assert (pages[0], pages[29], pages[30], pages[-1], len(pages)) == (0, 29, 910, 999, 120)
    assert proposed_pages(40) == list(range(40))
