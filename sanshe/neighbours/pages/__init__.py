"""Pages of mutual help."""
