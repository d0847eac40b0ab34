"""Words of areas: levels, kinds of bodies, kinds of places."""

from django.db import models


class AreaLevel(models.TextChoices):
    """Levels of the managing tree, from the top."""

    PROVINCE = "province", "省（直辖市、自治区）"
    CITY = "city", "市"
    DISTRICT = "district", "区（县）"
    STREET = "street", "街道（镇）"
    COMMUNITY = "community", "社区（村）"
    GROUP = "group", "居民小组"
    GRID = "grid", "网格"


class BodyKind(models.TextChoices):
    """Kinds of bodies. A body of any kind may hold posts; which it may handle is said by matters and purchase."""

    DEPARTMENT = "department", "政府部门"
    STREET_OFFICE = "street_office", "街道办事处"
    STREET_SECTION = "street_section", "街道内设机构"
    PARTY_ORGANISATION = "party_organisation", "党组织"
    RESIDENTS_COMMITTEE = "residents_committee", "居民委员会"
    SUPERVISION_COMMITTEE = "supervision_committee", "居务监督委员会"
    OWNERS_COMMITTEE = "owners_committee", "业主委员会"
    MASS_ORGANISATION = "mass_organisation", "群团组织"
    MEDIATION_COMMITTEE = "mediation_committee", "人民调解委员会"
    SECURITY_COMMITTEE = "security_committee", "治安保卫委员会"
    HEALTH_COMMITTEE = "health_committee", "公共卫生委员会"
    ENVIRONMENT_COMMITTEE = "environment_committee", "环境和物业管理委员会"
    RESIDENTS_GROUP = "residents_group", "居民小组"
    DISTRICT_CENTRE = "district_centre", "区级服务中心"
    STREET_CENTRE = "street_centre", "街道服务中心"
    COMMUNITY_CENTRE = "community_centre", "社区服务中心"
    SERVICE_CENTRE = "service_centre", "社区事务服务中心"
    SERVICE_ORGANISATION = "service_organisation", "社会工作、志愿服务机构"
    PROPERTY_COMPANY = "property_company", "物业服务企业"
    SOCIAL_ORGANISATION = "social_organisation", "社会组织"
    UTILITY = "utility", "公用事业单位"
    INSTITUTION = "institution", "事业单位"


class PlaceKind(models.TextChoices):
    """Kinds of kept places."""

    ESTATE = "estate", "住宅小区"
    BUILDING = "building", "楼栋"
    PARK = "park", "公园"
    ROAD = "road", "道路"
    MARKET = "market", "市场"
    SCHOOL = "school", "学校"
    STATION = "station", "车站"
    SQUARE = "square", "广场"
    OTHER = "other", "其他"


class AreasEvent(models.TextChoices):
    """Audit events of this module."""

    LOADED = "areas_loaded", "载入区域"
    PLACES_LOADED = "places_loaded", "载入地点"
    BODIES_LOADED = "bodies_loaded", "载入机构"
    MEMBERS_LOADED = "members_loaded", "载入机构成员"
    BODY_ESTABLISHED = "body_established", "设立机构"
    BODY_ENDED = "body_ended", "撤销机构"
    TAKEN_ON = "taken_on", "承接撤销机构的工作"
    AREA_CHANGED = "area_changed", "变更区域"
    AREA_MERGED = "area_merged", "并入其他区域"
    AREA_SPLIT = "area_split", "分设区域"
    AREA_ESTABLISHED = "area_established", "设立区域"
    REFORMED = "areas_reformed", "区划调整"
    MANAGED = "area_managed", "委托代管"
    NOTICE_PUBLISHED = "notice_published", "公开居务"
    QUESTION_ASKED = "question_asked", "就居务提问"
    QUESTION_ANSWERED = "question_answered", "答复居务提问"


class SuccessionKind(models.TextChoices):
    """How one area came to stand for another."""

    MERGED = "merged", "并入"
    ABOLISHED = "abolished", "撤销后划归"
    SPLIT = "split", "分设"
    SPLIT_OFF = "split_off", "析出"


class Appointed(models.TextChoices):
    """How a member came to the duty."""

    ELECTED = "elected", "选举"
    APPOINTED = "appointed", "任命"
    HIRED = "hired", "聘任"
    DELEGATED = "delegated", "推选"


class NoticeKind(models.TextChoices):
    """Kinds of affairs that a residents' committee publishes."""

    MONEY = "money", "财务收支"
    AFFAIRS = "affairs", "公共事务"
    SERVICE = "service", "服务与救助"
    DECISION = "decision", "会议与决定"
    OTHER = "other", "其他"


class QuestionState(models.TextChoices):
    """States of a question on a published affair."""

    ASKED = "asked", "待答复"
    ANSWERED = "answered", "已答复"


class SetupState(models.TextChoices):
    """States of an application for a new community."""

    DRAFT = "draft", "起草中"
    SUBMITTED = "submitted", "待新区决定"
    APPROVED = "approved", "已批准，待设立"
    ESTABLISHED = "established", "已设立"
    REFUSED = "refused", "未批准"
    WITHDRAWN = "withdrawn", "已撤回"


class InterimKind(models.TextChoices):
    """Who serves the residents until the community is established."""

    GROUP = "group", "成立居民小组，由专人接收"
    MANAGED = "managed", "由相邻社区代管"


class Duty(models.TextChoices):
    """The posts that rules of this module name. Accounts, which lies above, owns them: the same values and labels."""

    COMMUNITY_WORKER = "community_worker", "社区工作者"
    COMMUNITY_LEAD = "community_lead", "社区党组织书记、居委会主任"
    STREET_OFFICER = "street_officer", "街道三社联动专干"
    DISTRICT_OFFICER = "district_officer", "新区社会保障（社区治理）工作人员"
