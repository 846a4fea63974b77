"""Answers and notices are what the specification's schemas say."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
import yaml

from tests.sandbox.client import Client, coordinate
from tests.sandbox.pages import blank_pdf, form_pdf

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def specification(shared_dir: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((shared_dir / "spec" / "openapi.yaml").read_text("utf-8"))
    return loaded


def check(specification: dict[str, Any], path: str, body: dict[str, Any]) -> None:
    reference = specification["paths"][path]["post"]["responses"]["200"]["$ref"].rsplit("/", 1)[1]
    schema = specification["components"]["responses"][reference]["content"]["application/json"]["schema"]
    jsonschema.validate(body, {**schema, "components": specification["components"]})


def test_every_answer_validates(client: Client, specification: dict[str, Any]) -> None:
    seen = set()

    def call(path: str, values: dict[str, Any]) -> Any:
        response = client.call(path, values)
        check(specification, path, response.json)
        seen.add(path)
        return response.data

    call("/file/uploadurl", {"fileName": "a", "fileSize": 1, "contentType": "x", "contentMd5": "A" * 22 + "=="})
    person = call("/account/create/person/private", {"thirdId": "u", "name": "张三", "idNo": "1", "idType": 19})
    account_id = person["accountId"]
    call(
        "/account/create/organize/private",
        {"agentAccountId": account_id, "name": "x", "organCode": "1", "organType": 11},
    )
    call("/account/idexchange", {"thirdId": "u"})
    template = call("/template/createbyfilekey", {"fileKey": client.upload(form_pdf("a")), "templateName": "t"})
    call("/doc/createbytemplate", {"templateId": template["templateId"], "name": "n"})
    doc_id = call("/doc/createbyfilekey", {"fileKey": client.upload(blank_pdf())})["docId"]
    call("/doc/downloadurl", {"docId": doc_id})
    start = {
        "businessScene": "s",
        "docList": [{"docId": doc_id}],
        "recipientList": {"signerList": [{"accountId": account_id, "docPosList": [coordinate(doc_id)]}]},
    }
    jsonschema.validate(
        start,
        {"$ref": "#/components/schemas/StartRequest", "components": specification["components"]},
    )
    flow = call("/sign/start", start | {"autoInitiate": 0})
    call("/sign/docdetail", {"flowId": flow["flowId"]})
    call("/sign/execute", {"flowId": flow["flowId"]})
    client.sign(flow["signUrlList"][0]["signUrl"][0])
    call("/sign/docdetail", {"flowId": flow["flowId"]})
    call("/sign/download", {"flowId": flow["flowId"]})
    refused = call("/sign/start", start)
    client.refuse(refused["signUrlList"][0]["signUrl"][0], "no")
    call("/sign/docdetail", {"flowId": refused["flowId"]})
    call("/sign/revoke", {"flowId": call("/sign/start", start)["flowId"]})
    assert seen == set(specification["paths"])


def test_refusals_validate_too(client: Client, specification: dict[str, Any]) -> None:
    for path in specification["paths"]:
        response = client.call(path, {})
        assert response.err_code != 0
        jsonschema.validate(
            json.loads(response.body),
            {"$ref": "#/components/schemas/Envelope", "components": specification["components"]},
        )
