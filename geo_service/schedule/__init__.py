"""Floor 4: many days: visits -> (day, crew) -> routes, with reasons for what was left out. Knows nothing of storage."""
