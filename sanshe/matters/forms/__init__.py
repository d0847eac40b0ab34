"""Forms: what is typed, before the actions judge it."""
