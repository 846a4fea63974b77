"""The grid of presets, and of templates that no preset uses, as cards with pictures of their first pages."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QImage, QPainter, QPen
from PySide6.QtWidgets import QListView, QListWidget, QListWidgetItem, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from esign_desktop.domain.preset.preset import Preset
from esign_desktop.domain.templates import Template
from esign_desktop.override import override
from esign_desktop.ui.tasks import Lane
from esign_desktop.ui.text.lists import listed
from esign_desktop.ui.text.moments import china_day, now_ms
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.text.preset import role_names
from esign_desktop.ui.text.template import template_name, template_state
from esign_desktop.ui.viewer.tiles import image_of
from esign_desktop.ui.widgets.flow_layout import ChoiceBar
from esign_desktop.ui.widgets.icons import icon
from esign_desktop.ui.widgets.theme import sized, theme

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from PySide6.QtCore import QModelIndex, QPersistentModelIndex
    from PySide6.QtWidgets import QWidget

    from esign_desktop.domain.document import Document
    from esign_desktop.domain.preset.preset import PresetId
    from esign_desktop.services.catalogue import Services
    from esign_desktop.ui.tasks import TaskRunner

_CARD_ROLE: Final = int(Qt.ItemDataRole.UserRole)
_WIDTH_PX: Final = 168
_PICTURE_PX: Final = 132
_TEXTS_PX: Final = 74
_GAP_PX: Final = 10
_PIXELS_PER_POINT: Final = 0.4
"""The resolution of first pages. It is sufficient for screens with a device pixel ratio of 2."""
_BADGE_PX: Final = QSize(32, 22)
_RECENT_MS: Final = 30 * 24 * 3_600_000


class CardFilter(StrEnum):
    """The choices of which cards the grid shows."""

    ALL = "all"
    COUNTER = "counter"
    FIELDS = "fields"
    RECENT = "recent"


@dataclass(frozen=True, slots=True)
class Card:
    """The contents of a card: a preset with the templates of its documents, or a template that no preset uses."""

    preset: Preset | None
    templates: tuple[Template, ...] = ()
    sent_at_ms: int | None = None
    """When a contract with the preset's title was last sent, in epoch milliseconds. None if it never was."""

    @property
    def key(self) -> object:
        """A value that identifies the card, even after its preset or template was renamed."""
        if self.preset is not None:
            return self.preset.id
        return tuple((one.home, one.template_id, one.sha256) for one in self.templates)

    @property
    def name(self) -> str:
        """The name that the card shows, on one line."""
        return one_line(self.preset.name) if self.preset is not None else template_name(self.templates[0])

    def matches(self, kind: CardFilter, at_ms: int) -> bool:
        """Return whether a filter shows the card. ``at_ms`` is the current time in epoch milliseconds."""
        preset = self.preset
        match kind:
            case CardFilter.ALL:
                return True
            case CardFilter.COUNTER:
                return preset is not None and preset.function_key is not None
            case CardFilter.FIELDS:
                return preset is None or any(document.template is not None for document in preset.documents)
            case CardFilter.RECENT:
                return self.sent_at_ms is not None and at_ms - self.sent_at_ms <= _RECENT_MS


