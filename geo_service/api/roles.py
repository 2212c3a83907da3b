"""Floor 8: the roles, and the groups of them that the tables of access name."""

from __future__ import annotations

ANONYMOUS = "anonymous"
VIEWER = "viewer"
CREW = "crew"
ANALYST = "analyst"
MODERATOR = "moderator"
PLANNER = "planner"
ADMIN = "admin"

ROLES = (ANONYMOUS, VIEWER, CREW, ANALYST, MODERATOR, PLANNER, ADMIN)
"""All roles, those that may less first."""

GIVEN = ROLES[1:]
"""Roles that a key can have."""

STAFF = frozenset({VIEWER, MODERATOR, PLANNER, ADMIN})
"""Who reads everything, personal data of the work too."""

READERS = STAFF | {ANALYST}
"""Who reads the work of all crews; an analyst without what tells of persons."""

EVERYONE = READERS | {CREW, ANONYMOUS}
"""Anybody; who is not a reader gets public data only."""

CREWS = STAFF | {CREW}
"""Who reads the day of a crew with all that the work needs: the crew itself, and staff."""

MODERATORS = frozenset({MODERATOR, PLANNER, ADMIN})
"""Who handles what residents bring; planners stand in for moderators."""

MODERATION = frozenset({MODERATOR, ADMIN})
"""Who reads what was said in confidence: mediations and contacts."""

PLANNERS = frozenset({PLANNER, ADMIN})
REPORTERS = PLANNERS | {CREW}
"""Who tells what happened on a crew's day."""

ADMINS = frozenset({ADMIN})
