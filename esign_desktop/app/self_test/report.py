"""Write a report on each step of a self-test, even if the test fails."""

from __future__ import annotations

import json
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtWidgets import QWidget

    from esign_desktop.app.self_test.measuring import AssembledSeal, MeasuredMark
    from esign_desktop.domain.geometry import PagePoint

_DECIMALS: Final = 3


@dataclass
class Report:
    """The report of a self-test. Steps and pictures are added during the test.

    ``values`` are included in the report unchanged. The report and the pictures are written to ``folder``.
    """

    folder: Path
    values: dict[str, Any] = field(default_factory=dict)
    steps: list[dict[str, Any]] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Record a step and its duration within the context. If an exception is raised, the step counts as failed."""
        started_s = time.monotonic()
        entry: dict[str, Any] = {"name": name, "ms": 0.0, "ok": False}
        self.steps.append(entry)
        try:
            yield
            entry["ok"] = True
        finally:
            entry["ms"] = round((time.monotonic() - started_s) * 1000, 1)

    def photograph(self, window: QWidget, name: str) -> None:
        """Save a screenshot of a window, and add it to the current step."""
        self.pictures.append(f"{len(self.pictures) + 1:02}-{name}.png")
        window.grab().save(str(self.folder / self.pictures[-1]))
        self.steps[-1].setdefault("screenshots", []).append(self.pictures[-1])

    def write(self) -> Path:
        """Write the report to ``report.json``, and return the path of this file."""
        path = self.folder / "report.json"
        text = json.dumps({**self.values, "steps": self.steps}, ensure_ascii=False, indent=2)
        path.write_text(text + "\n", encoding="utf-8")
        return path


def placement_entry(measured: MeasuredMark, preview_error_pt: float) -> dict[str, Any]:
    """Return the report entry for a measured mark. Points are in page space, and missing values are None.

    ``preview_error_pt`` is the distance between the expected mark and the mark that the window drew.
    """
    expected = measured.expected
    entry: dict[str, Any] = {
        "kind": expected.kind,
        "page": expected.page_number,
        "expected": _point(expected.center),
        "stamped": None if measured.stamped is None else _point(measured.stamped),
        "error_pt": None if measured.stamped is None else round(measured.error_pt, _DECIMALS),
        "width_pt": round(expected.rect.height_pt, _DECIMALS),
        "size_error_pt": None if measured.stamped is None else round(measured.size_error_pt, _DECIMALS),
        "preview_error_pt": round(preview_error_pt, _DECIMALS),
    }
    if expected.slice_count > 1:
        entry["slice"] = [expected.slice_index + 1, expected.slice_count]
    return entry


def assembled_entry(seal: AssembledSeal | None) -> dict[str, Any] | None:
    """Return the report entry for an assembled cross-page seal, or None if ``seal`` is None.

    The x coordinates are measured from the left edge of the seal.
    """
    if seal is None:
        return None
    return {
        "expected": _point(seal.expected),
        "stamped": _point(seal.stamped),
        "error_pt": round(seal.error_pt, _DECIMALS),
        "outside_pt": round(seal.outside_pt, _DECIMALS),
    }


def _point(point: PagePoint) -> list[float]:
    return [round(point.x_pt, _DECIMALS), round(point.y_pt, _DECIMALS)]
