"""Two stories on a phone: a poor rating put right, and a resident who follows, objects, rates and reopens."""

from __future__ import annotations

from sanshe.matters.models import CallBack, Matter, Rating
from tests.journeys.conftest import PATIENCE, PHONE


def _touch(someone, name: str | None):
    """Someone at a phone whose taps are taps."""
    one = someone(None, phone=True)
    one.context.close()
    one.context = one.page.context.browser.new_context(
        viewport=PHONE, locale="zh-CN", timezone_id="Asia/Shanghai", has_touch=True, is_mobile=True
    )
    one.page = one.context.new_page()
    one.page.set_default_timeout(PATIENCE)
    one.page.on("console", one._heard)
    one.page.on("pageerror", lambda e: one.problems.append(str(e)))
    if name:
        one.name = name
        one.sign_in()
    return one


def _filed(world, who, text: str) -> Matter:
    who.go("/matters/new/").fill(text=text, contact_name="孟女士", contact_phone="13900000009")
    area = who.page.locator("[name='area']")
    if area.count():
        area.first.select_option(str(world.areas["community"].pk))
    who.send()
    return Matter.objects.latest("pk")


def _to_the_unit(someone, matter: Matter) -> None:
    """The desk gives it to the unit, with words for the public."""
    desk = someone("desk")
    desk.go(matter.get_absolute_url()).press("分流为大事")
    options = desk.page.locator("[name='criterion'] option").all_inner_texts()
    lamp = [t for t in options if "路灯" in t or "照明" in t]
    desk.fill(criterion=lamp[0] if lamp else options[1], reason="路灯归物业城管岗报修。")
    desk.fill(host_unit="人和街道物业城管岗")
    desk.fill(public="yes", public_title="支路的路灯不亮", public_text="有人留了 13912345678，已另行联系。").send()


def _done(someone, matter: Matter, result: str) -> None:
    unit = someone("handler")
    unit.go(matter.get_absolute_url())
    matter.refresh_from_db()
    if matter.state == "assigned":
        unit.press("接收此事项")
        unit.go(matter.get_absolute_url())
    unit.step("办结此事项", result=result, public_result="已换灯头，恢复照明。")
    matter.refresh_from_db()
    assert matter.state == "done"


def test_a_poor_rating_is_put_right_and_the_resident_has_the_last_word(world, someone, turned):
    # Without an account: everything by the receipt.
    passer_by = _touch(someone, None)
    matter = _filed(world, passer_by, "支路上三盏路灯全不亮，老人晚上看不清路。")
    _to_the_unit(someone, matter)
    turned.on(days=2)
    _done(someone, matter, "更换了一盏灯头，其余待料。")

    # The link of the invitation is opened by a scanner first; nothing is used up.
    passer_by.go(f"{matter.progress_url}?ask=1").press("评价这次办理")
    assert not Rating.objects.exists()
    passer_by.check()
    passer_by.fill(grade="2", comment="三盏只换了一盏。").send()
    rating = Rating.objects.get()
    assert rating.invited and rating.grade == 2

    # Rating → call-back → listed → put right.
    turned.on(days=1)
    unit = someone("handler")
    unit.go("/workbench/").sees("回访核实")
    unit.go(matter.get_absolute_url()).shot("40-callback")
    until = (turned.at.date()).isoformat()
    unit.step("列入限期整改", found="电话联系了反映人，确实还有两盏不亮。", plan="今天备料，换好另两盏。", until=until)
    passer_by.go(matter.progress_url).sees("限期整改中")
    turned.on(hours=4)
    unit = someone("handler")
    unit.go(matter.get_absolute_url()).step("整改完成", answer="另两盏已换好，三盏都亮了，向您致歉。")

    # The resident has the last word, once, without an account, on the phone.
    passer_by.go(matter.progress_url).sees("另两盏已换好").press("说说整改是否满意").check()
    passer_by.fill(satisfied="1", said="这回都亮了。").send()
    passer_by.sees("您说对整改满意").check()
    assert CallBack.objects.get().satisfied is True

    # The street reads the rates, and the rows behind.
    street = someone("street")
    street.go("/matters/ratings/?by=unit").sees("好评率", "整改满意率", "人和街道物业城管岗").shot("41-rates")
    street.go("/matters/figures/ratings/rows/?figure=satisfied&part=good").sees(matter.number)
    street.go("/matters/figures/").sees("受理", "按期办结").shot("42-window")


