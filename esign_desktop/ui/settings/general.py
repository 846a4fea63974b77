"""The forms for the user's language, appearance and signed files, and for the prices and the port for notices."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import QCheckBox, QPushButton, QSpinBox, QWidget

from esign_desktop.domain.china_time import china_text
from esign_desktop.domain.cost import MOST_CONTRACTS, MOST_YUAN, OWN_TIER_INDEX, TIERS, Tier, own_tier
from esign_desktop.domain.file_names import FolderLayout
from esign_desktop.domain.titles import MOST_TITLE_CHARACTERS
from esign_desktop.override import override
from esign_desktop.services.preferences import TEXT_PERCENTS
from esign_desktop.ui.text.i18n import LANGUAGE_NAMES
from esign_desktop.ui.text.moments import now_ms
from esign_desktop.ui.text.policy import policy_sentence
from esign_desktop.ui.widgets.file_dialogs import FileKind, choose_folder
from esign_desktop.ui.widgets.forms import CheckField, ChoiceField, Field, Form, LineField, Row
from esign_desktop.ui.widgets.labels import ElidedLabel, PlainLabel
from esign_desktop.ui.widgets.layouts import hbox

if TYPE_CHECKING:
    from esign_desktop.domain.policy import Policy
    from esign_desktop.services.preferences import Preferences

_FIELD_PX: Final = 260
_USUAL_PORT: Final = 8791


@dataclass(frozen=True, slots=True)
class GeneralChoices:
    """The values of the general settings.

    An empty ``language`` and a ``text_percent`` of 0 follow the system. ``download_folder`` is None for the system's
    download folder, and ``notice_port`` is None if no notices of the platform are received.
    """

    language: str = ""
    theme: str = "system"
    tier_index: int = 0
    own_tier: Tier | None = None
    download_folder: Path | None = None
    downloads_by_itself: bool = False
    notice_port: int | None = None
    text_percent: int = 0
    is_still: bool = False
    folder_layout: FolderLayout = FolderLayout.CUSTOMER
    title_rule: str = ""

    @classmethod
    def read(cls, preferences: Preferences) -> GeneralChoices:
        """Return the stored values. Blocks on the store, so call it from a background task."""
        return cls(
            preferences.language,
            preferences.theme.value,
            preferences.tier_index,
            preferences.own_tier,
            preferences.download_folder,
            preferences.downloads_by_itself,
            preferences.notice_port,
            preferences.text_percent,
            preferences.is_still,
            preferences.folder_layout,
            preferences.title_rule,
        )

    def write(self, preferences: Preferences, before: GeneralChoices) -> None:
        """Save the values that differ from ``before``. Blocks on the store, so call it from a background task.

        Language and appearance are not saved here, because they are saved where they are applied.
        """
        if self.tier_index != before.tier_index:
            preferences.set_tier_index(self.tier_index)
        if self.own_tier != before.own_tier:
            preferences.set_own_tier(self.own_tier)
        if self.download_folder != before.download_folder:
            preferences.set_download_folder(self.download_folder)
        if self.folder_layout != before.folder_layout:
            preferences.set_folder_layout(self.folder_layout)
        if self.title_rule != before.title_rule:
            preferences.set_title_rule(self.title_rule)
        if self.downloads_by_itself != before.downloads_by_itself:
            preferences.set_downloads_by_itself(now_ms() if self.downloads_by_itself else None)
        if self.notice_port != before.notice_port:
            preferences.set_notice_port(self.notice_port)


class FolderField(Field, QWidget):
    """A field for the folder of signed files. Its value is None for the system's download folder."""

    def __init__(self) -> None:
        super().__init__()
        self._folder: Path | None = None
        self._path = ElidedLabel(self)
        self._choose = QPushButton(self.tr("Choose folder…"), self)
        self._reset = QPushButton(self.tr("Default folder"), self)
        hbox((self._path, 1), self._choose, self._reset, parent=self)
        self.setFocusProxy(self._choose)
        self._choose.clicked.connect(self._on_choose_clicked)
        self._reset.clicked.connect(self._on_reset_clicked)

    @property
    def text(self) -> str:
        """The path that is shown."""
        return self._path.text()

    @override
    def read_value(self) -> Path | None:
        return self._folder

    @override
    def show_value(self, value: Path | None) -> None:
        self._folder = value
        self._path.setText(str(value) if value else self.tr("Your Downloads folder"))
        self._reset.setVisible(value is not None)

    def choose(self, folder: Path | None) -> None:
        """Show a folder, or the default for None, and emit ``edited``."""
        self.show_value(folder)
        self.edited.emit()

    def _on_choose_clicked(self) -> None:
        choose_folder(self, self.tr("Folder for signed files"), FileKind.SIGNED, self.choose)

    def _on_reset_clicked(self) -> None:
        self.choose(None)


