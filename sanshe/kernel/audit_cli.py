"""`sanshe audit`: verify the chain, seal what is new, publish its head."""

from __future__ import annotations

import click


@click.group("audit", help="审计记录：核验、封存、公布链首。")
def audit() -> None:
    """The commands of the audit."""


@audit.command("verify", help="从头核验审计链，指出第一条被改动或删除的记录。")
def verify() -> None:
    """Read the whole chain again; exit 1 and name the first entry that is wrong."""
    from sanshe.kernel import clock, seal

    seal.seal(clock.now())
    verdict = seal.verify()
    click.echo(f"已核验 {verdict.sealed} 条，尚未封存 {verdict.unsealed} 条，链首 {verdict.digest}")
    if not verdict.sound:
        click.echo(f"审计链不完整：{verdict.problem}", err=True)
        raise SystemExit(1)
    click.echo("审计链完整。")


@audit.command("seal", help="立即封存已写入的审计记录（平时每分钟自动进行）。")
def seal_now() -> None:
    """Seal now."""
    from sanshe.kernel import clock, seal

    click.echo(f"封存了 {seal.seal(clock.now())} 条。")


@audit.command("head", help="把链首写到库外的文件（平时每天自动进行），并显示。")
def head() -> None:
    """Publish the head outside the database."""
    from sanshe.kernel import clock
    from sanshe.kernel.jobs import publish_head

    target = publish_head(clock.now())
    click.echo(target.read_text().strip() or "还没有封存过。")
    click.echo(f"已写入 {target}")
