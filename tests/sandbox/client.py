"""A client of the rehearsal platform that knows nothing of the application's own."""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import json
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlsplit

PROJECT_ID = "1111563657"
SECRET = "cf65f987315b12a21b983ca320196d7d"


@dataclass(frozen=True)
class Response:
    """What came back, raw."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        value: dict[str, Any] = json.loads(self.body)
        return value

    @property
    def data(self) -> Any:
        assert self.json["errCode"] == 0, self.json
        return self.json.get("data")

    @property
    def err_code(self) -> int:
        return int(self.json["errCode"])

    @property
    def is_signed(self) -> bool:
        """Whether the platform's signature is over exactly these bytes."""
        return self.headers["X-timevale-signature"] == hmac_hex(self.body)


def hmac_hex(body: bytes, secret: str = SECRET) -> str:
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def fetch(
    method: str,
    url: str,
    body: bytes | None = None,
    headers: dict[str, str] | None = None,
    timeout_s: float = 20,
) -> Response:
    """One request on a connection of its own."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=timeout_s)
    try:
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        connection.request(method, target, body, headers or {})
        response = connection.getresponse()
        return Response(response.status, response.headers, response.read())
    finally:
        connection.close()


class Client:
    """Signs, sends and follows the steps of a contract."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url

    def raw(self, path: str, body: bytes, **headers: str) -> Response:
        sent = {
            "Content-Type": "application/json",
            "X-timevale-mode": "package",
            "X-timevale-project-id": PROJECT_ID,
            "X-timevale-signature": hmac_hex(body),
            "X-timevale-signature-algorithm": "hmac-sha256",
        } | {name.replace("_", "-"): value for name, value in headers.items()}
        return fetch("POST", self.base_url + path, body, {k: v for k, v in sent.items() if v})

    def call(self, path: str, values: dict[str, Any]) -> Response:
        return self.raw(path, json.dumps(values, ensure_ascii=False).encode())

    def announce(self, content: bytes, content_type: str = "application/pdf") -> dict[str, Any]:
        answer: dict[str, Any] = self.call(
            "/file/uploadurl",
            {
                "fileName": "合同.pdf",
                "fileSize": len(content),
                "contentType": content_type,
                "contentMd5": md5(content),
            },
        ).data
        return answer

    def put(self, url: str, content: bytes, content_type: str = "application/pdf") -> Response:
        return fetch("PUT", url, content, {"Content-MD5": md5(content), "Content-Type": content_type})

    def upload(self, content: bytes) -> str:
        announced = self.announce(content)
        assert self.put(announced["uploadUrl"], content).status == 200
        key: str = announced["fileKey"]
        return key

    def document(self, content: bytes) -> str:
        doc_id: str = self.call("/doc/createbyfilekey", {"fileKey": self.upload(content)}).data["docId"]
        return doc_id

    def person(self, name: str = "张三", third_id: str | None = None) -> str:
        values = {"name": name, "idNo": f"110101{abs(hash(name)) % 10**12:012d}", "idType": 19}
        if third_id is not None:
            values["thirdId"] = third_id
        account_id: str = self.call("/account/create/person/private", values).data["accountId"]
        return account_id

    def organization(self, agent: str, name: str = "杭州某某科技有限公司") -> str:
        account_id: str = self.call(
            "/account/create/organize/private",
            {"agentAccountId": agent, "name": name, "organCode": "745830607", "organType": 12},
        ).data["accountId"]
        return account_id

    def start(self, doc_ids: list[str], signers: list[dict[str, Any]], **more: Any) -> Response:
        recipients: dict[str, Any] = {"signerList": signers} if signers else {}
        if "application" in more:
            recipients["signerAppAuto"] = more.pop("application")
        body = {
            "businessScene": "劳动合同",
            "docList": [{"docId": one} for one in doc_ids],
            "recipientList": recipients,
        }
        return self.call("/sign/start", body | more)

    def detail(self, flow_id: str) -> dict[str, Any]:
        answer: dict[str, Any] = self.call("/sign/docdetail", {"flowId": flow_id}).data
        return answer

    def signed_file(self, flow_id: str, index: int = 0) -> bytes:
        files = self.call("/sign/download", {"flowId": flow_id}).data
        return fetch("GET", files[index]["docUrl"]).body

    def sign(self, url: str, **body: Any) -> Response:
        """What the sign page's button sends."""
        token = urlsplit(url).path.rsplit("/", 1)[1]
        return fetch(
            "POST",
            f"{url}/sign",
            json.dumps({"token": token} | body).encode(),
            {"Content-Type": "application/json"},
        )

    def refuse(self, url: str, reason: str) -> Response:
        token = urlsplit(url).path.rsplit("/", 1)[1]
        return fetch(
            "POST",
            f"{url}/refuse",
            json.dumps({"token": token, "reason": reason}).encode(),
            {"Content-Type": "application/json"},
        )


@dataclass
class FakeClock:
    """A clock that moves when told."""

    now_ms: int = 1_790_000_000_000

    def __call__(self) -> int:
        return self.now_ms

    def advance(self, seconds: float) -> Self:
        self.now_ms += int(seconds * 1000)
        return self


def md5(content: bytes) -> str:
    return base64.b64encode(hashlib.md5(content, usedforsecurity=False).digest()).decode()


def coordinate(doc_id: str, page: str = "1", x: float = 200, y: float = 300, **bean: Any) -> dict[str, Any]:
    """A docPosList entry of one coordinate seal."""
    return {"docId": doc_id, "signType": 2, "posBeanList": [{"posPage": page, "posX": x, "posY": y} | bean]}


def keyword(doc_id: str, key: str, **bean: Any) -> dict[str, Any]:
    return {"docId": doc_id, "signType": 1, "posBeanList": [{"key": key} | bean]}


def cross_page(doc_id: str, pages: str, y: float = 400, **bean: Any) -> dict[str, Any]:
    return {"docId": doc_id, "signType": 3, "posBeanList": [{"posPage": pages, "posY": y} | bean]}
