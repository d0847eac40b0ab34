"""Readers of matters: the viewer first, starting from what the viewer may see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse

from sanshe.areas.public import Area, AreaLevel, Body, descendant_ids
from sanshe.kernel import clock, params, search
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import NotVisible
from sanshe.kernel.fields import hash_of

from .access import Bearer, MatterAccess, PublicMatterAccess
from .flow import FLOW
from .models import (
    Assist,
    Attachment,
    CallBack,
    Criterion,
    Extension,
    Handling,
    Matter,
    Objection,
    OversightOrder,
    PublicMatter,
    Rating,
    Triage,
)
from .numbers import is_number, spelled
from .words import CLOSED, OPEN, RUNNING, MatterState, Route

#: What may hang on a matter and has a procedure of its own.
PARTS: tuple[type[Any], ...] = (OversightOrder, Assist, Extension, Objection, CallBack)
#: So many of the newest are found by the name of their class: one more than a list counts.
FOUND = 1001
#: What a line of the public board needs; the reporter's own words are not among it.
BOARD_FIELDS = (
    "number", "public_title", "state", "route", "urgent", "area__short_name", "host_unit__name",
    "criterion__name", "promised_at", "created_at", "done_at", "help_wanted",
)  # fmt: skip


# -- the public board --------------------------------------------------------------------------------------------------


def board(viewer: Viewer, chosen: Mapping[str, Any], now: datetime) -> QuerySet[PublicMatter]:
    """The released matters, narrowed by `area` (Area), `route`, `state` (a state, `open` or `overdue`), `month` (its
    first day), `subject`, `text` (a number or public words), `help` (True: those that look for help)."""
    rows = PublicMatterAccess.rows(viewer)
    area: Area | None = chosen.get("area")
    if area is not None:
        rows = rows.filter(area__in=_areas(area))
    if chosen.get("route"):
        rows = rows.filter(route=chosen["route"])
    rows = _by_state(rows, chosen.get("state") or "", "promised_at", now)
    month: date | None = chosen.get("month")
    if month is not None:
        following = (month.replace(day=1) + timedelta(days=32)).replace(day=1)
        first = clock.start_of(month.replace(day=1))
        rows = rows.filter(created_at__gte=first, created_at__lt=clock.start_of(following))
    if chosen.get("help"):
        rows = rows.filter(help_wanted=True, state=MatterState.GUIDED)
    if chosen.get("subject"):
        rows = rows.filter(subject=chosen["subject"])
    text = str(chosen.get("text") or "").strip()
    if text:
        rows = _find_public(rows, text)
    return rows.select_related("area", "host_unit", "criterion").only(*BOARD_FIELDS)


def _find_public(rows: QuerySet[PublicMatter], text: str) -> QuerySet[PublicMatter]:
    """By number, or by the words that are public: never by the reporter's own."""
    if is_number(text):
        return rows.filter(number=spelled(text))
    asked = search.read(text)
    ids = set(search.find(search.searchable("public-matters"), rows, asked, deep=True).ids)
    # A matter without a wording of its own is called by its class.
    classes = list(Criterion.objects.filter(asked.within(["name"])).values_list("pk", flat=True)) if asked.words else []
    if classes:
        ids.update(
            rows.filter(criterion__in=classes).order_by("-created_at", "-pk").values_list("pk", flat=True)[:FOUND]
        )
    return rows.filter(pk__in=ids)


def _areas(area: Area) -> list[int]:
    return [area.pk] if area.level == AreaLevel.COMMUNITY else descendant_ids(area.pk)


def _by_state(rows: QuerySet[Any], state: str, due: str, now: datetime) -> QuerySet[Any]:
    if state == "open":
        return rows.filter(state__in=OPEN)
    if state == "overdue":
        return rows.filter(**{"state__in": RUNNING, f"{due}__lt": now})
    return rows.filter(state=state) if state in MatterState.values else rows


def public_matter(viewer: Viewer, number: str) -> PublicMatter:
    """One released matter by its number. Raises NotVisible."""
    rows = PublicMatterAccess.rows(viewer).select_related("area", "host_unit", "criterion")
    found = rows.only(*BOARD_FIELDS, "public_text", "public_result", "reporter").filter(number=number).first()
    if found is None:
        raise NotVisible()
    return found


