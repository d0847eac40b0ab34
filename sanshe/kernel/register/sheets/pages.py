"""Pages of imports: send a sheet, match its columns, see what it would do, let it run, take it back."""

from __future__ import annotations

import io
from pathlib import PurePath
from typing import Any

from django import forms
from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from sanshe.kernel import clock, params
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid, NotVisible, SansheError, WrongState
from sanshe.kernel.files import MEGABYTE
from sanshe.kernel.http import once, posts_only, put_errors

from ..declare import Register, register_of
from . import jobs, preview, store
from .access import ImportBatchAccess
from .actions import taking, undoing
from .container import too_large
from .models import ImportBatch
from .template import template_book
from .words import BatchState

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: A sheet below so many bytes is looked at, and checked, while the browser waits.
AT_ONCE = 60_000
LOOK_AT_ONCE = 2_000_000


class SheetForm(forms.Form):
    """One file."""

    file = forms.FileField(
        label="表格文件",
        help_text="xlsx、xls 或 csv；列名不必与模板相同，下一步可以核对",
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xlsm,.xls,.et,.csv,.txt"}),
        error_messages={"required": "请选择要导入的表格文件。", "empty": "这个文件是空的，请重新选择。",
                        "missing": "请选择要导入的表格文件。", "invalid": "文件没有传上来，请重新选择。"},
        max_length=400,
    )  # fmt: skip


def _viewer(request: HttpRequest) -> Viewer:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    return viewer


def _open(request: HttpRequest, name: str) -> tuple[Register, Viewer]:
    """The register, for those who may add or change something in it. Raises NotVisible."""
    register, viewer = register_of(name), _viewer(request)
    if not any(register.can(v) and register.access.q(viewer, v) is not False for v in ("add", "keep")):
        raise NotVisible()
    return register, viewer


def _batch(request: HttpRequest, name: str, pk: int) -> tuple[Register, Viewer, ImportBatch]:
    register, viewer = _open(request, name)
    found = ImportBatchAccess.get(viewer, pk)
    if found.register != register.name:
        raise NotVisible()
    return register, viewer, found


def _go_on(batch: ImportBatch, viewer: Viewer) -> None:
    """Do the next step now when it is quick, else leave it to the worker."""
    quick = batch.state == BatchState.RECEIVED and batch.size <= LOOK_AT_ONCE
    try:
        if quick:
            batch = taking.look(batch=batch, now=clock.now())
        if batch.state == BatchState.CHECKING and batch.size <= AT_ONCE:
            jobs.proceed(batch, viewer)
        elif batch.busy:
            jobs.run_soon(batch)
    except SansheError as error:
        jobs.fail(batch.pk, error.sentence)


@posts_only
@once
def start(request: HttpRequest, name: str) -> HttpResponse:
    """Send a sheet in; what was sent before stands below."""
    register, viewer = _open(request, name)
    form = SheetForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        limit = params.get("sheets.upload_most").value
        try:
            if upload.size > limit * MEGABYTE:
                raise Invalid({"file": too_large(upload.size, limit)})
            batch = taking.receive(
                register=register, data=upload.read(), file_name=upload.name or "", by=viewer, now=clock.now()
            )
        except Invalid as error:
            put_errors(form, error)
        else:
            _go_on(batch, viewer)
            return HttpResponseRedirect(batch.get_absolute_url())
    context = {
        "register": register, "form": form, "batches": preview.batches(register, viewer),
        "limit": params.get("sheets.upload_most").value, "rows_most": params.get("sheets.rows_most").value,
        "required": [c.title for c in register.editable if c.is_required], "keys": _keys(register),
    }  # fmt: skip
    return render(request, "kernel/register/import.html", context, status=422 if form.errors else 200)


def _keys(register: Register) -> str:
    titles = {column.name: column.title for column in register.columns}
    return "，或".join("和".join(f"「{titles[name]}」" for name in key) for key in register.key)


@posts_only
def template(request: HttpRequest, name: str) -> HttpResponse:
    """An empty sheet with heads, notes, drop-downs."""
    register, viewer = _open(request, name)
    file = io.BytesIO(template_book(register, viewer))
    return FileResponse(file, as_attachment=True, filename=f"{register.title}-模板.xlsx", content_type=XLSX)


@posts_only
def batch(request: HttpRequest, name: str, pk: int) -> HttpResponse:
    """Where an import stands: its columns, its preview, its progress, its result."""
    register, viewer, found = _batch(request, name, pk)
    return _show(request, register, viewer, found)


