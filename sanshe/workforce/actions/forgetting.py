"""What the workforce knows of somebody, forgotten with the person's file."""

from __future__ import annotations

from datetime import datetime

from sanshe.kernel.access import Viewer
from sanshe.people.public import Person

from ..models import Certificate, Worker

#: What stands in the place of the name.
NOBODY = "（已匿名）"


def forget_worker(person: Person, by: Viewer, now: datetime) -> None:
    """Empty the name in the records of work, and the numbers of certificates. The people module asks why not before."""
    Certificate.objects.filter(worker__person=person).update(number="")
    Worker.objects.filter(person=person).update(name=NOBODY)
