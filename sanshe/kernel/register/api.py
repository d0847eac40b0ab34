"""Registers for programs: the same rows, rules and sentences as the pages, as JSON, and their OpenAPI document.

Reading: GET. Writing: POST makes a row, PATCH changes one; both with the session of somebody who has signed in and
Django's CSRF header. `If-Match` with the row's `version` refuses to overwrite what somebody else changed meanwhile.
Encrypted columns are only ever shown masked.
"""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from functools import wraps
from typing import Any

from django.db.models import Model
from django.http import HttpRequest, HttpResponse, JsonResponse

from sanshe.kernel import clock
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid
from sanshe.kernel.http import View, error_response, once

from . import actions, query, values
from .declare import Column, Register, register_of, registers

LIMIT = 100
TYPES = {"number": "number", "yes": "boolean", "list": "array"}
FORMATS = {"date": "date", "moment": "date-time"}
NOT_A_COLUMN = {"limit", "after"}


def _answer(body: Any, status: int = 200) -> JsonResponse:
    return JsonResponse(body, status=status, safe=False, json_dumps_params={"ensure_ascii": False})


def _staff(view: View) -> View:
    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        viewer: Viewer = request.viewer  # type: ignore[attr-defined]
        if not viewer.signed_in:
            return error_response(request, 401, "请先登录。")
        if not viewer.is_staff:
            return error_response(request, 404)
        return view(request, *args, **kwargs)

    wrapper.sign_in = True  # type: ignore[attr-defined]
    return wrapper


def _viewer(request: HttpRequest) -> Viewer:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    return viewer


def _plain(value: Any) -> Any:
    if isinstance(value, Model):
        return {"id": value.pk, "text": str(value)}
    if isinstance(value, datetime | date):
        return value.isoformat()
    return float(value) if isinstance(value, Decimal) else value


def told(register: Register, row: Any, viewer: Viewer) -> dict[str, Any]:
    """One row as an answer: its cells by column name, the closed ones left out."""
    closed = query.hidden_columns(register, viewer, [row]).get(row.pk, set())
    cells = {c.name: _plain(values.stored(c, row)) for c in register.columns if c.name not in closed}
    return {"id": row.pk, "version": actions.fingerprint(register, row), "url": register.url(row), "cells": cells}


@_staff
def index(request: HttpRequest) -> HttpResponse:
    """The registers that the viewer may read, with their columns."""
    viewer = _viewer(request)
    return _answer(
        {
            "items": [
                {"name": r.name, "title": r.title, "url": f"/api/registers/{r.name}/",
                 "columns": [{"name": c.name, "title": c.head, **_schema(c)} for c in r.columns]}
                for r in registers()
                if r.access.q(viewer) is not False
            ]
        }
    )  # fmt: skip


@_staff
def rows(request: HttpRequest, name: str) -> HttpResponse:
    """GET: a page of the list, by the filters of the page. POST: a new row."""
    register = register_of(name)
    if request.method == "POST":
        return _make(request, register)
    if request.method not in ("GET", "HEAD"):
        return error_response(request, 405)
    asked = query.ask(register, _viewer(request), request.GET)
    if asked.said:
        raise Invalid("；".join(asked.said))
    text = request.GET.get("limit", str(query.SIZE))
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= LIMIT):
        raise Invalid(f"limit 应是 1 至 {LIMIT} 的整数。")
    page = query.page(asked, after=request.GET.get("after", ""), size=int(text))
    return _answer({"items": [told(register, row, asked.viewer) for row in page], "next": page.next})


@once
def _make(request: HttpRequest, register: Register) -> HttpResponse:
    row = actions.create(register=register, given=_body(request, register), by=_viewer(request), now=clock.now())
    return _answer(told(register, register.rows(_viewer(request)).get(pk=row.pk), _viewer(request)), 201)


@_staff
def one(request: HttpRequest, name: str, pk: int) -> HttpResponse:
    """GET: one row. PATCH: change the cells that are given."""
    register, viewer = register_of(name), _viewer(request)
    if request.method == "PATCH":
        seen = request.headers.get("If-Match", "").strip('" ')
        actions.change(
            register=register, pk=pk, given=_body(request, register), by=viewer, now=clock.now(), seen=seen
        )  # fmt: skip
    elif request.method not in ("GET", "HEAD"):
        return error_response(request, 405)
    return _answer(told(register, register.access.get(viewer, pk, rows=register.rows(viewer)), viewer))