class CardFilterBar(ChoiceBar[CardFilter]):
    """A row of buttons with which the user selects a ``CardFilter``."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(CardFilter, parent)
        for kind, name in (
            (CardFilter.ALL, self.tr("All")),
            (CardFilter.COUNTER, self.tr("Counter")),
            (CardFilter.FIELDS, self.tr("With form fields")),
            (CardFilter.RECENT, self.tr("Recently sent")),
        ):
            self.button(kind).setText(name)
            self.button(kind).setAccessibleName(name)


def cards_of(
    presets: Iterable[Preset], templates: Iterable[Template], sent: Mapping[PresetId, int]
) -> tuple[Card, ...]:
    """Return a card for each preset, followed by a card for each template that no preset uses.

    ``sent`` contains the time at which a contract with a preset's title was last sent, in epoch milliseconds.
    """
    rest = dict.fromkeys(templates)
    cards = []
    for preset in presets:
        ids = {one.template.template_id for one in preset.documents if one.template is not None}
        own = tuple(one for one in rest if one.is_made and one.home == preset.home and one.template_id in ids)
        cards.append(Card(preset, own, sent.get(preset.id)))
    used = {one for card in cards for one in card.templates}
    return (*cards, *(Card(None, (one,)) for one in rest if one not in used))


class CardGrid(QListWidget):
    """The grid of cards. The text of each item, which screen readers announce, contains all texts of its card.

    The first pages are rendered in the background. Until then, or if rendering fails, a card shows a symbol instead.
    """

    chosen_changed = Signal(object)
    """Carries the current ``Card``, or None if there are no cards. Also emitted whenever the cards have been replaced.
    """
    opened = Signal(object)
    """Carries the ``Card`` that was double-clicked or activated with Enter."""

    def __init__(self, services: Services, tasks: TaskRunner, parent: QWidget) -> None:
        super().__init__(parent)
        self._services, self._tasks = services, tasks
        self._sheets: dict[str, QImage | None] = {}
        """First pages, keyed by the SHA-256 of the file. A page that is being or cannot be rendered is None."""
        self.setObjectName("matches")
        self.setItemDelegate(_CardDelegate(self))
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setAccessibleName(self.tr("Presets"))
        self.currentItemChanged.connect(self._on_current_item_changed)
        self.itemActivated.connect(self._on_item_activated)

    @property
    def chosen(self) -> Card | None:
        """The current card, or None."""
        return self._card_of(self.currentItem())

    @property
    def cards(self) -> tuple[Card, ...]:
        """The cards in the grid, in their order."""
        return tuple(self.item(row).data(_CARD_ROLE) for row in range(self.count()))

    def show_cards(self, cards: Iterable[Card], wanted: object = None) -> None:
        """Replace the cards in the grid with ``cards``, and emit ``chosen_changed``.

        The card with the key ``wanted`` becomes current. If there is no such card, the current card stays current if it
        is among ``cards``; otherwise, the first card becomes current.
        """
        cards = tuple(cards)
        keys = [card.key for card in cards]
        before = self.chosen.key if self.chosen is not None else None
        self.blockSignals(True)
        self.clear()
        for card in cards:
            item = QListWidgetItem(" · ".join(filter(None, (_badge(card), *self.lines_of(card)))))
            item.setData(_CARD_ROLE, card)
            self.addItem(item)
            self._draw_sheet(card)
        row = next((keys.index(key) for key in (wanted, before) if key in keys), 0)
        self.setCurrentRow(row if cards else -1)
        self.blockSignals(False)
        self.chosen_changed.emit(self.chosen)

    def choose(self, key: object) -> None:
        """Make the card with the given key the current one. Do nothing if the grid does not contain it."""
        for row, card in enumerate(self.cards):
            if card.key == key:
                self.setCurrentRow(row)

    def sheet_of(self, card: Card) -> QImage | None:
        """Return the image of a card's first page, or None if it has not been rendered yet or rendering failed."""
        return self._sheets.get(_first_page(self._services, card)[0])

    def lines_of(self, card: Card) -> tuple[str, str, str]:
        """Return the texts of a card: its name, its parties, and the time of the last use or a problem with a template.

        For a template without a preset, the second text is "Template", and the third is a problem or the number of
        fields.
        """
        preset = card.preset
        if preset is None:
            (template,) = card.templates
            fields = self.tr("%n field(s)", "", len(template.fields)) if template.pages else ""
            return card.name, self.tr("Template"), template_state(template) or fields
        if card.sent_at_ms is None:
            last = self.tr("never sent")
        else:
            last = self.tr("last sent {day}").format(day=china_day(card.sent_at_ms, now_ms()))
        state = next(filter(None, map(template_state, card.templates)), "")
        return card.name, listed(role_names(preset).values()), state or last

    def _card_of(self, item: QListWidgetItem | None) -> Card | None:
        return item.data(_CARD_ROLE) if item is not None else None

    def _draw_sheet(self, card: Card) -> None:
        sha256, open_document = _first_page(self._services, card)
        if open_document is None or sha256 in self._sheets:
            return
        self._sheets[sha256] = None
        documents = self._services.documents

        def draw() -> QImage:
            document = open_document()
            try:
                return image_of(documents.render(document.id, 1, _PIXELS_PER_POINT))
            finally:
                documents.close(document.id)

        # A file that can't be rendered has no image. The user sees the error when the editor opens the file.
        self._tasks.start(
            draw,
            owner=self,
            on_done=partial(self._on_sheet_drawn, sha256),
            on_error=lambda _error: None,
            lane=Lane.PDF,
        )

    def _on_sheet_drawn(self, sha256: str, sheet: QImage) -> None:
        self._sheets[sha256] = sheet
        self.viewport().update()

    def _on_current_item_changed(self, _item: object, _before: object) -> None:
        self.chosen_changed.emit(self.chosen)

    def _on_item_activated(self, item: QListWidgetItem) -> None:
        self.opened.emit(self._card_of(item))


