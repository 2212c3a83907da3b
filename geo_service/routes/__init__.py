"""Floor 3: one crew-day (visits -> order, times, breaks), its solver and its independent checker."""
