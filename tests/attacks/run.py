"""Has a kind of child attacked in one mode, and says which attempts were holes."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from esign_desktop.domain.errors import PdfError
from esign_desktop.pdf.client.engine import ProcessEngine
from esign_desktop.pdf.engine import RenderRequest
from esign_desktop.pdf.isolated import office
from esign_desktop.pdf.isolated import start as child_start
from esign_desktop.pdf.isolated.recognition import MEMORY_BYTES
from esign_desktop.pdf.isolated.run import run_isolated
from esign_desktop.pdf.limits import ADDRESS_SPACE_BYTES, Limits
from tests.attacks import inside
from tests.attacks.attempts import OUTLIVING, attempts, deadly
from tests.attacks.carrier import Carrier
from tests.attacks.scene import Stage

if TYPE_CHECKING:
    from collections.abc import Iterator

WORD = "word"
KINDS = ("pdf", "page", WORD, *inside.PREPARATIONS)
"""The first three have programs of their own; the others are named as in the calls of ``run_isolated``."""
MODES = ("walls", "no-landlock")
ATTACKS = tuple((kind, mode) for kind in KINDS for mode in MODES if (kind, mode) != (WORD, "no-landlock"))
"""Without Landlock, Word documents are refused, so that there is no child to attack."""
PERMITTED = {
    WORD: frozenset(
        {
            # LibreOffice opens files by name, and Landlock does not control the names.
            "look at a file s size",
            "go to another folder",
            # It loads libraries and starts threads.
            "make code of memory",
            "turn memory into code",
            "open hundreds of descriptors",
            "hold memory in sockets",
            "start a thousand threads",
        }
    )
}
"""What a kind of child can do, which ``docs/security.md`` names under *Not promised*."""
BARE = "bare"
HAS_THREADS = frozenset({"recognition"})
"""What starts threads before it is locked in. The kernel refuses a name space of users to a process with threads."""
LIMIT_S = 60.0
SHORT_S = 3.0
LOADING_S = {"recognition": 12.0}
"""What a kind of child loads for more than a moment."""
CAP_SYS_ADMIN = 21
TAKEN_OVER_S = 0.2
OUTLIVED_S = 3.0
SHEET_BYTES = 256 * 1024 * 1024
MEMORY_OF = {"sheet": SHEET_BYTES, "cards": SHEET_BYTES, "recognition": MEMORY_BYTES}


@dataclass(frozen=True, slots=True)
class Outcome:
    """One attempt; ``hole`` is empty when it was denied."""

    name: str
    hole: str
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of all attempts on one child."""

    kind: str
    mode: str
    walls: tuple[str, ...]
    outcomes: tuple[Outcome, ...]

    @property
    def holes(self) -> tuple[Outcome, ...]:
        """The attempts that were not denied, without what this kind of child can do."""
        permitted = PERMITTED.get(self.kind, frozenset()) if self.mode != BARE else frozenset()
        return tuple(one for one in self.outcomes if one.hole and one.name not in permitted)

    @property
    def vain(self) -> tuple[Outcome, ...]:
        """The attempts that prove nothing: they were denied although neither walls nor limits stood."""
        if self.mode != BARE:
            return ()
        unable = {"enter a user namespace"} if self.kind in HAS_THREADS else set()
        return tuple(one for one in self.outcomes if not one.hole and one.name not in unable)

    @property
    def skipped(self) -> str:
        """Why this says nothing, if it doesn't."""
        if sys.platform != "linux":
            return "only on Linux are children locked in"
        if self.mode == "walls" and "landlock" not in self.walls:
            return "this system has no Landlock"
        return ""


