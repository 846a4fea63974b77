"""Provide the window in which the user reads the manual beside the work."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Final

from PySide6.QtCore import QLocale, QSize, Qt, QUrl
from PySide6.QtGui import QFont, QFontInfo, QImage, QKeySequence, QShortcut, QTextDocument
from PySide6.QtWidgets import (
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QTextBrowser,
    QToolButton,
    QWidget,
)

from esign_desktop.override import override
from esign_desktop.ui.resources import resource_path
from esign_desktop.ui.widgets.announcing import announce
from esign_desktop.ui.widgets.icons import icon
from esign_desktop.ui.widgets.labels import PlainLabel, show_tip
from esign_desktop.ui.widgets.layouts import FittingDialog, fit_on_screen, hbox, vbox
from esign_desktop.ui.widgets.opening import open_link
from esign_desktop.ui.widgets.reading_order import go_on
from esign_desktop.ui.widgets.theme import theme

FIRST: Final = "index"
_NAVIGATION: Final = re.compile(r"<h2>(.*?)</h2>|<a href=\"([a-z-]+)\.html\"[^>]*>(.*?)</a>")
_SIZE_PX: Final = (1060, 780)
_BESIDE_PX: Final = 32
_SMALL: Final = 0.9
_READ_PX: Final = 720


def manual_folder() -> Path:
    """Return the folder of the manual's pages in the language of the windows."""
    is_chinese = QLocale().language() is QLocale.Language.Chinese
    return resource_path("manual", "zh_CN" if is_chinese else "en")


