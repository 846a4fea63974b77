"""Generate the translations, the manual and the notices for a wheel or an editable installation."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any, Final

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from typing_extensions import override

LEGAL: Final = "resources/legal"


class MadeResources(BuildHookInterface[Any]):
    """A build hook that runs ``strings.py --compile``, ``manual.py`` and ``notices.py`` in the folder ``packaging``."""

    @override
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root = Path(self.root)
        notices = ("--system=wheel", f"--requirements={root / 'requirements' / 'run.txt'}", f"--output={root / LEGAL}")
        for script, *words in (("strings.py", "--compile"), ("manual.py",), ("notices.py", *notices)):
            subprocess.run([sys.executable, str(root / "packaging" / script), *words], check=True)
