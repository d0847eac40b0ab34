"""Filing by a resident on a phone; the receipt. The window's form is in `desk`."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from sanshe.areas.public import Area, home_area, places_like
from sanshe.kernel import clock, params
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid, NotVisible
from sanshe.kernel.floods import address_of
from sanshe.kernel.http import once, put_errors

from ..access import MatterAccess
from ..actions.receiving import Received, receive
from ..forms.filing import ReportForm
from ..models import Matter
from ..proposal import urgent_in
from ..queries import by_token
from ..receipts import DOCX, receipt_docx
from ..window import WINDOW, materials_of
from ..words import MatterState

#: Whose browser filed a matter, signed, so that what comes again may lead back to its receipt.
FILED = "sanshe_filed"
FILED_SECONDS = 24 * 3600


def _suggest(place: str) -> list[Any]:
    """Communities that a typed place may mean, in the area that this installation serves; one line a community."""
    if len(place.strip()) < 2:
        return []
    try:
        found = places_like(place[:200], home_area())
    except Area.DoesNotExist:
        return []
    seen: set[int] = set()
    return [m for m in found if not (m.area.pk in seen or seen.add(m.area.pk))][:4]  # type: ignore[func-returns-value]


@require_GET
def places(request: HttpRequest) -> HttpResponse:
    """The communities for a typed place, as a fragment under the field."""
    typed = request.GET.get("place_text", "").replace("\x00", "")
    return render(request, "matters/_places.html", {"found": _suggest(typed), "typed": typed})


@once
def report(request: HttpRequest) -> HttpResponse:
    """A resident reports a matter, with or without an account."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    origin = _origin(request, viewer)
    if request.method != "POST":
        first: dict[str, Any] = {}
        if viewer.signed_in:
            first = {"contact_name": viewer.name, "contact_phone": getattr(request.user, "phone", "") or ""}
        if origin is not None:
            first |= {"area": origin.area_id, "place_text": origin.place_text}
        return _report_page(request, ReportForm(initial=first), origin)
    form = ReportForm(request.POST, request.FILES)
    if not form.is_valid():
        return _report_page(request, form, origin, 422)
    given = form.cleaned_data
    area, place = _placed(request, form)
    if area is None:
        return _report_page(request, form, origin, 422)
    try:
        received = receive(
            text=given["text"], area_id=area, place_text=given["place_text"], place_id=place,
            contact_name=given["contact_name"], contact_phone=given["contact_phone"],
            photos=request.FILES.getlist("photos"), origin=origin, by=viewer, now=clock.now(),
            address=address_of(request),
        )  # fmt: skip
    except Invalid as error:
        put_errors(form, error)
        return _report_page(request, form, origin, 422)
    return _received(request, received)


def _received(request: HttpRequest, received: Received) -> HttpResponse:
    """The receipt; for what came again, the first one's, if this browser or account filed that."""
    matter = received.matter
    if received.again:
        mine = received.own or request.get_signed_cookie(FILED, "", max_age=FILED_SECONDS) == str(matter.pk)
        said = f"同样的内容刚才已经收到，编号 {matter.number}。这一次已计入，不用再提交。"
        messages.info(request, said if mine else f"{said}要看进度，请填编号和反映时留的电话。")
        if not mine:
            return HttpResponseRedirect(reverse("matters:find"))
    answer = HttpResponseRedirect(reverse("matters:filed", kwargs={"token": matter.token}))
    if not received.again:
        answer.set_signed_cookie(
            FILED, str(matter.pk), max_age=FILED_SECONDS, httponly=True, samesite="Lax", secure=request.is_secure()
        )
    return answer


def _origin(request: HttpRequest, viewer: Viewer) -> Matter | None:
    """The matter that this one continues, named by its receipt."""
    token = request.POST.get("origin") or request.GET.get("origin") or ""
    if not token:
        return None
    try:
        return by_token(viewer, token)[0]
    except NotVisible:
        return None


def _placed(request: HttpRequest, form: Any) -> tuple[int | None, int | None]:
    """Community and kept place: as chosen, as suggested and picked, or asked for with the suggestions shown."""
    given = form.cleaned_data
    found = _suggest(given["place_text"])
    area = given["area"] or None
    picked = request.POST.get("suggested", "")
    if area is None and picked.isdigit() and int(picked) in {m.area.pk for m in found}:
        area = int(picked)
    if area is None:
        sentence = "请确认是下面哪个社区，或在“所在社区”里选择。" if found else "请选择事情发生在哪个社区。"
        form.add_error("area", sentence)
        return None, None
    place = next((m.place.pk for m in found if m.place is not None and m.area.pk == area), None)
    return area, place


def _report_page(request: HttpRequest, form: Any, origin: Matter | None, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "origin": origin,
        "found": _suggest(str(form.data.get("place_text", ""))) if form.is_bound and not form.data.get("area") else [],
        "most": params.get("matter.photos_most").value,
    }
    return render(request, "matters/report.html", context, status=status)


@require_GET
def filed(request: HttpRequest, token: str) -> HttpResponse:
    """What one gets for filing: the number, the code to see progress by, the promised date."""
    matter, holder = by_token(request.viewer, token)  # type: ignore[attr-defined]
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    context = {
        "matter": matter,
        "viewer": holder,
        # Who files for callers, and the caller who opens the same address, are told different things.
        "for_caller": matter.filed_by_id is not None and viewer.holds(*WINDOW),
        "materials": materials_of(matter),
        "urgent": urgent_in(matter.text, clock.today()) if matter.state == MatterState.RECEIVED else None,
        "may_triage": MatterAccess.may(viewer, "triage", matter),
    }
    return render(request, "matters/filed.html", context)


@require_GET
def receipt(request: HttpRequest, token: str) -> HttpResponse:
    """The receipt on paper."""
    matter, holder = by_token(request.viewer, token)  # type: ignore[attr-defined]
    context = {"matter": matter, "viewer": holder, "materials": materials_of(matter)}
    return render(request, "matters/receipt.html", context)


@require_GET
def receipt_word(request: HttpRequest, token: str) -> HttpResponse:
    """The receipt as a Word document."""
    matter, _ = by_token(request.viewer, token)  # type: ignore[attr-defined]
    response = HttpResponse(receipt_docx(matter), content_type=DOCX)
    name = quote(f"回执-{matter.number}.docx")
    response["Content-Disposition"] = f"attachment; filename=\"receipt.docx\"; filename*=UTF-8''{name}"
    return response
