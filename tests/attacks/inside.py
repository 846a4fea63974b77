"""The real children, with code of somebody's in them: each does what it always does, up to the stranger's first byte.

The last words of the command line say in which mode: ``walls``, ``no-landlock`` (as on systems of before 2021), or
``bare`` (neither walls nor limits: that the attempts succeed then is what shows that they are attempts).
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from esign_desktop.pdf.isolated import process_limits
from esign_desktop.pdf.walls import linux, lockdown
from tests.attacks import attempts

if TYPE_CHECKING:
    import ctypes
    from collections.abc import Callable, Collection, Mapping, Sequence

    from esign_desktop.pdf import wire

stood: list[str] = []
LIMITS = ("limit_memory", "limit_cpu_time", "limit_file_size", "forbid_file_writes", "set_alarm")


def set_mode(mode: str) -> None:
    """Take walls away before they are put up, and note which stand."""
    if mode == "no-landlock":
        linux.restrict_by_landlock = _no_landlock
    if mode == "bare":
        for name in LIMITS:
            setattr(process_limits, name, _no_limit)
    real = lockdown.lock_down

    def lock_down(keep: Collection[int], start_threads: Callable[[], None] = lambda: None) -> tuple[str, ...]:
        walls = () if mode == "bare" else real(keep, start_threads)
        stood.extend(walls)
        return walls

    lockdown.lock_down = lock_down
    real_program = lockdown.lock_down_program

    def lock_down_program(program: str, folder: str, readable: Sequence[str]) -> tuple[str, ...]:
        if mode == "bare":
            # The child executes the program only if it is told that both mechanisms are active.
            return lockdown.SECCOMP, lockdown.LANDLOCK
        walls = real_program(program, folder, readable)
        stood.extend(walls)
        return walls

    lockdown.lock_down_program = lock_down_program


def _no_limit(_most: float = 0) -> None:
    return


def _no_landlock(libc: ctypes.CDLL, permitted: Mapping[str, int] = MappingProxyType({})) -> bool:
    return False


def report(scene: dict[str, Any]) -> dict[str, Any]:
    """Try what the scene asks for."""
    if scene["deadly"]:
        attempts.deadly[scene["deadly"]](scene)
    return {"walls": stood, "tried": json.loads(attempts.try_all(scene))}


def pdf() -> None:
    """Be the process that opens and draws; *links_and_fields* is the attack."""
    set_mode(sys.argv[-1])
    from esign_desktop.pdf.worker import main as worker

    sound = worker.RequestDispatcher.answer

    def answer(self: worker.RequestDispatcher, request: wire.Message, files: Sequence[int] = ()) -> wire.Message:
        if request["job"] == "attack":
            return {"value": report(request["arguments"]["scene"])}
        return sound(self, request, files)

    worker.RequestDispatcher.answer = answer  # type: ignore[method-assign]
    worker.serve()


def page() -> None:
    """Be the process for the first page; what is drawn is the attack."""
    mode, scene = sys.argv[-2:]
    set_mode(mode)
    from esign_desktop.pdf.worker import first_page

    def draw(_library: Any, _data: object, _width_px: float) -> tuple[int, int, bytearray]:
        return 0, 0, bytearray(json.dumps(report(json.loads(scene))).encode("ascii"))

    first_page.draw = draw  # type: ignore[assignment]
    sys.exit(first_page.main())


def word() -> None:
    """Be the process that becomes LibreOffice, and become an interpreter instead; *word_program* is the attack."""
    set_mode(sys.argv[-1])
    # Not above: the walls have to be changed before it is imported.
    from esign_desktop.pdf.isolated import office

    environment = office._environment  # noqa: SLF001  what LibreOffice gets, and the attack's words
    office._arguments = lambda folder, source: ["-S", "-P", "-c", WORD_PROGRAM, f"{folder}/{source}"]  # noqa: SLF001
    office._environment = lambda folder: {  # noqa: SLF001
        **environment(folder),
        "PYTHONPATH": str(Path(attempts.__file__).parent),
        "PYTHONDONTWRITEBYTECODE": "1",
        "STOOD": ",".join(stood),
    }
    office.become_libreoffice()


WORD_PROGRAM = """\
import json, os, sys
import attempts
with open(sys.argv[1], encoding="utf-8") as file:
    scene = json.load(file)
