"""Answers as XML and JSON: the same data, the shapes of the specification."""

from __future__ import annotations

import json
from typing import Any
from xml.etree import ElementTree as ET

from django.http import HttpResponse

from sanshe.kernel.errors import SansheError
from sanshe.matters.public import plain

TYPES = {"xml": "text/xml; charset=utf-8", "json": "application/json; charset=utf-8"}
#: What each item of a list is called in XML.
ITEMS = {
    "services": "service", "service_requests": "request", "errors": "error", "attributes": "attribute",
    "values": "value", "discovery": "discovery", "endpoints": "endpoint", "formats": "format",
}  # fmt: skip


class Refused(SansheError):
    """A request that the specification answers with a code and a description: 400, 403 or 404."""

    def __init__(self, status: int, sentence: str) -> None:
        self.status = status
        super().__init__(sentence)


def answer(root: str, data: Any, form: str, status: int = 200) -> HttpResponse:
    """The answer `root` in the form asked for."""
    if form == "json":
        body = json.dumps(data, ensure_ascii=False).encode()
    else:
        top = ET.Element(root)
        _fill(top, root, data)
        body = ET.tostring(top, encoding="utf-8", xml_declaration=True)
    found = HttpResponse(body, status=status, content_type=TYPES[form])
    # Public data, read by programs in browsers of other sites as well.
    found["Access-Control-Allow-Origin"] = "*"
    return found


def _fill(top: ET.Element, name: str, data: Any) -> None:
    if isinstance(data, dict):
        for key, value in data.items():
            _fill(ET.SubElement(top, key), key, value)
    elif isinstance(data, list):
        for one in data:
            _fill(ET.SubElement(top, ITEMS.get(name, "item")), ITEMS.get(name, "item"), one)
    elif isinstance(data, bool):
        top.text = "true" if data else "false"
    elif data is not None:
        top.text = plain(str(data))  # XML can not hold control characters at all


def refusal(error: Refused, form: str) -> HttpResponse:
    """The specification's shape of an error."""
    return answer("errors", [{"code": error.status, "description": error.sentence}], form, error.status)
