"""``make screenshots``: takes pictures of every window, and writes their index.

python -m tests.pictures [--only SCENE…] [--language L] [--scale PERCENT] [--screen SIZE] [--themes T] [--text PERCENT]
                         [--output DIR]

At 100 % that is every language with every theme, at 200 % each of them once; ``--scale 200`` takes all four.
125 % and 150 % are taken only if they are asked for. With ``--screen``, the desk has a small screen of so many pixels.
``--keep`` puts a few of them where the repository keeps them.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final

from tests.isolation import home_environment
from tests.pictures.fixed_world import HOME
from tests.pictures.index_page import write_index
from tests.pictures.kept import keep
from tests.pictures.programme import SCENES

REPOSITORY: Final = Path(__file__).resolve().parent.parent.parent
TARGET: Final = REPOSITORY / "build" / "screenshots"
KEPT_TARGET: Final = REPOSITORY / "docs" / "screenshots"
LANGUAGES: Final = ("zh_CN", "en")
THEMES: Final = ("light", "dark", "contrast")
SCALES_PERCENT: Final = (100, 125, 150, 200)
USUAL_SCALES_PERCENT: Final = (100, 200)
USUAL_LARGE: Final = {"zh_CN": "light", "en": "dark"}
"""What is taken at 200 % unasked: all four would take longer than all others together."""
FIRST_PORT: Final = 27_160
"""Below those that systems give to whoever connects to something, any of which may be taken for a minute."""
AT_ONCE: Final = 2
SCREENS_PX: Final = {"desk": (1920, 1200), "customer": (1024, 700)}
SMALL_SCREENS_PX: Final = {"1366x768": (1366, 768), "1280x800": (1280, 800)}
FONTS: Final = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <match target="pattern">
    <edit name="family" mode="prepend_first" binding="strong"><string>Noto Sans CJK SC</string></edit>
  </match>
</fontconfig>
"""
"""What Chinese desktops have for a system font: a bare machine would mix two typefaces."""


@dataclass(frozen=True)
class Sitting:
    """What one process takes."""

    language: str
    scale_percent: int
    themes: str
    port: int
    screen: str = ""
    """A key of ``SMALL_SCREENS_PX``, or empty for a large screen."""

    @property
    def folder(self) -> str:
        return "-".join(filter(None, (str(self.scale_percent), self.screen)))


def main() -> int:
    """Take the pictures; 0 if all were taken."""
    parsed = _parser().parse_args()
    scenes = tuple(parsed.only or SCENES)
    sittings = [
        replace(one, screen=parsed.screen)
        for one in _sittings(parsed.language, parsed.scale, parsed.themes, parsed.port)
    ]
    work = partial(_take, output=parsed.output, scenes=scenes, options=_options(parsed))
    # Those of one language share a port.
    with ThreadPoolExecutor(AT_ONCE) as pool:
        results = list(pool.map(lambda part: [work(one) for one in part], _by_port(sittings)))
    taken = [result for part in results for result in part]
    written = sum(len(result["written"]) for result in taken)
    failed = sorted({name for result in taken for name in result["failed"]})
    names = list(dict.fromkeys(name for result in taken for name in result["names"]))
    if not (parsed.only or failed):
        _remove_others(parsed.output, set(names))
        write_index(parsed.output, names)
    size = sum(path.stat().st_size for path in parsed.output.rglob("*.png"))
    print(f"{len(names)} states, {written} pictures written, {size / 1e6:.1f} MB in all")  # noqa: T201
    faults = [fault for result in taken for fault in result["faults"]]
    for fault in faults:
        print(fault, file=sys.stderr)  # noqa: T201
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)  # noqa: T201
    elif parsed.keep:
        keep(parsed.output, KEPT_TARGET, names)
    return 1 if failed or (faults and parsed.legible) else 0


def _sittings(language: str | None, scale_percent: int | None, themes: str | None, first_port: int) -> list[Sitting]:
    """Return what is asked for; of large pictures that are not asked for, two sets."""
    found = []
    for port, one in enumerate(LANGUAGES, first_port):
        for percent in USUAL_SCALES_PERCENT if scale_percent is None else SCALES_PERCENT:
            is_large_unasked = percent > USUAL_SCALES_PERCENT[0] and scale_percent is None
            if language not in {None, one} or scale_percent not in {None, percent}:
                continue
            usual = USUAL_LARGE[one] if is_large_unasked else ",".join(THEMES)
            found.append(Sitting(one, percent, themes or usual, port))
    return found


