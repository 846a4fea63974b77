"""Make the pages in view accessible: the interface of the view contains pages, and a page contains its items.

No interface is created before a screen reader or a similar program asks. Interfaces written in Python have pitfalls,
which are handled only here (decision 27). Qt's cache deletes an interface, so its Python object must live as long
(``_kept``). An interface must not use an object that no longer exists (``isValid``). ``interface_cast`` must return a
``VoidPtr``, although the stubs say ``int``. The cache finds a widget by its original class, but PySide changes the
class of a widget when one of its methods is connected. Therefore, the interface belongs to the viewport, whose class is
Qt's, and not to the view.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final, Protocol

from PySide6.QtCore import QCoreApplication, QPoint, QRect, QRectF, QTimer
from PySide6.QtGui import QAccessible, QAccessibleActionInterface, QAccessibleEvent, QAccessibleInterface, QWindow
from PySide6.QtWidgets import QAccessibleWidget
from shiboken6 import VoidPtr, getCppPointer

from esign_desktop.override import override

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtCore import QPointF
    from PySide6.QtWidgets import QWidget

    from esign_desktop.domain.document import DocumentId
    from esign_desktop.ui.viewer.layout import PageLayout, PageSlot
    from esign_desktop.ui.viewer.page_items import ItemAction, PageItem, PageItems
    from esign_desktop.ui.viewer.tool import Pointer

_MOST_UNSWEPT: Final = 128
"""The number of interfaces above which those of items and pages that are no longer in view are deleted."""

_kept: dict[int, QAccessibleInterface] = {}
"""The registered interfaces, keyed by the number that Qt gave them.

Without this reference, Python would delete an interface that Qt's cache deletes, too.
"""


class ShownPages(Protocol):
    """The part of a view of pages that the accessible interfaces use."""

    @property
    def items(self) -> PageItems | None:
        """The provider of the items on the pages, or None if the pages have no items."""

    @property
    def origin(self) -> QPointF:
        """The position of the content area's origin in the viewport, in logical pixels."""

    @property
    def page_layout(self) -> PageLayout:
        """The positions of all pages at the current zoom."""

    @property
    def slots_in_view(self) -> tuple[PageSlot, ...]:
        """The pages that are at least partly visible, from top to bottom."""

    def viewport(self) -> QWidget:
        """Return the widget on which the pages are painted."""

    def mapped_pointer(self, position: QPoint) -> Pointer:
        """Map a point of the viewport to a point of the content area, with the page at that point."""

    def page_words(self, document_id: DocumentId, page_number: int) -> str:
        """Return a text that identifies a page to users who can't see it, such as its number and document."""


