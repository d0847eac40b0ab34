"""What is counted. Who counts is said beside each target in the policy pack; here is only which rows those are."""

from . import foundations, linkage, organisations, people

__all__ = ["foundations", "linkage", "organisations", "people"]
