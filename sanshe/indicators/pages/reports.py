"""The monthly and yearly report: on the page and on paper, as docx and as xlsx."""

from __future__ import annotations

from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from sanshe.kernel import clock
from sanshe.kernel.http import sign_in_first

from .. import papers
from ..reports import MONTH, YEAR, Document, compose
from .asking import asked, common

WRITERS = {
    "docx": (papers.docx, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "xlsx": (papers.xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}


def _composed(request: HttpRequest) -> tuple[Document, str]:
    area, on, said = asked(request)
    period = YEAR if request.GET.get("period") == YEAR else MONTH
    return compose(request.viewer, area, on, period, clock.today()), said  # type: ignore[attr-defined]


@sign_in_first
def report(request: HttpRequest) -> HttpResponse:
    """The report as a page to read and to print."""
    document, said = _composed(request)
    area, on, _ = asked(request)
    context = common(request, area, on, said) | {"doc": document, "yearly": document.period == YEAR}
    return render(request, "indicators/report.html", context)


@sign_in_first
def download(request: HttpRequest, form: str) -> HttpResponse:
    """The report as a file."""
    if form not in WRITERS:
        raise Http404
    document, _ = _composed(request)
    write, kind = WRITERS[form]
    answer = HttpResponse(write(document), content_type=kind)
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(document.title)}.{form}"
    return answer
