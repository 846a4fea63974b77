"""The texts of the sign page and the console, in Chinese and English. The application's texts are not used."""

from __future__ import annotations

from typing import Final

LANGUAGES: Final = ("zh", "en")
_SENTENCES: Final = {
    "title": ("签署合同", "Sign the contract"),
    "rehearsal": ("演练环境", "Rehearsal"),
    "rehearsal_note": (
        "这里是演练平台，签署和印章没有法律效力",
        "This is a rehearsal platform: signatures and seals have no legal effect",
    ),
    "other_language": ("English", "中文"),
    "signer": ("签署人", "Signer"),
    "acting_for": ("代表", "for"),
    "application": ("对接平台", "The application"),
    "deadline": ("签署截止", "Sign by"),
    "documents": ("份合同", "contracts"),
    "page_of": ("第 {page} 页，共 {pages} 页", "Page {page} of {pages}"),
    "seal_here": ("签署位置", "Sign here"),
    "tap_to_place": ("请在页面上点一下，放置您的印章；拖动可以移动", "Tap a page to place your seal; drag to move it"),
    "placed": ("已放置 {count} 处", "{count} placed"),
    "place_default": ("放在最后一页右下方", "Place on the last page"),
    "remove": ("移除", "Remove"),
    "must_place": ("这份合同还没有放置印章", "This contract has no seal yet"),
    "template_seal": ("模板印章", "Template seal"),
    "hand_drawn": ("手绘签名", "Draw by hand"),
    "sign": ("签署", "Sign"),
    "sign_all": ("签署全部 {count} 份", "Sign all {count} contracts"),
    "refuse": ("拒签", "Refuse"),
    "refuse_title": ("拒绝签署", "Refuse to sign"),
    "refuse_note": (
        "拒签后整个签署任务结束，其他人也不能继续签署。",
        "Refusing ends the whole signing task: the other signers can no longer sign.",
    ),
    "refuse_reason": ("拒签原因", "Reason"),
    "refuse_confirm": ("确认拒签", "Refuse to sign"),
    "cancel": ("取消", "Cancel"),
    "pad_title": ("请在框内手写签名", "Sign your name in the box"),
    "pad_clear": ("重写", "Clear"),
    "pad_confirm": ("签署", "Sign"),
    "pad_empty": ("请先签名", "Please sign your name first"),
    "choose_platform": ("选择签署方式", "Choose how to sign"),
    "platform_1": ("浏览器（H5）", "Browser (H5)"),
    "platform_2": ("支付宝生活号", "Alipay"),
    "platform_3": ("微信小程序", "WeChat mini program"),
    "platform_note": (
        "演练：这里代替“{platform}”，不会打开其他程序。",
        "Rehearsal: this page stands in for “{platform}”; no other program is opened.",
    ),
    "certificate_3": ("指纹证书", "Fingerprint certificate"),
    "certificate_4": ("手机盾证书", "Mobile shield certificate"),
    "certificate_5": ("UKey 证书", "UKey certificate"),
    "certificate_note": (
        "演练：真实平台会在这里核验该证书。确认即视为已出示。",
        "Rehearsal: a real platform checks the certificate here. Confirming counts as presenting it.",
    ),
    "certificate_confirm": ("确认出示", "Present it"),
    "remark": ("附言（可不填）", "Remark (optional)"),
    "working": ("正在签署…", "Signing…"),
    "failed": ("没有成功，请重试", "That didn't work. Please try again."),
    "redirecting": ("正在返回…", "Returning…"),
    "continue": ("继续", "Continue"),
    "download_later": (
        "全部签署人完成后，发起方会收到盖好章的合同。",
        "Once everyone has signed, the sender receives the sealed contract.",
    ),
    "state_signed": ("签署完成", "Signed"),
    "state_signed_note": ("您已签署完毕，可以关闭此页面。", "You have signed and can close this page."),
    "state_completed_note": ("所有人都已签署，合同已完成。", "Everyone has signed. The contract is complete."),
    "state_waiting-turn": ("还没有轮到您", "It is not your turn yet"),
    "state_waiting-turn_note": (
        "前面的签署人签完后，就可以签署。此页面会自动更新。",
        "You can sign once the signers before you have signed. This page updates automatically.",
    ),
    "state_not-started": ("签署尚未开始", "Signing has not begun"),
    "state_not-started_note": (
        "发起方还没有开始这次签署。此页面会自动更新。",
        "The sender has not started signing yet. This page updates automatically.",
    ),
    "state_refused": ("已拒签", "Refused"),
    "state_refused_note": (
        "有签署人拒绝签署，签署任务已结束。",
        "A signer has refused to sign. The signing task has ended.",
    ),
    "state_revoked": ("已撤销", "Revoked"),
    "state_revoked_note": ("发起方撤销了这次签署。", "The sender has revoked this contract."),
    "state_expired": ("已过期", "Expired"),
    "state_expired_note": ("签署截止时间已过，不能再签署。", "The signing deadline has passed."),
    "state_failed": ("签署失败", "Signing failed"),
    "state_failed_note": ("签署任务因故障结束。", "The signing task ended because of an error."),
    "state_being-signed": ("签署中", "Being signed"),
    "state_being-signed_note": ("还有签署人没有完成签署。", "Not all signers have signed yet."),
    "state_to-be-confirmed": ("待确认", "Awaiting confirmation"),
    "state_to-be-confirmed_note": (
        "您的签署正在等待确认。此页面会自动更新。",
        "Your signature is being confirmed. This page updates automatically.",
    ),
    "state_unknown": ("链接无效", "Invalid link"),
    "state_unknown_note": (
        "没有这个签署链接，请检查地址是否完整。",
        "This signing link does not exist. Please check that the address is complete.",
    ),
    "reason": ("原因", "Reason"),
    "no_script": ("请启用 JavaScript 后再签署。", "Please enable JavaScript to sign."),
}
TEXTS: Final = {
    language: {key: sentences[column] for key, sentences in _SENTENCES.items()}
    for column, language in enumerate(LANGUAGES)
}
_CONSOLE: Final = {
    "title": ("演练控制台", "Rehearsal console"),
    "note": (
        "在这里让演练平台出现异常，看看程序如何应对；不影响任何真实合同。",
        "Simulate failures here and see how the program responds. Real contracts are not affected.",
    ),
    "other_language": ("English", "中文"),
    "application": ("对接平台", "The application"),
    "apply": ("应用", "Apply"),
    "package": ("套餐", "Package"),
    "package_usual": ("正常", "Normal"),
    "package_used_up": ("已用完：拒绝发起", "Used up: new contracts are refused"),
    "package_ended": ("已到期：拒绝发起", "Expired: new contracts are refused"),
    "signature": ("下一次签署", "The next signature"),
    "signature_usual": ("正常签署", "Succeeds"),
    "signature_fails": ("签署失败，任务终止", "Fails, and the signing task ends"),
    "signature_waits": ("待确认", "Waits for confirmation"),
    "reason": ("失败原因", "Reason for the failure"),
    "waiting": ("待确认的签署", "Signatures waiting for confirmation"),
    "nothing_waits": ("没有待确认的签署。", "None."),
    "confirm": ("确认签署", "Confirm"),
    "fail": ("签署失败", "Let it fail"),
    "templates": ("模板", "Templates"),
    "no_templates": ("还没有模板。", "None yet."),
    "delete_template": ("删除", "Delete"),
    "messages": ("给签署人的通知", "Messages to signers"),
    "messages_note": (
        "真实平台会发送这些通知；演练平台只列出最近的。",
        "A real platform sends these messages; the rehearsal platform only lists the latest.",
    ),
    "no_messages": ("还没有。", "None yet."),
    "by_1": ("短信", "text message"),
    "by_2": ("邮件", "email"),
    "by_3": ("支付宝生活号", "Alipay"),
    "no_address": ("没有地址，无法发送", "no address, so it can't be sent"),
    "signatures": ("签署记录", "Signatures"),
    "on_1": ("浏览器（H5）", "browser (H5)"),
    "on_2": ("支付宝生活号", "Alipay"),
    "on_3": ("微信小程序", "WeChat mini program"),
    "notices": ("通知", "Notices"),
    "notices_to": ("发往 {address}", "Sent to {address}"),
    "no_notices": ("没有接收地址，不发通知。", "There is no receiving address, so no notices are sent."),
}
CONSOLE_TEXTS: Final = {
    language: {key: sentences[column] for key, sentences in _CONSOLE.items()}
    for column, language in enumerate(LANGUAGES)
}


def preferred_language(query_language: str | None, accept_language: str) -> str:
    """Return the language given in the link, or else the browser's preferred language, or else Chinese."""
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
