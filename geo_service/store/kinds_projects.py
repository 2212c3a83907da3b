"""Floor 5: how projects are kept."""

from __future__ import annotations

from geo_service.neighbourhood.project import Project
from geo_service.store.records import RecordKind

PROJECT = RecordKind("project", Project, lambda one: one.code, lambda one: [("plot", plot) for plot in one.plots])
"""Looked up by ``plot``."""
