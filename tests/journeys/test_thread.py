"""One resident's matter from report to renewal, through every kind of user, on the real streets and communities."""

from __future__ import annotations

import re
import time

from sanshe.kernel import audit, params, seal
from sanshe.kernel.audit import Entry
from sanshe.kernel.jobs import seal_audit
from sanshe.matters.models import Matter


def test_from_report_to_renewal(world, someone, turned, tmp_path):
    # 1 A resident on a phone reports a matter; the front desk finds it waiting.
    resident = someone("resident", phone=True)
    resident.go("/").shot("01-home-phone")
    resident.go("/matters/new/")
    resident.fill(text="我妈八十了，一个人住，中午没人做饭。我上班赶不回来，想问社区能不能帮老人解决午饭。")
    area = resident.page.locator("[name='area']")
    if area.count():
        area.first.select_option(str(world.areas["community"].pk))
    resident.shot("02-report-phone")
    resident.send()
    matter = Matter.objects.get()
    resident.sees(matter.number).shot("03-receipt-phone")
    assert matter.area == world.areas["community"] and matter.promised_at is not None

    # The QR code's page shows progress without signing in.
    passer_by = someone(None, phone=True)
    passer_by.go(matter.progress_url).sees("待分流").shot("04-progress-phone")

    # 2 The front desk triages as 小事, with criterion and reason. A person of another street finds nothing.
    stranger = someone("stranger")
    stranger.go(matter.get_absolute_url()).sees("没有找到")
    desk = someone("desk")
    desk.go("/workbench/").sees("分流").shot("05-todo")
    desk.go(matter.get_absolute_url()).shot("06-matter-desk")
    desk.press("分流为小事")
    criterion = desk.page.locator("[name='criterion'] option")
    joint = [t for t in criterion.all_inner_texts() if "助餐" in t or "养老" in t or "老人" in t or "老年" in t]
    desk.fill(criterion=joint[0] if joint else criterion.all_inner_texts()[1])
    desk.fill(reason="老人午饭不止一家的事，涉及场地、出钱和送餐，要大家商量。", public="yes")
    desk.fill(public_title="希望解决独居老人的午饭").shot("07-triage").send()
    matter.refresh_from_db()
    assert matter.state == "together"
    resident.go("/matters/mine/").sees("协商")

    # 3 The community's lead opens the deliberation; people are invited, say and vote; a meeting resolves.
    turned.on(days=1)
    lead = someone("lead")
    lead.go("/workbench/").sees("协商").shot("08-lead-todo")
    lead.go("/deliberation/topics/")
    lead.open("我妈八十了")
    lead.step(
        "为此发起协商",
        title="老人的午饭，怎么办",
        question="怎样让独居老人中午有热饭吃，钱从哪里来，谁来做？",
        background="多位居民反映独居老人午饭没有着落。",
        scope="community",
    )
    talk = lead.page.url
    lead.sees("老人的午饭，怎么办").shot("09-deliberation-draft")
    lead.go(talk + "people/").shot("10-invite")
    _invite(lead, ["resident", "neighbour", "elder", "fourth"], world)
    lead.go(talk)
    lead.step("开始征集意见", deadline=_moment(turned, 7))
    resident.go(talk.replace(lead.base, "") + "speak/")
    resident.fill(text="走不动的送上门，走得动的来点上吃。").send()
    lead.go(talk + "statements/").shot("11-moderate").press("展示")
    for name in ("neighbour", "elder"):
        voter = someone(name, phone=True)
        voter.go(talk + "vote/").shot(f"12-vote-{name}")
        voter.press("赞成")
    turned.on(days=8)
    lead = someone("lead")
    lead.go(talk)
    lead.step("约定会议", place="龙寿路社区活动室", starts_at=_moment(turned, 5), agenda="选址与价格\n送餐与探访\n表决")
    turned.on(days=5)
    lead = someone("lead")
    lead.go(talk)
    meeting = lead.page.locator("a[href*='/deliberation/meetings/']").first.get_attribute("href")
    lead.go(meeting).shot("13-meeting")
    lead.go(meeting + "screen/").shot("14-sign-in-screen")
    token = _sign_in_path()
    for name in ("resident", "neighbour", "elder"):
        guest = someone(name, phone=True)
        guest.go(token).shot("15-sign-in-phone") if name == "resident" else guest.go(token)
        guest.click(guest.page.locator("main form button[type=submit]").first)
        guest.sees("您已签到")
    turned.on(minutes=75)
    lead = someone("lead")
    lead.go(talk)
    lead.step(
        "填写会议记录", chair="裴长宁", recorder="车小楠", minutes="大家商量了选址、价格和送餐办法，意见基本一致。"
    )
    lead.go(talk)
    lead.step(
        "形成决议", resolution="同意设助餐点，走不动的送餐上门，账目按月公开。",
        votes_for="3", votes_against="0", votes_abstain="0",
    )  # fmt: skip
    lead.step("起草协商意见", text="居民一致希望解决独居老人午饭和日常探访，建议购买专业服务。")
    lead.step(
        "写明需求", title="老年助餐与独居老人探访", field="老年", for_whom="八十岁以上独居老人", people="60",
        detail="工作日午餐、送餐上门、日常探访。",
    )  # fmt: skip
    lead.step("分派任务", title="落实助餐点场地", owner_body="居民委员会", due_on=_day(turned, 20))
    lead.step("公布协商意见").shot("16-outcome")
    resident.go(talk).sees("协商意见").shot("17-outcome-phone")

    # 4 The need becomes a project; the street approves it.
    lead.go("/purchase/needs/").shot("18-needs")
    lead.open("老年助餐与独居老人探访")
    lead.press("据此编制项目")
    _project_form(lead)
    lead.shot("19-project-form").send()
    lead.go("/purchase/projects/")
    lead.open("热饭敲门")
    project = lead.page.url
    lead.step("报街道审核")
    street = someone("street")
    street.go(project).shot("20-project-review")
    street.step("批准项目", budget_source="街道2026年社会工作专项", opinion="需求来自协商，预算合理，同意。")

    # 5 Comparison selection: sealed bids, two officers, keys, experts, ranking, publicity.
    buyer = someone("buyer")
    buyer.go(project)
    buyer.press("发起比选").fill(requirements="每个工作日供应午餐，送餐上门，独居老人每周探访两次。", ceiling="180000")
    buyer.shot("21-call-form").send()
    buyer.go("/purchase/calls/").open("热饭敲门")
    call = buyer.page.url
    closes = _moment(turned, 10)
    buyer.step("发布比选公告", closes_at=closes)
    keys = {}
    for org, price in (("nuan", "172000"), ("xin", "165000"), ("he", "178500")):
        bidder = someone(org)
        bidder.go(call + "bid/")
        keys[org] = _seal_and_hand_in(bidder, price)
        if org == "nuan":
            bidder.shot("22-bid-receipt")
    passer_by.go(call).sees("3").shot("23-call-public-phone")
    turned.to(closes.replace("T", " "))
    turned.on(minutes=5)
    buyer, street = someone("buyer"), someone("street")
    buyer.go(call).step("启动开封")
    street.go(call).step("确认开封").shot("24-opening")
    for org, key in keys.items():
        bidder = someone(org)
        bidder.go(call + "key/").fill(key_code=key)
        bidder.send().sees("已")
    turned.on(minutes=61)
    buyer = someone("buyer")
    buyer.go(call).step("开封")
    buyer.step("抽取专家").shot("25-opened")
    for name in ("expert1", "expert2", "expert3"):
        expert = someone(name)
        expert.go(call)
        expert.press("声明无利害关系").fill(free=_first_value(expert, "free")).send()
        expert.go(call).press("评分")
        for box in expert.page.locator("main [name^='p_']").all():
            most = re.search(r"满分 (\d+)", box.get_attribute("aria-label")).group(1)
            box.fill(f"{float(most) * 0.8:g}")
        expert.shot("26-scoring") if name == "expert1" else None
        expert.send()
    buyer.go(call).press("公示结果").fill(result_reason="方案贴合需求，价格合理。").shot("27-ranking").send()
    passer_by.go(call).sees("公示").shot("28-result-public-phone")
    turned.on(days=14)
    buyer = someone("buyer")
    buyer.go(call).step("确定承接单位")
    buyer.step("拟订合同", begins_on=_day(turned, 7), terms="每月报送服务记录，账目公开。")
    winner = _winner()

    # 6 The contract is agreed and signed; social workers record; those who used it accept and rate.
    manager = someone(winner)
    manager.go("/purchase/").shot("29-organisation")
    contract = _contract_path()
    manager.go(contract).step("确认合同")
    buyer.go(contract).step("签订合同").shot("30-contract")
    turned.on(days=8)
    manager = someone(winner)
    for nr in range(3):
        manager.go(contract).step(
            "记录服务", on=_day(turned, 0), service=f"送餐与探访第{nr + 1}次", people="26", minutes="240", spent="1200"
        )
        turned.on(days=7)
        manager = someone(winner)
    resident = someone("resident", phone=True)
    resident.go(contract).sees("78").shot("31-contract-phone")
    turned.on(days=330)
    lead = someone("lead")
    phones = "\n".join(world.users[n].phone for n in ("resident", "neighbour", "elder"))
    lead.go(contract).step("发起验收", phones=phones)
    for nr, token in enumerate(_acceptance_tokens()):
        one = someone(None, phone=True)
        one.go(f"/purchase/acceptance/{token}/").fill(
            agrees="1", grade="5" if nr else "4", remark="饭菜热乎，人也和气。"
        )
        if nr == 0:
            one.shot("32-acceptance-phone")
        one.send()
    lead.go(contract).step("通过验收").shot("33-accepted")

    # 7 Evaluation passed, renewal possible.
    centre = someone("centre")
    centre.go(contract).press("合同考评")
    for nr, full in enumerate(params.get("purchase.evaluation_weights").value.values()):
        centre.fill(**{f"points_{nr}": f"{full * 0.9:g}"})
    centre.fill(opinion="服务扎实，居民满意，建议续签。").shot("34-evaluation").send()
    buyer = someone("buyer")
    buyer.go(contract).step("续签一年", amount="172000").shot("35-renewed")

    # 8 The deliberation closes; its matters are done; the resident rates the matter without signing in.
    lead = someone("lead")
    lead.go(talk)
    lead.step("开始落实")
    lead.click(lead.page.locator("main a[href*='/deliberation/tasks/']").first)
    lead.step("完成任务", result="场地已经落实，坡道装好。")
    lead.go(talk).step("结束协商", result="助餐点已开，项目已续签。")
    matter.refresh_from_db()
    assert matter.state == "done"
    passer_by = someone(None, phone=True)
    passer_by.go(matter.progress_url).press("评价这次办理").fill(grade="5", comment="老人吃上热饭了。").shot(
        "36-rate-phone"
    )
    passer_by.send()

    # 9 Every page of the chain shows the whole line; the public sees what is public.
    for who, page in ((buyer, contract), (passer_by, call), (desk_again(someone), matter.get_absolute_url())):
        who.go(page)
        stations = [s for s in ("事项", "分流", "协商", "项目", "比选", "服务", "评价") if s in who.text()]
        assert len(stations) == 7, (page, stations)
    passer_by.go(call).shot("37-thread-phone")

    # 10 The district officer's cockpit, with the rows behind each number.
    district = someone("district")
    district.go("/indicators/").sees("三事分流", "社会工作室", "满意度").shot("38-cockpit")
    district.click(district.page.locator(".card-value a").first).shot("39-rows")

    # The audit holds all of it, sound.
    for _ in range(900):  # other transactions of the cluster may hold the seal back for a while
        seal_audit(timestamp=0)
        if not Entry.objects.filter(seal__isnull=True).exists():
            break
        time.sleep(0.2)
    verdict = seal.verify()
    assert verdict.sound and verdict.sealed > 60, verdict
    assert audit.history(matter).count() >= 4
    assert len(resident.shots) >= 35


