"""Applications from home and materials that are owed: who may, what is asked once, what comes late, what ends."""

from __future__ import annotations

import io
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from sanshe.kernel import clock
from sanshe.kernel.audit import Entry
from sanshe.kernel.errors import Invalid, NotAllowed, NotVisible, WrongState
from sanshe.kernel.models import Notice
from sanshe.matters import actions, catalogue
from sanshe.matters.access import Bearer, MatterAccess
from sanshe.matters.figures.counting import DIMENSIONS, Asking, behind, counted, last_months
from sanshe.matters.figures.said import window
from sanshe.matters.flow import FLOW
from sanshe.matters.models import DraftFile, Matter, ServiceItem
from sanshe.people.public import Household, HouseholdMember, invented_citizen_number, make_person
from tests.matters_cast import BEGAN, make_cast


@pytest.fixture
def cast():
    return make_cast()


@pytest.fixture
def item(cast):
    return ServiceItem.objects.create(
        code="T-1", name="居住证申领", field="公共服务", basis="测试条例", accepts="任一窗口", decides="平安办",
        days=10, valid_from=BEGAN, source="测试", online="signed", life=["迁入"], says=["暂住证"], for_others=True,
        materials=[{"name": "居民身份证", "known": "citizen_number"}, {"name": "租房合同", "original": True},
                   {"name": "近期照片"}, {"name": "联系电话", "known": "phone"}],
    )  # fmt: skip


@pytest.fixture
def mother(cast, now):
    """The resident's own file: lives in home."""
    person = make_person(
        name="周小满", citizen_number=invented_citizen_number(date(1990, 3, 4)), phone="13900000099",
        address="梧桐路8号 3栋501室", area=cast.areas["home"], by=cast.desk, now=now,
    )  # fmt: skip
    person.user = cast.users["resident"]
    person.save()
    return person


def photo(name="合同.jpg", data=b""):
    if not data:
        out = io.BytesIO()
        Image.new("RGB", (30, 20), "white").save(out, "JPEG")
        data = out.getvalue()
    return SimpleUploadedFile(name, data)


def apply(cast, now, item, who="resident", files=None, **more):
    given = {"area_id": cast.areas["home"].pk, "service_id": item.pk, **more}
    return actions.apply_online(files=files or {}, by=cast.viewer(who), now=now, **given)


def lacks(matter):
    return dict(matter.materials.values_list("name", "state"))


def days(now, count):
    return clock.local(clock.add_working_days(now, count)).date()


def owed(cast, now, item, **more):
    """Accepted with two materials owed, by the fifth working day."""
    matter = apply(cast, now, item, **more)
    return actions.accept_owed(
        matter_id=matter.pk, lacking={1: "要有签字页", 2: ""}, until=days(now, 5), by=cast.handler, now=now
    )


def test_from_home_the_file_is_used_and_the_right_office_gets_it(cast, now, item, mother):
    matter = apply(cast, now, item, files={1: [photo()]})
    assert (matter.state, matter.host_unit, matter.person) == ("assigned", cast.bodies["unit"], mother)
    assert lacks(matter) == {"居民身份证": "known", "租房合同": "sent", "近期照片": "missing", "联系电话": "known"}
    assert matter.saved == len(catalogue.ASKED) and matter.due_at.date() == days(now, 10)
    assert (matter.contact_name, matter.contact_phone) == (cast.users["resident"].name, "")
    assert [m.pk for m in FLOW.waiting(cast.handler)] == [matter.pk]
    # Of another area, and the neighbour: nothing.
    for other in ("handler_far", "desk_far", "neighbour", "public"):
        assert not MatterAccess.may(cast.viewer(other), "see", matter), other
    for shown, sentence in (("T-1", "已经申请过"),):
        with pytest.raises(Invalid) as wrong:
            apply(cast, now, item)
        assert sentence in wrong.value.sentence, shown


