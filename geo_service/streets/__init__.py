"""Floor 1: the street network: build from OSM, snap, travel times, paths. Knows nothing of plots."""
