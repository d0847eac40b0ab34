"""The tree of areas, the bodies that stand in it, and the kept list of places.

Words: Area (区域), Body (机构: whatever can hold posts, handle matters or supply), Place (地点: a housing
estate, park or building by which a resident names where something is).
Neighbours: only the kernel is below; every other module points here.
"""
