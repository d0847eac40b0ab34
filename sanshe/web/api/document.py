"""The OpenAPI document, and a page that lists what it holds without a script from elsewhere."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

_IDEMPOTENCY = {
    "in": "header", "name": "Idempotency-Key", "required": False,
    "schema": {"type": "string", "pattern": "^[0-9a-zA-Z-]{16,64}$"},
    "description": "Sent again with the same key, a request has one effect and the first one's answer.",
}  # fmt: skip


_IF_MATCH = {
    "in": "header", "name": "If-Match", "required": False, "schema": {"type": "string", "maxLength": 40},
    "description": "The version that was read: when somebody took a step meanwhile, the answer is 409.",
}  # fmt: skip


def schema() -> dict[str, Any]:
    """The OpenAPI document."""
    from .app import api

    found = dict(api.get_openapi_schema(path_prefix="/api/"))
    found["info"]["license"] = {"name": "AGPL-3.0-or-later"}
    found["components"]["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer", "description": "A token made by its owner under 接口令牌."},
        "session": {"type": "apiKey", "in": "cookie", "name": "sessionid"},
    }
    for path in found["paths"].values():
        for method, operation in path.items():
            if "403" in map(str, operation["responses"]):
                operation["security"] = [{"token": []}, {"session": []}]
            if method == "post":
                operation.setdefault("parameters", []).append(_IDEMPOTENCY)
                if operation["operationId"] in ("take_matter_step", "take_part"):
                    operation["parameters"].append(_IF_MATCH)
            operation["responses"] = {str(k): v for k, v in operation["responses"].items()}
    return found


def document_text() -> str:
    """The same as text, always the same bytes for the same code."""
    return json.dumps(schema(), ensure_ascii=False, sort_keys=True, indent=1, default=str) + "\n"


def openapi(request: HttpRequest) -> HttpResponse:
    """The document for programs."""
    return HttpResponse(document_text(), content_type="application/json; charset=utf-8")


def _resolve(given: dict[str, Any], parts: dict[str, Any]) -> dict[str, Any]:
    """A schema behind its reference; for a list, that of its rows."""
    if "$ref" in given:
        return _resolve(parts[given["$ref"].rsplit("/", 1)[-1]], parts)
    if given.get("type") == "array":
        return _resolve(given["items"], parts)
    items = given.get("properties", {}).get("items")
    return _resolve(items, parts) if items else given


def _operations(found: dict[str, Any]) -> list[dict[str, Any]]:
    parts = found["components"]["schemas"]
    rows = []
    for path, methods in found["paths"].items():
        rows += [_row(path, name, operation, parts) for name, operation in methods.items()]
    return rows


def _row(path: str, method: str, operation: dict[str, Any], parts: dict[str, Any]) -> dict[str, Any]:
    answer = operation["responses"]["200"]["content"]["application/json"]["schema"]
    fields = _resolve(answer, parts).get("properties", {})
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    sent = _resolve(body, parts) if body else {}
    needed = sent.get("required", [])
    given = [{"name": p["name"], "required": p["required"]} for p in operation.get("parameters", [])]
    given += [{"name": name, "required": name in needed} for name in sent.get("properties", {})]
    return {
        "method": method.upper(),
        "path": path,
        "tag": operation["tags"][0],
        "summary": operation["summary"],
        "description": operation.get("description", "").replace("`", ""),
        "signed_in": "403" in operation["responses"],
        "parameters": given,
        "fields": [{"name": k, "title": v.get("title", "")} for k, v in fields.items()],
    }


def docs(request: HttpRequest) -> HttpResponse:
    """The page for people who write programs."""
    found = schema()
    groups: dict[str, list[dict[str, Any]]] = {}
    for operation in _operations(found):
        groups.setdefault(operation["tag"], []).append(operation)
    return render(request, "web/api.html", {"groups": list(groups.items())})
