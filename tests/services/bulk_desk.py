"""An installation that sends sheets: real stores, real presets, and as many lanes as the application has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from esign_desktop.app.composition import BULK_SENDERS
from esign_desktop.override import override
from esign_desktop.services.bulk.plan import BulkPeople, BulkPlanner
from esign_desktop.services.bulk.row_keys import RowKeys
from esign_desktop.services.bulk.service import BulkService
from esign_desktop.services.erasure.service import ErasureService, ErasureStores
from esign_desktop.services.flows.quota import QuotaService
from esign_desktop.services.preferences import Preferences
from esign_desktop.services.sending.preparation import in_turn_among_others
from esign_desktop.store.erasure import PersonErasure
from esign_desktop.store.tables.audit import Audit
from esign_desktop.store.tables.bulk import Bulk
from esign_desktop.store.tables.settings import Settings
from tests.services.counter_desk import CounterDesk
from tests.services.desk import clock_ms

if TYPE_CHECKING:
    from esign_desktop.domain.bulk.sheet import Sheet
    from esign_desktop.domain.preset.preset import Preset
    from esign_desktop.services.bulk.values import BulkPlan, BulkReport
    from esign_desktop.services.sending.approvals import Approvals
    from esign_desktop.services.sending.values import SubmissionStores


@dataclass
class BulkDesk(CounterDesk):
    """``bulk`` sends; ``stores`` may be replaced before that by such as die."""

    @override
    def __post_init__(self) -> None:
        super().__post_init__()
        self.bulk_store = Bulk(self.database)
        self.audit = Audit(self.database, who="clerk", clock_ms=clock_ms)
        self.quota = QuotaService(self.stores.flows, Settings(self.database), clock_ms=clock_ms)
        self.bulk = self.make_bulk(self.stores)

    def make_bulk(
        self, stores: SubmissionStores, *, senders: int = BULK_SENDERS, approvals: Approvals | None = None
    ) -> BulkService:
        settings = Settings(self.database)
        in_turn = in_turn_among_others()
        self.planner = BulkPlanner(
            self.bulk_store,
            RowKeys(settings),
            BulkPeople(self.presets, stores.book, stores.accounts, self.third_ids),
            quota=self.quota,
            preferences=Preferences(settings),
            clock_ms=clock_ms,
        )
        return BulkService(
            self.presets,
            store=self.bulk_store,
            flows=stores.flows,
            audit=self.audit,
            planner=self.planner,
            senders=[self.make_submission(stores, turns=self.turns, prepare=in_turn) for _ in range(senders)],
            environment=lambda: self.environment,
            clock_ms=clock_ms,
            approvals=approvals,
        )

    @property
    def people(self) -> ErasureService:
        """Who forgets persons."""
        stores = ErasureStores(
            PersonErasure(self.database),
            self.stores.accounts,
            self.stores.journal,
            self.stores.ledger,
            self.stores.snapshots,
            copies_dir=self.paths.copies_dir,
            forms_dirs=(self.paths.templates_dir,),
            log_dir=self.paths.log_dir,
            sandbox_dir=self.paths.sandbox_dir,
        )
        return ErasureService(stores, self.presets, self.turns)

    def plan(self, preset: Preset, sheet: Sheet) -> BulkPlan:
        """Plan with the columns as they are matched."""
        return self.bulk.plan(preset, sheet, self.bulk.columns_for(preset, sheet))

    def send(self, preset: Preset, sheet: Sheet) -> BulkReport:
        """Plan and run."""
        return self.bulk.run(self.plan(preset, sheet))
