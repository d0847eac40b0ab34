"""What other modules may use of evaluation."""

from .models import Brand, DemonstrationSite, SiteCoverage, SmartCommunityStage, ZoneStage
from .queries import (
    admitted_zones_on,
    brands_on,
    community_features_on,
    municipal_coverage_on,
    sites_on,
    smart_in_use_on,
    street_brands_on,
    zone_stages_on,
)
from .simulate import simulation

__all__ = [
    "Brand",
    "DemonstrationSite",
    "SiteCoverage",
    "SmartCommunityStage",
    "ZoneStage",
    "admitted_zones_on",
    "brands_on",
    "community_features_on",
    "municipal_coverage_on",
    "simulation",
    "sites_on",
    "smart_in_use_on",
    "street_brands_on",
    "zone_stages_on",
]
