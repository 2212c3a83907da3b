"""Floor 8: the pages a browser shows."""
