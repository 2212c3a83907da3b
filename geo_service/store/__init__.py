"""Floor 5: keeping it all: SQLite behind one Protocol; ledger of changes; migrations. Knows nothing of HTTP."""
