"""Pages of facilities: gaps, what there is, map and reach, plans and duties, proposed sites."""
