"""`sanshe keys …`: making, rotating and looking after the keys of the encrypted fields."""

from __future__ import annotations

import sys
import time

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from sanshe.kernel import crypto, keyring, reencrypt
from sanshe.kernel.errors import SansheError
from sanshe.runtime.commands import as_owner, without_database


@click.group()
def keys() -> None:
    """加密密钥：新建、查看、更换。"""


@keys.command()
@without_database
def init() -> None:
    """首次安装时新建密钥文件（已有则不动）。"""
    file = keyring.path()
    if file.exists():
        click.echo(f"密钥文件 {file} 已经在了，没有改动。")
        return
    provider = crypto.DEFAULT_PROVIDER
    keyring.create(file, crypto.PROVIDERS[provider].new_key, provider, on_purpose=True)
    click.echo(f"已新建密钥文件 {file}。请立即另存一份到安全的地方：丢了它，加密的内容就读不出来了。")


@keys.command()
@as_owner
def status() -> None:
    """查看有哪些密钥，各加密了多少内容。"""
    try:
        ring = crypto.ring()
    except SansheError as wrong:
        raise click.ClickException(wrong.sentence) from None
    click.echo(f"密钥文件：{keyring.path()}")
    for name, key in ring.keys.items():
        click.echo(f"  {name}  {key.made[:10]} 启用{'  （当前）' if name == ring.current else ''}")
    missing: set[str] = set()
    for column in reencrypt.columns():
        counts = reencrypt.count_by_key(column)
        shown = "，".join(f"{name or '未加密'} {count} 项" for name, count in counts.items()) or "没有内容"
        click.echo(f"  {column.context}：{shown}")
        missing |= set(counts) - set(ring.keys)
    if missing - {""}:
        names = "、".join(sorted(missing - {""}))
        click.echo(f"缺少密钥 {names}，用它加密的内容读不出来，请从备份恢复密钥文件。")
    if "" in missing:
        click.echo("有内容应当加密而没有加密，请核对数据来源。")
    if missing:
        sys.exit(1)


@keys.command()
@as_owner
@click.option("--finish", is_flag=True, help="不新建密钥，只把上次没有换完的内容换完。")
def rotate(finish: bool) -> None:
    """新建一个密钥，并把已有的内容换用新密钥加密。可以在系统运行时做。"""
    try:
        old = crypto.ring()
        if not finish:
            provider = crypto.DEFAULT_PROVIDER
            keyring.rotate(keyring.path(), crypto.PROVIDERS[provider].new_key, provider)
            crypto.forget()
            # Until every process has looked at the file again, some still encrypt with the old key.
            time.sleep(5 * crypto.LOOK_AGAIN)
        click.echo(f"当前密钥：{crypto.ring().current}（此前为 {old.current}）。")
        click.echo("旧密钥保留在密钥文件里，请更新它的备份。")
        failed = _move_all()
    except SansheError as wrong:
        raise click.ClickException(wrong.sentence) from None
    if failed:
        click.echo("以下内容没有换成，原样保留：")
        for line in failed:
            click.echo(f"  {line}")
        sys.exit(1)
    click.echo("全部内容已换用新密钥。")


def _move_all() -> list[str]:
    failed = []
    parts = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*parts) as bars:
        for column in reencrypt.columns():
            bar = bars.add_task(column.context, total=None)
            state = None
            for state in reencrypt.reencrypt(column):
                bars.update(bar, total=max(state.total, state.done), completed=state.done)
            if state is None:
                bars.update(bar, total=0, completed=0)
            elif state.failed:
                some = "、".join(state.failed[:5]) + ("…" if len(state.failed) > 5 else "")
                failed.append(f"{column.context}：{len(state.failed)} 项（编号 {some}）")
    return failed
