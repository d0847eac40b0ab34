"""Other systems and programs: who may open what, signed messages, sheets, answers back, tokens, steps."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from sanshe.exchange import actions
from sanshe.exchange.actions.answering import NotDelivered, send_answer
from sanshe.exchange.models import Answer, Call, Source, Token
from sanshe.exchange.signing import NotProven, check
from sanshe.exchange.words import AnswerState
from sanshe.kernel import audit, clock, floods, params
from sanshe.kernel.errors import Invalid, NotAllowed, NotVisible
from sanshe.matters.actions import accept, finish
from sanshe.matters.models import Matter
from tests.exchange_cast import knock, source, their_system, token
from tests.matters_cast import assigned, handled, make_cast, report

RESULT = "已更换三盏路灯，今晚恢复照明。"
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def w(now):
    with clock.frozen(now):
        yield make_cast()


def browser(w, who: str) -> Client:
    client = Client()
    if who != "public":
        client.force_login(w.users[who], backend=BACKEND)
    return client


PEOPLE = ("public", "resident", "desk", "desk_far", "street", "handler", "system_admin", "auditor")
PAGES = {
    "/exchange/": (302, 404, 200, 200, 200, 404, 200, 404),
    "/exchange/new/": (302, 404, 404, 404, 404, 404, 200, 404),
    "/exchange/s/mass-4/": (302, 404, 200, 404, 200, 404, 200, 404),
    "/exchange/s/mass-4/take/": (302, 404, 200, 404, 200, 404, 404, 404),
    "/exchange/s/nothing/": (302, 404, 404, 404, 404, 404, 404, 404),
    "/exchange/connect/": (200,) * 8,
    "/exchange/tokens/": (302, *(200,) * 7),
    "/api/docs": (200,) * 8,
    "/exchange/s/mass-4/rules/": (302, 404, 404, 404, 200, 404, 404, 404),
    "/exchange/s/mass-4/states/": (302, 404, 200, 404, 200, 404, 404, 404),
    # of nothing: for whom there is something, see test_forwarding
    "/exchange/matter/0/": (302, *(404,) * 7),
    "/exchange/f/0/": (302, *(404,) * 7),
    "/exchange/m/0/": (302, *(404,) * 7),
    "/exchange/m/0/settle/": (404,) * 8,
    # by POST only
    "/exchange/s/mass-4/handed/": (405,) * 8,
    "/exchange/rules/0/end/": (405,) * 8,
    "/exchange/f/0/recall/": (405,) * 8,
    "/api/in/mass-4/states/": (405,) * 8,
    "/exchange/s/mass-4/key/": (405,) * 8,
    "/exchange/s/mass-4/stop/": (405,) * 8,
    "/exchange/s/mass-4/resume/": (405,) * 8,
    "/exchange/s/mass-4/retry/": (405,) * 8,
    "/exchange/s/mass-4/answers/": (405,) * 8,
    "/api/in/mass-4/": (405,) * 8,
}


@pytest.mark.parametrize("path", PAGES)
def test_who_opens_what(w, now, path):
    source(w, now)
    found = tuple(browser(w, who).get(path).status_code for who in PEOPLE)
    assert found == PAGES[path]


def test_who_may_do_what(w, now):
    made, _ = source(w, now)
    for who in ("desk", "street", "auditor", "resident"):
        for action in (actions.new_key, actions.stop_source, actions.retry_answers):
            with pytest.raises((NotVisible, NotAllowed)):
                action(code=made.code, by=w.viewer(who), now=now)
        with pytest.raises(NotAllowed):
            actions.make_source(name="别的系统", code="other", kind="chat", area_id=1, by=w.viewer(who), now=now)
    for who in ("system_admin", "desk_far", "handler"):
        with pytest.raises((NotVisible, NotAllowed)):
            actions.export_answers(code=made.code, by=w.viewer(who), now=now)


# -- messages ----------------------------------------------------------------------------------------------------------


def test_a_signed_message_is_a_matter_and_the_same_number_is_the_same_matter(w, now):
    made, key = source(w, now)
    message = {
        "key": "QG-1",
        "text": "木棉社区的路灯坏了",
        "place": "木棉社区",
        "name": "王女士",
        "phone": "139 0000 0001",
    }
    first = knock(made.code, key, message)
    assert first.status_code == 201, first.json()
    again = knock(made.code, key, {**message, "text": "改了说法"}, kind="sha256")
    assert (again.status_code, again.json()["number"]) == (200, first.json()["number"])
    matter = Matter.objects.get()
    assert (matter.channel, matter.source, matter.source_key) == ("mass", "群工系统", "QG-1")
    assert (matter.area, matter.state, matter.contact_phone) == (w.areas["far"], "received", "13900000001")
    assert matter.due_at and matter.promised_at and matter.reporter is None
    assert audit.history(matter).filter(event="arrived").get().told() == "由「群工系统」转来"
    assert knock(made.code, key, {"key": "QG-2", "text": "不知道在哪里", "area": "999999999999"}).status_code == 201
    assert Matter.objects.get(source_key="QG-2").area == w.areas["home"]
    assert list(Call.objects.order_by("pk").values_list("status", flat=True)) == [201, 200, 201]


def test_what_is_not_proven_or_not_right_is_said(w, now):
    made, key = source(w, now)
    message = {"key": "1", "text": "路灯坏了"}
    tried = [
        (knock(made.code, "wrong", message), 401, "签名不对"),
        (knock("nobody", key, message), 401, "接入代号"),
        (knock(made.code, key, message, at=now - timedelta(minutes=6)), 401, "校准时钟"),
        (knock(made.code, key, message, HTTP_X_SANSHE_TIME="soon"), 401, "X-Sanshe-Time"),
        (knock(made.code, key, message, HTTP_X_SANSHE_SIGN="md5=1"), 401, "sm3"),
        (knock(made.code, key, b"\xff"), 422, "JSON"),
        (knock(made.code, key, '{"key": "1", "text": "路灯"}'.encode("gb18030")), 422, "GB18030"),
        (knock(made.code, key, b'{"key": "1",'), 422, "第 1 行"),
        (knock(made.code, key, b'{"key": "1", "text": "' + b"x" * 13_000_000 + b'"}'), 413, "消息太大"),
        (knock(made.code, key, b"[" * 20_000), 422, "JSON"),
        (knock(made.code, key, [1]), 422, "JSON 对象"),
        (knock(made.code, key, {"text": "没有编号"}), 422, "来源编号"),
        (knock(made.code, key, {"key": "1", "text": {"a": 1}}), 422, "内容应是文字"),
        (knock(made.code, key, {"key": "1", "txt": "x"}), 422, "没有这一项"),
        (knock(made.code, key, {"key": "1", "text": "长" * 50_000}), 422, "最多 5000 个字"),
        (knock(made.code, key, {"key": "1", "text": "x", "photos": ["不是"]}), 422, "base64"),
    ]
    for answer, status, said in tried:
        assert answer.status_code == status and said in answer.json()["error"]["sentence"], answer.json()
    actions.stop_source(code=made.code, by=w.system_admin, now=now)
    assert knock(made.code, key, message).status_code == 403
    assert not Matter.objects.exists()
    assert Call.objects.filter(status__gte=400).count() == 11, "who did not prove to be the system fills nobody's page"


def test_one_chat_member_who_sends_the_same_500_times_is_one_matter(w, now):
    made, key = source(w, now, "chat", "业主群")
    for n in range(12):
        assert knock(made.code, key, {"key": f"m{n}", "text": "电梯又停了！", "sender": "wx-1"}).status_code in (
            200,
            201,
        )
    assert knock(made.code, key, {"key": "m99", "text": "电梯又停了！", "sender": "wx-2"}).status_code == 201
    assert Matter.objects.count() == 2, "another who writes the same has a matter of their own"


def test_too_many_in_a_minute_are_told_to_wait_and_none_is_lost(w, now):
    made, key = source(w, now, "chat", "业主群")
    most = params.get("intake.token_minutely").value
    first = knock(made.code, key, {"key": "m0", "text": "电梯又停了！", "sender": "wx-1"})
    floods.Flood.objects.filter(kind="calls").update(count=most)
    late = knock(made.code, key, {"key": "m1", "text": "另一件事"})
    assert (late.status_code, late["Retry-After"]) == (429, "60") and "稍后再试" in late.json()["error"]["sentence"]
    with clock.frozen(now + timedelta(minutes=2)):
        at = clock.now()
        assert knock(made.code, key, {"key": "m1", "text": "另一件事"}, at=at).status_code == 201
        # Caught and sent again as it was: too old by then, and within the minutes only the same matter.
        replayed = knock(made.code, key, {"key": "m0", "text": "电梯又停了！", "sender": "wx-1"}, at=now)
        assert replayed.status_code == 200 and replayed.json()["number"] == first.json()["number"]
        assert replayed.json()["added"] is None
    assert Matter.objects.count() == 2


def test_the_key_is_kept_encrypted_and_a_new_one_ends_it(w, now):
    from django.db import connection

    made, key = source(w, now)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM exchange_source")
        assert key not in str(cursor.fetchall())
    _, other = actions.new_key(code=made.code, by=w.system_admin, now=now)
    assert knock(made.code, key, {"key": "1", "text": "路灯"}).status_code == 401
    assert knock(made.code, other, {"key": "1", "text": "路灯"}).status_code == 201


# -- sheets ------------------------------------------------------------------------------------------------------------


def test_a_sheet_with_half_the_columns_missing_takes_what_is_there(w, now):
    made, _ = source(w, now)
    text = "工单编号,诉求内容,小区,备注,答复\n" + (
        "A1,路灯不亮,木棉社区,x,已修好\nA2,电梯停了,,x,\n,没有编号的也收,银杏社区,x,\nA4,,,x,\nA1,重复的编号,,x,\n"
    )

    def upload():
        return SimpleUploadedFile("旧事项.csv", text.encode("gb18030"))

    report_, added = actions.take_sheet(code=made.code, upload=upload(), by=w.desk, now=now)
    assert (added, report_.still_open, report_.total) == (3, 2, 5)
    assert report_.bad == [(5, "内容是空的"), (6, "来源编号“A1”在表里出现过")]
    assert report_.ignored == ["备注"] and any("反映时间" in said for said in report_.assumed)
    done, waits = Matter.objects.get(source_key="A1"), Matter.objects.get(source_key="A2")
    assert (done.state, done.area, done.result, done.due_at) == ("done", w.areas["far"], "已修好", None)
    assert (waits.state, waits.area, waits.channel) == ("received", w.areas["home"], "mass")
    assert waits.due_at > now and waits.promised_at
    assert actions.take_sheet(code=made.code, upload=upload(), by=w.desk, now=now)[1] == 0
    page = browser(w, "desk").post(f"/exchange/s/{made.code}/take/", {"file": upload()}).content.decode()
    assert "导入了 0 件" in page and "内容是空的" in page and "按导入的时间记" in page
    for content, said in ((b"a,b\n1,2\n", "没有找到写着内容的那一列"), (b"", "空的"), ("内容\n".encode(), "没有内容")):
        with pytest.raises(Invalid) as wrong:
            actions.take_sheet(code=made.code, upload=SimpleUploadedFile("x.csv", content), by=w.desk, now=now)
        assert said in wrong.value.sentence


# -- answers back ------------------------------------------------------------------------------------------------------


def _worked(w, now, made, key):
    knock(made.code, key, {"key": "QG-1", "text": "路灯坏了"})
    matter = assigned(w, now, matter=Matter.objects.get())
    accept(matter_id=matter.pk, by=w.handler, now=now)
    return finish(matter_id=matter.pk, result=RESULT, by=w.handler, now=now)


def test_each_step_goes_back_signed_and_is_tried_until_it_arrives(w, now):
    with their_system([500, 302, 200]) as (address, got):
        made, key = source(w, now, answers_to=address)
        matter = _worked(w, now, made, key)
        answers = list(Answer.objects.order_by("pk"))
        assert [a.matter_state for a in answers] == ["assigned", "handling", "done"]
        for wanted in ("回答 500", "回答 302"):
            with pytest.raises(NotDelivered):
                send_answer(answers[2].pk, now)
            assert wanted in Answer.objects.get(pk=answers[2].pk).why
        assert send_answer(answers[2].pk, now) == AnswerState.SENT
        assert send_answer(answers[2].pk, now) is None, "what arrived is not sent again"
        headers, body = got[-1]
        check(key, headers["X-Sanshe-Time"], headers["X-Sanshe-Sign"], body, now)
        with pytest.raises(NotProven):
            check(key, headers["X-Sanshe-Time"], headers["X-Sanshe-Sign"], body + b" ", now)
        said = json.loads(body)
        assert (said["key"], said["number"], said["state"], said["result"]) == (
            "QG-1",
            matter.number,
            "done",
            RESULT,
        )


def test_what_never_arrives_is_shown_with_the_reason_and_can_be_sent_again(w, now):
    made, key = source(w, now, answers_to="http://127.0.0.1:9/")
    _worked(w, now, made, key)
    answer = Answer.objects.order_by("pk").last()
    for _ in range(params.get("intake.answer_tries").value - 1):
        with pytest.raises(NotDelivered):
            send_answer(answer.pk, now)
    assert send_answer(answer.pk, now) == AnswerState.FAILED
    client = browser(w, "system_admin")
    page = client.get(f"/exchange/s/{made.code}/").content.decode()
    assert "1 条消息没有送到" in page and "连不上对方的地址" in page and RESULT not in page
    client.post(f"/exchange/s/{made.code}/retry/")
    answer.refresh_from_db()
    assert (answer.state, answer.tries) == (AnswerState.WAITING, 0)


def test_a_system_without_an_address_gets_a_sheet_once(w, now):
    made, key = source(w, now)
    matter = _worked(w, now, made, key)
    sheet = browser(w, "desk").post(f"/exchange/s/{made.code}/answers/")
    rows = list(csv.reader(io.StringIO(sheet.content.decode("utf-8-sig"))))
    assert len(rows) == 2 and rows[1][:4] == ["QG-1", matter.number, "已办结", RESULT]
    assert browser(w, "desk").post(f"/exchange/s/{made.code}/answers/").status_code == 302
    report(w, now)
    assert Answer.objects.exclude(state=AnswerState.EXPORTED).count() == 0, "our own matters go nowhere"


# -- tokens and steps --------------------------------------------------------------------------------------------------


def test_a_token_is_shown_once_reads_as_its_owner_and_ends(w, now):
    matter = report(w, now)
    client = browser(w, "desk")
    client.post("/exchange/tokens/", {"name": "汇总程序", "scope": "read", "days": 30})
    page = client.get("/exchange/tokens/").content.decode()
    secret = page.partition('data-copy="')[2].partition('"')[0]
    assert secret.startswith("ss_") and secret not in client.get("/exchange/tokens/").content.decode()
    head = {"HTTP_AUTHORIZATION": f"Bearer {secret}"}
    assert Client().get("/api/v1/work/matters", **head).json()["items"][0]["number"] == matter.number
    body = {"fields": {"reason": "x"}}
    answer = Client().post(
        f"/api/v1/matters/{matter.number}/steps/decline", body, content_type="application/json", **head
    )
    assert answer.status_code == 403 and "只能读取" in answer.json()["error"]["sentence"]
    made = Token.objects.get()
    assert made.digest != secret and secret not in str(made.__dict__) and made.last_at == now
    assert browser(w, "desk2").post(f"/exchange/tokens/{made.pk}/revoke/").status_code == 404
    client.post(f"/exchange/tokens/{made.pk}/revoke/")
    for ended in (head, {"HTTP_AUTHORIZATION": "Bearer nonsense"}, {"HTTP_AUTHORIZATION": "Basic x"}):
        assert Client().get("/api/v1/matters", **ended).status_code == 401
    short = token(w, now, "desk")
    with clock.frozen(now + timedelta(days=31)):
        assert Client().get("/api/v1/matters", **short).status_code == 401
    w.users["desk"].is_active = False
    w.users["desk"].save()
    assert Client().get("/api/v1/matters", **short).status_code == 401


def steps(number: str, head) -> dict:
    found = Client().get(f"/api/v1/matters/{number}/steps", **head).json()
    return {step["name"]: step for step in found["steps"]}


def act(number: str, step: str, head, key: str = "", **fields):
    more = {"HTTP_IDEMPOTENCY_KEY": key} if key else {}
    return Client().post(
        f"/api/v1/matters/{number}/steps/{step}", {"fields": fields}, content_type="application/json", **head, **more
    )


def test_a_matter_from_filing_to_rating_by_program(w, now):
    resident, desk, handler = (token(w, now, who) for who in ("resident", "desk", "handler"))
    body = {"text": "小区门口的路灯不亮。", "area": w.areas["home"].code}
    filed = Client().post("/api/v1/matters", body, content_type="application/json", **resident).json()
    assert (filed["state"]["label"], filed["again"]) == ("待分流", False)
    again = Client().post("/api/v1/matters", body, content_type="application/json", **resident).json()
    assert (again["number"], again["again"], again["count"]) == (filed["number"], True, 2)
    number = filed["number"]
    fields = {f["name"]: f for f in steps(number, desk)["triage_government"]["fields"]}
    assert fields["reason"]["required"] and fields["host_unit"]["choices"]
    unit, lamp = w.bodies["unit"].pk, w.criteria["lamp"].pk
    assert (
        act(number, "triage_government", desk, criterion=lamp, reason="市政设施。", host_unit=unit).status_code == 200
    )
    assert act(number, "accept", handler).json()["state"]["code"] == "handling"
    assert act(number, "ask_resident", handler, question="哪一盏？").status_code == 200
    assert act(number, "answer_resident", resident, note="门口左边").status_code == 200
    assert act(number, "finish", handler, result=RESULT).json()["state"]["label"] == "已办结"
    assert act(number, "rate", resident, grade=5).status_code == 200
    matter = Matter.objects.get()
    assert matter.rated_at and audit.history(matter).filter(event="step:finish").get().actor == w.users["handler"].pk


def test_the_refusals_of_a_step(w, now):
    desk, far, handler = (token(w, now, who) for who in ("desk", "desk_far", "handler"))
    number = handled(w, now).number
    wrong = [
        (act(number, "finish", handler), 422, "请填写办理结果"),
        (act(number, "finish", handler, result=RESULT, nonsense="x"), 422, "没有这个填写项"),
        (act(number, "finish", handler, result={"a": 1}), 422, ""),
        (act(number, "finish", desk, result=RESULT), 403, "不由您办理"),
        (act(number, "finish", far, result=RESULT), 404, "没有找到"),
        (act(number, "accept", handler), 409, "现在是「办理中」"),
        (act(number, "retriage", handler), 403, "不由您办理"),
        (act(number, "no_such_step", handler), 404, ""),
        (act("20260610-000000-0", "finish", handler), 404, ""),
        (act(number, "finish", {}, result=RESULT), 401, "请先登录"),
    ]
    for answer, status, said in wrong:
        assert answer.status_code == status and said in answer.json()["error"]["sentence"], answer.json()
    assert wrong[0][0].json()["error"]["fields"]["result"] == "请填写办理结果。"
    # A session acts as well, with its CSRF token; without it, nothing happens.
    client = Client(enforce_csrf_checks=True)
    client.force_login(w.users["handler"], backend=BACKEND)
    url = f"/api/v1/matters/{number}/steps/finish"
    body = {"fields": {"result": RESULT}}
    assert client.post(url, body, content_type="application/json").status_code == 403
    client.get("/exchange/tokens/")
    csrf = {"HTTP_X_CSRFTOKEN": client.cookies["csrftoken"].value}
    assert client.post(url, body, content_type="application/json", **csrf).status_code == 200


def test_the_parts_of_a_matter_by_the_program_of_a_unit(w, now):
    from sanshe.matters.actions import ask_assist, extend

    handler, helper, lead = (token(w, now, who) for who in ("handler", "assistant", "lead"))
    matter = handled(w, now)
    number = matter.number
    ask_assist(matter_id=matter.pk, unit=w.bodies["helper_unit"].pk, part="请查产权。", by=w.handler, now=now)
    extend(matter_id=matter.pk, days=2, reason="等备件。", by=w.handler, now=now)
    waiting = Client().get("/api/v1/work/parts", **helper).json()["items"]
    assert [(p["kind"], p["number"], p["asked"]) for p in waiting] == [("assist", number, "请查产权。")]
    mine = Client().get(f"/api/v1/matters/{number}/parts", **helper).json()["parts"]
    assert mine[0]["steps"][0]["name"] == "answer" and mine[0]["steps"][0]["fields"][0]["name"] == "answer"

    def part(kind, pk, step, head, match="", **fields):
        more = {"HTTP_IF_MATCH": match} if match else {}
        url = f"/api/v1/matters/{number}/parts/{kind}/{pk}/steps/{step}"
        return Client().post(url, {"fields": fields}, content_type="application/json", **head, **more)

    pk = waiting[0]["id"]
    assert part("assist", pk, "answer", helper).json()["error"]["fields"] == {"answer": "请填写答复。"}
    assert part("assist", pk, "answer", handler, answer="替它答").status_code == 403
    assert part("assist", pk, "answer", token(w, now, "handler_far"), answer="x").status_code == 404
    assert part("assist", pk, "lapse", helper).status_code == 403
    assert part("nothing", pk, "answer", helper).status_code == 404
    assert part("assist", pk, "answer", helper, match='"999"', answer="线路归市政。").status_code == 409
    answered = part("assist", pk, "answer", helper, match=f'"{waiting[0]["version"]}"', answer="线路归市政。")
    assert answered.status_code == 200 and answered.json()["state"]["code"] == "answered", answered.json()
    assert part("assist", pk, "answer", helper, answer="再答").status_code == 409
    asked = Client().get("/api/v1/work/parts", **lead).json()["items"]
    assert [(p["kind"], p["asked"]) for p in asked] == [("extension", "延长 2 个工作日：等备件。")]
    assert part("extension", asked[0]["id"], "grant", lead, answer="").json()["state"]["label"] == "已同意延期"
    old = Client().get(f"/api/v1/matters/{number}/steps", **handler).json()["version"]
    assert act(number, "ask_resident", handler, question="哪一盏？").status_code == 200
    url = f"/api/v1/matters/{number}/steps/resume"
    body = {"fields": {"reason": "不等了"}}
    late = Client().post(url, body, content_type="application/json", **handler, HTTP_IF_MATCH=old)
    assert late.status_code == 409 and "请重新读取" in late.json()["error"]["sentence"]


def test_the_same_key_has_one_effect(w, now):
    handler = token(w, now, "handler")
    number = assigned(w, now).number
    first = act(number, "accept", handler, key="k" * 20)
    assert first.status_code == 200 and act(number, "accept", handler, key="k" * 20).json() == first.json()
    assert act(number, "accept", handler, key="l" * 20).status_code == 409
    assert "另一次请求" in act(number, "finish", handler, key="k" * 20, result=RESULT).json()["error"]["sentence"]
    assert act(number, "finish", handler, key="short", result=RESULT).status_code == 422
    assert act(number, "finish", handler, key="m" * 20).status_code == 422
    assert act(number, "finish", handler, key="m" * 20, result=RESULT).status_code == 200, "a failure gives it back"


def test_too_many_calls_are_refused(w, now):
    head = token(w, now, "resident", "read")
    most = params.get("intake.token_minutely").value
    key = floods.key_of("calls", f"token:{Token.objects.get().pk}")
    floods.count(key, "calls", now, timedelta(minutes=1))
    floods.Flood.objects.filter(key=key).update(count=most)
    assert Client().get("/api/v1/matters", **head).status_code == 429
    assert Source.objects.count() == 0
