"""Exchange with other systems: what comes in, what goes back, keys and tokens, Open311."""
