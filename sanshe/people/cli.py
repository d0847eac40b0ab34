"""Commands: look for numbers in free texts, carry out the rules of retention."""

from __future__ import annotations

import click


@click.group()
def people() -> None:
    """人员索引：扫描文字中的号码、执行留存规则。"""


@people.command("scan")
def scan_texts() -> None:
    """找出写进文字里的公民身份号码和手机号码，供掩码。"""
    from sanshe.kernel import clock

    from .actions import scan
    from .models import Finding
    from .words import FindingState

    done = scan(clock.now())
    waiting = Finding.objects.filter(state=FindingState.OPEN).count()
    click.echo(
        f"新发现 {done['new']} 处，已消失 {done['gone']} 处；待处理共 {waiting} 处，请到「文字中的号码」页面处理。"
    )


@people.command("retention")
def retention() -> None:
    """现在就执行留存规则（每天凌晨自动执行一次）。"""
    from sanshe.kernel import clock

    from .actions import run_retention
    from .rules import RULES

    done = run_retention(clock.now())
    for rule in RULES:
        click.echo(f"{rule.does}：{done[rule.name]} 条")


commands: list[click.Command] = [people]
