"""What other modules may use of buying services."""

from .actions.projects import service_fields, state_need
from .flow.calls import CALL_FLOW, OBJECTION_FLOW
from .flow.contracts import CONTRACT_FLOW
from .flow.projects import NEED_FLOW, PROJECT_FLOW
from .models import Call, Contract, Need, Project
from .queries.contracts import running_on

__all__ = [
    "CALL_FLOW",
    "CONTRACT_FLOW",
    "NEED_FLOW",
    "OBJECTION_FLOW",
    "PROJECT_FLOW",
    "Call",
    "Contract",
    "Need",
    "Project",
    "running_on",
    "service_fields",
    "state_need",
]
