"""Floor 8: the command line. Data goes to standard output, progress and errors to standard error.

Each command loads what it needs when it runs, so that none waits for what only another one needs.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from geo_service import (
    access_command,
    backup_command,
    field_command,
    plan_command,
    plots_command,
    rules_command,
    season_command,
)
from geo_service.base.clock import BERLIN, Clock
from geo_service.base.errors import Cancelled, Conflict, GeoServiceError, InputError, StoreError
from geo_service.base.progress import OnProgress, Progress
from geo_service.command_options import DEFAULT_WORKSPACE, As, Lang, ReportFormat, Workspace
from geo_service.outputs.day_formats import DayFormat

if TYPE_CHECKING:
    from geo_service.actions.import_plots import PlotSource
    from geo_service.actions.plan_period import PlanRequest
    from geo_service.base.report import ImportReport
    from geo_service.store.model import Plan
    from geo_service.store.sqlite import SqliteStore


@dataclass(frozen=True)
class Wiring:
    """What the command line needs from outside, given by `geo_service.main`.

    Attributes
    ----------
    sample
        Folder of the schematic sample with the default catalogue and crews.
    author
        Who gives the commands, for the ledger.
    new_id
        Makes ids of plans.
    serve
        Serves a workspace on a host and port until interrupted; last, where clients reach it, or empty.
    """

    clock: Clock
    sample: Path
    author: str
    new_id: Callable[[], str]
    serve: Callable[[Path, str, int, str], None]


class ImportKind(StrEnum):
    """What a file holds."""

    PLOTS = "plots"
    QUARTERS = "quarters"
    STREETS = "streets"


class Layer(StrEnum):
    """What can be exported by itself."""

    QUARTERS = "quarters"
    PLOTS = "plots"
    STREETS = "streets"
    VISITS = "visits"
    ROUTES = "routes"


Language = Annotated[Lang, typer.Option("--lang", help="Language of lists and sheets.")]
PlotMaps = Annotated[bool, typer.Option("--plot-maps", help="Add a small map of each plot to a PDF.")]
BaseUrl = Annotated[str, typer.Option(help="Where phones reach the desk; the codes on a PDF lead there.")]
SECONDS = 20.0

err = Console(stderr=True)


def build(wiring: Wiring) -> typer.Typer:
    """Return the command line application."""
    app = typer.Typer(
        name="geo-service",
        help="The planning desk for the care of vacant plots.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )

    app.add_typer(access_command.build(_opened, wiring.clock), name="access")
    app.add_typer(plots_command.build(_opened, wiring.clock, wiring.author), name="plots")
    around = plan_command.PlanWiring(_opened, _bar, wiring.clock, wiring.author, wiring.new_id)
    plan_command.add_to(app, around)
    rules_command.add_to(app, _opened, wiring.clock, wiring.author)
    backup_command.add_to(app, _bar, wiring.clock)
    field_command.add_to(app, field_command.FieldWiring(_opened, wiring.clock, wiring.author))
    season_command.add_to(app, _opened, _bar, wiring.clock)

    @app.command()
    def init(workspace: Workspace = DEFAULT_WORKSPACE) -> None:
        """Make an empty workspace with the default catalogue, rules and four crews."""
        from geo_service.actions.make_workspace import make_workspace

        make_workspace(workspace, defaults=wiring.sample, author=wiring.author, at=wiring.clock()).close()
        _say(
            f"made the workspace {workspace}; next: geo-service import streets FILE, then import plots FILE, then plan"
        )

    @app.command(name="import")
    def import_(
        kind: Annotated[ImportKind, typer.Argument(help="What the file holds.")],
        file: Annotated[Path, typer.Argument(help="The file to read.")],
        workspace: Workspace = DEFAULT_WORKSPACE,
        as_: As = ReportFormat.TEXT,
        layer: Annotated[str | None, typer.Option(help="Layer of a file that has several.")] = None,
        crs: Annotated[str | None, typer.Option(help="CRS of a file that names none, such as EPSG:25833.")] = None,
        min_area: Annotated[float, typer.Option(min=0, help="Refuse plots smaller than this, m².")] = 0.0,
        lang: Language = Lang.DE,
    ) -> None:
        """Import plots, quarters or streets; what is refused is listed with its reason."""
        from geo_service.actions.import_plots import PlotSource
        from geo_service.outputs.import_text import print_report
        from geo_service.plots.account import report_of_failure

        with _opened(workspace) as store:
            try:
                report = _import(store, workspace, kind, file, PlotSource(layer, _epsg(crs), min_area))
            except InputError as error:
                if as_ is ReportFormat.JSON:
                    _print_json(report_of_failure(file, error).as_json())
                raise
        if as_ is ReportFormat.JSON:
            _print_json(report.as_json())
        else:
            print_report(Console(), report, lang.value)
        if report.accepted + report.unchanged == 0:
            raise InputError(f"nothing in {file.name} could be imported", remedy="see the reasons listed")

    def _import(store: SqliteStore, workspace: Path, kind: ImportKind, file: Path, how: PlotSource) -> ImportReport:
        from geo_service.actions.import_plots import import_plots
        from geo_service.actions.import_quarters import import_quarters
        from geo_service.actions.import_streets import import_streets
        from geo_service.outputs.basemap import BasemapFile

        author, at = wiring.author, wiring.clock()
        match kind:
            case ImportKind.PLOTS:
                return import_plots(store, file, how=how, author=author, at=at)
            case ImportKind.QUARTERS:
                return import_quarters(store, file, layer=how.layer, assume_epsg=how.assume_epsg, author=author, at=at)
            case ImportKind.STREETS:
                with _bar() as on_progress:
                    basemap = BasemapFile(workspace)
                    return import_streets(store, file, author=author, at=at, on_progress=on_progress, basemap=basemap)

    @app.command()
    def plan(
        workspace: Workspace = DEFAULT_WORKSPACE,
        from_: Annotated[str, typer.Option("--from", help="First day, YYYY-MM-DD or 'today'.")] = "today",
        days: Annotated[int, typer.Option(help="Working days to plan.")] = 10,
        seconds: Annotated[float, typer.Option(help="Seconds to search for a better plan.")] = SECONDS,
        seed: Annotated[int, typer.Option(help="Seed of the search.")] = 1,
        draft: Annotated[bool, typer.Option("--draft", help="Keep the plan without putting it in force.")] = False,
        as_: As = ReportFormat.TEXT,
        lang: Language = Lang.DE,
    ) -> None:
        """Work out what is due and plan it: days, crews, routes. Ctrl-C keeps the plan in force."""
        from geo_service.actions.plan_period import PlanRequest
        from geo_service.outputs.plan_text import plan_json, print_plan

        with _opened(workspace) as store:
            made = _plan(store, PlanRequest(_day(from_, wiring.clock), days, seconds, seed, draft))
            catalogue = store.catalogue()
        if as_ is ReportFormat.JSON:
            _print_json(plan_json(made))
        else:
            print_plan(Console(), made, lang.value, catalogue=catalogue)
        if draft:
            _say(f"a draft; put it in force with: geo-service plans accept {made.plan_id}")

    def _plan(store: SqliteStore, request: PlanRequest) -> Plan:
        from geo_service.actions.plan_period import plan_period

        with _bar() as on_progress:
            return plan_period(
                store,
                request,
                plan_id=wiring.new_id(),
                author=wiring.author,
                clock=wiring.clock,
                on_progress=on_progress,
            )

    @app.command()
    def day(
        on: Annotated[str, typer.Argument(metavar="DATE", help="YYYY-MM-DD or 'today'.")],
        workspace: Workspace = DEFAULT_WORKSPACE,
        crew: Annotated[str | None, typer.Option(help="Only this crew.")] = None,
        as_: Annotated[DayFormat, typer.Option("--as", help="What to make.")] = DayFormat.TEXT,
        output: Annotated[Path | None, typer.Option("--output", "-o", help="File to write.")] = None,
        lang: Language = Lang.DE,
        plot_maps: PlotMaps = False,
        base_url: BaseUrl = "",
    ) -> None:
        """Print or write the day lists of a date."""
        from geo_service.outputs.day_files import Making, day_bytes
        from geo_service.outputs.day_in_force import day_in_force
        from geo_service.outputs.day_text import print_day

        with _opened(workspace) as store:
            wanted = day_in_force(store, _day(on, wiring.clock), crew=crew, lang=lang.value)
            if as_ is DayFormat.TEXT and output is None:
                print_day(Console(), wanted, lang.value)
                return
            making = Making(wiring.clock(), lang.value, store.streets, base_url, plot_maps)
            content = day_bytes(wanted, as_, making)
        if output is not None:
            _write(output, content)
            _say(f"wrote {output}")
        elif as_ is DayFormat.PDF:
            raise InputError("a PDF is not for the terminal", remedy="name a file with -o FILE.pdf")
        else:
            sys.stdout.buffer.write(content)
            sys.stdout.flush()

    @app.command()
    def week(
        from_: Annotated[str, typer.Argument(metavar="DATE", help="First day, YYYY-MM-DD or 'today'.")],
        crew: Annotated[str, typer.Option(help="Code of the crew.")],
        output: Annotated[Path, typer.Option("--output", "-o", help="PDF to write.")],
        workspace: Workspace = DEFAULT_WORKSPACE,
        days: Annotated[int, typer.Option(min=1, max=31, help="Days of the calendar, the first one counted.")] = 7,
        lang: Language = Lang.DE,
        plot_maps: PlotMaps = False,
        base_url: BaseUrl = "",
    ) -> None:
        """Write the booklet of a crew's week: a cover with days, hours, plots and notes, then each day's sheet."""
        from geo_service.outputs.day_in_force import week_in_force
        from geo_service.outputs.week_booklet import week_booklet

        with _opened(workspace) as store:
            wanted = week_in_force(store, _day(from_, wiring.clock), crew=crew, days=days, lang=lang.value)
            content = week_booklet(
                wanted,
                name=next(one.name for one in store.crews() if one.code == crew),
                at=wiring.clock(),
                network=store.streets(),
                base_url=base_url,
                lang=lang.value,
                plot_maps=plot_maps,
            )
        _write(output, content)
        _say(f"wrote {output}")

    @app.command()
    def status(workspace: Workspace = DEFAULT_WORKSPACE, as_: As = ReportFormat.TEXT, lang: Language = Lang.DE) -> None:
        """Tell what the workspace holds and what changed last."""
        from geo_service.outputs.status_text import print_status, status_json

        with _opened(workspace) as store:
            if as_ is ReportFormat.JSON:
                _print_json(status_json(store))
            else:
                print_status(Console(), store, lang.value)

    @app.command()
    def export(
        file: Annotated[Path, typer.Argument(help="File to write; its ending says the form.")],
        workspace: Workspace = DEFAULT_WORKSPACE,
        layer: Annotated[Layer | None, typer.Option(help="Only this; FILE.gpkg without it holds everything.")] = None,
    ) -> None:
        """Write everything as a GeoPackage, or one layer as .gpkg, .parquet, .fgb, .zip (Shapefile) or .csv."""
        from geo_service.outputs.collections import COLLECTIONS
        from geo_service.outputs.downloads import FileFormat, write_download
        from geo_service.outputs.workspace_gpkg import dataset_of, export_gpkg
        from geo_service.web.colours import map_colours

        form = {f".{one}": one for one in FileFormat}.get(file.suffix.lower())
        if form is None:
            endings = ", ".join(f".{one}" for one in FileFormat)
            raise InputError(f"{file.name} ends like no form that can be written", remedy=f"choose one of {endings}")
        if layer is None and form is not FileFormat.GPKG:
            raise InputError(f"a .{form} holds one layer", remedy=f"say which: --layer {'|'.join(Layer)}")
        with _opened(workspace) as store:
            if layer is None:
                export_gpkg(file, store, at=wiring.clock(), colours=map_colours("light"))
            else:
                write_download(file, form, dataset_of(store, COLLECTIONS[layer], at=wiring.clock()))
        _say(f"wrote {file}")

    @app.command()
    def serve(
        workspace: Workspace = DEFAULT_WORKSPACE,
        host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
        port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on.")] = 8000,
        base_url: Annotated[str, typer.Option(help="Where clients reach it, such as https://desk.example.")] = "",
    ) -> None:
        """Serve the API and the map, and print a sign-in link."""
        with _opened(workspace):
            pass
        wiring.serve(workspace, host, port, base_url)

    @app.command()
    def demo(
        workspace: Workspace = DEFAULT_WORKSPACE,
        no_serve: Annotated[bool, typer.Option("--no-serve", help="End before serving.")] = False,
        port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on.")] = 8000,
        seconds: Annotated[float, typer.Option(help="Seconds to search for a better plan.")] = SECONDS,
        seed: Annotated[int, typer.Option(help="Seed of the search.")] = 1,
        lang: Language = Lang.DE,
    ) -> None:
        """Show the whole way on the schematic sample: import, plan ten days, print and write today's lists, serve."""
        from geo_service.actions.plan_period import PlanRequest
        from geo_service.outputs.day_files import Making, write_day_files
        from geo_service.outputs.day_in_force import day_in_force
        from geo_service.outputs.day_text import print_day
        from geo_service.outputs.plan_text import print_plan

        out = Console()
        with _sample_workspace(workspace, out, lang) as store:
            made = _plan(store, PlanRequest(_day("today", wiring.clock), 10, seconds, seed))
            print_plan(out, made, lang.value, catalogue=store.catalogue())
            today = day_in_force(store, made.days[0], lang=lang.value)
            print_day(out, today, lang.value)
            written = write_day_files(
                today, workspace / "days", Making(wiring.clock(), lang.value, store.streets, f"http://127.0.0.1:{port}")
            )
        _say(f"wrote {len(written)} files (PDF, GPX, GeoJSON, iCalendar per crew) to {written[0].parent}")
        if not no_serve:
            wiring.serve(workspace, "127.0.0.1", port, "")

    @contextmanager
    def _sample_workspace(workspace: Path, out: Console, lang: Lang) -> Iterator[SqliteStore]:
        """Open the demo's workspace, made new from the sample unless it is there already."""
        from geo_service.actions.make_workspace import make_workspace
        from geo_service.actions.sample import load_sample
        from geo_service.outputs.basemap import BasemapFile
        from geo_service.outputs.import_text import print_report
        from geo_service.store.sqlite import FILE_NAME, SqliteStore

        if (workspace / FILE_NAME).exists():
            store = SqliteStore.open(workspace)
        else:
            store = make_workspace(workspace, defaults=wiring.sample, author=wiring.author, at=wiring.clock())
        try:
            if store.is_sample():
                _say(f"using the sample workspace {workspace} as it is")
            elif store.plots() or store.streets() or store.quarters():
                raise Conflict(
                    f"the workspace {workspace} holds real data, the demo leaves it alone",
                    remedy="name another folder with --workspace",
                )
            else:
                with _bar() as on_progress:
                    basemap = BasemapFile(workspace)
                    reports = load_sample(
                        store, wiring.sample, at=wiring.clock(), on_progress=on_progress, basemap=basemap
                    )
                for report in reports.values():
                    print_report(out, report, lang.value)
            yield store
        finally:
            store.close()

    return app


