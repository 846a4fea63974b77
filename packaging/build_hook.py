"""Has the translations compiled when a wheel is built or the checkout is installed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from typing_extensions import override


class CompiledTranslations(BuildHookInterface[Any]):
    """Runs packaging/strings.py --compile."""

    @override
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        script = Path(self.root) / "packaging" / "strings.py"
        subprocess.run([sys.executable, str(script), "--compile"], check=True)
