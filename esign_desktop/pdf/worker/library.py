"""Import PyMuPDF, both the package and the library that it wraps. No other module imports it directly."""

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
    """Drop the warnings that accumulate in the package. Call this function after each job."""
    package.TOOLS.reset_mupdf_warnings()
