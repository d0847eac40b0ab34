"""Matters (事项): what residents report, triaged (三事分流), handled with deadlines, rated and reopened.

Words: matter, triage with its criteria, host and assisting units, objection, extension, oversight order, help offer,
handling (one completed round), rating, call-back. Below: areas, accounts, people. Above: deliberation hooks on
`triage_joint` and calls `finish_joint`; indicators read `satisfaction_rows` and `triaged_by_criteria`.
"""
