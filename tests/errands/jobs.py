"""A slow job of the test application: it may be run twice without doubling what it does."""

import time

from procrastinate.contrib.django import app

from sanshe.areas.models import Area
from tests.errands.models import Errand


@app.task(name="errands.slow", queue="errands")
def slow(title: str, seconds: float) -> None:
    errand, _ = Errand.objects.get_or_create(title=title, defaults={"state": "running", "area": Area.objects.first()})
    time.sleep(seconds)
    errand.state, errand.result = "done", errand.result + "办好一次"
    errand.save()
