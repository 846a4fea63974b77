"""The sign page's sentences in both languages; unlike the application, the sandbox carries its own."""

from __future__ import annotations

from typing import Final

LANGUAGES: Final = ("zh", "en")

TEXTS: Final[dict[str, dict[str, str]]] = {
    "zh": {
        "title": "签署合同",
        "rehearsal": "演练环境",
        "rehearsal_note": "这里是演练平台，签署和印章没有法律效力",
        "other_language": "English",
        "signer": "签署人",
        "acting_for": "代表",
        "application": "对接平台",
        "deadline": "签署截止",
        "documents": "份合同",
        "page_of": "第 {page} 页，共 {pages} 页",
        "seal_here": "签署位置",
        "tap_to_place": "请在页面上点一下，放置您的印章；拖动可以移动",
        "placed": "已放置 {count} 处",
        "place_default": "放在最后一页右下方",
        "remove": "移除",
        "must_place": "这份合同还没有放置印章",
        "template_seal": "模板印章",
        "hand_drawn": "手绘签名",
        "sign": "签署",
        "sign_all": "签署全部 {count} 份",
        "refuse": "拒签",
        "refuse_title": "拒绝签署",
        "refuse_note": "拒签后整个签署任务结束，其他人也不能继续签署。",
        "refuse_reason": "拒签原因",
        "refuse_confirm": "确认拒签",
        "cancel": "取消",
        "pad_title": "请在框内手写签名",
        "pad_clear": "重写",
        "pad_confirm": "签署",
        "pad_empty": "请先签名",
        "working": "正在签署…",
        "failed": "没有成功，请重试",
        "redirecting": "正在返回…",
        "continue": "继续",
        "download_later": "全部签署人完成后，发起方会收到盖好章的合同。",
        "state_signed": "签署完成",
        "state_signed_note": "您已签署完毕，可以关闭此页面。",
        "state_completed_note": "所有人都已签署，合同已完成。",
        "state_waiting-turn": "还没有轮到您",
        "state_waiting-turn_note": "前面的签署人签完后，就可以签署。此页面会自动更新。",
        "state_not-started": "签署尚未开始",
        "state_not-started_note": "发起方还没有开始这次签署。此页面会自动更新。",
        "state_refused": "已拒签",
        "state_refused_note": "有签署人拒绝签署，签署任务已结束。",
        "state_revoked": "已撤销",
        "state_revoked_note": "发起方撤销了这次签署。",
        "state_expired": "已过期",
        "state_expired_note": "签署截止时间已过，不能再签署。",
        "state_failed": "签署失败",
        "state_failed_note": "签署任务因故障结束。",
        "state_unknown": "链接无效",
        "state_unknown_note": "没有这个签署链接，请检查地址是否完整。",
        "reason": "原因",
        "no_script": "请启用 JavaScript 后再签署。",
    },
    "en": {
        "title": "Sign the contract",
        "rehearsal": "Rehearsal",
        "rehearsal_note": "This is a rehearsal platform: signatures and seals have no legal effect",
        "other_language": "中文",
        "signer": "Signer",
        "acting_for": "for",
        "application": "The application",
        "deadline": "Sign before",
        "documents": "contracts",
        "page_of": "Page {page} of {pages}",
        "seal_here": "Sign here",
        "tap_to_place": "Tap a page to place your seal; drag to move it",
        "placed": "{count} placed",
        "place_default": "Place on the last page",
        "remove": "Remove",
        "must_place": "This contract has no seal yet",
        "template_seal": "Template seal",
        "hand_drawn": "Draw by hand",
        "sign": "Sign",
        "sign_all": "Sign all {count}",
        "refuse": "Refuse",
        "refuse_title": "Refuse to sign",
        "refuse_note": "Refusing ends the whole task: nobody else can sign any more.",
        "refuse_reason": "Reason",
        "refuse_confirm": "Refuse to sign",
        "cancel": "Cancel",
        "pad_title": "Write your name in the box",
        "pad_clear": "Clear",
        "pad_confirm": "Sign",
        "pad_empty": "Write your name first",
        "working": "Signing…",
        "failed": "That did not work, please try again",
        "redirecting": "Taking you back…",
        "continue": "Continue",
        "download_later": "Once everyone has signed, the sender receives the sealed contract.",
        "state_signed": "Signed",
        "state_signed_note": "You are done and can close this page.",
        "state_completed_note": "Everyone has signed: the contract is complete.",
        "state_waiting-turn": "It is not your turn yet",
        "state_waiting-turn_note": "You can sign after those before you. This page updates by itself.",
        "state_not-started": "Signing has not begun",
        "state_not-started_note": "The sender has not started it yet. This page updates by itself.",
        "state_refused": "Refused",
        "state_refused_note": "A signer has refused: the task has ended.",
        "state_revoked": "Revoked",
        "state_revoked_note": "The sender has revoked this contract.",
        "state_expired": "Expired",
        "state_expired_note": "The time to sign is over.",
        "state_failed": "Signing failed",
        "state_failed_note": "The task ended because of a fault.",
        "state_unknown": "This link is not valid",
        "state_unknown_note": "There is no such signing link. Please check that the address is whole.",
        "reason": "Reason",
        "no_script": "Please enable JavaScript to sign.",
    },
}


def preferred_language(query_language: str | None, accept_language: str) -> str:
    """The language asked for by the link, else the browser's, else Chinese."""
    if query_language in LANGUAGES:
        return query_language
    ranked: list[tuple[float, int, str]] = []
    for i, part in enumerate(accept_language.split(",")):
        tag, _, quality = part.strip().partition(";q=")
        language = tag.split("-")[0].lower()
        if language in LANGUAGES:
            try:
                ranked.append((-float(quality or 1.0), i, language))
            except ValueError:
                continue
    return min(ranked)[2] if ranked else LANGUAGES[0]
