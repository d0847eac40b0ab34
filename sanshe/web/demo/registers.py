"""The registers of the demo: the reform of 2025-11-06, and invented rows for every community of the home area.

Both come after the story. It plays among the eight streets that the New Area had before, and its records keep their
places; the reform then gives the area its other streets and towns, whose communities are filled with validity dates
from before 2020 on, so that both target dates and today show different figures.
"""

from __future__ import annotations

from datetime import datetime

from sanshe.areas import actions as areas
from sanshe.areas.actions.reform import read_reform
from sanshe.areas.public import home_area
from sanshe.indicators.actions import compute_missing
from sanshe.kernel import clock
from sanshe.kernel.access import Viewer
from sanshe.workforce.actions import compute_all
from sanshe.workforce.queries import months_after

from ..simulate import fill_registers
from .town import SETUP

#: The seed of the demo: what one reads about a community in a manual stands there again after the next load.
SEED = 25
FILE = areas.REFORMS / "liangjiang-2025.yaml"


def grow(now: datetime) -> None:
    """Load the reform, if its day has come, with the standard bodies of the streets and communities that join."""
    if read_reform(FILE)["day"] > clock.local(now).date():
        return
    by = Viewer.system_account(SETUP)
    areas.apply_reform(path=FILE, by=by, now=now)
    areas.load_bodies(plan=areas.read_data("bodies"), root=home_area(), by=by, now=now)
    areas.load_members(plan=areas.read_data("members"), root=home_area(), by=by, now=now)


def fill(now: datetime) -> None:
    """Fill the registers of the home area's communities; work out what the night and the month would have."""
    fill_registers(seed=SEED, area=home_area(), now=now)
    month = months_after(clock.local(now).date().replace(day=1), -1)
    compute_all(month=month, by=Viewer.system_account("津贴月表"), now=now)
    compute_missing(clock.local(now).date(), now)
