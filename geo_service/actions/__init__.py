"""Floor 6: one file per thing a person does, one transaction each. Knows nothing of HTTP."""
