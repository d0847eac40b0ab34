"""Who sees an import: the one who sent the sheet."""

from __future__ import annotations

from sanshe.kernel.access import Access, own

from .models import ImportBatch


class ImportBatchAccess(Access[ImportBatch]):
    """A sheet and its preview are read by the one who brought it, and undone by the same."""

    model = ImportBatch
    see = own("user", "导入人本人")
    work = own("user", "导入人本人")
