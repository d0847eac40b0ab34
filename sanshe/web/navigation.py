"""Where one can go: the places of portal and workbench, and who is offered them.

A place whose address does not resolve is left out, so a module that is not installed leaves no dead link.
Being offered a place gives no right: the page asks its own access rule.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse


@dataclass(frozen=True)
class Place:
    """One entry. `names` are URL names, the first that resolves is used; `roles` None means everyone."""

    label: str
    names: tuple[str, ...]
    icon: str
    short: str = ""
    roles: frozenset[str] | None = None
    below: str = ""  # addresses that begin so belong to this place


@dataclass(frozen=True)
class Link:
    """A place that the viewer is offered, resolved."""

    label: str
    short: str
    url: str
    icon: str
    current: bool
    count: int = 0


def _roles(*names: str) -> frozenset[str]:
    return frozenset(name.lower() for name in names)


FRONT = ("FRONT_DESK", "COMMUNITY_WORKER", "COMMUNITY_LEAD")
STREET = ("STREET_OFFICER", "STREET_PURCHASE", "SERVICE_CENTRE", "DISTRICT_OFFICER")
UNIT = ("UNIT_HANDLER", "UNIT_LEAD")
ORG = ("ORG_MANAGER", "SOCIAL_WORKER")

PORTAL = (
    Place("首页", ("web:home",), "home", "首页"),
    Place("我要反映", ("matters:report", "matters:new"), "report", "我要反映"),
    Place("公示板", ("matters:board",), "board", "公示板", below="/matters/p/"),
    Place("协商议事", ("deliberation:board", "deliberation:public", "deliberation:index"), "talk", "协商"),
    Place("我的", ("web:mine",), "user", "我的"),
)

WORKBENCH = (
    Place("待办", ("web:workbench",), "todo", "待办"),
    # A phone rings: from every page the form is one click away.
    Place("一窗受理", ("matters:desk",), "phone", "受理", _roles("FRONT_DESK", "COMMUNITY_WORKER")),
    Place(
        "事项",
        ("matters:list", "matters:index"),
        "matter",
        "事项",
        _roles(*FRONT, *STREET, *UNIT, "MEDIATOR"),
        "/matters/",
    ),
    Place(
        "协商",
        ("deliberation:list", "deliberation:index"),
        "talk",
        "协商",
        _roles(*FRONT, *STREET, *ORG, "MEDIATOR"),
        "/deliberation/",
    ),
    Place(
        "项目与比选",
        ("purchase:list", "purchase:index", "purchase:projects"),
        "project",
        "项目",
        _roles("COMMUNITY_LEAD", *STREET, *ORG, "EXPERT"),
        "/purchase/",
    ),
    Place("台账", ("registers:index",), "org", "台账", _roles(*FRONT, *STREET, *ORG), "/registers/"),
    Place(
        "目标与差距",
        ("indicators:cockpit", "indicators:index"),
        "gauge",
        "目标",
        _roles("COMMUNITY_LEAD", *STREET),
        "/indicators/",
    ),
    Place("人民调解", ("disputes:list",), "talk", "调解", _roles("COMMUNITY_LEAD", "MEDIATOR"), "/disputes/"),
    Place("邻里互助", ("neighbours:list",), "people", "互助", _roles("FRONT_DESK", "COMMUNITY_WORKER"), "/neighbours/"),
    Place("人民调解", ("disputes:filed",), "talk", "调解", _roles("FRONT_DESK", "COMMUNITY_WORKER"), "/disputes/"),
    Place(
        "调解与互助",
        ("disputes:figures",),
        "talk",
        "调解",
        _roles("STREET_OFFICER", "SERVICE_CENTRE", "DISTRICT_OFFICER"),
        "/disputes/",
    ),
    Place("查找人员", ("people:find",), "search", "人员", _roles(*FRONT), "/people/"),
    Place("疑似重复档案", ("people:duplicates",), "people", "重复", _roles("STREET_OFFICER"), "/people/"),
    Place("文字中的号码", ("people:texts",), "shield", "号码", _roles("SECURITY_ADMIN"), "/people/"),
    Place("对外接入", ("exchange:index",), "gauge", "接入", _roles("SYSTEM_ADMIN"), "/exchange/"),
    Place("通知发送", ("web:sending",), "bell", "发送", _roles("SYSTEM_ADMIN"), "/notices/sending/"),
    Place(
        "账号与审计",
        ("accounts:index",),
        "shield",
        "账号",
        _roles("SYSTEM_ADMIN", "SECURITY_ADMIN", "AUDITOR"),
        "/account/",
    ),
)

#: What everybody may look up about where they live: at the end of the portal's home.
AROUND = (
    ("办事：查要带什么、去哪儿，在手机上申请", ("matters:services",)),
    ("请邻居帮忙，或者帮邻居的忙", ("neighbours:board",)),
    ("申请人民调解", ("disputes:about",)),
    ("找我的社区工作者", ("areas:worker",)),
    ("看社区的组织和居务公开", ("areas:index",)),
    ("看社区设施", ("facilities:communities",)),
    ("看社会组织", ("orgs:index",)),
    ("看社会工作室", ("workforce:rooms",)),
    ("看街道品牌和社区特色", ("evaluation:brands",)),
    ("看通知落实情况", ("indicators:notice",)),
    ("查什么事归谁办", ("matters:criteria",)),
    ("把应用接到本平台", ("exchange:guide",)),
)

ACCOUNT = (
    Place("工作台", ("web:workbench",), "todo", roles=_roles("*")),
    Place("居民端首页", ("web:home",), "home", roles=_roles("*")),
    Place("我的账号", ("accounts:mine", "account_change_password"), "shield"),
    Place("我反映的事项", ("matters:mine", "web:mine"), "user"),
    Place("通知", ("web:notices",), "bell"),
    Place("怎样通知我", ("web:notice_ways",), "bell"),
    Place(
        "其他系统的来件",
        ("exchange:index",),
        "gauge",
        roles=_roles("FRONT_DESK", "STREET_OFFICER", "DISTRICT_OFFICER"),
    ),
    Place("谁看过我的信息", ("people:reads",), "shield"),
)


def around() -> list[tuple[str, str]]:
    """The public pages about where one lives: words and address."""
    return [(label, url) for label, names in AROUND if (url := first_url(names))]


def links(places: tuple[Place, ...], request: HttpRequest | None, roles: set[str]) -> list[Link]:
    """The places that someone with `roles` is offered, with addresses; the current one marked."""
    here = request.path if request else ""
    found: list[tuple[Place, str]] = []
    for place in places:
        if place.roles is not None and not (place.roles & roles or ("*" in place.roles and roles)):
            continue
        url = first_url(place.names)
        if url:
            found.append((place, url))
    best = max((_match(place, url, here) for place, url in found), default=0)
    return [
        Link(place.label, place.short or place.label, url, place.icon, bool(best) and _match(place, url, here) == best)
        for place, url in found
    ]


def _match(place: Place, url: str, here: str) -> int:
    if here == url:
        return len(url) + 1000
    return len(place.below) if place.below and here.startswith(place.below) else 0


@cache
def first_url(names: tuple[str, ...]) -> str:
    """The address of the first URL name that resolves, else an empty text. Addresses do not change while we run."""
    for name in names:
        try:
            return reverse(name)
        except NoReverseMatch:
            continue
    return ""


COMMON = {
    "report": ("matters:report", "matters:new"),
    "desk": ("matters:desk",),
    "board": ("matters:board",),
    "progress": ("matters:find", "matters:progress"),
    "talks": PORTAL[3].names,
    "mine": ("web:mine",),
    "notices": ("web:notices",),
}


#: Who files matters for callers.
AT_THE_DESK = {"front_desk", "community_worker"}


def common(roles: set[str]) -> dict[str, str]:
    """Addresses that the home pages point at: `links` in every template; empty when a module is not there.

    The desk's is empty for those who do not file for callers.
    """
    found = {key: first_url(names) for key, names in COMMON.items()}
    return found if roles & AT_THE_DESK else {**found, "desk": ""}


def _grants(request: HttpRequest | None) -> Any:
    return getattr(getattr(request, "viewer", None), "grants", None)


def roles_of(request: HttpRequest | None) -> set[str]:
    """Values of the roles that the viewer holds now, in an area or in a body."""
    grants = _grants(request)
    return {str(role) for role in (*grants.areas, *grants.bodies)} if grants is not None else set()


def role_labels(request: HttpRequest | None) -> list[str]:
    """The posts held, in words."""
    return list(getattr(_grants(request), "posts", ()))


def unread(request: HttpRequest | None) -> int:
    """Unread notices of the signed-in user."""
    from sanshe.kernel import notices

    return notices.unread_count(request.viewer) if request is not None else 0  # type: ignore[attr-defined]
