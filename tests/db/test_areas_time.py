"""Areas with time: the reform of 2025-11-06, mergers, splits, and the tree as it stood on a day."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from django.conf import settings

from sanshe.areas import actions
from sanshe.areas.divisions import Selection
from sanshe.areas.models import Area, AreaSuccession, AreaVersion, Place
from sanshe.areas.public import (
    absorbed_by,
    ancestor_at,
    ancestors,
    area_by_code,
    area_reference,
    as_of,
    code_history,
    communities_of,
    descendants,
    home_area,
)
from sanshe.kernel.access import Viewer
from sanshe.kernel.audit import Entry
from sanshe.kernel.errors import Invalid

BY = Viewer.system_account("区域初始化")
REFORM = Path(settings.BASE_DIR) / "sanshe" / "areas" / "data" / "reforms" / "liangjiang-2025.yaml"
BEFORE, AFTER = date(2025, 6, 30), date(2025, 11, 6)
COMMUNITIES = {"500112009": ["001", "007"], "500112019": ["001"], "500112002": ["001"], "500112133": ["001"]}


@pytest.fixture
def folder(tmp_path):
    """The published lists, cut down to five streets; 统景镇 is not named by the reform."""
    streets = {
        "500112009": "人和街道", "500112019": "礼嘉街道", "500112002": "双龙湖街道", "500112133": "统景镇",
        "500109006": "蔡家岗街道", "500109001": "天生街道",
    }  # fmt: skip
    (tmp_path / "provinces.csv").write_text('code,name\n50,"重庆市"\n')
    (tmp_path / "cities.csv").write_text('code,name,provinceCode\n5001,"市辖区",50\n')
    areas = {"500105": "江北区", "500109": "北碚区", "500112": "渝北区"}
    (tmp_path / "areas.csv").write_text(
        "code,name,cityCode,provinceCode\n" + "".join(f'{c},"{n}",5001,50\n' for c, n in areas.items())
    )
    (tmp_path / "streets.csv").write_text(
        "code,name,areaCode,provinceCode,cityCode\n"
        + "".join(f'{c},"{n}",{c[:6]},50,5001\n' for c, n in streets.items())
    )
    rows = [f'{s}{n},"甲{n}社区居民委员会",{s},50,5001,{s[:6]}\n' for s, some in COMMUNITIES.items() for n in some]
    (tmp_path / "villages.csv").write_text("code,name,streetCode,provinceCode,cityCode,areaCode\n" + "".join(rows))
    return tmp_path


def load(folder, now, everything=False):
    """Load two managed streets with the New Area, or all of the small country."""
    _, root = actions.default_selection(now.date())
    managed = {"500112009": root.code, "500112019": root.code}
    selection = Selection(streets=frozenset(managed), ancestors=False, managed=managed)
    if everything:
        selection = Selection(everything=True, managed=managed)
    return actions.load_areas(selection=selection, folder=folder, by=BY, now=now, root=root)


def small_reform(tmp_path):
    """Our own file with the communities left out but for a few."""
    import yaml

    plan = yaml.safe_load(REFORM.read_text(encoding="utf-8"))
    plan["streets"] = [s for s in plan["streets"] if s["old"] in ("500112009", "500112019", "500112002", "500109006")]
    for street in plan["streets"]:
        street["communities"] = "、".join(f"{n} 甲{n}社区" for n in COMMUNITIES.get(street["old"], ["001"]))
    path = tmp_path / "reform.yaml"
    path.write_text(yaml.safe_dump(plan, allow_unicode=True), encoding="utf-8")
    return path


def numbers_are_right():
    """The stored order says the same as the parents do, without gaps."""
    rows = {a.pk: a for a in Area.objects.all()}
    assert sorted(a.lo for a in rows.values()) == list(range(1, len(rows) + 1))
    for area in rows.values():
        if area.parent_id:
            up = rows[area.parent_id]
            assert up.lo < area.lo and area.hi <= up.hi


def state():
    """All of the tree, to compare."""
    return [list(model.objects.order_by("id").values()) for model in (Area, AreaVersion, AreaSuccession)]


def test_the_shipped_reform_turns_8_streets_into_31_and_11_towns_with_497_communities(now):
    """The figures of the divisions' crosswalk, and the same row under two codes."""
    plan = {f"5001120{n}" for n in ("07", "08", "09", "10", "14", "19", "21", "22")}
    root = Area.objects.create(
        code="LJ0000000000", name="重庆两江新区", short_name="两江新区", level="district", lo=1, hi=10,
        valid_from=date(2020, 1, 1),
    )  # fmt: skip
    for n, code in enumerate(sorted(plan)):
        Area.objects.create(
            code=f"{code}000", name=code, short_name=code, level="street", parent=root, lo=2 + n, hi=3 + n,
            valid_from=date(2020, 1, 1),
        )  # fmt: skip
    dry = actions.apply_reform(path=REFORM, by=BY, now=now, dry_run=True)
    assert dry.added and Area.objects.count() == 9
    done = actions.apply_reform(path=REFORM, by=BY, now=now)
    assert (done.added, done.ended) == (dry.added, 2)
    numbers_are_right()
    root = area_by_code("500157000000")
    assert home_area() == root == area_by_code("LJ0000000000") and root.name == "重庆市两江新区"
    streets = descendants(root, "street")
    assert streets.count() == 42 and communities_of(root.pk).count() == 497
    assert sum(s.short_name.endswith("街道") for s in streets) == 31
    assert sum(s.short_name.endswith("镇") for s in streets) == 11
    assert {s.code for s in as_of(descendants(root, "street", BEFORE), BEFORE)} == {f"{code}000" for code in plan}
    entries, was = Entry.objects.count(), state()
    assert actions.apply_reform(path=REFORM, by=BY, now=now).nothing
    assert state() == was and Entry.objects.count() == entries
    forms = code_history("500112009")
    assert [(v.code, v.provisional) for v in forms] == [("500112009000", False), ("500157001000", True)]
    assert forms[0].valid_to == forms[1].valid_from == AFTER


