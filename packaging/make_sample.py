"""Create the two-page sample contract for the self-test.

Only the characters that the contract uses are embedded from the font.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pymupdf

TARGET: Final = Path(__file__).resolve().parent.parent / "resources" / "samples" / "service-contract.pdf"

WIDTH_PT: Final = 595.0
HEIGHT_PT: Final = 842.0
LEFT_PT: Final = 76.0
RIGHT_PT: Final = WIDTH_PT - 76.0
BODY_PT: Final = 11.0
LEADING_PT: Final = 21.0
INK: Final = (0.11, 0.12, 0.15)
FAINT: Final = (0.45, 0.47, 0.52)
FORBIDDEN_AT_LINE_START: Final = "，。；：、）》”！？"

TITLE: Final = "软件实施服务合同"
NUMBER: Final = "合同编号：YH-2026-0117"

PARTIES: Final = (
    "甲方（委托方）：云禾示例科技有限公司",
    "乙方（服务方）：林小满",
)

PAGE_1: Final = (
    ("", "甲乙双方本着平等自愿、诚实信用的原则，就乙方为甲方提供软件实施服务一事协商一致，订立本合同，共同遵守。"),
    (
        "第一条　服务内容",
        "乙方负责“仓储管理系统”在甲方杭州仓库的安装、数据迁移、操作培训以及上线后三十日的现场支持。具体范围以附件一《实施任务书》为准；任务书与本合同不一致的，以本合同为准。",
    ),
    (
        "第二条　服务期限",
        "服务期自二〇二六年三月一日起至二〇二六年八月三十一日止。因甲方未按时提供场地、数据或者网络条件造成延误的，期限相应顺延。",
    ),
)

TABLE: Final = (
    ("阶段", "交付内容", "完成日期", "金额（元）"),
    ("一", "环境安装与基础数据整理", "2026-04-15", "24,000.00"),
    ("二", "历史数据迁移与核对报告", "2026-06-10", "36,000.00"),
    ("三", "操作培训、上线与现场支持", "2026-08-31", "20,000.00"),
    ("合计", "", "", "80,000.00"),
)

AFTER_TABLE: Final = (
    (
        "第四条　付款",
        "每一阶段经甲方书面验收合格后十个工作日内，甲方将该阶段款项汇入乙方指定账户。乙方应当在收款前开具合法有效的发票。",
    ),
)

PAGE_2: Final = (
    (
        "第五条　双方的责任",
        "甲方应当指定一名联系人，并在接到乙方请求后两个工作日内提供所需资料。乙方应当妥善保管甲方资料，不得将其用于本合同以外的任何目的，服务结束后五日内全部归还或者销毁。",
    ),
    (
        "第六条　保密",
        "双方对因履行本合同知悉的对方商业秘密负有保密义务，该义务不因本合同的终止而解除，保密期为合同终止后三年。",
    ),
    (
        "第七条　违约责任",
        "一方违约给对方造成损失的，应当赔偿损失。乙方逾期交付的，每逾期一日按该阶段金额的千分之一支付违约金，累计不超过该阶段金额的百分之十。",
    ),
    (
        "第八条　争议解决",
        "因本合同发生的争议，双方应当协商解决；协商不成的，提交甲方所在地有管辖权的人民法院裁决。",
    ),
    (
        "第九条　生效",
        "本合同自双方签署之日起生效，以电子签名方式签署的，与手写签名、盖章具有同等效力。本合同一式两份，双方各执一份。",
    ),
)

SIGNATURES: Final = (
    (LEFT_PT, ("甲方（盖章）：", "", "", "代表人：", "日期：　　　年　　月　　日")),
    (LEFT_PT + 242, ("乙方（签字）：", "", "", "", "日期：　　　年　　月　　日")),
)


def _writer(ink: tuple[float, ...]) -> Any:
    return pymupdf.TextWriter((0, 0, WIDTH_PT, HEIGHT_PT), color=ink)


@dataclass
class Sheet:
    """A page on which text is written from top to bottom. ``y_pt`` is the next baseline, measured from the top."""

    page: Any
    font: Any
    y_pt: float = 92.0
    writers: dict[tuple[float, ...], Any] = field(default_factory=dict)

    def put(self, text: str, x_pt: float, size_pt: float = BODY_PT, ink: tuple[float, ...] = INK) -> None:
        """Write text at the current baseline, beginning at ``x_pt``."""
        writer = self.writers.setdefault(ink, _writer(ink))
        writer.append((x_pt, self.y_pt), text, font=self.font, fontsize=size_pt)

    def put_centered(self, text: str, size_pt: float, ink: tuple[float, ...] = INK) -> None:
        """Write text at the current baseline, centered on the page."""
        self.put(text, (WIDTH_PT - self.font.text_length(text, size_pt)) / 2, size_pt, ink)

    def paragraph(self, text: str) -> None:
        """Write a paragraph, and wrap its lines. The first line is indented by two characters."""
        line, indent = "", 2 * BODY_PT
        for character in text:
            width = RIGHT_PT - LEFT_PT - indent
            is_full = self.font.text_length(line + character, BODY_PT) > width
            if is_full and character not in FORBIDDEN_AT_LINE_START:
                self.put(line, LEFT_PT + indent)
                self.y_pt += LEADING_PT
                line, indent = "", 0.0
            line += character
        self.put(line, LEFT_PT + indent)
        self.y_pt += LEADING_PT

    def clauses(self, clauses: tuple[tuple[str, str], ...]) -> None:
        """Write contract clauses. Each clause consists of a heading, which may be empty, and a text."""
        for heading, text in clauses:
            if heading:
                self.y_pt += 5
                self.put(heading, LEFT_PT, BODY_PT + 1)
                self.y_pt += LEADING_PT
            self.paragraph(text)

    def table(self, rows: tuple[tuple[str, ...], ...], columns_pt: tuple[float, ...]) -> None:
        """Draw a table with columns of these widths. The last column is right-aligned."""
        height = 24.0
        top = self.y_pt - 14
        edges = [LEFT_PT]
        for width in columns_pt:
            edges.append(edges[-1] + width)
        for number, row in enumerate(rows):
            self.y_pt = top + number * height + 16
            for column, text in enumerate(row):
                x = edges[column] + 8
                if column == len(row) - 1:
                    x = edges[column + 1] - 8 - self.font.text_length(text, 10)
                self.put(text, x, 10)
        for number in range(len(rows) + 1):
            y = top + number * height
            self.page.draw_line((LEFT_PT, y), (edges[-1], y), color=FAINT, width=0.6)
        for edge in edges:
            self.page.draw_line((edge, top), (edge, top + len(rows) * height), color=FAINT, width=0.6)
        self.y_pt = top + len(rows) * height + LEADING_PT + 6

    def finish(self, number: int, count: int) -> None:
        """Add the page number at the bottom, and draw all collected text on the page."""
        self.y_pt = HEIGHT_PT - 44
        self.put_centered(f"第 {number} 页　共 {count} 页", 9, FAINT)
        for ink, writer in self.writers.items():
            writer.write_text(self.page, color=ink)


def make(target: Path) -> None:
    """Write the sample contract to the file ``target``."""
    font: Any = pymupdf.Font("cjk")
    pdf: Any = pymupdf.open()
    for _ in range(2):
        pdf.new_page(width=WIDTH_PT, height=HEIGHT_PT)
    first, second = (Sheet(pdf[index], font) for index in range(2))
    first.put_centered(TITLE, 21)
    first.y_pt += 30
    first.put_centered(NUMBER, 9.5, FAINT)
    first.y_pt += 40
    for line in PARTIES:
        first.put(line, LEFT_PT)
        first.y_pt += LEADING_PT
    first.y_pt += 8
    first.clauses(PAGE_1)
    first.y_pt += 5
    first.put("第三条　服务费用", LEFT_PT, BODY_PT + 1)
    first.y_pt += LEADING_PT + 4
    first.table(TABLE, (52, 205, 90, RIGHT_PT - LEFT_PT - 347))
    first.clauses(AFTER_TABLE)
    second.clauses(PAGE_2)
    start = second.y_pt + 36
    for left, lines in SIGNATURES:
        second.y_pt = start
        for line in lines:
            if line:
                second.put(line, left)
            second.y_pt += 32
    for number, sheet in enumerate((first, second), 1):
        sheet.finish(number, 2)
    pdf.set_metadata({"title": TITLE, "producer": "esign-desktop", "creator": "", "creationDate": "", "modDate": ""})
    pdf.subset_fonts()
    target.parent.mkdir(parents=True, exist_ok=True)
    pdf.save(target, garbage=4, deflate=True, no_new_id=True)
    print(f"{target}: {target.stat().st_size} bytes")


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET)