def test_who_may_apply_from_home(cast, now, item, mother):
    for change, who, at, sentence in (
        ({"online": "window", "online_note": "要当面核验。"}, "resident", "service", "要到窗口办。要当面核验"),
        ({"online": "", "online_note": ""}, "resident", "service", "要到窗口办"),
        ({"online": "signed"}, "public", "", "登录"),
        ({"online": "open"}, "public", "contact_phone", "联系电话"),
        ({"valid_to": now.date()}, "resident", "", "已经停止办理"),
    ):
        ServiceItem.objects.filter(pk=item.pk).update(**change)
        with pytest.raises(Invalid) as wrong:
            apply(cast, now, item, who=who, contact_name="王女士", contact_phone="" if at else "13900000001")
        assert any(sentence in said for said in wrong.value.errors.values()), (change, wrong.value.errors)
    # Another version came into force between the draft and the sending.
    ServiceItem.objects.filter(pk=item.pk).update(online="open")
    new = ServiceItem.objects.create(**{
        f.name: getattr(item, f.name) for f in ServiceItem._meta.fields if f.name != "id"
    } | {"valid_from": now.date(), "online": "open", "valid_to": None})  # fmt: skip
    with pytest.raises(Invalid, match="换了新的要求"):
        apply(cast, now, item)
    matter = apply(cast, now, new, who="public", contact_name="王女士", contact_phone="13900000001")
    assert matter.reporter is None and lacks(matter)["联系电话"] == "sent" and matter.materials.get(position=3).said


def test_for_somebody_of_ones_own_household_and_nobody_else(cast, now, item, mother):
    number = invented_citizen_number(date(1940, 5, 6))
    granny = make_person(name="陈桂兰", citizen_number=number, area=cast.areas["home"], by=cast.desk, now=now)
    home = Household.objects.create(area=cast.areas["home"], kind="registered", head=mother, valid_from=BEGAN)
    for_her = {"for_name": "陈桂兰", "for_number": number, "relation": "外孙女"}
    with pytest.raises(Invalid):  # an item that one applies for in person
        ServiceItem.objects.filter(pk=item.pk).update(for_others=False)
        apply(cast, now, item, **for_her)
    ServiceItem.objects.filter(pk=item.pk).update(for_others=True)
    stranger = apply(cast, now, item, **for_her)
    assert stranger.person is None and lacks(stranger)["居民身份证"] == "missing" and not granny.reads.exists()
    HouseholdMember.objects.create(household=home, person=mother, valid_from=BEGAN)
    HouseholdMember.objects.create(household=home, person=granny, valid_from=BEGAN)
    assert actions.of_household(cast.resident, "陈桂花", number, now, "x") is None
    matter = apply(cast, now, item, **for_her)
    assert matter.person == granny and matter.reporter == cast.users["resident"] and "外孙女" in matter.text
    assert lacks(matter)["居民身份证"] == "known" and "居住证申领" in granny.reads.get().reason


def test_files_are_photos_or_pdf_and_what_was_chosen_stays(cast, now, item, mother):
    """A wrong file is refused at its field; the good ones stay with the account and go with the application."""
    bad = {1: [photo(), photo("a.exe", b"MZ\x90\x00 not a photo")], 2: [photo("b.docx", b"PK\x03\x04zip")]}
    with pytest.raises(Invalid) as wrong:
        apply(cast, now, item, files=bad)
    assert set(wrong.value.errors) <= {"file-1", "file-2"} and not Matter.objects.exists()
    refused = actions.keep_files(code="T-1", files=bad, by=cast.resident, now=now)
    assert set(refused) == {"file-1", "file-2"} and "PDF" in refused["file-2"]
    actions.keep_files(
        code="T-1", files={2: [photo("c.pdf", b"%PDF-1.4\n1 0 obj\n%%EOF\n")]}, by=cast.resident, now=now
    )
    assert [d.position for d in DraftFile.objects.all()] == [1, 2]
    assert actions.drop_kept(code="T-1", by=cast.neighbour, now=now) == 0, "somebody else's"
    matter = apply(cast, now, item)
    assert lacks(matter)["租房合同"] == lacks(matter)["近期照片"] == "sent" and not DraftFile.objects.exists()
    assert matter.attachments.filter(material__isnull=False).count() == 2


