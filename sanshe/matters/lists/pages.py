"""The pages of the lists: what is in force, the versions, one version with its draft's editing, comparison, print."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from sanshe.kernel import clock
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid, NotAllowed, NotVisible, WrongState
from sanshe.kernel.http import once, put_errors, sign_in_first

from . import actions, queries
from .checking import check
from .compare import compare
from .forms import FORMS, EnforceForm, StartForm, values_of
from .kinds import Kind, kind_of
from .sheet import sheet

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _viewer(request: HttpRequest) -> Viewer:
    return request.viewer  # type: ignore[attr-defined,no-any-return]


def _url(kind: Kind, name: str, **given: Any) -> str:
    return reverse(f"matters:{kind.key}_{name}", kwargs=given)


def _keeps(kind: Kind, viewer: Viewer) -> bool:
    return kind.access.rule("change").q(viewer) is True


def _base(kind: Kind, viewer: Viewer) -> dict[str, Any]:
    return {
        "kind": kind,
        "keeps": _keeps(kind, viewer),
        "urls": {name: f"matters:{kind.key}{f'_{name}' if name else ''}" for name in (
            "", "versions", "version", "print", "compare", "start", "new_item", "item", "remove", "enforce", "recall",
            "discard")} | {"home": f"matters:{kind.key}"},
    }  # fmt: skip


@require_GET
def in_force(request: HttpRequest, kind: str) -> HttpResponse:
    """The list in force today, for everyone; searched by one's own words."""
    found, today, viewer = kind_of(kind), clock.today(), _viewer(request)
    version = found.in_force(today)
    items = found.items_of(version) if version is not None else []
    if request.GET.get("as") == "xlsx" and version is not None:
        return _sent(found, version, items)
    typed = request.GET.get("text", "").replace("\x00", "")[:200].strip()
    chosen = request.GET.get("group", "")
    hits = queries.search(found, items, typed) if typed else []
    groups = queries.grouped(found, items)
    context = _base(found, viewer) | {
        "version": version, "groups": [g for g in groups if chosen in ("", g.value)], "all_groups": groups,
        "text": typed, "hits": hits, "chosen": chosen, "total": len(items),
        "coming": next((s.version for s in queries.versions(found, viewer, today) if s.word == "待施行"), None),
    }  # fmt: skip
    return render(request, "matters/lists/in_force.html", context)


def _sent(kind: Kind, version: Any, items: list[Any]) -> HttpResponse:
    response = HttpResponse(sheet(kind, version, items), content_type=XLSX)
    name = quote(f"{kind.title}-{version.version}.xlsx")
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    return response


@require_GET
def versions(request: HttpRequest, kind: str) -> HttpResponse:
    """All versions, with what each is today."""
    found, viewer = kind_of(kind), _viewer(request)
    rows = queries.versions(found, viewer, clock.today())
    context = _base(found, viewer) | {"rows": rows, "draft": queries.draft_of(found, viewer)}
    return render(request, "matters/lists/versions.html", context)