def desk_again(someone):
    return someone("desk")


def _day(turned, days: int) -> str:
    from datetime import timedelta

    return (turned.at + timedelta(days=days)).date().isoformat()


def _moment(turned, days: int) -> str:
    from datetime import timedelta

    return (turned.at + timedelta(days=days)).strftime("%Y-%m-%dT10:00")


def _invite(lead, names, world) -> None:
    """Invite people by their telephone numbers on the page of participants."""
    for name in names:
        lead.fill(phone=world.users[name].phone)
        lead.click(lead.page.locator("form:has([name='phone']) button[type=submit]").first)


def _sign_in_path() -> str:
    from sanshe.deliberation.models import Meeting

    return f"/deliberation/sign-in/{Meeting.objects.get().token}/"


def _project_form(lead) -> None:
    lead.fill(
        title="热饭敲门", field="老年", aims="工作日有热饭，独居老人有人问。", beneficiaries="八十岁以上独居老人",
        expected_people="60", planned_with="协商会上居民一起定了菜谱和排班。",
    )  # fmt: skip
    lead.fill(
        plan_when_0="第1—2个月", plan_what_0="摸底与排班", plan_when_1="第3—12个月", plan_what_1="助餐与探访",
        budget_item_0="人员", budget_fen_0="120000", budget_item_1="餐具与耗材", budget_fen_1="60000",
    )  # fmt: skip


