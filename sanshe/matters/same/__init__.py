"""The same thing twice, and hot topics: what is alike in words, place and time, and why it is held to be alike.

`traces.py` what a text leaves, `finding.py` likely duplicates of one text; both pure Python, quick enough for a page.
`grouping.py` sorts many texts into topics with numpy and scipy, in the worker and in commands alone.
"""
