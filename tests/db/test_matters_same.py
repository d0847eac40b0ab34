"""The same thing twice: what is found, why, and for whom; merging and un-merging."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sanshe.kernel import clock
from sanshe.matters.same.finding import similar, similar_to
from tests.matters_cast import assigned, make_cast, report


@pytest.fixture
def cast():
    return make_cast()


@pytest.fixture
def moment(now):
    with clock.frozen(now):
        yield now


LAMP = "梧桐小区东门的路灯坏了三天，晚上出门看不清路"


def test_the_same_lamp_is_found_with_place_and_words(cast, moment):
    home = cast.areas["home"].pk
    first = report(cast, moment - timedelta(days=1), text=LAMP, place_text="梧桐小区东门")
    report(cast, moment, text="电梯停了两次，老人下不了楼", place_text="梧桐小区3栋")
    found = similar(cast.desk, "东门路灯不亮，看不清路", home, "梧桐小区东门", moment)
    assert [s.matter.pk for s in found] == [first.pk]
    assert "同一地点“梧桐小区东门”" in found[0].why and "路灯" in found[0].why and 0.4 < found[0].sure <= 0.99
    assert not similar(cast.desk, "路", home, "", moment), "one character says nothing"
    assert not similar(cast.desk, "希望尽快解决我们小区的问题，谢谢领导", home, "", moment), "empty phrases say nothing"


def test_another_building_is_another_thing(cast, moment):
    report(cast, moment, text="3栋电梯坏了，已经停运两天", place_text="梧桐小区3栋")
    same = similar(cast.desk, "3栋电梯停运了", cast.areas["home"].pk, "3栋", moment)
    other = similar(cast.desk, "7栋电梯停运了", cast.areas["home"].pk, "7栋", moment)
    assert same and (not other or other[0].sure < 0.7 * same[0].sure)


def test_only_what_the_viewer_may_see(cast, moment):
    home = cast.areas["home"].pk
    mine = report(cast, moment, text=LAMP)
    assert [s.matter.pk for s in similar(cast.resident, LAMP, home, "", moment)] == [mine.pk], "one's own"
    for who in ("neighbour", "public", "desk_far", "handler"):
        assert not similar(cast.viewer(who), LAMP, home, "", moment), who
    released = assigned(cast, moment, matter=mine, public_title="东门路灯不亮", public_text="晚上看不清路")
    for who in ("neighbour", "public"):
        (found,) = similar(cast.viewer(who), LAMP, home, "", moment)
        assert str(found.matter) == "东门路灯不亮" and found.matter.get_absolute_url() == f"/matters/p/{mine.number}/"
    assert [s.matter.pk for s in similar(cast.handler, LAMP, home, "", moment)] == [released.pk]


def test_500_times_the_same_answers_at_once(cast, moment):
    for _ in range(40):
        first = report(cast, moment, text=LAMP)
    found = similar_to(cast.desk, first, moment)
    assert len(found) == 5 and "文字几乎一样" in found[0].why and first.pk not in {s.matter.pk for s in found}


def test_an_old_one_is_found_among_many_and_so_is_the_next_community(cast, moment):
    from sanshe.kernel.search import keeping

    home, beside = cast.areas["home"].pk, cast.areas["next"].pk
    old = report(cast, moment - timedelta(days=40), text=LAMP, place_text="梧桐小区东门")
    for k in range(70):
        report(cast, moment - timedelta(minutes=k), text=f"第{k}号快递柜的屏幕坏了，取不出快递")
    keeping.take()
    assert similar(cast.desk, "梧桐小区东门路灯不亮", home, "梧桐小区东门", moment)[0].matter.pk == old.pk
    assert similar(cast.desk, "梧桐小區東門路燈壞了😀", home, "", moment)[0].matter.pk == old.pk, "traditional signs"
    assert not similar(cast.desk, "灯", home, "", moment) and not similar(cast.desk, "😀😀", home, "", moment)
    found = similar(cast.street, "小区东门的路灯坏了", beside, "梧桐小区东门", moment)
    assert [s.matter.pk for s in found] == [old.pk] and "同一地点" in found[0].why, "filed in the next community"
    assert not similar(cast.street, "小区东门的路灯坏了", beside, "银杏苑东门", moment), "another place is another lamp"
    assert not similar(cast.street, "东门的路灯坏了", cast.areas["far"].pk, "梧桐小区东门", moment), "another street"