if scene["deadly"]:
    attempts.deadly[scene["deadly"]](scene)
walls = [one for one in os.environ["STOOD"].split(",") if one]
answer = {"walls": walls, "tried": json.loads(attempts.try_all(scene))}
print()
print(json.dumps(answer))
"""
"""What the interpreter runs in the place of LibreOffice, in the folder of the conversion."""


def apart() -> None:
    """Be a process that reads one file."""
    set_mode(sys.argv[-1])
    # Not above: the walls have to be changed before it is imported.
    from esign_desktop.pdf.isolated import run

    run.answer()


def _prepared(scene: dict[str, Any], load: Callable[..., tuple[object, ...]], *values: object) -> tuple[object, ...]:
    from esign_desktop.pdf.isolated import run

    return scene, *run.open_and_load(attack, load, scene["document"], *values)


def prepare_signatures(scene: dict[str, Any]) -> tuple[object, ...]:
    """Do what is done before signatures are read."""
    from esign_desktop.pdf.isolated.signatures import load

    return _prepared(scene, load, ())


def prepare_form(scene: dict[str, Any]) -> tuple[object, ...]:
    """Do what is done before a form is read."""
    from esign_desktop.pdf.isolated.forms import load

    return _prepared(scene, load)


def prepare_mention(scene: dict[str, Any]) -> tuple[object, ...]:
    """Do what is done before a PDF is searched for a person."""
    from esign_desktop.pdf.isolated.mentions import PersonTerms, load

    return _prepared(scene, load, PersonTerms("张三"))


def prepare_made(scene: dict[str, Any]) -> tuple[object, ...]:
    """Do what is done before a PDF that was made of a form is compared."""
    from esign_desktop.pdf.isolated.made import WantedText, load

    return _prepared(scene, load, (WantedText("name", "张三"),))


def prepare_sheet(scene: dict[str, Any]) -> tuple[object, ...]:
    """Do what is done before a sheet is read."""
    from esign_desktop.services.sheets.parsing import load

    return scene, *load(b"")


def prepare_cards(scene: dict[str, Any]) -> tuple[object, ...]:
    """Do what is done before contact cards are read."""
    from esign_desktop.services.sheets.vcards import load

    return scene, *load(scene["document"])


def prepare_table(scene: dict[str, Any]) -> tuple[object, ...]:
    """Do what is done before a table is written as pages."""
    from esign_desktop.domain.added_pages import AddedTable
    from esign_desktop.pdf.isolated.tables import load

    return scene, *load(AddedTable((("张三",),)))


def prepare_images(scene: dict[str, Any]) -> tuple[object, ...]:
    """Do what is done before pictures are written as pages."""
    from esign_desktop.pdf.isolated.images import load_for_writing

    return scene, *load_for_writing(())


def prepare_merge(scene: dict[str, Any]) -> tuple[object, ...]:
    """Do what is done before signed files are merged."""
    from esign_desktop.pdf.isolated.merging import load

    return scene, *load((scene["document"],), (scene["document"],))


def prepare_picture(scene: dict[str, Any]) -> tuple[object, ...]:
    """Do what is done before a picture is read."""
    from esign_desktop.pdf.isolated.pictures import load

    return _prepared(scene, load, 1, 1)


def prepare_recognition(scene: dict[str, Any]) -> tuple[object, ...]:
    """Do what is done before a scan is read."""
    from esign_desktop.pdf.isolated.recognition import load

    return _prepared(scene, load)


def prepare_image(scene: dict[str, Any]) -> tuple[object, ...]:
    """Do what is done before photographs and scans are read."""
    from esign_desktop.pdf.isolated.images import load

    return _prepared(scene, load)


def attack(scene: dict[str, Any], *_read: object) -> dict[str, Any]:
    """Run in the place of the reading."""
    return report(scene)


PREPARATIONS: dict[str, Callable[[dict[str, Any]], tuple[object, ...]]] = {
    "signatures": prepare_signatures,
    "form": prepare_form,
    "mention": prepare_mention,
    "made": prepare_made,
    "sheet": prepare_sheet,
    "cards": prepare_cards,
    "table": prepare_table,
    "picture": prepare_picture,
    "recognition": prepare_recognition,
    "image": prepare_image,
    "images": prepare_images,
    "merge": prepare_merge,
}
