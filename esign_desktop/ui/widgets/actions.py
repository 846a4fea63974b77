"""Define all actions in one table: text, icon, keys, and where the keys work.

Menus, the tool strip, the command palette, the list of shortcuts and tool tips read this table. Each room connects its
actions to slots.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication
from PySide6.QtGui import QAction, QKeySequence

from esign_desktop.ui.widgets.icons import icon

if TYPE_CHECKING:
    from PySide6.QtCore import QObject

_MNEMONIC: Final = re.compile(r"\(&\w\)|&(?!&)")


class ActionName(StrEnum):
    """The name of an action. The order is: the window and its rooms, tools and seals in Prepare, contracts in Track."""

    PREPARE = "prepare"
    TRACK = "track"
    BULK = "bulk"
    CONTACTS = "contacts"
    PRESETS = "presets"
    SETTINGS = "settings"
    OPEN = "open"
    FROM_TEMPLATE = "from_template"
    NEW = "new"
    DRAFTS = "drafts"
    DISCARD = "discard"
    QUIT = "quit"
    UNDO = "undo"
    REDO = "redo"
    HISTORY = "history"
    CUT = "cut"
    COPY = "copy"
    PASTE = "paste"
    SELECT_ALL = "select_all"
    DELETE = "delete"
    SEND = "send"
    SAVE_PRESET = "save_preset"
    COUNTER = "counter"
    LOCK = "lock"
    ADD_OURS = "add_ours"
    ADD_PERSON = "add_person"
    ADD_ORGANIZATION = "add_organization"
    SIGN_EARLIER = "sign_earlier"
    SIGN_LATER = "sign_later"
    SIGN_TOGETHER = "sign_together"
    NEXT_PROBLEM = "next_problem"
    FIND = "find"
    GO_TO_PAGE = "go_to_page"
    ZOOM_IN = "zoom_in"
    ZOOM_OUT = "zoom_out"
    ACTUAL_SIZE = "actual_size"
    FIT_WIDTH = "fit_width"
    FIT_PAGE = "fit_page"
    FINISHED_LOOK = "finished_look"
    COMMANDS = "commands"
    MANUAL = "manual"
    KEYS = "keys"
    LOG_FOLDER = "log_folder"
    REHEARSAL = "rehearsal"
    FIRST_STEPS = "first_steps"
    ABOUT = "about"

    SELECT_TOOL = "select_tool"
    SEAL_TOOL = "seal_tool"
    KEYWORD_TOOL = "keyword_tool"
    CROSS_PAGE_TOOL = "cross_page_tool"

    CUT_SEALS = "cut_seals"
    COPY_SEALS = "copy_seals"
    PASTE_SEALS = "paste_seals"
    DUPLICATE = "duplicate"
    COPY_TO_PAGES = "copy_to_pages"
    DETAILS = "details"
    REMOVE_SEALS = "remove_seals"
    WIDTH_40 = "width_40"
    WIDTH_42 = "width_42"
    WIDTH_45 = "width_45"
    ALIGN_LEFT = "align_left"
    ALIGN_CENTER = "align_center"
    ALIGN_RIGHT = "align_right"
    ALIGN_TOP = "align_top"
    ALIGN_MIDDLE = "align_middle"
    ALIGN_BOTTOM = "align_bottom"
    DISTRIBUTE_HORIZONTAL = "distribute_horizontal"
    DISTRIBUTE_VERTICAL = "distribute_vertical"
    CONFIRM = "confirm"
    TO_COORDINATES = "to_coordinates"
    SPLIT = "split"

    REFRESH = "refresh"
    SEARCH = "search"
    SIGN_HERE = "sign_here"
    SHOW_CODE = "show_code"
    COPY_LINK = "copy_link"
    COPY_REMINDER = "copy_reminder"
    DOWNLOAD = "download"
    DOWNLOAD_ORIGINAL = "download_original"
    SHOW_FILE = "show_file"
    MERGE_FILES = "merge_files"
    PRINT_FILES = "print_files"
    REVOKE = "revoke"
    CORRECT = "correct"


class Scope(StrEnum):
    """The part of the program in which the keys of an action work."""

    WINDOW = "window"
    PAGES = "pages"
    """The whole window while Prepare is shown. In other rooms, the actions have nothing to act on."""
    TOOLS = "tools"
    """The pages while they have the focus. The view of pages handles the letter keys itself."""
    SEALS = "seals"
    TRACK = "track"


class ActionRow(NamedTuple):
    """The properties of one action in the table.

    ``text`` is marked for translation, and ``icon`` is the name of an icon.

    If ``hears_keys`` is False, the keys are only displayed, because the focused widget handles them itself. In a text
    field, for example, they edit the text.
    """

    text: object
    icon: str = ""
    keys: tuple[str, ...] = ()
    scope: Scope = Scope.WINDOW
    hears_keys: bool = True

    @property
    def shown_keys(self) -> str:
        """The first key sequence in the notation of the desktop, or an empty text if there is none."""
        return QKeySequence(self.keys[0]).toString(QKeySequence.SequenceFormat.NativeText) if self.keys else ""


def _tool(text: object, symbol: str, key: str) -> ActionRow:
    return ActionRow(text, symbol, (key,), Scope.TOOLS, hears_keys=False)


def _seals(text: object, symbol: str, *keys: str, hears_keys: bool = True) -> ActionRow:
    return ActionRow(text, symbol, keys, Scope.SEALS, hears_keys)


def _track(text: object, symbol: str, key: str) -> ActionRow:
    return ActionRow(text, symbol, (key,), Scope.TRACK)


ACTIONS: Final = {
    ActionName.PREPARE: ActionRow(QT_TRANSLATE_NOOP("Actions", "Prepare"), "prepare", ("Ctrl+1",)),
    ActionName.TRACK: ActionRow(QT_TRANSLATE_NOOP("Actions", "Track"), "track", ("Ctrl+2",)),
    ActionName.BULK: ActionRow(QT_TRANSLATE_NOOP("Actions", "Bulk"), "bulk", ("Ctrl+3",)),
    ActionName.CONTACTS: ActionRow(QT_TRANSLATE_NOOP("Actions", "Contacts"), "contacts", ("Ctrl+4",)),
    ActionName.PRESETS: ActionRow(QT_TRANSLATE_NOOP("Actions", "Presets"), "bookmark", ("Ctrl+5",)),
    ActionName.SETTINGS: ActionRow(QT_TRANSLATE_NOOP("Actions", "Settings"), "settings", ("Ctrl+,",)),
    ActionName.OPEN: ActionRow(QT_TRANSLATE_NOOP("Actions", "&Open PDF…"), "open", ("Ctrl+O",)),
    ActionName.FROM_TEMPLATE: ActionRow(QT_TRANSLATE_NOOP("Actions", "From a &template…"), "templates", ("Ctrl+T",)),
    ActionName.NEW: ActionRow(QT_TRANSLATE_NOOP("Actions", "&New contract"), "add", ("Ctrl+N",)),
    ActionName.DRAFTS: ActionRow(QT_TRANSLATE_NOOP("Actions", "A&ll drafts…"), "", ("Ctrl+Shift+O",)),
    ActionName.DISCARD: ActionRow(QT_TRANSLATE_NOOP("Actions", "D&iscard this contract"), "delete"),
    ActionName.QUIT: ActionRow(QT_TRANSLATE_NOOP("Actions", "&Quit"), "", ("Ctrl+Q",)),
    ActionName.UNDO: ActionRow(QT_TRANSLATE_NOOP("Actions", "&Undo"), "undo", ("Ctrl+Z",)),
    ActionName.REDO: ActionRow(QT_TRANSLATE_NOOP("Actions", "&Redo"), "redo", ("Ctrl+Shift+Z", "Ctrl+Y")),
    ActionName.HISTORY: ActionRow(QT_TRANSLATE_NOOP("Actions", "&History…"), "", ("Ctrl+H",)),
    ActionName.CUT: ActionRow(QT_TRANSLATE_NOOP("Actions", "Cu&t"), "", ("Ctrl+X",), hears_keys=False),
    ActionName.COPY: ActionRow(QT_TRANSLATE_NOOP("Actions", "&Copy"), "", ("Ctrl+C",), hears_keys=False),
    ActionName.PASTE: ActionRow(QT_TRANSLATE_NOOP("Actions", "&Paste"), "", ("Ctrl+V",), hears_keys=False),
    ActionName.SELECT_ALL: ActionRow(QT_TRANSLATE_NOOP("Actions", "Select &all"), "", ("Ctrl+A",), hears_keys=False),
    ActionName.DELETE: ActionRow(QT_TRANSLATE_NOOP("Actions", "&Delete"), "", ("Del",), hears_keys=False),
    ActionName.SEND: ActionRow(
        QT_TRANSLATE_NOOP("Actions", "Review and &send"), "send", ("Ctrl+Return",), hears_keys=False
    ),
    ActionName.SAVE_PRESET: ActionRow(QT_TRANSLATE_NOOP("Actions", "Save as &preset…"), "bookmark"),
    ActionName.COUNTER: ActionRow(QT_TRANSLATE_NOOP("Actions", "&Counter"), "qr", ("F11",)),
    ActionName.LOCK: ActionRow(QT_TRANSLATE_NOOP("Actions", "Loc&k"), "", ("Ctrl+L",)),
    ActionName.ADD_OURS: ActionRow(
        QT_TRANSLATE_NOOP("Actions", "Add our o&wn organization"), "organization", ("Ctrl+M",)
    ),
    ActionName.ADD_PERSON: ActionRow(QT_TRANSLATE_NOOP("Actions", "Add p&erson"), "person"),
    ActionName.ADD_ORGANIZATION: ActionRow(QT_TRANSLATE_NOOP("Actions", "Add &organization"), "organization"),
    ActionName.SIGN_EARLIER: ActionRow(
        QT_TRANSLATE_NOOP("Actions", "Move signer earlier"), "", ("Alt+Shift+Left",), Scope.PAGES
    ),
    ActionName.SIGN_LATER: ActionRow(
        QT_TRANSLATE_NOOP("Actions", "Move signer later"), "", ("Alt+Shift+Right",), Scope.PAGES
    ),
    ActionName.SIGN_TOGETHER: ActionRow(
        QT_TRANSLATE_NOOP("Actions", "Sign together with previous step"), "", ("Alt+Shift+Up",), Scope.PAGES
    ),
    ActionName.NEXT_PROBLEM: ActionRow(
        QT_TRANSLATE_NOOP("Actions", "&Next problem"), "", ("F8",), Scope.PAGES, hears_keys=False
    ),
    ActionName.FIND: ActionRow(QT_TRANSLATE_NOOP("Actions", "&Find text…"), "search", ("Ctrl+F",), Scope.PAGES),
    ActionName.GO_TO_PAGE: ActionRow(QT_TRANSLATE_NOOP("Actions", "&Go to page…"), "", ("Ctrl+G",), Scope.PAGES),
    ActionName.ZOOM_IN: ActionRow(
        QT_TRANSLATE_NOOP("Actions", "Zoom &in"), "zoom-in", ("Ctrl++", "Ctrl+="), Scope.PAGES
    ),
    ActionName.ZOOM_OUT: ActionRow(QT_TRANSLATE_NOOP("Actions", "Zoom &out"), "zoom-out", ("Ctrl+-",), Scope.PAGES),
    ActionName.ACTUAL_SIZE: ActionRow(QT_TRANSLATE_NOOP("Actions", "&Actual size"), "", ("Ctrl+0",), Scope.PAGES),
    ActionName.FIT_WIDTH: ActionRow(QT_TRANSLATE_NOOP("Actions", "Fit &width"), "fit-width", ("Ctrl+9",), Scope.PAGES),
    ActionName.FIT_PAGE: ActionRow(QT_TRANSLATE_NOOP("Actions", "Fit &page"), "fit-page", ("Ctrl+8",), Scope.PAGES),
    ActionName.FINISHED_LOOK: ActionRow(QT_TRANSLATE_NOOP("Actions", "Final loo&k"), "eye", ("F7",), Scope.PAGES),
    ActionName.COMMANDS: ActionRow(QT_TRANSLATE_NOOP("Actions", "&Find command…"), "", ("Ctrl+K",)),
    ActionName.MANUAL: ActionRow(QT_TRANSLATE_NOOP("Actions", "&Manual"), "", ("F1",)),
    ActionName.KEYS: ActionRow(QT_TRANSLATE_NOOP("Actions", "&Keyboard shortcuts"), "", ("Ctrl+/",)),
    ActionName.LOG_FOLDER: ActionRow(QT_TRANSLATE_NOOP("Actions", "Open &log folder")),
    ActionName.REHEARSAL: ActionRow(QT_TRANSLATE_NOOP("Actions", "&Rehearsal console…")),
    ActionName.FIRST_STEPS: ActionRow(QT_TRANSLATE_NOOP("Actions", "Show first &steps")),
    ActionName.ABOUT: ActionRow(QT_TRANSLATE_NOOP("Actions", "&About")),
    ActionName.SELECT_TOOL: _tool(QT_TRANSLATE_NOOP("Actions", "Select"), "select", "V"),
    ActionName.SEAL_TOOL: _tool(QT_TRANSLATE_NOOP("Actions", "Seal"), "seal", "S"),
    ActionName.KEYWORD_TOOL: _tool(QT_TRANSLATE_NOOP("Actions", "Keyword"), "keyword", "K"),
    ActionName.CROSS_PAGE_TOOL: _tool(QT_TRANSLATE_NOOP("Actions", "Cross-page"), "cross-page", "X"),
    ActionName.CUT_SEALS: _seals(QT_TRANSLATE_NOOP("Actions", "Cut"), "cut", "Ctrl+X", hears_keys=False),
    ActionName.COPY_SEALS: _seals(QT_TRANSLATE_NOOP("Actions", "Copy"), "copy", "Ctrl+C", hears_keys=False),
    ActionName.PASTE_SEALS: _seals(QT_TRANSLATE_NOOP("Actions", "Paste"), "paste", "Ctrl+V", hears_keys=False),
    ActionName.DUPLICATE: _seals(QT_TRANSLATE_NOOP("Actions", "Duplicate"), "copy", "Ctrl+D"),
    ActionName.COPY_TO_PAGES: _seals(QT_TRANSLATE_NOOP("Actions", "Copy to pages…"), "pages", "Ctrl+Shift+D"),
    ActionName.DETAILS: _seals(QT_TRANSLATE_NOOP("Actions", "Details…"), "more", "F2"),
    ActionName.REMOVE_SEALS: _seals(QT_TRANSLATE_NOOP("Actions", "Remove"), "delete", "Del", hears_keys=False),
    ActionName.WIDTH_40: _seals(QT_TRANSLATE_NOOP("Actions", "40 mm wide"), "", "Ctrl+Shift+1"),
    ActionName.WIDTH_42: _seals(QT_TRANSLATE_NOOP("Actions", "42 mm wide"), "", "Ctrl+Shift+2"),
    ActionName.WIDTH_45: _seals(QT_TRANSLATE_NOOP("Actions", "45 mm wide"), "", "Ctrl+Shift+3"),
    ActionName.ALIGN_LEFT: _seals(QT_TRANSLATE_NOOP("Actions", "Align left edges"), "align-left", "Ctrl+Shift+Left"),
    ActionName.ALIGN_CENTER: _seals(
        QT_TRANSLATE_NOOP("Actions", "Align horizontal centers"), "align-center", "Ctrl+Shift+C"
    ),
    ActionName.ALIGN_RIGHT: _seals(
        QT_TRANSLATE_NOOP("Actions", "Align right edges"), "align-right", "Ctrl+Shift+Right"
    ),
    ActionName.ALIGN_TOP: _seals(QT_TRANSLATE_NOOP("Actions", "Align top edges"), "align-top", "Ctrl+Shift+Up"),
    ActionName.ALIGN_MIDDLE: _seals(
        QT_TRANSLATE_NOOP("Actions", "Align vertical centers"), "align-middle", "Ctrl+Shift+M"
    ),
    ActionName.ALIGN_BOTTOM: _seals(
        QT_TRANSLATE_NOOP("Actions", "Align bottom edges"), "align-bottom", "Ctrl+Shift+Down"
    ),
    ActionName.DISTRIBUTE_HORIZONTAL: _seals(
        QT_TRANSLATE_NOOP("Actions", "Distribute horizontally"), "distribute-horizontal", "Ctrl+Shift+H"
    ),
    ActionName.DISTRIBUTE_VERTICAL: _seals(
        QT_TRANSLATE_NOOP("Actions", "Distribute vertically"), "distribute-vertical", "Ctrl+Shift+V"
    ),
    ActionName.CONFIRM: _seals(QT_TRANSLATE_NOOP("Actions", "Confirm seal positions"), "check", "Ctrl+Shift+Y"),
    ActionName.TO_COORDINATES: _seals(QT_TRANSLATE_NOOP("Actions", "Convert to coordinates"), "seal", "Ctrl+Shift+K"),
    ActionName.SPLIT: _seals(QT_TRANSLATE_NOOP("Actions", "Group pages for cross-page seal"), "cross-page"),
    ActionName.REFRESH: _track(QT_TRANSLATE_NOOP("Actions", "Refresh"), "refresh", "F5"),
    ActionName.SEARCH: _track(QT_TRANSLATE_NOOP("Actions", "Search contracts"), "search", "Ctrl+F"),
    ActionName.SIGN_HERE: _track(QT_TRANSLATE_NOOP("Actions", "Open in browser"), "application", "B"),
    ActionName.SHOW_CODE: _track(QT_TRANSLATE_NOOP("Actions", "Show QR code"), "qr", "Q"),
    ActionName.COPY_LINK: _track(QT_TRANSLATE_NOOP("Actions", "Copy link"), "link", "L"),
    ActionName.COPY_REMINDER: _track(QT_TRANSLATE_NOOP("Actions", "Copy reminder"), "copy", "Shift+L"),
    ActionName.DOWNLOAD: _track(QT_TRANSLATE_NOOP("Actions", "Download signed files"), "download", "D"),
    ActionName.DOWNLOAD_ORIGINAL: _track(QT_TRANSLATE_NOOP("Actions", "Download the original"), "document", "Shift+D"),
    ActionName.MERGE_FILES: _track(QT_TRANSLATE_NOOP("Actions", "Merge signed files…"), "pages", "M"),
    ActionName.PRINT_FILES: _track(QT_TRANSLATE_NOOP("Actions", "Print signed files…"), "print", "Ctrl+P"),
    ActionName.SHOW_FILE: _track(QT_TRANSLATE_NOOP("Actions", "Open the signed file"), "eye", "O"),
    ActionName.REVOKE: _track(QT_TRANSLATE_NOOP("Actions", "Revoke"), "revoke", "R"),
    ActionName.CORRECT: _track(QT_TRANSLATE_NOOP("Actions", "Correct and send again"), "undo", "Ctrl+R"),
}


def action_text(name: ActionName) -> str:
    """Return the translated text of an action for menus, including the mnemonic and the ellipsis."""
    return QCoreApplication.translate("Actions", str(ACTIONS[name].text))


def plain_text(text: str) -> str:
    """Return the text of an action for lists, without the mnemonic and the ellipsis."""
    return _MNEMONIC.sub("", text).replace("&&", "&").rstrip("…")


def tool_tip(name: ActionName) -> str:
    """Return the name of an action, followed by its first keys if it has any."""
    text, keys = plain_text(action_text(name)), ACTIONS[name].shown_keys
    return f"{text} ({keys})" if keys else text


def make_action(name: ActionName, parent: QObject) -> QAction:
    """Create and return the ``QAction`` that the table describes. It is not connected.

    The keys of seals and of Track work only in the widget to which the action is added.
    """
    row = ACTIONS[name]
    text = action_text(name)
    # A menu displays the text after a tab in its column of shortcuts.
    action = QAction(text if row.hears_keys or not row.keys else f"{text}\t{row.shown_keys}", parent)
    action.setObjectName(name.value)
    if row.icon:
        action.setIcon(icon(row.icon))
    if row.hears_keys and row.keys:
        action.setShortcuts([QKeySequence(keys) for keys in row.keys])
    if row.scope in {Scope.SEALS, Scope.TRACK}:
        from PySide6.QtCore import Qt

        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
    action.setToolTip(tool_tip(name))
    return action