def _show(
    request: HttpRequest, register: Register, viewer: Viewer, found: ImportBatch, error: str = "", status: int = 200
) -> HttpResponse:
    now = clock.now()
    typed = request.GET.get("after", "")
    after = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 9 else 0
    parts = found.parts.exists()
    staged = bool(found.checked_at) and found.state != BatchState.DROPPED
    rematch = found.state == BatchState.MAPPING or (
        request.GET.get("columns") == "1" and found.state in (BatchState.CHECKED, BatchState.FAILED)
    )
    context = {
        "register": register, "batch": found, "error": error, "sentence": preview.sentence(found, register, now),
        "rows": preview.rows(found, register, viewer, request.GET.get("show", ""), after)
        if staged and not rematch else None,
        "columns": preview.columns(found, register) if rematch else [], "rematch": rematch,
        "lacking": preview.lacking(found, register) if found.mapping else [], "choices": register.editable,
        "may_undo": undoing.may_undo(found, now), "undo_days": params.get("sheets.undo_days").value,
        "keep_days": params.get("sheets.keep_file_days").value,
        "writes": found.count("added") + found.count("changed"),
        "notes": preview.undone_notes(found) if found.state == BatchState.UNDONE else [],
        "goes_on": found.state == BatchState.FAILED and found.checked_at is not None and parts,
        "retry": found.state == BatchState.FAILED and bool(found.file) and not parts,
        "drops": found.state in (BatchState.MAPPING, BatchState.CHECKED, BatchState.FAILED) and not parts,
    }  # fmt: skip
    return render(request, "kernel/register/batch.html", context, status=status)


@posts_only
def progress(request: HttpRequest, name: str, pk: int) -> HttpResponse:
    """How far it is, as a fragment that asks again; once it is over, the browser is led to the page."""
    register, _, found = _batch(request, name, pk)
    context = {"batch": found, "register": register, "sentence": preview.sentence(found, register, clock.now())}
    answer = render(request, "kernel/register/_progress.html", context)
    if not found.busy:
        answer.headers["HX-Redirect"] = found.get_absolute_url()
    return answer


def _step(request: HttpRequest, name: str, pk: int, do: Any) -> HttpResponse:
    """One posted step of a batch; a refusal is shown on its page."""
    register, viewer, found = _batch(request, name, pk)
    try:
        found = do(register, viewer, found)
    except (Invalid, WrongState) as error:
        found.refresh_from_db()
        return _show(request, register, viewer, found, error.sentence, error.status)
    return HttpResponseRedirect(found.get_absolute_url())


@posts_only
@require_POST
@once
def columns(request: HttpRequest, name: str, pk: int) -> HttpResponse:
    """The columns as somebody matched them by hand."""

    def do(register: Register, viewer: Viewer, found: ImportBatch) -> ImportBatch:
        chosen = [request.POST.get(f"c{at}", "") for at in range(len(found.heads))]
        done = taking.assign(batch_id=found.pk, mapping=chosen, by=viewer, now=clock.now())
        _go_on(done, viewer)
        return done

    return _step(request, name, pk, do)


@posts_only
@require_POST
@once
def choose(request: HttpRequest, name: str, pk: int) -> HttpResponse:
    """Another sheet of the workbook."""

    def do(register: Register, viewer: Viewer, found: ImportBatch) -> ImportBatch:
        return taking.choose_sheet(batch_id=found.pk, sheet=request.POST.get("sheet", ""), by=viewer, now=clock.now())

    return _step(request, name, pk, do)


@posts_only
@require_POST
@once
def go(request: HttpRequest, name: str, pk: int) -> HttpResponse:
    """Bring the sheet in, in the background."""

    def do(register: Register, viewer: Viewer, found: ImportBatch) -> ImportBatch:
        done = taking.confirm(batch_id=found.pk, by=viewer)
        jobs.run_soon(done)
        return done

    return _step(request, name, pk, do)


@posts_only
@require_POST
@once
def again(request: HttpRequest, name: str, pk: int) -> HttpResponse:
    """Check a sheet once more: after a refusal, or because the register changed since."""

    def do(register: Register, viewer: Viewer, found: ImportBatch) -> ImportBatch:
        done = taking.check_again(batch_id=found.pk, by=viewer)
        _go_on(done, viewer)
        return done

    return _step(request, name, pk, do)


@posts_only
@require_POST
@once
def drop(request: HttpRequest, name: str, pk: int) -> HttpResponse:
    """Put a sheet aside."""
    register, viewer, found = _batch(request, name, pk)
    try:
        taking.give_up(batch_id=found.pk, by=viewer)
    except WrongState as error:
        return _show(request, register, viewer, found, error.sentence, error.status)
    messages.success(request, "已放弃这张表，没有写入任何内容，上传的文件已删除。")
    return HttpResponseRedirect(reverse("registers:import", kwargs={"name": name}))


@posts_only
@require_POST
@once
def undo(request: HttpRequest, name: str, pk: int) -> HttpResponse:
    """Take a whole import back, in the background."""

    def do(register: Register, viewer: Viewer, found: ImportBatch) -> ImportBatch:
        done = undoing.ask_undo(batch_id=found.pk, by=viewer, now=clock.now())
        jobs.run_soon(done)
        return done

    return _step(request, name, pk, do)


@posts_only
def back(request: HttpRequest, name: str, pk: int) -> HttpResponse:
    """The sheet with the refused rows marked."""
    _, _, found = _batch(request, name, pk)
    if not found.back:
        raise NotVisible("没有退回的表，或已按保留期限删除。")
    file = io.BytesIO(store.get(found.back))
    stem = PurePath(found.file_name).stem
    return FileResponse(file, as_attachment=True, filename=f"{stem}-待修改.xlsx", content_type=XLSX)