class PortField(Field, QWidget):
    """A field with a check box and a port number. Its value is None if the box is not checked.

    The number stays visible, so that it is used again when the user checks the box.
    """

    def __init__(self, text: str) -> None:
        super().__init__()
        self._box, self.number = QCheckBox(text, self), QSpinBox(self)
        self.number.setAccessibleName(self.tr("Notification port"))
        self.number.setRange(1, 65535)
        self.number.setValue(_USUAL_PORT)
        self.number.setKeyboardTracking(False)
        hbox(self._box, self.number, 1, spacing=6, parent=self)
        self.setFocusProxy(self._box)
        self._box.clicked.connect(self._on_edited)
        self.number.valueChanged.connect(self._on_edited)

    @property
    @override
    def is_half_typed(self) -> bool:
        return self.number.hasFocus() and self.number.text() != str(self.number.value())

    @override
    def read_value(self) -> int | None:
        return self.number.value() if self._box.isChecked() else None

    @override
    def show_value(self, value: int | None) -> None:
        self._box.setChecked(value is not None)
        self.number.setEnabled(value is not None)
        if value is not None:
            self.number.blockSignals(True)
            self.number.setValue(value)
            self.number.blockSignals(False)

    def _on_edited(self) -> None:
        self.edited.emit()


class OwnPriceField(Field, QWidget):
    """A field for a negotiated plan: its price in yuan and its number of contracts.

    Its value is None until both are set.
    """

    def __init__(self) -> None:
        super().__init__()
        self.price, self.count = QSpinBox(self), QSpinBox(self)
        self.price.setRange(0, MOST_YUAN)
        self.price.setPrefix("¥")
        self.price.setAccessibleName(self.tr("Plan price in yuan"))
        self.count.setRange(0, MOST_CONTRACTS)
        self.count.setAccessibleName(self.tr("Contracts in the plan"))
        self._each = PlainLabel(self, look="hint")
        for box in (self.price, self.count):
            box.setGroupSeparatorShown(True)
            box.setKeyboardTracking(False)
            box.valueChanged.connect(self._on_edited)
        row = hbox(self.price, PlainLabel(self, self.tr("for")), self.count)
        row.addWidget(PlainLabel(self, self.tr("contracts")))
        row.addWidget(self._each)
        row.addStretch(1)
        row.setContentsMargins(0, 0, 0, 0)
        self.setLayout(row)
        self.setFocusProxy(self.price)

    @property
    @override
    def is_half_typed(self) -> bool:
        boxes = (self.price, self.count)
        is_typing = any(box.hasFocus() and box.cleanText() != box.textFromValue(box.value()) for box in boxes)
        return is_typing or bool(self.price.value()) != bool(self.count.value())

    @property
    def text(self) -> str:
        """The text with the price of a contract, or with the request to enter both numbers."""
        return self._each.text()

    @override
    def read_value(self) -> Tier | None:
        return own_tier(self.price.value(), self.count.value())

    @override
    def show_value(self, value: Tier | None) -> None:
        numbers = (value.price_yuan, value.contract_count) if value is not None else (0, 0)
        for box, number in zip((self.price, self.count), numbers, strict=True):
            box.blockSignals(True)
            box.setValue(number)
            box.blockSignals(False)
        self._show_each()

    def _show_each(self) -> None:
        tier = self.read_value()
        if tier is None:
            self._each.setText(
                self.tr("Enter both values. Until then, ¥{each} per contract is assumed.").format(each=_each(TIERS[-1]))
            )
        else:
            self._each.setText(self.tr("¥{each} each").format(each=_each(tier)))

    def _on_edited(self) -> None:
        self._show_each()
        self.edited.emit()


def _this_month() -> str:
    return china_text(now_ms(), "%Y-%m")


def _each(tier: Tier) -> str:
    return f"{tier.price_per_contract_yuan:,.2f}"


