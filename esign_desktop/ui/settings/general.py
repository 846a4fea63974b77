"""How the windows look and speak, what contracts cost, and where signed files go."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QSignalBlocker, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSpinBox,
    QWidget,
)

from esign_desktop.domain.cost import TIERS
from esign_desktop.override import override
from esign_desktop.ui.shell.actions import LANGUAGE_NAMES
from esign_desktop.ui.widgets.file_dialogs import FileKind, file_dialog
from esign_desktop.ui.widgets.labels import ElidedLabel

if TYPE_CHECKING:
    from esign_desktop.services.preferences import Preferences

_FIELD_PX: Final = 260
_USUAL_PORT: Final = 8791


@dataclass(frozen=True, slots=True)
class GeneralChoices:
    """What is chosen, read from the store in one go."""

    language: str
    theme: str
    tier_index: int
    download_folder: Path | None
    downloads_by_itself: bool = False
    notice_port: int | None = None

    @classmethod
    def read(cls, preferences: Preferences) -> GeneralChoices:
        """Read them; blocks."""
        return cls(
            preferences.language,
            preferences.theme.value,
            preferences.tier_index,
            preferences.download_folder,
            preferences.downloads_by_itself,
            preferences.notice_port,
        )


class GeneralForm(QWidget):
    """Every choice takes effect at once, by its signal."""

    language_chosen = Signal(str)
    theme_chosen = Signal(str)
    tier_chosen = Signal(int)
    folder_chosen = Signal(object)
    """A Path, or None for the system's own downloads."""
    downloading_chosen = Signal(bool)
    """Whether signed files are to be fetched by themselves."""
    notice_port_chosen = Signal(object)
    """The port on which notices are to be received, or None."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._choices = GeneralChoices("", "system", 0, None)
        self._language, self._theme, self._tier = (QComboBox(self) for _ in range(3))
        self._folder = ElidedLabel(self)
        self._choose, self._reset = QPushButton(self), QPushButton(self)
        self._by_itself = QCheckBox(self)
        self._receives = QCheckBox(self)
        self._port = QSpinBox(self)
        self._port.setRange(1, 65535)
        self._port.setValue(_USUAL_PORT)
        self._port.setKeyboardTracking(False)
        self._labels: dict[str, QLabel] = {}
        self._lay_out()
        self._connect()
        self.retranslate()

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def show_choices(self, choices: GeneralChoices) -> None:
        """Show what is chosen."""
        self._choices = choices
        self._show()

    def retranslate(self) -> None:
        """Set all texts in the language of the window."""
        for name, text in (
            ("language", self.tr("&Language")),
            ("theme", self.tr("The&me")),
            ("tier", self.tr("Pr&ice list")),
            ("folder", self.tr("Signed files")),
        ):
            self._labels[name].setText(text)
        _fill(self._language, [(self.tr("Like the desktop"), ""), *((v, k) for k, v in LANGUAGE_NAMES.items())])
        _fill(
            self._theme,
            [(self.tr("Like the desktop"), "system"), (self.tr("Light"), "light"), (self.tr("Dark"), "dark")],
        )
        price = self.tr("¥{price} for {count} contracts a year: ¥{each} each")
        _fill(
            self._tier,
            [
                (
                    price.format(
                        price=f"{tier.price_yuan:,}",
                        count=f"{tier.contract_count:,}",
                        each=f"{tier.price_per_contract_yuan:.2f}",
                    ),
                    index,
                )
                for index, tier in enumerate(TIERS)
            ],
        )
        self._choose.setText(self.tr("Choose folder…"))
        self._reset.setText(self.tr("Usual folder"))
        self._receives.setText(self.tr("&Receive the platform's notices on port"))
        self._port.setAccessibleName(self.tr("Port for notices"))
        self._by_itself.setText(self.tr("&Download signed files as soon as everybody has signed"))
        self._show()

    def _lay_out(self) -> None:
        folder = QHBoxLayout()
        folder.setSpacing(8)
        folder.addWidget(self._folder, 1)
        folder.addWidget(self._choose)
        folder.addWidget(self._reset)
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(8)
        for name, field in (
            ("language", self._language),
            ("theme", self._theme),
            ("tier", self._tier),
            ("folder", folder),
        ):
            label = QLabel(self)
            self._labels[name] = label
            label.setBuddy(field if isinstance(field, QWidget) else self._choose)
            form.addRow(label, field)
        form.addRow("", self._by_itself)
        notices = QHBoxLayout()
        notices.addWidget(self._receives)
        notices.addWidget(self._port)
        notices.addStretch(1)
        form.addRow("", notices)
        for box in (self._language, self._theme, self._tier):
            box.setMinimumWidth(_FIELD_PX)

    def _connect(self) -> None:
        self._language.activated.connect(self._on_language_activated)
        self._theme.activated.connect(self._on_theme_activated)
        self._tier.activated.connect(self._on_tier_activated)
        self._choose.clicked.connect(self._on_choose_clicked)
        self._reset.clicked.connect(self._on_reset_clicked)
        self._by_itself.clicked.connect(self.downloading_chosen)
        self._receives.clicked.connect(self._on_notices_changed)
        self._port.valueChanged.connect(self._on_notices_changed)

    def _show(self) -> None:
        choices = self._choices
        self._language.setCurrentIndex(max(0, self._language.findData(choices.language)))
        self._theme.setCurrentIndex(max(0, self._theme.findData(choices.theme)))
        self._tier.setCurrentIndex(choices.tier_index)
        folder = choices.download_folder
        self._folder.setText(str(folder) if folder else self.tr("The desktop's folder for downloads"))
        self._reset.setVisible(folder is not None)
        self._by_itself.setChecked(choices.downloads_by_itself)
        self._receives.setChecked(choices.notice_port is not None)
        if choices.notice_port is not None and not self._is_port_being_typed:
            with QSignalBlocker(self._port):
                self._port.setValue(choices.notice_port)
        self._port.setEnabled(choices.notice_port is not None)

    @property
    def _is_port_being_typed(self) -> bool:
        return self._port.hasFocus() and self._port.text() != str(self._port.value())

    def _on_language_activated(self) -> None:
        self.language_chosen.emit(self._language.currentData())

    def _on_theme_activated(self) -> None:
        self.theme_chosen.emit(self._theme.currentData())

    def _on_tier_activated(self) -> None:
        self.tier_chosen.emit(self._tier.currentIndex())

    def _on_notices_changed(self) -> None:
        self.notice_port_chosen.emit(self._port.value() if self._receives.isChecked() else None)

    def _on_choose_clicked(self) -> None:
        dialog = file_dialog(self, self.tr("Folder for signed files"), FileKind.SIGNED)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.fileSelected.connect(self._on_folder_selected)
        dialog.open()

    def _on_folder_selected(self, folder: str) -> None:
        self.folder_chosen.emit(Path(folder))

    def _on_reset_clicked(self) -> None:
        self.folder_chosen.emit(None)


def _fill(box: QComboBox, entries: list[tuple[str, object]]) -> None:
    box.clear()
    for text, value in entries:
        box.addItem(text, value)
