"""Forms of buying services."""
