"""Our matters at another system: handed over once, moved by what is said there; what does not fit is for a person."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from sanshe.exchange import actions
from sanshe.exchange.actions.answering import NotDelivered, send_answer, send_waiting
from sanshe.exchange.models import Answer, Call, Forward, Heard
from sanshe.exchange.words import AnswerKind, AnswerState, HeardState
from sanshe.kernel import audit, clock
from sanshe.kernel.errors import Invalid, NotAllowed, WrongState
from sanshe.kernel.flow import agenda
from sanshe.kernel.notices import Notice
from sanshe.matters.actions import accept, add_information, ask_assist, ask_resident, reopen, return_matter, withdraw
from sanshe.matters.models import Assist, Matter, MatterReturn
from tests.exchange_cast import knock, source, their_system
from tests.matters_cast import assigned, done, handled, make_cast, report

RESULT = "已更换三盏路灯，今晚恢复照明。"
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def w(now):
    with clock.frozen(now):
        yield make_cast()


def browser(w, who: str) -> Client:
    client = Client()
    client.force_login(w.users[who], backend=BACKEND)
    return client


def rule(w, now, made, **more):
    given = {"area_id": w.areas["street"].pk, "criterion": "D-1", "unit_id": w.bodies["unit"].pk, **more}
    return actions.make_rule(code=made.code, by=w.street, now=now, **given)


def there(w, now, **more):
    """A connected system with a rule, its key, and one of our matters handed to it."""
    made, key = source(w, now, forwards_to="http://127.0.0.1:9/", **more)
    rule(w, now, made)
    matter = assigned(w, now)
    return made, key, matter, Forward.objects.get()


def says(made, secret, **message):
    """What the system says of a matter, signed."""
    return knock(f"{made.code}/states", secret, message)


def test_by_rule_a_matter_goes_there_once_and_comes_back_answered(w, now):
    numbers = [b'{"number": "QG-77"}']
    with their_system([500, 200], numbers) as (address, got):
        made, key = source(w, now, forwards_to=address, answers_to=address)
        rule(w, now, made)
        other = assigned(w, now, criterion=w.criteria["complex"].pk, who="neighbour")
        matter = assigned(w, now)
        forward = Forward.objects.get()
        assert (forward.matter, forward.unit, forward.key) == (matter, w.bodies["unit"], matter.number)
        assert not Forward.objects.filter(matter=other).exists(), "another class stays"
        message = Answer.objects.get(forward=forward)
        with pytest.raises(NotDelivered):
            send_answer(message.pk, now)
        assert send_answer(message.pk, now) == AnswerState.SENT and send_answer(message.pk, now) is None
        assert [h["Idempotency-Key"] for h, _ in got] == [forward.key] * 2, "each try says that it is the same one"
        said = json.loads(got[0][1])
        assert (said["key"], said["class"], said["unit"]) == (matter.number, "道路照明", "甲街道平安办")
        assert said["text"] == matter.text and "name" not in said and "phone" not in said
    forward.refresh_from_db()
    assert forward.foreign == "QG-77" and forward.arrived_at
    assert says(made, key, key=forward.key, state="已受理").json()["outcome"] == "applied"
    assert says(made, key, foreign="QG-77", state="in_progress", text="已派维修队").json()["outcome"] == "noted"
    answer = says(made, key, number=matter.number, state="answered", text=RESULT).json()
    assert (answer["outcome"], answer["state"]) == ("applied", "done"), answer
    matter.refresh_from_db()
    assert (matter.state, matter.result, matter.handler) == ("done", RESULT, None)
    steps = audit.history(matter).filter(event__in=("step:accept", "heard", "step:finish")).order_by("id")
    assert [e.system for e in steps] == ["对方系统·群工系统"] * 3
    assert steps[1].note == "已派维修队" and "告知：正在办理" in steps[1].told()
    assert not Answer.objects.filter(forward=forward).exclude(kind=AnswerKind.HANDED).exists(), (
        "its own steps do not echo"
    )
    again = says(made, key, number=matter.number, state="answered", text=RESULT).json()
    assert again["again"] and Heard.objects.filter(their_state="answered").count() == 1


def test_what_does_not_fit_waits_for_a_person_and_never_goes_round_our_rules(w, now):
    made, key, matter, forward = there(w, now)
    assert says(made, key, key=forward.key, state="refused", text="不归我们管").json()["outcome"] == "held"
    matter.refresh_from_db()
    assert matter.state == "assigned"
    held = Heard.objects.get()
    assert "可以退回的情形" in held.why and held.text == "不归我们管"
    for who in ("handler", "desk"):
        assert any(t.obj == held for t in agenda(w.viewer(who)).items), who
        assert Notice.objects.filter(user=w.users[who], text__contains="要您处理").exists()
    page = browser(w, "handler").get(held.get_absolute_url()).content.decode()
    assert "不归我们管" in page and "记下处理情况" in page and "重新打开" not in page
    answer = browser(w, "handler").post(f"/exchange/m/{held.pk}/settle/", {"note": "已电话核对"})
    assert answer.status_code == 302
    held.refresh_from_db()
    assert (held.state, held.note) == (HeardState.SETTLED, "已电话核对")
    assert says(made, key, key=forward.key, state="returned", ground="other_unit", text="属于市政公司，依据管养协议。")
    matter.refresh_from_db()
    back = MatterReturn.objects.get()
    assert (matter.state, back.by, back.unit, back.ground) == ("received", None, w.bodies["unit"], "other_unit")
    forward.refresh_from_db()
    assert forward.ended_at is None or forward.ended_at == now
    late = says(made, key, key=forward.key, state="answered", text=RESULT).json()
    assert late["outcome"] == "held" and Matter.objects.get(pk=matter.pk).state == "received"


def test_after_a_designation_it_can_not_return_either(w, now):
    from sanshe.matters.actions import designate

    made, key, matter, forward = there(w, now)
    returned = {"ground": "other_unit", "reason": "属于市政公司职责。"}
    return_matter(matter_id=matter.pk, by=w.handler, now=now, **returned)
    assert Forward.objects.get(pk=forward.pk).ended_at and Answer.objects.get(forward=forward).state == "dropped"
    designate(matter_id=matter.pk, host_unit=w.bodies["unit"].pk, reason="街道指定。", by=w.street, now=now)
    second = Forward.objects.get(ended_at=None)
    assert second.key == f"{matter.number}-2"
    answer = says(made, key, key=second.key, state="returned", **{"ground": "other_unit", "text": "属于市政公司职责。"})
    assert answer.json()["outcome"] == "held" and "不能再退回" in answer.json()["why"]


def test_out_of_order_twice_and_unknown(w, now):
    made, key, _matter, forward = there(w, now)
    at = [(now + timedelta(minutes=m)).isoformat() for m in (-30, -20, -10)]
    assert says(made, key, key=forward.key, state="answered", text=RESULT, at=at[2]).json()["state"] == "done"
    for state, when in (("in_progress", at[1]), ("accepted", at[0])):
        assert says(made, key, key=forward.key, state=state, at=when).json()["outcome"] == "noted"
    forward.refresh_from_db()
    assert (forward.their_state, forward.their_at.isoformat()[:16]) == ("answered", _utc(at[2])[:16])
    other = says(made, key, key=forward.key, state="answered", text="另一个结果，与前不同。", at=at[1]).json()
    assert other["outcome"] == "held" and "更早" in other["why"]
    unknown = says(made, key, key="20260101-000000-0", state="accepted")
    assert unknown.status_code == 404 and "没有这个编号的事项" in unknown.json()["error"]["sentence"]
    ahead = says(made, key, key=forward.key, state="accepted", at=(now + timedelta(hours=2)).isoformat())
    assert ahead.status_code == 422 and "将来" in ahead.json()["error"]["sentence"]
    odd = says(made, key, state="完了", at="昨天", txt="x")
    assert odd.status_code == 422 and set(odd.json()["error"]["fields"]) == {"key", "state", "at", "txt"}
    assert Call.objects.filter(status__gte=400).count() == 3, "each is on the administrator's page"


def _utc(text: str) -> str:
    from datetime import UTC, datetime

    return datetime.fromisoformat(text).astimezone(UTC).isoformat()


def test_an_answer_without_a_number_or_with_anothers_is_no_receipt(w, now):
    said = [b"<html>ok</html>", b'{"number": ""}', b'{"number": "QG-1"}', b'{"number": "QG-1"}']
    with their_system([200], said) as (address, _):
        made, _key = source(w, now, forwards_to=address)
        rule(w, now, made)
        first, second = assigned(w, now), assigned(w, now, who="neighbour")
        one, two = (Answer.objects.get(matter=m) for m in (first, second))
        for _ in range(2):
            with pytest.raises(NotDelivered):
                send_answer(one.pk, now)
        assert "没有按约定给出它的编号" in Answer.objects.get(pk=one.pk).why
        assert send_answer(one.pk, now) == AnswerState.SENT
        with pytest.raises(NotDelivered):
            send_answer(two.pk, now)
        assert "已经用在另一件事项上" in Answer.objects.get(pk=two.pk).why
    assert send_waiting() == 0


def test_by_hand_who_may_what_came_from_there_never_goes_back(w, now):
    made, key = source(w, now)
    matter = handled(w, now)
    url = f"/exchange/matter/{matter.pk}/"
    found = {who: browser(w, who).get(url).status_code for who in ("handler", "street", "desk", "desk_far", "auditor")}
    assert found == {"handler": 200, "street": 200, "desk": 404, "desk_far": 404, "auditor": 404}
    page = browser(w, "handler").get(matter.get_absolute_url()).content.decode()
    assert f'href="{url}">转交群工系统' in page
    with pytest.raises(NotAllowed):
        actions.forward_matter(matter_id=matter.pk, code=made.code, reason="", by=w.desk, now=now)
    assert browser(w, "handler").post(url, {"code": made.code, "reason": "市管道路"}).status_code == 302
    with pytest.raises(Invalid, match="已经转交"):
        actions.forward_matter(matter_id=matter.pk, code=made.code, reason="", by=w.handler, now=now)
    page = browser(w, "handler").get(matter.get_absolute_url()).content.decode()
    assert "已转交群工系统，等对方收下" in page and f'href="{url}"' not in page
    forward = Forward.objects.get()
    assert browser(w, "handler").get(forward.get_absolute_url()).status_code == 200
    assert browser(w, "desk_far").get(forward.get_absolute_url()).status_code == 404
    actions.recall(forward_id=forward.pk, by=w.handler, now=now)
    with pytest.raises(WrongState):
        actions.recall(forward_id=forward.pk, by=w.handler, now=now)
    # What came from there, and what they send back as if it were new.
    rule(w, now, made)
    knock(made.code, key, {"key": "QG-6", "text": "路灯坏了"})
    theirs = assigned(w, now, matter=Matter.objects.get(source_key="QG-6"))
    assert not Forward.objects.filter(matter=theirs).exists()
    with pytest.raises(Invalid, match="不能再转回去"):
        actions.forward_matter(matter_id=theirs.pk, code=made.code, reason="", by=w.handler, now=now)
    ours = assigned(w, now, who="neighbour")
    before = Matter.objects.count()
    echoed = knock(made.code, key, {"key": ours.number, "text": ours.text})
    assert echoed.status_code == 200 and echoed.json()["number"] == ours.number and Matter.objects.count() == before


def test_what_happens_here_is_told_there(w, now):
    made, key, matter, forward = there(w, now)
    says(made, key, key=forward.key, state="accepted", foreign="QG-9")
    add_information(matter_id=matter.pk, note="是门口左边那盏。", by=w.resident, now=now)
    says(made, key, key=forward.key, state="need_more", text="请拍张照片。")
    assert Matter.objects.get(pk=matter.pk).state == "waiting"
    says(made, key, key=forward.key, state="answered", text=RESULT)
    reopen(matter_id=matter.pk, reason="还是不亮。", by=w.resident, now=now)
    told = [(a.kind, a.words) for a in Answer.objects.filter(forward=forward).order_by("pk")]
    assert told == [("handed", ""), ("added", "是门口左边那盏。"), ("reopened", "还是不亮。")]
    extended = says(made, key, key=forward.key, state="extend", days=2, text="等备件到货。").json()
    assert extended["outcome"] == "applied" and Matter.objects.get(pk=matter.pk).extensions.get().days == 2
    withdraw(matter_id=matter.pk, reason="", by=w.resident, now=now)
    assert Answer.objects.filter(forward=forward).last().kind == AnswerKind.WITHDRAWN
    assert Forward.objects.get(pk=forward.pk).ended_at


def test_the_part_of_an_assisting_unit_goes_there_and_is_answered(w, now):
    made, key = source(w, now)
    rule(w, now, made, criterion="", unit_id=w.bodies["helper_unit"].pk)
    matter = handled(w, now)
    assert not Forward.objects.exists()
    ask_assist(matter_id=matter.pk, unit=w.bodies["helper_unit"].pk, part="请查线路产权。", by=w.handler, now=now)
    forward = Forward.objects.get()
    assert forward.assist == Assist.objects.get() and forward.unit == w.bodies["helper_unit"]
    assert says(made, key, key=forward.key, state="accepted").json()["outcome"] == "noted"
    assert says(made, key, key=forward.key, state="answered", text="线路归市政。").json()["outcome"] == "applied"
    part = Assist.objects.get()
    assert (part.state, part.answer) == ("answered", "线路归市政。")
    assert Matter.objects.get(pk=matter.pk).state == "handling"


def test_rules_are_the_officers_own_and_name_something(w, now):
    made, _ = source(w, now)
    with pytest.raises(Invalid, match="至少选定一类"):
        rule(w, now, made, criterion="", unit_id=None)
    with pytest.raises(NotAllowed):
        rule(w, now, made, area_id=w.areas["other_street"].pk)
    one = rule(w, now, made)
    with pytest.raises(Invalid, match="同样的规则"):
        rule(w, now, made)
    for who, status in (("street", 200), ("district", 200), ("street_far", 200), ("desk", 404), ("system_admin", 404)):
        assert browser(w, who).get(f"/exchange/s/{made.code}/rules/").status_code == status, who
    assert browser(w, "street_far").post(f"/exchange/rules/{one.pk}/end/").status_code == 403
    assert browser(w, "street").post(f"/exchange/rules/{one.pk}/end/").status_code == 302
    assigned(w, now)
    assert not Forward.objects.exists()


# -- more words under the same number ----------------------------------------------------------------------------------


def test_more_words_under_the_same_number_are_added_once_and_told(w, now):
    made, key = source(w, now)
    knock(made.code, key, {"key": "QG-1", "text": "路灯坏了"})
    matter = Matter.objects.get()
    assert knock(made.code, key, {"key": "QG-1", "text": "路灯坏了"}).json()["added"] is None
    more = {"key": "QG-1", "text": "路灯坏了，有老人摔倒。"}
    assert [knock(made.code, key, more).json()["added"] for _ in range(2)] == ["applied", None]
    added = audit.history(matter).filter(event="step:add")
    assert added.count() == 1 and added[0].note == "路灯坏了，有老人摔倒。" and added[0].who == "对方系统·群工系统"
    assert Notice.objects.filter(user=w.users["desk"], text__contains="补充了情况").exists()
    matter = assigned(w, now, matter=matter)
    accept(matter_id=matter.pk, by=w.handler, now=now)
    ask_resident(matter_id=matter.pk, question="哪一盏？", by=w.handler, now=now)
    assert knock(made.code, key, {"key": "QG-1", "text": "左边第一盏"}).json()["state"] == "handling"
    long = "很长" * 2000
    assert knock(made.code, key, {"key": "QG-1", "text": long}).json()["added"] == "applied"
    assert "".join(e.note for e in audit.history(matter).filter(event="step:add").order_by("id"))[-4000:] == long


def test_after_the_end_the_desk_opens_it_again_or_files_a_linked_one(w, now):
    made, key = source(w, now)
    knock(made.code, key, {"key": "QG-1", "text": "路灯坏了"})
    matter = done(w, now, matter=Matter.objects.get())
    assert knock(made.code, key, {"key": "QG-1", "text": "又不亮了"}).json()["added"] == "held"
    held = Heard.objects.get(state=HeardState.HELD)
    assert [t.label for t in agenda(w.desk).items if t.obj == held] == ["处理对方来的消息"]
    browser(w, "desk").post(f"/exchange/m/{held.pk}/reopen/", {})
    matter.refresh_from_db()
    assert (matter.state, matter.reopened) == ("handling", 1)
    assert audit.last_step(matter).note == "又不亮了"
    from sanshe.matters.actions import finish

    finish(matter_id=matter.pk, result=RESULT, without="不影响。", by=w.handler, now=now)
    with clock.frozen(now + timedelta(days=90)):
        later = clock.now()
        assert knock(made.code, key, {"key": "QG-1", "text": "半年后又坏"}, at=later).json()["added"] == "held"
        held = Heard.objects.get(state=HeardState.HELD)
        page = browser(w, "desk").get(held.get_absolute_url()).content.decode()
        assert "已超过重新打开的期限" in page
        with pytest.raises(Invalid):
            actions.reopen(heard_id=held.pk, by=w.desk, now=later)
        actions.renew(heard_id=held.pk, by=w.desk, now=later)
        linked = Matter.objects.get(origin=matter)
        assert (linked.text, linked.state, linked.source) == ("半年后又坏", "received", "群工系统")
        same = knock(made.code, key, {"key": "QG-1", "text": "补一句：是三号杆"}, at=later).json()
        assert (same["number"], same["key"], same["added"]) == (linked.number, "QG-1", "applied")


# -- by sheets ---------------------------------------------------------------------------------------------------------


def test_there_as_a_sheet_and_back_as_a_sheet_looked_at_first(w, now):
    made, _ = source(w, now)
    rule(w, now, made)
    one, two = assigned(w, now), assigned(w, now, who="neighbour")
    client = browser(w, "desk")
    sheet = client.post(f"/exchange/s/{made.code}/handed/")
    rows = list(csv.DictReader(io.StringIO(sheet.content.decode("utf-8-sig"))))
    assert [r["转交编号"] for r in rows] == [one.number, two.number] and rows[0]["内容"] == one.text
    assert rows[0]["称呼"] == "" and client.post(f"/exchange/s/{made.code}/handed/").status_code == 302
    back = "转交编号,群工编号,办理状态,答复\n" + (
        f"{one.number},QG-1,已办结,{RESULT}\n{two.number},QG-2,退回,不归我们\n没有的号,,已办结,好\n{one.number},,奇怪,\n,,已办结,x\n"
    )
    upload = SimpleUploadedFile("状态.csv", back.encode("gb18030"))
    url = f"/exchange/s/{made.code}/states/"
    page = client.post(url, {"file": upload}).content.decode()
    assert (
        "办结此事项" in page
        and "还没有写入任何内容" in page
        and "没有这个编号的事项" in page
        and "“奇怪”认不出" in page
    )
    assert Matter.objects.get(pk=one.pk).state == "assigned", "looking changes nothing"
    sealed = re.search(r'name="sealed" value="([^"]+)"', page)[1]
    assert browser(w, "street").post(url, {"sealed": sealed}).status_code == 422, (
        "another person's look is not one's own"
    )
    page = client.post(url, {"sealed": sealed}).content.decode()
    assert "1 行已办理" in page and "1 行转为待人工处理" in page
    assert (Matter.objects.get(pk=one.pk).result, Forward.objects.get(matter=one).foreign) == (RESULT, "QG-1")
    assert "以前导入过" in client.post(url, {"sealed": sealed}).content.decode()
    assert browser(w, "desk_far").get(url).status_code == 404
    report(w, now)
