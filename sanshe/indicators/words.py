"""Words of the indicators: states of a plan."""

from django.db import models


class PlanState(models.TextChoices):
    """States of a plan that closes a gap."""

    DOING = "doing", "进行中"
    DONE = "done", "已补齐"
    DROPPED = "dropped", "已终止"


#: What pages are called where the notice points to them, by URL name.
PAGES = {
    "matters:board": "事项公示板",
    "matters:new": "我要反映",
    "matters:list": "事项清单",
    "matters:desk": "一窗受理",
    "matters:find": "查询进度",
    "deliberation:board": "协商议事",
    "deliberation:list": "协商清单",
    "deliberation:topics": "议题征集",
    "deliberation:calendar": "协商日历",
    "purchase:index": "项目与比选",
    "purchase:needs": "服务需求",
    "purchase:projects": "服务项目",
    "purchase:calls": "比选公告",
    "purchase:contracts": "服务合同",
    "orgs:index": "社会组织名录",
    "orgs:triage": "登记去向测算",
    "orgs:picture": "“1+X”格局",
    "workforce:rooms": "社会工作室",
    "workforce:index": "社工队伍",
    "workforce:sheets": "职业津贴表",
    "workforce:lapsing": "证书即将到期",
    "areas:index": "区域与机构",
    "areas:worker": "按地址找社区工作者",
    "areas:setups": "社区设置申请",
    "facilities:index": "设施缺口",
    "facilities:communities": "社区设施",
    "facilities:map": "设施地图",
    "facilities:plans": "设施补齐计划",
    "facilities:sites": "选址测算",
    "people:find": "查找人员",
    "people:my_requests": "我的个人信息请求",
    "evaluation:brands": "品牌与特色",
    "evaluation:sites": "示范点",
    "indicators:cockpit": "目标看板",
    "indicators:plans": "补齐计划",
    "indicators:report": "月报、年报",
    "indicators:notice": "通知对照",
    "registers:index": "全部台账",
    "web:home": "居民端首页",
}
