"""Evaluation: demonstration sites and whom they cover, brands, the stages of the experimental zone and of the
smart-community roll-out.

Read by the indicators; knows areas and accounts.
"""
