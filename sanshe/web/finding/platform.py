"""Where something is done: the pages of the platform themselves, by their names and by what people call them."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse

from sanshe.kernel.access import Viewer
from sanshe.kernel.register import registers
from sanshe.kernel.search import Asked, folded

from .. import navigation

#: What people type when they look for a page.
ALSO = {
    "我要反映": "投诉 举报 建议 意见 报修 求助 反映问题 上报",
    "公示板": "公示 公开 进度 办理结果",
    "协商议事": "开会 议事 商量 表决 投票 议事会",
    "我的": "我的事项 进度 回执 评价",
    "事项": "受理 登记 分流 派单 转办 工单",
    "项目与比选": "招标 采购 购买服务 合同 验收 报价",
    "台账": "登记簿 名册 导入 表格 导出",
    "目标与差距": "指标 考核 报表 驾驶舱",
    "查找人员": "居民 档案 身份证 住户",
    "账号与审计": "密码 权限 岗位 用户 日志",
    "我的账号": "密码 手机号 二次验证 登录",
    "找我的社区工作者": "电话 网格员 社区干部 联系社区",
    "看社区的组织和居务公开": "居委会 党组织 业委会 财务公开",
    "看社区设施": "卫生服务站 养老 活动室 菜店 警务室",
    "看社会组织": "协会 社团 志愿队",
    "看通知落实情况": "通知 政策 文件",
    "谁看过我的信息": "隐私 查询记录",
}


@dataclass(frozen=True)
class Door:
    """A page of the platform that is offered."""

    label: str
    url: str
    also: str = ""


def doors(request: HttpRequest, viewer: Viewer) -> list[Door]:
    """All pages that the viewer is offered, each once."""
    roles = navigation.roles_of(request)
    found: dict[str, Door] = {}

    def add(label: str, url: str, also: str = "") -> None:
        found.setdefault(url, Door(label, url, also or ALSO.get(label, "")))

    places = [*navigation.PORTAL, *(navigation.WORKBENCH if roles else ())]
    places += navigation.ACCOUNT if viewer.signed_in else ()
    for link in navigation.links(tuple(places), request, roles):
        add(link.label, link.url)
    for label, url in navigation.around():
        add(label, url)
    if viewer.is_staff:
        for register in registers():
            if register.access.q(viewer) is not False:
                add(register.title, reverse("registers:rows", kwargs={"name": register.name}))
                for label, name in register.pages_for(viewer):
                    add(label, reverse(name))
    return list(found.values())


def matching(request: HttpRequest, viewer: Viewer, asked: Asked, limit: int = 6) -> list[Door]:
    """The pages whose name, or what people call it, has every word; by name first."""
    words = [folded(word.text) for word in asked.words]
    if not words:
        return []
    every = doors(request, viewer)
    named = [door for door in every if all(word in folded(door.label) for word in words)]
    called = [door for door in every if all(word in folded(f"{door.label} {door.also}") for word in words)]
    return list(dict.fromkeys([*named, *called]))[:limit]
