"""A person named in a sheet or a form of another register: by number or paper, never by the name alone."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sanshe.kernel.access import Viewer
from sanshe.kernel.fields import hash_of
from sanshe.kernel.identifiers import normal_citizen
from sanshe.kernel.register import Reference

from .access import MAY_LOOK, PersonAccess
from .models import Person

CHUNK = 5000


def person_text(person: Person) -> str:
    """How a chosen person is written: the name with the masked number, by which the file is found again."""
    return f"{person.name} {person.citizen_masked or person.paper_masked}".strip()


def _find(texts: Collection[str], viewer: Viewer) -> Mapping[str, int]:
    """Find by the whole number, wherever the person lives (any window serves everyone), or by `person_text`."""
    wanted = {text: text.strip() for text in texts if text.strip()}
    people = Person.objects.all() if MAY_LOOK.q(viewer) is True else PersonAccess.rows(viewer)
    by_hash: dict[str, list[str]] = {}
    for text, typed in wanted.items():
        if normal_citizen(typed).isascii():
            by_hash.setdefault(hash_of("citizen", typed), []).append(text)
    found: dict[str, int] = {}
    hashes = [digest for digest in by_hash if digest]
    for start in range(0, len(hashes), CHUNK):
        part = hashes[start : start + CHUNK]
        for column in ("paper_hash", "citizen_hash"):
            for digest, pk in people.filter(**{f"{column}__in": part}).values_list(column, "pk"):
                found.update(dict.fromkeys(by_hash[digest], pk))
    found.update(_by_text({text: typed for text, typed in wanted.items() if text not in found}, viewer))
    return found


def _by_text(wanted: Mapping[str, str], viewer: Viewer) -> Mapping[str, int]:
    """«Name masked-number» among the files that the viewer may see; what fits two is left out."""
    parts = {text: typed.rsplit(" ", 1) for text, typed in wanted.items() if " " in typed and "*" in typed}
    if not parts:
        return {}
    rows = PersonAccess.rows(viewer).filter(name__in={name for name, _ in parts.values()})
    seen: dict[tuple[str, str], list[int]] = {}
    for pk, name, citizen, paper in rows.values_list("pk", "name", "citizen_masked", "paper_masked"):
        seen.setdefault((name, citizen or paper), []).append(pk)
    hits = {text: seen.get((name, masked), []) for text, (name, masked) in parts.items()}
    return {text: pks[0] for text, pks in hits.items() if len(pks) == 1}


def person_reference() -> Reference:
    """A column that points to a person."""
    return Reference(
        offer=lambda viewer: PersonAccess.rows(viewer).filter(anonymised_at__isnull=True), find=_find, text=person_text
    )
