"""Applying for a service from home, bringing what is owed, and the office's and the desk's side of it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from sanshe.kernel import clock
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid, NotVisible, WrongState
from sanshe.kernel.files import response as file_response
from sanshe.kernel.floods import address_of
from sanshe.kernel.http import error_response, once, posts_only, put_errors, sign_in_first
from sanshe.people.public import Person, person_of

from .. import actions
from ..access import DraftFileAccess, MatterAccess
from ..actions.owed import owed_rows
from ..catalogue import item_of, known_facts, materials_for
from ..flow import FLOW
from ..forms.online import ApplyForm
from ..forms.owed import BringForm, SendBackForm
from ..models import ServiceItem
from ..queries import by_token
from ..window import WINDOW
from ..words import UNSETTLED, MaterialState, OnlineWay
from .filing import FILED, FILED_SECONDS, _placed, _suggest


def apply(request: HttpRequest, code: str) -> HttpResponse:
    """Apply for an item from home. What was chosen is kept with the account before anything else is judged."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    item = item_of(viewer, code, clock.today())
    if item is None or not item.is_online:
        # Between the draft and the sending the item may have ended: its page says so, and where to go instead.
        if request.method == "POST":
            messages.error(request, "这一项服务已经不能在网上申请，没有提交。写的内容还在草稿里，请看下面去哪儿办。")
        return HttpResponseRedirect(reverse("matters:service", kwargs={"code": code}))
    if item.online == OnlineWay.SIGNED and not viewer.signed_in:
        return redirect_to_login(request.get_full_path())
    if request.method != "POST":
        return _apply_page(request, item, _form(viewer, item, None, _first(request, viewer)))
    drop = request.POST.get("drop", "")
    if drop.isascii() and drop.isdigit() and len(drop) < 18:
        actions.drop_kept(code=code, by=viewer, now=clock.now(), only=int(drop))
    refused: dict[str, str] = {}
    if viewer.signed_in:
        # Not under `once`, which takes back what led to no other page: what was chosen stays chosen.
        files = {at: uploads for at, uploads in _files(request).items() if at < len(item.materials)}
        refused = actions.keep_files(code=code, files=files, by=viewer, now=clock.now())
    if drop or "keep" in request.POST:
        form = _form(viewer, item, None, _typed(request))
        return _apply_page(request, item, form, kept="keep" in request.POST, refused=refused)
    return _send(request, item=item, refused=refused)


@once
def _send(request: HttpRequest, item: ServiceItem, refused: dict[str, str]) -> HttpResponse:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    now = clock.now()
    form = _form(viewer, item, request.POST)
    valid = form.is_valid()
    for name, sentence in refused.items():
        _at(form, name, sentence)
    area, _ = _placed(request, form) if "place_text" in form.cleaned_data else (None, None)
    if not valid or area is None or form.errors:
        return _apply_page(request, item, form, status=422)
    given, other = form.cleaned_data, form.other
    try:
        matter = actions.apply_online(
            service_id=_number(request.POST.get("item")) or item.pk, area_id=area, by=viewer, now=now,
            text=given["text"], place_text=given["place_text"], contact_name=given["contact_name"],
            contact_phone=given["contact_phone"], for_name=given["for_name"] if other else "",
            for_number=given["for_number"] if other else "", relation=given["relation"] if other else "",
            files={} if viewer.signed_in else _files(request),
            said={at: words for at, words in _words(request).items()}, address=address_of(request),
        )  # fmt: skip
    except Invalid as error:
        for name, sentence in error.errors.items():
            _at(form, {"materials": "", "service": ""}.get(name, name), sentence)
        return _apply_page(request, item, form, status=422)
    answer = HttpResponseRedirect(reverse("matters:filed", kwargs={"token": matter.token}))
    answer.set_signed_cookie(
        FILED, str(matter.pk), max_age=FILED_SECONDS, httponly=True, samesite="Lax", secure=request.is_secure()
    )
    return answer


def _at(form: Any, name: str, sentence: str) -> None:
    form.add_error(name if name in form.fields else None, sentence)


