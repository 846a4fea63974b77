"""Draw the application's icons: esign-desktop.ico for Windows, esign-desktop.icns for macOS, and hicolor/ for Linux.

packaging/icons.py FOLDER
"""

from __future__ import annotations

import struct
import sys
from pathlib import Path
from typing import Final

from PySide6.QtCore import QBuffer, QIODevice, Qt
from PySide6.QtGui import QImage, QImageWriter, QPainter
from PySide6.QtSvg import QSvgRenderer

ICON: Final = Path(__file__).resolve().parents[1] / "resources" / "icons" / "esign-desktop.svg"
WINDOWS_SIZES: Final = (16, 20, 24, 32, 40, 48, 64, 256)
MACOS_SIZES: Final = {
    b"icp4": 16,
    b"icp5": 32,
    b"ic07": 128,
    b"ic08": 256,
    b"ic09": 512,
    b"ic10": 1024,
    b"ic11": 32,
    b"ic12": 64,
    b"ic13": 256,
    b"ic14": 512,
}
"""The types of ICNS entries that contain a PNG, with its side in pixels. The last four are for high-density screens."""
LINUX_SIZES: Final = (16, 24, 32, 48, 64, 128, 256)
"""The sizes of the pictures in addition to the SVG, which some desktops cannot read."""


def main() -> int:
    """Write the icons for all systems, and return the exit status."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "esign-desktop.ico").write_bytes(windows_icon())
    (folder / "esign-desktop.icns").write_bytes(macos_icon())
    for side in LINUX_SIZES:
        target = folder / "hicolor" / f"{side}x{side}" / "apps" / "esign-desktop.png"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(picture(side))
    return 0


def windows_icon() -> bytes:
    """Return an ICO file: a header, a directory and PNG pictures. In the directory, 256 px is stored as 0."""
    pictures = [picture(side) for side in WINDOWS_SIZES]
    head = struct.pack("<HHH", 0, 1, len(pictures))
    at, directory = len(head) + 16 * len(pictures), b""
    for side, data in zip(WINDOWS_SIZES, pictures, strict=True):
        directory += struct.pack("<BBBBHHII", side % 256, side % 256, 0, 0, 1, 32, len(data), at)
        at += len(data)
    return head + directory + b"".join(pictures)


def macos_icon() -> bytes:
    """Return an ICNS file: its type and length, and then the pictures, each preceded by a type and a length."""
    parts = b""
    for kind, side in MACOS_SIZES.items():
        data = picture(side)
        parts += kind + struct.pack(">I", len(data) + 8) + data
    return b"icns" + struct.pack(">I", len(parts) + 8) + parts


def picture(side_px: int) -> bytes:
    """Return the icon as a square PNG picture with sides of this length."""
    image = QImage(side_px, side_px, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(str(ICON)).render(painter)
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, b"PNG").write(image)
    return bytes(buffer.data().data())


if __name__ == "__main__":
    sys.exit(main())
