"""Small words of the story that are not worth a file: subjects by the platform's list, what helpers say."""

from __future__ import annotations

#: The story's subjects in the platform's list of them (parameter matter.subjects).
SUBJECTS = {
    word: code
    for code, words in {
        "safety": "公共安全 消防通道 井盖 飞线充电 治安 走失",
        "utilities": "燃气 供水 供电 照明 积水 返臭",
        "housing": "房屋 漏水 电梯 加装电梯 适老 无障碍",
        "property": "物业 垃圾分类 旧物 家电",
        "environment": "环境卫生 绿化 病媒 油烟 占道 宠物",
        "noise": "噪声",
        "traffic": "停车 交通 公交 道路",
        "welfare": "养老 助老 助残 政策咨询 证明 陪护 公共服务",
        "education": "托幼 入学 校园周边 亲子 接送",
        "health": "医疗 卫健",
        "market": "食品 消费 就业 租房 技能",
        "neighbours": "邻里 婚姻家庭 家庭 志愿 手机 新市民 议事",
        "culture": "文体",
    }.items()
    for word in words.split()
}

HELP = (
    "我住得近，周末两天都在家，随时可以过来搭把手。",
    "晚上七点以后有空，带上工具箱就来。",
    "我以前做过这一行，可以先来看看，不收钱。",
    "我家正好有一套用不上的，可以借您用。",
    "我每天接孩子要路过，顺路就帮您办了。",
    "退休在家，时间多，您说个时候就行。",
    "我和爱人都可以来，人多快一些。",
)

RESOLVED = (
    "同意按会上商定的办法来，由社区牵头，一个月内落实，办完把结果贴出来。",
    "同意先试行一个月，行得通就照办，有不方便的地方再坐下来改。",
    "同意分工去做：社区联系单位，楼栋负责通知，办完当面看一遍。",
    "同意这个办法，费用和做法都公开，由两位居民代表跟到底。",
    "同意，从下个月起照此执行，单元长负责提醒，社区负责协调。",
)

TASKS = (
    "按商定的办法落实，办完公布结果",
    "联系有关单位，把商定的事办妥",
    "组织人手落实，请居民代表看过再收尾",
)

DONE = (
    "已经办妥，居民代表到现场看过。",
    "按会上说的办完了，结果贴在单元门口。",
    "已落实，问过当初提出的几户，都说可以。",
)
