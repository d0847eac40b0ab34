"""Projects, selections and contracts, as far as each may be read."""

from __future__ import annotations

from django.db.models import Q

from sanshe.kernel import clock
from sanshe.kernel.search import Searchable, declare

from .access.calls import CallAccess
from .access.contracts import ContractAccess
from .access.projects import NeedAccess, ProjectAccess
from .models import Call, Contract, Need, Project
from .words import NeedState


def _need_line(row: Need) -> str:
    return f"{row.area} · {row.source} · {clock.local(row.stated_at):%Y-%m-%d}提出"


def _project_line(row: Project) -> str:
    return f"{row.number} · {row.area} · {clock.local(row.made_at):%Y-%m-%d}编制"


def _call_line(row: Call) -> str:
    return f"{row.number} · {row.area}"


def _contract_line(row: Contract) -> str:
    return f"{row.number} · {row.area} · {row.supplier} · {row.begins_on} 至 {row.ends_on}"


declare(
    Searchable(
        name="needs",
        title="治理需求",
        access=NeedAccess,
        fields=("title", "detail", "beneficiaries"),
        shown=("detail", "beneficiaries"),
        line=_need_line,
        open=Q(state=NeedState.STATED),
        area="area",
        moment="stated_at",
        related=("area",),
        rank=34,
    ),
    Searchable(
        name="projects",
        title="服务项目",
        access=ProjectAccess,
        fields=("title", "aims", "beneficiaries", "number"),
        shown=("aims", "beneficiaries"),
        line=_project_line,
        area="area",
        moment="made_at",
        related=("area",),
        rank=35,
    ),
    Searchable(
        name="calls",
        title="比选",
        access=CallAccess,
        fields=("number", "project__title", "requirements"),
        shown=("requirements",),
        line=_call_line,
        area="area",
        moment="made_at",
        related=("area", "project"),
        rank=36,
    ),
    Searchable(
        name="contracts",
        title="服务合同",
        access=ContractAccess,
        fields=("number", "project__title", "supplier__name", "terms"),
        shown=("supplier__name", "terms"),
        line=_contract_line,
        area="area",
        moment="made_at",
        related=("area", "project", "supplier"),
        rank=37,
    ),
)
