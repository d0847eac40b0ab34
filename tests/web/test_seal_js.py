"""The sealing form in a real browser: Python opens what it seals, and the key never leaves it."""

from __future__ import annotations

import hashlib
import os
import re
import threading
from collections.abc import Iterator
from email.parser import BytesParser
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.template import Context, Engine
from playwright.sync_api import Page, expect, sync_playwright

from sanshe.purchase.sealing import BidFile, KeyCodeError, SealKey, open_sealed, seal
from tests.chromium import program

ROOT = Path(__file__).resolve().parents[2]
PURCHASE = ROOT / "sanshe" / "purchase"
CALL, BIDDER = "BX-2021-0007", "5001120000000017"
LIBRARIES = {"sanshe": "sanshe.web.templatetags.sanshe", "static": "django.templatetags.static"}
CSP = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:"
STATIC = {
    "/static/purchase/seal.js": (PURCHASE / "static/purchase/seal.js", "text/javascript"),
    "/static/purchase/seal.css": (PURCHASE / "static/purchase/seal.css", "text/css"),
    "/static/lib/lean-qr.mjs": (ROOT / "node_modules/lean-qr/index.mjs", "text/javascript"),
}
PAGE = """<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>投标</title>
<link rel="icon" href="data:,"><link rel="stylesheet" href="/static/purchase/seal.css">
<script type="module" src="/static/purchase/seal.js"></script></head><body>
{% include "purchase/_seal_form.html" %}{% include "purchase/_seal_promise.html" %}
<form action="/open" method="post">{% include "purchase/_key_field.html" %}<button>交钥匙</button></form>
</body></html>"""