def _seal_and_hand_in(bidder, price: str) -> str:
    """Seal in the browser, note the key, prove it, hand the ciphertext in. Returns the key."""
    page = bidder.page
    page.wait_for_selector("#bid-price", state="visible")
    page.fill("#bid-price", price)
    page.fill("#bid-plan", "社工管排班、探访和家属沟通，餐馆供餐，账目每月公开。")
    page.get_by_role("button", name="在本机密封").click()
    page.wait_for_selector("[data-seal-card]", state="visible")
    code = page.locator("[data-seal-code]").inner_text().strip()
    page.fill("[data-seal-typed]", re.split(r"[-\s]+", code)[-1])
    page.get_by_role("button", name="提交密封投标").click()
    page.wait_for_selector("[data-seal-receipt]")
    return code


def _first_value(someone, name: str) -> str:
    return someone.page.locator(f"[name='{name}']").first.get_attribute("value")


def _winner() -> str:
    from sanshe.purchase.models import Award

    return Award.objects.get().supplier.posts.filter(role="org_manager").get().user.username


def _contract_path() -> str:
    from sanshe.purchase.models import Contract

    return Contract.objects.latest("pk").get_absolute_url()


def _acceptance_tokens() -> list[str]:
    from sanshe.purchase.models import Acceptance

    return list(Acceptance.objects.order_by("pk").values_list("token", flat=True))
