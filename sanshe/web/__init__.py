"""The shell: base pages, components, navigation, error pages, the to-do list and the portal's home.

Words: portal (residents, phone first), workbench (staff), cockpit (the wall screen), component (a template tag).
Neighbours: every module's templates extend ours; we read the kernel's flows and notices, and know no domain.
"""
