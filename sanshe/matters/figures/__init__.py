"""Figures of matters: the rates of service rating and the numbers of the window, each with the rows behind it."""
