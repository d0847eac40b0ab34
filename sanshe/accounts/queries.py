"""Readers of accounts and posts: the viewer first, except for the look-ups that modules above need."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from django.db.models import Prefetch, Q, QuerySet

from sanshe.areas.public import Area, ancestors
from sanshe.kernel import clock
from sanshe.kernel.access import Viewer
from sanshe.kernel.audit import Entry, EntryAccess
from sanshe.kernel.fields import hash_of

from .access import HandoverAccess, PostAccess, StandInAccess, UserAccess
from .models import Handover, Post, StandIn, User
from .words import ADMINISTRATORS, NEVER_FOR_ANOTHER, STAFF_ROLES, AccountsEvent, Role


def user_by_phone(phone: str) -> User | None:
    """Return the user who signs in with this phone number, in whatever spelling; None when nobody does."""
    digest = hash_of("phone", phone)
    return User.objects.filter(phone_hash=digest).first() if digest else None


def user_by_sign_in(text: str) -> User | None:
    """Return the active user who signs in with this phone number or user name."""
    found = user_by_phone(text) or User.objects.filter(username__iexact=text.strip().replace("\x00", "")).first()
    return found if found is not None and found.is_active else None


def accounts_list(viewer: Viewer, text: str = "", state: str = "") -> QuerySet[User]:
    """Return the accounts that a viewer may see, newest first; `text` is part of a name, or a whole phone number."""
    rows = UserAccess.rows(viewer).order_by("-id")
    rows = rows.prefetch_related(
        Prefetch("posts", Post.objects.in_force(clock.today()).select_related("area", "body"), to_attr="posts_now")
    )
    text = text.strip().replace("\x00", "")
    if text:
        rows = rows.filter(
            Q(username__icontains=text) | Q(name__icontains=text) | Q(phone_hash=hash_of("phone", text) or "-")
        )
    if state == "locked":
        rows = rows.filter(is_active=False)
    elif state == "staff":
        rows = rows.filter(pk__in=Post.objects.in_force(clock.today()).values("user"))
    return rows


def posts_of(viewer: Viewer, user: User) -> QuerySet[Post]:
    """Return the posts of a user, those in force first, as far as the viewer may see them."""
    return PostAccess.rows(viewer).filter(user=user).select_related("area", "body").order_by("valid_to", "-id")


def holders(
    *roles: Role, area: Area | None = None, body_id: int | None = None, on: date | None = None, exactly: bool = False
) -> QuerySet[User]:
    """Return the active users who hold one of the roles for an area (there or above it) or in a body.

    `exactly`: in the area itself only. Used for notices and for choosing people.
    """
    posts = Post.objects.in_force(on or clock.today()).filter(role__in=[r.value for r in roles])
    if area is not None:
        posts = posts.filter(area=area) if exactly else posts.filter(area__in=[a.pk for a in ancestors(area)])
    if body_id is not None:
        posts = posts.filter(body_id=body_id)
    return User.objects.filter(is_active=True, pk__in=posts.values("user")).order_by("id")


def on_duty(
    *roles: Role, area: Area | None = None, body_id: int | None = None, on: date | None = None, exactly: bool = False
) -> QuerySet[User]:
    """The same with those who stand in for one of them with such a post on that day: whom a notice must reach."""
    today = on or clock.today()
    posts = Post.objects.in_force(today).filter(role__in=[r.value for r in roles])
    if area is not None:
        posts = posts.filter(area=area) if exactly else posts.filter(area__in=[a.pk for a in ancestors(area)])
    if body_id is not None:
        posts = posts.filter(body_id=body_id)
    lent = _running(today).filter(posts__in=posts)
    return User.objects.filter(
        Q(pk__in=posts.values("user")) | Q(pk__in=lent.values("substitute")), is_active=True
    ).order_by("id")  # fmt: skip


def _running(on: date) -> QuerySet[StandIn]:
    return StandIn.objects.filter(
        ended_at__isnull=True, first_day__lte=on, last_day__gte=on, absent__is_active=True
    )  # fmt: skip


def posts_held(viewer: Viewer, on: date) -> QuerySet[Post]:
    """Return the posts by which a viewer acts on a day: the own, and those held for somebody who is away."""
    lent = _running(on).filter(substitute=viewer.user_id or 0)
    return Post.objects.in_force(on).filter(Q(user=viewer.user_id or 0) | Q(pk__in=lent.values("posts")))


def holds_staff_post(viewer: Viewer) -> bool:
    """Say whether a viewer holds a post of the administration (not only one of an outsider). No query."""
    return viewer.holds(*STAFF_ROLES)


def audit_entries(
    viewer: Viewer,
    *,
    actors: list[int] | None = None,
    kind: str = "",
    object_id: int | None = None,
    since: date | None = None,
    until: date | None = None,
) -> QuerySet[Entry]:
    """Return audit entries for the auditor, newest first, by person, object and time."""
    rows = EntryAccess.rows(viewer).select_related("personal_side").order_by("-id")
    if actors is not None:
        rows = rows.filter(actor__in=actors)
    if kind:
        rows = rows.filter(kind=kind)
    if object_id is not None:
        rows = rows.filter(object_id=object_id)
    if since is not None:
        rows = rows.filter(at__gte=clock.start_of(since))
    if until is not None:
        rows = rows.filter(at__lt=clock.start_of(until + timedelta(days=1)))
    return rows


def users_named(text: str) -> list[int]:
    """Return the ids of users with this user name or part of a name; at most 50. For the auditor's filter."""
    text = text.strip().replace("\x00", "")
    rows: Iterable[int] = User.objects.filter(Q(username__iexact=text) | Q(name__icontains=text)).values_list(
        "id", flat=True
    )[:50]
    return list(rows)


