"""Invented matters in any number, for measuring and for trying things out at the size of a real district.

`texts` words them, `people` makes those who report and handle, `draw` decides what happened to each, `store` writes
them by COPY. All of it follows from a seed. Every row is marked (`source`), and nothing here is taken from anywhere.
"""

#: How simulated matters are marked in `Matter.source`, and simulated accounts in front of their user name.
SOURCE, PREFIX = "simulate", "sim."
