"""Execute API calls, including the rehearsal platform's additional calls, one at a time under ``State.lock``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esign_desktop.sandbox import flows as flow_answers
from esign_desktop.sandbox.accounts import Accounts
from esign_desktop.sandbox.billing import Billing
from esign_desktop.sandbox.documents import Documents
from esign_desktop.sandbox.fields import Fields
from esign_desktop.sandbox.files import Files, StorageRefusal, StorageUrls
from esign_desktop.sandbox.flows import Flows
from esign_desktop.sandbox.notices import Notices
from esign_desktop.sandbox.options import Trouble
from esign_desktop.sandbox.refusal import ErrCode, Refusal
from esign_desktop.sandbox.state import State

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from esign_desktop.sandbox.options import SandboxOptions

Data = dict[str, Any] | list[dict[str, Any]] | None


class Platform:
    """The rehearsal platform without its HTTP server.

    ``public_base`` returns the scheme, host and port at which clients reach the server.
    """

    def __init__(self, options: SandboxOptions, public_base: Callable[[], str]) -> None:
        self.options = options
        self.state = State(options.data_dir)
        self._public_base = public_base
        self.urls = StorageUrls(self.state.url_key, public_base, options.clock_ms)
        self.accounts = Accounts(self.state, options.project_id, second_account=options.second_account)
        self.files = Files(self.state, self.urls, options.max_upload_bytes)
        self.documents = Documents(self.state, self.files, self.urls, chunk_type_name=options.chunk_type_name)
        self.trouble = Trouble(options.package, options.next_signature)
        self.billing = Billing(self.state, options.quota_contracts, self.trouble)
        self.notices = Notices(self.state, options)
        self.flows = Flows(
            *(self.state, options, self.accounts, self.documents, self.billing, self.notices),
            trouble=self.trouble,
            view_url=self.view_url,
        )
        self._calls: dict[str, Callable[[Fields], Data]] = {
            "/file/uploadurl": self.files.upload_url,
            "/account/create/person/private": self.accounts.create_person,
            "/account/create/organize/private": self.accounts.create_organization,
            "/account/idexchange": self.accounts.exchange,
            "/template/createbyfilekey": self.documents.create_template,
            "/doc/createbyfilekey": self.documents.create_from_file,
            "/doc/createbytemplate": self.documents.create_from_template,
            "/doc/downloadurl": self.documents.download_url,
            "/sign/start": self._start,
            "/sign/execute": self.flows.execute,
            "/sign/revoke": self.flows.revoke,
            "/sign/download": self._download,
            "/sign/docdetail": self._detail,
        }
        if options.signs_by_itself:
            # This call is not a part of the real platform's API.
            self._calls["/rehearsal/sealings"] = self._sealings

    def call(self, path: str, values: dict[str, Any]) -> Data:
        """Execute an API call, and return the data of the response. Raises Refusal if the call is refused."""
        handler = self._calls.get(path)
        if handler is None:
            raise Refusal(ErrCode.NO_SUCH_CALL, "接口不存在 / unknown API call", http_status=404)
        with self.state.lock:
            return handler(Fields(values))

    def stored_file(self, path: str) -> tuple[str, Path]:
        """Return the name and the path of a file to be downloaded. ``path`` must come from ``StorageUrls.check``.

        Raises StorageRefusal if there is no such file.
        """
        kind, *ids = path.removesuffix(".pdf").split("/")
        with self.state.lock:
            match kind, ids:
                case "documents", [document_id]:
                    document = self.state.documents.get(document_id)
                    if document is not None:
                        return document.name, self.documents.path(document_id)
                case "flows", [flow_id, document_id]:
                    flow = self.state.flows.get(flow_id)
                    if flow is not None:
                        name = flow.document(document_id).name
                        return name, self.flows.document_path(flow, document_id)
                case "flows", [flow_id, document_id, version]:
                    flow = self.state.flows.get(flow_id)
                    if flow is not None:
                        name = flow.document(document_id).name
                        return name, self.flows.document_path(flow, document_id, int(version))
        raise StorageRefusal(404, "NoSuchKey", "The specified key does not exist.")

    def sign_url(self, token: str) -> str:
        """Return the URL of the sign page of the signer with this token."""
        return f"{self._public_base()}/s/{token}"

    def view_url(self, flow_id: str) -> str:
        """Return the URL of the page that shows a flow's status."""
        return f"{self._public_base()}/v/{flow_id}"

    def _start(self, fields: Fields) -> Data:
        flow, tell_urls = self.flows.start(fields)
        return flow_answers.started(flow, self.sign_url, tell_urls=tell_urls)

    def _download(self, fields: Fields) -> Data:
        return flow_answers.download(self.flows.require(fields.text("flowId")), self.urls)

    def _sealings(self, fields: Fields) -> Data:
        return flow_answers.sealings(self.flows.require(fields.text("flowId")), self.urls, self.flows.stamps)

    def _detail(self, fields: Fields) -> Data:
        return flow_answers.detail(self.flows.require(fields.text("flowId")))
