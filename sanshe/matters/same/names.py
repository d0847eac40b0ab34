"""Names of places, estates, schools and firms, learned from many texts at once.

An ending tells many names (“黄兴路”, `traces.places`), but not those of estates and firms, which are called as their
builders like. They are learned from the texts themselves: what stands before “小区”, “业主”, “附近”, “三期” and the
like, and what several titles begin with and go on from in different ways. What is learned is then found wherever it
stands. Only whole lists of messages are read so (the worker, commands); a single text on a page knows the endings.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from .traces import EMPTY, LITTLE, folded, listed, places

#: Characters of a text, after its title, in which names are looked for: residents say at the beginning where it is.
BODY = 120
#: Characters that a learned name has.
LEAST, LONGEST = 2, 8
#: What more than this share of the texts name (a whole town) tells no place from another; of few texts, this many may.
WIDE, FEW = 0.03, 12
#: A name begins most of the titles that have it; a thing is said at any place of a title.
AHEAD = 0.6

_BEHIND = (
    "小区|业主|楼盘|开发商|项目部|附近|门口|门前|旁边|对面|周边|楼下|物业|地下车库|地下停车|车库|地库|负[一二三]楼|"
    "[一二三四五六七八九十0-9]+[期栋幢座]|[东南西北]门|[东南西北]侧|托管|培训|教育|英语|幼儿园|学校|公司|集团|旁"
)
#: Before a name: what bounds it on the left. An area is bounded by its own ending, but “小区” is no area.
_BEFORE = re.compile(
    f"[^0-9a-z\u4e00-\u9fff]+|[{LITTLE}]|[a-z]?[0-9]*(?:市|县|(?<![小社园校厂])区)|街道|镇(?!流)|乡|大道|路|至|到|位于|住"
)
_NAMED = re.compile(f"([0-9a-z\u4e00-\u9fff]{{{LEAST},20}}?)(?={_BEHIND})")
_EMPTY = re.compile("|".join(sorted(map(re.escape, EMPTY), key=len, reverse=True)))
_HAN = re.compile("[\u4e00-\u9fff]")
#: Words that are said of every place. A run that has no two characters beside them is no name.
THINGS = listed(
    """
