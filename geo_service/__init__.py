"""The planning desk for the care of vacant plots."""

__version__ = "0.1.0"
