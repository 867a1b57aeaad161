"""
Holds every request and every answer of a test against PowerOffice's OpenAPI description.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote
from uuid import UUID

import httpx
import jsonschema
import pytest

DESCRIPTION = Path(__file__).parents[3] / "shared" / "reference" / "poweroffice-go-v2.openapi.json"

_INTEGER_LIMITS = {"int32": 2**31, "int64": 2**63}
_formats = jsonschema.FormatChecker(formats=())


@_formats.checks("date", raises=ValueError)
def _is_date(value: object) -> bool:
    return not isinstance(value, str) or bool(date.fromisoformat(value))


@_formats.checks("date-time", raises=ValueError)
def _is_instant(value: object) -> bool:
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None


@_formats.checks("uuid", raises=ValueError)
def _is_uuid(value: object) -> bool:
    return not isinstance(value, str) or bool(UUID(value))


@_formats.checks("int32")
def _is_int32(value: object) -> bool:
    return not isinstance(value, int) or -_INTEGER_LIMITS["int32"] <= value < _INTEGER_LIMITS["int32"]


@_formats.checks("int64")
def _is_int64(value: object) -> bool:
    return not isinstance(value, int) or -_INTEGER_LIMITS["int64"] <= value < _INTEGER_LIMITS["int64"]


class MisfitError(AssertionError):
    """
    A request or an answer does not fit the description.
    """


class Description:
    """
    The OpenAPI description, ready to judge.
    """

    def __init__(self, document: dict[str, Any]) -> None:
        self._document = document
        self.schemas: dict[str, Any] = document["components"]["schemas"]
        self._validators: dict[str, jsonschema.Draft202012Validator] = {}
        self._routes = [
            (re.compile(re.sub(r"\{\w+\}", "[^/]+", path), re.IGNORECASE), path, operations)
            for path, operations in sorted(document["paths"].items(), key=lambda item: item[0].count("{"))
        ]

    def operations(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """
        Yield method, path template and operation of everything described.
        """
        for path, operations in self._document["paths"].items():
            for method, operation in operations.items():
                yield method.upper(), path, operation

    def find(self, method: str, path: str) -> tuple[str, dict[str, Any]]:
        for pattern, template, operations in self._routes:
            if pattern.fullmatch(path) and method.lower() in operations:
                return template, operations[method.lower()]
        raise MisfitError(f"{method} {path} is not described")

    def check(self, schema: dict[str, Any], value: Any, what: str) -> None:
        key = json.dumps(schema, sort_keys=True)
        if key not in self._validators:
            complete = {**self._plain(schema), "components": {"schemas": self._plain_schemas()}}
            self._validators[key] = jsonschema.Draft202012Validator(complete, format_checker=_formats)
        for error in self._validators[key].iter_errors(value):
            raise MisfitError(f"{what}: {error.json_path}: {error.message}")

    def check_request(self, request: httpx.Request, path: str, content: bytes) -> dict[str, Any]:
        template, operation = self.find(request.method, path)
        what = f"request {request.method} {template}"
        self._check_query(operation, request.url.query.decode(), what)
        self._check_path(template, operation, path, what)
        self._check_body(operation, request.headers.get("content-type", ""), content, what)
        return operation

    def check_answer(self, operation: dict[str, Any], status: int, content: bytes, what: str) -> None:
        responses = operation["responses"]
        if str(status) not in responses and "default" not in responses:
            raise MisfitError(f"{what}: status {status} is not described")
        if str(status) not in responses and status < 300:
            raise MisfitError(f"{what}: success {status} is not described")
        schema = _json_schema(responses.get(str(status), {}))
        if schema is None or (status >= 400 and _from_gateway(content)):
            return
        self.check(schema, json.loads(content), f"answer {status} to {what}")

    # -- parts of a request ------------------------------------------------

    def _check_query(self, operation: dict[str, Any], query: str, what: str) -> None:
        schemas, required = self._query_members(operation)
        given = dict(parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query)))
        for name, text in given.items():
            if name not in schemas:
                raise MisfitError(f"{what}: the query member {name!r} is not described")
            self.check(schemas[name], _typed(self._resolved(schemas[name]), text), f"{what} query {name}")
        if missing := required - given.keys():
            raise MisfitError(f"{what}: the query lacks {missing}")

    def _query_members(self, operation: dict[str, Any]) -> tuple[dict[str, Any], set[str]]:
        schemas: dict[str, Any] = {}
        required: set[str] = set()
        for parameter in operation.get("parameters", ()):
            if parameter["in"] != "query":
                continue
            if parameter["schema"].get("$ref", "").endswith("/ResourceParameters"):
                schemas |= self.schemas["ResourceParameters"]["properties"]
                continue
            schemas[parameter["name"]] = parameter["schema"]
            required |= {parameter["name"]} if parameter.get("required") else set()
        return schemas, required

    def _check_path(self, template: str, operation: dict[str, Any], path: str, what: str) -> None:
        found = re.fullmatch(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", template), path, re.IGNORECASE)
        assert found is not None
        for parameter in operation.get("parameters", ()):
            if parameter["in"] == "path":
                schema = parameter["schema"]
                self.check(
                    schema, _typed(schema, found[parameter["name"]]), f"{what} path {parameter['name']}"
                )

    def _check_body(self, operation: dict[str, Any], content_type: str, content: bytes, what: str) -> None:
        described = operation.get("requestBody", {}).get("content")
        if described is None:
            if content:
                raise MisfitError(f"{what}: a body is not described")
            return
        media = content_type.partition(";")[0]
        if media not in described:
            raise MisfitError(f"{what}: content type {media!r} is not described")
        if media == "multipart/form-data":
            if b'name="file"' not in content:
                raise MisfitError(f"{what}: there is no part named file")
            return
        value = json.loads(content)
        self.check(described[media]["schema"], value, what)
        if "x-patch-schema" in operation:
            self._check_patch(operation["x-patch-schema"], value, what)

    def _check_patch(
        self, reference: str | dict[str, Any], operations: list[dict[str, Any]], what: str
    ) -> None:
        schema = self._resolved(reference if isinstance(reference, dict) else {"$ref": reference})
        for operation in operations:
            target: dict[str, Any] = schema
            for segment in operation["path"].lstrip("/").split("/"):
                if target.get("type") == "array":
                    target = self._resolved(target["items"])
                    continue
                if segment not in target["properties"]:
                    raise MisfitError(f"{what}: {operation['path']} is no member of the patch")
                target = self._resolved(target["properties"][segment])
            if operation["op"] in {"add", "replace"}:
                self.check(target, operation["value"], f"{what} {operation['path']}")

    # -- schemas -------------------------------------------------------------

    def _resolved(self, schema: dict[str, Any]) -> dict[str, Any]:
        reference = schema.get("$ref")
        return self.schemas[reference.rpartition("/")[2]] if reference else schema

    @cache  # noqa: B019 - one description lives as long as the tests
    def _plain_schemas(self) -> dict[str, Any]:
        return {name: self._plain(schema) for name, schema in self.schemas.items()}

    def _plain(self, schema: Any) -> Any:
        """
        Turn OpenAPI 3.0 into JSON Schema: what is nullable may be null.
        """
        if isinstance(schema, list):
            return [self._plain(item) for item in schema]
        if not isinstance(schema, dict):
            return schema
        plain = {
            name: self._plain(part)
            for name, part in schema.items()
            if name not in {"nullable", "example", "description", "readOnly"}
            or not isinstance(part, (bool, str))
        }
        plain.pop("example", None)
        if schema.get("nullable") is True:
            return {"anyOf": [plain, {"type": "null"}]}
        return plain


def _json_schema(response: Mapping[str, Any]) -> dict[str, Any] | None:
    schema: dict[str, Any] | None = response.get("content", {}).get("application/json", {}).get("schema")
    return schema


def _from_gateway(content: bytes) -> bool:
    return b'"statusCode"' in content


def _typed(schema: Mapping[str, Any], text: str) -> Any:
    text = unquote(text)
    if schema.get("type") == "integer" and re.fullmatch(r"-?\d+", text):
        return int(text)
    if schema.get("type") == "boolean" and text in {"true", "false"}:
        return text == "true"
    return text


class ValidatingTransport(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """
    Passes everything on, and refuses what does not fit the description.
    """

    def __init__(self, inner: Any, description: Description) -> None:
        self._inner = inner
        self._description = description

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        operation = self._asked(request, request.read())
        response: httpx.Response = self._inner.handle_request(request)
        response.read()
        return self._answered(operation, request, response)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        operation = self._asked(request, await request.aread())
        response: httpx.Response = await self._inner.handle_async_request(request)
        await response.aread()
        return self._answered(operation, request, response)

    def _asked(self, request: httpx.Request, content: bytes) -> dict[str, Any] | None:
        if "ocp-apim-subscription-key" not in request.headers:
            raise MisfitError(f"{request.method} {request.url.path} carries no subscription key")
        if request.url.path.lower().endswith("/oauth/token"):
            return None
        path = request.url.path.partition("/v2")[2]
        if path.startswith("/JournalEntryVouchers"):
            return None  # not in the file; has a schema of its own in the tests of drafts
        return self._description.check_request(request, path, content)

    def _answered(
        self, operation: dict[str, Any] | None, request: httpx.Request, response: httpx.Response
    ) -> httpx.Response:
        if operation is not None:
            what = f"{request.method} {request.url.path}"
            self._description.check_answer(operation, response.status_code, response.content, what)
        return response


@cache
def description() -> Description | None:
    """
    The description; None where the file is not.
    """
    if not DESCRIPTION.exists():
        return None
    return Description(json.loads(DESCRIPTION.read_text(encoding="utf-8")))


@pytest.fixture
def validated() -> Callable[[Any], Any]:
    """
    Wrap a transport so that it refuses what does not fit the description.

    Without the description it wraps nothing; test_validating says so by skipping.
    """
    known = description()
    return (lambda inner: inner) if known is None else lambda inner: ValidatingTransport(inner, known)