def run(app: typer.Typer) -> int:
    """Run the command line; return the exit code: 0 done, 2 bad input, 1 our fault, 130 interrupted."""
    try:
        app(standalone_mode=False)
    except (Cancelled, KeyboardInterrupt):
        err.print("[bold]stopped[/]: the plan in force stays", highlight=False)
        return 130
    except GeoServiceError as error:
        remedy = f" Remedy: {error.remedy}." if error.remedy else ""
        err.print(f"error: {error.message}.{remedy}", markup=False, highlight=False, soft_wrap=True)
        return 1 if isinstance(error, StoreError) else 2
    except typer.Exit as done:
        return done.exit_code
    except typer.Abort:
        return 130
    except Exception as error:
        if hasattr(error, "format_message"):  # a wrong option or argument
            message = error.format_message().replace("Value error, ", "").rstrip(".")
            err.print(
                f"error: {message}. Remedy: see `geo-service --help`, or --help after the command.",
                markup=False,
                highlight=False,
                soft_wrap=True,
            )
            return 2
        raise
    return 0


@contextmanager
def _opened(workspace: Path) -> Iterator[SqliteStore]:
    from geo_service.store.sqlite import SqliteStore

    store = SqliteStore.open(workspace)
    try:
        yield store
    finally:
        store.close()


@contextmanager
def _bar() -> Iterator[OnProgress]:
    """Show a progress bar on standard error; on a file or pipe it stays silent."""
    bar = Bar(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[note]}"),
        console=err,
        transient=True,
        disable=not err.is_terminal,
    )
    with bar:
        task = bar.add_task("...", total=None, note="")

        def on_progress(progress: Progress) -> None:
            bar.update(
                task,
                description=progress.stage,
                completed=progress.done,
                total=progress.total or None,
                note=progress.note,
            )

        yield on_progress


def _say(text: str) -> None:
    err.print(text, markup=False, highlight=False, soft_wrap=True)


def _print_json(value: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def _day(text: str, clock: Clock) -> date:
    if text in ("today", "heute"):
        return clock().astimezone(BERLIN).date()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError(f"{text!r} is no date", remedy="write it as YYYY-MM-DD, or 'today'") from None


def _epsg(text: str | None) -> int | None:
    if text is None:
        return None
    digits = text.upper().removeprefix("EPSG:")
    if not digits.isdigit():
        raise InputError(f"{text!r} is no EPSG code", remedy="write it as EPSG:25833")
    return int(digits)


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise InputError(f"cannot write {path} ({error.strerror})", remedy="choose another file with -o") from error
