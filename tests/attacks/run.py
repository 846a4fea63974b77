"""Has a kind of child attacked in one mode, and says which attempts were holes."""

from __future__ import annotations

import json
import os
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
from esign_desktop.pdf.isolated import start as child_start
from esign_desktop.pdf.isolated.recognition import MEMORY_BYTES
from esign_desktop.pdf.isolated.run import run_isolated
from esign_desktop.pdf.limits import ADDRESS_SPACE_BYTES, Limits
from tests.attacks import inside
from tests.attacks.attempts import OUTLIVE, attempts, deadly
from tests.attacks.carrier import Carrier
from tests.attacks.scene import Stage

if TYPE_CHECKING:
    from collections.abc import Iterator

KINDS = ("pdf", "page", "signatures", "form", "mention", "made", "sheet", "picture", "image", "recognition")
MODES = ("walls", "no-landlock")
BARE = "bare"
LIMIT_S = 60.0
SHORT_S = 3.0
LOADING_S = {"recognition": 12.0}
"""What a kind of child loads for more than a moment."""
TAKEN_OVER_S = 0.5
OUTLIVED_S = 3.0
SHEET_BYTES = 256 * 1024 * 1024


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
        """The attempts that were not denied."""
        return tuple(one for one in self.outcomes if one.hole)

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
    if mode != BARE and has_deadly:
        outcomes.extend(_fatal(kind, mode, name, program) for name in deadly if name != OUTLIVE)
        outcomes.append(_outlived(kind, mode, program))
    return Verdict(kind, mode, tuple(told["walls"]), tuple(outcomes))


def _fatal(kind: str, mode: str, name: str, program: Path | None) -> Outcome:
    short_s = SHORT_S + LOADING_S.get(kind, 0.0)
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


def _outlived(kind: str, mode: str, program: Path | None) -> Outcome:
    """Kill the parent of a child that was taken over, and look whether the child is there still."""
    with tempfile.TemporaryDirectory() as folder, Stage(Path(folder)) as stage:
        words = (kind, mode, json.dumps(stage.scene(OUTLIVE)), *(() if program is None else (str(program),)))
        with subprocess.Popen([sys.executable, "-m", "tests.attacks.run", *words]) as parent:
            child = _locked_in_child(parent.pid)
            # It has a moment to do what it wants.
            time.sleep(TAKEN_OVER_S)
            is_taken_over = parent.poll() is None
            parent.kill()
        if not is_taken_over:
            raise RuntimeError("the child answered instead")
        ends_at_s = time.monotonic() + OUTLIVED_S
        while _runs(child) and time.monotonic() < ends_at_s:
            time.sleep(0.05)
        if not _runs(child):
            return Outcome(OUTLIVE, "", "it ended with its parent")
        os.kill(child, signal.SIGKILL)
        return Outcome(OUTLIVE, f"it was there {OUTLIVED_S:g} s after its parent")


def _locked_in_child(parent: int) -> int:
    ends_at_s = time.monotonic() + LIMIT_S
    while time.monotonic() < ends_at_s:
        for children in Path(f"/proc/{parent}/task").glob("*/children"):
            for child in children.read_text("ascii").split():
                with suppress(OSError):
                    if "Seccomp:\t2" in Path(f"/proc/{child}/status").read_text("utf-8"):
                        return int(child)
        time.sleep(0.05)
    raise TimeoutError("no child is locked in")


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
    with _children("apart", mode) if program is None else frozen_children(program):
        (answer,) = run_isolated(
            kind,
            inside.attack,
            scene,
            limit_s=limit_s,
            most_bytes=1 << 24,
            prepare=inside.PREPARATIONS[kind] if program is None else Carrier(kind, mode),
            memory_bytes={"sheet": SHEET_BYTES, "recognition": MEMORY_BYTES}.get(kind, ADDRESS_SPACE_BYTES),
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


def count() -> int:
    """Return how many attempts there are on each child."""
    return len(attempts) + len(deadly)


if __name__ == "__main__":
    # Whoever is killed while its child is taken over.
    _kind, _mode, _scene, *_program = sys.argv[1:]
    _ask(_kind, _mode, json.loads(_scene), LIMIT_S, Path(_program[0]) if _program else None)
