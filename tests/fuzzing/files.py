"""Files that others wrote: the policy, a customer, a preset, the ledger, and copies in a second folder."""

from __future__ import annotations

import io
import json
import shutil
import sqlite3
import zipfile
from contextlib import closing, suppress
from typing import TYPE_CHECKING, Any, Final

from esign_desktop.domain.account import Organization, Person, PersonIdType
from esign_desktop.domain.environment import Environment, EnvironmentKind
from esign_desktop.domain.errors import InputError, StoreError
from esign_desktop.domain.people.contact import ContactEntry
from esign_desktop.services.audit import unlike_ledger
from esign_desktop.services.backup.rebuilding import rebuild_flows
from esign_desktop.services.people.contacts import ContactService
from esign_desktop.services.people.third_ids import ThirdIds
from esign_desktop.services.presets.exchange import read_preset_file
from esign_desktop.store.backup import daily, second_folder
from esign_desktop.store.backup.sealed import MOST_RECORD_BYTES, Sealer, read_header, records
from esign_desktop.store.codec import preset_to_json
from esign_desktop.store.files.customer_file import read_customer, with_preset
from esign_desktop.store.files.ledger import Ledger
from esign_desktop.store.files.policy_file import read_policy
from esign_desktop.store.files.preset_files import PresetFiles
from esign_desktop.store.party_details import SealedPartyDetails, key_as_text
from esign_desktop.store.tables.accounts import Accounts
from esign_desktop.store.tables.audit import Audit
from esign_desktop.store.tables.contacts import Contacts
from esign_desktop.store.tables.flows import Flows
from esign_desktop.store.tables.presets import Presets
from esign_desktop.store.tables.settings import Settings
from esign_desktop.ui.resources import resource_path
from tests.services.desk import Desk, make_contract
from tests.services.presets.test_exchange import PDF, SHA256, preset
from tests.services.second_computer import CHEAP_KEY, COMPUTER, copy_now, restore_into

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.fuzzing.mutator import Mutator

KEY: Final = b"made up for the tests of copies."
HERE: Final = Environment(EnvironmentKind.SANDBOX, "http://127.0.0.1:1", "p")
SIGNERS: Final = '[{"account_id":"a","name":"","number":1,"step":1,"urls":["https://example.com/s/1"]}]'
POLICY: Final = {
    "version": 1,
    "environment": "production",
    "address": "https://sign.example.com",
    "project": "p1",
    "proxy": "http://proxy.example.com:8080",
    "language": "en",
    "folders": {"downloads": "/srv/signed", "presets": "/srv/presets"},
    "keys": {"F2": "loan"},
    "price": {"yuan": 4.5, "contracts": 100},
    "rooms": ["prepare", "counter"],
    "keep_hours": 24,
    "audit_to": "syslog",
}
CUSTOMER: Final = {
    "version": 1,
    "name": "赵样",
    "number": "P1234567",
    "document": "passport",
    "mobile": "10000000001",
    "preset": 3,
    "reference": "case-1",
    "answers": {"贷款金额": "5,000", "期限": "12"},
}


class Policy:
    errors: tuple[type[Exception], ...] = (InputError, StoreError)

    def __init__(self, folder: Path) -> None:
        self._path, self._schema = folder / "policy.json", resource_path("policy.schema.json")

    def input(self, mutator: Mutator) -> bytes:
        return mutator.changed_json(POLICY)

    def read(self, data: bytes) -> None:
        self._path.write_bytes(data)
        read_policy(self._path, self._schema)

    def close(self) -> None:
        return


class Customer:
    errors: tuple[type[Exception], ...] = (InputError,)

    def __init__(self, _folder: Path) -> None:
        self._schema = resource_path("customer.schema.json")

    def input(self, mutator: Mutator) -> bytes:
        return mutator.changed_json(CUSTOMER)

    def read(self, data: bytes) -> None:
        read_customer(data, self._schema)
        read_customer(with_preset(data, 4), self._schema)

    def close(self) -> None:
        return


class PresetFile:
    errors: tuple[type[Exception], ...] = (InputError,)

    def __init__(self, folder: Path) -> None:
        self._folder, self._source = folder, folder / "x.esignpreset"
        self._manifest = {"kind": "esign-desktop preset", "preset": json.loads(preset_to_json(preset()))}
        self._whole = _archive(json.dumps(self._manifest).encode(), zipfile.ZIP_DEFLATED)

    def input(self, mutator: Mutator) -> bytes:
        if mutator.random.random() < 0.3:
            return mutator.changed_bytes(self._whole)
        return _archive(mutator.changed_json(self._manifest), zipfile.ZIP_DEFLATED)

    def read(self, data: bytes) -> None:
        self._source.write_bytes(data)
        kept = self._folder / "kept"
        try:
            preset_to_json(read_preset_file(self._source, PresetFiles(kept)).fresh)
        finally:
            shutil.rmtree(kept, ignore_errors=True)

    def close(self) -> None:
        return


