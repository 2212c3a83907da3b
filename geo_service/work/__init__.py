"""Floor 2: the catalogue of work, the rules that bind it, and demand: plots -> due visits. Knows nothing of days."""
