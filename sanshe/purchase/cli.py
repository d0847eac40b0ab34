"""`sanshe bid`: seal and open a bid away from the site, without a database; digests of files and scripts.

Also runs by itself, on a computer that never sees the site: `python -m sanshe.purchase.cli bid seal …`.
"""

import hashlib
import importlib.resources
import json
import os
from base64 import b64encode
from pathlib import Path
from typing import Any

import click

from sanshe.purchase.sealing import (
    BidFile,
    SealError,
    SealKey,
    digest,
    grouped,
    inspect,
    open_sealed,
    seal,
)
from sanshe.runtime.commands import without_database

SCRIPTS = {
    "seal.js": ("sanshe.purchase", "static/purchase/seal.js"),
    "lean-qr.mjs": ("sanshe.web", "static/lib/lean-qr.mjs"),
}
A_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("bid")
def bid() -> None:
    """投标文件的离线密封、打开和校验。"""


@bid.command("seal")
@click.option("--call", "call_id", required=True, help="比选编号，见比选页面。")
@click.option("--bidder", "bidder_id", required=True, help="投标人编号，见比选页面。")
@click.option(
    "--fields",
    "fields_file",
    type=A_FILE,
    required=True,
    help="填报内容的 JSON 文件，报价 price_fen 以分为单位。",
)
@click.option("--key-file", type=A_FILE, help="沿用此文件里的钥匙码；不给则生成新钥匙。")
@click.option("-o", "--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="密封文件写到这里。")
@click.argument("files", nargs=-1, type=A_FILE)
@without_database
def seal_bid(
    call_id: str, bidder_id: str, fields_file: Path, key_file: Path | None, out: Path, files: tuple[Path, ...]
) -> None:
    """在本机密封填报内容和附件，显示钥匙码。钥匙码不写入任何文件，请抄写保存。"""
    fields = _fields(fields_file)
    try:
        key = _key(key_file) if key_file else SealKey.new()
        attached = [BidFile(path.name, path.read_bytes()) for path in files]
        blob = seal(fields, attached, call=call_id, bidder=bidder_id, key=key)
        open_sealed(blob, call=call_id, bidder=bidder_id, key=key)  # a bid that cannot be opened is a lost bid
    except SealError as refused:
        raise click.ClickException(str(refused)) from None
    except ValueError:
        raise click.ClickException("比选编号和投标人编号只能由 1 至 64 位英文字母、数字和符号组成。") from None
    _write(out, blob)
    found = digest(blob)
    click.echo(f"已密封：{out}（附件 {len(attached)} 个）")
    click.echo(f"钥匙码：  {key.code}")
    click.echo(f"SHA-256：{grouped(found.sha256)}")
    click.echo(f"SM3：    {grouped(found.sm3)}")
    click.echo("请抄写钥匙码并妥善保管；丢失后任何人都打不开这份投标文件。")


@bid.command("open")
@click.option("--call", "call_id", help="比选编号；不给则取密封文件里写明的。")
@click.option("--bidder", "bidder_id", help="投标人编号；不给则取密封文件里写明的。")
@click.option("--key-file", type=A_FILE, help="存有钥匙码的文件；不给则提示输入。")
@click.option(
    "-o",
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="内容写入这个新文件夹。",
)
@click.argument("sealed", type=A_FILE)
@without_database
def open_bid(call_id: str | None, bidder_id: str | None, key_file: Path | None, out: Path, sealed: Path) -> None:
    """用钥匙码打开密封文件，把填报内容和附件写入一个新文件夹。"""
    blob = sealed.read_bytes()
    try:
        header = inspect(blob, call=call_id, bidder=bidder_id)
        key = _key(key_file) if key_file else SealKey.from_code(click.prompt("钥匙码"))
        content = open_sealed(blob, call=header.call, bidder=header.bidder, key=key)
    except SealError as refused:
        raise click.ClickException(str(refused)) from None
    try:
        out.mkdir(mode=0o700, parents=True)
    except FileExistsError:
        raise click.ClickException(f"文件夹 {out} 已经存在，请另给一个名称。") from None
    except OSError:
        raise click.ClickException(f"不能建立文件夹 {out}。") from None
    _write(out / "填报内容.json", json.dumps(content.fields, ensure_ascii=False, indent=2).encode())
    for number, file in enumerate(content.files, 1):
        # numbered: two names may be one on a disk that does not tell capitals apart
        _write(out / f"{number:02d}-{file.name}", file.data)
    click.echo(f"比选 {header.call}，投标人 {header.bidder}：填报内容和 {len(content.files)} 个附件已写入 {out}。")


@bid.command("digest")
@click.argument("file", type=A_FILE)
@without_database
def digest_file(file: Path) -> None:
    """显示一个文件的校验值，写在信封上或与回执核对。"""
    found = digest(file.read_bytes())
    click.echo(f"SHA-256：{grouped(found.sha256)}")
    click.echo(f"SM3：    {grouped(found.sm3)}")


@bid.command("script-hash")
@without_database
def script_hash() -> None:
    """显示浏览器密封程序的校验值，供公布和核对。"""
    for name, (package, path) in SCRIPTS.items():
        try:
            text = importlib.resources.files(package).joinpath(path).read_bytes()
        except OSError:
            raise click.ClickException(f"缺少 {name}，请先运行 make setup。") from None
        click.echo(f"{name}\n  SHA-256 {grouped(hashlib.sha256(text).hexdigest())}")
        click.echo(f"  integrity sha384-{b64encode(hashlib.sha384(text).digest()).decode()}")


def _fields(path: Path) -> dict[str, Any]:
    try:
        fields = json.loads(path.read_text("utf-8-sig"))
    except (ValueError, RecursionError):
        raise click.ClickException(f"{path} 不是 UTF-8 编码的 JSON 文件。") from None
    if not isinstance(fields, dict):
        raise click.ClickException(f'{path} 里应是一组“名称: 内容”，例如 {{"price_fen": 12500000}}。')
    return fields


def _key(path: Path) -> SealKey:
    """The key in a file: the bare code, or the sheet that the browser lets the bidder download."""
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise click.ClickException(f"{path} 里没有钥匙码。") from None
    marked = [line.split("：", 1)[1] for line in lines if line.startswith("钥匙码：")]
    return SealKey.from_code(marked[0] if marked else "".join(lines))


def _write(path: Path, data: bytes) -> None:
    """A new file that only its owner may read; an existing one is never overwritten."""
    try:
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(data)
    except FileExistsError:
        raise click.ClickException(f"{path} 已经存在，请另给一个名称。") from None
    except OSError:
        raise click.ClickException(f"{path} 写不进去，请检查位置和权限。") from None


commands: list[click.Command] = [bid]

if __name__ == "__main__":
    click.Group(commands=commands)()
