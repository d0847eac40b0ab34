"""What a matter's page shows of disputes: that it was turned over, or the way to do so. Never more."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse

from sanshe.kernel.access import Viewer
from sanshe.matters.public import Beside, Matter

from .access import may_enter
from .queries import turned_over


def beside(viewer: Viewer, matter: Matter) -> Iterator[Beside]:
    """「已转调解」, or the desk's way to the form while the matter is open."""
    if turned_over(matter.pk):
        yield Beside("已转调解。调解内容保密，由当事人和调解员查看。")
    elif matter.is_open and may_enter(viewer):
        url = f"{reverse('disputes:desk')}?matter={matter.pk}"
        yield Beside("是居民之间的纠纷？征得双方同意，可以由人民调解委员会调解。", url, "转人民调解")
