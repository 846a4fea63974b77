"""Takes the pictures of one scale in one language: a process of its own, since a scale is chosen before Qt starts."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import traceback
from pathlib import Path


def main() -> int:
    """Print what was taken as one line of JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--language", required=True)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--themes", default="light,dark")
    parser.add_argument("--text", type=int, default=100)
    parser.add_argument("--held", action="store_true")
    parser.add_argument("scenes", nargs="+")
    parsed = parser.parse_args()

    from tests.pictures import fixed_world

    fixed_world.enter()

    from esign_desktop.ui.shell.application import complete_application, create_application
    from esign_desktop.ui.text.i18n import Languages
    from esign_desktop.ui.widgets.theme import set_text_size
    from tests.pictures.programme import PROGRAMME
    from tests.pictures.studio import Studio, forget_deleted

    application = create_application(["pictures"])
    complete_application(application)
    set_text_size(parsed.text)
    application.setCursorFlashTime(0)
    application.setQuitOnLastWindowClosed(False)
    failed: list[str] = []
    with tempfile.TemporaryDirectory(prefix="pictures-", ignore_cleanup_errors=True) as scratch:
        studio = Studio(
            application,
            Languages(application),
            parsed.language,
            parsed.folder,
            Path(scratch),
            tuple(parsed.themes.split(",")),
            text_percent=parsed.text,
            only_held=parsed.held,
        )
        for name in parsed.scenes:
            studio.languages.use(parsed.language)
            try:
                PROGRAMME[name](studio)
            except Exception:  # noqa: BLE001  the other scenes are worth having all the same
                traceback.print_exc()
                failed.append(name)
            forget_deleted()
    print(json.dumps({"names": studio.names, "written": studio.written, "failed": failed, "faults": studio.faults}))  # noqa: T201
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
