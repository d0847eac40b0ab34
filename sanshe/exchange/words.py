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
    TOKEN_MADE = "token_made", "生成接口令牌"
    TOKEN_REVOKED = "token_revoked", "撤销接口令牌"
