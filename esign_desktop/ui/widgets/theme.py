"""Define the look of the windows: palette, colors and sizes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from PySide6 import QtCore
from PySide6.QtGui import QColor, QFont, QFontInfo, QGuiApplication, QPalette, QPen

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication, QWidget

    from esign_desktop.domain.environment import EnvironmentKind

SPACE: Final = 4
TEXT_PX: Final = 13
CHINESE_FONT: Final = "Noto Sans CJK SC"


class Theme(NamedTuple):
    """The colors of one theme. Pages and QR codes look the same in every theme."""

    is_dark: bool
    window: QColor
    panel: QColor
    base: QColor
    alternate: QColor
    text: QColor
    hint: QColor
    line: QColor
    frame: QColor
    """The color of the border of fields and check boxes, with a contrast of 3:1 to the background."""
    button: QColor
    hover: QColor
    accent: QColor
    accent_ground: QColor
    fill: QColor
    """The background of the primary button and of selected text, on which ``on_accent`` is readable."""
    on_accent: QColor
    danger: QColor
    success: QColor
    ground: QColor
    """The color behind the pages."""
    shadow: QColor
    scroll: QColor
    chip_ground: QColor
    warning_ground: QColor
    warning_ink: QColor
    ring_px: int = 2
    """The thickness of the focus ring, in logical pixels."""
    is_high: bool = False
    """Whether the theme has high contrast: 7:1 for text, 4.5:1 for icons and borders.

    In such a theme, no meaning is expressed by a shade or a shadow alone.
    """


LIGHT: Final = Theme(
    is_dark=False,
    window=QColor("#f6f7f9"),
    panel=QColor("#ffffff"),
    base=QColor("#ffffff"),
    alternate=QColor("#f8f9fb"),
    text=QColor("#1f2430"),
    hint=QColor("#626a7a"),
    line=QColor("#dfe3ea"),
    frame=QColor("#868d9b"),
    button=QColor("#ffffff"),
    hover=QColor("#eef0f5"),
    accent=QColor("#4f46e5"),
    accent_ground=QColor("#eef0fe"),
    fill=QColor("#4f46e5"),
    on_accent=QColor("#ffffff"),
    danger=QColor("#c81e1e"),
    success=QColor("#0f7855"),
    ground=QColor("#dde1e8"),
    shadow=QColor(31, 36, 48, 46),
    scroll=QColor("#b9c0cc"),
    chip_ground=QColor("#e9ecf2"),
    warning_ground=QColor("#fdf0d0"),
    warning_ink=QColor("#7a4b00"),
)
DARK: Final = Theme(
    is_dark=True,
    window=QColor("#1b1e26"),
    panel=QColor("#22262f"),
    base=QColor("#191c23"),
    alternate=QColor("#1f232b"),
    text=QColor("#e6e8ee"),
    hint=QColor("#9aa2b1"),
    line=QColor("#363c49"),
    frame=QColor("#697183"),
    button=QColor("#2b303b"),
    hover=QColor("#323845"),
    accent=QColor("#7c78f0"),
    accent_ground=QColor("#2d2f4d"),
    fill=QColor("#6661ee"),
    on_accent=QColor("#ffffff"),
    danger=QColor("#f5847f"),
    success=QColor("#4fc79b"),
    ground=QColor("#12141a"),
    shadow=QColor(0, 0, 0, 150),
    scroll=QColor("#4a5162"),
    chip_ground=QColor("#333947"),
    warning_ground=QColor("#4a3a16"),
    warning_ink=QColor("#ffd98a"),
)
HIGH_CONTRAST: Final = Theme(
    is_dark=True,
    window=QColor("#000000"),
    panel=QColor("#000000"),
    base=QColor("#000000"),
    alternate=QColor("#0d0d0d"),
    text=QColor("#ffffff"),
    hint=QColor("#e0e0e0"),
    line=QColor("#a8a8a8"),
    frame=QColor("#ffffff"),
    button=QColor("#000000"),
    hover=QColor("#2b2b2b"),
    accent=QColor("#ffd60a"),
    accent_ground=QColor("#12304f"),
    fill=QColor("#ffd60a"),
    on_accent=QColor("#000000"),
    danger=QColor("#ffb3b3"),
    success=QColor("#7cf0b4"),
    ground=QColor("#000000"),
    shadow=QColor("#000000"),
    scroll=QColor("#c8c8c8"),
    chip_ground=QColor("#2b2b2b"),
    warning_ground=QColor("#3d2f00"),
    warning_ink=QColor("#ffe27a"),
    ring_px=3,
    is_high=True,
)

HIGH_CONTRAST_LIGHT: Final = Theme(
    is_dark=False,
    window=QColor("#ffffff"),
    panel=QColor("#ffffff"),
    base=QColor("#ffffff"),
    alternate=QColor("#f2f2f2"),
    text=QColor("#000000"),
    hint=QColor("#2b2b2b"),
    line=QColor("#474747"),
    frame=QColor("#000000"),
    button=QColor("#ffffff"),
    hover=QColor("#e6e6e6"),
    accent=QColor("#0a2fb0"),
    accent_ground=QColor("#e3ebff"),
    fill=QColor("#0a2fb0"),
    on_accent=QColor("#ffffff"),
    danger=QColor("#8f0f0f"),
    success=QColor("#00512f"),
    ground=QColor("#e0e0e0"),
    shadow=QColor("#000000"),
    scroll=QColor("#474747"),
    chip_ground=QColor("#e6e6e6"),
    warning_ground=QColor("#fff1c7"),
    warning_ink=QColor("#553500"),
    ring_px=3,
    is_high=True,
)

# The colors of Okabe and Ito, darkened so that white digits are readable. The number is always shown, too.
SIGNER_COLOURS: Final = (
    QColor("#0067a8"),
    QColor("#c24e00"),
    QColor("#00795a"),
    QColor("#a0417e"),
    QColor("#6b4fbb"),
    QColor("#8a6400"),
    QColor("#1b7f93"),
    QColor("#b3261e"),
)
_HIGH_SIGNER_COLOURS: Final = tuple(
    map(QColor, ("#004f87", "#8a3600", "#005c44", "#7d2f61", "#52389c", "#664a00", "#0f5866", "#8f1d17"))
)
"""The darker colors of signers for high contrast: 7:1 to white digits and to paper.

