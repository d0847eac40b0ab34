"""Taking in a sheet of another system."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from sanshe.kernel import audit, params
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid
from sanshe.kernel.files import MEGABYTE, refuse_harmful
from sanshe.matters.public import take_over

from ..access import SourceAccess
from ..models import Source
from ..places import CHANNEL
from ..sheet import Report, read
from ..words import ExchangeEvent, SourceKind


@transaction.atomic
def take_sheet(*, code: str, upload: UploadedFile[Any] | None, by: Viewer, now: datetime) -> tuple[Report, int]:
    """Take in what a sheet holds; returns the report and how many were new. Open ones wait for triage, others are done.

    Raises Invalid when the file can not be read at all; of single rows the report tells.
    """
    source: Source = SourceAccess.get(by, Source.objects.filter(code=code).values_list("pk", flat=True).first(), "take")
    limit = int(params.get("files.document_most").value)
    if upload is None:
        raise Invalid({"file": "请选择要导入的表格。"})
    data = upload.read(limit * MEGABYTE + 1)
    if len(data) > limit * MEGABYTE:
        raise Invalid({"file": f"文件太大了，最大 {limit} 兆字节，请拆成几个文件。"})
    if not data:
        raise Invalid({"file": "文件是空的，请重新选择。"})
    try:
        refuse_harmful(data)
        report = read(data, upload.name or "", source, now)
    except Invalid as wrong:
        raise Invalid({"file": wrong.sentence}) from None
    new = 0
    if report.rows:
        new = take_over(
            rows=report.rows, area=source.area, source=source.name, by=by, now=now,
            channel=str(CHANNEL[SourceKind(source.kind)]),
        )  # fmt: skip
    Source.objects.filter(pk=source.pk).update(last_at=now)
    audit.record(
        by=by, event=ExchangeEvent.SHEET_TAKEN, obj=source, now=now, sentence=f"{{actor}}导入了 {new} 件事项",
        data={"rows": report.total, "new": new, "left_out": len(report.bad)},
    )  # fmt: skip
    return report, new
