"""Generate the translations and the manual when a wheel is built or an editable installation is made."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from typing_extensions import override


class MadeResources(BuildHookInterface[Any]):
    """A build hook that runs packaging/strings.py --compile and packaging/manual.py."""

    @override
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        for script, *words in (("strings.py", "--compile"), ("manual.py",)):
            subprocess.run([sys.executable, str(Path(self.root) / "packaging" / script), *words], check=True)