def _archive(manifest: bytes, method: int) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        archive.writestr("manifest.json", manifest)
        archive.writestr(f"{SHA256}.pdf", PDF)
    return target.getvalue()


def ledger_lines() -> list[dict[str, Any]]:
    place = {"submission_id": "s1", "environment": "sandbox", "project_id": "p"}
    return [
        {"at_ms": 1, "kind": "start", "values": {**place, "draft_id": "d1", "content": "c" * 64}},
        {"at_ms": 2, "kind": "flow", "values": {**place, "flow_id": "flow-1", "sent_at_ms": 2, "signers": SIGNERS}},
        {"at_ms": 3, "kind": "audit", "values": {"line": 1, "chain": "0" * 64}},
        {"at_ms": 4, "kind": "end", "values": place},
    ]


def changed_ledger(mutator: Mutator) -> bytes:
    """Return a few lines, most of them changed."""
    lines = ledger_lines()
    changed = [
        mutator.changed_json(line) if mutator.random.random() < 0.6 else json.dumps(line).encode() for line in lines
    ]
    return b"\n".join(changed) + b"\n"


class LedgerFile:
    errors: tuple[type[Exception], ...] = (StoreError,)

    def __init__(self, folder: Path) -> None:
        self._desk = Desk(folder / "desk", HERE)
        self._path = folder / "ledger.jsonl"
        self._taken = Ledger(folder / "taken.jsonl")

    def input(self, mutator: Mutator) -> bytes:
        data = changed_ledger(mutator)
        return mutator.changed_bytes(data) if mutator.random.random() < 0.2 else data

    def read(self, data: bytes) -> None:
        self._write(data)
        # The bounds apply to each way of reading it.
        match len(data) % 5:
            case 0:
                self._ledger.find("flow-1")
            case 1:
                self._ledger.rewrite(lambda line: line.replace("flow-1", "flow-2"))
            case 2:
                unlike_ledger(Audit(self._desk.database, who=""), self._ledger)
            case 3:
                self._taken.take_over(data.split(b"\n"))
            case _:
                self._rebuild()

    def _write(self, data: bytes) -> None:
        """Replace the ledger as by another program's start, since a running one expects that it only grows."""
        self._path.write_bytes(data)
        self._ledger = Ledger(self._path, stretch_bytes=512)

    def _rebuild(self) -> None:
        flows = Flows(self._desk.database)
        try:
            rebuild_flows(self._ledger, flows)
            flows.list()
        finally:
            self._desk.database.run(lambda connection: connection.execute("DELETE FROM flows"))

    def close(self) -> None:
        self._write(b"".join(json.dumps(line).encode() + b"\n" for line in ledger_lines()))
        assert [flow.kind for flow in self._ledger.find("flow-1")] == ["flow"]
        self._desk.close()