def _number(text: Any) -> int | None:
    text = str(text or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else None


def _position(name: str, kind: str) -> int | None:
    head, _, tail = name.partition("-")
    return int(tail) if head == kind and tail.isascii() and tail.isdigit() and len(tail) < 3 else None


def _files(request: HttpRequest) -> dict[int, list[Any]]:
    """What was uploaded, by the position of its material."""
    found: dict[int, list[Any]] = {}
    for name in request.FILES:
        at = _position(name, "file")
        if at is not None:
            found[at] = request.FILES.getlist(name)
    return found


def _words(request: HttpRequest) -> dict[int, str]:
    return {at: value for name, value in request.POST.items() if (at := _position(name, "said")) is not None}


def _first(request: HttpRequest, viewer: Viewer) -> dict[str, Any]:
    """What the file and the account fill in."""
    person = person_of(viewer.user_id)
    if person is not None:
        return {"contact_name": person.name, "contact_phone": person.phone or getattr(request.user, "phone", "") or "",
                "area": person.area_id, "place_text": person.address or ""}  # fmt: skip
    if viewer.signed_in:
        return {"contact_name": viewer.name, "contact_phone": getattr(request.user, "phone", "") or ""}
    return {}


def _typed(request: HttpRequest) -> dict[str, Any]:
    return {name: value for name, value in request.POST.items() if name not in ("csrfmiddlewaretoken", "form_key")}


def _form(viewer: Viewer, item: ServiceItem, data: Any, initial: dict[str, Any] | None = None) -> ApplyForm:
    """The form with the materials that the file of whoever it is for does not hold."""
    given = data if data is not None else initial or {}
    person = _for_whom(viewer, item, given)
    rows = materials_for(item, known_facts(person, clock.today()))
    form = ApplyForm(data, initial=initial, item=item, materials=rows, signed_in=viewer.signed_in)
    if data is None and person is not None:
        form.known = {name for name in ("contact_name", "contact_phone", "area", "place_text") if given.get(name)}  # type: ignore[attr-defined]
    return form


def _for_whom(viewer: Viewer, item: ServiceItem, given: Any) -> Person | None:
    if given.get("whom") != "other" or not item.for_others:
        return person_of(viewer.user_id)
    name, number = str(given.get("for_name", ""))[:40], str(given.get("for_number", ""))[:40]
    return actions.of_household(viewer, name.replace("\x00", ""), number.replace("\x00", ""), clock.now(), item.name)


def _apply_page(
    request: HttpRequest, item: ServiceItem, form: ApplyForm, kept: bool = False,
    refused: dict[str, str] | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    drafts = actions.kept_files(viewer, item.code)
    person = person_of(viewer.user_id)
    place = str(form["place_text"].value() or "")
    context = {
        "item": item,
        "form": form,
        "rows": [{**row, "kept": drafts.get(row["m"].position, [])} for row in form.rows],
        "known": sum(row["m"].known for row in form.rows),
        "needed": sum(row["file"] is not None for row in form.rows),
        "kept": kept,
        "refused": refused or {},
        "found": _suggest(place) if form.is_bound and not form["area"].value() else [],
        "person_known": person is not None,
    }
    return render(request, "matters/apply.html", context, status=422 if refused and not kept else status)


@require_POST
def asked(request: HttpRequest, code: str) -> HttpResponse:
    """The materials anew, as a fragment: when one applies for somebody else, that one's file decides."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    item = item_of(viewer, code, clock.today())
    if item is None or not item.is_online or (item.online == OnlineWay.SIGNED and not viewer.signed_in):
        raise NotVisible()
    form, drafts = _form(viewer, item, None, _typed(request)), actions.kept_files(viewer, code)
    rows = [{**row, "kept": drafts.get(row["m"].position, [])} for row in form.rows]
    context = {"item": item, "form": form, "rows": rows, "known": sum(row["m"].known for row in rows),
               "needed": sum(row["file"] is not None for row in rows)}  # fmt: skip
    return render(request, "matters/_apply_materials.html", context)


@require_GET
@sign_in_first
def draft_file(request: HttpRequest, pk: int) -> HttpResponse:
    """A file that one chose and did not send yet."""
    return file_response(DraftFileAccess.get(request.viewer, pk).file)  # type: ignore[attr-defined,return-value]


# -- by the receipt ----------------------------------------------------------------------------------------------------


@once
def bring(request: HttpRequest, token: str) -> HttpResponse:
    """Send what is owed, by who holds the receipt."""
    matter, holder = by_token(request.viewer, token)  # type: ignore[attr-defined]
    if not MatterAccess.may(holder, "bring", matter):
        raise NotVisible()
    step = FLOW.step("send_materials")
    if request.method != "POST":
        if FLOW.state(matter) not in step.sources:
            raise WrongState(FLOW._moved_on(matter, step))
        return _bring_page(request, matter, BringForm(obj=matter))
    form = BringForm(request.POST, request.FILES, obj=matter)
    form.is_valid()
    try:
        actions.send_materials(
            matter_id=matter.pk, files=_files(request), said=_words(request), by=holder, now=clock.now()
        )
    except Invalid as error:
        put_errors(form, error)
        return _bring_page(request, matter, form, 422)
    except WrongState as error:
        form.add_error(None, error.sentence)
        return _bring_page(request, matter, form, 409)
    messages.success(request, "已交，等办理的人核对。")
    return HttpResponseRedirect(matter.progress_url)


def _bring_page(request: HttpRequest, matter: Any, form: BringForm, status: int = 200) -> HttpResponse:
    closes = actions.closes_on(matter) if matter.owed_on is not None else None
    context = {"matter": matter, "form": form, "closes": closes, "late": matter.owed_on is not None and
               matter.owed_on < clock.today()}  # fmt: skip
    return render(request, "matters/bring.html", context, status=status)


# -- the office and the desk -------------------------------------------------------------------------------------------


@once
@sign_in_first
def send_back(request: HttpRequest, pk: int) -> HttpResponse:
    """A material that came and is no good goes back, with the reason and a day."""
    from ..access import ApplicationMaterialAccess

    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    row = ApplicationMaterialAccess.get(viewer, pk, "judge")
    form = SendBackForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                matter = actions.send_back_material(
                    material_id=pk, note=form.cleaned_data["note"], until=form.cleaned_data["until"], by=viewer,
                    now=clock.now(),
                )  # fmt: skip
                messages.success(request, "已退回，申请人会收到通知。")
                return HttpResponseRedirect(matter.get_absolute_url())
            except Invalid as error:
                put_errors(form, error)
            except WrongState as error:
                form.add_error(None, error.sentence)
                status = 409
    context = {"material": row, "matter": row.matter, "form": form, "files": row.files.select_related("file")}
    return render(request, "matters/send_back.html", context, status=status)


@require_POST
@once
@sign_in_first
def all_right(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything that was sent is right."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    matter = MatterAccess.get(viewer, pk, "review")
    count = 0
    for row in matter.materials.filter(state=MaterialState.SENT):
        actions.settle_material(material_id=row.pk, state=MaterialState.CHECKED, by=viewer, now=clock.now())
        count += 1
    if not count:
        return error_response(request, 409, "没有等着核对的材料。")
    messages.success(request, f"{count} 份上传的材料已核对。")
    return HttpResponseRedirect(matter.get_absolute_url())


@require_GET
@posts_only
def owed(request: HttpRequest) -> HttpResponse:
    """What residents of one's area still owe, by the day on which it is to come: for the desk to note paper brought."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    if not viewer.holds(*WINDOW):
        raise NotVisible()
    today: date = clock.today()
    rows = owed_rows(viewer)
    for matter in rows:
        matter.lacking = [m for m in matter.materials.all() if m.state in UNSETTLED and m.due_on]  # type: ignore[attr-defined]
        matter.late = matter.owed_on is not None and matter.owed_on < today  # type: ignore[attr-defined]
    return render(request, "matters/owed.html", {"rows": rows, "late": sum(m.late for m in rows)})  # type: ignore[attr-defined]


def may_bring(holder: Viewer, matter: Any) -> bool:
    """Whether the bearer may send what is owed now."""
    return matter.owed_on is not None and matter.is_open and MatterAccess.may(holder, "bring", matter)
