"""The procedure of a request under articles 44 to 50 of 个人信息保护法."""

from __future__ import annotations

from sanshe.kernel.flow import Flow, Step

from .access import RightsAccess
from .models import RightsRequest
from .words import RightsState as S

FLOW: Flow[RightsRequest] = Flow(
    RightsAccess,
    S,
    start=S.RECEIVED,
    title="个人信息请求",
    url="people:request_step",
    due="due_at",
    related=("person", "area"),
    heavy=("words", "new_value", "answer"),
    owners={
        S.GRANTED: "已经办结；副本可由本人下载",
        S.REFUSED: "已经办结；本人可以另行反映或依法起诉",
        S.WITHDRAWN: "本人已撤回",
    },
    tones={S.RECEIVED: "todo", S.GRANTED: "done", S.REFUSED: "off", S.WITHDRAWN: "off"},
    steps=[
        Step(
            "grant", "同意并办理", S.RECEIVED, S.GRANTED, "decide",
            sentence="{actor}同意这项请求并已办理", todo="待答复个人信息请求", primary=True,
            hint="核对本人身份和材料后办理；更正立即写入档案，删除要求会检查有没有未结事项和保存期限。",
        ),
        Step(
            "refuse", "不予办理并说明理由", S.RECEIVED, S.REFUSED, "decide",
            sentence="{actor}答复不予办理", danger=True,
            hint="个人信息保护法第五十条：拒绝的，应当说明理由。本人会看到这里写的每一个字。",
        ),
        Step(
            "withdraw", "撤回请求", S.RECEIVED, S.WITHDRAWN, "withdraw",
            sentence="{actor}撤回了请求", form=False, confirm="撤回后可以随时再提出。确定撤回吗？",
        ),
    ],
)  # fmt: skip
