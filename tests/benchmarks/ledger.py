"""To look an id up in the ledger of 50,000 sends; the peer reads the file and looks through its bytes.

A send does so about six times: was this contract started before, is this answer about another one?
"""

from __future__ import annotations

import json
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from esign_desktop.store.files.ledger import Ledger
from tests.benchmarks.row import Row, best, median

if TYPE_CHECKING:
    from collections.abc import Callable

SENDS: Final = 50_000
_TRIES: Final = 7
_FINDS: Final = 200
_LINKS: Final = json.dumps([{"name": "", "account_id": "a" * 32, "urls": ["https://smlt.esign.cn/" + "u" * 40]}] * 2)


def fill(path: Path) -> None:
    """Write the lines of so many sends, as long as real ones."""
    with path.open("w", encoding="ascii") as file:
        for number in range(SENDS):
            send = {"submission_id": f"{number:032x}", "environment": "production", "project_id": "1111563841"}
            flow_id = f"f{number:031x}"
            told = (
                ("account", {"account_id": f"a{number:031x}"}),
                ("document", {"doc_id": f"d{number:031x}"}),
                ("start", {"draft_id": f"e{number:031x}"}),
                ("flow", {"flow_id": flow_id, "sent_at_ms": number, "signers": _LINKS}),
            )
            file.writelines(json.dumps({"at_ms": number, "kind": k, "values": {**send, **v}}) + "\n" for k, v in told)


def _milliseconds(work: Callable[[], object], times: int = 1) -> float:
    began_s = time.perf_counter()
    for _ in range(times):
        work()
    return (time.perf_counter() - began_s) * 1000 / times


def _read_and_look(path: Path, text: str) -> int:
    return path.read_bytes().count(json.dumps(text).encode())


def measure() -> list[dict[str, str | float]]:
    """Return the rows of the benchmark's table."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.jsonl"
        fill(path)
        middle, missing = f"f{SENDS // 2:031x}", "0" * 32
        assert (_read_and_look(path, middle), _read_and_look(path, missing)) == (1, 4)
        making_ms = _milliseconds(lambda: Ledger(path).find(middle))
        first_ms = best([_milliseconds(lambda: Ledger(path).find(middle)) for _ in range(_TRIES)])
        ledger = Ledger(path)
        assert (len(ledger.find(middle)), len(ledger.find(missing))) == (1, 4)
        peer_ms = best([_milliseconds(lambda: _read_and_look(path, middle)) for _ in range(_TRIES)])
        finds = [_milliseconds(lambda: ledger.find(middle), _FINDS) for _ in range(_TRIES)]
        ledger.append("flow", {"flow_id": "after"})
        after_ms = median([_milliseconds(lambda: ledger.find("after")) for _ in range(_FINDS)])
        peer = "reading the file"
        rows = (
            Row("an id in the ledger of 50,000 sends, μs", median(finds) * 1000, peer, peer_ms * 1000, 1 / peer_ms),
            Row("the id that was noted last, μs", after_ms * 1000, peer, peer_ms * 1000, 1 / peer_ms),
            Row("the first after a start, ms", first_ms, peer, peer_ms, 1.0),
            Row("the first without an index, ms", making_ms, peer, peer_ms),
        )
        return [row.as_dict() for row in rows]


if __name__ == "__main__":
    for _row in measure():
        print(_row)
