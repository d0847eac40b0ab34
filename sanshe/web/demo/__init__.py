"""The demo story: invented people, organisations, matters and threads, kept as data in ``story/``."""
