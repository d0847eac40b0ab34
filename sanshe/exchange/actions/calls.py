"""Who calls: by token or by key; each call is noted, too many are refused."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from sanshe.accounts.public import User
from sanshe.kernel import clock, floods, params
from sanshe.kernel.access import Viewer

from ..models import Call, Source, Token
from ..signing import NotProven, TooOften, digest


def of_token(secret: str, now: datetime) -> tuple[Token, Viewer]:
    """The token of that secret, and its owner as the viewer. Raises NotProven or TooOften."""
    token = Token.objects.filter(digest=digest(secret)).first() if 20 <= len(secret) <= 100 else None
    if token is None or not token.works(now):
        raise NotProven("接口令牌无效、已撤销或已过期，请在“接口令牌”页面重新生成。")
    user = User.objects.filter(pk=token.user_id, is_active=True).first()
    if user is None:
        raise NotProven("这个令牌的账号已停用。")
    refuse_often(f"token:{token.pk}", now)
    Token.objects.filter(pk=token.pk).update(last_at=now)
    return token, Viewer.of(user)


def refuse_often(key: str, now: datetime) -> None:
    """Count one call. Raises TooOften above the limit of the minute; committed by itself, so that refusals count."""
    most = int(params.get("intake.token_minutely", on=clock.local(now).date()).value)
    with transaction.atomic():
        counted = floods.count(floods.key_of("calls", key), "calls", now, timedelta(minutes=1))
    if counted.count > most:
        raise TooOften(f"一分钟内调用超过 {most} 次，请稍后再试。")


def note_call(
    *, method: str, path: str, status: int, said: str, now: datetime, source: Source | None = None,
    token: Token | None = None,
) -> None:  # fmt: skip
    """Write down a call, without what it held."""
    Call.objects.create(
        source=source, token=token, at=now, method=method[:8], path=path[:200], status=status, said=said[:300]
    )
    if source is not None and status < 400:
        Source.objects.filter(pk=source.pk).update(last_at=now)


def forget_calls(now: datetime) -> int:
    """Drop what is older than calls are kept. Returns how many."""
    days = int(params.get("intake.calls_kept_days", on=clock.local(now).date()).value)
    return Call.objects.filter(at__lt=now - timedelta(days=days)).delete()[0]
