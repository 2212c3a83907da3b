"""Floor 8: the HTTP face."""
