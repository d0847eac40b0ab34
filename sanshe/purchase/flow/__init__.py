"""The procedures of buying services, a table each."""