@pytest.mark.parametrize("order", ["load_first", "reform_first"])
def test_a_reform_and_a_reload_do_not_undo_each_other(folder, tmp_path, now, order, monkeypatch):
    """Whatever came first, the whole country on both sides; what the reform does not name goes up to the city."""
    path = small_reform(tmp_path)
    monkeypatch.setattr("sanshe.areas.actions.reform.FOLDER", tmp_path)
    if order == "load_first":
        load(folder, now, everything=True)
        actions.apply_reform(path=path, by=BY, now=now)
    else:
        load(folder, now)
        actions.apply_reform(path=path, by=BY, now=now)
        load(folder, now, everything=True)
    numbers_are_right()
    was = state()
    again = load(folder, now, everything=True)
    assert (again.added, again.changed) == (0, 0) and state() == was
    assert actions.apply_reform(path=path, by=BY, now=now).nothing
    root = home_area()
    assert sorted(s.code for s in descendants(root, "street")) == [
        "500157001000", "500157007000", "500157016000", "500157031000",
    ]  # fmt: skip
    assert sorted(s.short_name for s in descendants(root, "street", BEFORE)) == ["人和街道", "礼嘉街道"]
    old = area_by_code("500112000000", BEFORE)
    if order == "load_first":
        assert {s.short_name for s in descendants(old, "street", BEFORE)} == {"双龙湖街道", "统景镇"}
        assert [a.short_name for a in ancestors(area_by_code("500112002001"), BEFORE)] == [
            "重庆市", "市辖区", "渝北区", "双龙湖街道", "甲001社区",
        ]  # fmt: skip
    rest = area_by_code("500112133000")
    assert rest.parent.short_name == "市辖区" and not (root.lo <= rest.lo < root.hi)
    assert root.parent.short_name == "市辖区"
    assert ancestor_at(area_by_code("500109006001"), "district") == root
    assert ancestor_at(area_by_code("500109006001"), "district", BEFORE).short_name == "北碚区"
    assert absorbed_by(on=AFTER)[old.pk] == root.pk and absorbed_by(on=BEFORE) == {}


def tree_of(now, *rows):
    """Areas from (code, short name, level, parent code), numbered."""
    made = {}
    for code, short, level, parent in rows:
        made[code] = Area.objects.create(
            code=code, name=short, short_name=short, level=level, parent=made.get(parent), valid_from=date(2020, 1, 1)
        )
    from sanshe.areas.actions.changing import renumber

    renumber()
    return {code: Area.objects.get(pk=area.pk) for code, area in made.items()}


@pytest.fixture
def town(now):
    """A district, two streets, three communities."""
    return tree_of(
        now, ("500199000000", "新区", "district", ""), ("500199001000", "东街道", "street", "500199000000"),
        ("500199002000", "西街道", "street", "500199000000"),
        ("500199001001", "甲社区", "community", "500199001000"),
        ("500199001002", "乙社区", "community", "500199001000"),
        ("500199002001", "丙社区", "community", "500199002000"),
    )  # fmt: skip


def test_merged_communities_count_to_their_successor_and_stand_under_it(town, now):
    """Places move, posts over the successor cover the old records, the day before stays as it was."""
    old, into = town["500199001001"], town["500199001002"]
    Place.objects.create(area=old, name="春熙苑")
    day = date(2026, 3, 1)
    actions.merge_areas(old_ids=[old.pk], into_id=into.pk, on=day, by=BY, now=now, source="街道批复")
    numbers_are_right()
    old.refresh_from_db(), into.refresh_from_db()
    assert into.lo < old.lo < into.hi and old.valid_to == day
    assert [a.short_name for a in communities_of(town["500199001000"].pk)] == ["乙社区"]
    street = Area.objects.get(pk=town["500199001000"].pk)
    assert {a.short_name for a in communities_of(street.pk, date(2026, 2, 28))} == {"甲社区", "乙社区"}
    assert absorbed_by([old.pk, into.pk], day) == {old.pk: into.pk}
    assert absorbed_by([old.pk], date(2026, 2, 28)) == {}
    assert Place.objects.get(name="春熙苑").area_id == into.pk
    assert ancestor_at(old, "street", date(2026, 2, 28)) == street
    with pytest.raises(Invalid, match="撤销"):
        actions.merge_areas(old_ids=[old.pk], into_id=into.pk, on=day, by=BY, now=now, source="")


