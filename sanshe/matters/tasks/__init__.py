"""A department's task to communities (下派任务): checked against the three lists of duties before it reaches anyone.

Words: an order (`TaskOrder`) is asked once, by a unit, a street or the New Area, for one or many communities; each
community has its part (`TaskPart`). Neighbours: `lists` (the duties), `kernel.flow` (both procedures).
"""
