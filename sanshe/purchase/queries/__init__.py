"""Readers of buying services."""