def last_verification(viewer: Viewer) -> Entry | None:
    """Return the last time that the chain of the audit was read again, for the auditor."""
    return audit_entries(viewer).filter(event=AccountsEvent.AUDIT_VERIFIED).first()


def second_factors(user: User) -> list[str]:
    """Return the kinds of second factor that a user has set up, in words."""
    from allauth.mfa.models import Authenticator

    words = {
        Authenticator.Type.TOTP: "动态口令",
        Authenticator.Type.WEBAUTHN: "通行密钥",
        Authenticator.Type.RECOVERY_CODES: "恢复码",
    }
    kinds = Authenticator.objects.filter(user=user).order_by("type").values_list("type", flat=True)
    return list(dict.fromkeys(words[Authenticator.Type(kind)] for kind in kinds))


def demo_accounts() -> list[User]:
    """Return one demo account for each kind of user, with `posts_now`, residents first. For the demo's sign-in page."""
    now = Prefetch("posts", Post.objects.in_force(clock.today()).select_related("area", "body"), to_attr="posts_now")
    # The many accounts of single streets and communities carry a point in their user name (desk.112009007).
    rows = User.objects.filter(demo=True, is_active=True).exclude(username__contains=".")
    return list(rows.prefetch_related(now).order_by("id")[:60])


def administrators_in_post() -> bool:
    """Say whether anybody holds one of the three administrators' posts now."""
    roles = [role.value for role in ADMINISTRATORS]
    return Post.objects.in_force(clock.today()).filter(role__in=roles).exists()


def stand_ins_of(viewer: Viewer, user_id: int | None = None) -> QuerySet[StandIn]:
    """Return the stand-ins that a viewer may see, newest first; those that concern one user when he is named."""
    rows = StandInAccess.rows(viewer).select_related("absent", "substitute", "set_by").prefetch_related(
        Prefetch("posts", Post.objects.select_related("area", "body"))
    )  # fmt: skip
    if user_id is not None:
        rows = rows.filter(Q(absent=user_id) | Q(substitute=user_id))
    return rows.order_by("-id")


def lendable_posts(viewer: Viewer, user: User) -> list[Post]:
    """Return the posts of a user, in force, that the viewer may let somebody else hold for a while."""
    rows = PostAccess.rows(viewer, "lend").filter(user=user).in_force(clock.today())  # type: ignore[attr-defined]
    never = [role.value for role in NEVER_FOR_ANOTHER]
    return list(rows.exclude(role__in=never).select_related("area", "body").order_by("id"))


def colleagues(user: User, limit: int = 200) -> list[User]:
    """Return who may do a user's work: active holders of posts in the same body, or in the same street or above."""
    today = clock.today()
    posts = list(Post.objects.filter(user=user).in_force(today).select_related("area"))
    near = Q(body__in=[post.body_id for post in posts if post.body_id])
    for area in {post.area for post in posts if post.area is not None}:
        line = ancestors(area)
        street = next((a for a in line if a.level == "street"), area)
        near |= Q(area__lo__gte=street.lo, area__lo__lt=street.hi)
    never = [role.value for role in ADMINISTRATORS]
    staff = [role.value for role in STAFF_ROLES - ADMINISTRATORS]
    held = Post.objects.in_force(today).filter(near, role__in=staff)
    rows = User.objects.filter(is_active=True, pk__in=held.values("user")).exclude(pk=user.pk)
    rows = rows.exclude(pk__in=Post.objects.in_force(today).filter(role__in=never).values("user"))
    now = Prefetch("posts", Post.objects.in_force(today).select_related("area", "body"), to_attr="posts_now")
    return list(rows.prefetch_related(now).order_by("name", "id")[:limit])


def absent_for(viewer: Viewer, limit: int = 200) -> list[User]:
    """Return those for whom the viewer may set a stand-in: himself, and those in the places that he leads."""
    today = clock.today()
    never = [role.value for role in NEVER_FOR_ANOTHER]
    posts = PostAccess.rows(viewer, "lend").exclude(role__in=never)
    posts = posts.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=today), valid_from__lte=today)
    rows = User.objects.filter(is_active=True, pk__in=posts.values("user"))
    return list(rows.order_by("name", "id")[:limit])


def last_in_post(user: User) -> list[Post]:
    """Return the posts of a user that nobody else holds in the same place: they would stand empty."""
    today = clock.today()
    held = Post.objects.filter(user=user).in_force(today).select_related("area", "body")
    return [post for post in held if not others_in(post)]


def same_post(post: Post, on: date) -> QuerySet[Post]:
    """Return the posts of the same role in the same place, in force on a day."""
    return Post.objects.in_force(on).filter(Q(role=post.role, area=post.area, body=post.body))


def others_in(post: Post) -> bool:
    """Say whether somebody else holds the same post in the same place today."""
    return same_post(post, clock.today()).filter(user__is_active=True).exclude(user=post.user_id).exists()


def handovers_of(viewer: Viewer, user: User) -> QuerySet[Handover]:
    """Return what was handed over when a user left."""
    return HandoverAccess.rows(viewer).filter(leaver=user).select_related("successor", "by").order_by("-id")
