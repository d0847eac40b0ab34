"""All tables of the kernel, gathered from the files that own them."""

from sanshe.kernel.audit import Entry, Personal, Seal, SealHead
from sanshe.kernel.files import StoredFile
from sanshe.kernel.http import Submission
from sanshe.kernel.notices import Notice
from sanshe.kernel.register.models import SavedView
from sanshe.kernel.register.sheets.models import ImportBatch, ImportPart, ImportRow, KeptMapping
from sanshe.kernel.thread import Edge

__all__ = [
    "Edge",
    "Entry",
    "ImportBatch",
    "ImportPart",
    "ImportRow",
    "KeptMapping",
    "Notice",
    "Personal",
    "SavedView",
    "Seal",
    "SealHead",
    "StoredFile",
    "Submission",
]
