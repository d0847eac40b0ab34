"""Rights of the person, rules of retention, numbers in free texts."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from sanshe.areas.models import Place
from sanshe.kernel import clock, seal
from sanshe.kernel.audit import Entry, Personal
from sanshe.kernel.errors import Invalid, NotAllowed, NotVisible, WrongState
from sanshe.matters.models import Matter
from sanshe.people import actions
from sanshe.people.beyond import blocks
from sanshe.people.flow import FLOW
from sanshe.people.invented import invented_citizen_number
from sanshe.people.models import Finding, FormerNumber, HouseholdMember, Person, ReadLog, RetentionRun, RightsRequest
from sanshe.people.queries import by_number
from sanshe.people.rules import before
from sanshe.people.scanning import area_path, numbers_in, text_fields
from sanshe.people.words import ReadKind
from tests.people_cast import ADDRESS, HER, PHONE, make_cast


@pytest.fixture
def cast(now):
    return make_cast(now)


def _ask(cast, kind, by="resident", **given):
    return actions.ask(person_id=cast.her.pk, kind=kind, by=cast.v(by), now=cast.now, **given)


def test_who_may_ask_and_who_answers(cast, now):
    """The person or the desk asks; the community answers, not the person; others see nothing."""
    cast.link()
    with pytest.raises(NotVisible):
        _ask(cast, "copy", by="far")
    asked = _ask(cast, "copy")
    assert asked.due_at == now + timedelta(days=15) and asked.channel == "online"
    with pytest.raises(Invalid, match="正在办理"):
        _ask(cast, "copy", by="desk")
    table = {
        "worker": (True, True), "lead": (True, True), "desk": (True, False), "resident": (True, False),
        "far": (False, False), "district": (False, False),
    }  # fmt: skip
    for name, (sees, decides) in table.items():
        verbs = FLOW.access.verbs(cast.v(name), asked) if FLOW.access.may(cast.v(name), "see", asked) else set()
        assert ("see" in verbs, "decide" in verbs) == (sees, decides), name
    with pytest.raises(NotAllowed):
        actions.grant(request_id=asked.pk, answer="", by=cast.v("resident"), now=now)
    assert [todo.title for todo in FLOW.todos(cast.v("worker"))] == ["周婉容：查阅、复制"]


def test_the_copy(cast, now):
    """Everything in clear for the person, in time; what the desk fetches is a reading."""
    cast.link()
    cast.home(cast.her)
    asked = _ask(cast, "copy")
    with pytest.raises(Invalid, match="没有可以下载"):
        actions.deliver_copy(request_id=asked.pk, by=cast.v("resident"), now=now)
    actions.grant(request_id=asked.pk, answer="", by=cast.v("worker"), now=now)
    copy = actions.deliver_copy(request_id=asked.pk, by=cast.v("resident"), now=now)
    text = str(copy.as_data())
    for clear in (HER, PHONE, ADDRESS, "1950-03-08", "户主", "谁看过这份档案" if ReadLog.objects.exists() else ""):
        assert clear in text, clear
    assert not ReadLog.objects.filter(reason__contains="副本").exists(), "one's own reading is none"
    actions.deliver_copy(request_id=asked.pk, by=cast.v("desk"), now=now)
    assert ReadLog.objects.get(reason__contains="副本").kind == ReadKind.UNMASKED
    with pytest.raises(Invalid, match="下载时间"):
        actions.deliver_copy(request_id=asked.pk, by=cast.v("resident"), now=now + timedelta(days=31))


def test_correction_keeps_the_old_number(cast, now):
    """Birth date follows the right number; the old one finds nobody, it may be another's."""
    right = invented_citizen_number(date(1950, 8, 3))
    for given, about in (({"field": "citizen_number", "new_value": HER[:17] + "7"}, "校验位"), ({}, "请选择"),
                         ({"field": "phone", "new_value": "123"}, "11 位")):  # fmt: skip
        with pytest.raises(Invalid, match=about):
            _ask(cast, "correct", by="desk", **given)
    asked = _ask(cast, "correct", by="desk", field="citizen_number", new_value=right)
    actions.grant(request_id=asked.pk, answer="", by=cast.v("worker"), now=now)
    her = Person.objects.get(pk=cast.her.pk)
    assert (her.citizen_number, her.born_on) == (right, date(1950, 8, 3)) and by_number(HER) is None
    assert FormerNumber.objects.get(person=her).masked == cast.her.citizen_masked
    with pytest.raises(WrongState):
        actions.refuse(request_id=asked.pk, answer="已经办过了不再办", by=cast.v("worker"), now=now)
    guest = cast.person("海外客", paper_kind="passport", paper_number="E12345678")
    asked = actions.ask(
        person_id=guest.pk, kind="correct", field="paper_number", new_value="E12345679", by=cast.v("desk"), now=now
    )
    actions.grant(request_id=asked.pk, answer="", by=cast.v("worker"), now=now)
    assert by_number(paper_number="E12345679") == guest and guest.former_numbers.get().number == "E12345678"
    again = _ask(cast, "correct", by="desk", field="name", new_value="周婉蓉")
    with pytest.raises(Invalid, match="说明理由"):
        actions.refuse(request_id=again.pk, answer="不行", by=cast.v("worker"), now=now)
    actions.refuse(request_id=again.pk, answer="户口簿上仍是原名，请先到派出所变更。", by=cast.v("worker"), now=now)
    assert RightsRequest.objects.get(pk=again.pk).state == "refused"


