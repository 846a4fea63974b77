"""Convert the values of a contract's options to translated names."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from esign_desktop.domain.options import NoticeChannel, SignPlatform

_CHANNELS = {
    NoticeChannel.SMS: QT_TRANSLATE_NOOP("OptionWords", "SMS"),
    NoticeChannel.EMAIL: QT_TRANSLATE_NOOP("OptionWords", "email"),
    NoticeChannel.ALIPAY: QT_TRANSLATE_NOOP("OptionWords", "Alipay"),
}
_PLATFORMS = {
    SignPlatform.H5: QT_TRANSLATE_NOOP("OptionWords", "browser"),
    SignPlatform.ALIPAY: QT_TRANSLATE_NOOP("OptionWords", "Alipay"),
    SignPlatform.WECHAT: QT_TRANSLATE_NOOP("OptionWords", "WeChat"),
}


def channel_words() -> dict[NoticeChannel, str]:
    """Return the translated names of the channels by which signers can be notified."""
    return {channel: QCoreApplication.translate("OptionWords", str(source)) for channel, source in _CHANNELS.items()}


def platform_words() -> dict[SignPlatform, str]:
    """Return the translated names of the platforms on which signers can sign."""
    return {platform: QCoreApplication.translate("OptionWords", str(source)) for platform, source in _PLATFORMS.items()}
