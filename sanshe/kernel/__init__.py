"""What every module stands on, without a word of the domain.

access (who sees, who may) · flow (what may follow what) · audit (what happened) ·
params (dated numbers with sources) · measures (a number and its rows from one query) ·
thread (the chain of linked things) · notices · crypto · clock · errors · http.
"""