class AccessiblePages(QAccessibleWidget):
    """The accessible interface of the viewport. Its children are the pages in view, followed by child widgets.

    It is created explicitly, because Qt would ask a registered factory about every widget of the program.
    """

    def __init__(self, view: ShownPages) -> None:
        super().__init__(view.viewport(), QAccessible.Role.Pane)
        self.view = view
        self._nodes: dict[tuple[DocumentId, int, str], _Node] = {}
        self._sweep = QTimer(view.viewport(), singleShot=True, interval=0)
        self._sweep.timeout.connect(self._on_sweep_timeout)
        number = QAccessible.registerAccessibleInterface(self)
        _kept[number] = self
        view.viewport().destroyed.connect(partial(_forget, number))

    @property
    def current(self) -> tuple[DocumentId, int, str] | None:
        """The document id, page number and key of the item that has the focus.

        None if the viewport does not have the focus, or if the item is not on a page in view.
        """
        current = self.view.items.current() if self.view.items is not None and self.view.viewport().hasFocus() else None
        seen = {(slot.document_id, slot.page_number) for slot in self.slots}
        return current if current is not None and current[:2] in seen else None

    def tell_current(self) -> None:
        """Tell screen readers which item has the focus. Do nothing if no item in view has it."""
        current = self.current
        if current is not None:
            QAccessible.updateAccessibility(QAccessibleEvent(self.node(*current), QAccessible.Event.Focus))

    @property
    def slots(self) -> tuple[PageSlot, ...]:
        """The pages that are at least partly visible, from top to bottom."""
        return self.view.slots_in_view

    def keys(self, document_id: DocumentId, page_number: int) -> Sequence[str]:
        """Return the keys of the items on a page, in reading order. Empty if the view has no provider of items."""
        return self.view.items.on_page(document_id, page_number) if self.view.items is not None else ()

    def found(self, document_id: DocumentId, page_number: int, key: str) -> PageItem | None:
        """Return the current state of an item, or None if it no longer exists."""
        return self.view.items.item(document_id, page_number, key) if self.view.items is not None else None

    def node(self, document_id: DocumentId, page_number: int, key: str = "") -> _Node:
        """Return the interface of an item or, without a key, of a page. The interface is created on the first call."""
        where = document_id, page_number, key
        node = self._nodes.get(where)
        if node is None:
            node = self._nodes[where] = _Item(self, *where) if key else _Page(self, *where)
            _kept[QAccessible.registerAccessibleInterface(node)] = node
            if len(self._nodes) > _MOST_UNSWEPT:
                self._sweep.start()
        return node

    def drop(self, nodes: Sequence[_Node]) -> None:
        """Delete the interfaces ``nodes`` and their registration at Qt. Other programs can't use them any longer."""
        for node in nodes:
            node.is_there = False
            number = QAccessible.uniqueId(node)
            QAccessible.deleteAccessibleInterface(number)
            _kept.pop(number, None)

    def drop_all(self) -> None:
        """Delete all interfaces of pages and items. This is called when the viewport has been destroyed."""
        nodes, self._nodes = tuple(self._nodes.values()), {}
        self.drop(nodes)

    @override
    def state(self) -> QAccessible.State:
        state = super().state()
        # For screen readers, the view itself or an item on a page has the focus, but never the viewport.
        state.focused = 0
        return state

    @override
    def childCount(self) -> int:
        return len(self.slots) + super().childCount()

    @override
    def child(self, index: int) -> QAccessibleInterface:
        slots = self.slots
        if 0 <= index < len(slots):
            return self.node(slots[index].document_id, slots[index].page_number)
        return super().child(index - len(slots))

    @override
    def indexOfChild(self, child: QAccessibleInterface) -> int:
        slots = self.slots
        if isinstance(child, _Page):
            pages = [(slot.document_id, slot.page_number) for slot in slots]
            return pages.index(child.page) if child.page in pages else -1
        index = super().indexOfChild(child)
        return index if index < 0 else index + len(slots)

    @override
    def childAt(self, x: int, y: int) -> QAccessibleInterface:
        point = self.view.viewport().mapFromGlobal(QPoint(x, y))
        if self.view.viewport().rect().contains(point):
            slot = self.view.mapped_pointer(point).slot
            if slot is not None:
                page = self.node(slot.document_id, slot.page_number)
                return page.childAt(x, y) or page
        return super().childAt(x, y)

    @override
    def focusChild(self) -> QAccessibleInterface:
        current = self.current
        return self.node(*current) if current is not None else super().focusChild()

    def _on_sweep_timeout(self) -> None:
        pages = {(slot.document_id, slot.page_number) for slot in self.slots}
        gone = [where for where, node in self._nodes.items() if where[:2] not in pages or not node.isValid()]
        # Items are deleted before their pages.
        self.drop([self._nodes.pop(where) for where in sorted(gone, key=lambda where: where[2] == "")])


class _Node(QAccessibleInterface):
    """The common base of the interfaces of pages and items. ``key`` is empty for a page."""

    def __init__(self, pages: AccessiblePages, document_id: DocumentId, page_number: int, key: str) -> None:
        super().__init__()
        self.pages = pages
        self.page = document_id, page_number
        self.key = key
        self.is_there = True

    @property
    def slot(self) -> PageSlot | None:
        """The position of the page, or None if the page no longer exists."""
        return self.pages.view.page_layout.slot(*self.page)

    def area(self, rect: QRectF) -> QRect:
        """Return the visible part of a rectangle of the content area, in screen coordinates. It may be empty."""
        viewport = self.pages.view.viewport()
        seen = rect.translated(self.pages.view.origin).toAlignedRect().intersected(viewport.rect())
        return seen.translated(viewport.mapToGlobal(QPoint(0, 0)))

    @override
    def isValid(self) -> bool:
        return self.is_there and self.slot is not None

    @override
    def object(self) -> None:  # type: ignore[override]  # no QObject
        return None

    @override
    def window(self) -> QWindow:
        return self.pages.window()

    @override
    def setText(self, t: QAccessible.Text, text: str) -> None:
        """Do nothing, because other programs can't change names."""

    @override
    def childCount(self) -> int:
        return 0

    @override
    def child(self, index: int) -> QAccessibleInterface | None:  # type: ignore[override]
        return None

    @override
    def childAt(self, x: int, y: int) -> QAccessibleInterface | None:  # type: ignore[override]
        return None

    @override
    def indexOfChild(self, child: QAccessibleInterface) -> int:
        return -1


