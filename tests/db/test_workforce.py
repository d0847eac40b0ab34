"""The workforce: who counts on a day, what lapses, posts, rooms, and the allowance sheet that freezes."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from python_calamine import CalamineWorkbook

from sanshe.kernel import params
from sanshe.kernel.errors import Invalid, NotAllowed, NotVisible, WrongState
from sanshe.kernel.notices import Notice
from sanshe.kernel.register import actions as rows
from sanshe.kernel.register import register_of
from sanshe.people.models import Person
from sanshe.workforce import actions, queries
from sanshe.workforce.allowance import changes, days_of, share
from sanshe.workforce.models import AllowanceLine, Certificate, ContinuingEducation, SocialWorkRoom, StaffPost, Worker
from sanshe.workforce.public import certified, community_workers, professionals_in_post
from sanshe.workforce.sheet import xlsx
from tests.matters_cast import make_cast

ON = date(2026, 6, 10)
DAY = timedelta(days=1)


@pytest.fixture
def cast(db):
    return make_cast()


def worker(cast, name="苏晓禾", area="home", kind="community_worker", since=date(2021, 1, 1), **more):
    return Worker.objects.create(name=name, area=cast.areas[area], kind=kind, valid_from=since, **more)


def held(of, level="assistant", issued=date(2020, 1, 1), on=date(2024, 1, 1), until=date(2027, 1, 1), **more):
    return Certificate.objects.create(
        worker=of, level=level, issued_on=issued, registered_on=on, registered_until=until, **more
    )


def names(found):
    return sorted(w.name for w in found)


def test_a_professional_is_in_post_with_a_certificate_valid_on_the_day(cast):
    held(worker(cast, "甲"), until=ON)
    held(worker(cast, "乙"))
    held(worker(cast, "丙", valid_to=ON))
    held(worker(cast, "丁", kind="volunteer"))
    held(worker(cast, "戊", kind="agency_social_worker", body=cast.bodies["unit"]))
    held(worker(cast, "己"), issued=date(2025, 6, 11), on=None, until=None)
    held(worker(cast, "庚"), issued=ON + DAY, on=None, until=None)
    worker(cast, "辛")
    assert names(professionals_in_post(ON - DAY)) == ["丙", "乙", "己", "戊", "甲"]
    assert names(professionals_in_post(ON)) == ["乙", "己", "戊"]
    # The first registration is due within twelve months; a year after the certificate it is not valid any more.
    assert "己" not in names(professionals_in_post(ON + DAY))
    # A certificate is held although its registration lapsed; volunteers and agencies are no community workers.
    assert names(certified(ON)) == ["乙", "己", "甲"] and names(community_workers(ON)) == ["乙", "己", "庚", "甲", "辛"]


def test_certificates_hold_their_rules_however_written(cast, now):
    who = worker(cast)
    ledger = register_of("certificates")
    given = {
        "worker": who,
        "level": "助理社会工作师",
        "number": "A1",
        "issued_on": "2024-1-5",
        "registered_on": "2024-3-1",
    }
    made = rows.create(register=ledger, given=given, by=cast.lead, now=now)
    assert made.registered_until == date(2027, 3, 1)
    for change, sentence in (
        ({"registered_until": "2031-1-1"}, "登记有效期最长 3 年"),
        ({"registered_on": "2023-12-1"}, "不能早于取得"),
        ({"issued_on": "2026-12-1", "registered_on": ""}, "不能晚于今天"),
    ):
        with pytest.raises(Invalid, match=sentence):
            rows.create(register=ledger, given={**given, "number": "A2", **change}, by=cast.lead, now=now)
    with pytest.raises(Invalid):
        rows.create(register=ledger, given=given, by=cast.lead, now=now)
    with pytest.raises(NotAllowed):
        rows.create(register=ledger, given={**given, "number": "A3"}, by=cast.worker, now=now)
    with pytest.raises((NotAllowed, Invalid)):
        rows.create(register=ledger, given={**given, "number": "A4"}, by=cast.street_far, now=now)
    for bad in ({"on": date(2019, 1, 1)}, {"until": None}, {"on": date(2024, 1, 1), "until": date(2024, 1, 1)}):
        with transaction.atomic(), pytest.raises(IntegrityError):
            held(who, **bad)


def test_who_lapses_with_the_hours_still_to_do(cast, now):
    soon, gone = worker(cast, "甲"), worker(cast, "乙")
    held(soon, on=date(2023, 8, 1), until=ON + 90 * DAY)
    held(gone, "social_worker", on=date(2023, 6, 1), until=ON)
    held(worker(cast, "丙"), until=ON + 91 * DAY)
    followed = worker(cast, "丁")
    held(followed, until=ON + 30 * DAY)
    held(followed, "senior", until=ON + 600 * DAY)
    held(worker(cast, "戊"), issued=date(2025, 7, 1), on=None, until=None)
    held(worker(cast, "己", "far"), until=ON + DAY)
    for title, on, hours in (("个案", date(2024, 5, 1), 40), ("早先", date(2023, 5, 1), 90)):
        ContinuingEducation.objects.create(worker=soon, on=on, title=title, hours=hours)
    found = queries.lapses(cast.lead, ON)
    assert [(one.certificate.worker.name, one.days, one.short) for one in found] == [
        ("乙", 0, 90), ("戊", 21, 0), ("甲", 90, 32)
    ]  # fmt: skip
    assert names([one.certificate.worker for one in queries.lapses(cast.district, ON)]) == ["乙", "己", "戊", "甲"]
    Person.objects.create(name="甲", user=cast.users["resident"], created_at=now)
    Worker.objects.filter(pk=soon.pk).update(person=Person.objects.get())
    assert actions.tell_lapses(now=now) == 2 and actions.tell_lapses(now=now) == 0
    assert {n.user_id for n in Notice.objects.all()} == {cast.users["resident"].pk, cast.users["lead"].pk}


def test_posts_are_filled_up_to_their_number_and_where_they_stand(cast, now):
    post = StaffPost.objects.create(title="专职社工", area=cast.areas["home"], places=1, valid_from=date(2021, 1, 1))
    ledger = register_of("workers")
    given = {"name": "甲", "area": cast.areas["home"], "kind": "社区工作者", "post": post, "valid_from": "2022-1-1"}
    first = rows.create(register=ledger, given=given, by=cast.lead, now=now)
    with pytest.raises(Invalid, match="没有空位"):
        rows.create(register=ledger, given={**given, "name": "乙"}, by=cast.lead, now=now)
    with pytest.raises(Invalid, match="设在梧桐社区"):
        rows.create(register=ledger, given={**given, "name": "乙", "area": cast.areas["next"]}, by=cast.street, now=now)
    with pytest.raises(Invalid, match="同名的在岗人员"):
        rows.create(register=ledger, given={**given, "post": ""}, by=cast.lead, now=now)
    with pytest.raises(Invalid, match="所在机构"):
        rows.create(
            register=ledger, given={**given, "name": "丙", "kind": "agency_social_worker"}, by=cast.lead, now=now
        )
    posts = register_of("staff-posts")
    rows.change(register=posts, pk=post.pk, given={"places": "2"}, by=cast.street, now=now)
    rows.create(register=ledger, given={**given, "name": "乙"}, by=cast.lead, now=now)
    with pytest.raises(Invalid, match="不能少于在岗"):
        rows.change(register=posts, pk=post.pk, given={"places": "1"}, by=cast.street, now=now)
    held(first)
    line = next(one for one in queries.staffing(cast.areas["district"], ON) if one.area == cast.areas["home"])
    assert (line.places, line.filled, line.vacant, line.workers) == (2, 2, 0, 2)
    assert (line.percent, line.professionals) == (50, 1)
    assert line.short == (queries.wanted_professionals(ON) or 0) - 1
    with pytest.raises(NotVisible):
        queries.worker_of(cast.street_far, first.pk)


def test_a_room_is_kept_by_two_of_its_own_professionals(cast, now):
    room = SocialWorkRoom.objects.create(area=cast.areas["home"], name="一间", valid_from=date(2024, 1, 1))
    with transaction.atomic(), pytest.raises(IntegrityError):
        SocialWorkRoom.objects.create(area=cast.areas["home"], name="又一间", valid_from=date(2025, 1, 1))
    own, second, stranger, plain = (
        worker(cast, "甲"),
        worker(cast, "乙"),
        worker(cast, "丙", "next"),
        worker(cast, "丁"),
    )
    for one in (own, second, stranger):
        held(one)
    for one, sentence in ((stranger, "现有的社区工作者"), (plain, "没有有效的职业水平证书")):
        with pytest.raises(Invalid, match=sentence):
            actions.put_in_charge(room_id=room.pk, worker_id=one.pk, since=ON, by=cast.lead, now=now)
    with pytest.raises(NotAllowed):
        actions.put_in_charge(room_id=room.pk, worker_id=own.pk, since=ON, by=cast.street_far, now=now)
    for one in (own, second):
        actions.put_in_charge(room_id=room.pk, worker_id=one.pk, since=ON, by=cast.lead, now=now)

    def line(on):
        return next(one for one in queries.room_lines(cast.public, cast.areas["district"], on) if one.room == room)

    assert (line(ON).names, line(ON).missing) == (["甲", "乙"], "")
    assert line(ON - DAY).missing == "负责的专业人员还差 2 名"
    # A certificate that lapses is no professional's any more.
    assert line(date(2027, 1, 1)).short == 2
    assert [one.missing for one in queries.room_lines(cast.public, cast.areas["district"], ON) if one.room is None] == [
        "还没有社会工作室", "还没有社会工作室"
    ]  # fmt: skip


def test_the_sum_of_a_month_goes_by_days():
    assert len(days_of(date(2024, 2, 1))) == 29 and days_of(date(2026, 12, 1))[-1] == date(2026, 12, 31)
    assert share(20000, 10, 30) == 6667 and share(20000, 30, 30) == 20000 and share(20001, 15, 30) == 10001


def month(cast, on=date(2026, 5, 1), by="street", area="street", now=None):
    return actions.compute(area=cast.areas[area], month=on, by=cast.viewer(by), now=now)


def test_the_sheet_counts_days_with_the_highest_valid_certificate(cast, now):
    assistant, social = (params.get(f"workforce.allowance_{one}").value * 100 for one in ("assistant", "social_worker"))
    held(worker(cast, "全月"), number="001")
    rising = worker(cast, "升级")
    held(rising)
    held(rising, "social_worker", issued=date(2026, 5, 1), on=date(2026, 5, 22))
    held(worker(cast, "中途", since=date(2026, 5, 27), valid_to=date(2026, 5, 31)))
    held(worker(cast, "过期"), until=date(2026, 5, 2))
    held(worker(cast, "别街", "far"))
    held(worker(cast, "志愿", kind="volunteer"))
    worker(cast, "无证")
    person = Person.objects.create(name="调动", created_at=now)
    for where, until in (("home", date(2026, 5, 16)), ("next", None)):
        held(
            worker(cast, "调动", where, since=date(2026, 5, 10 if until is None else 1), valid_to=until, person=person)
        )
    sheet = month(cast, now=now)
    got = {(line.worker.name, line.area.short_name, line.level): (line.days, line.amount) for line in sheet.lines.all()}
    assert got == {
        ("全月", "梧桐社区", "assistant"): (31, assistant),
        ("升级", "梧桐社区", "assistant"): (21, share(assistant, 21, 31)),
        ("升级", "梧桐社区", "social_worker"): (10, share(social, 10, 31)),
        ("中途", "梧桐社区", "assistant"): (4, share(assistant, 4, 31)),
        ("过期", "梧桐社区", "assistant"): (1, share(assistant, 1, 31)),
        ("调动", "梧桐社区", "assistant"): (15, share(assistant, 15, 31)),
        ("调动", "银杏社区", "assistant"): (16, share(assistant, 16, 31)),
    }
    assert sheet.total == sum(amount for _, amount in got.values())
    kept = set(sheet.lines.values_list("pk", flat=True))
    again = month(cast, now=now + timedelta(hours=1))
    assert again == sheet and again.computed_at == now and set(again.lines.values_list("pk", flat=True)) == kept
    told = (
        CalamineWorkbook.from_filelike(BytesIO(xlsx(sheet, list(sheet.lines.all()), [])))
        .get_sheet_by_index(0)
        .to_python()
    )
    text = "\n".join(str(cell) for line in told for cell in line)
    assert "以区文件为准" in text and "四舍五入到分" in text and "001" in [line[3] for line in told if len(line) > 3]


def test_the_sheet_goes_from_the_street_to_the_new_area_and_freezes(cast, now):
    one, other = worker(cast, "甲"), worker(cast, "乙")
    held(one), held(other, until=date(2026, 5, 1))
    april, may = month(cast, date(2026, 4, 1), now=now), month(cast, now=now)
    found = changes(may.lines.all(), april.lines.all())
    assert [(c.worker.name, c.after, c.why) for c in found] == [("乙", 0, "不再计发")]
    for who in ("street_far", "lead", "district"):
        with pytest.raises((NotAllowed, NotVisible)):
            actions.submit(sheet_id=may.pk, by=cast.viewer(who), now=now)
    june = month(cast, date(2026, 6, 1), now=now)
    with pytest.raises(Invalid, match="还没有结束"):
        actions.submit(sheet_id=june.pk, by=cast.street, now=now)
    with pytest.raises(NotAllowed):
        month(cast, by="street_far", now=now)
    actions.submit(sheet_id=may.pk, by=cast.street, now=now)
    with pytest.raises(WrongState):
        month(cast, now=now)
    actions.send_back(sheet_id=may.pk, reason="少了一人", by=cast.district, now=now)
    held(other, until=date(2029, 5, 1), on=date(2026, 5, 1))
    assert month(cast, now=now).people == 2
    actions.submit(sheet_id=may.pk, by=cast.street, now=now)
    actions.approve(sheet_id=may.pk, by=cast.district, now=now)
    line = AllowanceLine.objects.filter(sheet=may).first()
    for write in (
        lambda: AllowanceLine.objects.filter(pk=line.pk).update(days=1),
        lambda: line.delete(),
        lambda: type(may).objects.filter(pk=may.pk).update(total=0),
        lambda: AllowanceLine.objects.create(
            sheet=may, worker=one, area=one.area, level="senior", days=1, rate=9, amount=1
        ),
    ):
        with transaction.atomic(), pytest.raises(DatabaseError, match="不能修改或删除"):
            write()
    with pytest.raises(WrongState):
        month(cast, now=now)
    assert actions.compute_all(month=date(2026, 5, 1), by=cast.district, now=now) == 1
