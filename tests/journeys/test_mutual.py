"""A dispute from the desk to a signed agreement; an offer and a request matched, helped, and the hours confirmed."""

from __future__ import annotations

import re

from sanshe.accounts.models import Post as Held
from sanshe.accounts.words import Role
from sanshe.disputes.models import Dispute
from sanshe.neighbours.models import Pair, Post
from sanshe.people.models import Person
from tests.journeys.conftest import PASSWORD


def _mediator(world, now):
    """A mediator of the community."""
    from sanshe.accounts.models import User

    user = User(username="mediator", name="和桂芬", phone="13900000999", created_at=now, demo=True)
    user.set_password(PASSWORD)
    user.save()
    Held.objects.create(user=user, role=Role.MEDIATOR, area=world.areas["community"], valid_from=now.date())


def test_a_dispute_from_the_desk_to_a_signed_agreement(world, someone, turned):
    turned.to("2026-03-03T09:30")
    _mediator(world, turned())
    file = Person.objects.get(user=world.users["resident"])
    file.phone = world.users["resident"].phone
    file.save()
    desk = someone("desk").go("/disputes/desk/")
    desk.fill(
        area="龙寿路", kind="邻里纠纷", first_name="孟春芳", first_phone=world.users["resident"].phone,
        other_name="某某物业公司", about="楼道堆物，轮椅进不出。",
    ).shot("70-dispute-desk").send()  # fmt: skip
    one = Dispute.objects.get()
    desk.sees(one.number).shot("71-dispute-filed")
    assert "轮椅" not in desk.text()
    desk.go(one.get_absolute_url()).sees("没有找到")

    resident = someone("resident", phone=True)
    resident.go("/mine/").sees("答复是否愿意调解")
    resident.go(one.get_absolute_url()).shot("72-dispute-party-phone").step("同意调解")
    lead = someone("lead").go("/workbench/").sees("征求双方意愿")
    lead.go(one.get_absolute_url()).press("记下当事人的答复")
    lead.fill(party=str(one.parties.get(side="second").pk), answer="agreed", how="phone").send()
    lead.press("指定调解员")
    lead.page.locator("main [name='mediator']").first.check(force=True)
    lead.send().sees("和桂芬")

    turned.on(days=1)
    mediator = someone("mediator").go("/workbench/").sees("主持调解")
    mediator.go(one.get_absolute_url())
    mediator.step(
        "记一次调解", at="2026-03-03T15:00", place="社区调解室", present="双方", record="都到楼道看过，愿意各让一步。"
    )
    mediator.press("写调解协议").fill(
        form="written", facts="楼道宽一米二，堆物后不足六十厘米。", terms_text="三日内搬走堆物，以后不再堆放。",
        who1="某某物业公司", what1="搬走堆物", due1="2026-03-09",
    ).shot("73-dispute-agreement").send()  # fmt: skip
    with mediator.page.expect_download() as got:
        mediator.page.get_by_role("link", name="下载协议书").click()
    assert got.value.suggested_filename.endswith(".docx")
    mediator.press("登记签署")
    for box in mediator.page.locator("main [type='checkbox']").all():
        box.check(force=True)
    mediator.send().sees("履行回访中", "共同申请").shot("74-dispute-agreed")
    turned.to("2026-03-09T16:00")
    mediator = someone("mediator").go("/workbench/").sees("到期回访")
    mediator.go(one.get_absolute_url()).step("已履行", note="到楼道看过，已搬空。").step("结案")
    mediator.sees("调解结案")


def test_two_neighbours_find_each_other(world, someone, turned):
    turned.to("2026-03-06T18:30")
    helper = someone("neighbour", phone=True).go("/neighbours/new/?side=offer")
    helper.fill(kind="搬重物", text="周末在家，有力气，可以抬东西。")
    helper.page.get_by_label("周末白天").check(force=True)
    helper.send()
    seeker = someone("elder", phone=True).go("/neighbours/new/?side=request")
    seeker.fill(kind="搬重物", text="旧柜子要搬到楼下，想请人搭把手。")
    seeker.page.get_by_label("周末白天").check(force=True)
    seeker.shot("75-neighbours-ask-phone").send()
    seeker.sees("对得上的邻居").shot("76-neighbours-fit-phone")
    offer = Post.objects.get(side="offer")
    phone = world.users["neighbour"].phone
    seeker.go(offer.get_absolute_url())
    assert phone not in seeker.text() and world.users["neighbour"].name not in seeker.text()
    own = seeker.page.locator("main [name='counter'][value]:not([value=''])")
    own.first.check(force=True)
    seeker.fill(words="周六上午方便吗").send()
    pair = Pair.objects.get()
    helper.go("/mine/").sees("答复邻居")
    helper.go(pair.get_absolute_url()).shot("77-neighbours-pair-phone").press("同意")
    seeker.go(pair.get_absolute_url()).sees(phone)
    turned.to("2026-03-08T10:00")
    helper = someone("neighbour", phone=True).go(pair.get_absolute_url())
    helper.step("忙已帮完，填写时间", done_on="2026-03-07", hours="1.5")
    seeker = someone("elder", phone=True).go("/mine/").sees("确认互助时间")
    seeker.go(pair.get_absolute_url()).press("确认时间")
    seeker.sees("1.5 小时计入志愿服务记录")
    helper.go("/neighbours/hours/").sees("1.5 小时").shot("78-neighbours-hours-phone")
    with helper.page.expect_download() as got:
        helper.page.get_by_role("button", name="出具证明").click()
    assert re.search(r"志愿服务记录证明.*\.docx$", got.value.suggested_filename)
    lead = someone("lead").go("/neighbours/figures/").sees("龙寿路").shot("79-neighbours-figures")
    lead.go("/neighbours/list/").shot("79-neighbours-list")