def test_split_renamed_recoded_moved_with_dates(town, now):
    """Each form keeps its days; a change dated before the last one, or ahead of today, is refused."""
    made = actions.split_area(
        old_id=town["500199001001"].pk, parts=[{"name": "甲东社区"}, {"name": "甲西社区"}], on=date(2026, 4, 1), by=BY,
        now=now, source="区政府批复",
    )  # fmt: skip
    assert [a.code for a in made] == ["XS0199001001", "XS0199001002"]
    assert absorbed_by(on=date(2026, 4, 1)) == {town["500199001001"].pk: made[0].pk}
    moved = town["500199002001"]
    with pytest.raises(Invalid, match="曾属于"):
        actions.change_area(area_id=moved.pk, code=town["500199001001"].code, on=AFTER, by=BY, now=now, source="")
    actions.change_area(
        area_id=moved.pk, name="丁社区", code="500199001009", parent_id=town["500199001000"].pk, on=date(2026, 5, 1),
        by=BY, now=now, source="批复",
    )  # fmt: skip
    numbers_are_right()
    assert area_by_code("500199002001").short_name == "丁社区"
    assert area_by_code("500199002001", date(2026, 4, 30)).pk == moved.pk
    with pytest.raises(Area.DoesNotExist):
        area_by_code("500199002001", date(2026, 5, 1))
    west, day = town["500199002000"], date(2026, 4, 30)
    assert [a.short_name for a in as_of(communities_of(west.pk, day), day)] == ["丙社区"]
    assert list(communities_of(west.pk)) == []
    for wrong in (date(2026, 4, 1), date(2026, 7, 1)):
        with pytest.raises(Invalid):
            actions.change_area(area_id=moved.pk, name="戊社区", on=wrong, by=BY, now=now, source="")
    with pytest.raises(Invalid, match="自己"):
        root = town["500199000000"].pk
        actions.change_area(area_id=root, parent_id=west.pk, on=date(2026, 5, 2), by=BY, now=now, source="")


def test_today_needs_no_look_at_the_past(town, django_assert_num_queries):
    """The way by lo and hi stays as it was."""
    with django_assert_num_queries(1):
        list(descendants(town["500199000000"], "community"))
    with django_assert_num_queries(2):
        list(descendants(town["500199000000"], "community", BEFORE))


def test_a_sheet_names_an_area_in_many_ways(town, now, monkeypatch):
    """Code, old code, short and full name, street and community together; what two areas are called finds none."""
    actions.change_area(
        area_id=town["500199002001"].pk, code="500199002009", on=date(2026, 5, 1), by=BY, now=now, source=""
    )
    Area.objects.create(
        code="500199002005", name="甲社区", short_name="甲社区", level="community", lo=90, hi=91,
        parent=town["500199002000"], valid_from=date(2020, 1, 1),
    )  # fmt: skip
    Area.objects.filter(code="500199000000").update(hi=99)
    found = area_reference().find(
        ["500199002001", "乙", "乙社区", "新区西街道丙社区", "甲社区", "东街道甲社区", "没有", ""], Viewer.public()
    )
    one, two, three = (town[c].pk for c in ("500199001001", "500199001002", "500199002001"))
    assert found == {
        "500199002001": three, "乙": two, "乙社区": two, "新区西街道丙社区": three, "东街道甲社区": one,
    }  # fmt: skip


def test_posts_and_matters_stay_right_on_both_sides(now, monkeypatch):
    """A post over the New Area covers the same matters before and after; that of a merged community goes with it."""
    from sanshe.matters.access import MatterAccess
    from tests.matters_cast import make_cast, report

    cast = make_cast()
    old, into = cast.areas["home"], cast.areas["next"]
    matter = report(cast, now)
    far = report(cast, now, area="far")
    posts = {name: set(MatterAccess.rows(cast.viewer(name)).values_list("id", flat=True)) for name in cast.users}
    assert posts["district"] == {matter.pk, far.pk} and posts["desk"] == {matter.pk}
    root = cast.areas["district"].pk
    actions.change_area(area_id=root, code="500157000000", on=AFTER, by=BY, now=now, source="", provisional=True)
    actions.change_area(
        area_id=cast.areas["street"].pk, code="500157001000", on=AFTER, by=BY, now=now, source="", provisional=True
    )
    after = {name: set(MatterAccess.rows(cast.viewer(name)).values_list("id", flat=True)) for name in cast.users}
    assert after == posts
    actions.merge_areas(old_ids=[old.pk], into_id=into.pk, on=date(2026, 6, 1), by=BY, now=now, source="")
    assert MatterAccess.may(cast.street, "see", matter) and MatterAccess.may(cast.district, "see", matter)
    from sanshe.accounts.public import Post

    Post.objects.create(user=cast.users["neighbour"], role="front_desk", area=into, valid_from=date(2026, 6, 1))
    assert MatterAccess.may(cast.neighbour, "see", matter)