class _Page(_Node):
    """The accessible interface of a page: a list whose children are the items on the page."""

    @override
    def parent(self) -> QAccessibleInterface:
        return self.pages

    @override
    def role(self) -> QAccessible.Role:
        return QAccessible.Role.List

    @override
    def state(self) -> QAccessible.State:
        state = QAccessible.State()
        state.multiSelectable = 1
        return state

    @override
    def text(self, t: QAccessible.Text) -> str:
        return self.pages.view.page_words(*self.page) if t is QAccessible.Text.Name else ""

    @override
    def rect(self) -> QRect:
        slot = self.slot
        return QRect() if slot is None else self.area(QRectF(slot.left_px, slot.top_px, slot.width_px, slot.height_px))

    @override
    def childCount(self) -> int:
        return len(self.pages.keys(*self.page))

    @override
    def child(self, index: int) -> QAccessibleInterface | None:  # type: ignore[override]
        keys = self.pages.keys(*self.page)
        return self.pages.node(*self.page, keys[index]) if 0 <= index < len(keys) else None

    @override
    def childAt(self, x: int, y: int) -> QAccessibleInterface | None:  # type: ignore[override]
        # The last item is painted above the others, so it is found first.
        for key in reversed(self.pages.keys(*self.page)):
            item = self.pages.node(*self.page, key)
            if item.rect().contains(x, y):
                return item
        return None

    @override
    def indexOfChild(self, child: QAccessibleInterface) -> int:
        keys = list(self.pages.keys(*self.page))
        is_own = isinstance(child, _Item) and child.page == self.page and child.key in keys
        return keys.index(child.key) if is_own and isinstance(child, _Item) else -1


class _Item(_Node):
    """The accessible interface of an item on a page: a seal, a proposed seal position or a form field."""

    def __init__(self, pages: AccessiblePages, document_id: DocumentId, page_number: int, key: str) -> None:
        super().__init__(pages, document_id, page_number, key)
        self._actions = _Actions(self)

    @property
    def found(self) -> PageItem | None:
        """The current state of the item, or None if it no longer exists."""
        return self.pages.found(*self.page, self.key)

    @override
    def isValid(self) -> bool:
        return super().isValid() and self.found is not None

    @override
    def parent(self) -> QAccessibleInterface:
        return self.pages.node(*self.page)

    @override
    def role(self) -> QAccessible.Role:
        return QAccessible.Role.ListItem

    @override
    def state(self) -> QAccessible.State:
        state, found = QAccessible.State(), self.found
        state.selectable = state.focusable = 1
        if found is not None:
            state.selected = int(found.is_selected)
            state.offscreen = int(self.rect().isEmpty())
            state.focused = int(self.pages.current == (*self.page, self.key))
        return state

    @override
    def text(self, t: QAccessible.Text) -> str:
        found = self.found
        if found is None:
            return ""
        return {QAccessible.Text.Name: found.name, QAccessible.Text.Description: found.description}.get(t, "")

    @override
    def rect(self) -> QRect:
        found, slot = self.found, self.slot
        return QRect() if found is None or slot is None else self.area(QRectF(*slot.rect_px(found.rect)))

    @override
    def interface_cast(self, arg__1: QAccessible.InterfaceType) -> VoidPtr:  # type: ignore[override]  # see the module's docstring
        is_for_actions = arg__1 is QAccessible.InterfaceType.ActionInterface
        return VoidPtr(getCppPointer(self._actions)[0] if is_for_actions else 0)


class _Actions(QAccessibleActionInterface):
    def __init__(self, item: _Item) -> None:
        super().__init__()
        self._item = item

    @override
    def actionNames(self) -> list[str]:
        return list(self._by_name())

    @override
    def doAction(self, actionName: str) -> None:
        action = self._by_name().get(actionName)
        if action is not None:
            # Deferred, because the action may delete this item, which is still being called.
            QTimer.singleShot(0, self._item.pages.view.viewport(), action.do)

    @override
    def keyBindingsForAction(self, actionName: str) -> list[str]:
        return []

    @override
    def localizedActionName(self, name: str) -> str:
        action = self._by_name().get(name)
        return action.words if action is not None else name

    @override
    def localizedActionDescription(self, name: str) -> str:
        return self.localizedActionName(name)

    def _by_name(self) -> dict[str, ItemAction]:
        """Return the actions of the item, keyed by name. The first action has the name that Qt uses for a press."""
        found = self._item.found
        actions = found.actions if found is not None else ()
        press = QAccessibleActionInterface.pressAction()
        return {press if index == 0 else action.words: action for index, action in enumerate(actions)}


def _forget(number: int) -> None:
    pages = _kept.pop(number, None)
    if isinstance(pages, AccessiblePages) and QCoreApplication.instance() is not None:
        pages.drop_all()
