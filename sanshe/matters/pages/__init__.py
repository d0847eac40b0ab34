"""Pages of matters: parse, call an action or a query, show."""
