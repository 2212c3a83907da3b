"""Floor 7: layers, exports, figures, day sheets. Knows nothing of HTTP."""
