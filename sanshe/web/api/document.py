"""The OpenAPI document, and a page that lists what it holds without a script from elsewhere."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def schema() -> dict[str, Any]:
    """The OpenAPI document."""
    from .app import api

    found = dict(api.get_openapi_schema(path_prefix="/api/"))
    found["info"]["license"] = {"name": "AGPL-3.0-or-later"}
    for path in found["paths"].values():
        for operation in path.values():
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
        operation = methods["get"]
        answer = operation["responses"]["200"]["content"]["application/json"]["schema"]
        fields = _resolve(answer, parts).get("properties", {})
        rows.append(
            {
                "path": path,
                "tag": operation["tags"][0],
                "summary": operation["summary"],
                "description": operation.get("description", "").replace("`", ""),
                "signed_in": "401" in operation["responses"],
                "parameters": [{"name": p["name"], "required": p["required"]} for p in operation.get("parameters", [])],
                "fields": [{"name": k, "title": v.get("title", "")} for k, v in fields.items()],
            }
        )
    return rows


def docs(request: HttpRequest) -> HttpResponse:
    """The page for people who write programs."""
    found = schema()
    groups: dict[str, list[dict[str, Any]]] = {}
    for operation in _operations(found):
        groups.setdefault(operation["tag"], []).append(operation)
    return render(request, "web/api.html", {"groups": list(groups.items())})
