"""Open311 GeoReport v2: the public board for programs of other cities, and filing for those with a key.

Only public fields of released matters leave by it. What is not ours: coordinates (no community's border is known), and
a number for what was just filed: a token is given, and the number once the matter is on the public board.
"""
