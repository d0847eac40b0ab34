"""The offline tool: seals and opens without a site, and publishes what the browser's script is."""

import hashlib
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sanshe.purchase.cli import bid
from sanshe.purchase.sealing import SealKey, inspect

CALL, BIDDER = "BX-2021-0007", "5001120000000017"
FIELDS = {"price_fen": 12_500_000, "plan": "每周三场"}


def run(*words: object, **more: object) -> Result:
    return CliRunner().invoke(bid, [str(word) for word in words], **more)  # type: ignore[arg-type]


@pytest.fixture
def sealed(tmp_path: Path) -> tuple[Path, str]:
    (tmp_path / "fields.json").write_text(json.dumps(FIELDS), "utf-8")
    (tmp_path / "方案.pdf").write_bytes(b"%PDF")
    out = tmp_path / "bid.sealed"
    words = ("--call", CALL, "--bidder", BIDDER, "--fields", tmp_path / "fields.json", "-o", out)
    result = run("seal", *words, tmp_path / "方案.pdf")
    assert result.exit_code == 0, result.output
    code = next(line for line in result.output.splitlines() if line.startswith("钥匙码")).split()[-1]
    digits = hashlib.sha256(out.read_bytes()).hexdigest()
    assert digits in result.output.replace(" ", "")
    return out, code


def test_what_the_tool_seals_it_opens(sealed: tuple[Path, str], tmp_path: Path) -> None:
    blob, code = sealed
    assert inspect(blob.read_bytes(), call=CALL, bidder=BIDDER).steps == 1
    result = run("open", "-o", tmp_path / "out", blob, input=code.lower() + "\n")
    assert result.exit_code == 0, result.output
    assert json.loads((tmp_path / "out" / "填报内容.json").read_text("utf-8")) == FIELDS
    assert (tmp_path / "out" / "01-方案.pdf").read_bytes() == b"%PDF"
    assert (tmp_path / "out" / "01-方案.pdf").stat().st_mode & 0o077 == 0


def test_the_sheet_of_the_browser_serves_as_a_key_file(sealed: tuple[Path, str], tmp_path: Path) -> None:
    blob, code = sealed
    sheet = tmp_path / "投标钥匙.txt"
    sheet.write_text(f"\ufeff投标钥匙\r\n\r\n比选：甲\r\n钥匙码：{code}\r\n密封文件 SHA-256：00\r\n", "utf-8")
    result = run("open", "--key-file", sheet, "-o", tmp_path / "out", blob)
    assert result.exit_code == 0, result.output


def test_each_trouble_is_a_sentence(sealed: tuple[Path, str], tmp_path: Path) -> None:
    blob, code = sealed
    other = SealKey.new().code
    opening = ("open", "-o", tmp_path / "out")
    for words, typed, said in (
        ((*opening, blob), other, "钥匙不对"),
        ((*opening, blob), code[:-1], "还少 1 位"),
        ((*opening, "--call", "BX-1", blob), code, "不是本次比选的投标文件"),
        ((*opening, tmp_path / "方案.pdf"), code, "不是密封的投标文件"),
        (("open", "-o", tmp_path, blob), code, "已经存在"),
    ):
        result = run(*words, input=typed + "\n")
        assert result.exit_code == 1 and said in result.output
    sealing = ("seal", "--bidder", BIDDER, "--fields")
    (tmp_path / "wrong.json").write_text("[1]", "utf-8")
    (tmp_path / "half.json").write_text('{"price_fen": 1.5}', "utf-8")
    for words, said in (
        ((*sealing, tmp_path / "fields.json", "--call", CALL, "-o", blob), "已经存在"),
        ((*sealing, tmp_path / "fields.json", "--call", "编号", "-o", tmp_path / "x"), "编号"),
        ((*sealing, tmp_path / "方案.pdf", "--call", CALL, "-o", tmp_path / "x"), "JSON"),
        ((*sealing, tmp_path / "wrong.json", "--call", CALL, "-o", tmp_path / "x"), "名称"),
        ((*sealing, tmp_path / "half.json", "--call", CALL, "-o", tmp_path / "x"), "分"),
    ):
        result = run(*words)
        assert result.exit_code == 1 and said in result.output
        assert "Traceback" not in result.output


def test_digests_are_shown_for_the_envelope(tmp_path: Path) -> None:
    (tmp_path / "abc").write_bytes(b"abc")
    output = run("digest", tmp_path / "abc").output.replace(" ", "")
    assert "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" in output
    assert "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0" in output


def test_the_published_hash_is_that_of_the_script_served() -> None:
    script = Path(__file__).parents[2] / "sanshe/purchase/static/purchase/seal.js"
    output = run("script-hash").output.replace(" ", "")
    assert hashlib.sha256(script.read_bytes()).hexdigest() in output
