"""The words of invented matters, put together from parts. `{cover}` comes from the triage criteria in force."""

from __future__ import annotations

from random import Random

TITLES = (
    "{place}{cover}",
    "{place}{cover}，请来看看",
    "反映{place}的{cover}问题",
    "{place}有住户说到{cover}",
    "{cover}（{place}）",
    "{place}{cover}，住户盼着早点解决",
)
OPENINGS = (
    "我住在{place}{door}，",
    "替家里老人反映一下，{place}{door}，",
    "我是{place}的住户，",
    "今天路过{place}，",
    "在{place}带孩子的时候看到，",
    "几家邻居商量后由我来说，{place}{door}，",
    "我在{place}上班，",
    "楼栋长请我代为反映，{place}{door}，",
    "打扰了，{place}这边，",
    "上个月刚搬到{place}，",
    "我们{place}的住户群里都在说，",
    "网格员您好，{place}{door}，",
)
SPOTS = ("单元门口", "楼下", "大门旁边", "地下车库入口", "三楼平台", "小广场边上", "菜店门前", "健身角", "后面的步道",
         "靠马路一侧", "电梯厅", "楼顶", "花坛边", "公交站旁")  # fmt: skip
PROBLEMS = (
    "{spot}{cover}的情况{since}",
    "{spot}又有{cover}，{since}",
    "关于{cover}，{spot}那里{since}",
    "{cover}主要在{spot}，{since}",
    "{since}，{spot}一直有{cover}的问题",
)
SINCE = ("已经有一周了", "从月初就开始", "断断续续两个多月", "昨天晚上更明显", "下雨以后更厉害", "周末尤其多",
         "这几天才出现", "早晚高峰最突出", "去年也出现过一次", "三天没有人来看",
         "一到夏天就这样", "前后反复了四五次")  # fmt: skip
EFFECTS = (
    "老人上下楼不太方便",
    "孩子放学经过时让人不放心",
    "晚上看不清路，差点绊倒",
    "影响休息，第二天还要上班",
    "推婴儿车和轮椅都过不去",
    "家里有病人，实在受影响",
    "邻居之间为这事有些不愉快",
    "味道很大，窗户不敢开",
    "雨天地面很滑",
    "担心时间长了出安全问题",
    "来往的人多，大家都绕着走",
    "物业说要等上面答复",
    "楼里十几户都遇到同样的情况",
    "问过几次，还没有准信",
)
WISHES = (
    "请派人来看一看。",
    "希望能有个答复，哪怕先说明原因也好。",
    "麻烦告诉我们大概什么时候能办好。",
    "如果要住户配合，我们愿意一起出力。",
    "建议先放个提醒的牌子。",
    "能不能请几方坐下来商量一次？",
    "不着急，但请记在心上，谢谢。",
    "有需要可以随时打电话给我。",
    "希望一次处理好，不要再反复。",
    "感谢社区的同志，辛苦了。",
    "照片在我这里，需要的话可以提供。",
    "也请看看旁边几栋是不是一样。",
)
REASONS = (
    "涉及「{name}」，按标准办理。",
    "反映的内容属于「{name}」，已与反映人核对地点。",
    "现场看过，符合「{name}」的情形。",
    "同类事项一直按「{name}」分流。",
    "电话了解后，按「{name}」处理。",
)
RESULTS = {
    "government": (
        "已派人到现场处理完毕，当天恢复正常，并请反映人到场看过。",
        "经现场核实，已更换损坏的部件，今后列入每周巡查。",
        "已约相关单位一起到场整改，三天后复查没有再出现。",
        "已清理并加装提示牌，后续由专人每日查看一次。",
        "核实属实，已责成责任方整改，整改前后的情况都告知了反映人。",
        "已向反映人说明办理的条件和所需材料，对方表示清楚。",
    ),
    "joint": (
        "开了一次小范围的商量会，形成五条约定，张贴在单元门口，一个月后大家再碰头。",
        "住户、物业和社区一起定了办法，费用分担说清楚了，已经落实。",
        "经商量调整了时间和地点，双方都接受，由楼栋长提醒。",
        "推选了三位热心住户牵头，改造已完成，余款账目公开。",
    ),
    "self": (
        "已按指引自行办好，社区回访过，没有其他困难。",
        "邻居帮忙看了看，问题解决了。",
        "约了名册上的师傅，费用事先讲清，已经修好。",
        "双方见面说开了，约好了时间段，不再打扰。",
    ),
}  # fmt: skip
OTHER_WAYS = (
    "这件事属于法院受理的范围，可以到法院诉讼服务中心咨询，也可以先请社区法律顾问看看材料。",
    "涉及劳动报酬，请向劳动保障监察机构反映，社区可以陪同前往。",
    "属于商业合同的约定，建议先与商家协商，协商不成再向消费者组织投诉。",
)
QUESTIONS = (
    "请补充具体的楼栋和单元，方便我们上门。",
    "请说一说大概从什么时候开始，一天里什么时段最明显。",
    "请补一张照片，能看清位置即可。",
)
GUIDANCE = "可以先与邻居当面商量；需要请师傅的，社区服务台有名册。办的过程中遇到困难，随时再来说。"
PUBLIC = ("居民反映{place}一带的{name}，", "{place}住户反映{name}，", "有居民提到{place}的{name}，")
PUBLIC_ENDS = ("希望早日处理。", "请有关单位到场看看。", "盼有个答复。", "建议大家一起想办法。")


def one(rng: Random, choices: tuple[str, ...]) -> str:
    """One of them. (`rng.choice` takes three times as long, and there are forty draws a matter.)"""
    return choices[int(rng.random() * len(choices))]


def title(rng: Random, place: str, cover: str) -> str:
    """A title as a resident would write it."""
    return one(rng, TITLES).replace("{place}", place).replace("{cover}", cover)


def report(rng: Random, place: str, cover: str) -> str:
    """What is the matter, in 50 to 150 characters."""
    door = f"{int(rng.random() * 28) + 1}栋" if rng.random() < 0.7 else ""
    text = (
        one(rng, OPENINGS).replace("{place}", place).replace("{door}", door)
        + one(rng, PROBLEMS)
        .replace("{spot}", one(rng, SPOTS))
        .replace("{cover}", cover)
        .replace("{since}", one(rng, SINCE))
        + f"，{one(rng, EFFECTS)}。"
    )
    if rng.random() < 0.5:
        text += f"另外，{one(rng, EFFECTS)}。"
    return text + one(rng, WISHES)


def released(rng: Random, place: str, name: str) -> str:
    """The wording for the public board."""
    return one(rng, PUBLIC).replace("{place}", place).replace("{name}", name) + one(rng, PUBLIC_ENDS)