class ManualWindow(FittingDialog):
    """Shows the pages of the manual, with a list of pages and a search field.

    It is not modal, and is deleted when it is closed.
    """

    def __init__(self, parent: QWidget | None = None, *, may_leave: bool = True) -> None:
        """Create the window. If ``may_leave`` is True, the user can also open the page in a browser."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Manual"))
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        self._folder = manual_folder()
        self.pages = QListWidget(self)
        self.pages.setObjectName("matches")
        self.pages.setAccessibleName(self.tr("Manual pages"))
        self.reader = Reader(self)
        self._back = QToolButton(self)
        self._back.setIcon(icon("chevron-left"))
        show_tip(self._back, self.tr("Back"))
        self._back.setAccessibleName(self.tr("Back"))
        self._back.setAutoRaise(True)
        self.search = QLineEdit(self)
        self.search.setPlaceholderText(self.tr("Search manual (Enter: next)"))
        self.search.setAccessibleName(self.tr("Search manual"))
        self.search.setClearButtonEnabled(True)
        self.browser = QPushButton(self.tr("Open in browser"), self)
        self.browser.setToolTip(self.tr("Print the manual, or read it in larger type"))
        self.browser.setAutoDefault(False)
        self.browser.setVisible(may_leave)
        self._note = PlainLabel(self, look="caution", is_wrapped=True, is_live=True)
        self._note.hide()
        self._fill()
        right = vbox(hbox(self._back, (self.search, 1), self.browser), self._note, (self.reader, 1))
        hbox(self.pages, (right, 1), spacing=12, margins=(12, 12, 12, 12), parent=self)
        self._back.clicked.connect(self.reader.backward)
        self.browser.clicked.connect(self._on_browser_clicked)
        self.reader.backwardAvailable.connect(self._back.setEnabled)
        self.reader.sourceChanged.connect(self._on_reader_source_changed)
        self.pages.itemClicked.connect(self._on_pages_item_activated)
        self.pages.itemActivated.connect(self._on_pages_item_activated)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self).activated.connect(self.search.setFocus)
        self.search.returnPressed.connect(self._find)
        self._back.setEnabled(False)
        fit_on_screen(self, *_SIZE_PX)

    @override
    def focusNextPrevChild(self, next: bool) -> bool:
        # Qt calls this function after Tab has left the last link of a page.
        return go_on(self.reader, forward=next) or super().focusNextPrevChild(next)

    @property
    def page(self) -> str:
        """The name of the displayed page, such as ``counter``, or an empty text before the first page is shown."""
        return self.reader.source().fileName().removesuffix(".html")

    def show_page(self, place: str) -> None:
        """Show a page, optionally at one of its headings, such as ``counter#tellers``.

        If the page is missing, show how to get it.
        """
        name, _, heading = place.partition("#")
        path = self._folder / f"{name}.html"
        if path.is_file():
            url = QUrl.fromLocalFile(str(path))
            url.setFragment(heading)
            self.reader.setSource(url)
        else:
            self.reader.setPlainText(
                self.tr("The manual is missing. Reinstall the program. In a source checkout, run packaging/manual.py.")
            )
        self.reader.setFocus()

    def _fill(self) -> None:
        """List the pages as in the browser version, under headings that name the readers for whom they are written."""
        first = self._folder / f"{FIRST}.html"
        text = first.read_text(encoding="utf-8") if first.is_file() else ""
        for heading, name, title in _NAVIGATION.findall(text.partition("<nav")[2].partition("</nav>")[0]):
            item = QListWidgetItem(html.unescape(heading or title), self.pages)
            item.setData(Qt.ItemDataRole.UserRole, name)
            if heading:
                item.setFlags(Qt.ItemFlag.NoItemFlags)
                item.setFont(_small(self.pages.font()))
        self.pages.setFixedWidth(self.pages.sizeHintForColumn(0) + _BESIDE_PX)

    def _find(self) -> None:
        """Go to the next match of the search text, on this page or on the next page with a match.

        Do nothing if there is none.
        """
        wanted = self.search.text()
        if not wanted or self.reader.find(wanted):
            return
        listed = [self.pages.item(row).data(Qt.ItemDataRole.UserRole) for row in range(self.pages.count())]
        names = [name for name in listed if name]
        at = names.index(self.page) if self.page in names else 0
        for name in (*names[at + 1 :], *names[: at + 1]):
            document = QTextDocument()
            document.setHtml(_text_of(self._folder / f"{name}.html"))
            if not document.find(wanted).isNull():
                self.reader.setSource(QUrl.fromLocalFile(str(self._folder / f"{name}.html")))
                self.reader.moveCursor(self.reader.textCursor().MoveOperation.Start)
                self.reader.find(wanted)
                return

    def _on_reader_source_changed(self, url: QUrl) -> None:
        self.reader.setAccessibleName(self.reader.documentTitle())
        for row in range(self.pages.count()):
            if f"{self.pages.item(row).data(Qt.ItemDataRole.UserRole)}.html" == url.fileName():
                self.pages.setCurrentRow(row)

    def _on_browser_clicked(self) -> None:
        open_link(self.reader.source().toString(QUrl.ComponentFormattingOption.FullyEncoded), self._show_note)

    def _show_note(self, text: str) -> None:
        self._note.setText(text)
        self._note.show()

    def _on_pages_item_activated(self, item: QListWidgetItem) -> None:
        self.show_page(item.data(Qt.ItemDataRole.UserRole))


def _small(font: QFont) -> QFont:
    small = QFont(font)
    small.setPixelSize(round(QFontInfo(font).pixelSize() * _SMALL))
    small.setBold(True)
    return small


def _text_of(path: Path) -> str:
    """Return the HTML of a page without the navigation for browsers."""
    try:
        page = path.read_text(encoding="utf-8")
    except OSError:
        return ""
    title = page.partition("<h1>")[2].partition("</h1>")[0]
    return f"<title>{title}</title>{page.partition('<main')[2].partition('>')[2].partition('</main>')[0]}"


class Reader(QTextBrowser):
    """Displays the pages of the manual, in the colors of the theme and with sharp pictures.

    External links are not opened.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setOpenExternalLinks(False)
        # Screen readers follow a text cursor.
        self.setTextInteractionFlags(self.textInteractionFlags() | Qt.TextInteractionFlag.TextSelectableByKeyboard)
        self.highlighted.connect(self._on_highlighted)
        self.document().setDocumentMargin(20)
        colours = theme()
        self.document().setDefaultStyleSheet(
            f"body {{ color: {colours.text.name()}; }} a {{ color: {colours.accent.name()}; }}"
            f"h1 {{ font-size: 22px; }} h2 {{ font-size: 17px; margin-top: 20px; }} h3 {{ font-size: 14px; }}"
            f"code {{ background-color: {colours.hover.name()}; }}"
            f"th {{ text-align: left; padding: 4px 12px 4px 4px; color: {colours.hint.name()}; }}"
            f"td {{ padding: 4px 12px 4px 4px; }} p, li {{ line-height: 140%; }} .picture {{ line-height: 100%; }}"
        )

    @override
    def loadResource(self, kind: int, name: QUrl | str) -> object:
        if kind == QTextDocument.ResourceType.HtmlResource.value:
            return _text_of(Path(QUrl(name).toLocalFile()))
        found = super().loadResource(kind, name)
        if kind != QTextDocument.ResourceType.ImageResource.value:
            return found
        picture = QImage(self.source().resolved(QUrl(name)).toLocalFile())
        ratio = self.devicePixelRatioF()
        smooth = Qt.TransformationMode.SmoothTransformation
        return picture.scaledToWidth(round(_READ_PX * ratio), smooth) if not picture.isNull() else found

    def _on_highlighted(self, link: QUrl) -> None:
        if not link.isEmpty() and self.hasFocus():
            announce(self, self.textCursor().selectedText())

    @override
    def sizeHint(self) -> QSize:
        return QSize(_READ_PX + 80, 600)