@dataclass(frozen=True)
class Card:
    """A matter as the home pages list it."""

    title: str
    url: str
    number: str
    place: str
    state_label: str
    tone: str
    due_at: datetime | None
    when: datetime
    done: bool
    paused: bool = False


def _card(matter: Matter, title: str, url: str, own: bool = False) -> Card:
    state = MatterState(matter.state)
    return Card(
        title=title,
        url=url,
        number=matter.number,
        place=str(matter.area),
        state_label=str(state.label),
        tone=str(FLOW.tones.get(state, "")).replace("now", "info"),
        due_at=matter.promised_at if state not in CLOSED else None,
        when=matter.created_at,
        done=state in CLOSED,
        paused=state == MatterState.WAITING,
    )


def board_teaser(viewer: Viewer, limit: int = 5) -> list[Card]:
    """The newest lines of the public board."""
    rows = board(viewer, {}, clock.now()).order_by("-created_at", "-pk")[:limit]
    return [_card(m, m.shown_title, m.get_absolute_url()) for m in rows]


def board_figures(viewer: Viewer) -> list[dict[str, Any]]:
    """What the public board holds, each number with its rows; counted up to 1000."""
    now = clock.now()
    month = clock.local(now).date().replace(day=1)
    base = reverse("matters:board")
    rows = PublicMatterAccess.rows(viewer)
    begins = clock.start_of(month)
    # Reported this month or the month before: no deadline is longer, and without a bound the index is of no use.
    before = clock.start_of((month - timedelta(days=1)).replace(day=1))
    done = rows.filter(state=MatterState.DONE, done_at__gte=begins, created_at__gte=before)
    late = rows.filter(state__in=RUNNING, promised_at__lt=now)
    return [
        {"value": _upto(rows.filter(state__in=OPEN)), "unit": "件", "label": "正在办理", "url": f"{base}?state=open"},
        {"value": _upto(done), "unit": "件", "label": "本月办结", "url": f"{base}?state=done"},
        {"value": _upto(late), "unit": "件", "label": "超过承诺日期", "url": f"{base}?state=overdue"},
    ]  # fmt: skip


def _upto(rows: QuerySet[Any]) -> int | str:
    count = rows.order_by()[:1001].count()
    return "1000+" if count > 1000 else count


# -- one's own ---------------------------------------------------------------------------------------------------------


def own_matters(viewer: Viewer) -> QuerySet[Matter]:
    """The matters that the viewer reported, newest first."""
    if viewer.user_id is None:
        return Matter.objects.none()
    rows = MatterAccess.rows(viewer).filter(reporter=viewer.user_id)
    return rows.select_related("area", "host_unit").order_by("-created_at", "-pk")


def my_matters(viewer: Viewer, limit: int = 50) -> list[Card]:
    """The same as cards, for the home pages."""
    return [_card(m, str(m), m.progress_url) for m in own_matters(viewer)[:limit]]


def by_token(viewer: Viewer, token: str) -> tuple[Matter, Bearer]:
    """The matter of a receipt, and the viewer as its bearer. Raises NotVisible for a receipt that is none."""
    pk = Matter.objects.filter(token=token).values_list("pk", flat=True).first() if 16 <= len(token) <= 32 else None
    if pk is None:
        raise NotVisible("没有找到这张回执，请核对地址是否完整。")
    holder = Bearer(viewer, pk)
    related = Matter.objects.select_related("area", "host_unit", "criterion", "place", "origin", "service", "window")
    return MatterAccess.get(holder, pk, rows=related), holder


def by_number_and_phone(number: str, phone: str) -> Matter | None:
    """The matter of a number, if the phone that was left with it is this one: both together stand for the receipt."""
    digest = hash_of("phone", phone)
    if not digest:
        return None
    return Matter.objects.filter(number=spelled(number), contact_phone_hash=digest).only("token").first()


# -- the workbench -----------------------------------------------------------------------------------------------------


