"""Builds the services, each from what it is given."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from esign_desktop.api.client import PlatformClient, Secret
from esign_desktop.services.accounts import AccountService
from esign_desktop.services.audit_log import note_sent, user_name
from esign_desktop.services.catalogue import Services
from esign_desktop.services.corrections import CorrectionService
from esign_desktop.services.documents import DocumentService
from esign_desktop.services.drafts import DraftService
from esign_desktop.services.environments import EnvironmentService
from esign_desktop.services.flows import FlowService
from esign_desktop.services.preferences import Preferences
from esign_desktop.services.snapshots import Snapshots
from esign_desktop.services.submission import SubmissionPlatforms, SubmissionService, SubmissionStores
from esign_desktop.store.accounts import Accounts
from esign_desktop.store.audit import Audit
from esign_desktop.store.drafts import Drafts
from esign_desktop.store.flows import Flows
from esign_desktop.store.journal import Journal
from esign_desktop.store.ledger import Ledger
from esign_desktop.store.secrets import SecretStore
from esign_desktop.store.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from esign_desktop.domain.environment import Environment, EnvironmentKind
    from esign_desktop.pdf.engine import PdfEngine
    from esign_desktop.store.database import Database
    from esign_desktop.store.paths import AppPaths


def build_services(
    paths: AppPaths,
    database: Database,
    engine: PdfEngine,
    *,
    clock_ms: Callable[[], int],
    connect: Callable[[Environment, Secret], PlatformClient] = PlatformClient,
) -> Services:
    """Return the services of an installation whose database is open; ``connect`` makes the ways to the platforms."""
    settings = Settings(database)
    audit = Audit(database, who=user_name(), clock_ms=clock_ms)
    drafts, accounts, journal = Drafts(database), Accounts(database), Journal(database)
    flows = Flows(database, on_added=partial(note_sent, audit))
    environments = EnvironmentService(settings, SecretStore(), connect=connect)

    def learn_links_told(kind: EnvironmentKind, is_told: bool) -> None:  # noqa: FBT001  the platform's own call
        environments.learn_links_told(kind, is_told=is_told)

    submission = SubmissionService(
        SubmissionStores(journal, Ledger(paths.ledger_path), flows, accounts, drafts, Snapshots(paths.snapshots_dir)),
        SubmissionPlatforms(environments.get, environments.client_for, learn_links_told),
        clock_ms=clock_ms,
    )
    return Services(
        documents=DocumentService(engine),
        drafts=DraftService(drafts, clock_ms=clock_ms),
        accounts=AccountService(accounts, client_for=environments.client_for, clock_ms=clock_ms),
        submission=submission,
        flows=FlowService(
            flows,
            environment_of=environments.get,
            client_for=environments.client_for,
            clock_ms=clock_ms,
            audit=audit,
        ),
        environments=environments,
        preferences=Preferences(settings),
        corrections=CorrectionService(flows, journal, audit=audit),
    )
