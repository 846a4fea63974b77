"""The lists of words that the rules of this package use, separated by spaces. New words for parties are added here.

Chinese words are in the form that ``pdf.text.folding`` produces. English words are in the form that ``letters``
produces, in lower case and without spaces. The lists are a module rather than a text file, because the processes that
read documents cannot open other files once they are locked down.
"""

from __future__ import annotations

from typing import Final

ACTS: Final = (
    "买 卖 供 需 购 售 销 出租 承租 委托 受托 发包 承包 分包 转让 受让 被转让 出让 许可 被许可 供电 用电 "
    "供热 用热 供水 用水 供气 用气 技术受让 技术转让 中介 托修 承修 定作 承揽 服务 抵押 抵押权 出质 质权 "
    "保证 担保 建设 施工 设计 勘察 监理 托运 承运 采购 供应 收货 发货 寄存 保管 存货 仓储 仓管 出借 借款 "
    "贷款 投保 被保险 保险 赠与 受赠 收养 送养 合伙 受聘 聘用 聘 用人 用工 劳动 买受 出卖 行纪 居间 经纪 "
    "让与 债权 债务 签署 立约 协议 授权 被授权 主办 开发 研究 引进 受 联营 合作 出资 加工 承接 承担 调入执行 "
    "调出执行 购货 供货 供销 广告发布 物业 业主 用户 雇佣 受雇 雇 租赁 出版 著作权 演出 邀请 培训 承兑 贴现 "
    "接受 提供 咨询 顾问 派遣 捐赠 受捐赠 认购 遗赠 扶养 加盟 授信 反担保 投资 融资 购买 共有 运输 托 施 "
    "监护 见习 实习 赔偿 房屋出租 房屋承租 出售 收购 合同 承销 发行 声明 承诺 具结 立遗嘱 立据 欠款 招标 "
    "投标 移交 接收 存款 租船 出典 承典 信托 受益 被代理 代理 拆迁 被拆迁 物业管理 订货 拍卖 委托拍卖 出票 "
    "进口 出口 承办 协办 寄售 代售 代销 经销 包销 批发 质押 质押权 托管 养殖 种植 维修 安装 测绘 申请 租用 "
    "特许 被特许 征收 被征收"
)
"""What a party does in the contract: 买 in 买方, 委托 in 委托人."""
ACTS_OF_REPRESENTATIVES: Final = "代理 承办"
"""Acts that name a party only without 人: 代理方 is a party, 代理人 represents one."""
SUBJECT_MATTERS: Final = (
    "船舶 房屋 土地 国有土地使用权 商铺 柜台 设备 车辆 汽车 专利权 专利 商标 股权 场地 林地 工程 商品"
)
"""The subject matter in front of a role: 船舶 in 船舶出租人."""
ORGANIZATIONS: Final = (
    "单位 公司 工厂 厂 银行 部门 企业 集团 机构 学校 大学 医院 局 事务所 研究所 院 社 村委会 委员会 中心 商场 工会"
)
"""Words in the names of organizations."""
FIRM_ENDINGS: Final = "公司 厂 局 银行 事务所 医院 学院 大学 研究院 研究所 设计院 出版社 集团 中心 商店 商场 店"
"""Ends of firms' names."""
LATIN_FIRM_ENDINGS: Final = "ltd inc llc llp plc corp gmbh limited"
"""Ends of firms' names in Latin letters, in upper or lower case."""
DECLARING_ROLES: Final = "声明人 承诺人 具结人 立遗嘱人 立据人 欠款人 借款人 委托人 授权人"
"""Roles that may sign a document alone."""
LABOUR_WORDS: Final = "劳动 聘用 雇佣 劳务 用工 招工"
"""Words in the titles of contracts of employment."""
PERSONS: Final = (
    "家庭 旅游者 游客 消费者 职工 员工 雇员 学员 家长 毕业生 患者 配偶 男方 女方 受聘人 受雇 移交人 移收人 "
    "接交人 接收人 收养人 送养人 劳动者 合伙人 赠与人 受赠人 签署人 立约人 监护人 演员 作者"
)
"""Roles of persons, as opposed to organizations."""
DOUBLE_FAMILY_NAMES: Final = (
    "欧阳 司徒 司马 上官 诸葛 东方 皇甫 尉迟 慕容 夏侯 令狐 公孙 南宫 端木 宇文 长孙 独孤 呼延 钟离 澹台 "
    "濮阳 淳于 闻人 西门 轩辕 赫连 申屠"
)
"""Family names of two letters."""
FAMILY_NAMES: Final = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈"
    "姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
    "温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴"
    "霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚"
    "岑景党宫费卜冷晏席卫米柏宗"
)
"""Family names of one letter."""
ENGLISH_ROLES: Final = (
    "borrower lender guarantor surety creditor debtor obligor seller buyer vendor purchaser supplier "
    "distributor dealer reseller manufacturer customer client consultant serviceprovider provider company "
    "corporation employer employee worker owner franchisor franchisee principal agent broker assignor "
    "assignee transferor transferee pledgor pledgee mortgagor mortgagee chargor chargee shipper carrier "
    "consignor consignee bailor bailee investor shareholder partner bank insurer insured trustee trustor "
    "grantor grantee donor donee author publisher spouse student school university intern host parent "
    "developer operator bidder merchant member subscriber issuer advertiser artist photographer volunteer"
)
"""Parties' roles in English contracts."""


def one_of(words: str) -> str:
    """Return a pattern that matches any word of a list. If two words match, the earlier one in the list is taken."""
    return "|".join(words.split())