@require_GET
def version(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """One version: its items; for a draft also what is to be put right, what it changes, and the ways on."""
    found, viewer, today = kind_of(kind), _viewer(request), clock.today()
    row = found.access.get(viewer, pk)
    items = found.items_of(row)
    if request.GET.get("as") == "xlsx":
        return _sent(found, row, items)
    former = queries.before(found, row)
    word, tone = queries.standing(row, today)
    context = _base(found, viewer) | {
        "version": row, "groups": queries.grouped(found, items), "total": len(items), "word": word, "tone": tone,
        "former": former, "findings": check(found, items) if row.is_draft else [],
        "change": compare(found, found.items_of(former), items) if former is not None else None,
        "edits": row.is_draft and _keeps(found, viewer), "future": word == "待施行",
        "other": queries.last_changed_by(row, viewer) if row.is_draft else None,
        "draft": queries.draft_of(found, viewer),
    }  # fmt: skip
    context["blocking"] = [one for one in context["findings"] if one.blocks]
    return render(request, "matters/lists/version.html", context)


@require_GET
def print_version(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """A version on paper."""
    found, viewer = kind_of(kind), _viewer(request)
    row = found.access.get(viewer, pk)
    context = _base(found, viewer) | {"version": row, "groups": queries.grouped(found, found.items_of(row))}
    return render(request, "matters/lists/print.html", context)


@require_GET
def comparison(request: HttpRequest, kind: str) -> HttpResponse:
    """Version against version, item by item."""
    found, viewer, today = kind_of(kind), _viewer(request), clock.today()
    rows = [one.version for one in queries.versions(found, viewer, today)]
    new = _chosen(rows, request.GET.get("new", "")) or (rows[0] if rows else None)
    old = _chosen(rows, request.GET.get("old", "")) or (queries.before(found, new) if new is not None else None)
    context = _base(found, viewer) | {"rows": rows, "new": new, "old": old, "change": None}
    if old is not None and new is not None:
        context["change"] = compare(found, found.items_of(old), found.items_of(new))
    return render(request, "matters/lists/compare.html", context)


def _chosen(rows: list[Any], given: str) -> Any | None:
    return next((row for row in rows if str(row.pk) == given), None)


def _may_keep(kind: Kind, viewer: Viewer) -> None:
    if not viewer.is_staff:
        raise NotVisible()
    if not _keeps(kind, viewer):
        raise NotAllowed(f"{kind.title}由新区社会保障（社区治理）工作人员维护。您认为哪一条要改，请告诉他们。")


@once
@sign_in_first
def start(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Begin a draft from a version."""
    found, viewer = kind_of(kind), _viewer(request)
    _may_keep(found, viewer)
    base = found.access.get(viewer, pk)
    free = queries.free_version(found, clock.today())
    if request.method != "POST":
        form = StartForm(initial={"version": free, "name": f"{found.title}（{free}）"})
        return _start_page(request, found, base, form)
    form = StartForm(request.POST)
    if not form.is_valid():
        return _start_page(request, found, base, form, 422)
    try:
        draft = actions.start_draft(kind=found, base_id=base.pk, **form.cleaned_data, by=viewer, now=clock.now())
    except Invalid as error:
        put_errors(form, error)
        return _start_page(request, found, base, form, 422)
    except WrongState as error:
        form.add_error(None, error.sentence)
        return _start_page(request, found, base, form, 409)
    messages.success(request, "已起草，可以逐条修改。施行之前，对外仍是现行的一版。")
    return HttpResponseRedirect(_url(found, "version", pk=draft.pk))


def _start_page(request: HttpRequest, kind: Kind, base: Any, form: Any, status: int = 200) -> HttpResponse:
    context = _base(kind, _viewer(request)) | {"base": base, "form": form}
    return render(request, "matters/lists/start.html", context, status=status)


@once
@sign_in_first
def item(request: HttpRequest, kind: str, pk: int, item: int | None = None) -> HttpResponse:
    """Change an item of a draft, or add one. What somebody else changed meanwhile is shown, never overwritten."""
    found, viewer = kind_of(kind), _viewer(request)
    _may_keep(found, viewer)
    draft = found.access.get(viewer, pk)
    if not draft.is_draft:
        raise WrongState(f"{draft.name}不是草案，不能再改。要修订，请由它另起草一版。")
    row = next((one for one in found.items_of(draft) if one.pk == item), None)
    if item is not None and row is None and request.method != "POST":
        raise NotVisible(f"这一{found.item_title}已不在草案里，请回到草案再看。")
    form_of = FORMS[found.key]
    if request.method != "POST":
        initial = found.values(row) if row is not None else {found.group: request.GET.get("group", "")}
        return _item_page(request, found, draft, row, form_of(initial=initial), row.edition if row else 0)
    form = form_of(request.POST)
    given = request.POST.get(actions.SEEN, "0")
    seen = int(given) if given.isdigit() and len(given) < 9 else 0
    if not form.is_valid():
        return _item_page(request, found, draft, row, form, seen, 422)
    try:
        kept = actions.save_item(
            kind=found, draft_id=draft.pk, item_id=item, seen=seen, values=values_of(found, form), by=viewer,
            now=clock.now(),
        )  # fmt: skip
    except Invalid as error:
        put_errors(form, error)
        return _item_page(request, found, draft, row, form, seen, 422)
    except WrongState as error:
        form.add_error(None, error.sentence)
        # Saved again after the comparison that is shown now, it is this edition that was read.
        return _item_page(request, found, draft, row, form, row.edition if row else 0, 409, clash=row)
    messages.success(request, f"{kept.code}「{kept.name}」已保存在草案里。")
    return HttpResponseRedirect(f"{_url(found, 'version', pk=draft.pk)}#i-{kept.pk}")


def _item_page(
    request: HttpRequest, kind: Kind, draft: Any, row: Any, form: Any, seen: int, status: int = 200, clash: Any = None
) -> HttpResponse:
    context = _base(kind, _viewer(request)) | {
        "draft": draft, "item": row, "form": form, "seen": seen, "gone": status == 409 and row is None,
        "clash": [(one.label, one.shown(getattr(clash, one.name))) for one in kind.fields] if clash else [],
    }  # fmt: skip
    return render(request, "matters/lists/item.html", context, status=status)


@require_POST
@once
@sign_in_first
def remove(request: HttpRequest, kind: str, pk: int, item: int) -> HttpResponse:
    """Take an item out of a draft."""
    found, viewer = kind_of(kind), _viewer(request)
    _may_keep(found, viewer)
    given = request.POST.get(actions.SEEN, "")
    seen = int(given) if given.isdigit() and len(given) < 9 else -1
    actions.remove_item(kind=found, draft_id=pk, item_id=item, seen=seen, by=viewer, now=clock.now())
    messages.success(request, "已从草案里删去，以前各版不受影响。")
    return HttpResponseRedirect(_url(found, "version", pk=pk))


@once
@sign_in_first
def enforce(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Put a draft in force: what it changes stands on the page, and what must be put right first."""
    found, viewer = kind_of(kind), _viewer(request)
    _may_keep(found, viewer)
    draft = found.access.get(viewer, pk)
    if request.method != "POST":
        if not draft.is_draft:
            raise WrongState(f"{draft.name}已定施行日期。")
        initial = {"seen": draft.edition, "source": draft.source, "note": draft.note}
        return _enforce_page(request, found, draft, EnforceForm(initial=initial))
    form = EnforceForm(request.POST)
    if not form.is_valid():
        return _enforce_page(request, found, draft, form, 422)
    try:
        actions.put_in_force(kind=found, draft_id=pk, **form.cleaned_data, by=viewer, now=clock.now())
    except Invalid as error:
        put_errors(form, error)
        return _enforce_page(request, found, draft, form, 422)
    except WrongState as error:
        form.add_error(None, error.sentence)
        form.data = form.data.copy()
        form.data["seen"] = str(draft.edition)
        return _enforce_page(request, found, draft, form, 409)
    messages.success(request, f"已定于{clock.say_day(form.cleaned_data['begins'])}起施行。")
    return HttpResponseRedirect(_url(found, "version", pk=pk))


def _enforce_page(request: HttpRequest, kind: Kind, draft: Any, form: Any, status: int = 200) -> HttpResponse:
    former = queries.before(kind, draft)
    items = kind.items_of(draft)
    context = _base(kind, _viewer(request)) | {
        "draft": draft, "form": form, "former": former,
        "change": compare(kind, kind.items_of(former), items) if former is not None else None,
        "blocking": [one for one in check(kind, items) if one.blocks],
    }  # fmt: skip
    return render(request, "matters/lists/enforce.html", context, status=status)


@require_POST
@once
@sign_in_first
def recall(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Take back a version that has not begun."""
    found, viewer = kind_of(kind), _viewer(request)
    _may_keep(found, viewer)
    actions.recall(kind=found, version_id=pk, by=viewer, now=clock.now())
    messages.success(request, "已收回，它又是草案；原来的一版继续施行。")
    return HttpResponseRedirect(_url(found, "version", pk=pk))


@require_POST
@once
@sign_in_first
def discard(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Give a draft up."""
    found, viewer = kind_of(kind), _viewer(request)
    _may_keep(found, viewer)
    actions.discard(kind=found, draft_id=pk, by=viewer, now=clock.now())
    messages.success(request, "草案已放弃。")
    return HttpResponseRedirect(_url(found, "versions"))
