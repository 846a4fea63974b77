"""A flow's signed files on this computer, and the results of verifying their digital signatures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtWidgets import QLabel, QMenu, QPushButton, QToolButton, QWidget

from esign_desktop.override import override
from esign_desktop.ui.text.errors.sentences import error_sentence
from esign_desktop.ui.text.flow import signature_sentences, signatures_summary
from esign_desktop.ui.text.outside import one_line
from esign_desktop.ui.widgets.icons import icon
from esign_desktop.ui.widgets.labels import ElidedLabel, PlainLabel, show_tip
from esign_desktop.ui.widgets.layouts import hbox, vbox
from esign_desktop.ui.widgets.opening import open_path
from esign_desktop.ui.widgets.theme import set_tone, theme

if TYPE_CHECKING:
    from esign_desktop.domain.errors import AppError
    from esign_desktop.domain.signature import SignatureFact


class SignatureVerdict(QWidget):
    """The result of a verification, as an icon and a sentence, so that it does not depend on color alone."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._facts: tuple[SignatureFact, ...] | None = None
        self._icon = QLabel(self)
        self._text = PlainLabel(self, is_wrapped=True)
        hbox((self._icon, Qt.AlignmentFlag.AlignTop), (self._text, 1), parent=self)

    @property
    def is_alarming(self) -> bool:
        """Whether at least one signature shows that the file was changed after signing."""
        return bool(self._facts) and not all(fact.is_good for fact in self._facts or ())

    @property
    def text(self) -> str:
        """The displayed sentence."""
        return self._text.text()

    def show_text(self, text: str) -> None:
        """Show a sentence instead of a result, such as progress or an error."""
        self._facts = None
        self._text.setText(text)
        self._show()

    def show_facts(self, facts: tuple[SignatureFact, ...]) -> None:
        """Show the combined result of all signatures."""
        self._facts = facts
        self._text.setText(signatures_summary(facts))
        self._show()

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self._show()
        super().changeEvent(event)

    def _show(self) -> None:
        colours = theme()
        if self.is_alarming:
            name, colour = "error", colours.danger
        elif self._facts and all(fact.is_trusted for fact in self._facts):
            name, colour = "check", colours.success
        else:
            name, colour = "info", colours.hint
        self._icon.setPixmap(icon(name, colour).pixmap(QSize(16, 16)))
        set_tone(self._text, "danger" if self.is_alarming else "text")


_INDENT_PX: Final = 24
"""The indent that aligns the detailed results with the verdict's text."""


class _FileRow(QWidget):
    open_requested = Signal(object)
    check_requested = Signal(object)

    def __init__(self, path: Path, parent: QWidget) -> None:
        super().__init__(parent)
        self._path = path
        shown = one_line(path.name)
        name = ElidedLabel(self)
        name.setText(shown)
        show_tip(name, one_line(str(path), most_characters=1000))
        self._verdict = SignatureVerdict(self)
        self._verdict.hide()
        self._results = vbox(spacing=6, margins=(_INDENT_PX, 0, 0, 0))
        ways = []
        for picture, text, spoken, slot in (
            ("document", self.tr("Open"), self.tr("Open file"), self._on_file_clicked),
            ("lock", self.tr("Verify"), self.tr("Check digital signatures"), self._on_check_clicked),
        ):
            button = QPushButton(icon(picture), text, self)
            button.setObjectName("compact")
            button.setToolTip(spoken)
            button.setAccessibleName(f"{spoken}: {shown}")
            button.clicked.connect(slot)
            ways.append(button)
        more = QToolButton(self)
        more.setAutoRaise(True)
        more.setIcon(icon("more"))
        more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        more.setAccessibleName(self.tr("More: {name}").format(name=shown))
        menu = QMenu(more)
        menu.addAction(self.tr("Open with another program")).triggered.connect(self._on_other_program_triggered)
        menu.addAction(self.tr("Open folder")).triggered.connect(self._on_folder_triggered)
        more.setMenu(menu)
        vbox(name, hbox(*ways, more, 1, spacing=4), self._verdict, self._results, spacing=4, parent=self)

    @property
    def path(self) -> Path:
        return self._path

    def show_facts(self, facts: tuple[SignatureFact, ...]) -> None:
        """Show the combined result, and below it the result of each signature."""
        self._verdict.show_facts(facts)
        self._clear_results()
        for fact in facts:
            result = PlainLabel(self, "\n".join(signature_sentences(fact)))
            result.setWordWrap(True)
            result.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            set_tone(result, "text")
            self._results.addWidget(result)
        self._verdict.show()

    def show_text(self, text: str) -> None:
        """Show a sentence instead of a result, and remove the results of an earlier check."""
        self._verdict.show_text(text)
        self._verdict.show()
        self._clear_results()

    def _clear_results(self) -> None:
        while (item := self._results.takeAt(0)) is not None:
            if (result := item.widget()) is not None:
                result.hide()
                result.deleteLater()

    def _on_check_clicked(self) -> None:
        self.show_text(self.tr("Checking signatures…"))
        self.check_requested.emit(self._path)

    def _on_file_clicked(self) -> None:
        self.open_requested.emit(self._path)

    def _on_other_program_triggered(self) -> None:
        open_path(self._path, self.show_text)

    def _on_folder_triggered(self) -> None:
        open_path(self._path.parent, self.show_text)


class FileList(QWidget):
    """The list of files, each with buttons to open it, open its folder and verify its signatures."""

    open_requested = Signal(object)
    """The Path of a file to be opened in a window of this program."""
    check_requested = Signal(object)
    """The Path of a file whose signatures are to be verified."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._paths: tuple[str, ...] = ()
        self._rows: list[_FileRow] = []
        self._column = vbox(spacing=4, parent=self)

    def show_paths(self, paths: tuple[str, ...]) -> None:
        """Show these files. Results of earlier checks are kept only if the paths are unchanged."""
        if paths != self._paths:
            self._paths = paths
            self.rebuild()
        self.setVisible(bool(paths))

    def rebuild(self) -> None:
        """Create all rows again, without results of earlier checks."""
        for row in self._rows:
            row.hide()
            row.deleteLater()
        self._rows = [_FileRow(Path(path), self) for path in self._paths]
        for row in self._rows:
            row.open_requested.connect(self.open_requested)
            row.check_requested.connect(self.check_requested)
            self._column.addWidget(row)

    def show_signatures(self, path: Path, facts: tuple[SignatureFact, ...]) -> None:
        """Show the results of verifying a file's signatures."""
        for row in self._rows_of(path):
            row.show_facts(facts)

    def show_failure(self, path: Path, error: AppError) -> None:
        """Show why a file's signatures could not be verified."""
        for row in self._rows_of(path):
            row.show_text(error_sentence(error).text)

    def _rows_of(self, path: Path) -> list[_FileRow]:
        return [row for row in self._rows if row.path == path]