def _by_port(sittings: list[Sitting]) -> list[list[Sitting]]:
    return [[one for one in sittings if one.port == port] for port in sorted({one.port for one in sittings})]


def _take(sitting: Sitting, *, output: Path, scenes: tuple[str, ...], options: list[str]) -> dict[str, list[str]]:
    command = [sys.executable, "-m", "tests.pictures.take", "--language", sitting.language, "--themes", sitting.themes]
    command += ["--folder", str(output.absolute() / sitting.folder), *options, *scenes]
    with tempfile.TemporaryDirectory(prefix="home-") as home:
        fonts, screens = Path(home) / "fonts.conf", Path(home) / "screens.json"
        fonts.write_text(FONTS, encoding="utf-8")
        screens.write_text(json.dumps(_screens(sitting.scale_percent, sitting.screen)), encoding="utf-8")
        environment = {
            **os.environ,
            **home_environment(Path(home)),
            # Windows name folders: those of nobody in particular.
            "HOME": HOME,
            "LC_ALL": "C.UTF-8",
            "TZ": "Asia/Shanghai",
            "FONTCONFIG_FILE": str(fonts),
            "PYTHONHASHSEED": "0",
            "QT_QPA_PLATFORM": f"offscreen:configfile={screens}",
            "QT_SCALE_FACTOR": f"{sitting.scale_percent / 100:g}",
            "QT_FONT_DPI": "96",
            "PICTURES_PORT": f"{sitting.port}",
        }
        for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
            environment.pop(name)
        done = subprocess.run(command, cwd=REPOSITORY, env=environment, stdout=subprocess.PIPE, text=True, check=False)
    try:
        result: dict[str, list[str]] = json.loads(done.stdout.splitlines()[-1])
    except (IndexError, ValueError):
        return {"names": [], "written": [], "failed": list(scenes), "faults": []}
    return result


def _options(parsed: argparse.Namespace) -> list[str]:
    """Return what of the command line is for the processes that take the pictures."""
    return [f"--text={parsed.text}", *["--held"] * parsed.held]


def _screens(scale_percent: int, small: str) -> dict[str, object]:
    """Describe the desk's screen and a customer's to Qt's offscreen platform, in their own pixels."""
    left, screens = 0, []
    for name, (width, height) in SCREENS_PX.items():
        size = {"width": width * scale_percent // 100, "height": height * scale_percent // 100}
        if small and name == "desk":
            size = dict(zip(("width", "height"), SMALL_SCREENS_PX[small], strict=True))
        screens.append({"name": name, "x": left, "y": 0, **size, "logicalDpi": 96, "logicalBaseDpi": 96, "dpr": 1})
        left += size["width"]
    return {"screens": screens}


def _remove_others(output: Path, names: set[str]) -> None:
    """Remove pictures of states that are not taken any more."""
    for path in output.rglob("*.png"):
        if path.stem not in names:
            path.unlink()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.pictures")
    parser.add_argument("--only", nargs="+", choices=tuple(SCENES), help="these scenes alone; the index stays as it is")
    parser.add_argument("--language", choices=LANGUAGES)
    parser.add_argument("--scale", type=int, choices=SCALES_PERCENT)
    parser.add_argument("--screen", choices=tuple(SMALL_SCREENS_PX), default="", help="the desk's screen in pixels")
    parser.add_argument("--themes", help="light, dark, contrast, or several with commas between them")
    parser.add_argument("--text", type=int, default=100, help="size of letters in percent")
    parser.add_argument("--port", type=int, default=FIRST_PORT, help="of the platform; the next one is used as well")
    parser.add_argument("--output", type=Path, default=TARGET)
    parser.add_argument("--legible", action="store_true", help="fail where something can't be read")
    parser.add_argument(
        "--held", action="store_true", help="write nothing; look at the states whose contrast a test holds"
    )
    parser.add_argument("--keep", action="store_true", help="renew the few pictures of docs/screenshots")
    return parser


if __name__ == "__main__":
    sys.exit(main())