def worklist(viewer: Viewer, chosen: Mapping[str, Any], now: datetime) -> QuerySet[Matter]:
    """What the viewer may see, narrowed by `state` (or `open`, `overdue`), `route`, `area`, `unit` (id), `urgent`,
    `text` (a number, or words in title, text, place and number: the newest thousand that have them)."""
    rows = MatterAccess.rows(viewer)
    area: Area | None = chosen.get("area")
    if area is not None:
        rows = rows.filter(area__in=_areas(area))
    if chosen.get("route"):
        rows = rows.filter(route=chosen["route"])
    if chosen.get("unit"):
        rows = rows.filter(host_unit=chosen["unit"])
    if chosen.get("urgent"):
        rows = rows.filter(urgent=True)
    rows = _by_state(rows, chosen.get("state") or "", "due_at", now)
    text = str(chosen.get("text") or "").strip()
    if text:
        rows = _find(rows, text)
    return rows.select_related("area", "host_unit").defer("text", "result", "contact_name", "contact_phone")


def _find(rows: QuerySet[Matter], text: str) -> QuerySet[Matter]:
    if is_number(text):
        return rows.filter(number=spelled(text))
    found = search.find(search.searchable("matters"), rows, search.read(text), deep=True)
    return rows.filter(pk__in=found.ids)


def matter_page(viewer: Viewer, pk: int) -> Matter:
    """One matter for its page, with what it points to; `has_parts`, `has_photos`, `has_merged`: whether any hang on it.

    None do on most of them, and the page then asks for none of the six kinds. Raises NotVisible.
    """
    related = Matter.objects.select_related("area", "host_unit", "handler", "filed_by", "origin", "service", "window")
    hanging = [Exists(kind.objects.filter(matter=OuterRef("pk"))) for kind in PARTS]
    photos = Exists(Attachment.objects.filter(matter=OuterRef("pk")))
    merged = Exists(Matter.objects.filter(merged_into=OuterRef("pk")))
    rows = related.annotate(has_parts=reduce(or_, hanging), has_photos=photos, has_merged=merged)
    return MatterAccess.get(viewer, pk, rows=rows)


def unit_choices(viewer: Viewer, limit: int = 200) -> QuerySet[Body]:
    """The units that the viewer's list may be narrowed to: those in whose name one works, else all that handle."""
    own = viewer.bodies("unit_handler", "unit_lead")
    rows = Body.objects.filter(handles_matters=True).only("name").order_by("name")
    return (rows.filter(pk__in=own) if own and not viewer.grants.areas else rows)[:limit]


# -- for the modules above ---------------------------------------------------------------------------------------------


def joint_matters(viewer: Viewer) -> QuerySet[Matter]:
    """The matters that wait to be settled together (小事), oldest deadline first: deliberation collects them."""
    rows = MatterAccess.rows(viewer).filter(route=Route.JOINT, state=MatterState.TOGETHER)
    return rows.select_related("area").order_by("due_at", "pk")


def satisfaction_rows(on: date) -> QuerySet[Handling]:
    """Every handling that was done by the end of a day, each with `grade` (None: not rated by then).

    A rating found mistaken by then does not count, and its handling stands as not rated. What was taken over from
    other systems was handled there and is not among them.
    """
    end = clock.start_of(on + timedelta(days=1))
    rated = Rating.objects.filter(Q(void_at__isnull=True) | Q(void_at__gte=end), handling=OuterRef("pk"), at__lt=end)
    return Handling.objects.filter(done_at__lt=end).annotate(grade=Subquery(rated.values("grade")[:1]))


def triaged_by_criteria(on: date) -> QuerySet[Triage]:
    """Every triage made by the end of a day that names a criterion: which communities use the three ways (三事分流)."""
    return Triage.objects.filter(criterion__isnull=False, at__lt=clock.start_of(on + timedelta(days=1)))


def poor_callbacks(on: date) -> QuerySet[CallBack]:
    """The call-backs opened by the end of a day, for the shares of answered and put right."""
    return CallBack.objects.filter(opened_at__lt=clock.start_of(on + timedelta(days=1)))


def subjects() -> list[tuple[str, str]]:
    """Code and name of the subjects in force."""
    return [(item["code"], item["name"]) for item in params.get("matter.subjects").value]


def subject_name(code: str) -> str:
    """The name of a subject, "" for none."""
    return dict(subjects()).get(code, "")


def objection_of(matter: Matter) -> Objection | None:
    """The last objection that was made to a matter's triage or ending."""
    return Objection.objects.filter(matter=matter).order_by("-pk").first()


def last_rating(matter: Matter) -> Rating | None:
    """The rating of the last round, if there is one."""
    return (
        Rating.objects.filter(handling__matter=matter, handling__round=F("handling__matter__reopened"))
        .select_related("callback")
        .first()
    )
