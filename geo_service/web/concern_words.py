"""Floor 8: the words of the residents' pages: German, English, easy German (Leichte Sprache)."""

from __future__ import annotations

from collections.abc import Mapping

from geo_service.neighbourhood.concern_services import Wording

CONCERN: Mapping[Wording, Mapping[str, str]] = {
    "de": {
        "outside_area": "Dieser Ort liegt außerhalb unseres Gebiets (Leipziger Westen).",
        "bad_mail": "Diese E-Mail-Adresse stimmt nicht.",
        "no_words": "Sagen Sie in ein paar Worten, worum es geht.",
        "too_many_requests": "Zu viele Meldungen auf einmal. Versuchen Sie es in einigen Minuten wieder.",
        "title": "Anliegen melden",
        "intro": "Drei Schritte: Was ist es, wo ist es, absenden. Ohne Anmeldung.",
        "emergency": "Bei akuter Gefahr: 110 oder 112.",
        "what": "1. Was ist es?",
        "where": "2. Wo ist es?",
        "where_map": "Tippen Sie auf die Karte.",
        "where_here": "Mein Standort",
        "where_words": "Straße und Hausnummer, oder wo genau",
        "quarter": "Ortsteil",
        "placed": "Ort gesetzt. Tippen Sie anders, um ihn zu ändern.",
        "no_position": "Der Standort ist nicht zu bekommen. Tippen Sie auf die Karte.",
        "send_step": "3. Absenden",
        "words": "Was ist zu sehen? (freiwillig)",
        "photos": "Fotos, höchstens drei (freiwillig)",
        "photo_note": "Bitte keine Gesichter und keine Kennzeichen. Aufnahmedaten werden entfernt. Niemand "
        "sieht Fotos, "
        "bevor die Moderation sie geprüft hat.",
        "contact": "Kontakt für Rückfragen (freiwillig)",
        "name": "Name",
        "mail": "E-Mail",
        "phone": "Telefon",
        "privacy": "Name, Kontakt und Ihre Worte liest nur die Moderation. Ein halbes Jahr nach dem "
        "Abschluss werden sie "
        "gelöscht.",
        "send": "Absenden",
        "sending": "Wird gesendet …",
        "sending_photo": "Foto {n} von {all} wird gesendet …",
        "offline": "Keine Verbindung: Es wurde noch nichts gesendet. Ihre Angaben bleiben auf diesem Gerät; "
        "versuchen Sie "
        "es wieder, wenn Netz da ist.",
        "photo_lost": "Die Meldung ist angekommen, {n} Foto(s) nicht.",
        "photo_bad": "Das ist kein lesbares Bild.",
        "no_kind": "Wählen Sie, was es ist.",
        "no_place": "Setzen Sie den Ort auf der Karte oder nennen Sie die Straße.",
        "place_unknown": "Diese Straße kennen wir nicht. Nennen Sie Straße und Ortsteil, oder tippen Sie auf "
        "die Karte.",
        "thanks": "Danke. Ihr Anliegen ist angekommen.",
        "number": "Nummer",
        "keep": "Heben Sie diesen Link auf: Nur mit ihm sehen Sie, was daraus wird.",
        "copy": "Link kopieren",
        "copied": "Kopiert.",
        "status_title": "Ihr Anliegen",
        "merged": "Jemand hat dasselbe gemeldet; beide Meldungen gehen unter {number} weiter.",
        "status": "Stand",
        "kind": "Art",
        "history": "Was bisher geschah",
        "your_photos": "Ihre Fotos",
        "another": "Noch etwas melden",
        "close_map": "Karte",
        "languages": "Sprachen",
        "not_found": "Diesen Link kennen wir nicht",
        "not_found_hint": "Kopieren Sie den ganzen Link von der Seite nach dem Absenden.",
    },
    "en": {
        "outside_area": "This place lies outside our area (the west of Leipzig).",
        "bad_mail": "This e-mail address is not right.",
        "no_words": "Say in a few words what it is about.",
        "too_many_requests": "Too many reports at once. Try again in some minutes.",
        "title": "Report a concern",
        "intro": "Three steps: what it is, where it is, send. No account needed.",
        "emergency": "In an emergency call 110 or 112.",
        "what": "1. What is it?",
        "where": "2. Where is it?",
        "where_map": "Tap the map.",
        "where_here": "My position",
        "where_words": "Street and house number, or where exactly",
        "quarter": "District",
        "placed": "The place is set. Tap elsewhere to change it.",
        "no_position": "Your position cannot be found. Tap the map.",
        "send_step": "3. Send",
        "words": "What is to be seen? (optional)",
        "photos": "Photos, three at most (optional)",
        "photo_note": "No faces and no number plates, please. Camera data is removed. Nobody sees photos before a "
        "moderator has checked them.",
        "contact": "Contact for questions (optional)",
        "name": "Name",
        "mail": "E-mail",
        "phone": "Phone",
        "privacy": "Only moderators read your name, contact and words. They are deleted half a year after the end.",
        "send": "Send",
        "sending": "Sending …",
        "sending_photo": "Sending photo {n} of {all} …",
        "offline": "No connection: nothing was sent yet. What you entered stays on this device; try again "
        "when there is "
        "a network.",
        "photo_lost": "The report arrived, {n} photo(s) did not.",
        "photo_bad": "This is no readable picture.",
        "no_kind": "Choose what it is.",
        "no_place": "Set the place on the map, or name the street.",
        "place_unknown": "We do not know this street. Name street and district, or tap the map.",
        "thanks": "Thank you. Your concern has arrived.",
        "number": "Number",
        "keep": "Keep this link: only with it you see what becomes of your concern.",
        "copy": "Copy link",
        "copied": "Copied.",
        "status_title": "Your concern",
        "merged": "Somebody reported the same; both reports go on as {number}.",
        "status": "Status",
        "kind": "Kind",
        "history": "What happened so far",
        "your_photos": "Your photos",
        "another": "Report something else",
        "close_map": "Map",
        "languages": "Languages",
        "not_found": "We do not know this link",
        "not_found_hint": "Copy the whole link from the page after sending.",
    },
    "easy": {
        "outside_area": "Dieser Ort ist zu weit weg.",
        "bad_mail": "Die E-Mail ist nicht richtig.",
        "no_words": "Bitte schreiben Sie: Was ist los?",
        "too_many_requests": "Bitte warten Sie ein paar Minuten.",
        "title": "Etwas melden",
        "intro": "Sie können uns etwas sagen. Es sind 3 Schritte. Sie brauchen keine Anmeldung.",
        "emergency": "Ist es sehr gefährlich? Dann rufen Sie an: 112.",
        "what": "1. Was ist los?",
        "where": "2. Wo ist das?",
        "where_map": "Tippen Sie auf die Karte.",
        "where_here": "Ich bin hier",
        "where_words": "Wie heißt die Straße?",
        "quarter": "Stadt-Teil",
        "placed": "Der Ort ist da. Ist er falsch? Dann tippen Sie noch einmal.",
        "no_position": "Wir finden Sie nicht. Tippen Sie auf die Karte.",
        "send_step": "3. Senden",
        "words": "Was sehen Sie? Sie müssen nichts schreiben.",
        "photos": "Fotos: Sie können 3 Fotos mitschicken.",
        "photo_note": "Bitte keine Gesichter. Bitte keine Auto-Nummern.",
        "contact": "Dürfen wir Sie fragen? Dann schreiben Sie Ihren Namen. Sie müssen nicht.",
        "name": "Ihr Name",
        "mail": "Ihre E-Mail",
        "phone": "Ihr Telefon",
        "privacy": "Nur wir lesen Ihren Namen. Später löschen wir ihn.",
        "send": "Senden",
        "sending": "Bitte warten …",
        "sending_photo": "Foto {n} von {all}. Bitte warten …",
        "offline": "Es gibt kein Internet. Wir haben noch nichts bekommen. Bitte versuchen Sie es später noch einmal.",
        "photo_lost": "Ihre Nachricht ist da. Es fehlen Fotos: {n}.",
        "photo_bad": "Das ist kein Bild.",
        "no_kind": "Bitte wählen Sie: Was ist los?",
        "no_place": "Bitte sagen Sie: Wo ist das?",
        "place_unknown": "Wir kennen die Straße nicht. Tippen Sie auf die Karte.",
        "thanks": "Danke. Ihre Nachricht ist da.",
        "number": "Nummer",
        "keep": "Bitte merken Sie sich diese Adresse. Dort sehen Sie: Was passiert?",
        "copy": "Adresse merken",
        "copied": "Fertig.",
        "status_title": "Ihre Nachricht",
        "merged": "Ein anderer Mensch hat das auch gesagt. Die neue Nummer ist {number}.",
        "status": "Was ist jetzt?",
        "kind": "Was",
        "history": "Was ist passiert?",
        "your_photos": "Ihre Fotos",
        "another": "Noch etwas melden",
        "close_map": "Karte",
        "languages": "Sprachen",
        "not_found": "Diese Adresse kennen wir nicht",
        "not_found_hint": "Bitte schreiben Sie die Adresse genau ab.",
    },
}
"""By language and key."""

LANGUAGES: Mapping[Wording, str] = {"de": "Deutsch", "en": "English", "easy": "Leichte Sprache"}


def wording_of(text: str) -> Wording:
    """Return the wording asked for by ``lang``; ``leicht`` and ``easy`` are easy German, German unless asked.

    Examples
    --------
    >>> wording_of("leicht"), wording_of("en"), wording_of("fr")
    ('easy', 'en', 'de')
    """
    if text in ("leicht", "easy"):
        return "easy"
    return "en" if text.startswith("en") else "de"


def lang_of(wording: Wording) -> str:
    """Return how ``lang`` asks for a wording in an address."""
    return "leicht" if wording == "easy" else wording
