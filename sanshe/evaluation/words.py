"""Words of evaluation: ranks of demonstration sites, kinds of brands, stages."""

from django.db import models


class SiteRank(models.TextChoices):
    """By whom a site was named. The notice counts the municipal ones (一(三)); a national one is above them."""

    DISTRICT = "district", "区级"
    MUNICIPAL = "municipal", "市级"
    NATIONAL = "national", "国家级"


#: Ranks that count as municipal or above.
COUNTED_RANKS = (SiteRank.MUNICIPAL, SiteRank.NATIONAL)


class BrandKind(models.TextChoices):
    """一街一品, 一社一特 (notice 一(三))."""

    STREET = "street_brand", "街道品牌"
    COMMUNITY = "community_feature", "社区特色"


class Stage(models.TextChoices):
    """On the way to a national experimental zone of community governance (notice 一(三): strive for it)."""

    PREPARING = "preparing", "筹备"
    APPLIED = "applied", "已申报"
    RECOMMENDED = "recommended", "市级已推荐"
    ADMITTED = "admitted", "列入实验区"
    ACCEPTED = "accepted", "通过结项验收"


class SmartStage(models.TextChoices):
    """Roll-out of the smart community from the 礼嘉 pilot (notice 二(四)4)."""

    PLANNED = "planned", "已列入计划"
    BUILDING = "building", "建设中"
    PILOT = "pilot", "试点运行"
    RUNNING = "running", "已投入使用"


#: Stages in which residents use it.
SMART_IN_USE = (SmartStage.PILOT, SmartStage.RUNNING)