公积金 医保 社保 低保 公租房 廉租房 安置房 商品房 住房 房屋 房子 房产 二手房 购房 买房 租房 人才 补贴 政策 贷款 新建
在建 建设 修建 老旧 旧城 改造 拆迁 征地 征收 棚户区 高层 地下 地上 单元 电梯 楼道 楼房 居民楼 商铺 门面 门店 店铺
车位 停车 停车场 车库 充电 学校 小学 中学 高中 大学 幼儿园 学区 学位 老师 学生 孩子 家长 教育 培训 机构 医院 医生
银行 公司 集团 企业 单位 物业 开发商 业委会 工地 施工 噪音 噪声 污染 油烟 烧烤 餐饮 垃圾 垃圾站 污水 排水 自来水
停水 供水 停电 供电 天然气 燃气 管道 网络 宽带 道路 公路 马路 路口 路面 红绿灯 路灯 公交 公交车 公交站 地铁 地铁站
高速 高铁 高压 高压线 轨道 隧道 桥梁 违建 违章 违规 违法 非法 合同 质量 延期 交房 烂尾 精装 装修 虚假 宣传 欺诈 诈骗
捆绑 销售 退款 退费 押金 工资 拖欠 农民工 农村 农民 乡村 村民 村委会 居委会 派出所 交警 城管 法院 户口 户籍 落户
身份证 居住证 驾照 毕业证 营业执照 证书 证件 房产证 产权证 不动产 退休 养老 养老金 老人 残疾 转业 军人 退役 车辆
汽车 摩托车 电动车 货车 出租车 网约车 摇号 限行 限购 绿化 绿地 公园 广场 市场 超市 商场 网吧 酒店 宾馆 麻将馆 消防
安全 隐患 环境 空气 异味 扬尘 粉尘 搅拌站 变电站 加油站 基站 规划 用地 土地 集体 国有 收费 费用 价格 涨价 乱收费
电费 水费 物业费 停车费 维修 维修基金 全国 全市 全省 本市 外地 异地 省直 夜间 凌晨 晚上 半夜 白天 上午 下午 周末
早上 长期 存在 多年 一期 二期 三期 四期 一楼 二楼 楼上 楼下 门口 对面 新区 城区 市区 老城区 经开区 高新区 开发区
工业区 住宅 住宅区 居民区 小区 社区 街道 项目 工程 地块 中心 第一 第二 第三 坚决 反对 取消 取缔 清理 加快 提高 增加
重视 关注 公开 严查 严惩 彻查 整治 优化 合理 统一 规范 明确 当初 由于 对于 召开 实验 职业 开盘 当天 有限 责任 股份
投资 房地产 置业 物流 科技 文化
"""
)
_THINGS = re.compile("|".join(sorted(map(re.escape, {*THINGS, *EMPTY}), key=len, reverse=True)))


def is_name(run: str) -> bool:
    """Whether a run may be a name: two Chinese characters at least beside the words that are said of every place."""
    return LEAST <= len(run) <= LONGEST and len(_HAN.findall(_THINGS.sub("", run))) >= 2


class Names:
    """The names that were learned from some texts, to be found in each of them."""

    def __init__(self, names: Iterable[str]) -> None:
        self.known = frozenset(names)
        self._heads: dict[str, list[int]] = defaultdict(list)
        for name in self.known:
            lengths = self._heads[name[:LEAST]]
            if len(name) not in lengths:
                lengths.append(len(name))
        for lengths in self._heads.values():
            lengths.sort(reverse=True)

    def within(self, text: str) -> set[str]:
        """The learned names in a text that is `folded`, the longest at each place."""
        heads, known = self._heads, self.known
        found, free = set(), 0
        for at in [k for k in range(len(text) - LEAST + 1) if text[k : k + LEAST] in heads]:
            if at < free:
                continue
            for length in heads[text[at : at + LEAST]]:
                if text[at : at + length] in known:
                    found.add(text[at : at + length])
                    free = at + length
                    break
        return found


def learn(heads: Sequence[str], bodies: Sequence[str], known: Iterable[str] = ()) -> Names:
    """Learn the names of some messages from their titles and the beginnings of their texts (both `folded`).

    `known`: names that are known besides, as the places of a community.
    """
    cued: Counter[str] = Counter()
    for head, body in zip(heads, bodies, strict=True):
        cued.update(_before_cues(head) | _before_cues(body[:BODY]))
    begun = _beginnings(heads)
    counts = Counter({name: count for name, count in cued.items() if count >= 2 and is_name(name)})
    for name, count in begun.items():
        counts[name] = max(counts[name], count)
    names = _shortened(counts) | {name for name in map(folded, known) if is_name(name)}
    found = Names(names)
    held: Counter[str] = Counter()
    for head, body in zip(heads, bodies, strict=True):
        held.update(found.within(f"{head} {body[:BODY]}"))
    most = max(FEW, WIDE * len(heads))
    return Names(name for name in names if held[name] <= most)


def _before_cues(text: str) -> set[str]:
    """What stands right before a word that follows names."""
    found = set()
    for part in _BEFORE.split(_EMPTY.sub(" ", text)):
        for match in _NAMED.finditer(part):
            run = match.group(1)
            if len(run) <= LONGEST:
                found.add(run)
    return found


def _beginnings(heads: Sequence[str]) -> Counter[str]:
    """What several titles begin with and then go on from in different ways."""
    begun: dict[str, set[str]] = defaultdict(set)
    counts: Counter[str] = Counter()
    starts = []
    for head in heads:
        parts = [p for p in _BEFORE.split(_EMPTY.sub(" ", head)) if len(p) >= 3]
        if not parts:
            continue
        start = parts[0]
        starts.append(start)
        for length in range(3, min(LONGEST, len(start)) + 1):
            counts[start[:length]] += 1
            begun[start[:length]].add(start[length : length + 1] or "$")
    chosen: Counter[str] = Counter()
    for start in starts:
        ways = [start[:n] for n in range(3, min(LONGEST, len(start)) + 1) if counts[start[:n]] >= 2]
        best = max(ways, key=lambda run: (len(begun[run]), counts[run], len(run)), default="")
        if best and len(begun[best]) >= 2 and is_name(best):
            chosen[best] += 1
    everywhere: Counter[str] = Counter()
    found = Names(chosen)
    for head in heads:
        everywhere.update(found.within(head))
    return Counter({run: n for run, n in chosen.items() if n >= 2 and counts[run] >= AHEAD * everywhere[run]})


def _shortened(counts: Counter[str]) -> set[str]:
    """The names without what stands before them by chance: “万科魅力之城” is “魅力之城” where that is said as often."""
    kept = set()
    for name in counts:
        ends = [name[k:] for k in range(1, len(name) - 2) if counts.get(name[k:], 0) >= counts[name]]
        kept.add(ends[-1] if ends else name)
    return kept


def named(names: Names, head: str, place: str, body: str) -> tuple[frozenset[str], frozenset[str]]:
    """The names that a message is about (of title and place, else of its beginning), and all that it has."""
    said = names.within(f"{place} {head}") | places(head, place)
    more = names.within(body[:BODY]) | places(body[:BODY])
    return frozenset(said or more), frozenset(said | more)
