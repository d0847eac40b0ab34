"""All tables of the kernel, gathered from the files that own them."""

from sanshe.kernel.audit import Entry, Personal, Seal, SealHead
from sanshe.kernel.files import StoredFile
from sanshe.kernel.floods import Flood
from sanshe.kernel.http import Submission
from sanshe.kernel.notices import Notice
from sanshe.kernel.notices.ways import Choice, Delivery
from sanshe.kernel.register.models import SavedView
from sanshe.kernel.register.sheets.models import ImportBatch, ImportPart, ImportRow, KeptMapping
from sanshe.kernel.search.models import Changed, Pairs
from sanshe.kernel.thread import Edge

__all__ = [
    "Changed",
    "Choice",
    "Delivery",
    "Edge",
    "Entry",
    "Flood",
    "ImportBatch",
    "ImportPart",
    "ImportRow",
    "KeptMapping",
    "Notice",
    "Pairs",
    "Personal",
    "SavedView",
    "Seal",
    "SealHead",
    "StoredFile",
    "Submission",
]