#: Who may do what with an application that is not begun, is being handled with materials owed, waits for them.
STEPS = {
    "assigned": dict.fromkeys(("handler", "unit_lead"), "accept accept_owed refuse tell_missing"),
    "handling": {"handler": "finish owed_longer", "unit_lead": "finish owed_longer terminate"},
    "waiting": {
        "handler": "end_waiting owed_longer resume", "unit_lead": "end_waiting owed_longer resume terminate",
    },
}  # fmt: skip
OURS = {name for state in STEPS.values() for steps in state.values() for name in steps.split()}


def test_who_may_do_what_with_an_application(cast, now, item, mother):
    matter = apply(cast, now, item)
    other = Matter.objects.create(**{
        f.name: getattr(matter, f.name) for f in Matter._meta.concrete_fields if f.name not in ("id", "number", "token")
    } | {"number": "x-1", "token": "x" * 24})  # fmt: skip
    other.materials.create(position=1, name="租房合同", state="missing")
    made = {"assigned": matter}
    actions.tell_missing(matter_id=other.pk, lacking={1: ""}, until=days(now, 5), by=cast.handler, now=now)
    for state in STEPS:
        if state == "handling":
            made[state] = actions.accept_owed(
                matter_id=matter.pk, lacking={1: "", 2: ""}, until=days(now, 5), by=cast.handler, now=now
            )
        if state == "waiting":
            made[state] = Matter.objects.get(pk=other.pk)
        found = {}
        for who in ("resident", "neighbour", "desk", "worker", "lead", "street", "handler", "unit_lead", "handler_far"):
            offered = {offer.step.name for offer in FLOW.offers(made[state], cast.viewer(who), now)} & OURS
            if offered:
                found[who] = " ".join(sorted(offered))
        assert found == STEPS[state], state
        brings = [who for who in ("resident", "neighbour", "desk", "handler")
                  if MatterAccess.may(cast.viewer(who), "bring", made[state])]  # fmt: skip
        assert brings == ["resident"] and MatterAccess.may(Bearer(cast.public, made[state].pk), "bring", made[state])
    assert (Matter.objects.get(pk=other.pk).state, Matter.objects.get(pk=other.pk).question) == ("waiting", "")


def test_begun_with_materials_owed(cast, now, item, mother):
    matter = apply(cast, now, item, files={1: [photo()]})
    with pytest.raises(Invalid, match="没交"):
        actions.accept(matter_id=matter.pk, by=cast.handler, now=now)
    given = {"matter_id": matter.pk, "by": cast.handler, "now": now}
    for lacking, until, sentence in (({1: "要有签字页"}, days(now, 5), "近期照片"), ({2: ""}, now.date(), "明天"),
                                     ({1: "", 2: ""}, days(now, 5), "哪里不合格"),
                                     ({2: ""}, now.date() + timedelta(days=90), "之间")):  # fmt: skip
        with pytest.raises(Invalid) as wrong:
            actions.accept_owed(lacking=lacking, until=until, **given)
        assert any(sentence in said for said in wrong.value.errors.values()), sentence
    matter = actions.accept_owed(lacking={2: ""}, until=days(now, 5), **given)
    assert (matter.state, matter.owed_on) == ("handling", days(now, 5))
    # A second colleague is too late, and nothing is granted before all is there and looked at.
    with pytest.raises(WrongState):
        actions.accept_owed(lacking={2: ""}, until=days(now, 5), **(given | {"by": cast.unit_lead}))
    finish = given | {"result": "符合条件，可以来领。", "decision": "granted"}
    with pytest.raises(Invalid):
        actions.finish(**finish)
    for who in ("neighbour", "desk", "public"):
        with pytest.raises((NotVisible, NotAllowed)):
            actions.send_materials(matter_id=matter.pk, files={2: [photo()]}, said={}, by=cast.viewer(who), now=now)
    holder = Bearer(cast.public, matter.pk)
    actions.send_materials(matter_id=matter.pk, files={2: [photo()]}, said={}, by=holder, now=now)
    with pytest.raises(WrongState):  # the second click
        actions.send_materials(matter_id=matter.pk, files={2: [photo()]}, said={}, by=holder, now=now)
    with pytest.raises(Invalid):
        actions.finish(**finish)
    first, second = matter.materials.filter(state="sent")
    with pytest.raises(WrongState, match="没有提到"):  # told once: what was not named is not asked for afterwards
        actions.send_back_material(material_id=first.pk, note="看不清", until=days(now, 3), by=cast.handler, now=now)
    actions.send_back_material(material_id=second.pk, note="要免冠", until=days(now, 3), by=cast.handler, now=now)
    matter.refresh_from_db()
    assert matter.owed_on == days(now, 3)
    with pytest.raises((NotVisible, NotAllowed)):  # not the applicant, who may bring but not check
        actions.settle_material(material_id=first.pk, state="seen", by=cast.resident, now=now)
    actions.settle_material(material_id=second.pk, state="seen", by=cast.desk, now=now)
    actions.settle_material(material_id=first.pk, state="checked", by=cast.handler, now=now)
    matter.refresh_from_db()
    assert matter.owed_on is None and actions.finish(**finish).decision == "granted"