def _body(request: HttpRequest, register: Register) -> dict[str, Any]:
    try:
        given = json.loads(request.body or b"{}")
    except (ValueError, RecursionError):
        raise Invalid("内容不是有效的 JSON。") from None
    if not isinstance(given, dict):
        raise Invalid("内容应是一个对象：栏目名和值。")
    known = {column.name for column in register.editable}
    unknown = [str(key) for key in given if key not in known]
    if unknown:
        raise Invalid(f"没有「{unknown[0][:40]}」这个可以填写的栏目。")
    cells = {}
    for key, value in given.items():
        if isinstance(value, dict):
            value = value.get("text", "")
        if isinstance(value, bool | str | list) or value is None:
            cells[key] = value
        elif isinstance(value, int | float):
            cells[key] = str(value)
        else:
            raise Invalid({key: "这个值不能用。"})
    return cells


def _schema(column: Column) -> dict[str, Any]:
    kind = column.kind
    if kind == "reference":
        return {
            "type": ["object", "null"],
            "properties": {"id": {"type": "integer"}, "text": {"type": "string"}},
            "readOnly": not column.editable,
        }
    out: dict[str, Any] = {"type": [TYPES.get(kind, "string"), "null"], "readOnly": not column.editable}
    if kind in FORMATS:
        out["format"] = FORMATS[kind]
    if kind == "choice":
        out["enum"] = [value for value, _ in column.options]
    if kind == "list":
        out["items"] = {"type": "string"}
    if column.hint:
        out["description"] = column.hint
    return out


def document() -> dict[str, Any]:
    """The OpenAPI document of all registers, drawn from their declarations."""
    paths: dict[str, Any] = {}
    schemas: dict[str, Any] = {}
    for register in registers():
        cells = {c.name: {"title": c.head, **_schema(c)} for c in register.columns}
        schemas[register.name] = {
            "type": "object",
            "title": register.noun,
            "properties": {
                "id": {"type": "integer"}, "version": {"type": "string"}, "url": {"type": "string"},
                "cells": {"type": "object", "properties": cells},
            },
        }  # fmt: skip
        needed = [c.name for c in register.editable if c.is_required]
        shape = {"$ref": f"#/components/schemas/{register.name}"}
        body = {"type": "object", "properties": {c.name: cells[c.name] for c in register.editable}}
        listing = {
            "type": "object",
            "properties": {"items": {"type": "array", "items": shape}, "next": {"type": "string"}},
        }
        many: dict[str, Any] = {"get": _operation(register, "list", f"查询{register.title}", listing)}
        single: dict[str, Any] = {"get": _operation(register, "read", f"读取一条{register.noun}", shape)}
        if register.can("add"):
            many["post"] = _operation(
                register, "create", f"新增一条{register.noun}", shape, {**body, "required": needed}, 201
            )
        if register.can("keep"):
            single["patch"] = _operation(register, "change", f"修改一条{register.noun}", shape, body)
        paths[f"/api/registers/{register.name}/"] = many
        key = {"name": "pk", "in": "path", "required": True, "schema": {"type": "integer"}}
        paths[f"/api/registers/{register.name}/{{pk}}/"] = {"parameters": [key], **single}
    return {
        "openapi": "3.1.0",
        "info": {"title": "三社联动平台 台账接口", "version": "1.0", "description": (__doc__ or "").strip()},
        "paths": paths,
        "components": {"schemas": schemas},
    }


def _operation(
    register: Register,
    verb: str,
    summary: str,
    answer: dict[str, Any],
    body: dict[str, Any] | None = None,
    ok: int = 200,
) -> dict[str, Any]:
    out: dict[str, Any] = {
        "operationId": f"{verb}_{register.name}".replace("-", "_"),
        "tags": [register.title],
        "summary": summary,
        "responses": {
            str(ok): {"description": "好", "content": {"application/json": {"schema": answer}}},
            **{str(code): {"description": "见 error.sentence"} for code in (401, 403, 404, 422)},
        },
    }
    if body is not None:
        out["requestBody"] = {"required": True, "content": {"application/json": {"schema": body}}}
    return out


def openapi(request: HttpRequest) -> HttpResponse:
    """The document itself; it holds no data and is open to everybody."""
    return _answer(document())
