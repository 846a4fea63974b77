"""Edits in words, for the undo history."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from esign_desktop.services.session import EditName

_NAMES = {
    EditName.ADD_DOCUMENTS: QT_TRANSLATE_NOOP("EditNames", "Add documents"),
    EditName.REMOVE_DOCUMENT: QT_TRANSLATE_NOOP("EditNames", "Remove document"),
    EditName.RENAME_DOCUMENT: QT_TRANSLATE_NOOP("EditNames", "Rename document"),
    EditName.MOVE_DOCUMENT: QT_TRANSLATE_NOOP("EditNames", "Move document"),
    EditName.REPLACE_DOCUMENT: QT_TRANSLATE_NOOP("EditNames", "Replace document"),
    EditName.MAKE_UPRIGHT: QT_TRANSLATE_NOOP("EditNames", "Make an upright copy"),
    EditName.FILL_FORM: QT_TRANSLATE_NOOP("EditNames", "Fill in the form"),
    EditName.ADD_SIGNER: QT_TRANSLATE_NOOP("EditNames", "Add signer"),
    EditName.CHANGE_SIGNER: QT_TRANSLATE_NOOP("EditNames", "Change signer"),
    EditName.REMOVE_SIGNER: QT_TRANSLATE_NOOP("EditNames", "Remove signer"),
    EditName.ARRANGE_SIGNERS: QT_TRANSLATE_NOOP("EditNames", "Change signing order"),
    EditName.CHANGE_OPTIONS: QT_TRANSLATE_NOOP("EditNames", "Change options"),
    EditName.PLACE_SEAL: QT_TRANSLATE_NOOP("EditNames", "Place seal"),
    EditName.PLACE_KEYWORD: QT_TRANSLATE_NOOP("EditNames", "Place seals by keyword"),
    EditName.PLACE_CROSS_PAGE: QT_TRANSLATE_NOOP("EditNames", "Place cross-page seal"),
    EditName.MOVE_SEALS: QT_TRANSLATE_NOOP("EditNames", "Move seals"),
    EditName.RESIZE_SEALS: QT_TRANSLATE_NOOP("EditNames", "Resize seals"),
    EditName.CHANGE_SEALS: QT_TRANSLATE_NOOP("EditNames", "Change seals"),
    EditName.ASSIGN_SEALS: QT_TRANSLATE_NOOP("EditNames", "Give seals to another signer"),
    EditName.REMOVE_SEALS: QT_TRANSLATE_NOOP("EditNames", "Remove seals"),
    EditName.CONFIRM_HITS: QT_TRANSLATE_NOOP("EditNames", "Confirm keyword seals"),
    EditName.ALIGN_SEALS: QT_TRANSLATE_NOOP("EditNames", "Align seals"),
    EditName.DISTRIBUTE_SEALS: QT_TRANSLATE_NOOP("EditNames", "Distribute seals"),
    EditName.DUPLICATE_SEALS: QT_TRANSLATE_NOOP("EditNames", "Duplicate seals"),
    EditName.COPY_TO_PAGES: QT_TRANSLATE_NOOP("EditNames", "Copy seals to pages"),
    EditName.PASTE_SEALS: QT_TRANSLATE_NOOP("EditNames", "Paste seals"),
    EditName.SPLIT_CROSS_PAGE: QT_TRANSLATE_NOOP("EditNames", "Divide cross-page seal into groups"),
    EditName.USE_PRESET: QT_TRANSLATE_NOOP("EditNames", "Use preset"),
}


def edit_sentence(name: EditName) -> str:
    """Word an edit in the language of the window."""
    return QCoreApplication.translate("EditNames", str(_NAMES[name]))
