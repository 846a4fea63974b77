"""What is said of a copy from before an upgrade, in the window that offers it and on the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject

from esign_desktop.ui.words.moments import china_time

if TYPE_CHECKING:
    from esign_desktop.services.rebuilding import CopyOffer


class OfferWords(NamedTuple):
    """``what`` lies there, and what comes of starting with it: ``then``."""

    what: str
    then: str


class CopyOfferWords(QObject):
    """The words, in the language in force."""

    def of(self, offer: CopyOffer) -> OfferWords:
        """Tell the date, and what is missing since then."""
        what = self.tr("A copy from before the upgrade lies here, of {time}.")
        if offer.sent_since_count:
            then = self.tr(
                "If you start with it, drafts, presets, contacts and settings are as they were then. Contracts sent"
                " since: {count}; they come back with their links, and with their titles once the platform is asked."
                " The newer data is moved aside in the data folder and kept."
            )
        else:
            then = self.tr(
                "If you start with it, drafts, presets, contacts and settings are as they were then. No contract was"
                " sent since. The newer data is moved aside in the data folder and kept."
            )
        return OfferWords(what.format(time=china_time(offer.made_at_ms)), then.format(count=offer.sent_since_count))
