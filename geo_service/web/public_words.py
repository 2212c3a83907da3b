"""Floor 8: the words of the public page, and the templates of imprint and accessibility statement."""

from __future__ import annotations

from collections.abc import Mapping

from geo_service.web.words import Lang

PUBLIC: Mapping[Lang, Mapping[str, str]] = {
    "de": {
        "title": "Das Quartier",
        "intro": "Gepflegte Brachflächen, Anliegen und Termine in Kleinzschocher, Lindenau, Plagwitz und Leutzsch.",
        "report": "Etwas melden",
        "map": "Karte",
        "layer": "Auf der Karte",
        "plots": "Flächen",
        "concerns": "Anliegen",
        "occasions": "Termine",
        "dates": "Termine der nächsten vier Wochen",
        "no_dates": "In den nächsten vier Wochen gibt es keine Termine.",
        "subscribe": "Als Kalender abonnieren",
        "falls_out": "fällt aus",
        "concerns_title": "Anliegen und was daraus wurde",
        "no_concerns": "Zurzeit ist kein Anliegen veröffentlicht.",
        "projects": "Vorhaben",
        "projects_title": "Was geplant und gebaut wird",
        "no_projects": "Zurzeit ist kein Vorhaben veröffentlicht.",
        "carrier": "Träger",
        "phase": "Phase",
        "phases": "Verlauf",
        "tendered": "Ausgeschrieben am",
        "awarded": "Vergeben am",
        "approvals": "Bewilligungen",
        "cost": "Kosten",
        "funding": "Finanzierung",
        "plots_title": "Flächen in Pflege",
        "plots_note": "Veröffentlicht sind Flurstück, Lage und Größe (BauGB §200 Abs. 3). "
        "Eigentümerinnen und Eigentümer "
        "können widersprechen; dann erscheint eine Fläche nirgends.",
        "code": "Kürzel",
        "address": "Lage",
        "parcels": "Flurstücke",
        "area": "Größe",
        "number": "Nummer",
        "kind": "Art",
        "status": "Stand",
        "since": "seit",
        "text": "Hinweis",
        "data": "Daten und Quellen",
        "source": "Quelle der Straßen: {source}",
        "own": "Flächen, Anliegen, Termine: Quartiersservice.",
        "machine": "Für Programme: dieselben Daten als OGC-Schnittstelle",
        "open311": "Anliegen als Open311 GeoReport v2",
        "imprint": "Impressum",
        "accessibility": "Barrierefreiheit",
        "template": "Vorlage, noch nicht ausgefüllt: Die betreibende Stelle legt ihren Text als {file} in den "
        "Arbeitsbereich.",
        "imprint_text": "Angaben gemäß §5 DDG\n\n[Name der betreibenden Stelle]\n[Straße und Hausnummer]\n[PLZ Ort]\n\n"
        "Vertreten durch: [Name]\n\nKontakt: [Telefon], [E-Mail]\n\nVerantwortlich für den Inhalt: "
        "[Name, Anschrift]\n\n"
        "Datenschutz: [Name und Kontakt der oder des Datenschutzbeauftragten]",
        "accessibility_text": "[Name der Stelle] bemüht sich, diese Seiten barrierefrei zugänglich zu "
        "machen (BITV 2.0, "
        "Sächsisches Inklusionsgesetz).\n\nStand der Vereinbarkeit: [vollständig / teilweise], geprüft "
        "am [Datum] durch "
        "[Selbstbewertung / Stelle]. Die automatische Prüfung mit axe-core findet keinen schweren Mangel.\n\nNicht "
        "barrierefrei: Karten sind Bilder; was sie zeigen, steht auch als Liste da.\n\nBarrieren melden: [Kontakt]. "
        "Durchsetzungsstelle: [Name und Kontakt].",
    },
    "en": {
        "title": "The neighbourhood",
        "intro": "Vacant plots in care, concerns and dates in Kleinzschocher, Lindenau, Plagwitz and Leutzsch.",
        "report": "Report something",
        "map": "Map",
        "layer": "On the map",
        "plots": "Plots",
        "concerns": "Concerns",
        "occasions": "Dates",
        "dates": "Dates of the next four weeks",
        "no_dates": "There are no dates in the next four weeks.",
        "subscribe": "Subscribe as a calendar",
        "falls_out": "does not take place",
        "concerns_title": "Concerns and what became of them",
        "no_concerns": "No concern is published at present.",
        "projects": "Projects",
        "projects_title": "What is planned and built",
        "no_projects": "No project is published at present.",
        "carrier": "Carrier",
        "phase": "Phase",
        "phases": "Course",
        "tendered": "Tendered on",
        "awarded": "Awarded on",
        "approvals": "Approvals",
        "cost": "Cost",
        "funding": "Funding",
        "plots_title": "Plots in care",
        "plots_note": "Public are parcel, place and size (BauGB §200(3)). Owners may object; then a "
        "plot appears nowhere.",
        "code": "Code",
        "address": "Place",
        "parcels": "Parcels",
        "area": "Size",
        "number": "Number",
        "kind": "Kind",
        "status": "Status",
        "since": "since",
        "text": "Note",
        "data": "Data and sources",
        "source": "Source of the streets: {source}",
        "own": "Plots, concerns, dates: the neighbourhood service.",
        "machine": "For programs: the same data as OGC API",
        "open311": "Concerns as Open311 GeoReport v2",
        "imprint": "Imprint",
        "accessibility": "Accessibility",
        "template": "Template, not filled in yet: whoever runs the desk puts the text as {file} into the workspace.",
        "imprint_text": "[Name of the body that runs this desk]\n[Street and number]\n[Postcode, "
        "town]\n\nRepresented by: "
        "[name]\n\nContact: [phone], [e-mail]\n\nResponsible for the content: [name, address]\n\nData protection: "
        "[name and contact of the officer]",
        "accessibility_text": "[Name of the body] works to make these pages accessible (BITV 2.0).\n\nConformance: "
        "[full / partial], checked on [date] by [self-assessment / body]. The automatic check with axe-core finds no "
        "serious fault.\n\nNot accessible: maps are pictures; what they show also stands as a "
        "list.\n\nReport barriers: "
        "[contact]. Enforcement body: [name and contact].",
    },
}
"""By language and key."""
