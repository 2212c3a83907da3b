"""What the outbox contract promises, said once more and otherwise: by who had seen which changes of a visit."""

from __future__ import annotations

from dataclasses import dataclass, field

from geo_service.work.field_report import FieldReport


@dataclass
class Desk:
    """The desk as the contract describes it; it shares no code with the one that is tested.

    Attributes
    ----------
    changes
        By visit, what changed it, in order: ids of reports, or of a planner's deed.
    fate
        By report, accepted, conflict or rejected; a report that is here and not in it waits.
    seen
        By report that is settled, how many changes of its visit those who build on it have seen.
    """

    changes: dict[str, list[str]] = field(default_factory=dict)
    outcome: dict[str, str] = field(default_factory=dict)
    stopped: set[str] = field(default_factory=set)
    came: dict[str, FieldReport] = field(default_factory=dict)
    fate: dict[str, str] = field(default_factory=dict)
    seen: dict[str, int] = field(default_factory=dict)
    open_conflicts: set[str] = field(default_factory=set)

    def version(self, visit: str) -> int:
        return len(self.changes.get(visit, ()))

    def planner(self, visit: str, deed: str, outcome: str | None = None) -> None:
        self.changes.setdefault(visit, []).append(deed)
        if outcome is not None:
            self.outcome[visit] = outcome

    def arrive(self, told: FieldReport) -> None:
        """Take a report; the same one again is nothing new."""
        if told.report_id in self.came:
            return
        self.came[told.report_id] = told
        self._settle(told)

    def take_phone(self, report_id: str) -> None:
        """Settle a conflict for the phone."""
        told = self.came[report_id]
        self.open_conflicts.discard(report_id)
        self._change(told)

    def _settle(self, told: FieldReport) -> None:
        if told.after and told.after not in self.fate:
            return
        known = self.seen[told.after] if told.after else told.base_version
        unseen = self.version(told.visit_id) - known
        self.seen[told.report_id] = known
        ends, danger = told.kind in ("done", "not_possible"), told.waste_key != ""
        if told.visit_id in self.stopped and told.kind in ("start", "resume", "done"):
            self.fate[told.report_id] = "rejected"
        elif ends and unseen:
            self.fate[told.report_id] = "conflict"
            self.open_conflicts.add(told.report_id)
        else:
            self.fate[told.report_id] = "accepted"
            if ends or danger:
                self._change(told)
                if not unseen:
                    self.seen[told.report_id] = self.version(told.visit_id)
        for other in list(self.came.values()):
            if other.after == told.report_id and other.report_id not in self.fate:
                self._settle(other)

    def _change(self, told: FieldReport) -> None:
        self.changes.setdefault(told.visit_id, []).append(told.report_id)
        if told.waste_key:
            self.stopped.add(told.visit_id)
        else:
            self.outcome[told.visit_id] = told.kind.value
