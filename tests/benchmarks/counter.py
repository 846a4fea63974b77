"""How long a customer waits at the counter, against the calls that can't be made any sooner.

Every call to the platform is delayed by 50 ms. The peer is the sum of the calls on the longest path, each made by
itself in the same run: announcing the file, uploading it, making a contract of it, start, execute.
"""

from __future__ import annotations

import base64
import hashlib
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from esign_desktop.api import payload, strict_json, wire
from esign_desktop.api.client import PlatformClient, Secret
from esign_desktop.domain.account import Person
from esign_desktop.domain.preset.filling import fill
from esign_desktop.services.counter.states import CounterState
from esign_desktop.services.counter.values import CounterNews
from tests.services.counter_desk import CounterDesk, made_up_number
from tests.services.desk import clock_ms
from tests.services.sandbox_platform import SECRET, SandboxPlatform

if TYPE_CHECKING:
    from collections.abc import Callable

    from esign_desktop.domain.preset.preset import Preset

DELAY_S = 0.05
RUNS = 9
LIMIT = 1.25


def measure() -> tuple[dict[str, str | float], ...]:
    """Measure, and return rows for ``build/bench.json``."""
    with tempfile.TemporaryDirectory() as folder, SandboxPlatform(Path(folder) / "platform") as platform:
        platform.set_faults({"path": "/", "fault": "slow", "seconds": DELAY_S, "times": None})
        desk = CounterDesk(Path(folder) / "desk", platform.environment)
        try:
            preset = desk.make_preset(Path(folder) / "preset")
            desk.counter.choose(preset.id)
            _one_customer(desk, 0)
            peer = statistics.median(longest_path_s(desk, preset, platform) for _ in range(RUNS))
            fresh = statistics.median(_one_customer(desk, count) for count in range(1, RUNS + 1))
            known = statistics.median(_one_customer(desk, count) for count in range(1, RUNS + 1))
        finally:
            desk.close()
    return (
        _row("counter, known customer: send to execute answered", known, peer),
        _row("counter, new customer: send to execute answered", fresh, peer),
    )


def _row(name: str, ours_s: float, peer_s: float) -> dict[str, str | float]:
    return {
        "name": name,
        "ours": round(ours_s * 1000, 1),
        "unit": "ms",
        "peer_name": "the calls on the longest path, each by itself",
        "peer": round(peer_s * 1000, 1),
        "ratio": round(ours_s / peer_s, 3),
        "limit": LIMIT,
    }


def _one_customer(desk: CounterDesk, count: int) -> float:
    """Serve one customer, and return the seconds from send to execute's answer."""
    desk.counter.enter(f"样例 {made_up_number(count)} 13800000000")
    live_at_s: list[float] = []

    def hear(news: CounterNews, _view: object) -> None:
        if news is CounterNews.LIVE:
            live_at_s.append(time.perf_counter())

    desk.counter.listen(hear)
    began_s = time.perf_counter()
    view = desk.counter.send()
    if view.state is not CounterState.SHOWING:
        raise RuntimeError(f"{view.state}: {view.error}")
    # Otherwise a customer who comes once more would be shown this code.
    desk.counter.revoke_and_clear()
    return live_at_s[0] - began_s


def longest_path_s(desk: CounterDesk, preset: Preset, platform: SandboxPlatform) -> float:
    """Return the seconds that the calls of one contract take, one after another and nothing in between."""
    client = PlatformClient(platform.environment, Secret(SECRET))
    documents = desk.presets.documents_of(preset)
    source = Path(documents[0].path)
    content = source.read_bytes()
    md5 = base64.b64encode(hashlib.md5(content, usedforsecurity=False).digest()).decode()
    third_id = f"peer {time.perf_counter_ns()}"
    account_id = client.create_person(Person("样例", made_up_number(900), third_id=third_id))
    draft = fill(preset, documents, {role.id: Person("样例", account_id=account_id) for role in preset.customers})
    spent_s = 0.0

    def timed(call: Callable[[], Any]) -> Any:
        nonlocal spent_s
        began_s = time.perf_counter()
        result = call()
        spent_s += time.perf_counter() - began_s
        return result

    slot = timed(lambda: client.create_upload_url("a.pdf", len(content), md5))
    timed(lambda: client.upload(slot.upload_url, source, md5))
    doc_id = timed(lambda: client.post(wire.CREATE_DOCUMENT_PATH, wire.build_file_key(slot.file_key)))
    body = strict_json.write(
        payload.start_body(
            draft,
            doc_ids={documents[0].id: doc_id},
            account_ids={draft.signers[0].id: payload.SignerAccounts(account_id)},
            auto_initiate=0,
            behaviour=platform.environment.behaviour,
            sent_at_ms=clock_ms(),
        )
    )
    started = timed(lambda: client.start(body))
    timed(lambda: client.execute(started.flow_id))
    client.close()
    return spent_s


if __name__ == "__main__":
    json.dump(measure(), sys.stdout, ensure_ascii=False, indent=1)
    sys.stdout.write("\n")
