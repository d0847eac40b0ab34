"""Progress for the one who brought a matter up, by the receipt and without an account; one's own list; help."""

from __future__ import annotations

from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from sanshe.kernel import clock
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid, NotVisible
from sanshe.kernel.files import response as file_response
from sanshe.kernel.http import once, put_errors, sign_in_first

from .. import actions
from ..access import HelpAccess
from ..beside import beside
from ..flow import FLOW
from ..flow_parts import HELP
from ..forms.filing import FindForm
from ..mine import contact_reads
from ..models import HelpOffer, Matter
from ..numbers import is_number
from ..queries import by_number_and_phone, by_token, last_rating, objection_of, public_matter
from ..sentences import answer
from ..window import materials_of, photos_of
from ..words import HelpState, MatterState
from .online import may_bring
from .steps import BEARER_STEPS

TRIES = 20  # look-ups by number and phone, an address and hour


def _may_have_objected(matter: Matter) -> bool:
    """Whether there can be an objection, to the triage or to an ending: no query for the others."""
    return bool(matter.objected_at or matter.retriaged or matter.state == MatterState.ENDED)


@require_GET
def progress(request: HttpRequest, token: str) -> HttpResponse:
    """Where a matter stands, what one may do now. Reading it changes nothing."""
    matter, holder = by_token(request.viewer, token)  # type: ignore[attr-defined]
    now = clock.now()
    offers = [
        (offer, reverse("matters:bearer_step", kwargs={"token": token, "step": offer.step.name}))
        for offer in FLOW.offers(matter, holder, now)
        if offer.step.name in BEARER_STEPS and not (matter.service_id and offer.step.name == "object")
    ]
    rating = last_rating(matter) if matter.rated_at else None
    callback = getattr(rating, "callback", None) if rating else None
    if request.GET.get("ask"):  # came by a notice that asks for a rating: told apart from who came by himself
        offers = [(o, f"{url}?ask=1" if o.step.name == "rate" else url) for o, url in offers]
    context = {
        "matter": matter,
        "viewer": holder,
        "answer": answer(matter, now),
        "offers": offers,
        "photos": photos_of(matter),
        "objection": objection_of(matter) if _may_have_objected(matter) else None,
        "materials": materials_of(matter),
        "may_bring": may_bring(holder, matter),
        "closes": actions.closes_on(matter) if matter.owed_on is not None and matter.is_open else None,
        "today": clock.local(now).date(),
        "rating": rating,
        "callback": callback,
        "ask_satisfied": callback is not None and actions.satisfaction_waits(callback),
        "help_offers": _help_offers(matter, holder) if matter.route == "self" else [],
        "beside": beside(holder, matter),
        "followers": list(matter.followers.only("number", "token", "title", "state")[:5]),
        "reads": contact_reads(matter) if matter.contact_phone or matter.contact_name else [],
        "may_continue": matter.state == MatterState.DONE,
    }
    return render(request, "matters/progress.html", context)


def _help_offers(matter: Matter, viewer: Viewer) -> list[HelpOffer]:
    rows = HelpAccess.rows(viewer).filter(matter=matter).exclude(state=HelpState.WITHDRAWN)
    return list(rows.select_related("helper", "matter"))


@require_GET
def progress_photo(request: HttpRequest, token: str, pk: int) -> HttpResponse:
    """A photo of the matter, for who holds the receipt."""
    matter, _ = by_token(request.viewer, token)  # type: ignore[attr-defined]
    found = matter.attachments.select_related("file").filter(pk=pk).first()
    if found is None:
        raise NotVisible()
    return file_response(found.file)  # type: ignore[return-value]


@once
def answer_help_by_token(request: HttpRequest, token: str, pk: int, step: str) -> HttpResponse:
    """Accept or decline a neighbour's help, by who holds the receipt."""
    matter, holder = by_token(request.viewer, token)  # type: ignore[attr-defined]
    if request.method == "POST" and step in ("accept", "decline"):
        actions.answer_help(offer_id=pk, accept=step == "accept", by=holder, now=clock.now())
    return HttpResponseRedirect(matter.progress_url)


def find(request: HttpRequest) -> HttpResponse:
    """Progress by number and phone, for who has lost the receipt."""
    form = FindForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        key = f"matters:find:{request.META.get('REMOTE_ADDR', '')}:{clock.now():%Y%m%d%H}"
        tries = int(cache.get(key, 0))
        cache.set(key, tries + 1, 3700)
        number = form.cleaned_data["number"]
        if tries >= TRIES:
            form.add_error(None, "查询次数太多，请一小时后再试，或到社区窗口查询。")
        elif not is_number(number):
            form.add_error("number", "编号有误，请对照回执逐位核对。")
        else:
            found = by_number_and_phone(number, form.cleaned_data["phone"])
            if found is not None:
                return HttpResponseRedirect(found.progress_url)
            form.add_error(None, "编号和电话对不上。反映时没有留电话的，请扫回执上的二维码，或到社区窗口查询。")
    return render(request, "matters/find.html", {"form": form}, status=422 if form.errors else 200)


@once
@sign_in_first
def offer_help(request: HttpRequest, number: str) -> HttpResponse:
    """A neighbour offers help with a private matter on the board."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    matter = public_matter(viewer, number)
    from ..forms.help import HelpForm

    form = HelpForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            offer = actions.offer_help(matter_id=matter.pk, text=form.cleaned_data["text"], by=viewer, now=clock.now())
            return HttpResponseRedirect(offer.get_absolute_url())
        except Invalid as error:
            put_errors(form, error)
    context: dict[str, Any] = {"matter": matter, "form": form}
    return render(request, "matters/help_offer.html", context, status=422 if form.errors else 200)


@require_GET
@sign_in_first
def help_page(request: HttpRequest, pk: int) -> HttpResponse:
    """The page that helper and reporter share; phones stand on it only when both have agreed."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    offer = HelpAccess.get(viewer, pk, rows=HelpOffer.objects.select_related("matter", "matter__area", "helper"))
    agreed = offer.state == HelpState.ACCEPTED
    party = viewer.user_id in (offer.helper_id, offer.matter.reporter_id)
    context = {
        "offer": offer,
        "offers": HELP.offers(offer, viewer),
        "helper_phone": offer.helper.phone if agreed and party else "",
        "reporter_phone": offer.matter.contact_phone if agreed and party else "",
        "reporter_name": offer.matter.contact_name if agreed and party else "",
        "agreed": agreed,
    }
    return render(request, "matters/help.html", context)
