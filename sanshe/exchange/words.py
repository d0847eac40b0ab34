"""Words of exchange: kinds of systems, states of an answer, scopes of a token, audit events."""

from django.db import models


class SourceKind(models.TextChoices):
    """What kind of system it is."""

    CHAT = "chat", "聊天消息"
    MASS = "mass", "群工系统"
    OTHER = "other", "其他系统"
    OPEN311 = "open311", "开放事项接口（Open311）应用"


class AnswerState(models.TextChoices):
    """Where an answer to the source system stands."""

    WAITING = "waiting", "待送出"
    SENT = "sent", "已送达"
    EXPORTED = "exported", "已导出"
    FAILED = "failed", "没有送到"
    DROPPED = "dropped", "不再送出"


class AnswerKind(models.TextChoices):
    """What a message to a system is about."""

    ANSWER = "answer", "办理结果"
    HANDED = "handed", "转交事项"
    ADDED = "added", "反映人补充"
    REOPENED = "reopened", "反映人重新打开"
    WITHDRAWN = "withdrawn", "反映人撤回"
    RECALLED = "recalled", "收回，不用再办"
    MOVED = "moved", "本平台的进展"


class TheirState(models.TextChoices):
    """What a system says of a matter that it has, or of one that came from it."""

    ACCEPTED = "accepted", "已接收"
    PROGRESS = "in_progress", "正在办理"
    ANSWERED = "answered", "已办结"
    REFUSED = "refused", "不予受理"
    RETURNED = "returned", "退回"
    NEED_MORE = "need_more", "请反映人补充"
    EXTEND = "extend", "申请延期"
    WITHDRAWN = "withdrawn", "反映人撤回"
    MORE = "more", "补充内容"


#: Other spellings that sheets and systems use.
SPELLINGS = {
    TheirState.ACCEPTED: ("接收", "已受理", "受理", "已签收", "签收"),
    TheirState.PROGRESS: ("办理中", "处理中", "在办", "进行中"),
    TheirState.ANSWERED: ("办结", "已答复", "答复", "已完成", "完成", "已处理", "已回复", "结案", "已结案"),
    TheirState.REFUSED: ("不受理", "拒绝", "拒绝受理"),
    TheirState.RETURNED: ("已退回", "退件", "退单", "退回重派"),
    TheirState.NEED_MORE: ("待补充", "需补充", "补充材料", "请补充"),
    TheirState.EXTEND: ("延期", "延期申请"),
    TheirState.WITHDRAWN: ("撤回", "已撤回", "撤单"),
}


def their_state(word: str) -> TheirState | None:
    """The state that a word names: the code, the label, or one of the usual spellings."""
    word = word.strip()
    for state in TheirState:
        if word in (state.value, state.label, *SPELLINGS.get(state, ())):
            return None if state == TheirState.MORE else state
    return None


class HeardState(models.TextChoices):
    """What became of a message."""

    APPLIED = "applied", "已按来文办理"
    NOTED = "noted", "已记入进展"
    HELD = "held", "待人工处理"
    SETTLED = "settled", "已处理"


class Scope(models.TextChoices):
    """What a token may do; never more than its owner may."""

    READ = "read", "只读"
    WRITE = "write", "读取和办理"


class ExchangeEvent(models.TextChoices):
    """Audit events of this module."""

    SOURCE_MADE = "source_made", "接入系统"
    SOURCE_CHANGED = "source_changed", "修改接入"
    SOURCE_STOPPED = "source_stopped", "停用接入"
    SOURCE_RESUMED = "source_resumed", "恢复接入"
    KEY_CHANGED = "source_key_changed", "更换密钥"
    SHEET_TAKEN = "sheet_taken", "导入事项"
    ANSWERS_EXPORTED = "answers_exported", "导出办理结果"
    ANSWER_RETRIED = "answer_retried", "重新送出办理结果"
    ARRIVED = "arrived", "由其他系统转来"
    RULE_MADE = "forward_rule_made", "设定转交规则"
    RULE_ENDED = "forward_rule_ended", "停用转交规则"
    FORWARDED = "forwarded", "转交其他系统"
    FORWARD_ARRIVED = "forward_arrived", "对方系统收下"
    FORWARD_ENDED = "forward_ended", "收回转交"
    FORWARDS_EXPORTED = "forwards_exported", "导出转交的事项"
    HEARD = "heard", "对方系统告知"
    STATES_TAKEN = "states_taken", "导入对方的办理状态"
    TOKEN_MADE = "token_made", "生成接口令牌"
    TOKEN_REVOKED = "token_revoked", "撤销接口令牌"
