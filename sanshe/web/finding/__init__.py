"""One box for everything that one may see: words, parts of words, numbers, names, places.

`looking` asks the kinds that the modules declared, `places` what of the platform itself is meant, `pages` shows it.
"""
