"""The lists and what they are for: departments ask tasks of communities this year, and a revised version is drafted.

Each task is judged by the lists as they stand, not by what is written here: a refusal in the story is one because the
words of the task stand on the exclusion list.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sanshe.accounts.public import Role
from sanshe.areas.public import Area, AreaLevel
from sanshe.matters.lists import actions as lists
from sanshe.matters.lists.kinds import CRITERIA
from sanshe.matters.models import TaskOrder
from sanshe.matters.tasks import actions as tasks
from sanshe.matters.tasks.queries import asking_posts, reach_of

from .cast import Cast
from .stage import Line


@dataclass(frozen=True)
class Asked:
    """One task: by whom, on which day of the story, for how many communities, and how it goes on.

    `goes`: steps after it was asked: "object:…", "dismiss:…", "uphold:…", "admit:…", "turn_away:…", "work" (the
    communities take it and report), "half" (half of them have).
    """

    by: str
    day: date
    title: str
    text: str
    basis: str
    hours: int
    places: int
    days: int = 30
    funds: str = ""
    people: str = ""
    goes: tuple[str, ...] = ()


TASKS = (
    Asked("江若宁", date(2026, 1, 14), "反诈应用安装进度", "请各社区组织居民下载应用，按户统计注册量，每周五报一次。",
          "反诈工作提示", 40, 12, goes=("object:上级考核，社区最熟悉居民。",
                                           "dismiss:可以请社区张贴宣传，不能下安装数量。")),
    Asked("江若宁", date(2026, 1, 28), "反诈宣传进楼栋", "协助做一次反诈宣传，张贴海报，转发防诈提示，海报由派出所送。",
          "反电信网络诈骗宣传安排第三条", 4, 12, goes=("work",)),
    Asked("康宁", date(2026, 2, 25), "开学前疫苗接种提醒", "协助通知未完成疫苗接种的儿童家长，名单由卫生服务中心提供。",
          "年度预防接种工作安排第五条", 5, 20, goes=("work",)),
    Asked("齐正", date(2026, 3, 11), "餐饮单位检查", "请社区对小餐饮店开展食品检查，报整改情况。",
          "春季食品安全工作通知第二条", 24, 20),
    Asked("民春晓", date(2026, 3, 25), "高龄津贴资格复核", "对系统比对不出的高龄津贴对象上门看望，核实是否在本地居住。",
          "高龄津贴发放办法第九条", 8, 30, goes=("work",)),
    Asked("纪严明", date(2026, 4, 9), "违建清零", "各社区认领拆违面积，完成拆除违法建筑任务，按月通报。",
          "违法建设整治方案", 60, 16, goes=("object:社区在一线，发现得早。",
                                        "dismiss:社区可以发现、劝阻，拆除由城管负责。")),
    Asked("于烈", date(2026, 4, 22), "居民楼消防宣传月", "协助做消防宣传，提醒楼道不堆杂物。讲解由消防员到场做。",
          "消防宣传月方案第四条", 6, 24, goes=("work",)),
    Asked("文一书", date(2026, 5, 13), "适龄儿童入学摸底", "协助提供辖区适龄儿童线索，入学摸底由学校核对。",
          "义务教育招生工作通知第三条", 10, 30, goes=("work",)),
    Asked("陶远山", date(2026, 6, 3), "居民需求调查", "请各社区组织一次居民需求调查，听取对社区服务的意见。",
          "社区治理年度要点", 12, 20),
    Asked("浦江", date(2026, 6, 17), "雨水口清点", "汛期前把每栋楼周边的雨水口数一遍，标在图上，报个数和堵塞情况。",
          "防汛准备会议要求", 16, 18, goes=("turn_away:雨水口由市政养护单位清点，社区可以转告居民反映的堵点。",)),
    Asked("宫雪", date(2026, 7, 8), "防汛避险转移演练", "协助组织一次避险转移演练，通知低洼处住户参加，清点人数。",
          "街道防汛预案第十二条", 8, 6, funds="街道防汛经费，每社区 600 元", people="街道应急专干每社区 2 人到场",
          goes=("work",)),
    Asked("齐正", date(2026, 8, 12), "集体聚餐备案提醒", "协助提醒办坝坝宴的居民作集体聚餐备案，指导由监管所派人。",
          "农村和社区集体聚餐管理要求第六条", 4, 24, goes=("work",)),
    Asked("宫雪", date(2026, 9, 9), "文明实践点建档", "请各社区制作展板，准备迎检材料和档案盒，九月底检查。",
          "街道文明实践工作安排", 30, 6),
    Asked("康宁", date(2026, 10, 14), "秋冬灭鼠灭蚊", "协助组织居民参加爱国卫生日，清理楼道；病媒消杀由专业队伍上门。",
          "爱国卫生月安排第七条", 6, 24, funds="药品和专业消杀由卫健部门支付", goes=("half",)),
    Asked("房思诚", date(2026, 11, 4), "业委会组建情况", "协助业委会筹备，说明各小区筹备到哪一步，材料由物业科收。",
          "物业管理年度任务第二条", 6, 15, goes=("half",)),
    Asked("安小河", date(2026, 11, 11), "平安创建氛围", "请社区组织网络投票和点赞转发，保证排名靠前。",
          "平安创建宣传通知", 10, 10, goes=("object:只是请居民自愿参与。",)),
    Asked("火建明", date(2026, 11, 18), "老旧胶管登记", "把用了八年以上的灶具连接管逐户登记，拍照上传。",
          "用气安全专项行动方案第五条", 45, 12, days=40),
)  # fmt: skip
#: More communities than this say nothing more in a demo, and each takes its time to load.
MOST = 9
REPORTS = (
    "已通知到人，没有联系上的三户已经上门。",
    "宣传一次，到场四十来人，材料发完。",
    "已按要求办完，个别情况当面说明。",
)


def lines(cast: Cast) -> list[Line]:
    """A line for each task of the year whose asker is in this story, and one for the drafting of the next version."""
    found = [_task(cast, row) for row in TASKS if row.by in cast.users]
    return [*found, _draft(cast)] if "凌霜" in cast.users else found


def _lead(cast: Cast, area: Area) -> str | None:
    found = cast.holders.get((f"{Role.COMMUNITY_LEAD}:Area", area.pk))
    return found[0].name if found else None


def _task(cast: Cast, row: Asked) -> Line:
    """One task from asking to its end."""
    times = cast.times
    moment = times.office(row.day, 10, 20)
    yield moment
    places = sorted(
        (a for a in cast.area.values() if a.level == AreaLevel.COMMUNITY and _lead(cast, a) is not None),
        key=lambda area: area.lo,
    )
    by = cast.named(row.by)
    posts = asking_posts(by, moment.date())
    inside = [(post, [a for a in places if _within(a, reach_of(post))]) for post in posts]
    post, areas = max(inside, key=lambda pair: len(pair[1]), default=(None, []))
    if post is None or not areas:
        return
    order = tasks.ask(
        post=post.pk, title=row.title, text=row.text, basis=row.basis, hours=row.hours, funds=row.funds,
        people=row.people, until=moment.date() + timedelta(days=row.days),
        communities=[area.pk for area in areas[: min(row.places, MOST)]], by=by, now=moment,
    )  # fmt: skip
    for number, step in enumerate(row.goes, 1):
        then = times.workdays(moment, 2 * number, 15, 10)
        yield then
        if step in ("work", "half"):
            yield from _work(cast, order, row, then, whole=step == "work")
        else:
            _step(cast, order, step, row, then)


def _within(area: Area, other: Area) -> bool:
    return other.lo <= area.lo < other.hi


def _step(cast: Cast, order: TaskOrder, step: str, row: Asked, now: datetime) -> None:
    what, _, words = step.partition(":")
    if what == "object":
        tasks.raise_objection(order_id=order.pk, objection=words, by=cast.named(row.by), now=now)
    elif what == "dismiss":
        tasks.dismiss(order_id=order.pk, decision=words, by=cast.named("陶远山"), now=now)
    elif what == "turn_away":
        tasks.turn_away(order_id=order.pk, decision=words, by=cast.named("陶远山"), now=now)


def _work(cast: Cast, order: TaskOrder, row: Asked, now: datetime, whole: bool) -> Line:
    """The communities take the task, and report some days apart with the hours it really took."""
    taken = []
    for number, part in enumerate(order.parts.select_related("area")):
        if whole or not number % 2:
            by = cast.named(str(_lead(cast, part.area)))
            tasks.accept(part_id=part.pk, by=by, now=now)
            taken.append((cast.times.workdays(now, 2 + number % 5, 11, number % 50), number, part.pk, by))
    for then, number, pk, by in sorted(taken, key=lambda one: one[:2]):
        yield then
        tasks.report(
            part_id=pk, report=REPORTS[number % len(REPORTS)], spent=max(1, row.hours + number % 4 - 1), by=by,
            now=then,
        )  # fmt: skip


def _draft(cast: Cast) -> Line:
    """The New Area is at work on the next version of the criteria: three things learned from what was overruled."""
    now = cast.times.office(date(2026, 11, 19), 14, 30)
    yield now
    by, base = cast.named("凌霜"), CRITERIA.in_force(now.date())
    if base is None:
        return
    draft = lists.start_draft(
        kind=CRITERIA, base_id=base.pk, name="新区三事分流标准（第三版，征求意见）", version="2027-1", by=by, now=now
    )
    for code, values in CHANGES.items():
        item = draft.items.get(code=code)
        given = {**CRITERIA.values(item), **values}
        more = given.pop("more", [])
        given["covers"] = [*given["covers"], *more]
        lists.save_item(
            kind=CRITERIA, draft_id=draft.pk, item_id=item.pk, seen=item.edition, values=given, by=by, now=now
        )
    lists.save_item(kind=CRITERIA, draft_id=draft.pk, item_id=None, seen=0, values=ADDED, by=by, now=now)


CHANGES = {
    "D-08": {"more": ["路灯全黑", "一盏都没亮"]},
    "X-06": {"name": "电动自行车充电点位", "more": ["甩线充电", "充电车棚"]},
    "D-38": {"deadline": "default"},
}
ADDED = {
    "name": "低空无人机扰民", "route": "government", "covers": ["无人机", "航拍", "低空飞行"],
    "unit_hint": "公安派出所", "deadline": "default", "urgent": False, "hours": None, "guidance": "",
}  # fmt: skip
