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
    SERVICE_CENTRE = "service_centre", "社区事务服务中心"
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
    BODY_ESTABLISHED = "body_established", "设立机构"
