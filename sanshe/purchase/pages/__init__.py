"""Pages of buying services: parse, call, show."""
