"""Take the README's pictures anew: run the self-test, and keep one picture of each window, small enough to commit."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

REPOSITORY: Final = Path(__file__).resolve().parent.parent
TARGET: Final = REPOSITORY / "docs" / "images"
SELF_TEST: Final = REPOSITORY / "build" / "self-test"
PICTURES: Final = {
    "cross-page-seal": "prepare",
    "review": "review",
    "qr-code": "qr-code",
    "track-signed": "track",
    "settings": "settings",
}
MOST_BYTES: Final = 300_000


def main() -> int:
    """Write docs/images/*.png."""
    command = [sys.executable, "-m", "esign_desktop", "--self-test", "--output", str(SELF_TEST)]
    # Settings show folders: those of nobody in particular.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}
    environment |= {"HOME": "/home/clerk", "LC_ALL": "C.UTF-8", "QT_QPA_PLATFORM": "offscreen"}
    if subprocess.run(command, cwd=REPOSITORY, env=environment, check=False).returncode != 0:
        return 1
    TARGET.mkdir(parents=True, exist_ok=True)
    for picture, name in PICTURES.items():
        source = next(path for path in SELF_TEST.glob("*.png") if path.stem.partition("-")[2] == picture)
        target = TARGET / f"{name}.png"
        options = ("-strip", "-dither", "None", "-colors", "255", "-define", "png:compression-level=9")
        subprocess.run(["convert", str(source), *options, f"png8:{target}"], check=True)
        if target.stat().st_size > MOST_BYTES:
            print(f"{target} is too large", file=sys.stderr)
            return 1
        print(f"{target.relative_to(REPOSITORY)}: {target.stat().st_size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
