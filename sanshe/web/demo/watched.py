"""Deadlines that were missed and what came of it: a matter that nobody wanted, parts of several units, an ending, a
colleague who stands in.

Played in one community in the last weeks before today; every name, number and place is invented.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sanshe.accounts.public import Post, Role, stand_in
from sanshe.areas.public import Area, Body
from sanshe.kernel import clock
from sanshe.kernel.access import Viewer
from sanshe.matters import actions
from sanshe.matters.models import Assist, Criterion, Matter, OversightOrder

from .cast import Cast
from .stage import Line
from .times import works

HOME = "龙寿路社区"
DAY = timedelta(days=1)


def lines(cast: Cast) -> list[Line]:
    """The lines of this part; none where the community is not played."""
    area = cast.area.get(HOME)
    if area is None or "莫小荷" not in cast.users:
        return []
    story = _Story(cast, area)
    return [story.refused(), story.several(), story.ended(), story.silent(), story.stands_in()]


class _Story:
    """What the lines share."""

    def __init__(self, cast: Cast, area: Area) -> None:
        self.cast, self.area, self.times = cast, area, cast.times

    def _back(self, days: int, hour: int, minute: int = 0) -> datetime:
        """So many working days before today, at this hour."""
        day: date = self.times.now.date()
        while days:
            day -= DAY
            days -= works(day)
        return clock.at(day.year, day.month, day.day, hour, minute)

    def _desk(self) -> Viewer:
        return self.cast.v(self.cast.desk(self.area))

    def _officer(self) -> Viewer:
        return self.cast.v(self.cast.officer(self.area))

    def _of(self, unit: Body) -> Viewer:
        return self.cast.v(self.cast.holder(Role.UNIT_HANDLER, unit))

    def _file(self, text: str, place: str) -> Matter:
        name, phone = self.cast.caller()
        return actions.file_matter(
            text=text, area_id=self.area.pk, channel="phone", place_text=place, contact_name=name[0] + "先生",
            contact_phone=phone, by=self._desk(), now=clock.now(),
        )  # fmt: skip

    def _give(self, matter: Matter, unit: Body, reason: str, **more: object) -> Matter:
        rows = Criterion.objects.filter(set=_set_now(), route="government", urgent=False).order_by("code")
        rule = next((one for one in rows if any(word in matter.text for word in one.covers)), None)
        return actions.triage_government(
            matter_id=matter.pk, criterion=None if rule is None else rule.pk, reason=reason, host_unit=unit.pk,
            by=self._desk(), now=clock.now(), public=False, **more,  # type: ignore[arg-type]
        )  # fmt: skip

    def refused(self) -> Line:
        """Two units return it, the street designates, the unit does not take it: an order opens by rule."""
        city, property_ = self.cast.unit("城管", self.area), self.cast.unit("物业科", self.area)
        yield self._back(8, 9, 20)
        matter = self._file("小区西门外的人行道塌了一块，下雨就积水，老人推车过不去。", "西门外人行道")
        yield self._back(8, 10, 5)
        self._give(matter, city, "人行道破损，属于市政设施管理。")
        yield self._back(7, 9, 40)
        actions.return_matter(
            matter_id=matter.pk, ground="other_unit", reason="这一段在小区红线以内，应由物业管理部门督促修复。",
            by=self._of(city), now=clock.now(),
        )  # fmt: skip
        yield self._back(7, 10, 30)
        self._give(matter, property_, "红线以内的道路，请物业管理部门督促修复。")
        yield self._back(6, 11, 15)
        actions.return_matter(
            matter_id=matter.pk, ground="other_unit", reason="竣工图显示这一段已移交市政，不在小区红线内，附图纸编号。",
            by=self._of(property_), now=clock.now(),
        )  # fmt: skip
        yield self._back(5, 15, 10)
        actions.designate(
            matter_id=matter.pk, host_unit=city.pk, reason="现场核对竣工图，已移交市政道路，由城市管理部门修复。",
            by=self._officer(), now=clock.now(),
        )  # fmt: skip
        # The rule opens an order on the morning after the day that the unit had.
        yield self._back(2, 10, 20)
        actions.accept(matter_id=matter.pk, by=self._of(city), now=clock.now())
        order = OversightOrder.objects.filter(matter=matter, rule="refused").first()
        yield self._back(1, 16, 40)
        if order is not None:
            actions.answer_oversight(
                order_id=order.pk, answer="已接收，施工队明天进场，先用钢板铺平再修路面，三天内完工。",
                by=self._of(city), now=clock.now(),
            )  # fmt: skip

    def several(self) -> Line:
        """One host and two assisting units, each with its part; one has answered."""
        host, home = self.cast.unit("街道平安办", self.area), self.cast.unit("住建", self.area)
        fire = self.cast.unit("消防", self.area)
        yield self._back(3, 14, 10)
        matter = self._file("五单元外墙瓷砖往下掉，楼下就是消防通道，车也停在那里。", "五单元外墙")
        yield self._back(3, 15, 0)
        self._give(matter, host, "外墙脱落危及行人，由平安办牵头处置。", assisting=[home.pk],
                   assist_part="请鉴定外墙还会不会脱落，要不要整面拆除。")  # fmt: skip
        yield self._back(3, 16, 20)
        actions.accept(matter_id=matter.pk, by=self._of(host), now=clock.now())
        yield self._back(2, 10, 45)
        actions.ask_assist(
            matter_id=matter.pk, unit=fire.pk, part="请到现场看消防通道能不能通行，需要清空哪些车位。",
            by=self._of(host), now=clock.now(),
        )  # fmt: skip
        yield self._back(1, 15, 30)
        part = Assist.objects.get(matter=matter, unit=home)
        actions.answer_assist(
            assist_id=part.pk, answer="四至六层约 12 平方米空鼓，建议拉起警戒线后整体铲除，一周内可完成。",
            by=self._of(home), now=clock.now(),
        )  # fmt: skip

    def ended(self) -> Line:
        """A matter that can not be handled any further ends on a written review."""
        unit = self.cast.unit("城管", self.area)
        yield self._back(16, 10, 15)
        matter = self._file("路口那家店的灯箱晚上太亮，照得睡不着。", "路口临街店铺")
        yield self._back(16, 11, 0)
        self._give(matter, unit, "临街店铺灯箱，属于户外广告设施管理。")
        yield self._back(16, 14, 30)
        actions.accept(matter_id=matter.pk, by=self._of(unit), now=clock.now())
        yield self._back(13, 16, 0)
        actions.terminate(
            matter_id=matter.pk,
            reason="这家店已经停业，灯箱随招牌一起拆走，没有可以处置的对象；再有别家灯箱过亮，欢迎再反映。",
            review="两名执法人员现场核实，店铺已清空，灯箱基座已拆除，照片存档；房东确认不再出租给同类业态。同意终止。",
            by=self.cast.named("纪严明"), now=clock.now(),
        )  # fmt: skip

    def silent(self) -> Line:
        """The unit asked, the reporter never answered, the time is over."""
        unit = self.cast.unit("物业科", self.area)
        yield self._back(15, 9, 30)
        matter = self._file("物业多收了我家的公摊水费。", "三期")
        yield self._back(15, 10, 30)
        self._give(matter, unit, "物业收费争议，由物业管理部门核查。")
        yield self._back(15, 15, 0)
        actions.accept(matter_id=matter.pk, by=self._of(unit), now=clock.now())
        yield self._back(14, 10, 0)
        actions.ask_resident(
            matter_id=matter.pk, question="请告诉我们是哪几个月的账单，并把账单拍照传来，才能和物业核对。",
            by=self._of(unit), now=clock.now(),
        )  # fmt: skip

    def stands_in(self) -> Line:
        """The desk is on leave for a few days; a colleague of the community does its work."""
        yield self._back(1, 17, 30)
        desk, substitute = self.cast.users["莫小荷"], self.cast.users.get("车小楠")
        if substitute is None:
            return
        posts = Post.objects.filter(user=desk, valid_to__isnull=True).values_list("pk", flat=True)
        today = clock.local(clock.now()).date()
        stand_in(
            absent_id=desk.pk, substitute_id=substitute.pk, posts=list(posts), first_day=today,
            last_day=today + 9 * DAY, reason="年休假", by=Viewer.of(desk), now=clock.now(),
        )  # fmt: skip


def _set_now() -> int | None:
    """The list of criteria in force on the day that is played."""
    from sanshe.areas.public import in_force
    from sanshe.matters.models import CriteriaSet

    found = CriteriaSet.objects.filter(in_force(clock.today())).order_by("-valid_from").first()
    return None if found is None else found.pk
