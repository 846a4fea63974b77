"""A platform, a faulty way to it, and a process that sends and dies; shared by all runs."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Final, Self
from uuid import uuid4

from stdnum.cn.uscc import calc_check_digit

from esign_desktop.domain.account import Person
from esign_desktop.domain.signer import ApplicationSigner, OpenSigner, OrganizationSigner
from esign_desktop.store.codec import draft_to_json
from tests.faults.checker import DeskBooks, Expected, PlatformLog, Verdict
from tests.faults.proxy import FaultProxy
from tests.faults.victim import FINISHED, Order
from tests.services.desk import make_contract, organization_signer, person_signer
from tests.services.sandbox_platform import PROJECT_ID, SandboxPlatform

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.signer import Signer
    from tests.faults.outcomes import Outcome

REPOSITORY: Final = Path(__file__).resolve().parents[2]
_MEMORY: Final = Path("/dev/shm")  # noqa: S108  SIGKILL costs nothing that only waits for a disk


class Rig:
    """Use with ``with``. ``folder`` is in memory where there is such a place.

    ``shown_by_start``: the platform tells links only once a flow is shown, which is known.
    """

    def __init__(self, *, shown_by_start: bool = False) -> None:
        options = ("--no-links-at-start",) if shown_by_start else ()
        self.shown_by_start = shown_by_start
        self.folder = Path(tempfile.mkdtemp(prefix="esign-faults-", dir=_MEMORY if _MEMORY.is_dir() else None))
        self.proxy = FaultProxy()
        self._platform = SandboxPlatform(self.folder / "platform", "--public-url", self.proxy.url, *options)
        self._process: subprocess.Popen[str] | None = None
        self.log = PlatformLog(self.folder / "platform" / "data")
        self.runs = 0
        self.kills = 0

    def __enter__(self) -> Self:
        with ExitStack() as undo:
            undo.callback(self.__exit__, None, None, None)
            self.proxy.__enter__()
            self._platform.__enter__()
            self.proxy.target_port = self._platform.port
            command = [sys.executable, "-m", "tests.faults.victim"]
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY
            )
            self._warm_up()
            undo.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
        self._platform.__exit__(kind, error, traceback)
        self.proxy.__exit__(kind, error, traceback)
        shutil.rmtree(self.folder, ignore_errors=True)

    def desk(self) -> RigDesk:
        """A new installation, which knows of nothing that was before."""
        self.proxy.forget()
        return RigDesk(self, self.folder / f"desk {uuid4().hex}")

    def _warm_up(self) -> None:
        desk = self.desk()
        desk.send(make_random_contract(desk.root / "files", Random(0)))  # noqa: S311
        desk.close()
        self.runs = 0

    def obey(self, order: Order) -> bool:
        """Return whether the process was killed."""
        process = self._process
        assert process is not None
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(order.as_line() + "\n")
        process.stdin.flush()
        status = int(process.stdout.readline())
        assert status in {-signal.SIGKILL, FINISHED}, f"the sending process ended with {status}"
        self.kills += status != FINISHED
        return status != FINISHED

    @property
    def base_url(self) -> str:
        return self._platform.base_url


@dataclass
class RigDesk:
    """One installation, which may send several contracts one after another."""

    rig: Rig
    root: Path

    def send(
        self,
        draft: ContractDraft,
        faults: Mapping[int, Outcome] | None = None,
        *,
        kill_at: int = 0,
        dies_before: bool = False,
        after_call: int = 0,
        cancel_at: int = 0,
        side_by_side: bool = False,
        free_bytes: int = -1,
        fills_before_queue: bool = False,
    ) -> bool:
        """Send under these faults; return whether the process was killed on the way."""
        self.rig.runs += 1
        self.rig.log.mark()
        self.rig.proxy.arm(faults)
        return self.rig.obey(
            self._order(
                draft=draft_to_json(draft),
                kill_at=kill_at,
                dies_before=dies_before,
                after_call=after_call,
                cancel_at=cancel_at,
                side_by_side=side_by_side,
                free_bytes=free_bytes,
                fills_before_queue=fills_before_queue,
            )
        )

    def resume(
        self,
        faults: Mapping[int, Outcome] | None = None,
        *,
        kill_at: int = 0,
        dies_before: bool = False,
        held: str = "",
    ) -> bool:
        """Start the application again."""
        self.rig.proxy.arm(faults)
        return self.rig.obey(self._order(kill_at=kill_at, dies_before=dies_before, held=held))

    def judge(self, draft: ContractDraft, *, may_be_held: bool = False) -> Verdict:
        """Assert that nothing is lost, nothing twice, and no one fooled."""
        assert self.rig.proxy.strays == []
        expected = replace(expected_of(draft), shown_by_start=self.rig.shown_by_start)
        return DeskBooks(self.root).judge(self.rig.log, expected, may_be_held=may_be_held)

    def close(self) -> None:
        shutil.rmtree(self.root, ignore_errors=True)

    def _order(self, **values: object) -> Order:
        return Order(
            base_url=self.rig.base_url,
            project_id=PROJECT_ID,
            root=str(self.root),
            shown_by_start=self.rig.shown_by_start,
            **values,  # type: ignore[arg-type]
        )


def expected_of(draft: ContractDraft) -> Expected:
    names = [
        signer.organization.name if isinstance(signer, OrganizationSigner) else signer.person.name
        for signer in draft.signers
        if not isinstance(signer, ApplicationSigner | OpenSigner)
    ]
    numbers = [
        signer.agent.id_number if isinstance(signer, OrganizationSigner) else signer.person.id_number
        for signer in draft.signers
        if not isinstance(signer, ApplicationSigner | OpenSigner)
    ]
    hashes = [document.sha256 for document in draft.documents]
    return Expected(draft.id, draft.title, names, hashes, [number for number in numbers if number])


def make_random_contract(
    folder: Path, random: Random, *, documents: int = 1, with_company: bool = True
) -> ContractDraft:
    """A contract of persons that nobody else has."""
    digits = f"{random.randrange(10**10):010}"
    signers: tuple[Signer, ...] = (person_signer(f"张{digits}", number=f"11010119900{digits[:7]}"),)
    if with_company:
        agent = Person(f"王{digits}", f"11010219900{digits[3:]}", mobile="13600000000")
        company = organization_signer(f"示例{digits}公司", agent, step=2)
        code = f"9111{digits:0>13}"
        organization = replace(company.organization, code=code + calc_check_digit(code))
        signers = (*signers, replace(company, organization=organization))
    return make_contract(folder, documents=documents, signers=signers)
