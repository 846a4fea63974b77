"""A bank's own program: it knows the customers, and ours by its command line and its file of results alone."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jsonschema

from esign_desktop.ui.resources import resource_path
from tests.e2e.accessible import WAIT_S
from tests.services.counter_desk import made_up_number

_ANSWER = json.loads(resource_path("handover.schema.json").read_bytes())
POLL_S = 0.1
_SURNAMES, _NAMES = "赵钱孙李周吴郑王冯陈", "一二三四五六七八九十"


@dataclass(frozen=True)
class Customer:
    """Made up from a number, another one for each of a thousand."""

    count: int

    @property
    def name(self) -> str:
        return _SURNAMES[self.count % 10] + _NAMES[self.count // 10 % 10] + _NAMES[self.count // 100 % 10]

    @property
    def id_number(self) -> str:
        return made_up_number(self.count)

    @property
    def mobile(self) -> str:
        return f"138{self.count:08}"

    @property
    def reference(self) -> str:
        """What the bank calls the customer's contract."""
        return f"loan-{self.count}"


@dataclass
class BankProgram:
    """``folder`` is the application's."""

    folder: Path
    halves: set[str] = field(default_factory=set)
    """Lines of results that were cut off, as a kill in the middle of one leaves them."""

    @property
    def result_file(self) -> Path:
        return self.folder / "results.jsonl"

    def hand_over(self, customer: Customer, *, preset: int | None = 2) -> str:
        """Hand one over to the program that runs; return the answer: shown, queued or refused."""
        told = {
            "version": 1,
            "name": customer.name,
            "number": customer.id_number,
            "mobile": customer.mobile,
            "reference": customer.reference,
        }
        done = subprocess.run(
            [sys.executable, "-m", "esign_desktop", "--data-dir", str(self.folder / "data"), "--customer-file", "-"],
            input=json.dumps(told if preset is None else {**told, "preset": preset}),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.stderr == ""
        (line,) = done.stdout.splitlines()
        answer = json.loads(line)
        jsonschema.validate(answer, _ANSWER)
        assert answer["reference"] == customer.reference
        assert done.returncode == {"shown": 0, "queued": 6, "refused": 3}[answer["handover"]]
        return str(answer["handover"])

    def results(self) -> dict[str, dict[str, Any]]:
        """Return every change by its id; the same id twice says the same."""
        told: dict[str, dict[str, Any]] = {}
        text = self.result_file.read_text("ascii") if self.result_file.exists() else ""
        # What comes after the last line's end is still being written.
        for line in text.split("\n")[:-1]:
            try:
                change = json.loads(line)
            except ValueError:
                self.halves.add(line)
                continue
            assert told.setdefault(change["id"], change) == change
        return told

    def states_of(self, customer: Customer) -> list[str]:
        """Return what a customer's contract was told to be, one after the other."""
        return [one["state"] for one in self.results().values() if one["reference"] == customer.reference]

    def wait_for(self, customer: Customer, state: str) -> None:
        """Wait until a line says so."""
        end = time.monotonic() + WAIT_S
        while state not in (told := self.states_of(customer)):
            assert time.monotonic() < end, f"{customer.reference} is not told to be {state}, but {told}"
            time.sleep(POLL_S)
