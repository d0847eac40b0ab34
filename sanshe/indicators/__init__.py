"""Indicators: every count held against its public target, with the rows behind it, for any area and any day.

Reads all modules through their public face; read by the web only.
"""