def test_told_once_and_the_clock_stands_still(cast, now, item, mother):
    matter = apply(cast, now, item)
    due, given = matter.due_at, {"matter_id": matter.pk, "lacking": {1: "", 2: ""}, "by": cast.handler}
    late = clock.add_working_days(now, 6)
    with pytest.raises(Invalid, match="视为已经受理"):
        actions.tell_missing(until=days(late, 5), now=late, **given)
    told = actions.tell_missing(until=days(now, 5), now=now, **given)
    assert (told.state, told.paused_at) == ("waiting", now)
    assert {m.todo_label for m in FLOW.waiting(cast.resident)} == {"补交材料"}
    with pytest.raises(Invalid, match="等的是材料"):
        actions.answer_resident(matter_id=matter.pk, note="过几天", by=cast.resident, now=now)
    later = clock.add_working_days(now, 2)
    said = {2: "照片在窗口拍"}
    actions.send_materials(matter_id=matter.pk, files={1: [photo()]}, said=said, by=cast.resident, now=later)
    matter.refresh_from_db()
    assert (matter.state, matter.paused_at, matter.owed_on) == ("handling", None, None) and matter.due_at > due


def test_refused_with_reason_basis_and_remedy(cast, now, item, mother):
    matter = apply(cast, now, item)
    given = {"matter_id": matter.pk, "by": cast.handler, "now": now}
    with pytest.raises(Invalid) as wrong:
        actions.refuse(reason="居住不满半年。", basis="", other_way="可申请行政复议。", **given)
    assert set(wrong.value.errors) == {"basis"}
    matter = actions.refuse(reason="居住不满半年。", basis="测试条例第二条", other_way="可申请行政复议。", **given)
    assert matter.state == "declined" and "依据：测试条例第二条" in matter.triage_reason
    apply(cast, now, item)  # closed: one may apply anew


def test_reminded_told_late_and_ended_by_the_rule(cast, now, item, mother):
    """Before the day the applicant, after it the office and the desk, after the grace the end: each once."""
    matter = owed(cast, now, item)

    def run(at):
        Notice.objects.all().delete()
        actions.run_clock(at)
        actions.run_clock(at)
        return {(n.user_id, n.text) for n in Notice.objects.all() if "材料" in n.text or "补" in n.text}

    assert not run(clock.add_working_days(now, 1))
    told = run(clock.add_working_days(now, 3))
    assert [who for who, _ in told] == [cast.users["resident"].pk] and "要有签字页" not in str(told)
    past = clock.add_working_days(now, 6)
    assert {who for who, _ in run(past)} >= {cast.users[w].pk for w in ("resident", "handler", "desk", "desk2")}
    # After the day is still in time, and is told as late.
    actions.send_materials(matter_id=matter.pk, files={1: [photo()]}, said={}, by=cast.resident, now=past)
    assert "已过补齐日期" in Entry.objects.filter(event="step:send_materials").latest("pk").sentence
    assert not run(clock.add_working_days(now, 10))
    told = run(clock.add_working_days(now, 11) + timedelta(hours=1))
    matter.refresh_from_db()
    assert matter.state == "ended" and "按规则终止" in matter.endings.get(by=None).reason
    assert {cast.users["resident"].pk, cast.users["handler"].pk} <= {who for who, _ in told}
    assert MatterAccess.may(cast.resident, "report", matter) and "object_ending" in {
        offer.step.name for offer in FLOW.offers(matter, cast.resident, clock.add_working_days(now, 11))
    }
    with pytest.raises(WrongState):
        actions.send_materials(matter_id=matter.pk, files={2: [photo()]}, said={}, by=cast.resident, now=past)


