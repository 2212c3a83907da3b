"""What the actions on occasions, contacts and mediations do on the small desk, and what must have happened before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from shapely import Point

from geo_service.actions.contacts import delete_contact, import_contacts, keep_contact
from geo_service.actions.mediations import change_mediation, delete_mediation, open_mediation
from geo_service.actions.occasions import call_off, change_occasion, let_take_place, make_occasion
from geo_service.actions.projects import change_phase, keep_project
from geo_service.neighbourhood.contacts import Contact, ContactKind
from geo_service.neighbourhood.mediations import Mediation
from geo_service.neighbourhood.occasions import Occasion, OccasionKind
from geo_service.neighbourhood.project import Phase, PhaseStep, Project
from geo_service.store.kinds_network import MEDIATION
from geo_service.store.kinds_projects import PROJECT
from geo_service.store.sqlite import SqliteStore
from tests.trust.small_desk import AT, MONDAY

HOW = {"author": "tester", "clock": lambda: AT + timedelta(hours=5)}
Act = Callable[[SqliteStore, Path], object]
OFFICE = Occasion("t1", OccasionKind.EVENT, "Fest", MONDAY, 36000, 60, place="contact-kleinzschocher")
CLUB = Contact("c1", ContactKind.CLUB, "Verein")
CARD = b"BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Eva Beispiel\r\nEND:VCARD\r\n"


def make(store: SqliteStore, files: Path) -> object:
    return make_occasion(store, OFFICE, **HOW)


def off(store: SqliteStore, files: Path) -> object:
    return call_off(store, "t1", None, reason="Sturm", **HOW)


def called_off(store: SqliteStore, files: Path) -> None:
    make(store, files)
    off(store, files)


def keep(store: SqliteStore, files: Path) -> object:
    return keep_contact(store, CLUB, expected=0, **HOW)


def mediate(store: SqliteStore, files: Path) -> object:
    return open_mediation(store, Mediation("", "Lärm", plot="KLZ-0001"), **HOW)


def project(store: SqliteStore, files: Path) -> object:
    made = Project("", "Park", Point(12.3113, 51.3206), (PhaseStep(Phase.CONCEPT, MONDAY),))
    return keep_project(store, made, expected=0, **HOW)


def newest(store: SqliteStore) -> Mediation:
    return store.records(MEDIATION)[-1].record


def nothing(store: SqliteStore, files: Path) -> None:
    """Nothing must have happened."""


NETWORK: dict[str, tuple[Act, Act]] = {
    "occasions.make_occasion": (make, nothing),
    "occasions.change_occasion": (
        lambda store, files: change_occasion(store, replace(OFFICE, title="Neu"), expected=1, **HOW),
        make,
    ),
    "occasions.call_off": (off, make),
    "occasions.let_take_place": (lambda store, files: let_take_place(store, "t1", None, **HOW), called_off),
    "contacts.keep_contact": (keep, nothing),
    "contacts.delete_contact": (lambda store, files: delete_contact(store, "c1", **HOW), keep),
    "contacts.import_contacts": (
        lambda store, files: import_contacts(store, CARD, new_id=lambda: "c2", **HOW),
        nothing,
    ),
    "mediations.open_mediation": (mediate, nothing),
    "mediations.change_mediation": (
        lambda store, files: change_mediation(store, replace(newest(store), topic="Neu"), expected=1, **HOW),
        mediate,
    ),
    "projects.keep_project": (project, nothing),
    "projects.change_phase": (
        lambda store, files: change_phase(
            store, store.records(PROJECT)[-1].record.code, PhaseStep(Phase.UNDERWAY, MONDAY, "Baubeginn"), **HOW
        ),
        project,
    ),
    "mediations.delete_mediation": (
        lambda store, files: delete_mediation(store, newest(store).mediation_id, **HOW),
        mediate,
    ),
}
"""By action; see `tests.trust.test_fault_at_every_statement.Case`."""
