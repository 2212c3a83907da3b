"""Floor 7: what the indicators of the quarter watch are: name, unit, definition, source of each, in two languages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Better = Literal["more", "less", ""]


@dataclass(frozen=True)
class Indicator:
    """What is watched.

    Attributes
    ----------
    unit_de, unit_en
        As written behind the figure.
    better
        Whether more or less of it is good, or neither.
    adds_up
        Whether the quarters of the programme add up to the whole area.
    places
        Decimals that are shown.
    parts
        Names of its parts by code, German and English; empty: it has none.
    """

    code: str
    name_de: str
    name_en: str
    unit_de: str
    unit_en: str
    definition_de: str
    definition_en: str
    source_de: str
    source_en: str
    better: Better = ""
    adds_up: bool = False
    places: int = 0
    parts: tuple[tuple[str, str, str], ...] = ()

    def name(self, lang: str) -> str:
        """Return its name."""
        return self.name_en if lang == "en" else self.name_de

    def unit(self, lang: str) -> str:
        """Return its unit."""
        return self.unit_en if lang == "en" else self.unit_de

    def definition(self, lang: str) -> str:
        """Return how it is worked out."""
        return self.definition_en if lang == "en" else self.definition_de

    def source(self, lang: str) -> str:
        """Return where it comes from."""
        return self.source_en if lang == "en" else self.source_de

    def part_name(self, part: str, lang: str) -> str:
        """Return the name of a part; its code where it has none."""
        return next((en if lang == "en" else de for code, de, en in self.parts if code == part), part)


STATES = (
    ("registered", "erfasst", "registered"),
    ("cleared", "geräumt", "cleared"),
    ("greened", "begrünt", "greened"),
    ("maintained", "in Pflege", "maintained"),
    ("set_aside", "ausgesetzt", "set aside"),
    ("returned", "zurückgegeben", "returned"),
)

THEMES = (
    ("waste", "Sauberkeit", "waste"),
    ("greenery", "Grün", "greenery"),
    ("safety", "Sicherheit", "safety"),
    ("peace", "Ruhe", "peace"),
    ("ideas", "Ideen", "ideas"),
    ("other", "Sonstiges", "other"),
)

INDICATORS: tuple[Indicator, ...] = (
    Indicator(
        "plots",
        "Flächen nach Zustand",
        "Plots by state",
        "Flächen",
        "plots",
        "Flächen im Register am letzten Tag des Zeitraums, nach dem Zustand, den ihre Geschichte für diesen Tag nennt. "
        "Flächen, deren Zustand damals nicht bekannt ist, werden nicht gezählt, sondern als Lücke genannt.",
        "Plots of the register on the last day of the period, by the state that their history tells for that day. "
        "Plots whose state was not known then are not counted but told as a gap.",
        "Flächenregister",
        "register of plots",
        adds_up=True,
        parts=STATES,
    ),
    Indicator(
        "greened_m2",
        "Begrünte Fläche",
        "Greened area",
        "m²",
        "m²",
        "Grundfläche der Flächen, die am letzten Tag des Zeitraums begrünt oder in Pflege sind, in der Ebene des "
        "Arbeitsbereichs gemessen. Was mehrere Umrisse bedecken, zählt einmal.",
        "Ground of the plots that are greened or maintained on the last day of the period, measured in the plan CRS. "
        "What several outlines cover counts once.",
        "Flächenregister",
        "register of plots",
        better="more",
        adds_up=True,
    ),
    Indicator(
        "mown_m2",
        "Gepflegte Fläche (gemäht)",
        "Area cared for (mown)",
        "m²",
        "m²",
        "Rasen und Wiese, die im Zeitraum mindestens einmal gemäht wurden; wie oft, zählt nicht. Quadratmeter, wie die "
        "Kolonne sie meldet, sonst wie das Register sie führt. Überdeckungen zählen einmal.",
        "Lawn and meadow mown at least once in the period, however often. Square metres as crews told them, else as "
        "the register has them. What several outlines cover counts once.",
        "Erledigte Einsätze",
        "visits done",
        better="more",
        adds_up=True,
    ),
    Indicator(
        "visits_done",
        "Erledigte Einsätze",
        "Visits done",
        "Einsätze",
        "visits",
        "Einsätze, die im Zeitraum erledigt wurden. Von Arbeiten ohne einzelne Aufzeichnung ist nur der letzte Tag "
        "bekannt und gezählt.",
        "Visits done in the period. Of work without single records only the last day is known, and counted.",
        "Erledigte Einsätze",
        "visits done",
        adds_up=True,
    ),
    Indicator(
        "on_time_pct",
        "Einsätze im Zeitfenster",
        "Visits on time",
        "%",
        "%",
        "Anteil der erledigten Einsätze, die nicht nach dem letzten Tag ihres Fensters lagen: Fälligkeit plus halbe "
        "Breite des Abstands im Leistungskatalog. Einsätze ohne bekannte Fälligkeit zählen nicht und sind genannt.",
        "Share of the visits done that were not after the last day of their window: due day plus half the width of the "
        "interval in the catalogue. Visits without a known due day do not count and are told.",
        "Erledigte Einsätze, Leistungskatalog",
        "visits done, catalogue of work",
        better="more",
    ),
    Indicator(
        "answer_days",
        "Tage bis zur Antwort",
        "Days to the answer",
        "Tage",
        "days",
        "Mittlerer Wert (Median) der Kalendertage vom Eingang eines Anliegens bis zur ersten Antwort, aller Antworten "
        "des Zeitraums.",
        "Median of the calendar days from a concern's arrival to its first answer, of all answers given in the period.",
        "Anliegen",
        "concerns",
        better="less",
        places=1,
    ),
    Indicator(
        "complaints",
        "Beschwerden nach Thema",
        "Complaints by theme",
        "Anliegen",
        "concerns",
        "Anliegen, die im Zeitraum eingingen und kein Lob sind, nach Thema.",
        "Concerns that arrived in the period and are no praise, by theme.",
        "Anliegen",
        "concerns",
        better="less",
        adds_up=True,
        parts=THEMES,
    ),
    Indicator(
        "praise",
        "Lob nach Thema",
        "Praise by theme",
        "Anliegen",
        "concerns",
        "Anliegen mit Lob, die im Zeitraum eingingen, nach Thema.",
        "Concerns of praise that arrived in the period, by theme.",
        "Anliegen",
        "concerns",
        better="more",
        adds_up=True,
        parts=THEMES,
    ),
    Indicator(
        "trees",
        "Bäume",
        "Trees",
        "Bäume",
        "trees",
        "Einzelbäume auf den Flächen. Das Register führt nur Quadratmeter mit Bäumen; gezählt wird erst, wenn ein "
        "Baumkataster im Arbeitsbereich steht.",
        "Single trees on the plots. The register knows only square metres with trees; they are counted once the "
        "workspace holds a register of trees.",
        "Baumkataster (fehlt)",
        "register of trees (missing)",
        better="more",
        adds_up=True,
    ),
    Indicator(
        "play_pct",
        "Spielort in 300 m",
        "Place to play within 300 m",
        "%",
        "%",
        "Anteil der Straßenlänge des Quartiers, von der aus ein Spielort zu Fuß in höchstens 300 m auf dem Straßennetz "
        "erreicht wird. Spielorte: Spielplätze der Karte und von Kindern gezeigte, freigegebene Orte zum Spielen, auch "
        "jenseits der Quartiersgrenze. Bekannt ist nur der Stand am Tag der Auswertung.",
        "Share of the quarter's streets from which a place to play is reached on foot within 300 m along the streets. "
        "Places to play: playgrounds of the map and places that children showed and adults approved, also beyond the "
        "border. Only the state on the day of the evaluation is known.",
        "Straßennetz, Kinderorte, Kartengrund",
        "street network, children's places, landscape",
        better="more",
        places=1,
    ),
    Indicator(
        "spent_eur",
        "Belegte Ausgaben",
        "Vouched spending",
        "€",
        "€",
        "Summe der Belege brutto, deren Leistung im Zeitraum endete; Korrekturen und Stornos zählen mit ihrem "
        "Vorzeichen. Was keinem Quartier gehört, steht unter „ganzes Gebiet“.",
        "Gross sum of the vouchers whose service ended in the period; corrections and cancellations count with their "
        "sign. What belongs to no quarter stands under 'whole area'.",
        "Belege",
        "vouchers",
        adds_up=True,
        places=2,
    ),
    Indicator(
        "eur_per_m2",
        "Kosten je m²",
        "Cost per m²",
        "€/m²",
        "€/m²",
        "Belegte Ausgaben des Zeitraums geteilt durch die begrünte Fläche an seinem letzten Tag.",
        "Vouched spending of the period over the greened area on its last day.",
        "Belege, Flächenregister",
        "vouchers, register of plots",
        better="less",
        places=2,
    ),
)

INDICATOR = {one.code: one for one in INDICATORS}
"""By code."""

GAPS = {
    "no_concern": ("keine Anliegen erfasst", "no concerns on record"),
    "no_answer": ("keine Antwort im Zeitraum", "no answer in the period"),
    "no_measure": ("keine Maßnahme mit Belegen erfasst", "no measure with vouchers on record"),
    "no_voucher": ("noch kein Beleg bis zu diesem Zeitraum", "no voucher up to this period yet"),
    "no_greened": ("keine begrünte Fläche", "no greened area"),
    "no_tree_source": ("kein Baumkataster im Arbeitsbereich", "no register of trees in the workspace"),
    "no_streets": ("kein Straßennetz", "no street network"),
    "no_quarters": ("keine Quartiersgrenzen", "no outlines of quarters"),
    "no_play_source": ("keine Spielorte erfasst", "no places to play on record"),
    "no_history": ("Stand dieses Zeitraums nicht bekannt", "state of this period not known"),
    "no_visit": ("keine Aufzeichnung bis zu diesem Zeitraum", "no record up to this period yet"),
    "none_judged": ("kein Einsatz mit bekannter Fälligkeit", "no visit with a known due day"),
    "future": ("liegt in der Zukunft", "lies ahead"),
}
"""Code of a gap -> why there is no figure, German and English."""


def gap_words(code: str, lang: str) -> str:
    """Return why there is no figure; empty for no gap."""
    german, english = GAPS.get(code, ("", ""))
    return english if lang == "en" else german
