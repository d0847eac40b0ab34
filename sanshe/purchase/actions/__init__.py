"""The verbs of buying services: the only writers."""
