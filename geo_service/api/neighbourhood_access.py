"""Floor 8: who may do what with concerns, quarter watch and money, by method and path; part of `access.ACCESS`."""

from __future__ import annotations

from geo_service.api.roles import EVERYONE, MODERATION, MODERATORS, PLANNERS, READERS, STAFF

NEIGHBOURHOOD: dict[tuple[str, str], frozenset[str]] = {
    # concerns
    ("GET", "/concern-kinds"): EVERYONE,
    ("POST", "/concerns"): EVERYONE,
    ("GET", "/concerns/status/{secret}"): EVERYONE,  # the secret in the address is the key
    ("PUT", "/concerns/status/{secret}/photos/{sha256}"): EVERYONE,
    ("GET", "/concerns/status/{secret}/photos/{sha256}"): EVERYONE,
    ("GET", "/concerns/{number}/photos/{sha256}"): EVERYONE,  # those that a moderator released
    ("GET", "/concerns"): MODERATORS,
    ("GET", "/concerns/{number}"): MODERATORS,
    **{
        ("POST", f"/concerns/{{number}}/{step}"): MODERATORS
        for step in ("check", "order", "forwarding", "closing", "rejection", "reopening", "merge")
    },
    ("PUT", "/concerns/{number}/publication"): MODERATORS,
    ("DELETE", "/concerns/{number}/publication"): MODERATORS,
    ("POST", "/concerns/forgetting"): MODERATORS,
    **{
        ("GET", f"/open311/v2/{what}.{{suffix}}"): EVERYONE
        for what in ("discovery", "services", "services/{service}", "requests", "requests/{number}")
    },
    ("POST", "/open311/v2/requests.{suffix}"): EVERYONE,
    # projects
    ("GET", "/projects"): EVERYONE,  # those that are published
    ("GET", "/projects/{project}"): EVERYONE,
    ("POST", "/projects"): MODERATORS,
    ("PUT", "/projects/{project}"): MODERATORS,
    ("POST", "/projects/{project}/phases"): MODERATORS,
    ("GET", "/plots/{plot}/surroundings"): STAFF,
    # occasions, contacts, mediations
    ("GET", "/occasions"): EVERYONE,
    ("GET", "/occasions.ics"): EVERYONE,
    ("POST", "/occasions"): MODERATORS,
    ("PUT", "/occasions/{occasion}/off"): MODERATORS,
    ("DELETE", "/occasions/{occasion}/off"): MODERATORS,
    ("GET", "/occasions/{occasion}"): EVERYONE,
    ("PUT", "/occasions/{occasion}"): MODERATORS,
    ("GET", "/contacts"): MODERATION,
    ("GET", "/contacts.vcf"): MODERATION,
    ("POST", "/contacts"): MODERATION,
    ("POST", "/contacts/import"): MODERATION,
    ("PUT", "/contacts/{contact}"): MODERATION,
    ("DELETE", "/contacts/{contact}"): MODERATION,
    ("GET", "/mediations"): MODERATION,
    ("POST", "/mediations"): MODERATION,
    ("PUT", "/mediations/{mediation}"): MODERATION,
    ("DELETE", "/mediations/{mediation}"): MODERATION,
    # the quarter watch
    ("GET", "/indicators"): READERS,
    ("GET", "/indicators.{suffix}"): READERS,
    ("GET", "/reports"): READERS,
    ("POST", "/reports"): MODERATORS,
    ("GET", "/reports/{report}.{suffix}"): READERS,
    ("GET", "/reports/{report}"): READERS,
    # the money
    ("GET", "/measures"): READERS,
    ("GET", "/measures/{measure}"): READERS,
    ("PUT", "/measures/{measure}"): PLANNERS,
    ("POST", "/measures/{measure}/approvals"): PLANNERS,
    ("GET", "/vouchers"): READERS,
    ("GET", "/vouchers.{suffix}"): STAFF,  # files tell what suppliers wrote
    ("GET", "/vouchers/{voucher}"): READERS,
    ("POST", "/vouchers"): PLANNERS,
    ("POST", "/vouchers/{voucher}/correction"): PLANNERS,
    ("POST", "/vouchers/{voucher}/cancellation"): PLANNERS,
    ("GET", "/visit-costs"): READERS,
    ("POST", "/visit-costs"): PLANNERS,
    ("GET", "/claims"): READERS,
    ("GET", "/claims/{claim}"): READERS,
    ("POST", "/claims"): PLANNERS,
    ("GET", "/lots"): READERS,
    ("GET", "/lots/{lot}"): READERS,
    ("GET", "/lots/{lot}/bill.{suffix}"): READERS,
    ("POST", "/lots"): PLANNERS,
    ("PUT", "/lots/{lot}/tender"): PLANNERS,
    ("PUT", "/lots/{lot}/bids/{carrier}"): PLANNERS,
    ("PUT", "/lots/{lot}/award"): PLANNERS,
    ("POST", "/lots/{lot}/acceptances"): PLANNERS,
    ("GET", "/carriers"): READERS,
    ("PUT", "/carriers/{carrier}"): PLANNERS,
    ("GET", "/crew-rates"): READERS,
    ("PUT", "/crew-rates/{day}"): PLANNERS,
    # the pages
    ("GET", "/neighbourhood"): EVERYONE,
    ("GET", "/neighbourhood/projects/{project}"): EVERYONE,
    ("GET", "/neighbourhood/imprint"): EVERYONE,
    ("GET", "/neighbourhood/accessibility"): EVERYONE,
    ("GET", "/concern"): EVERYONE,
    ("POST", "/concern"): EVERYONE,
    ("GET", "/concern/{secret}"): EVERYONE,
    **{
        ("GET", f"/moderation{rest}"): EVERYONE  # the page says who may see it
        for rest in ("", "/concerns", "/concerns/new", "/concerns/{number}", "/occasions", "/contacts", "/mediations")
    },
    ("POST", "/moderation/occasions"): MODERATORS,
    ("POST", "/moderation/occasions/{occasion}/off"): MODERATORS,
    ("POST", "/moderation/occasions/{occasion}/again"): MODERATORS,
    ("POST", "/moderation/contacts"): MODERATION,
    ("POST", "/moderation/contacts/import"): MODERATION,
    ("POST", "/moderation/contacts/{contact}/delete"): MODERATION,
    ("POST", "/moderation/mediations"): MODERATION,
    ("POST", "/moderation/mediations/{mediation}"): MODERATION,
    **{
        ("POST", f"/moderation/concerns/{rest}"): MODERATORS
        for rest in (
            *("new", "forgetting", "{number}/check", "{number}/order", "{number}/forward", "{number}/close"),
            *("{number}/reject", "{number}/reopen", "{number}/merge", "{number}/publish", "{number}/withdraw"),
        )
    },
    **{
        ("GET", f"/money{rest}"): EVERYONE  # the page says who may see it
        for rest in (
            "",
            "/vouchers",
            "/vouchers/new",
            "/vouchers/{number}",
            "/visits",
            "/claims",
            "/lots",
            "/lots/{lot}",
        )
    },
    **{
        ("POST", f"/money/{rest}"): PLANNERS
        for rest in (
            *("measures/{measure}/approvals", "vouchers/new", "vouchers/{number}/correction"),
            *("vouchers/{number}/cancellation", "visits", "claims", "lots", "lots/{lot}/tender", "lots/{lot}/bids"),
            *("lots/{lot}/award", "lots/{lot}/acceptances"),
        )
    },
    ("GET", "/watch"): EVERYONE,
    ("GET", "/watch/reports"): EVERYONE,
    ("GET", "/watch/reports/{number}"): EVERYONE,
    ("POST", "/watch/comments"): MODERATORS,
    ("POST", "/watch/reports"): MODERATORS,
}
"""Rows above others win, as in `access.ACCESS`."""
