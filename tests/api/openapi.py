"""The platform's OpenAPI description as a checker of bodies."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import yaml
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

if TYPE_CHECKING:
    from pathlib import Path

ROOT = "urn:openapi"


class OpenApi:
    """Says what is wrong with a body; nothing when it is right."""

    def __init__(self, file: Path) -> None:
        self._root: dict[str, Any] = _loaded(file)
        self._registry: Registry[Any] = Registry().with_resource(ROOT, DRAFT202012.create_resource(self._root))

    def request_errors(self, path: str, body: object) -> list[str]:
        """Check the body of a call."""
        escaped = path.replace("~", "~0").replace("/", "~1")
        pointer = f"#/paths/{escaped}/post/requestBody"
        request = self._root["paths"][path]["post"]["requestBody"]
        if "$ref" in request:
            pointer = request["$ref"]
        return self._errors(f"{pointer}/content/application~1json/schema", body)

    def _errors(self, pointer: str, value: object) -> list[str]:
        validator = Draft202012Validator({"$ref": ROOT + pointer}, registry=self._registry)
        return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(value)]


@cache
def _loaded(file: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(file.read_text("utf-8"))
    return loaded
