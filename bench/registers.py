"""A register at full size: its list, a filter, a search, a whole number; each beside a bare view of the same rows."""

from __future__ import annotations

import json
from urllib.parse import quote

from bench.pages import PORT, Bench
from bench.place import Place, show, tell


def measure(place: Place) -> None:
    """Measure the register of organisations as a district officer opens it."""
    asked = json.loads(place.inside("registers"))
    seats = json.loads(place.inside("seat"))
    show("register_rows", asked["rows"])
    kind, word = quote(asked["kind"]), quote(asked["word"])
    areas = ",".join(map(str, asked["streets"]))
    real, bare = "/registers/organisations/", "/bench/organisations/?sort=name,id"
    pages = {
        "register_list": (f"{real}?sort=name", bare),
        "register_filter": (f"{real}?kind={kind}", f"{bare}&kind={kind}"),
        "register_street": (f"{real}?area={asked['street']}&kind={kind}", f"{bare}&kind={kind}&areas={areas}"),
        "register_search": (f"{real}?q={word}", f"{bare}&word={word}"),
    }
    with place.web(PORT) as port:
        bench = Bench(port, seats)
        for name, (page, reference) in pages.items():
            tell(f"正在测量：{name}")

            def bare_of(size: int, reference: str = reference) -> tuple[str, str, bytes]:
                return "GET", f"{reference}&bytes={size}", b""

            bench.pair(name, "district", lambda page=page: ("GET", page, b""), bare_of)  # type: ignore[misc]