def _badge(card: Card) -> str:
    key = card.preset.function_key if card.preset is not None else None
    return "" if key is None else f"F{key}"


def _first_page(services: Services, card: Card) -> tuple[str, Callable[[], Document] | None]:
    """Return the SHA-256 of the file with a card's first page, and a function that opens the file.

    If this computer does not have the file, return an empty text and None.
    """
    kept = card.preset.documents[0] if card.preset is not None and card.preset.documents else None
    if kept is not None and kept.template is None:
        return kept.sha256, partial(services.presets.pdfs.open, kept)
    wanted = kept.template.template_id if kept is not None and kept.template is not None else None
    for one in card.templates:
        if one.pages and (kept is None or one.template_id == wanted):
            return one.sha256, partial(services.templates.open, one)
    return "", None


class _CardDelegate(QStyledItemDelegate):
    def __init__(self, grid: CardGrid) -> None:
        super().__init__(grid)
        self._grid = grid

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(sized(_WIDTH_PX), _PICTURE_PX + sized(_TEXTS_PX) + 4 * _GAP_PX)

    @override
    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        card: Card = index.data(_CARD_ROLE)
        colours, state = theme(), option.state
        area: QRect = option.rect.adjusted(_GAP_PX // 2, _GAP_PX // 2, -_GAP_PX // 2, -_GAP_PX // 2)
        is_chosen = bool(state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        hovered = colours.hover if state & QStyle.StateFlag.State_MouseOver else colours.base
        painter.setBrush(colours.accent_ground if is_chosen else hovered)
        edge = colours.accent if is_chosen and self._grid.hasFocus() else colours.line
        painter.setPen(QPen(edge, 2 if is_chosen else 1))
        painter.drawRoundedRect(QRectF(area).adjusted(1, 1, -1, -1), 6, 6)
        inner = area.adjusted(_GAP_PX, _GAP_PX, -_GAP_PX, -_GAP_PX)
        self._paint_sheet(painter, QRect(inner.left(), inner.top(), inner.width(), _PICTURE_PX), card)
        badge = _badge(card)
        if badge:
            self._paint_badge(painter, inner, badge)
        self._paint_texts(painter, inner.adjusted(0, _PICTURE_PX + _GAP_PX, 0, 0), card, QFont(option.font))
        painter.restore()

    def _paint_sheet(self, painter: QPainter, place: QRect, card: Card) -> None:
        page = self._grid.sheet_of(card)
        if page is None:
            painter.fillRect(place, theme().chip_ground)
            symbol = QRect(0, 0, 32, 32)
            symbol.moveCenter(place.center())
            icon("document" if card.preset is not None else "templates", theme().hint).paint(painter, symbol)
            return
        size = page.size().scaled(place.size(), Qt.AspectRatioMode.KeepAspectRatio)
        inner = QRect(place.topLeft(), size)
        inner.moveCenter(place.center())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(inner, page)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(theme().line)
        painter.drawRect(inner.adjusted(0, 0, -1, -1))

    def _paint_badge(self, painter: QPainter, area: QRect, text: str) -> None:
        colours = theme()
        place = QRectF(area.right() - _BADGE_PX.width(), area.top(), _BADGE_PX.width(), _BADGE_PX.height())
        painter.setPen(QPen(colours.frame, 1))
        painter.setBrush(colours.base)
        painter.drawRoundedRect(place.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        painter.setPen(colours.text)
        painter.drawText(place, int(Qt.AlignmentFlag.AlignCenter), text)

    def _paint_texts(self, painter: QPainter, area: QRect, card: Card, font: QFont) -> None:
        name, *hints = self._grid.lines_of(card)
        bold, small = QFont(font), QFont(font)
        bold.setPixelSize(sized(14))
        bold.setBold(True)
        small.setPixelSize(sized(12))
        top = area.top()
        for text, face, colour in ((name, bold, theme().text), *((hint, small, theme().hint) for hint in hints)):
            metrics = QFontMetrics(face)
            painter.setFont(face)
            painter.setPen(colour)
            shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, area.width())
            painter.drawText(area.left(), top + metrics.ascent(), shown)
            top += metrics.height() + 4
