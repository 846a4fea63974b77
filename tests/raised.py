"""Failures that tests expect: by their code as a whole, since a search finds ``pdf.closed`` in much else."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import pytest

if TYPE_CHECKING:
    from esign_desktop.domain.errors import AppError

E = TypeVar("E", bound="AppError")


def raises_code(kind: type[E], code: str) -> pytest.RaisesExc[E]:
    """Expect a failure of this kind with exactly this code."""
    return pytest.raises(kind, check=lambda error: error.code == code)
