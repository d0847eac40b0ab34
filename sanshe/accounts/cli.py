"""`sanshe accounts …`: the first three administrators of an installation, who make all other accounts."""

from __future__ import annotations

import click
from django.db import transaction

from sanshe.areas.public import home_area
from sanshe.kernel import clock
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid

from . import actions
from .access import SETUP
from .queries import administrators_in_post
from .words import Role

_ORDER = (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR)


def _split(role: Role, text: str) -> tuple[str, str]:
    username, colon, name = text.replace("：", ":").partition(":")
    if not colon or not username.strip() or not name.strip():
        raise Invalid(f"{role.label}请写成“用户名:姓名”，例如 xitong01:王小明。")
    return username.strip(), name.strip()


@click.group()
def accounts() -> None:
    """账号与岗位。"""


@accounts.command("first")
@click.option("--system", prompt="系统管理员（用户名:姓名）", help="系统管理员，写成 用户名:姓名。")
@click.option("--security", prompt="安全管理员（用户名:姓名）", help="安全管理员，写成 用户名:姓名。")
@click.option("--auditor", prompt="安全审计员（用户名:姓名）", help="安全审计员，写成 用户名:姓名。")
def first(system: str, security: str, auditor: str) -> None:
    """为新装的平台开设最初的三员账号；其后的账号由系统管理员开设、岗位由安全管理员授予。"""
    if administrators_in_post():
        raise Invalid("平台已有管理员，请由系统管理员开设账号、安全管理员授予岗位。")
    by, now, root = Viewer.system_account(SETUP), clock.now(), home_area()
    with transaction.atomic():
        made = []
        for role, text in zip(_ORDER, (system, security, auditor), strict=True):
            username, name = _split(role, text)
            user, password = actions.make_account(username=username, name=name, by=by, now=now)
            actions.appoint(user_id=user.pk, role=role, area_id=root.pk, by=by, now=now)
            made.append((role.label, name, username, password))
    for label, name, username, password in made:
        click.echo(f"{label}  {name}  用户名 {username}  临时密码 {password}")
    click.echo("临时密码只显示这一次，请分别交给本人；第一次登录须改密码并设置两步验证。")


commands: list[click.Command] = [accounts]
