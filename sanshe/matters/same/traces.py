"""What a text leaves behind for comparison: its pairs of characters without the empty phrases, and its places.

No dictionary is needed for that, so that a page answers while one is typing: two texts share a run of characters or
they do not. The runs themselves are shown as the reason.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt

from sanshe.kernel.search import simplified


def listed(words: str) -> list[str]:
    """The words of a list that is written over several lines."""
    return words.split()


#: Characters of a text that are compared; residents say what it is about at the beginning.
READ = 600
#: What stands in every message and tells nothing about it. Longest first, so that no rest of a phrase stays behind.
EMPTY = listed("""
尊敬的 各位领导 有关部门 相关部门 有关单位 相关单位 主管部门 职能部门 人民政府 希望能够 希望能 希望 请问一下
请问 咨询一下 想咨询 咨询 投诉 举报 反映 反应 建议 请求 恳请 恳求 强烈要求 强烈 要求 呼吁 求助 诉求 望尽快
请尽快 尽快 尽早 早日 解决 处理 回复 答复 为感 给予 感谢 谢谢 领导 您好 你好 大家好 书记 市长 区长 百忙之中
多次 一直 已经 现在 目前 至今 最近 近期 每天 天天 经常 仍然 依然 还是 没有 没人 无人 不能 不是 不知道 不知 是否
为什么 什么时候 什么 怎么办 怎么 如何 能不能 可不可以 可以 应该 需要 因为 所以 但是 而且 如果 就是 这个 那个
这里 那里 我们的 我们 我家 我是 本人 你们 他们 自己 大家 居民们 居民 业主们 业主 住户 群众 老百姓 百姓 市民
附近 周边 周围 情况 问题 事情 有关 相关 关于 部门 单位 政府 社区 街道 小区里 小区 工作人员 麻烦 一下 一个 一些
很多 非常 十分 特别 严重 影响 生活 导致 造成 进行 通过 以及 或者 还有 同时 并且 其中 觉得 认为 发现 出现 开始
以后 之后 之前 时候 时间 今天 昨天 今年 去年
""")
_EMPTY = re.compile("|".join(sorted(map(re.escape, EMPTY), key=len, reverse=True)))
#: Little words between others; a run never goes across them.
LITTLE = "的了呢吗吧啊呀嘛哦也都就又再还把被给让向往从在是有个们这那哪我你您他她它和与及或而且但所请望很太最更不没"
_BREAK = re.compile(f"[^0-9a-z\u4e00-\u9fff]+|[{LITTLE}]")
_NUMBERS = re.compile(r"\d{5,}")
#: What a place ends with. What stands before it is told by its last two characters, for Chinese has no word ends.
_ENDS = (
    "小学|中学|大学|学校|学院|幼儿园|医院|农贸市场|市场|超市|商场|广场|公园|花园|家园|佳园|嘉园|公寓|大厦|大道|步行街|新城|新村|新苑|国际城|公馆|"
    "华府|名邸|名都|雅苑|雅居|山庄|别墅|车站|地铁站|公交站|立交|大桥|隧道|水库|工业园|产业园|园区|社区|小区|路口|路(?![灯面由人过程线标牌子政])|"
    "街(?![道上])|巷|镇|村(?![民里委组])|苑|城(?![管市里建区镇乡])|湾|桥"
)
_END = re.compile(_ENDS)
_APART = re.compile(f"[^0-9a-z\u4e00-\u9fff]+|[{LITTLE}到至住于里外]")
_HOUSE = re.compile(r"\d{1,3}(?=号楼|栋|幢|座|单元|期)")


def folded(text: str) -> str:
    """A text as it is compared: narrow, lower case, in simplified signs, long numbers (phones) hidden."""
    return _NUMBERS.sub(" ", simplified(unicodedata.normalize("NFKC", text[:READ]).lower()))


def pieces(text: str) -> list[str]:
    """The pieces of a text between signs, empty phrases and little words; those of one character are left out."""
    return [p for p in _BREAK.split(_EMPTY.sub(" ", folded(text))) if len(p) > 1]


def pairs(text: str) -> frozenset[str]:
    """The pairs of neighbouring characters of a text's pieces."""
    return frozenset(p[i : i + 2] for p in pieces(text) for i in range(len(p) - 1))


