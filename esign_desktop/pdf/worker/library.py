"""Import PyMuPDF for the PDF process: the Python package, and the MuPDF library that the package wraps."""

from __future__ import annotations

from typing import Any, Final

from esign_desktop.visual_cpp import load_visual_cpp

load_visual_cpp()
import pymupdf  # noqa: E402  needs that runtime

package: Final[Any] = pymupdf
lib: Final[Any] = package.mupdf

package.TOOLS.mupdf_display_errors(False)
package.TOOLS.mupdf_display_warnings(False)


def forget_warnings() -> None:
    """Discard the warnings that have accumulated in PyMuPDF. Call this function after each job."""
    package.TOOLS.reset_mupdf_warnings()