def _matter(cast, state: str, done: datetime | None) -> Matter:
    return Matter.objects.create(
        number=f"M{state}", token=f"t{state}", title="路灯不亮", text="路灯不亮", area=cast.areas["甲"],
        person=cast.her, contact_name="周婉容", contact_phone=PHONE, created_at=cast.now, state=state, done_at=done,
    )  # fmt: skip


def test_erasure(cast, now):
    """Blocked with every reason; then index, account and the audit's personal part are empty; the chain verifies."""
    cast.link()
    home = cast.home(cast.her)
    matter = _matter(cast, "received", None)
    actions.unmask(person_id=cast.her.pk, reason="核对低保材料", by=cast.v("worker"), now=now)
    asked = _ask(cast, "erase", words="已经搬走")
    with pytest.raises(Invalid, match="1 件反映的事项没有办结"):
        actions.grant(request_id=asked.pk, answer="", by=cast.v("worker"), now=now)
    Matter.objects.filter(pk=matter.pk).update(state="done", done_at=now)
    assert "不满 3 年" in blocks(cast.her, now.date())[0]
    Matter.objects.filter(pk=matter.pk).update(done_at=now - timedelta(days=1200))
    seal.seal(now)
    actions.grant(request_id=asked.pk, answer="", by=cast.v("worker"), now=now)
    her = Person.objects.get(pk=cast.her.pk)
    assert her.anonymised_at == now and her.name == "（已匿名）"
    assert not any((her.citizen_number, her.citizen_masked, her.phone, her.phone_masked, her.address, her.house,
                    her.born_on, her.sex, her.user_id))  # fmt: skip
    assert by_number(HER) is None and not ReadLog.objects.filter(person=her).exists()
    home.refresh_from_db()
    assert home.head is None and home.address is None and not home.members.filter(valid_to=None).exists()
    matter.refresh_from_db()
    assert matter.contact_name == "" and matter.contact_phone == "" and matter.person == her
    account = cast.users["resident"]
    account.refresh_from_db()
    assert not account.is_active and account.phone is None and account.name == "（已匿名）"
    sides = str(list(Personal.objects.values_list("data", flat=True)))
    assert "周婉容" not in sides and Entry.objects.filter(kind="people.Person", object_id=her.pk).exists()
    seal.seal(now)
    assert seal.verify().sound
    with pytest.raises(NotVisible):
        actions.open_file(person_id=her.pk, by=cast.v("resident"), now=now)