def test_a_resident_follows_objects_rates_and_reopens_from_a_phone(world, someone, turned):
    # A half-typed report waits on the phone, where one looks for one's own.
    resident = _touch(someone, "resident")
    resident.go("/matters/new/").fill(text="支路上的路灯不亮，电话 13912345678 的邻居也看见了。")
    resident.page.wait_for_function("() => localStorage.getItem('draft:report:/matters/new/')")
    resident.go("/matters/mine/").sees("没写完的反映", "支路上的路灯不亮").check()
    matter = _filed(world, resident, "支路上的路灯不亮，老人晚上看不清路。")
    _to_the_unit(someone, matter)

    # Objecting to the triage; the street answers.
    resident.go("/matters/mine/").sees("正在办的", "人和街道物业城管岗")
    resident.page.locator("main a.item-title").first.tap()
    resident.page.wait_for_url("**/matters/t/**")
    resident.step("对分流提出异议", reason="路灯一直是城建在管，请再核实。").sees("待街道答复").check()
    street = someone("street")
    street.go(matter.get_absolute_url()).step("异议不成立", answer="该支路已移交街道管理，由物业城管岗办。")
    resident.go(matter.progress_url).sees("已移交街道管理")

    # A neighbour met with the same, follows, and shows nobody who it is.
    neighbour = _touch(someone, "neighbour")
    neighbour.go("/matters/?text=路灯").sees("支路的路灯不亮").check()
    neighbour.page.locator("main a", has_text="支路的路灯不亮").first.tap()
    neighbour.page.wait_for_url("**/matters/p/**")
    neighbour.sees("139****5678").press("我也遇到了").check()
    resident.go(f"/matters/p/{matter.number}/").sees("1 位邻居也遇到了")
    assert "石开明" not in resident.text() and "13912345678" not in resident.text()

    # Done: both are told; the resident rates well, then finds it dark again and reopens; the neighbour is told.
    turned.on(days=1)
    _done(someone, matter, "三盏灯头已更换，恢复照明。")
    neighbour.go("/notices/").sees("您也遇到的", "已办结")
    resident.go("/matters/mine/").sees("等着您的", "评价这次办理").shot("43-mine-phone")
    resident.click(resident.page.locator(".waits a.btn").first).check()
    resident.fill(grade="4").send()
    assert not Rating.objects.get().invited, "came by himself"
    turned.on(days=2)
    resident = _touch(someone, "resident")
    resident.go(matter.progress_url).step("问题没有解决，重新打开", reason="昨晚又不亮了。").sees("正在办理").check()
    neighbour = _touch(someone, "neighbour")
    neighbour.go("/notices/").sees("已重新打开")
    _done(someone, matter, "更换线路，三盏都亮了。")
    resident.go("/matters/mine/").sees("评价这次办理")
    assert matter.handlings.count() == 2

    # Large type: the same page, one column, nothing cut off.
    resident.go("/elder/?on=1&next=/matters/mine/").sees("评价这次办理").check()

    # Who looked up the phone that was left is there for the resident to read.
    unit = someone("handler")
    unit.go(f"{matter.get_absolute_url()}contact/")
    unit.page.fill("#id_reason", "约晚上现场核实。")
    unit.click(unit.page.get_by_role("button", name="查看联系方式"))
    resident.go(matter.progress_url).sees("谁看过您的联系方式", "约晚上现场核实").check()
