"""Who may see and who may do, in buying services."""