def attack(kind: str, mode: str, program: Path | None = None, *, has_deadly: bool = True) -> Verdict:
    """Attack one kind of child, once with all that does not end it, then, with ``has_deadly``, each attempt that would.

    ``program``: a frozen one, whose child it is to be. Only those that read one file can be had to run what they lack.
    """
    outcomes: list[Outcome] = []
    with tempfile.TemporaryDirectory() as folder, Stage(Path(folder)) as stage:
        told = _ask(kind, mode, stage.scene(), LIMIT_S, program)
        for name, was_done, what in told["tried"]:
            hole = what if was_done or stage.secret in what else ""
            outcomes.append(Outcome(name, hole, "" if hole else what))
        outcomes.append(Outcome("what is seen from outside", "; ".join(stage.damage())))
        outcomes.append(Outcome("what it told is no secret", stage.secret if stage.secret in json.dumps(told) else ""))
    if has_deadly:
        outcomes.extend(_fatal(kind, mode, name, program) for name in deadly if name not in OUTLIVING)
        outcomes.extend(_outlived(kind, mode, name, program) for name in OUTLIVING)
    return Verdict(kind, mode, tuple(told["walls"]), tuple(outcomes))


def _fatal(kind: str, mode: str, name: str, program: Path | None) -> Outcome:
    # Without walls an attempt succeeds, and ends the child by that.
    short_s = LIMIT_S if mode == BARE else SHORT_S + LOADING_S.get(kind, 0.0)
    with tempfile.TemporaryDirectory() as folder, Stage(Path(folder)) as stage:
        started_at_s = time.monotonic()
        try:
            _ask(kind, mode, stage.scene(name), short_s, program)
            refusal = "refused"
        except (PdfError, ValueError) as error:  # the child has ended
            refusal = str(error) or type(error).__name__
        took_s = time.monotonic() - started_at_s
        found = stage.damage()
        found += [f"there is {path.name}" for path in Path.cwd().glob("core*") if path.is_file()]
        if took_s > short_s + 15:
            found.append(f"it ran for {took_s:.0f} s")
    return Outcome(name, "; ".join(found), refusal)


def _outlived(kind: str, mode: str, name: str, program: Path | None) -> Outcome:
    """Kill the parent of a child that was taken over, and look whether the child is there still."""
    with tempfile.TemporaryDirectory() as folder, Stage(Path(folder)) as stage:
        words = (kind, mode, json.dumps(stage.scene(name)), *(() if program is None else (str(program),)))
        with subprocess.Popen([sys.executable, "-m", "tests.attacks.run", *words]) as parent:
            child = _taken_over_child(parent.pid)
            # It has a moment to go on.
            time.sleep(TAKEN_OVER_S)
            is_taken_over = parent.poll() is None
            parent.kill()
        if not is_taken_over:
            raise RuntimeError("the child answered instead")
        ends_at_s = time.monotonic() + (TAKEN_OVER_S if mode == BARE else OUTLIVED_S)
        while _runs(child) and time.monotonic() < ends_at_s:
            time.sleep(0.05)
        if not _runs(child):
            return Outcome(name, "", "it ended with its parent")
        os.kill(child, signal.SIGKILL)
        return Outcome(name, "it was there after its parent")


def _taken_over_child(parent: int) -> int:
    """Wait until the child ignores SIGTERM, which only the attack does, and return its process ID."""
    ends_at_s = time.monotonic() + LIMIT_S
    while time.monotonic() < ends_at_s:
        for children in Path(f"/proc/{parent}/task").glob("*/children"):
            for child in children.read_text("ascii").split():
                with suppress(OSError):
                    (ignored,) = re.findall(r"SigIgn:\t(\w+)", Path(f"/proc/{child}/status").read_text("utf-8"))
                    if int(ignored, 16) >> signal.SIGTERM - 1 & 1:
                        return int(child)
        time.sleep(0.05)
    raise TimeoutError("no child was taken over")


def _runs(process: int) -> bool:
    try:
        return "State:\tZ" not in Path(f"/proc/{process}/status").read_text("utf-8")
    except OSError:
        return False


def _ask(kind: str, mode: str, scene: dict[str, Any], limit_s: float, program: Path | None) -> dict[str, Any]:
    if kind == "pdf":
        return _ask_pdf(mode, scene, limit_s)
    if kind == "page":
        return _ask_page(mode, scene, limit_s)
    if kind == WORD:
        return _ask_word(mode, scene, limit_s)
    with _children("apart", mode) if program is None else frozen_children(program):
        (answer,) = run_isolated(
            kind,
            inside.attack,
            scene,
            limit_s=limit_s,
            most_bytes=1 << 24,
            prepare=inside.PREPARATIONS[kind] if program is None else Carrier(kind, mode),
            memory_bytes=MEMORY_OF.get(kind, ADDRESS_SPACE_BYTES),
        )
    return dict(answer)


