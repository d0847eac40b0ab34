"""A phone call from hello to receipt by keyboard alone: a matter, then an application with what is known already."""

from __future__ import annotations

from datetime import date

from playwright.sync_api import expect

from sanshe.accounts.public import SETUP
from sanshe.kernel.access import Viewer
from sanshe.matters import actions
from sanshe.matters.actions.services import services_file
from sanshe.matters.models import Matter
from sanshe.people.public import invented_citizen_number, make_person


class Keys:
    """Somebody who has no mouse: types, presses keys, and reads where the focus stands."""

    def __init__(self, one) -> None:
        self.one, self.page = one, one.page
        # A mouse that is used after all shows.
        self.page.evaluate(
            "window.clicked = 0; document.addEventListener('pointerdown', () => { window.clicked += 1; })"
        )

    def press(self, *keys: str) -> Keys:
        for key in keys:
            self.page.keyboard.press(key)
        return self

    def type(self, text: str) -> Keys:
        self.page.keyboard.type(text)
        return self

    def at(self) -> str:
        """The name of the field that has the focus."""
        return self.page.evaluate("document.activeElement.name || document.activeElement.tagName")

    def turn(self, *keys: str) -> Keys:
        """Press keys that lead to another page, and wait for it."""
        self.page.evaluate("window.beforeTheKey = true")
        self.press(*keys)
        self.page.wait_for_function("() => !window.beforeTheKey && document.readyState === 'complete'")
        return self


def test_a_phone_call_from_hello_to_receipt_by_keyboard_only(world, someone, turned):
    home = world.areas["community"]
    actions.load_services(file=services_file(), by=Viewer.system_account(SETUP), now=turned())
    caller = make_person(
        name="周小满", citizen_number=invented_citizen_number(date(1942, 3, 4)), phone="13900007788",
        address="龙寿路9号 3栋2单元501室", area=home, by=Viewer.of(world.users["desk"]), now=turned(),
    )  # fmt: skip
    # Another street's window answers: any window takes in for any community.
    desk = someone("stranger")
    desk.go("/matters/desk/").shot("71-window")
    keys = Keys(desk)
    assert keys.at() == "caller"

    # The caller is found by name with house, masked; the matter is told, danger is heard while typing.
    keys.type("周小满 3-2-501").turn("Enter")
    desk.sees("已找到：周")
    assert "周小满 ·" not in desk.text() and keys.at() == "text"
    keys.type("楼道里有一股煤气味，越来越重。")
    expect(desk.page.locator("#sounds")).to_contain_text("听起来紧急")
    desk.shot("72-window-urgent")
    keys.press("Tab").type("龙寿路9号 3栋")
    assert desk.page.locator("#id_area").input_value() == str(home.pk), "where the caller lives is filled in"
    keys.turn("Control+Enter")
    matter = Matter.objects.get()
    assert (matter.area, matter.person, matter.window) == (home, caller, world.areas["other"])
    assert (matter.due_at - turned()).total_seconds() <= 3600
    desk.sees(matter.number, "听起来紧急").shot("73-window-receipt")

    # The next one: an application; what the file holds is not asked for, the rest is accounted for by arrow keys.
    turned.on(minutes=6)
    desk.go("/matters/desk/")
    keys = Keys(desk)
    keys.type("13900007788").turn("Enter")
    keys.press("Alt+1", "ArrowDown", "ArrowDown", "Alt+5")
    assert keys.at() == "service_text"
    keys.type("居家适老化").press("Tab")
    expect(desk.page.locator("#materials")).to_contain_text("2 份已有，无需提供")
    # The one material that the file does not stand for is seen in the original.
    keys.press("Alt+5", "Enter")
    assert keys.at() == "material-2", keys.at()
    keys.press("Space")
    assert desk.page.locator("[name=material-2]:checked").input_value() == "seen"
    desk.shot("74-window-application")
    keys.turn("Control+Enter")
    application = Matter.objects.get(kind="application")
    assert application.state == "assigned" and application.area == home and application.host_unit is not None
    assert application.materials.filter(state="known").count() == 2 and application.saved == 5
    desk.sees("已有，无需提供", application.host_unit.name).shot("75-window-application-receipt")
    assert desk.page.evaluate("window.clicked || 0") == 0

    # What the window may see of it later, and the public catalogue on a phone.
    desk.go("/matters/window/").sees(application.number, "替别处受理").shot("76-window-taken")
    assert "周小满" not in desk.text() and "煤气味" not in desk.text()
    desk.open(application.number)
    desk.sees("待接收").shot("77-window-progress")
    resident = someone(None, phone=True)
    resident.go("/matters/services/?text=适老化").sees("居家适老化改造申请").shot("78-services-phone")
    resident.open("居家适老化改造申请")
    resident.sees("也可以去新区任一社区、街道窗口").shot("79-service-phone")
    resident.go(application.progress_url).sees("申请材料").shot("80-application-progress-phone")
