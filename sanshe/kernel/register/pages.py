"""Pages of all registers: index, list, one row, form, bulk change, kept views, the sheet that goes out."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict, StreamingHttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST

from sanshe.kernel import audit, clock
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid, NotVisible
from sanshe.kernel.http import once, posts_only, put_errors

from . import actions, export, query, values
from .declare import Column, Register, register_of, registers
from .forms import BulkForm, FilterForm, RowForm, ViewForm
from .sheets import history as sheet_history

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _viewer(request: HttpRequest) -> Viewer:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    return viewer


def _may(register: Register, verb: str, viewer: Viewer) -> bool:
    """Whether the viewer may do it to any row at all; which rows, the action asks."""
    return register.can(verb) and register.access.q(viewer, verb) is not False


@posts_only
def index(request: HttpRequest) -> HttpResponse:
    """Every register that the viewer may open, by group."""
    viewer = _viewer(request)
    groups: dict[str, list[tuple[Register, list[tuple[str, str]]]]] = {}
    for register in registers():
        if register.access.q(viewer) is not False:
            groups.setdefault(register.group, []).append((register, register.pages_for(viewer)))
    return render(request, "kernel/register/index.html", {"groups": groups})


def _kept(request: HttpRequest, register: Register) -> QueryDict:
    """The address as asked, or, for a bare one, the way this person wants the list to open."""
    if request.GET:
        return request.GET
    view = next((v for v in query.views_of(register, _viewer(request)) if not v.name), None)
    return QueryDict(view.query) if view else request.GET


@posts_only
def rows(request: HttpRequest, name: str) -> HttpResponse:
    """The list of a register; `?as=xlsx` and `?as=csv` give what is seen as a sheet."""
    register, viewer = register_of(name), _viewer(request)
    given = _kept(request, register)
    asked = query.ask(register, viewer, given)
    if given.get("as") in ("xlsx", "csv"):
        return _sheet(asked, given)
    page = query.page(asked, given.get("after", ""), given.get("before", ""))
    closed = query.hidden_columns(register, viewer, page.rows)
    lines = [
        (
            row,
            register.url(row),
            [_cell(column, row, closed) for column in asked.columns[1:]],
            values.shown(asked.columns[0], row),
        )
        for row in page
    ]
    keep = _may(register, "keep", viewer)
    context = {
        "register": register, "asked": asked, "page": page, "lines": lines, "form": FilterForm(asked),
        "heads": [(c, c.name if c.order else "") for c in asked.columns],
        "all_columns": [(c, c in asked.columns) for c in register.columns if not c.wide],
        "views": query.views_of(register, viewer), "view_form": ViewForm(), "keep": keep,
        "add": _may(register, "add", viewer), "query": given.urlencode(), "pages": register.pages_for(viewer),
        "imports": imports_url(register, viewer),
    }  # fmt: skip
    return render(request, "kernel/register/list.html", context)


def imports_url(register: Register, viewer: Viewer) -> str:
    """Where a sheet is brought in, if the viewer may add or change anything."""
    if not (_may(register, "add", viewer) or _may(register, "keep", viewer)):
        return ""
    try:
        return reverse("registers:import", kwargs={"name": register.name})
    except NoReverseMatch:
        return ""


def _cell(column: Column, row: Any, closed: dict[int, set[str]]) -> dict[str, Any]:
    hidden = column.name in closed.get(row.pk, ())
    value = "" if hidden else values.shown(column, row)
    return {"column": column, "value": value, "hidden": hidden, "number": column.number}


def _sheet(asked: query.Asked, given: QueryDict) -> HttpResponse:
    register, now = asked.register, clock.now()
    form = given["as"]
    stem = f"{register.title}-{now:%Y%m%d}"
    if form == "csv":
        total = export.rows_of(asked).order_by()[: export.LIMIT].count()
        actions.record_export(
            register=register, rows=total, query=given.urlencode(), form=form, by=asked.viewer, now=now
        )
        answer: Any = StreamingHttpResponse(export.csv_lines(asked), content_type="text/csv; charset=utf-8")
        answer.headers["Content-Disposition"] = content_disposition_header(True, f"{stem}.csv")
        return answer  # type: ignore[no-any-return]
    file, total = export.xlsx(asked)
    actions.record_export(register=register, rows=total, query=given.urlencode(), form=form, by=asked.viewer, now=now)
    return FileResponse(file, as_attachment=True, filename=f"{stem}.xlsx", content_type=XLSX)


@posts_only
def detail(request: HttpRequest, name: str, pk: int) -> HttpResponse:
    """One row: its facts, what the module shows beside, its history with from and to."""
    register, viewer = register_of(name), _viewer(request)
    row = register.access.get(viewer, pk, rows=register.rows(viewer))
    closed = query.hidden_columns(register, viewer, [row])
    beside = register.beside(row, viewer)
    first = values.shown(register.columns[0], row)
    context = {
        "register": register, "row": row, "title": str(first or row),
        "cells": [_cell(column, row, closed) for column in register.columns],
        "may_keep": register.can("keep") and register.access.may(viewer, "keep", row),
        "history": sheet_history.merged(register, row, history(row, viewer, bool(closed)), bool(closed)),
        "beside": beside[0] if beside else "",
        **(beside[1] if beside else {}),
    }  # fmt: skip
    return render(request, "kernel/register/detail.html", context)


def history(row: Any, viewer: Viewer, closed: bool = False) -> list[dict[str, Any]]:
    """The events of a row, newest first, with what changed; personal changes for those who see the columns."""
    out = []
    for entry in audit.history(row)[:50]:
        changes = list(entry.data.get("changes", []))
        side = getattr(entry, "personal_side", None)
        if side is not None and not closed:
            changes += side.data.get("changes", [])
        out.append({"entry": entry, "text": entry.told(), "changes": changes})
    return out


@posts_only
@once
def new(request: HttpRequest, name: str) -> HttpResponse:
    """Enter a row."""
    register, viewer = register_of(name), _viewer(request)
    if not _may(register, "add", viewer):
        raise NotVisible()
    form = RowForm(request.POST or None, register=register, viewer=viewer, row=None, known=request.GET)
    if request.method == "POST" and form.is_valid():
        try:
            row = actions.create(register=register, given=form.cells, by=viewer, now=clock.now())
        except Invalid as error:
            put_errors(form, error)
        else:
            messages.success(request, f"已新增{register.noun}「{row}」。")
            return HttpResponseRedirect(register.url(row))
    context = {"register": register, "form": form, "row": None}
    return render(request, "kernel/register/form.html", context, status=422 if form.errors else 200)


@posts_only
@once
def change(request: HttpRequest, name: str, pk: int) -> HttpResponse:
    """Change a row. Who opened an older form is told, and nothing that was typed is lost."""
    register, viewer = register_of(name), _viewer(request)
    row = register.access.get(viewer, pk, "keep" if register.can("keep") else "see", rows=register.rows(viewer))
    if not register.can("keep"):
        raise NotVisible()
    seen = actions.fingerprint(register, row)
    form = RowForm(request.POST or None, register=register, viewer=viewer, row=row, seen=seen)
    if request.method == "POST" and form.is_valid():
        try:
            _, changes = actions.change(
                register=register, pk=pk, given=form.cells, by=viewer, now=clock.now(),
                reason=form.cleaned_data.get("reason", ""), seen=form.cleaned_data.get("seen", ""),
            )  # fmt: skip
        except Invalid as error:
            put_errors(form, error)
            form.data = form.data.copy()
            form.data["seen"] = seen
        else:
            messages.success(request, f"已修改 {len(changes)} 项。" if changes else "内容没有变化，未作修改。")
            return HttpResponseRedirect(register.url(row))
    context = {"register": register, "form": form, "row": row, "facts": [_cell(c, row, {}) for c in register.editable]}
    return render(request, "kernel/register/form.html", context, status=422 if form.errors else 200)


def _chosen(request: HttpRequest, asked: query.Asked) -> list[int]:
    """The ticked rows, or all that the conditions find (one more than may be changed at once, so that it is told)."""
    if request.POST.get("all") == "1":
        return list(query.found(asked).order_by("pk").values_list("pk", flat=True)[: actions.BULK + 1])
    ticked = request.POST.getlist("row")[: actions.BULK + 1]
    return [int(pk) for pk in ticked if pk.isascii() and pk.isdigit() and len(pk) < 19]


@posts_only
@require_POST
@once
def bulk(request: HttpRequest, name: str) -> HttpResponse:
    """Change the ticked rows: first which column and what to, then the result, row by row where one was refused."""
    register, viewer = register_of(name), _viewer(request)
    if not _may(register, "keep", viewer):
        raise NotVisible()
    back = request.POST.get("query", "")[:2000]
    asked = query.ask(register, viewer, QueryDict(back))
    pks = _chosen(request, asked)
    step = request.POST.get("step", "")
    form = BulkForm(request.POST if step == "do" else None, register=register)
    result = None
    if not pks:
        messages.error(request, "还没有勾选任何一行。请先在列表左侧勾选，再批量修改。")
        return HttpResponseRedirect(_list(register, back))
    if step == "do" and form.is_valid():
        given = {form.cleaned_data["column"]: form.cleaned_data["value"]}
        try:
            result = actions.change_many(
                register=register, pks=pks, given=given, by=viewer, now=clock.now(), reason=form.cleaned_data["reason"]
            )
        except Invalid as error:
            put_errors(form, error)
        else:
            said = f"已修改 {result.changed} 行" + (f"，{result.same} 行本来就是这样" if result.same else "")
            if not result.refused:
                messages.success(request, said + "。")
                return HttpResponseRedirect(_list(register, back))
            first = result.refused[0][1]
            messages.warning(request, f"{said}；{len(result.refused)} 行没有修改，例如：{first}")
            return HttpResponseRedirect(_list(register, back))
    some = [str(row) for row in register.rows(viewer).filter(pk__in=pks[:5])]
    context = {
        "register": register, "form": form, "pks": pks, "query": back, "some": some, "all": request.POST.get("all"),
        "back": _list(register, back), "limit": actions.BULK,
    }  # fmt: skip
    return render(request, "kernel/register/bulk.html", context, status=422 if form.errors else 200)


def _list(register: Register, query_text: str = "") -> str:
    url = reverse("registers:rows", kwargs={"name": register.name})
    kept = QueryDict(query_text, mutable=True)
    for key in ("after", "before", "as"):
        kept.pop(key, None)
    return f"{url}?{kept.urlencode()}" if kept else url


@posts_only
@require_POST
def columns(request: HttpRequest, name: str) -> HttpResponse:
    """Choose the columns; the conditions stay."""
    register = register_of(name)
    query.ask(register, _viewer(request), QueryDict(""))
    known = [c.name for c in register.columns]
    chosen = [c for c in request.POST.getlist("col") if c in known]
    kept = QueryDict(request.POST.get("query", "")[:2000], mutable=True)
    kept["cols"] = ",".join(chosen)
    return HttpResponseRedirect(_list(register, kept.urlencode()))


@posts_only
@require_POST
@once
def keep(request: HttpRequest, name: str) -> HttpResponse:
    """Keep the list as it stands, under a name or as the way it opens."""
    register, viewer = register_of(name), _viewer(request)
    kept = request.POST.get("query", "")[:2000]
    query.ask(register, viewer, QueryDict(kept))
    form = ViewForm(request.POST)
    if form.is_valid():
        view = actions.keep_view(
            register=register, name=form.cleaned_data["name"], query=_bare(kept), by=viewer, now=clock.now()
        )
        messages.success(request, f"已保存视图「{view.name}」。" if view.name else "以后打开这个台账就是现在的样子。")
    else:
        messages.error(request, "名称最多 40 个字，请改短一些。")
    return HttpResponseRedirect(_list(register, kept))


def _bare(text: str) -> str:
    kept = QueryDict(text)
    return urlencode([(k, v) for k in kept for v in kept.getlist(k) if k not in ("after", "before", "as") and v])


@posts_only
@require_POST
@once
def drop(request: HttpRequest, name: str, pk: int) -> HttpResponse:
    """Forget a kept view."""
    register = register_of(name)
    actions.drop_view(register=register, pk=pk, by=_viewer(request))
    messages.success(request, "已删除这个视图。")
    return HttpResponseRedirect(_list(register))
