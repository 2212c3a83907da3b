"""Floor 1: what a plot and a quarter are; reading files; checking geometry; the life of a plot."""
