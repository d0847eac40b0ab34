"""Words of the lists."""

from django.db import models


class DutyKind(models.TextChoices):
    """The three lists of duties (社区自治、协助和负面清单)."""

    OWN = "own", "自治清单"
    ASSIST = "assist", "协助清单"
    EXCLUDED = "excluded", "负面清单"


#: What each list says about its items, in half a sentence.
DUTY_SAYS = {
    DutyKind.OWN: "社区居民依法自己办的事，部门不作任务下派",
    DutyKind.ASSIST: "部门牵头、社区协助的事，须明确协助到哪一步，需要经费和人手的随事配给",
    DutyKind.EXCLUDED: "不得交给社区办的事，由部门自己办",
}


class ListEvent(models.TextChoices):
    """Audit events of the lists."""

    DRAFT_BEGUN = "list_draft_begun", "起草一版清单"
    ITEM_ADDED = "list_item_added", "增加清单条目"
    ITEM_CHANGED = "list_item_changed", "修改清单条目"
    ITEM_REMOVED = "list_item_removed", "删去清单条目"
    PUT_IN_FORCE = "list_put_in_force", "清单定期施行"
    RECALLED = "list_recalled", "收回未施行的清单"
    DISCARDED = "list_discarded", "放弃清单草案"
    LOADED = "list_loaded", "载入清单"
