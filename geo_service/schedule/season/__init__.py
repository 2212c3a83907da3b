"""Floor 4: the season: which weeks every recurring need and every one-off chain gets, over up to a year."""