def _ask_pdf(mode: str, scene: dict[str, Any], limit_s: float) -> dict[str, Any]:
    with _children("pdf", mode):
        engine = ProcessEngine(limits=Limits())
        try:
            opened = engine.open(Path(scene["document"]))
            pixels = engine.render(RenderRequest(opened.handle, 1, 1.0))
            with engine._pool.checkout(opened.handle) as child:  # noqa: SLF001  the real request to the real child
                answer: dict[str, Any] = child.ask("attack", limit_s, Any, scene=scene)  # type: ignore[arg-type]
            # What the child shares with this process is still there.
            assert len(bytes(pixels.data)) == pixels.stride_bytes * pixels.height_px
            return answer
        finally:
            engine.stop()


def _ask_page(mode: str, scene: dict[str, Any], limit_s: float) -> dict[str, Any]:
    command = [*_command("page", mode), json.dumps(scene)]
    request = b"100\n" + scene["document"].encode()
    try:
        done = subprocess.run(
            command,
            env=child_start.child_environment(),
            input=request,
            stdout=subprocess.PIPE,
            check=False,
            timeout=limit_s,
        )
    except subprocess.TimeoutExpired:
        raise PdfError("pdf.too_slow") from None
    answer: dict[str, Any] = json.loads(done.stdout.partition(b"\n")[2])
    return answer


def _ask_word(mode: str, scene: dict[str, Any], limit_s: float) -> dict[str, Any]:
    """Run an interpreter where LibreOffice would run, and return what it wrote to its output."""
    own = str(Path(inside.__file__).parent)
    interpreter = Path(sys.executable).resolve()
    with tempfile.TemporaryDirectory() as name, _children("word", mode):
        folder = Path(name)
        office._write_profile(folder)  # noqa: SLF001  the real folder of a conversion
        (folder / "scene.json").write_text(json.dumps(scene), encoding="utf-8")
        ends_at_s = time.monotonic() + limit_s
        with patch.object(office, "_font_folders", lambda: (own,)):
            code = office._run(interpreter, folder, "scene.json", ends_at_s, None)  # noqa: SLF001  the real start
        if any(path.is_file() for path in folder.glob("core*")):
            raise RuntimeError("there is a memory image")
        output = (folder / "output").read_text("utf-8", "replace") if code == 0 else ""
        if not output:
            raise PdfError("office.not_converted", f"exit code {code}")
        answer: dict[str, Any] = json.loads(output.rpartition("\n\n")[2])
        return answer


def _command(entry: str, mode: str) -> list[str]:
    program = f"from tests.attacks.inside import {entry}; {entry}()"
    return [sys.executable, "-S", "-P", "-c", program, mode]


@contextmanager
def _children(entry: str, mode: str) -> Iterator[None]:
    with patch.object(child_start, "child_command", lambda _target: _command(entry, mode)):
        yield


@contextmanager
def frozen_children(program: Path) -> Iterator[None]:
    """Have children be those of a frozen program."""
    with patch.object(child_start, "child_command", lambda target: [str(program), child_start.CHILD_ARGUMENT, target]):
        yield


def is_unhindered() -> bool:
    """Return whether nothing but the walls could deny an attempt here.

    Some need an administrator, and a memory image is seen only where the kernel writes it into the current folder.
    """
    status = dict(line.split(":\t", 1) for line in Path("/proc/self/status").read_text("utf-8").splitlines())
    is_administrator = int(status["CapEff"], 16) >> CAP_SYS_ADMIN & 1 == 1 and status["Seccomp"].strip() == "0"
    return is_administrator and Path("/proc/sys/kernel/core_pattern").read_text("utf-8")[0] not in "|/"


def count() -> int:
    """Return how many attempts there are on each child."""
    return len(attempts) + len(deadly)


if __name__ == "__main__":
    # Whoever is killed while its child is taken over.
    _kind, _mode, _scene, *_program = sys.argv[1:]
    _ask(_kind, _mode, json.loads(_scene), LIMIT_S, Path(_program[0]) if _program else None)
