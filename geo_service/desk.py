"""Floor 8: the desk for analysts: a workspace as GeoDataFrames, maps and day lists. Reads only.

>>> import geo_service as gs
>>> desk = gs.open("workspace")  # doctest: +SKIP
>>> desk.plots().groupby("state")["area_m2"].sum()  # doctest: +SKIP
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Self

import geopandas as gpd
import pandas as pd
from matplotlib.figure import Figure

from geo_service.actions.asked import ask_period
from geo_service.actions.plan_period import lay_problem
from geo_service.actions.plan_season import SeasonRequest, plan_season
from geo_service.base.errors import NotReady
from geo_service.outputs.day import Day
from geo_service.outputs.day_in_force import day_in_force
from geo_service.outputs.day_map import day_figure
from geo_service.outputs.field_account import field_actuals
from geo_service.outputs.frames import quarters_frame, routes_frame, streets_frame, visits_frame
from geo_service.outputs.indicators import indicators
from geo_service.outputs.map_streets import MapStreets, map_streets
from geo_service.outputs.money_frames import spending_frame, vouchers_frame
from geo_service.outputs.periods import period, quarter_of, quarters_until
from geo_service.outputs.register_map import register_figure
from geo_service.outputs.report import Report, report_of
from geo_service.outputs.season_figure import season_figure
from geo_service.outputs.standards_figure import standards_figure
from geo_service.outputs.watch_facts import watch_facts
from geo_service.outputs.watch_frames import actuals_frame, concerns_frame, indicators_frame
from geo_service.plots.columns import plots_frame
from geo_service.schedule.crew_days import crew_days
from geo_service.schedule.model import Problem
from geo_service.schedule.season.model import SeasonPlan
from geo_service.schedule.selection import select
from geo_service.store.model import Plan
from geo_service.store.sqlite import SqliteStore


class Desk:
    """A workspace, open for reading. Frames are in its plan CRS, metres; units stand in the column names."""

    def __init__(self, folder: Path) -> None:
        self._store = SqliteStore.open(folder)

    def __enter__(self) -> Self:
        """Use the desk in a ``with`` block."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Close the desk."""
        self.close()

    def close(self) -> None:
        """Release the workspace."""
        self._store.close()

    @property
    def epsg(self) -> int:
        """EPSG code of the plan CRS.

        Raises
        ------
        NotReady
            When nothing with a place was imported yet.
        """
        epsg = self._store.plan_crs()
        if epsg is None:
            raise NotReady("the workspace is empty", remedy="import some data first")
        return epsg

    @property
    def is_sample(self) -> bool:
        """Whether the workspace holds the schematic sample."""
        return self._store.is_sample()

    def plots(self) -> gpd.GeoDataFrame:
        """Return a row per plot, indexed by code: all fields, ``area_m2`` in square metres."""
        return plots_frame(self._store.plots()).set_index("code", drop=False)

    def quarters(self) -> gpd.GeoDataFrame:
        """Return a row per quarter, indexed by key."""
        return quarters_frame(self._store.quarters(), self.epsg)

    def streets(self) -> gpd.GeoDataFrame:
        """Return a row per street section.

        Raises
        ------
        NotReady
            When no streets were imported.
        """
        network = self._store.streets()
        if network is None:
            raise NotReady("there is no street network", remedy="import one with `geo-service import streets FILE`")
        return streets_frame(network, self.epsg)

    def plan(self, plan_id: str | None = None) -> Plan:
        """Return a plan by id, or the one in force.

        Raises
        ------
        NotReady
            When there is none.
        """
        plan = self._store.plan(plan_id)
        if plan is None:
            raise NotReady("there is no such plan", remedy="make one with `geo-service plan`")
        return plan

    def visits(self, plan_id: str | None = None) -> gpd.GeoDataFrame:
        """Return a row per visit of a plan, planned and unserved, indexed by visit id; durations in seconds."""
        return visits_frame(self.plan(plan_id), self._store.plots(), self._store.catalogue(), self.epsg)

    def vouchers(self) -> gpd.GeoDataFrame:
        """Return a row per voucher, indexed by number; whole cents, each fund's part in a column of its own."""
        return vouchers_frame(self._store)

    def spending(self, on: date) -> pd.DataFrame:
        """Return a row per measure and quarter of the programme as of a day: whole cents, vouchers counted."""
        return spending_frame(self._store, on)

    def concerns(self) -> gpd.GeoDataFrame:
        """Return a row per concern, indexed by number, without anything that its reporters told."""
        return concerns_frame(self._store, self.epsg)

    def indicators(self, on: date, *, quarters: int = 8, lang: str = "en") -> pd.DataFrame:
        """Return the figures of the quarter watch, as known on a day, of so many quarters of the year until then.

        A figure that is not known is missing, never 0; ``gap`` tells why.
        """
        periods = quarters_until(quarter_of(on), quarters)
        return indicators_frame(indicators(watch_facts(self._store, on), periods), lang)

    def report(self, period_name: str, on: date) -> Report:
        """Return the report about a quarter (``"2026-Q3"``) or a year as it would be frozen on a day."""
        return report_of(watch_facts(self._store, on), period(period_name))

    def actuals(self) -> pd.DataFrame:
        """Return booked minutes against the standard, a row per work and tier of area."""
        return actuals_frame(field_actuals(self._store))

    def draw_actuals(self, *, lang: str = "de") -> Figure:
        """Draw booked minutes against the standard."""
        return standards_figure(field_actuals(self._store), self._store.catalogue(), lang=lang)

    def routes(self, plan_id: str | None = None) -> gpd.GeoDataFrame:
        """Return a row per crew and day of a plan with the line driven; seconds and metres."""
        return routes_frame(self.plan(plan_id), self._store.crews(), self.epsg)

    def problem(self, from_on: date | None = None, days: int | None = None) -> Problem:
        """Return what `geo_service.schedule.solve.solve` is asked for a period, as `geo-service plan` would ask it now.

        The plan in force counts only for what is locked in it. Nothing is kept.

        Parameters
        ----------
        from_on, days
            First day and count of working days; by default those of the plan in force.

        Raises
        ------
        NotReady
            When plots, streets or crews are missing, or a default is wanted and no plan is in force.
        """
        if from_on is None or days is None:
            plan = self.plan()
            from_on, days = from_on or plan.from_on, days or len(plan.days)
        asked = ask_period(self._store, from_on, days)
        working = asked.working(crew_days(asked.ground.crews, asked.open_days, 0))
        taken_on = select(asked.visits, working, asked.open_days, asked.locked | asked.in_force.keys())
        return lay_problem(self._store, asked, taken_on.visits)[0]

    def season(
        self, from_on: date | None = None, *, weeks: int = 52, iterations: int | None = None, seed: int = 1
    ) -> SeasonPlan:
        """Return the weeks of all work over a season, checked; a proposal, nothing is kept.

        Parameters
        ----------
        from_on
            A day of the first week; by default the first day of the plan in force.
        iterations
            Of the search; by default in proportion to the work. Either way the seed repeats the season.

        Raises
        ------
        NotReady
            When plots or crews are missing, or the default is wanted and no plan is in force.
        """
        asked = SeasonRequest(from_on or self.plan().from_on, weeks, iterations=iterations, seed=seed)
        return plan_season(self._store, asked)

    def draw_season(self, season: SeasonPlan, *, lang: str = "de") -> Figure:
        """Return the figure of a season: load by group of crews and week, and the zones opened."""
        return season_figure(season, lang=lang)

    def day(self, on: date, *, crew: str | None = None, lang: str = "de") -> Day:
        """Return a day of the plan in force."""
        return day_in_force(self._store, on, crew=crew, lang=lang)

    def draw_day(
        self, on: date, *, crew: str | None = None, size_mm: tuple[float, float] = (190.0, 190.0), lang: str = "de"
    ) -> Figure:
        """Return the map of a day of the plan in force, of all crews or of one; width and height in millimetres."""
        return day_figure(self.day(on, crew=crew, lang=lang), streets=self._map_streets(), size_mm=size_mm, lang=lang)

    def draw_register(self, *, lang: str = "de") -> Figure:
        """Return the map of quarters and plots by state."""
        return register_figure(
            self._store.plots(),
            self._store.quarters(),
            streets=self._map_streets(),
            landscape=self._store.landscape(),
            sample=self.is_sample,
            lang=lang,
        )

    def _map_streets(self) -> MapStreets | None:
        network = self._store.streets()
        return None if network is None else map_streets(network, self.epsg)