def test_more_days_for_what_is_owed(cast, now, item, mother):
    """The applicant asks for more time before or after the day: nothing ends that was promised more."""
    matter = owed(cast, now, item)
    past = clock.add_working_days(now, 6)
    actions.run_clock(past)
    given = {"matter_id": matter.pk, "by": cast.handler, "now": past}
    for until, reason, field in ((days(now, 4), "要等证明", "until"), (days(past, 5), "", "reason"),
                                 (past.date() + timedelta(days=90), "要等证明", "until")):  # fmt: skip
        with pytest.raises(Invalid) as wrong:
            actions.owed_longer(until=until, reason=reason, **given)
        assert set(wrong.value.errors) == {field}
    with clock.frozen(past):
        actions.owed_longer(until=days(past, 6), reason="开证明要等十天", **given)
    matter.refresh_from_db()
    assert matter.owed_on == days(past, 6)
    assert Notice.objects.filter(user=cast.users["resident"], text__contains="放宽到").count() == 1
    after = clock.add_working_days(now, 11) + timedelta(hours=1)  # by the old date it would end here
    actions.run_clock(after)
    matter.refresh_from_db()
    assert matter.state == "handling"


def test_the_catalogue_is_found_in_plain_words_and_by_life(cast, now):
    from sanshe.accounts.public import SETUP
    from sanshe.kernel.access import Viewer
    from sanshe.matters.actions.services import services_file

    actions.load_services(file=services_file(), by=Viewer.system_account(SETUP), now=now)
    for typed, name in (("老人补贴", "高龄津贴申请"), ("怎么办暂住证", "居住证申领"),
                        ("找不到工作怎么办", "就业困难人员认定"),
                        ("孩子上学在哪里报名", "义务教育入学信息登记"), ("残疾证", "残疾人证办理"),
                        ("老人过世有什么补助", "惠民殡葬补助申请")):  # fmt: skip
        found = [one.name for one in catalogue.find_items(cast.public, typed, now.date())]
        assert name in found[:3], (typed, found)
    assert catalogue.find_items(cast.public, "护照", now.date()) == []
    lives = catalogue.lives_in_force(cast.public, now.date())
    assert {"出生", "上学", "就业", "退休", "救助", "残疾", "住房", "身故"} <= set(lives)
    for one in ServiceItem.objects.all():
        assert one.online and one.life and (one.is_online or one.online_note), one


def test_what_was_not_asked_again_is_counted_by_area_and_month(cast, now, item, mother):
    apply(cast, now, item)
    for by in ("area", "month", "street"):
        asking = Asking("window", cast.street, last_months(now.date()), None, DIMENSIONS[by])
        figures = [figure for figure in window(now) if figure.name in ("saved", "home")]
        for line in counted(asking, figures):
            said = {cell.figure.name: (cell.tally.numerator, cell.tally.denominator) for cell in line.cells}
            assert said == {"saved": (2, 4), "home": (1, 1)}, (by, line.label)
        saved = next(figure for figure in figures if figure.name == "saved")
        key = cast.areas["home"].pk if by == "area" else 0
        assert behind(asking, saved, key, "good").count() == 2
