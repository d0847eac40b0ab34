"""One window: who is found, what an application needs, who decides it, what the window may know afterwards."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from sanshe.kernel.audit import Entry
from sanshe.kernel.errors import Invalid, NotAllowed, NotVisible, WrongState
from sanshe.kernel.models import Notice
from sanshe.matters import actions, catalogue, registers, window
from sanshe.matters.access import MatterAccess, WindowMatterAccess
from sanshe.matters.actions.services import services_file
from sanshe.matters.models import Handling, ServiceItem
from sanshe.people.public import invented_citizen_number, make_person
from tests.matters_cast import BEGAN, assigned, handled, make_cast, report


@pytest.fixture
def cast():
    return make_cast()


@pytest.fixture
def item(cast):
    return ServiceItem.objects.create(
        code="T-1", name="高龄津贴申请", field="养老服务", basis="测试条例", accepts="任一窗口", decides="平安办",
        days=10, valid_from=BEGAN, source="测试",
        materials=[{"name": "居民身份证", "known": "citizen_number", "original": False},
                   {"name": "居住证明", "known": "address", "original": False},
                   {"name": "银行卡", "known": "", "original": True}],
    )  # fmt: skip


@pytest.fixture
def resident(cast, now):
    return make_person(
        name="周小满", citizen_number=invented_citizen_number(date(1940, 3, 4)), phone="13900000099",
        address="梧桐路8号 3栋2单元501室", area=cast.areas["home"], by=cast.desk, now=now,
    )  # fmt: skip


def apply(cast, now, item, resident, by="desk_far", materials=None, **more):
    given = {2: ("seen", None)} if materials is None else materials
    if resident is not None:
        actions.look_up_caller(typed="13900000099", by=cast.viewer(by), now=now)
    return actions.file_matter(
        text="", area_id=cast.areas["home"].pk, kind="application", service_id=item.pk, channel="desk",
        person_id=resident.pk if resident else None, materials=given, by=cast.viewer(by), now=now, **more,
    )  # fmt: skip


def follows(viewer, matter) -> bool:
    return WindowMatterAccess.rows(viewer).filter(pk=matter.pk).exists()


# -- who is calling ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("house", ["3-2-501", "3号楼2单元501", "３栋２单元５０１室"])
def test_a_caller_is_found_by_name_and_house_from_any_window(cast, now, resident, house):
    """The far window serves everyone: exact, masked, and the resident can read who looked and why."""
    found = actions.look_up_caller(typed="周小满", house=house, by=cast.desk_far, now=now)
    assert found == [resident]
    line = resident.reads.get()
    assert (line.reason, line.reader) == ("登记来电来访", cast.users["desk_far"])
    for name, other in (("周小", house), ("周小满", "3-2-502"), ("周小满", "梧桐路")):
        assert actions.look_up_caller(typed=name, house=other, by=cast.desk_far, now=now) == []
    with pytest.raises(NotVisible):
        actions.look_up_caller(typed="周小满", house=house, by=cast.handler, now=now)


def test_a_made_up_key_brings_no_stranger_into_a_record(cast, now, resident):
    with pytest.raises(Invalid) as wrong:
        report(cast, now, who="desk_far", channel="desk", person_id=resident.pk)
    assert "person" in wrong.value.errors
    actions.look_up_caller(typed="13900000099", by=cast.desk_far, now=now)
    assert report(cast, now, who="desk_far", channel="desk", person_id=resident.pk).person == resident


# -- applications ------------------------------------------------------------------------------------------------------


def test_any_window_takes_in_and_the_right_back_office_decides(cast, now, item, resident):
    """Taken in at the far window for home: no triage, the home street's unit, the item's days."""
    matter = apply(cast, now, item, resident)
    assert (matter.state, matter.host_unit, matter.window) == ("assigned", cast.bodies["unit"], cast.areas["far"])
    assert (matter.due_at.date(), matter.promised_at) == (date(2026, 6, 25), matter.due_at)  # 19 June is a holiday
    assert (matter.contact_name, matter.contact_phone) == ("周小满", "13900000099")
    states = list(matter.materials.values_list("name", "state", "fact"))
    assert states == [
        ("居民身份证", "known", "citizen_number"),
        ("居住证明", "known", "address"),
        ("银行卡", "seen", ""),
    ]
    assert matter.saved == len(catalogue.ASKED)
    assert follows(cast.desk_far, matter) and not MatterAccess.may(cast.desk_far, "see", matter)
    assert not follows(cast.desk, matter) and MatterAccess.may(cast.desk, "see", matter)
    assert [m.pk for m in window.taken_in(cast.desk_far, {"elsewhere": True})] == [matter.pk]
    done = window.figures(cast.desk_far, date(2026, 6, 1))
    assert (done.taken, done.elsewhere, done.applications, done.materials, done.fields) == (1, 1, 1, 2, 5)
    told = Notice.objects.filter(user=cast.users["handler"]).latest("pk")
    assert item.name in told.text and "周小满" not in told.text


def test_each_material_is_accounted_for(cast, now, item, resident):
    for said, sentence in (({}, "银行卡"), ({2: ("lost", None)}, "银行卡"),
                           ({2: ("later", now.date() + timedelta(days=60))}, "补齐期限"),
                           ({2: ("later", now.date() - timedelta(days=1))}, "补齐期限")):  # fmt: skip
        with pytest.raises(Invalid) as wrong:
            apply(cast, now, item, resident, materials=said)
        assert sentence in wrong.value.errors["materials"]
    with pytest.raises(Invalid) as wrong:  # nobody's file: nothing is known, the name is asked
        apply(cast, now, item, None, by="desk", materials={0: ("seen", None), 1: ("copy", None), 2: ("seen", None)})
    assert set(wrong.value.errors) == {"contact_name"}
    ServiceItem.objects.update(valid_to=now.date())
    with pytest.raises(Invalid) as wrong:
        apply(cast, now, item, resident)
    assert "service" in wrong.value.errors


def test_what_is_still_to_come_stands_in_the_way_of_granting_not_of_refusing(cast, now, item, resident):
    matter = apply(cast, now, item, resident, materials={2: ("later", None)})
    missing = matter.materials.get(state="later")
    actions.accept(matter_id=matter.pk, by=cast.handler, now=now)
    given = {"matter_id": matter.pk, "result": "符合条件，六月起发放。", "by": cast.handler, "now": now}
    for decision, sentence in (("", "请选择准予还是不予"), ("granted", "还没有补齐"), ("maybe", "请选择准予")):
        with pytest.raises(Invalid) as wrong:
            actions.finish(**given, decision=decision)
        assert sentence in wrong.value.errors["decision"] or "没有补齐" in wrong.value.errors["decision"]
    with pytest.raises((NotVisible, NotAllowed)):
        actions.settle_material(material_id=missing.pk, state="seen", by=cast.desk_far, now=now)
    actions.settle_material(material_id=missing.pk, state="seen", by=cast.desk, now=now)
    with pytest.raises(WrongState):
        actions.settle_material(material_id=missing.pk, state="copy", by=cast.handler, now=now)
    done = actions.finish(**given, decision="granted")
    assert (done.state, done.decision) == ("done", "granted")
    other = apply(cast, now, item, resident, materials={2: ("later", None)})
    actions.accept(matter_id=other.pk, by=cast.handler, now=now)
    refused = actions.finish(
        matter_id=other.pk, result="年龄不到，可向街道申请复核。", decision="refused", by=cast.handler, now=now
    )
    assert refused.decision == "refused" and follows(cast.desk_far, refused)


def test_a_matter_has_no_decision_and_is_finished_as_before(cast, now):
    matter = handled(cast, now)
    done = actions.finish(matter_id=matter.pk, result="已更换路灯。", decision="granted", by=cast.handler, now=now)
    assert (done.state, done.decision) == ("done", "")


# -- questions, danger -------------------------------------------------------------------------------------------------


def test_a_question_is_filed_and_answered_in_one_go(cast, now):
    given = {"text": "高龄津贴怎么办理？", "kind": "question", "channel": "phone", "who": "desk"}
    matter = report(cast, now, **given, answer="带身份证到任一窗口，十个工作日。")
    assert (matter.state, matter.result) == ("done", "带身份证到任一窗口，十个工作日。")
    assert Handling.objects.get(matter=matter).unit is None
    assert Entry.objects.filter(event="step:answer_now").count() == 1
    open_one = report(cast, now, **given)
    assert open_one.state == "received" and open_one.promised_at < report(cast, now).promised_at
    # A resident's own words are no answer.
    assert report(cast, now, text="怎么办理？", kind="question", answer="好").state == "received"


def test_danger_rings_at_once_and_runs_in_hours(cast, now):
    matter = report(cast, now, text="楼道里有煤气味，很呛。")
    assert matter.due_at - now <= timedelta(hours=1) and not matter.urgent, "heard, not decided"
    rung = Notice.objects.filter(user=cast.users["desk"], kind="紧急").latest("pk")
    assert "燃气异味" in rung.text
    assert report(cast, now, text="路灯不亮。").due_at - now > timedelta(hours=1)
    Notice.objects.all().delete()
    assigned(cast, now, matter=matter, criterion=cast.criteria["gas"].pk)
    rung = Notice.objects.filter(kind="紧急")
    assert {n.user_id for n in rung} == {
        cast.users[w].pk for w in ("street", "handler", "unit_lead", "handler_resident")
    }
    assert all("1 小时内" in n.text for n in rung)


# -- the catalogue -----------------------------------------------------------------------------------------------------


def test_the_catalogue_of_the_pack_loads_once_and_finds_its_deciders(cast, now):
    from sanshe.accounts.public import SETUP
    from sanshe.kernel.access import Viewer

    setup = Viewer.system_account(SETUP)
    name, count = actions.load_services(file=services_file(), by=setup, now=now)
    assert count >= 40 and actions.load_services(file=services_file(), by=setup, now=now) == (name, 0)
    with pytest.raises(NotAllowed):
        actions.load_services(file=services_file(), by=cast.street, now=now)
    for one in ServiceItem.objects.all():
        assert catalogue.deciding_body(cast.areas["home"], one, now.date()) is not None, one
    found, _ = catalogue.item_typed(cast.public, "高龄津贴", now.date())
    assert found is not None and found.name == "高龄津贴申请"
    assert catalogue.item_typed(cast.public, "残疾人", now.date())[1], "several: they are named"


def test_the_ledger_keeps_versions(cast, now, item):
    ledger = registers.ServiceRegister()
    text = str(item.materials) and "居民身份证（档案：公民身份号码）、说明（病历、单据任一）、银行卡（核原件）"
    read = registers.read_materials(text)
    assert "、".join(map(str, read)) == text
    assert [bool(m["known"]) for m in read] == [True, False, False] and read[2]["original"]
    with pytest.raises(Invalid):
        registers.read_materials("身份证（档案：血型）")
    row = ServiceItem.objects.get(pk=item.pk)
    row.days = 5
    with pytest.raises(Invalid) as wrong:
        ledger.clean(row, {}, cast.district, now)
    assert "另加一条" in wrong.value.errors["days"]
    new = ServiceItem(**{f.name: getattr(item, f.name) for f in ServiceItem._meta.fields if f.name != "id"})
    new.days, new.valid_from = 5, now.date()
    ledger.clean(new, {}, cast.district, now)
    ledger.save(new, by=cast.district, now=now)
    item.refresh_from_db()
    assert item.valid_to == now.date()
    assert catalogue.item_of(cast.public, "T-1", now.date()).days == 5
    assert catalogue.item_of(cast.public, "T-1", now.date() - timedelta(days=1)).days == 10
