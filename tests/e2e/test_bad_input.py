"""Everything bad that can be met on the way: caused for real, and put into a sentence in both languages.

Each row is a cause of its own. What the windows do about it is tested where the window is; here stands that nothing of
the list is left without its code, and no code without its words.
"""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from esign_desktop.api.client import PlatformClient, Secret
from esign_desktop.api.exchange import Limits as ApiLimits
from esign_desktop.domain.environment import Environment, EnvironmentKind
from esign_desktop.domain.errors import AppError
from esign_desktop.pdf.client.engine import ProcessEngine
from esign_desktop.pdf.engine import RenderRequest
from esign_desktop.pdf.limits import Limits
from esign_desktop.store.files.ledger import Ledger
from esign_desktop.store.files.lock import InstanceLock
from esign_desktop.store.secrets import SecretStore
from esign_desktop.ui.text.errors.sentences import error_sentence
from esign_desktop.ui.text.i18n import CHINESE, ENGLISH, Languages
from tests.api.certificates import Authority
from tests.api.checksum import content_md5_of
from tests.api.fault_server import FaultServer, envelope, http_answer, reply, signed
from tests.pdf.builder import build, endless
from tests.pdf.test_engines import encrypted
from tests.services.desk import Desk, make_contract
from tests.services.sandbox_platform import PROJECT_ID, SandboxPlatform

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from PySide6.QtWidgets import QApplication

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

SECRET = Secret("cf65f987315b12a21b983ca320196d7d")
OTHER_SECRET = Secret("0000000000000000000000000000000a")
QUICK = ApiLimits(connect_s=2.0, idle_s=2.0, total_s=4.0)
PATIENT_BUT_NOT_FOR_EVER = Limits(render_s=0.5)
NOBODY_LISTENS = "http://127.0.0.1:9"
MISSPELT_HOST = "http://no-such-host.invalid"
CJK = re.compile(r"[\u4e00-\u9fff]")


class Causes:
    """Each method meets one thing of the list and raises what it raises."""

    def __init__(self, folder: Path, engine: ProcessEngine) -> None:
        self._folder = folder
        self._engine = engine

    # Documents

    def not_a_pdf(self) -> None:
        self._open(b"Dear all, please find attached")

    def damaged(self) -> None:
        self._open(b"%PDF-1.7\n" + b"nothing of a PDF follows " * 20)

    def empty(self) -> None:
        self._open(b"")

    def encrypted(self) -> None:
        self._open(encrypted("owner", "user"))

    def no_pages(self) -> None:
        self._open(build())

    def bomb(self) -> None:
        path = self._file(endless())
        opened = self._engine.open(path)
        self._engine.render(RenderRequest(opened.handle, 1, 1.0))

    def vanished(self) -> None:
        self._send(lambda path: path.unlink())

    def changed(self) -> None:
        self._send(lambda path: path.write_bytes(path.read_bytes() + b"% one more line"))

    # Network and platform

    def no_network(self) -> None:
        self._call(NOBODY_LISTENS)

    def unknown_host(self) -> None:
        self._call(MISSPELT_HOST)

    def wrong_secret(self) -> None:
        with SandboxPlatform(self._folder / "platform") as platform:
            self._call(platform.base_url, OTHER_SECRET, project_id=PROJECT_ID)

    def wrong_clock(self) -> None:
        self._call_with_certificate(begins_in=timedelta(days=20))

    def tls_error(self) -> None:
        self._call_with_certificate(host="127.0.0.2")

    def refused(self) -> None:
        self._answer(signed(SECRET, envelope(err_code=1436015, msg="签署人未实名")))

    def forged(self) -> None:
        self._answer(signed(SECRET, envelope()).replace(b"SUCCESS", b"REFUSED"))

    def upload_expired(self) -> None:
        self._upload("403 Forbidden", "AccessDenied")

    def md5_mismatch(self) -> None:
        self._upload("400 Bad Request", "InvalidDigest")

    # This computer

    def no_keyring(self) -> None:
        SecretStore().get(EnvironmentKind.TEST, "project")

    def full_disk(self) -> None:
        Ledger(Path("/dev/full")).append("flow", {"flow_id": "f1"})

    def second_instance(self) -> None:
        first = InstanceLock(self._folder / "lock")
        first.acquire()
        try:
            InstanceLock(self._folder / "lock").acquire()
        finally:
            first.release()

    def _file(self, content: bytes) -> Path:
        path = self._folder / "contract.pdf"
        path.write_bytes(content)
        return path

    def _open(self, content: bytes) -> None:
        self._engine.open(self._file(content))

    def _send(self, meanwhile: Callable[[Path], object]) -> None:
        contract = make_contract(self._folder / "files")
        desk = Desk(self._folder / "data", Environment(EnvironmentKind.TEST, NOBODY_LISTENS, "project"))
        try:
            meanwhile(Path(contract.documents[0].path))
            desk.submission.queue(contract, desk.environment)
        finally:
            desk.close()

    def _call(self, url: str, secret: Secret = SECRET, project_id: str = "project") -> None:
        client = PlatformClient(Environment(EnvironmentKind.OWN, url, project_id), secret, limits=QUICK)
        try:
            client.execute("f1")
        finally:
            client.close()

    def _call_with_certificate(self, *, host: str = "127.0.0.1", begins_in: timedelta = timedelta()) -> None:
        authority = Authority(self._folder)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("SSL_CERT_FILE", str(authority.path))
            context = authority.server_context(host=host, begins_in=begins_in)
            with FaultServer(reply(signed(SECRET, envelope())), tls=context) as server:
                self._call(server.url)

    def _answer(self, answer: bytes) -> None:
        with FaultServer(reply(answer)) as server:
            self._call(server.url)

    def _upload(self, status: str, storage_code: str) -> None:
        answer = http_answer(f"<Error><Code>{storage_code}</Code></Error>".encode(), status)
        path = self._file(b"%PDF-1.7")
        with FaultServer(reply(answer)) as server:
            client = PlatformClient(Environment(EnvironmentKind.OWN, server.url, "project"), SECRET, limits=QUICK)
            try:
                client.upload(f"{server.url}/put?Signature=x", path, content_md5_of(path))
            finally:
                client.close()


