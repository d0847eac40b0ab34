"""A matter that nobody wanted: returned twice, designated, refused, overdue, overseen; a colleague who stands in."""

from __future__ import annotations

from datetime import date

from sanshe.accounts.models import Post, StandIn, User
from sanshe.accounts.words import Role
from sanshe.areas.models import Body
from sanshe.matters.actions import run_clock
from sanshe.matters.models import Matter, OversightOrder
from tests.journeys.conftest import PASSWORD

OTHER = "人和街道市政养护站"


def _second_unit(world, now) -> None:
    """Another unit of the street with its handler, and the lead of the first."""
    unit = Body.objects.create(
        name=OTHER, kind="street_section", area=world.areas["street"], handles_matters=True, valid_from=date(2024, 1, 1)
    )
    for number, (key, name, role, body) in enumerate(
        [("handler2", "谷雨生", Role.UNIT_HANDLER, unit), ("unitlead", "严立", Role.UNIT_LEAD, world.bodies["unit"])]
    ):
        user = User(username=key, name=name, phone=f"1390001000{number}", created_at=now, demo=True)
        user.set_password(PASSWORD)
        user.save()
        Post.objects.create(user=user, role=role, body=body, valid_from=date(2024, 1, 1))


def _give(desk, matter: Matter, unit: str) -> None:
    desk.go(matter.get_absolute_url()).press("分流为大事")
    options = desk.page.locator("[name='criterion'] option").all_inner_texts()
    road = [t for t in options if "道路" in t or "路面" in t or "井盖" in t]
    desk.fill(criterion=road[0] if road else options[1], reason="人行道破损，属于市政设施管理。", host_unit=unit).send()


def _return(handler, matter: Matter, reason: str) -> None:
    handler.go(matter.get_absolute_url()).press("退回此事项")
    handler.page.locator("main [name='ground'][value='other_unit']").check(force=True)
    handler.fill(reason=reason)


def test_a_refusal_ends_in_designation_and_an_oversight_order(world, someone, turned):
    _second_unit(world, turned())
    resident = someone("resident", phone=True)
    resident.go("/matters/new/").fill(text="西门外的人行道塌了一块，老人推车过不去。")
    area = resident.page.locator("[name='area']")
    if area.count():
        area.first.select_option(str(world.areas["community"].pk))
    resident.send()
    matter = Matter.objects.get()

    # Monday 2 March: two units return it, each with a reason of the list and in its own words.
    desk, first = someone("desk"), someone("handler")
    _give(desk, matter, "人和街道物业城管岗")
    first.go(matter.get_absolute_url()).press("退回此事项")
    first.shot("70-return").fill(reason="这一段在小区红线以内。")
    first.click(first.page.locator("main form .form-end button[type=submit]").first)
    first.sees("请选择退回的情形")
    first.page.locator("main [name='ground'][value='other_unit']").check(force=True)
    first.send()
    turned.on(minutes=10)
    _give(desk, matter, OTHER)
    second = someone("handler2")
    _return(second, matter, "竣工图上已经移交。")
    second.send()

    # The street designates; the unit named may not return it any more.
    turned.on(days=1)
    street = someone("street")
    street.go("/workbench/").sees("指定承办单位")
    street.go(matter.get_absolute_url()).sees("职责明确属于其他单位").shot("71-returned-twice")
    street.step("指定承办单位", host_unit="人和街道物业城管岗", reason="核对竣工图，由物业城管岗修复。")
    first = someone("handler")
    first.go(matter.get_absolute_url()).sees("街道已经指定由本单位承办，不能再退回").shot("72-designated")

    # It does nothing: first an order by rule, then the delay goes up post by post.
    turned.to("2026-03-05 09:00")
    run_clock(turned())
    order = OversightOrder.objects.get()
    assert (order.rule, order.by_id) == ("refused", None)
    turned.to("2026-03-20 09:00")
    run_clock(turned())
    matter.refresh_from_db()
    assert matter.escalations == 3
    assert sorted(OversightOrder.objects.values_list("rule", flat=True)) == ["overdue", "refused"]
    street = someone("street")
    street.go("/matters/list/").press("督办")
    street.sees("拒不接收", "逾期未办", "按规则").shot("73-oversight")
    lead = someone("unitlead")
    lead.go("/workbench/").sees("回复督办").shot("74-lead-todo")
    lead.go(matter.get_absolute_url()).sees("已上报社区事务服务中心和新区").press("接收此事项")
    for order in OversightOrder.objects.order_by("pk"):
        lead.go(f"/matters/oversight/{order.pk}/do/answer/").fill(answer="施工队已进场，三天内完工。").send()
    lead.go(matter.get_absolute_url()).step("请单位协办", unit=OTHER, part="请提供地下管线图。")
    lead.press("办结此事项")
    lead.fill(result="路面已经修复。").click(lead.page.locator("main form .form-end button[type=submit]").first)
    lead.sees("还没有答复协办").shot("75-finish-with-an-open-part")
    lead.fill(without="管线图不影响路面修复。").send()
    matter.refresh_from_db()
    assert matter.state == "done"
    resident = someone("resident", phone=True)
    resident.go(matter.progress_url).sees("办结").shot("76-done-phone")


def test_a_colleague_stands_in_and_a_leaver_hands_over(world, someone, turned):
    _second_unit(world, turned())
    community = world.areas["community"]
    Post.objects.create(
        user=world.users["stranger"], role=Role.COMMUNITY_WORKER, area=community, valid_from=date(2024, 1, 1)
    )
    resident = someone("resident", phone=True)
    resident.go("/matters/new/").fill(text="楼道灯坏了，晚上看不见。")
    area = resident.page.locator("[name='area']")
    if area.count():
        area.first.select_option(str(community.pk))
    resident.send()
    matter = Matter.objects.get()
    desk = someone("desk")
    desk.go("/account/mine/").press("安排和查看代理").shot("77-stand-ins").press("安排别人代理我")
    desk.fill(substitute="明远", first_day="2026-03-02", last_day="2026-03-06", reason="外出培训")
    desk.shot("78-stand-in").send()
    assert StandIn.objects.get().substitute == world.users["street"]
    street = someone("street")
    street.go("/workbench/").sees("代 车小楠").shot("79-todo-of-a-stand-in")
    _give(street, matter, "人和街道物业城管岗")
    street.go(matter.get_absolute_url()).sees("明远（代车小楠）")
