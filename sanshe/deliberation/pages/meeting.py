"""The meeting: its page, the screen in the room, signing in at the desk, the minutes as a document."""

from __future__ import annotations

from urllib.parse import quote

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from sanshe.kernel import clock
from sanshe.kernel.errors import Invalid, NotAllowed
from sanshe.kernel.http import once, put_errors, sign_in_first

from .. import actions, documents, forms, queries, rules
from ..access import MeetingAccess
from ..models import Meeting
from .residents import viewer_of

WITH = Meeting.objects.select_related("deliberation__area", "deliberation__party_body", "deliberation__committee_body")


@require_http_methods(["GET", "POST"])
@once
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """The meeting; at the desk with who is there, and signing in on paper."""
    viewer = viewer_of(request)
    meeting = MeetingAccess.get(viewer, pk, rows=WITH)
    may = MeetingAccess.verbs(viewer, meeting, ["desk", "register"])
    guest = forms.GuestForm(request.POST if request.POST.get("guest") else None)
    status = 200
    if request.method == "POST":
        if "register" not in may:
            raise NotAllowed("签到由社区工作人员登记。")
        status = 422
        answer = _sign_in_on_paper(request, meeting, guest)
        if answer is not None:
            return answer
    desk = "desk" in may
    context = {
        "meeting": meeting,
        "one": meeting.deliberation,
        "may": may,
        "desk": desk,
        "attendance": queries.attendance(viewer, meeting),
        "absent": queries.absent(viewer, meeting) if desk else [],
        "quorum": rules.quorum_now(meeting.deliberation) if desk and meeting.state != "not_held" else None,
        "closed": actions.sign_in_open(meeting, clock.now()),
        "guest": guest,
    }
    return render(request, "deliberation/meeting.html", context, status=status)


def _sign_in_on_paper(request: HttpRequest, meeting: Meeting, guest: forms.GuestForm) -> HttpResponse | None:
    viewer = viewer_of(request)
    text = request.POST.get("participant", "")
    try:
        if request.POST.get("guest"):
            if not guest.is_valid():
                return None
            given = guest.cleaned_data
            done, fresh = actions.sign_in_on_paper(meeting_id=meeting.pk, **given, by=viewer, now=clock.now())
        else:
            number = int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0
            done, fresh = actions.sign_in_on_paper(
                meeting_id=meeting.pk, participant_id=number, by=viewer, now=clock.now()
            )
    except Invalid as error:
        put_errors(guest, error) if guest.is_bound else messages.error(request, error.sentence)
        return None if guest.is_bound else HttpResponseRedirect(meeting.get_absolute_url())
    name = done.participant.name
    messages.success(request, f"{name}已签到。" if fresh else f"{name}已经签过到了。")
    return HttpResponseRedirect(meeting.get_absolute_url())


@require_GET
@sign_in_first
def screen(request: HttpRequest, pk: int) -> HttpResponse:
    """The code to sign in with, large, for the screen in the room."""
    viewer = viewer_of(request)
    meeting = MeetingAccess.get(viewer, pk, "register", rows=WITH)
    context = {
        "meeting": meeting,
        "one": meeting.deliberation,
        "url": reverse("deliberation:sign_in", kwargs={"token": meeting.token}),
        "quorum": rules.quorum_now(meeting.deliberation),
        "closed": actions.sign_in_open(meeting, clock.now()),
    }
    return render(request, "deliberation/screen.html", context)


@require_GET
@sign_in_first
def minutes(request: HttpRequest, pk: int) -> HttpResponse:
    """The minutes as a Word document."""
    viewer = viewer_of(request)
    meeting = MeetingAccess.get(viewer, pk, "desk", rows=WITH)
    content = documents.minutes(viewer, meeting)
    response = HttpResponse(content, content_type=documents.DOCX)
    name = quote(f"会议记录-{meeting.deliberation.number}.docx")
    response["Content-Disposition"] = f"attachment; filename=\"minutes.docx\"; filename*=UTF-8''{name}"
    return response
