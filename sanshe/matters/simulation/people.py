"""Who reports and who handles: invented accounts without a password, so that nobody can sign in with them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from random import Random

from django.contrib.auth.hashers import make_password
from django.db import connection

from sanshe.accounts.public import SETUP, Post, Role, User, appoint, make_account
from sanshe.areas.public import Area, AreaLevel, Body
from sanshe.kernel import crypto
from sanshe.kernel.access import Viewer
from sanshe.kernel.fields import hash_of
from sanshe.people.public import SURNAMES, invented_name

from ..models import Matter
from . import PREFIX

CONTACTS = 20_000  # callers with a phone; more matters than that come from people who called before


@dataclass
class People:
    """User ids by place, residents' ids, and what callers left: (name, phone, its hash), encrypted."""

    desk: dict[int, int] = field(default_factory=dict)
    handler: dict[int, int] = field(default_factory=dict)
    residents: list[int] = field(default_factory=list)
    contacts: list[tuple[str, str, str]] = field(default_factory=list)
    posts: dict[int, str] = field(default_factory=dict)


def enter(rng: Random, areas: list[Area], units: list[Body], residents: int, since: date, now: datetime) -> People:
    """Make the accounts that are not there yet, and the residents; return who is who."""
    found = People()
    known = {u.username: u for u in User.objects.filter(username__startswith=PREFIX).exclude(username__contains=".r")}
    by = Viewer.system_account(SETUP)

    def staff(short: str, role: Role, area: Area | None = None, body: Body | None = None) -> int:
        key = area.code.lower() if area is not None else str(body.pk if body is not None else 0)
        username = f"{PREFIX}{short}.{key}"
        user = known.get(username)
        if user is None:
            user, _ = make_account(
                username=username, name=invented_name(rng), by=by, now=now, password_hash=make_password(None)
            )
            appoint(
                user_id=user.pk, role=role, by=by, now=now, area_id=area.pk if area else None,
                body_id=body.pk if body else None, valid_from=since,
            )  # fmt: skip
        found.posts[user.pk] = str(Post(role=role, area=area, body=body))
        return user.pk

    for area in areas:
        if area.level == AreaLevel.COMMUNITY:
            found.desk[area.pk] = staff("desk", Role.FRONT_DESK, area)
            staff("lead", Role.COMMUNITY_LEAD, area)
        elif area.level == AreaLevel.STREET:
            staff("street", Role.STREET_OFFICER, area)
        else:
            staff("district", Role.DISTRICT_OFFICER, area)
    for unit in units:
        found.handler[unit.pk] = staff("unit", Role.UNIT_HANDLER, body=unit)
    found.residents = _residents(rng, residents, now)
    found.contacts = _contacts(rng, min(CONTACTS, max(20, residents)))
    return found


def _residents(rng: Random, count: int, now: datetime) -> list[int]:
    """Ordinary accounts, by COPY: there are thousands of them."""
    have = list(
        User.objects.filter(username__startswith=f"{PREFIX}r").order_by("id").values_list("id", flat=True)[:count]
    )
    columns = (
        "id, username, name, phone_hash, email, is_active, locked_reason, must_change_password, session_epoch, demo, "
        "created_at, password"
    )
    table, at = User._meta.db_table, now.isoformat()
    with connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute(f"SELECT coalesce(max(id), 0) FROM {table}")
        first = cursor.fetchone()[0] + 1
        fresh = range(first, first + count - len(have))
        with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
            for pk in fresh:
                copy.write(f"{pk}\t{PREFIX}r{pk:07d}\t{invented_name(rng)}\t\t\tt\t\tf\t0\tf\t{at}\t!\n")
        cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, max(first, fresh.stop - 1)])
    return have + list(fresh)


def _contacts(rng: Random, count: int) -> list[tuple[str, str, str]]:
    """Callers: names as one gives them on the phone, numbers from a range that belongs to nobody."""
    places = [Matter._meta.get_field(f) for f in ("contact_name", "contact_phone")]
    name_context, phone_context = (place.context for place in places)  # type: ignore[union-attr]
    out = []
    for number in range(1, count + 1):
        phone = f"138000{number:05d}"
        called = f"{SURNAMES[int(rng.random() * len(SURNAMES))]}{'先生' if rng.random() < 0.5 else '女士'}"
        out.append(
            (crypto.encrypt(called, name_context), crypto.encrypt(phone, phone_context), hash_of("phone", phone))
        )
    return out
