"""What a matter that residents do themselves (私事) shows of mutual help: that it was posted, or the way to do so.

`matters.HelpOffer` serves the one matter that asks for help on the public board; a request here also meets the offers
of the whole community, and its hours count.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse

from sanshe.kernel.access import Viewer
from sanshe.matters.public import Beside, Matter, MatterState

from .access import may_enter
from .queries import posted_from


def beside(viewer: Viewer, matter: Matter) -> Iterator[Beside]:
    """For the reporter and the desk, while the matter is theirs to do."""
    if matter.state != MatterState.GUIDED or not viewer.signed_in:
        return
    mine = matter.reporter_id is not None and matter.reporter_id == viewer.user_id
    if not mine and not may_enter(viewer):
        return
    found = posted_from(viewer, matter.pk)
    if found is not None:
        yield Beside("已发到邻里互助。", found.get_absolute_url(), "看有没有邻居响应")
        return
    name = "new" if mine else "desk"
    url = f"{reverse(f'neighbours:{name}')}?side=request&matter={matter.pk}"
    yield Beside("想请邻居搭把手？可以发一条求助，双方同意后才看到电话。", url, "发到邻里互助")
