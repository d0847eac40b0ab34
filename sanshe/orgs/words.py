"""Words of social organisations."""

from django.db import models


class Standing(models.TextChoices):
    """Who a social organisation answers to (notice 二(二)1: three ways, by whether it meets the legal conditions)."""

    REGISTERED = "registered", "法人登记"
    FILED = "filed", "街道管理"
    GUIDED = "guided", "社区指导"


class Road(models.TextChoices):
    """Where the registration triage leads: the same three ways."""

    REGISTER = "register", "向社会保障部门申请法人登记"
    FILE = "file", "由街道办事处管理"
    GUIDE = "guide", "由社区党组织领导、居委会指导"


#: The standing to which a road leads.
LEADS_TO = {Road.REGISTER: Standing.REGISTERED, Road.FILE: Standing.FILED, Road.GUIDE: Standing.GUIDED}


class Form(models.TextChoices):
    """What is to be founded: the law asks other things of each."""

    ASSOCIATION = "association", "社会团体（会员制）"
    SERVICE = "service", "民办非企业单位（社会服务机构）"
    GROUP = "group", "还没有想好，先做活动"


class ActivityKind(models.TextChoices):
    """What an organisation did."""

    SERVICE = "service", "服务"
    EVENT = "event", "活动"
    MEETING = "meeting", "协商或会议"
    TRAINING = "training", "培训"
    JOINT = "joint", "共驻共建"


class IncubatorLevel(models.TextChoices):
    """Whose base it is; the target of 一(三) counts those of the district."""

    DISTRICT = "district", "区级"
    STREET = "street", "街道级"
    COMMUNITY = "community", "社区级"


class Outcome(models.TextChoices):
    """How a stay in an incubator ended, or that it goes on."""

    IN = "in", "在驻"
    GRADUATED = "graduated", "出壳（毕业）"
    LEFT = "left", "退出"