def places(*texts: str) -> frozenset[str]:
    """The places named in texts, each as the last two characters of its name and what it ends with (“黄兴路”)."""
    found = set()
    for text in texts:
        for part in _APART.split(folded(text)):
            last = -1
            for match in _END.finditer(part):
                begin = match.start()
                # “丽景新城小区” is one name: what follows an ending at once begins no other.
                if begin >= 2 and begin != last:
                    name = part[begin - 2 : match.end()]
                    if name not in NO_PLACE and name[1:] not in NO_PLACE:
                        found.add(name)
                    last = match.end()
    return frozenset(found)


#: Words that end like a place and are none.
NO_PLACE = frozenset(
    listed("""
全小区 本小区 个小区 整个小区 我们小区 该小区 人行道路 公路 道路 马路 一路 走路 修路 高速路 出路 水路 线路 套路
思路 农村 全村 本村 城里 家里 屋里 夜里 心里 哪里 这里 那里 长期 定期 近期 到期 日期 学期 工期 延期 前期 后期
一期 二期 三期 政府 市政府 区政府 住小区 临街 沿街 逛街 一条街 整条街 铁路 修路 头路 短路 字路口 叉路口 个路口 此路口
网路 问路 拦路 绕路 让路 带路 管路 电路 条路 段路 进城 全城 县城 省城 商城 个村 各村 乡镇 城镇 集镇 个镇 天桥
""")
)


@dataclass(frozen=True)
class Trace:
    """What a text left behind. `house`: numbers of buildings."""

    pairs: frozenset[str]
    places: frozenset[str]
    house: frozenset[str]
    words: str


def trace(text: str, place_text: str = "", title: str = "") -> Trace:
    """The trace of a text with the place that was typed beside it."""
    whole = text if not title or text.startswith(title.rstrip("…")) else f"{title}。{text}"
    return Trace(
        pairs(whole), places(whole, place_text), frozenset(_HOUSE.findall(folded(f"{place_text} {whole}"))), whole
    )


def alike(one: Trace, other: Trace, weigh: Mapping[str, float]) -> float:
    """How alike two texts are in their words, between 0 and 1.

    Half is what they share of both, half what they share of the shorter one: a few words said on the phone stand for
    the same as the long letter that says them among others. `weigh`: what a pair counts (1 for one that is not in it).
    """
    both = one.pairs & other.pairs
    if len(both) < 2 and one.pairs != other.pairs:
        return 0.0

    def sum_of(of: frozenset[str]) -> float:
        return sum(weigh.get(p, 1.0) for p in of)

    first, second, shared = sum_of(one.pairs), sum_of(other.pairs), sum_of(both)
    if not first or not second:
        return 0.0
    # Of very few words nobody can tell: their share counts the less the fewer they are.
    enough = min(1.0, len(both) / 4)
    return (0.5 * shared / sqrt(first * second) + 0.5 * shared / min(first, second)) * (0.6 + 0.4 * enough)


def shared_words(one: Trace, other: Trace, most: int = 3) -> list[str]:
    """The longest runs of characters that both have, as they are shown; none inside another."""
    runs: dict[str, int] = {}
    for piece in pieces(one.words):
        run = ""
        for i in range(len(piece) - 1):
            pair = piece[i : i + 2]
            if pair in other.pairs:
                run = run + pair[1] if run else pair
            else:
                runs.setdefault(run, len(runs))
                run = ""
        runs.setdefault(run, len(runs))
    runs.pop("", None)
    best = sorted(runs, key=lambda r: (-min(len(r), 8), runs[r]))
    kept: list[str] = []
    for run in best:
        if not any(run in k or k in run for k in kept):
            kept.append(run[:12])
    return sorted(kept[:most], key=lambda r: runs.get(r, 99))
