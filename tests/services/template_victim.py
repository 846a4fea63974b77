"""Makes a template and dies by SIGKILL at a chosen point, in a process of its own: ``python -m … ORDER`` (JSON)."""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from esign_desktop.domain.environment import Environment, EnvironmentKind
from esign_desktop.pdf.isolated.forms import list_form_fields
from esign_desktop.services.templates.making import TemplateMaker
from esign_desktop.store.files.ledger import Ledger
from esign_desktop.store.files.preset_files import PresetFiles
from esign_desktop.store.tables.templates import Templates
from tests.services.counter_desk import CounterDesk
from tests.services.desk import clock_ms

if TYPE_CHECKING:
    from collections.abc import Callable

POINTS = ("before begin", "after begin", "before append", "after append", "after keep")
_OWNERS = {"begin": Templates, "append": Ledger, "keep": Templates}


def die(*_ignored: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def deadly(work: Callable[..., Any], *, dies_before: bool) -> Callable[..., Any]:
    def call(*values: Any, **named: Any) -> Any:
        if dies_before:
            die()
        work(*values, **named)
        die()

    return call


def main() -> None:
    order = json.loads(sys.argv[1])
    environment = Environment(EnvironmentKind(order["kind"]), order["base_url"], order["project_id"])
    desk = CounterDesk(Path(order["root"]), environment)
    moment, _, name = order["point"].partition(" ")
    owner: Any = _OWNERS[name]
    setattr(owner, name, deadly(getattr(owner, name), dies_before=moment == "before"))
    service = TemplateMaker(
        *(Templates(desk.database), desk.stores.ledger, desk.documents, desk.stores.snapshots),
        PresetFiles(desk.paths.templates_dir),
        environment=lambda: environment,
        client_for=desk.client_for,
        clock_ms=clock_ms,
        list_fields=list_form_fields,
    )
    document = desk.documents.open(Path(order["path"]))
    service.make(document, service.look(document))


if __name__ == "__main__":
    main()