On black, areas in these colors have a white outline.
"""

_FRAMED: Final = ("QLineEdit", "QAbstractSpinBox", "QComboBox", "QCheckBox", "QRadioButton")
_FUSION_DARKER: Final = 140
"""The factor by which the Fusion style darkens frames, in percent, as in ``QColor.darker``."""

_DISABLED_ALPHA: Final = 140
_NAMED: Final = {"light": LIGHT, "dark": DARK, "contrast": HIGH_CONTRAST, "contrast_light": HIGH_CONTRAST_LIGHT}

_current: list[Theme] = [LIGHT]
_is_applied = [False]
_text_percent = [100]


def theme() -> Theme:
    """Return the current theme. Before ``apply_theme`` is called, this is the light theme."""
    return _current[0]


def sized(pixels: float) -> int:
    """Convert a length in logical pixels from 100 % text size to the current text size, and round it."""
    return round(pixels * _text_percent[0] / 100)


def are_letters_large() -> bool:
    """Return whether the text size is larger than 100 %."""
    return _text_percent[0] > 100


def set_text_size(percent: int) -> None:
    """Set the text size in percent. Call this before windows are created, because existing windows do not change."""
    _text_percent[0] = percent


def signer_colour(number: int) -> QColor:
    """Return the color of the signer with this number, counted from 1. White digits are readable on the color.

    The eight colors repeat.
    """
    colours = _HIGH_SIGNER_COLOURS if theme().is_high else SIGNER_COLOURS
    return QColor(colours[(number - 1) % len(colours)])


def signer_outline(width: float = 1.5) -> QPen:
    """Return the pen for the outline of an area in a signer's color.

    The outline is visible only in a high-contrast theme.
    """
    return QPen(theme().text, width) if theme().is_high else QPen(QtCore.Qt.PenStyle.NoPen)


def paper_accent() -> QColor:
    """Return the color of frames and guides on pages, which are white in every theme.

    The caller may modify the result.
    """
    return QColor("#0a2fb0" if theme().is_high else theme().fill)


def mixed(first: QColor, second: QColor, share: float) -> QColor:
    """Return a color between two others. ``share`` is the share of the second color, from 0 to 1."""
    return QColor.fromRgbF(
        first.redF() + (second.redF() - first.redF()) * share,
        first.greenF() + (second.greenF() - first.greenF()) * share,
        first.blueF() + (second.blueF() - first.blueF()) * share,
    )


def environment_colours(kind: EnvironmentKind) -> tuple[QColor, QColor]:
    """Return the background and the text color of a kind of environment, such as white on red for production."""
    return QColor(_environment_grounds(theme())[kind.value]), QColor("#ffffff")


def _environment_grounds(colours: Theme) -> dict[str, str]:
    if colours.is_high:
        return {"test": "#174a96", "sandbox": "#475063", "own": "#743d00", "production": "#a01212"}
    return {"test": "#1d5fbf", "sandbox": "#667085", "own": "#9a5200", "production": "#c81e1e"}


def is_system_dark() -> bool:
    """Return whether the desktop prefers dark windows."""
    if not _is_applied[0]:
        # Before a theme is applied, the style's own palette shows the preference.
        palette = QGuiApplication.palette()
        ground, ink = palette.color(QPalette.ColorRole.Window), palette.color(QPalette.ColorRole.WindowText)
        return ground.lightness() < ink.lightness()
    return QGuiApplication.styleHints().colorScheme() is QtCore.Qt.ColorScheme.Dark


def apply_theme(app: QApplication, mode: str, *, wants_contrast: bool = False) -> None:
    """Apply a theme to the application: ``light``, ``dark``, ``contrast``, ``contrast_light``, or ``system``.

    With ``system``, the theme is as dark or light as the desktop, and has high contrast if ``wants_contrast`` is True,
    which means that the desktop requests it. An unknown name has the same effect as ``system``.
    """
    usual, high = (DARK, HIGH_CONTRAST) if is_system_dark() else (LIGHT, HIGH_CONTRAST_LIGHT)
    chosen = _NAMED.get(mode) or (high if wants_contrast else usual)
    _current[0] = chosen
    _is_applied[0] = True
    app.setFont(_font())
    app.setPalette(_palette(chosen))
    framed = _framed(chosen)
    for field in _FRAMED:
        app.setPalette(framed, field)  # type: ignore[arg-type]  # Qt accepts a str
    app.setPalette(_listed(chosen), "QAbstractItemView")  # type: ignore[arg-type]
    # A new style sheet would reset widgets to the fonts that they had before the old one.
    own_fonts = [
        (one, one.font()) for one in app.allWidgets() if one.testAttribute(QtCore.Qt.WidgetAttribute.WA_SetFont)
    ]
    app.setStyleSheet(_sheet(chosen))
    for widget, font in own_fonts:
        widget.setFont(font)


def _font() -> QFont:
    font = QFont()
    # With LANG=C, Qt would use Japanese glyphs for Chinese characters.
    font.setFamilies([QFontInfo(font).family(), CHINESE_FONT, "Microsoft YaHei", "PingFang SC"])
    font.setPixelSize(sized(TEXT_PX))
    return font


def _palette(colours: Theme) -> QPalette:
    palette = QPalette()
    roles = {
        QPalette.ColorRole.Window: colours.window,
        QPalette.ColorRole.WindowText: colours.text,
        QPalette.ColorRole.Base: colours.base,
        QPalette.ColorRole.AlternateBase: colours.alternate,
        QPalette.ColorRole.Text: colours.text,
        QPalette.ColorRole.Button: colours.button,
        QPalette.ColorRole.ButtonText: colours.text,
        QPalette.ColorRole.BrightText: colours.danger,
        QPalette.ColorRole.ToolTipBase: colours.panel,
        QPalette.ColorRole.ToolTipText: colours.text,
        QPalette.ColorRole.PlaceholderText: colours.hint,
        QPalette.ColorRole.Highlight: colours.fill,
        QPalette.ColorRole.HighlightedText: colours.on_accent,
        QPalette.ColorRole.Link: colours.accent,
        QPalette.ColorRole.LinkVisited: colours.accent,
        QPalette.ColorRole.Accent: colours.accent,
        QPalette.ColorRole.Mid: colours.line,
        QPalette.ColorRole.Midlight: colours.hover,
        QPalette.ColorRole.Light: colours.panel,
        QPalette.ColorRole.Dark: colours.line,
    }
    for role, colour in roles.items():
        palette.setColor(role, colour)
    hint = colours.hint
    faint = QColor.fromRgb(hint.red(), hint.green(), hint.blue(), _DISABLED_ALPHA)
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, faint)
    return palette


def _framed(colours: Theme) -> QPalette:
    """Return the palette of fields.

    Fusion draws their frames in a darker shade of the window color, which would be invisible in a dark window.
    """
    palette = _palette(colours)
    palette.setColor(QPalette.ColorRole.Window, colours.frame.lighter(_FUSION_DARKER))
    if colours.is_dark:
        # Fusion also lightens the buttons of fields, so that the symbols on them would be hard to read.
        palette.setColor(QPalette.ColorRole.Button, colours.button.darker(_FUSION_DARKER))
    return palette


def _listed(colours: Theme) -> QPalette:
    """Return the palette of lists. A selected row has a pale background, so that red and green text stays readable.

    Checked boxes have the same frame as those of fields.
    """
    palette = _palette(colours)
    palette.setColor(QPalette.ColorRole.Window, colours.frame.lighter(_FUSION_DARKER))
    palette.setColor(QPalette.ColorRole.Highlight, colours.accent_ground)
    palette.setColor(QPalette.ColorRole.HighlightedText, colours.text)
    return palette


def _sheet(colours: Theme) -> str:
    """Return the style sheet, whose rules use object names, for all that the palette and the style cannot express."""
    hex_argb = QColor.NameFormat.HexArgb
    c = {name: colour.name(hex_argb) for name, colour in colours._asdict().items() if isinstance(colour, QColor)}
    rules = f"""
    QToolTip {{ color: {c["text"]}; background: {c["panel"]}; border: 1px solid {c["frame"]}; padding: 4px; }}
    #panel, #toolBar {{ background: {c["panel"]}; }}
    #rail {{ background: {c["panel"]}; border: 0; border-right: 1px solid {c["line"]}; }}
    #toolBar {{ border-bottom: 1px solid {c["line"]}; }}
    QDialogButtonBox {{ dialogbuttonbox-buttons-have-icons: 0; }}
    #noticeBar {{ background: {c["accent_ground"]}; border-bottom: 1px solid {c["line"]}; }}
    #panel QScrollArea, #panel QScrollArea > QWidget > QWidget {{ background: transparent; }}
    #panel {{ border: 0; }}
    #deskTitle {{ font-size: {sized(20)}px; font-weight: 600; }}
    QFocusFrame {{ border: {colours.ring_px}px solid {c["text"]}; border-radius: 7px; }}
    #ringWithin {{ border: {colours.ring_px}px solid {c["text"]}; background: transparent; }}
    QSplitter::handle {{ background: {c["line"]}; }}
    QSplitter::handle:horizontal {{ width: 1px; }}
    QSplitter::handle:vertical {{ height: 1px; }}
    QLineEdit, QAbstractSpinBox, QComboBox {{ min-height: {sized(22)}px; }}
    QLineEdit[frame="true"] {{ background: {c["base"]}; border: 1px solid {c["frame"]}; border-radius: 3px;
        padding: 0 5px; min-height: {sized(26)}px; }}
    QLineEdit[frame="true"]:focus {{ border-color: {c["accent"]}; }}
    QScrollBar:vertical {{ width: 10px; background: transparent; margin: 0; }}
    QScrollBar:horizontal {{ height: 10px; background: transparent; margin: 0; }}
    QScrollBar::handle {{ background: {c["scroll"]}; border-radius: 4px; margin: 1px; min-height: 32px;
        min-width: 32px; }}
    QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
    QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
    QTabBar::tab {{ padding: 6px 12px; border: 0; border-bottom: 2px solid transparent; color: {c["hint"]}; }}
    QTabBar::tab:selected {{ color: {c["text"]}; border-bottom-color: {c["accent"]}; }}
    QTabBar::tab:hover {{ color: {c["text"]}; }}
    QTabWidget::pane {{ border: 0; border-top: 1px solid {c["line"]}; }}
    QAbstractItemView {{ selection-background-color: {c["accent_ground"]}; selection-color: {c["text"]};
        outline: none; }}
    QListWidget[frameShape="StyledPanel"], QTreeWidget[frameShape="StyledPanel"],
    QTableWidget[frameShape="StyledPanel"] {{ border: 1px solid {c["line"]}; border-radius: 6px; }}
    QTableView::item {{ padding: 0 4px; border: 0; }}
    QTableView::item:selected, QListWidget::item:selected, QTreeWidget::item:selected {{
        background: {c["accent_ground"]}; }}
    QListWidget::item {{ padding: 4px 8px; border-left: 3px solid transparent; }}
    QListWidget::item:hover {{ background: {c["hover"]}; }}
    QListWidget::item:selected {{ border-left-color: {c["accent"]}; }}
    #rowGrid, #cellGrid {{ gridline-color: {c["line"]}; }}
    #matches {{ border: 1px solid {c["line"]}; border-radius: 8px; background: {c["panel"]}; }}
    #matches::item {{ padding: 5px 8px; border-left: 3px solid transparent; color: {c["text"]}; }}
    #matches::item:hover {{ background: {c["hover"]}; }}
    #matches::item:selected {{ background: {c["accent_ground"]}; border-left: 3px solid {c["accent"]}; }}
    #thinBar {{ background: {c["line"]}; border: 0; }}
    #thinBar::chunk {{ background: {c["accent"]}; }}
    QHeaderView::section {{ background: transparent; border: 0; border-bottom: 1px solid {c["line"]};
        padding: 4px 1px 4px 7px; color: {c["hint"]}; }}
    #panelTitle {{ font-weight: 600; }}
    #sectionTitle {{ font-weight: 600; }}
    #signerName {{ font-weight: 500; }}
    QLabel[tone="text"] {{ color: {c["text"]}; }}
    QLabel[tone="hint"] {{ color: {c["hint"]}; }}
    QLabel[tone="danger"] {{ color: {c["danger"]}; }}
    QLabel[tone="success"] {{ color: {c["success"]}; }}
    QLabel[tone="warning"] {{ color: {c["warning_ink"]}; }}
    #alarm {{ color: {c["danger"]}; font-weight: 600; }}
    #caution {{ color: {c["warning_ink"]}; font-weight: 600; }}
    #hint {{ color: {c["hint"]}; font-size: {sized(12)}px; }}
    #separator {{ color: {c["line"]}; }}
    #signerCard, #documentCard {{ background: {c["base"]}; border: 1px solid {c["line"]}; border-radius: 6px; }}
    #signerCard:hover, #documentCard:hover {{ background: {c["hover"]}; }}
    #signerCard[chosen="true"], #documentCard[chosen="true"] {{
        border: 1px solid {c["accent"]}; background: {c["accent_ground"]}; }}
    #signerCard:focus, #documentCard:focus {{ border: 2px solid {c["accent"]}; }}
    #stepBox {{ border: 1px solid {c["line"]}; border-radius: 8px; background: {c["window"]}; }}
    #stepBox[dropTarget="true"] {{ border: 1px dashed {c["accent"]}; background: {c["accent_ground"]}; }}
    #stepGap[dropTarget="true"] {{ background: {c["accent"]}; border-radius: 4px; }}
    #toolBar QToolButton {{ padding: 3px; }}
    #toolBar QToolButton#tool {{ padding: 4px 8px; }}
    #titleField {{ border: 1px solid transparent; background: transparent; font-weight: 600; padding: 4px 8px; }}
    #titleField:hover {{ border-color: {c["line"]}; }}
    #titleField:focus {{ border-color: {c["accent"]}; background: {c["base"]}; }}
    #sealBar {{ background: {c["panel"]}; border: 1px solid {c["frame"]}; border-radius: 8px; }}
    #sealBar QToolButton {{ padding: 3px 5px; }}
    #environment {{ padding: 4px 16px; }}
    #card {{ background: {c["panel"]}; border: 1px solid {c["line"]}; border-radius: 8px; }}
    #message {{ background: {c["panel"]}; border: 1px solid {c["frame"]}; border-radius: 8px; }}
    #roomTitle {{ font-size: {sized(20)}px; font-weight: 600; }}
    #key {{ background: {c["hover"]}; border: 1px solid {c["line"]}; border-radius: 4px; padding: 1px 6px; }}
    QToolButton#choice {{ border: 1px solid {c["line"]}; background: {c["button"]}; padding: 4px 12px; }}
    QToolButton#choice:checked {{ background: {c["accent_ground"]}; border-color: {c["accent"]}; }}
    QStatusBar {{ background: {c["panel"]}; border-top: 1px solid {c["line"]}; }}
    QStatusBar::item {{ border: 0; }}
    QPushButton {{ background: {c["button"]}; border: 1px solid {c["line"]}; border-radius: 6px; padding: 5px 12px; }}
    QPushButton, QToolButton, QCheckBox, QRadioButton, QTabBar {{ outline: none; }}
    QPushButton#compact {{ padding: 5px 8px; }}
    QPushButton:hover {{ background: {c["hover"]}; }}
    QPushButton:focus {{ border: 1px solid {c["accent"]}; }}
    QPushButton:disabled {{ color: {c["hint"]}; }}
    QPushButton#primary {{ background: {c["fill"]}; color: {c["on_accent"]}; border-color: {c["fill"]};
        font-weight: 600; }}
    QPushButton#primary[ready="false"] {{ background: {c["button"]}; color: {c["text"]};
        border-color: {c["line"]}; }}
    QPushButton#primary:disabled {{ background: {c["hover"]}; color: {c["hint"]}; border-color: {c["line"]}; }}
    QPushButton#chip, QPushButton#warningChip {{ background: {c["chip_ground"]}; color: {c["text"]};
        border: 1px solid transparent; border-radius: 9px; padding: 0 5px; font-size: {sized(11)}px;
        min-height: {sized(16)}px; max-height: {sized(16)}px; }}
    QPushButton#warningChip {{ background: {c["warning_ground"]}; color: {c["warning_ink"]}; }}
    QPushButton#chip:hover, QPushButton#chip:checked {{ border-color: {c["text"]}; }}
    QPushButton#warningChip:hover, QPushButton#warningChip:checked {{ border-color: {c["warning_ink"]}; }}
    QPushButton#chip:focus, QPushButton#warningChip:focus {{ border-color: {c["accent"]}; }}
    QPushButton#icon {{ background: transparent; border: 1px solid transparent; padding: 4px; }}
    QPushButton#icon:hover {{ background: {c["hover"]}; }}
    QPushButton#icon:focus {{ border-color: {c["accent"]}; }}
    QPushButton#danger {{ color: {c["danger"]}; border-color: {c["danger"]}; }}
    QToolButton {{ border: 1px solid transparent; border-radius: 6px; padding: 4px; }}
    #rail QToolButton {{ padding: 4px 0; }}
    QToolButton:hover {{ background: {c["hover"]}; }}
    QToolButton:checked {{ background: {c["accent_ground"]}; border-color: {c["accent"]}; }}
    #fold, #fold:checked {{ border: 1px solid transparent; background: transparent; padding: 2px 4px; }}
    #fold:hover {{ background: {c["hover"]}; }}
    #fold:focus {{ border-color: {c["accent"]}; }}
    QToolButton:focus {{ border-color: {c["accent"]}; }}
    QToolButton::menu-indicator {{ image: none; }}
    QToolButton#ready:disabled {{ color: {c["success"]}; font-weight: 600; }}
    QCheckBox::indicator:unchecked, QTreeView::indicator:unchecked, QTableView::indicator:unchecked,
    QListView::indicator:unchecked {{ border: 1px solid {c["hint"]};
        border-radius: 3px; background: {c["base"]}; }}
    QRadioButton::indicator:unchecked {{ border: 1px solid {c["hint"]}; border-radius: 7px; background: {c["base"]}; }}
    """
    for kind, ground in _environment_grounds(colours).items():
        rules += f"""
    QFrame[environment="{kind}"] {{ background: {ground}; color: #ffffff; border-radius: 6px; }}
    QFrame[environment="{kind}"] QLabel {{ color: #ffffff; background: transparent; }}
    """
    if are_letters_large():
        rules += f"""
    QCheckBox::indicator, QRadioButton::indicator {{ width: {sized(14)}px; height: {sized(14)}px; }}
    """
    return rules + _high_contrast_rules(c) if colours.is_high else rules


def _high_contrast_rules(c: dict[str, str]) -> str:
    """Return the style rules that draw lines where other themes use shades."""
    return f"""
    QPushButton, QToolButton#choice, #key, #noticeBar, #stepBox, QPushButton#chip, QPushButton#warningChip
        {{ border-color: {c["frame"]}; }}
    QPushButton:hover, QToolButton:hover, #fold:hover, QPushButton#icon:hover {{
        border-color: {c["accent"]}; }}
    QPushButton:focus, QPushButton#icon:focus {{ border: 1px solid {c["accent"]}; }}
    QPushButton:disabled, QPushButton#primary:disabled, QToolButton#choice:disabled {{
        border: 1px dashed {c["line"]}; background: {c["button"]}; }}
    QToolButton:checked, QToolButton#choice:checked, #signerCard[chosen="true"], #documentCard[chosen="true"] {{
        border: 2px solid {c["accent"]}; }}
    QTabBar::tab:selected {{ border-bottom-width: 4px; }}
    QTableView::item:selected, QTreeWidget::item:selected {{ border-top: 1px solid {c["accent"]};
        border-bottom: 1px solid {c["accent"]}; }}
    QListWidget::item:selected {{ border: 1px solid {c["accent"]}; border-left-width: 3px; }}
    QScrollBar::handle {{ border-radius: 0; }}
    QMenu {{ border: 1px solid {c["frame"]}; }}
    QMenu::item:selected {{ background: {c["fill"]}; color: {c["on_accent"]}; }}
    QMenu::item:disabled {{ color: {c["line"]}; font-style: italic; }}
    QSlider::handle {{ background: {c["accent"]}; }}
    QProgressBar {{ border: 1px solid {c["frame"]}; }}
    QProgressBar::chunk {{ background: {c["accent"]}; }}
    """


def repolish(widget: QWidget) -> None:
    """Apply the style sheet to a widget again.

    Call this when a name or property of the widget that a rule uses has changed.
    """
    widget.style().unpolish(widget)
    widget.style().polish(widget)


def set_tone(label: QWidget, tone: str) -> None:
    """Set the color of a label by its tone: ``text``, ``hint``, ``danger``, ``success`` or ``warning``.

    With an empty tone, the label has the default color. Use ``text`` for a label with selectable text, because its
    default color does not follow a change of the theme.
    """
    if (label.property("tone") or "") != tone:
        label.setProperty("tone", tone)
        repolish(label)
