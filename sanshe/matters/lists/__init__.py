"""Lists with versions and dates: the triage criteria and the three lists of duties.

One machinery for both: a draft is made from a version, its items are changed, checked, compared and put in force from
a day on; the version before ends on that day, and what was decided by it keeps pointing to it. `kinds` says what a
list is made of; everything else is written once.
"""
