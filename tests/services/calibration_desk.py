"""An installation that calibrates a rehearsal platform: the program's own services, real stores, a real engine."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

from esign_desktop.api.client import PlatformClient
from esign_desktop.app.composition import build_services
from esign_desktop.domain.errors import PdfError
from esign_desktop.domain.flow import FlowStatus
from esign_desktop.override import override
from esign_desktop.services.calibration.service import CalibrationService
from esign_desktop.services.catalogue import Services
from esign_desktop.services.sending import submission
from esign_desktop.store.database.connection import Database
from esign_desktop.store.files.paths import AppPaths
from tests.pdf.local_engine import LocalEngine
from tests.services.desk import NO_PAUSES, clock_ms
from tests.services.sandbox_platform import SECRET

if TYPE_CHECKING:
    from collections.abc import Iterator

    from esign_desktop.api.client import Secret
    from esign_desktop.domain.document import Pixels
    from esign_desktop.domain.environment import Environment
    from esign_desktop.domain.errors import CancelToken
    from esign_desktop.domain.flow import FlowDetail
    from esign_desktop.pdf.engine import PdfEngine, RenderRequest
    from tests.services.sandbox_platform import SandboxPlatform

TITLE = "校准"


@dataclass
class Strange:
    """What the platform does otherwise than it should.

    It seals for ever, ends so many flows without sealing them, or what comes down is another file.
    """

    never_completes: bool = False
    failures: int = 0
    spoil: Callable[[Path], None] | None = None


@dataclass(frozen=True)
class CalibrationDesk:
    """``strange`` may be changed at any time."""

    services: Services
    service: CalibrationService
    strange: Strange = field(default_factory=Strange)


@contextmanager
def calibration_desk(
    root: Path, environment: Environment, *, engine: PdfEngine | None = None, strange: Strange | None = None
) -> Iterator[CalibrationDesk]:
    """Yield the services of an installation that knows a platform, and end them afterwards."""
    paths = AppPaths.at(root)
    paths.prepare()
    database = Database(paths.database_path)
    database.open()
    engine, strange = engine or LocalEngine(), strange or Strange()

    def connect(environment: Environment, secret: Secret) -> PlatformClient:
        return _StrangeClient(environment, secret, strange)

    with patch.object(submission, "RetryPolicy", lambda: NO_PAUSES):
        services = build_services(paths, database, engine, clock_ms=clock_ms, connect=connect)
    services.environments.use_for_session(environment, SECRET)
    try:
        yield CalibrationDesk(services, services.calibration, strange)
    finally:
        services.environments.close()
        engine.stop()
        database.close()


class _StrangeClient(PlatformClient):
    def __init__(self, environment: Environment, secret: Secret, strange: Strange) -> None:
        super().__init__(environment, secret)
        self._strange = strange

    @override
    def detail(self, flow_id: str) -> FlowDetail:
        detail = super().detail(flow_id)
        if self._strange.failures and detail.status is FlowStatus.COMPLETED:
            self._strange.failures -= 1
            return replace(detail, status=FlowStatus.TERMINATED, code=int(FlowStatus.TERMINATED))
        if self._strange.never_completes and detail.status is FlowStatus.COMPLETED:
            return replace(detail, status=FlowStatus.SIGNING, code=int(FlowStatus.SIGNING))
        return detail

    @override
    def download(
        self,
        url: str,
        target: Path,
        *,
        on_progress: Callable[[int, int], None] | None = None,
        cancel: CancelToken | None = None,
    ) -> str:
        digest = super().download(url, target, on_progress=on_progress, cancel=cancel)
        if self._strange.spoil is not None:
            self._strange.spoil(target)
        return digest


class DyingEngine(LocalEngine):
    """Dies at every drawing as long as it ``is_ill``."""

    is_ill = True

    @override
    def render(self, request: RenderRequest) -> Pixels:
        if self.is_ill:
            raise PdfError("pdf.worker_died", "SIGKILL", retryable=True)
        return super().render(request)


def starts(platform: SandboxPlatform) -> int:
    """Return how many flows the platform was asked for."""
    return platform.requests("/sign/start")
