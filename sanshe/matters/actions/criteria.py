"""Loading the lists of the policy packs: triage criteria and duties, data with a version, from YAML files."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db import transaction

from sanshe.accounts.public import SETUP
from sanshe.kernel import audit, clock
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid, NotAllowed

from ..access import CriteriaSetAccess
from ..models import CriteriaSet
from ..words import MattersEvent

if TYPE_CHECKING:
    from ..lists.kinds import Kind
    from ..lists.packs import Read
    from ..models import DutyList


def load_criteria(*, file: Path, by: Viewer, now: datetime) -> tuple[CriteriaSet, int]:
    """Load one version of the criteria and return it with the number of new entries; loading it again adds nothing.

    The version before it ends on the day this one begins. Raises PolicyError with file, line and what is wrong, and
    Invalid when the version in force was made here: a file never replaces what the district itself decided.
    """
    from ..lists.kinds import CRITERIA
    from ..lists.packs import read_criteria

    return _load(CRITERIA, read_criteria(file), by, now)


def load_duties(*, file: Path, by: Viewer, now: datetime) -> tuple[DutyList, int]:
    """The same for the three lists of duties."""
    from ..lists.kinds import DUTIES
    from ..lists.packs import read_duties

    return _load(DUTIES, read_duties(file), by, now)


@transaction.atomic
def _load(kind: Kind, read: Read, by: Viewer, now: datetime) -> tuple[Any, int]:
    if by.system != SETUP and CriteriaSetAccess.rule("change").q(by) is not True:
        raise NotAllowed(f"{kind.title}由新区工作人员维护。")
    found = kind.versions.objects.filter(version=read.fields["version"]).first()
    made = found is None
    if found is None:
        found = kind.versions.objects.create(**_fitted(kind, read.fields))
    there = set(kind.items.objects.filter(set=found).values_list("code", flat=True))
    new = [kind.items(set=found, code=code, **fields) for code, fields in read.items if code not in there]
    kind.items.objects.bulk_create(new)
    if made or new:
        audit.record(
            by=by,
            event=MattersEvent.CRITERIA_LOADED,
            obj=found,
            sentence=f"{{actor}}载入了{kind.title} {found.version}（{len(new)} 条）",
            data={"version": found.version, "items": len(new)},
            now=now,
        )
    return found, len(new)


def _fitted(kind: Kind, fields: dict[str, Any]) -> dict[str, Any]:
    """The fields of a version with its place among the others: the one before ends where it begins."""
    begins = fields["valid_from"]
    rows = kind.versions.objects.select_for_update().filter(valid_from__isnull=False)
    same = rows.filter(valid_from=begins).first()
    if same is not None:
        raise Invalid(f"已有一版（{same.version}）从{clock.say_day(begins)}起施行，请把文件里的起效日改成别的日子。")
    earlier = rows.filter(valid_from__lt=begins).order_by("-valid_from").first()
    later = rows.filter(valid_from__gt=begins).order_by("valid_from").first()
    if earlier is not None and (earlier.valid_to is None or earlier.valid_to > begins):
        if earlier.based_on_id is not None:
            raise Invalid(
                f"现行的 {earlier.version} 版是本地在平台上修订的，没有用文件里的 {fields['version']} 版替换它。"
                "要采用文件里的内容，请在平台上另起草一版。"
            )
        earlier.valid_to = begins
        earlier.save(update_fields=["valid_to"])
    ends = fields["valid_to"]
    if later is not None and (ends is None or ends > later.valid_from):
        ends = later.valid_from
    return {**fields, "valid_to": ends}


def load_packs(*, by: Viewer, now: datetime) -> list[tuple[Kind, Any, int]]:
    """Load every version of the criteria and of the duties that the packs hold: (list, version, new entries)."""
    from ..lists.kinds import CRITERIA, DUTIES

    done: list[tuple[Kind, Any, int]] = []
    for file in criteria_files():
        done.append((CRITERIA, *load_criteria(file=file, by=by, now=now)))
    for file in duty_files():
        done.append((DUTIES, *load_duties(file=file, by=by, now=now)))
    return done


def criteria_files() -> list[Path]:
    """The versions of the criteria that the packs hold, the oldest first."""
    from ..lists.packs import pack_files

    return pack_files("triage", "分流标准")


def duty_files() -> list[Path]:
    """The versions of the lists of duties that the packs hold, the oldest first."""
    from ..lists.packs import pack_files

    return pack_files("duties", "社区职责清单")


def pack_file() -> Path:
    """The newest version of the criteria in the packs."""
    return criteria_files()[-1]