class Copies:
    errors: tuple[type[Exception], ...] = (StoreError,)

    def __init__(self, folder: Path) -> None:
        self._folder, self._count = folder, 0
        old = Desk(folder / "old", HERE, party_details_key=KEY)
        for line in ledger_lines():
            old.stores.ledger.append(line["kind"], line["values"])
        old.stores.drafts.save(make_contract(folder / "files"), saved_at_ms=1)
        sealed = SealedPartyDetails(lambda: KEY)
        contacts = ContactService(
            *(Contacts(old.database), Accounts(old.database), ThirdIds(Settings(old.database)), sealed),
            environment=lambda: HERE,
        )
        person = contacts.save(ContactEntry(Person("赵样", "P1234567", PersonIdType.PASSPORT, mobile="10000000001")))
        contacts.save(ContactEntry(Organization("样本公司", legal_name="赵样"), agents=(person.id,)))
        Presets(old.database).save(preset(), saved_at_ms=1)
        copy_now(old, folder / "whole", party_details_key=KEY)
        old.close()
        self._database = old.paths.database_path
        self._values = _values_of(self._database)
        self._whole = {path.name: path.read_bytes() for path in self._copies("whole").iterdir()}
        (self._daily,) = (name for name in self._whole if name.startswith("daily"))
        self._new = Desk(folder / "new", HERE)

    def _copies(self, share: str) -> Path:
        return self._folder / share / second_folder.FOLDER / COMPUTER

    def input(self, mutator: Mutator) -> bytes:
        """Return one changed file of the copies after a line with its name."""
        name = mutator.one_of(("computer.json", second_folder.LEDGER, self._daily, self._daily))
        content = self._whole[name]
        if name == "computer.json":
            changed = mutator.changed_json(json.loads(content))
        elif mutator.random.random() < 0.3:
            changed = mutator.changed_bytes(content)
        elif name == second_folder.LEDGER:
            changed = _sealed_again(
                content,
                lambda record: (
                    mutator.changed_bytes(record) if mutator.random.random() < 0.5 else changed_ledger(mutator)
                ),
            )
        elif mutator.random.random() < 0.5:
            changed = _sealed_again(content, lambda record: _changed_record(record, mutator))
        else:
            changed = self._with_changed_row(mutator)
        return name.encode() + b"\n" + changed

    def _with_changed_row(self, mutator: Mutator) -> bytes:
        """Return a daily copy in whose database one value was changed."""
        database, folder = self._folder / "changed.db", self._folder / "made" / COMPUTER
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        shutil.copyfile(self._database, database)
        table, column, value = mutator.one_of(self._values)
        with closing(sqlite3.connect(database)) as connection, suppress(sqlite3.Error):
            statement = f"UPDATE {table} SET {column} = ? WHERE {column} IS ?"  # noqa: S608  the schema's own names
            connection.execute(statement, (_changed_value(value, mutator), value))
            connection.commit()
        daily.write_daily(
            *(folder, CHEAP_KEY),
            database=database,
            ledger=self._folder / "old" / "ledger.jsonl",
            entries=(),
            made_at_ms=1,
            party_details_key=key_as_text(KEY),
        )
        database.unlink()
        (path,) = folder.glob("daily-*")
        return path.read_bytes()

    def read(self, data: bytes) -> None:
        name, _, content = data.partition(b"\n")
        share = self._copies("changed")
        shutil.rmtree(share, ignore_errors=True)
        share.mkdir(parents=True)
        for known, whole in self._whole.items():
            (share / known).write_bytes(content if known == name.decode() else whole)
        second_folder.computers(self._folder / "changed")
        with suppress(StoreError):
            second_folder.copy_ledger(
                share, CHEAP_KEY, self._folder / "old" / "ledger.jsonl", second_folder.LedgerProgress()
            )
        (share / name.decode()).write_bytes(content)
        self._count += 1
        if self._count % 20 == 0:
            self._new.close()
            shutil.rmtree(self._folder / "new")
            self._new = Desk(self._folder / "new", HERE)
        restore_into(self._new, self._folder / "changed")

    def close(self) -> None:
        self._new.close()


def _sealed_again(content: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """Change the records of a copy, as somebody can who knows the passphrase."""
    file = io.BytesIO(content)
    header = read_header(file, COMPUTER)
    sealer = Sealer(header, CHEAP_KEY)
    found = [*records(file, header, CHEAP_KEY)]
    sealed = (
        sealer.sealed(change(record.content or b"")[:MOST_RECORD_BYTES], is_last=record.is_last) for record in found
    )
    return header.content + b"".join(sealed)


def _changed_record(record: bytes, mutator: Mutator) -> bytes:
    if mutator.random.random() < 0.5:
        return record
    is_json = record[:1] == b"J" and mutator.random.random() < 0.8
    return b"J" + mutator.changed_json(json.loads(record[1:])) if is_json else mutator.changed_bytes(record)


def _values_of(database: Path) -> list[tuple[str, str, Any]]:
    """Return every value in a database with its table and column."""
    with closing(sqlite3.connect(database)) as connection:
        connection.row_factory = sqlite3.Row
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
        rows = [(name, row) for (name,) in tables for row in connection.execute(f"SELECT * FROM {name}")]  # noqa: S608
    return sorted(((name, column, row[column]) for name, row in rows for column in row.keys()), key=repr)  # noqa: SIM118


def _changed_value(value: Any, mutator: Mutator) -> Any:
    if isinstance(value, bytes):
        return mutator.changed_bytes(value)
    if not isinstance(value, str):
        return mutator.one_of((None, 0, -1, 1 << 62, 2**53))
    with suppress(ValueError):
        return mutator.changed_json(json.loads(value)).decode("utf-8", "replace")
    return mutator.changed_bytes(value.encode()).decode("utf-8", "replace")