def test_retention_runs_by_itself(cast, now):
    """What is due goes, what is not stays; the second run finds nothing; each night has one entry."""
    assert before(datetime(2026, 3, 31, 9, tzinfo=now.tzinfo), "retention.read_months").date() == date(2023, 3, 31)
    gone = cast.person("迁出人", phone="13800000005")
    stays = cast.person("留下人", phone="13800000006")
    home = cast.home(gone, stays)
    home.head = None
    home.save()
    HouseholdMember.objects.filter(person=gone).update(valid_to=date(2021, 6, 10))
    for person, days in ((stays, 1200), (stays, 10)):
        actions.log_read(person=person, kind=ReadKind.OPENED, by=cast.v("worker"), now=now - timedelta(days=days))
    assert actions.run_retention(now) == {
        "reads": 1, "numbers": 0, "requests": 0, "originals": 0, "departed": 1, "forms": 0,
    }  # fmt: skip
    assert Person.objects.get(pk=gone.pk).anonymised_at == now and Person.objects.get(pk=stays.pk).name == "留下人"
    assert set(actions.run_retention(now + timedelta(days=1)).values()) == {0}
    assert Entry.objects.filter(event="retention_run").count() == 2 and RetentionRun.objects.count() == 12


def test_which_texts_are_scanned():
    """Free texts that are public or internal, of all modules; not the audit, not codes, not public telephones."""
    names = {f"{model._meta.label}.{field.name}" for model, field in text_fields()}
    assert {"matters.Matter.triage_reason", "areas.Place.address", "orgs.Organisation.profile"} <= names
    assert not {n for n in names if n.startswith(("kernel.", "people.Finding")) or n.endswith(("phone", "code"))}
    assert area_path(Matter) == "area_id"


def test_numbers_in_a_text():
    """A right citizen number is one, whatever stands around it; not within a longer number, not with a wrong digit."""
    text = f"电话138 0000 0001，身份证{HER}；订单{HER}123，号{HER[:17]}0，2020-13800000001X"
    assert [(one.kind, one.masked) for one in numbers_in(text)] == [
        ("phone", "138****0001"), ("citizen", f"500112********{HER[-4:]}"),
    ]  # fmt: skip


def test_scan_mask_and_put_back(cast, now):
    """Found once, masked by those who may, put back while the original is kept, gone when the text was changed."""
    matter = _matter(cast, "received", None)
    reason = f"居民来电 13900000077，身份证 {HER}，请核实"
    Matter.objects.filter(pk=matter.pk).update(triage_reason=reason)
    place = Place.objects.create(name="听澜半岛", area=cast.areas["乙"], address="门卫 13900000078")
    assert actions.scan(now)["new"] == 3 and actions.scan(now)["new"] == 0
    lead, security = cast.v("lead"), cast.v("security")
    found = {f.masked: f for f in Finding.objects.all()}
    assert found["139****0077"].area == cast.areas["甲"] and HER not in str(found)
    far = found["139****0078"]
    with pytest.raises(NotVisible):
        actions.mask_findings(ids=[far.pk], by=lead, now=now)
    ids = [f.pk for f in found.values() if f.model == "matters.Matter"]
    assert actions.mask_findings(ids=ids, by=lead, now=now) == 2
    matter.refresh_from_db()
    assert matter.triage_reason == f"居民来电 139****0077，身份证 500112********{HER[-4:]}，请核实"
    assert Entry.objects.filter(kind="matters.Matter", object_id=matter.pk, event="text_masked").count() == 2
    actions.put_back(finding_id=found["139****0077"].pk, by=lead, now=now)
    matter.refresh_from_db()
    assert "13900000077" in matter.triage_reason
    Place.objects.filter(pk=place.pk).update(address="门卫室")
    assert actions.scan(now) == {"new": 0, "gone": 1}
    assert actions.settle(ids=[far.pk], by=security, now=now) == 0
    later = now + timedelta(days=100)
    with clock.frozen(later):
        assert actions.run_retention(later)["originals"] == 1
    with pytest.raises(Invalid, match="不能恢复"):
        actions.put_back(finding_id=Finding.objects.get(kind="citizen").pk, by=lead, now=later)