class Desk:
    """What the tiny server was sent, and how it shall answer the next upload."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, bytes]] = []
        self.parts: dict[str, bytes] = {}
        self.answer = "receipt"
        self.html = ""


def form_parts(kind: str, body: bytes) -> dict[str, bytes]:
    message = BytesParser(policy=HTTP).parsebytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + body)
    return {
        str(part.get_param("name", header="content-disposition")): part.get_payload(decode=True)
        for part in message.iter_parts()
    }


@pytest.fixture(scope="module")
def desk() -> Iterator[tuple[Desk, str]]:
    kept = Desk()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *args: Any) -> None:
            pass

        def say(self, body: bytes, kind: str, status: int = 200) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Security-Policy", CSP)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:
            kept.requests.append((f"{self.path} {self.headers}", b""))
            if self.path in STATIC:
                path, kind = STATIC[self.path]
                self.say(path.read_bytes(), kind)
            elif self.path == "/receipt":
                digest = hashlib.sha256(kept.parts["sealed"]).hexdigest()
                self.say(f"<code data-seal-receipt>{digest}</code>".encode(), "text/html; charset=utf-8")
            else:
                self.say(kept.html.encode(), "text/html; charset=utf-8")

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            kept.requests.append((f"{self.path} {self.headers}", body))
            kept.parts = form_parts(self.headers["Content-Type"], body)
            if kept.answer == "receipt":
                self.send_response(302)
                self.send_header("Location", "/receipt")
                self.end_headers()
            elif kept.answer == "sign-in":
                self.say("<h1>请登录</h1>".encode(), "text/html; charset=utf-8")
            else:
                said = f'<ul class="error-list"><li>{kept.answer}</li></ul>'
                self.say(said.encode(), "text/html; charset=utf-8", 422)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield kept, f"http://localhost:{server.server_port}/bid"
    server.shutdown()
    thread.join()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    # Playwright's loop runs in this thread; the tests here never touch the database, only its fixture does
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=program(), args=["--host-resolver-rules=MAP lan-host.test 127.0.0.1"]
        )
        yield chromium
        chromium.close()


@pytest.fixture(params=["script"])
def page(request: pytest.FixtureRequest, desk: tuple[Desk, str], browser: Any) -> Iterator[Page]:
    kept, url = desk
    kept.requests.clear()
    kept.parts, kept.answer = {}, "receipt"
    engine = Engine(dirs=[PURCHASE / "templates"], libraries=LIBRARIES)
    names = {
        "seal_url": "/upload",
        "call_number": CALL,
        "call_title": "长者助餐服务比选",
        "bidder_number": BIDDER,
        "bidder_name": "示例社工中心",
        "max_bytes": 6 * 1024 * 1024,
        "csrf_token": "csrf-value",
    }
    kept.html = engine.from_string(PAGE).render(Context(names))
    context = browser.new_context(java_script_enabled=request.param == "script", accept_downloads=True)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    opened = context.new_page()
    troubles: list[str] = []
    opened.on("console", lambda said: troubles.append(said.text) if said.type == "error" else None)
    opened.on("pageerror", lambda error: troubles.append(str(error)))
    opened.goto(url)
    yield opened
    context.close()
    assert [t for t in troubles if "422" not in t and "ERR_" not in t] == []


def fill(page: Page, files: list[Path] | None = None, price: str = "125,000.50") -> str:
    """Fills the form, seals, and returns the key code that is shown."""
    page.get_by_label("报价").fill(price)
    page.get_by_label("服务方案要点").fill("每周三场\n长者午餐与探访 “引号” \\ \u2028 😀")
    page.locator("#bid-files").set_input_files(files or [])
    page.get_by_role("button", name="在本机密封").click()
    expect(page.locator("[data-seal-status]")).to_contain_text("已在本机密封")
    return page.locator("[data-seal-code]").inner_text()


def sheet(folder: Path, name: str, data: bytes) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(data)
    return folder / name


def test_the_browser_seals_python_opens_and_the_key_stays_here(
    page: Page, desk: tuple[Desk, str], tmp_path: Path
) -> None:
    kept, _ = desk
    data = os.urandom(5 * 1024 * 1024)
    code = fill(page, [sheet(tmp_path / "a", "服务方案.pdf", data), sheet(tmp_path / "b", "服务方案.pdf", b"second")])
    expect(page.get_by_role("button", name="提交密封投标")).to_be_disabled()
    page.get_by_label("最后一组").fill("0000")
    expect(page.locator("[data-seal-error]")).to_contain_text("不对")
    expect(page.get_by_role("button", name="提交密封投标")).to_be_disabled()
    page.get_by_label("最后一组").fill(code[-4:].lower())
    shown = page.locator("[data-seal-digest]").inner_text().replace(" ", "")
    page.get_by_role("button", name="提交密封投标").click()
    page.wait_for_url("**/receipt")

    assert set(kept.parts) == {"csrfmiddlewaretoken", "form_key", "sealed", "sealed_sha256"}
    blob = kept.parts["sealed"]
    assert kept.parts["sealed_sha256"].decode() == shown == hashlib.sha256(blob).hexdigest()
    bid = open_sealed(blob, call=CALL, bidder=BIDDER, key=SealKey.from_code(code))
    assert bid.price_fen == 12_500_050
    assert bid.fields["plan"] == "每周三场\n长者午餐与探访 “引号” \\ \u2028 😀"
    assert [(file.name, file.data) for file in bid.files] == [
        ("服务方案.pdf", data),
        ("服务方案(2).pdf", b"second"),
    ]

    secret = SealKey.from_code(code).secret
    plain = code.replace("-", "")
    for line, body in kept.requests:  # every request that left the browser, upload and all
        for trace in (code, plain, code[:9], secret.hex()):
            assert trace not in line and trace.encode() not in body
        assert secret not in body and "每周三场".encode() not in body and b"12500050" not in body


def test_both_sides_write_the_same_bytes(page: Page) -> None:
    """Same content, key and salt, same bytes: the format is one, not two that happen to agree."""
    key, salt = bytes(range(16)), bytes(range(32))
    fields = {
        "price_fen": 0,
        "plan": 'a\t"b"\n\x7f\u2028é\ufeff',
        "z_list": [1, None, True, {"b": "x", "a": -5}],
    }
    for length in (0, 1, 65_000, 70_000):
        files = [BidFile("甲.pdf", bytes(length)), BidFile("b c.xlsx", b"x")]
        ours = seal(fields, files, call=CALL, bidder=BIDDER, key=SealKey(key), salt=salt)
        theirs = page.evaluate(
            """async ({fields, length, call, bidder, key, salt}) => {
                const {seal} = await import('/static/purchase/seal.js');
                const files = [{name: '甲.pdf', data: new Uint8Array(length)},
                               {name: 'b c.xlsx', data: new TextEncoder().encode('x')}];
                const bytes = await seal({fields, files, call, bidder, key: new Uint8Array(key),
                                              salt: new Uint8Array(salt)});
                return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
            }""",
            {
                "fields": fields,
                "length": length,
                "call": CALL,
                "bidder": BIDDER,
                "key": [*key],
                "salt": [*salt],
            },
        )
        assert bytes.fromhex(theirs) == ours


def test_both_sides_read_and_refuse_the_same_codes(page: Page) -> None:
    codes = [SealKey(bytes([n]) * 16).code for n in (0, 1, 127, 255)]
    texts = [
        "",
        "0000",
        "0" * 29,
        "0000-00*0",
        codes[1].lower().replace("-", " "),
        codes[2].replace("0", "O"),
    ]
    for code in codes:
        texts += [code, code[:5] + ("7" if code[5] != "7" else "8") + code[6:], code[1] + code[0] + code[2:]]
        texts += ["9" + code[1:7] + "A" + code[8:], code[:-1] + "Z" * 2]
    said = page.evaluate(
        """async (texts) => { const {readCode, codeOf} = await import('/static/purchase/seal.js');
            return [texts.map(readCode),
                    [0, 1, 127, 255].map((n) => codeOf(new Uint8Array(16).fill(n)))]; }""",
        texts,
    )
    assert said[1] == codes
    for text, theirs in zip(texts, said[0], strict=True):
        try:
            assert theirs == {"code": SealKey.from_code(text).code}
        except KeyCodeError as error:
            assert theirs == {"sentence": str(error)}


def test_odd_file_names_come_out_as_names_that_open(page: Page) -> None:
    names = [
        "../../x",
        ".hidden",
        " ",
        "a\u202efdp.exe",
        "长" * 200 + ".pdf",
        "a\tb.pdf",
        "C:\\x.pdf",
        "\ud83d.pdf",
        "x. y",
    ]
    mended = page.evaluate(
        """async (names) => {
            const {fileName} = await import('/static/purchase/seal.js'), taken = new Set();
            return [...names, ...names].map((name) => fileName(name, taken)); }""",
        names,
    )
    files = [BidFile(name, b"") for name in mended]
    key = SealKey.new()
    blob = seal({}, files, call=CALL, bidder=BIDDER, key=key)
    assert open_sealed(blob, call=CALL, bidder=BIDDER, key=key).files == tuple(files)


def test_the_qr_code_is_the_code(page: Page) -> None:
    """Compared with another encoder's: one of the eight masks of the same symbol must be the same picture."""
    import segno

    code = fill(page)
    path = page.locator("[data-seal-qr] path").get_attribute("d") or ""
    drawn = {(int(x) - 4, int(y) - 4) for x, y in re.findall(r"M(\d+) (\d+)h1v1h-1z", path)}
    side = int((page.locator("[data-seal-qr] svg").get_attribute("viewBox") or "").split()[2]) - 8
    symbols = [
        segno.make(code, version=(side - 17) // 4, error=error, mask=mask, boost_error=False, micro=False)
        for error in "LMQH"
        for mask in range(8)
        if segno.make(code, error=error, boost_error=False, micro=False).version <= (side - 17) // 4
    ]
    pictures = [{(x, y) for y, row in enumerate(qr.matrix) for x, dark in enumerate(row) if dark} for qr in symbols]
    assert drawn in pictures


def test_the_key_can_be_kept(page: Page) -> None:
    code = fill(page)
    page.get_by_role("button", name="复制钥匙码").click()
    expect(page.locator("[data-seal-status]")).to_contain_text("已复制")
    assert page.evaluate("navigator.clipboard.readText()") == code
    with page.expect_download() as download:
        page.get_by_role("button", name="下载钥匙").click()
    text = Path(download.value.path()).read_text("utf-8-sig")
    assert download.value.suggested_filename == f"投标钥匙-{CALL}.txt"
    assert code in text and "长者助餐服务比选" in text
    with page.expect_download() as download:
        page.get_by_role("button", name="下载密封文件").click()
    blob = Path(download.value.path()).read_bytes()
    assert open_sealed(blob, call=CALL, bidder=BIDDER, key=SealKey.from_code(code)).price_fen == 12_500_050
    page.evaluate("window.print = () => { window.printed = document.documentElement.className; }")
    page.get_by_role("button", name="打印钥匙").click()
    assert page.evaluate("window.printed") == "seal-printing"
    page.evaluate("document.documentElement.classList.add('seal-printing')")
    page.emulate_media(media="print")
    seen = "(name) => getComputedStyle(document.querySelector(name)).visibility"
    assert [page.evaluate(seen, name) for name in (".seal-code", ".seal-promise")] == ["visible", "hidden"]


def test_changes_need_a_new_seal_and_keep_the_key(page: Page, desk: tuple[Desk, str]) -> None:
    code = fill(page)
    page.get_by_label("最后一组").fill(code[-4:])
    expect(page.get_by_role("button", name="提交密封投标")).to_be_enabled()
    page.get_by_label("报价").fill("99")
    expect(page.get_by_role("button", name="提交密封投标")).to_be_disabled()
    page.get_by_role("button", name="在本机密封").click()
    expect(page.get_by_role("button", name="提交密封投标")).to_be_enabled()
    assert page.locator("[data-seal-code]").inner_text() == code
    page.get_by_role("button", name="提交密封投标").click()
    page.wait_for_url("**/receipt")
    bid = open_sealed(desk[0].parts["sealed"], call=CALL, bidder=BIDDER, key=SealKey.from_code(code))
    assert bid.price_fen == 9900


def test_a_refused_upload_keeps_all_and_can_be_sent_again(page: Page, desk: tuple[Desk, str]) -> None:
    kept, _ = desk
    code = fill(page)
    page.get_by_label("最后一组").fill(code[-4:])
    for answer, said in (("截止时间已过。", "截止时间已过"), ("sign-in", "没有给出与本机一致的回执")):
        kept.answer = answer
        page.get_by_role("button", name="提交密封投标").click()
        expect(page.locator("[data-seal-error]")).to_contain_text(said)
        expect(page.get_by_label("报价")).to_have_value("125,000.50")
    page.context.set_offline(True)
    page.get_by_role("button", name="提交密封投标").click()
    expect(page.locator("[data-seal-error]")).to_contain_text("网络不通")
    page.context.set_offline(False)
    kept.answer = "receipt"
    page.get_by_role("button", name="提交密封投标").click()
    page.wait_for_url("**/receipt")
    assert open_sealed(kept.parts["sealed"], call=CALL, bidder=BIDDER, key=SealKey.from_code(code))


@pytest.mark.parametrize("price", ["abc", "-5", "1.234", "1e5"])
def test_a_price_that_is_none_is_told_at_the_field(page: Page, price: str) -> None:
    page.get_by_label("报价").fill(price)
    page.get_by_label("服务方案要点").fill("方案")
    page.get_by_role("button", name="在本机密封").click()
    expect(page.locator("[data-seal-error]")).to_contain_text("以元为单位")
    expect(page.locator("[data-seal-card]")).to_be_hidden()
    expect(page.get_by_label("报价")).to_be_focused()


def test_too_much_is_told_before_it_is_sealed(page: Page, tmp_path: Path) -> None:
    page.get_by_label("报价").fill("1")
    page.get_by_label("服务方案要点").fill("方案")
    page.locator("#bid-files").set_input_files(sheet(tmp_path, "大.pdf", bytes(7 * 1024 * 1024)))
    page.get_by_role("button", name="在本机密封").click()
    expect(page.locator("[data-seal-error]")).to_contain_text("超过上限 6 MB")


def test_a_mistyped_key_is_told_before_it_is_sent(page: Page, desk: tuple[Desk, str]) -> None:
    code = SealKey(bytes(range(16))).code
    wrong = code[:6] + ("7" if code[6] != "7" else "8") + code[7:]
    page.locator("#key-code").fill(wrong)
    page.get_by_role("button", name="交钥匙").click()
    expect(page.locator("#key-code-said")).to_contain_text("多半在第 2 组")
    assert not [line for line, _ in desk[0].requests if line.startswith("/open")]
    page.locator("#key-code").fill(code.lower().replace("-", " "))
    expect(page.locator("#key-code-said")).to_contain_text("书写正确")


@pytest.mark.parametrize("page", ["no script"], indirect=True)
def test_without_script_the_page_offers_the_envelope(page: Page) -> None:
    expect(page.get_by_role("heading", name="请用纸质信封投标")).to_be_visible()
    expect(page.locator("[data-seal-body]")).to_be_hidden()
    assert page.locator("[data-seal-body] [name]").count() == 0


def test_without_an_encrypted_address_the_page_says_why(page: Page, desk: tuple[Desk, str]) -> None:
    """Plain http on another host has no WebCrypto; the page says so at once, not at the last step."""
    page.goto(desk[1].replace("localhost", "lan-host.test"))
    expect(page.get_by_text("没有加密连接")).to_be_visible()
    expect(page.locator("[data-seal-why=script]")).to_be_hidden()
    expect(page.locator("[data-seal-body]")).to_be_hidden()
