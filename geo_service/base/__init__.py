"""Floor 0: errors, units, CRS, clock, progress. Knows nothing of plots, streets or work."""
