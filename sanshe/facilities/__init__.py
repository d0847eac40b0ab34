"""Facilities of communities: what there is, what the norm asks, what is missing, what will close the gap, and where.

Below: areas, accounts, people. Above: orgs, indicators and whoever needs a room. Notice 二(一)2 is the source of the
norms; reach on foot and the proposed sites are ours.
"""
