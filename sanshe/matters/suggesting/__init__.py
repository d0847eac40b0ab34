"""The suggestion for a new matter: what is likely, how sure, and which words decided.

`grams` turns texts into numbers, `learning` makes a model from decided texts, `model` keeps and asks it, `measure`
tells how right it is. They load numpy, so the web never imports them (house rule): suggestions are made in the worker
and stored with their evidence. `thinking` weighs the model against the words of the criteria, which are there on day
one; `stored` keeps the model's file; `view` shows what was suggested.
"""