CODES = {
    "not_a_pdf": "pdf.not_a_pdf",
    "damaged": "pdf.damaged",
    "empty": "pdf.empty",
    "encrypted": "pdf.password_needed",
    "no_pages": "pdf.no_pages",
    "bomb": "pdf.too_slow",
    "vanished": "document.missing",
    "changed": "document.changed",
    "no_network": "api.no_network",
    "unknown_host": "api.no_network",
    "wrong_secret": "api.unsigned_refusal",
    "wrong_clock": "api.clock",
    "tls_error": "api.tls",
    "refused": "api.refused",
    "forged": "api.unverified",
    "upload_expired": "api.upload_expired",
    "md5_mismatch": "api.upload_md5",
    "no_keyring": "keyring.no_backend",
    "full_disk": "store.disk_full",
    "second_instance": "store.second_instance",
}


@pytest.fixture(scope="module")
def engine() -> Iterator[ProcessEngine]:
    engine = ProcessEngine(limits=PATIENT_BUT_NOT_FOR_EVER)
    yield engine
    engine.stop()


@pytest.fixture
def languages(qapp: QApplication) -> Iterator[Languages]:
    languages = Languages(qapp)
    yield languages
    languages.retire()


@pytest.mark.parametrize(("cause", "code"), CODES.items(), ids=CODES.keys())
def test_cause_has_its_code_and_a_sentence_in_both_languages(
    cause: str, code: str, tmp_path: Path, engine: ProcessEngine, languages: Languages
) -> None:
    with pytest.raises(AppError) as caught:
        getattr(Causes(tmp_path, engine), cause)()
    assert caught.value.code == code
    languages.use(CHINESE)
    chinese = error_sentence(caught.value)
    languages.use(ENGLISH)
    english = error_sentence(caught.value)
    for sentence in (chinese, english):
        assert sentence.title
        assert sentence.remedy
        assert code not in sentence.title
    assert CJK.search(chinese.title)
    assert CJK.search(chinese.remedy)
    assert not CJK.search(english.title.replace("签署人未实名", ""))
    assert not CJK.search(english.remedy)
