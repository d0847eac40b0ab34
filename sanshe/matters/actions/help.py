"""Help between neighbours for private matters (邻里互助)."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid, NotAllowed
from sanshe.kernel.notices import notify

from ..access import PublicMatterAccess
from ..flow_parts import HELP
from ..models import HelpOffer, Matter
from ..words import HelpState
from .telling import clean, tell_reporter


@transaction.atomic
def offer_help(*, matter_id: int, text: str, by: Viewer, now: datetime) -> HelpOffer:
    """A neighbour who has signed in offers help; nobody's phone is shown before the reporter accepts."""
    if not by.signed_in:
        raise NotAllowed("请先登录，再告诉邻居您愿意帮忙。")
    PublicMatterAccess.get(by, matter_id, "help")
    matter = Matter.objects.select_for_update().get(pk=matter_id)
    text = clean(text, "text", 300, "请写一句您可以怎样帮忙、什么时候方便。", 2)
    offer = HelpOffer(
        matter=matter,
        area_id=matter.area_id,
        helper_id=by.account_id,
        text=text,
        state=HelpState.OFFERED,
        offered_at=now,
    )
    try:
        with transaction.atomic():
            HELP.begin(offer, by, now, "{actor}愿意帮忙")
    except IntegrityError:
        raise Invalid({"text": "您已经提出过帮忙，请等待答复。"}) from None
    tell_reporter(matter, f"有邻居愿意就「{matter}」帮忙，请查看。", now)
    return offer


@transaction.atomic
def answer_help(*, offer_id: int, accept: bool, by: Viewer, now: datetime) -> HelpOffer:
    """The reporter accepts (then both may see each other's phone) or declines with thanks."""
    step = "accept" if accept else "decline"
    offer = HELP.take(offer_id, step, by)
    offer.answered_at = now
    HELP.move(offer, step, by, now)
    text = "已接受您的帮忙，可以看到对方电话了" if accept else "谢谢您，这次不需要了"
    notify([offer.helper_id], f"「{offer.matter.shown_title}」：{text}。", offer.get_absolute_url(), now, "邻里帮助")
    return offer


@transaction.atomic
def take_back_help(*, offer_id: int, by: Viewer, now: datetime) -> HelpOffer:
    """The neighbour takes the offer back."""
    offer = HELP.take(offer_id, "take_back", by)
    offer.answered_at = now
    return HELP.move(offer, "take_back", by, now)