class GeneralForm(Form[GeneralChoices]):
    """The form for the general settings of a user.

    A new language takes effect at the next start, other changes at once.
    """

    manual_page = "settings#general"

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(GeneralChoices(), (), parent)
        self.form_layout.setHorizontalSpacing(16)
        like_desktop = self.tr("Use system setting")
        self.language = ChoiceField([("", like_desktop), *LANGUAGE_NAMES.items()])
        contrast = [("contrast", self.tr("High contrast (black)"))]
        contrast.append(("contrast_light", self.tr("High contrast (white)")))
        plain = [("system", like_desktop), ("light", self.tr("Light")), ("dark", self.tr("Dark"))]
        self.theme = ChoiceField([*plain, *contrast])
        sizes = [(percent, f"{percent} %") for percent in TEXT_PERCENTS]
        self.still = CheckField(self.tr("Reduce moti&on"))
        self.text_size = ChoiceField([(0, like_desktop), *sizes])
        contract, customer = (f"{{{name}}}" for name in (self.tr("contract"), self.tr("customer")))
        example = self.tr("{contract}, or for example {contract} – {customer}")
        self.title_rule = LineField(
            max_length=MOST_TITLE_CHARACTERS,
            placeholder=example.format(contract=contract, customer=customer),
            when_finished=True,
        )
        tip = self.tr(
            "{contract} stands for the name of the first document, {customer} for the first party that is not one of"
            " ours. If the field is empty, contracts have the name of the first document. A title that you type in a"
            " contract is kept."
        )
        self.title_rule.setToolTip(tip.format(contract=contract, customer=customer))
        self.folder = FolderField()
        self.layout_of_files = ChoiceField(
            [
                (FolderLayout.CUSTOMER, self.tr("One folder for each customer")),
                (FolderLayout.MONTH, self.tr("One folder for each month, such as {month}").format(month=_this_month())),
                (FolderLayout.FLAT, self.tr("No subfolders")),
            ]
        )
        self.layout_of_files.setAccessibleName(self.tr("Subfolders for signed files"))
        by_itself = CheckField(self.tr("&Download signed files when a contract is completed"))
        self.add(Row("language", self.tr("&Language"), self.language))
        self.add(Row("theme", self.tr("The&me"), self.theme))
        self.add(Row("text_percent", self.tr("Text si&ze"), self.text_size))
        self.add(Row("is_still", "", self.still))
        self.add(Row("title_rule", self.tr("T&itle of contracts"), self.title_rule))
        self.add(Row("download_folder", self.tr("Signed files"), self.folder))
        self.add(Row("folder_layout", "", self.layout_of_files))
        self.add(Row("downloads_by_itself", "", by_itself))
        for box in (self.language, self.theme, self.text_size, self.layout_of_files):
            box.setMinimumWidth(_FIELD_PX)
        self.show_value(GeneralChoices())

    def show_policy(self, policy: Policy) -> None:
        """Make the fields that an administrator's policy sets read-only, and show a note about it above them."""
        fixed = {"language": policy.language, "download_folder": policy.download_folder}
        _fix(self, {**fixed, "folder_layout": policy.folder_layout, "title_rule": policy.title_rule})


class CostsForm(Form[GeneralChoices]):
    """The form for the price list and for the port for the platform's notices. Changes take effect at once."""

    manual_page = "settings#prices-and-notifications"

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(GeneralChoices(), (), parent)
        self.form_layout.setHorizontalSpacing(16)
        price = self.tr("¥{price} for {count} contracts per year: ¥{each} each")
        tiers = [
            price.format(
                price=f"{tier.price_yuan:,}",
                count=f"{tier.contract_count:,}",
                each=_each(tier),
            )
            for tier in TIERS
        ]
        self.tier = ChoiceField([*enumerate(tiers), (OWN_TIER_INDEX, self.tr("Negotiated price"))])
        self.tier.setMinimumWidth(_FIELD_PX)
        self.own_price = OwnPriceField()
        self.port = PortField(self.tr("&Receive platform notifications on port"))
        self.add(Row("tier_index", self.tr("Pr&ice list"), self.tier))
        self.add(Row("own_tier", "", self.own_price, is_shown=lambda choices: choices.tier_index == OWN_TIER_INDEX))
        self.add(Row("notice_port", "", self.port))
        self.show_value(GeneralChoices())

    def show_policy(self, policy: Policy) -> None:
        """Make the fields that an administrator's policy sets read-only, and show a note about it above them."""
        _fix(self, {"tier_index": policy.price, "own_tier": policy.price})


def _fix(form: Form[GeneralChoices], fixed: dict[str, object]) -> None:
    names = [name for name, value in fixed.items() if value]
    form.fix(names, policy_sentence())
    if names:
        form.form_layout.insertRow(0, PlainLabel(form, policy_sentence(), look="hint"))
