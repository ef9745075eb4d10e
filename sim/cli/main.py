"""The commands, each a list of verbs; options and exit codes are documented here."""

from __future__ import annotations

import io
import os
import signal
import sys
import threading
from pathlib import Path
from typing import Annotated, Optional

import typer

from sim.cli.erlang import erlang_app
from sim.cli.session import INTERRUPTED, session
from sim.engine.choice import Engine
from sim.errors import ExitCode

app = typer.Typer(
    help="Simulate service operations described in a YAML file.",
    epilog="Exit codes: 0 passed, 1 SLA failed, 2 invalid scenario or usage, 3 undecided, 4 a store that "
    "does not fit, 70 internal error, 130 stopped.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(erlang_app, name="erlang")


def _once(names: list[str] | None) -> list[str] | None:
    """A repeated option of which a command can use only one would otherwise be dropped silently."""
    if names and len(names) > 1:
        raise typer.BadParameter("this command takes one variant: give the option once")
    return names


def _not_too_many(workers: int | None) -> int | None:
    """More workers than processors only cost memory; the results are the same."""
    return None if workers is None else min(workers, max(2, os.cpu_count() or 1))


File = Annotated[Path, typer.Argument(help="Scenario file (YAML).", show_default=False)]
Files = Annotated[list[Path], typer.Argument(help="Scenario files (YAML).", show_default=False)]
Variant = Annotated[
    Optional[list[str]],  # noqa: UP045  # typer reads annotations at run time
    typer.Option("--variant", "-v", help="Apply this variant.", show_default=False, callback=_once),
]
Variants = Annotated[
    Optional[list[str]],  # noqa: UP045
    typer.Option("--variant", "-v", help="Apply this variant (may be repeated).", show_default=False),
]
Replications = Annotated[
    Optional[int],  # noqa: UP045
    typer.Option("--replications", "-n", help="Replications.", show_default="the scenario's"),
]
Seed = Annotated[
    Optional[int],  # noqa: UP045
    typer.Option("--seed", help="Seed of the random numbers.", show_default="the scenario's"),
]
Workers = Annotated[
    Optional[int],  # noqa: UP045
    typer.Option(
        "--workers",
        "-w",
        min=1,
        help="Threads, or processes for the reference engine; results do not depend on it.",
        show_default="one a core for long runs, fewer where memory would suffer",
        callback=_not_too_many,
    ),
]
EngineName = Annotated[
    Engine,
    typer.Option("--engine", "-e", help="What simulates; results do not depend on it.", show_default=True),
]
Cluster = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option(
        "--cluster",
        metavar="tcp://HOST:PORT",
        help="A Dask scheduler whose workers do the work; results do not depend on it.",
        show_default=False,
    ),
]
Only = Annotated[
    Optional[int],  # noqa: UP045
    typer.Option(
        "--only",
        min=0,
        max=999_999,
        help="Simulate the replication of this number alone; the first is 0.",
        show_default=False,
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]
Csv = Annotated[
    Optional[Path],  # noqa: UP045
    typer.Option("--csv", help="Write the interval table to this file.", show_default=False),
]

Output = Annotated[
    Optional[Path],  # noqa: UP045
    typer.Option(
        "--output",
        "-o",
        help="Keep results in this folder; the same command goes on from what is there.",
        show_default=False,
    ),
]
Logs = Annotated[
    bool,
    typer.Option("--logs", help="With -o: keep contacts, steps and agents too, for `sim sql`."),
]


@app.command()
def init(
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="[TEMPLATE] DIR",
            help="One of phone_desk (the default), omnichannel, bot_first, counter; and where to.",
            show_default=False,
        ),
    ],
) -> None:
    """Write a commented scenario to start from, and the schema that editors complete it with."""
    if len(words) > 2:
        raise typer.BadParameter("give a template and a folder, or a folder alone")
    with session() as say:
        from sim.cli.init import started

        say.lines(started(words[0] if len(words) == 2 else "phone_desk", Path(words[-1])))


@app.command()
def schema() -> None:
    """Print the JSON Schema of scenario files, for editors."""
    with session() as say:
        from sim.scenario.schema import schema_text

        say.lines([schema_text().rstrip()])


@app.command()
def measures(
    name: Annotated[
        Optional[str],  # noqa: UP045
        typer.Argument(help="A measure, or what its name begins with, such as wait.", show_default="all"),
    ] = None,
    json: Json = False,
) -> None:
    """List what can be measured: name, arguments, unit, direction, definition."""
    with session() as say:
        from sim.cli.measures import found, record, report

        chosen = found(name)
        if json:
            say.json([record(measure) for measure in chosen])
        else:
            say.show(report(chosen))


@app.command()
def validate(files: Files, variant: Variant = None) -> None:
    """Check scenario files, every variant of them, and report all faults at once."""
    with session() as say:
        from sim.cli.validate import validated

        say.lines(validated(files, _only(variant)))


@app.command()
def resolve(file: File, variant: Variant = None) -> None:
    """Print the scenario with a variant merged in, and where each changed value comes from."""
    with session() as say:
        from sim.cli.validate import resolved

        say.lines([resolved(file, _only(variant))])


@app.command()
def run(
    file: File,
    variant: Variants = None,
    replications: Replications = None,
    seed: Seed = None,
    engine: EngineName = Engine.AUTO,
    workers: Workers = None,
    cluster: Cluster = None,
    only: Only = None,
    json: Json = False,
    csv: Csv = None,
    output: Output = None,
    logs: Logs = False,
) -> None:
    """Simulate a scenario and print its measures with intervals."""
    with session() as say:
        from sim.cli.simulate import execution_of, run_studies, store_opener
        from sim.reporting import console, kept, records
        from sim.scenario import load

        say.check_target(csv, [file])
        opened = store_opener(say, output, logs)
        names: list[str | None] = [*dict.fromkeys(variant)] if variant else [None]
        scenarios = [load(file, name) for name in names]
        execution = execution_of(engine, workers, cluster)
        with say.progress() as progress:
            studies = run_studies(
                scenarios, replications, seed, execution, progress, opened, csv is not None, only
            )
        if output:
            kept.keep_run(output, studies)
        if csv:
            say.save(csv, records.interval_csv(studies))
        if json:
            say.json([records.run_record(study) for study in studies])
        else:
            for study in studies:
                say.show(console.run_report(study))


@app.command()
def compare(
    files: Files,
    variant: Variants = None,
    base: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--base", help="Compare with this variant.", show_default="the file as written"),
    ] = None,
    replications: Replications = None,
    seed: Seed = None,
    engine: EngineName = Engine.AUTO,
    workers: Workers = None,
    cluster: Cluster = None,
    json: Json = False,
    csv: Csv = None,
    output: Output = None,
    logs: Logs = False,
) -> None:
    """Simulate a scenario and its variants (or several files) side by side, with paired differences."""
    with session() as say:
        from sim.analysis.results import check as judge
        from sim.cli.simulate import compare_studies, execution_of, side_by_side, store_opener
        from sim.reporting import console, kept, records

        say.check_target(csv, files)
        opened = store_opener(say, output, logs)
        scenarios = side_by_side(files, base, variant)
        execution = execution_of(engine, workers, cluster)
        with say.progress() as progress:
            found = compare_studies(
                scenarios, replications, seed, execution, progress, opened, intervals=csv is not None
            )
        if output:
            kept.keep_comparison(output, found)
        checks = [judge(study) for study in found.studies]
        if csv:
            say.save(csv, records.interval_csv(found.studies))
        if json:
            say.json(records.compare_record(found, checks))
        else:
            say.show(console.compare_report(found, checks))


@app.command()
def check(
    files: Files,
    variant: Variant = None,
    replications: Replications = None,
    seed: Seed = None,
    engine: EngineName = Engine.AUTO,
    workers: Workers = None,
    cluster: Cluster = None,
    json: Json = False,
    output: Output = None,
    logs: Logs = False,
) -> None:
    """Judge the SLAs of scenarios: PASS, FAIL or UNDECIDED; the exit code says the worst."""
    with session() as say:
        from sim.analysis.results import worst_exit_code
        from sim.cli.simulate import check_studies, execution_of, loaded, store_opener
        from sim.reporting import console, kept, records

        opened = store_opener(say, output, logs)
        scenarios = loaded(files, _only(variant))
        execution = execution_of(engine, workers, cluster)
        with say.progress() as progress:
            checks = check_studies(scenarios, replications, seed, execution, progress, opened)
        if output:
            kept.keep_checks(output, checks)
        code = worst_exit_code(checks)
        if json:
            say.json([records.check_record(each) for each in checks])
        else:
            for each in checks:
                say.show(console.check_report(each))
    raise typer.Exit(code)


@app.command()
def sql(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Made with -o.", show_default=False)],
    query: Annotated[
        Optional[str],  # noqa: UP045
        typer.Argument(help="In DuckDB's SQL.", show_default="lists the tables"),
    ] = None,
    json: Json = False,
    csv: Annotated[bool, typer.Option("--csv", help="Print CSV instead of a table.")] = False,
) -> None:
    """Ask the results in a folder: tables `measures` and, with --logs, `contacts`, `steps`, `agents`."""
    if json and csv:
        raise typer.BadParameter("--json and --csv: one of them")
    with session() as say:
        from sim.cli.sql import as_csv, as_records, as_table, asked

        answer = asked(folder, query)
        if json:
            say.json(as_records(answer))
        elif csv:
            say.lines(as_csv(answer))
        else:
            say.show(as_table(answer))


def _only(names: list[str] | None) -> str | None:
    return names[0] if names else None


def _is_simulating() -> bool:
    """Whether threads are in the middle of replications (`experiment.executors` gives them their name)."""
    return any(thread.name.startswith("sim replications") for thread in threading.enumerate())


def main() -> None:
    """Run the command line."""
    # A closed stdout or stderr (`>&-`) is None in Python: what goes there goes nowhere.
    sys.stdout = sys.stdout or io.StringIO()
    sys.stderr = sys.stderr or io.StringIO()
    # A CI job that is called off sends SIGTERM: it ends like Ctrl-C, workers included.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        app(prog_name="sim")
    except KeyboardInterrupt:
        code: int | str | None = INTERRUPTED
    except SystemExit as end:
        code = end.code
    if code == INTERRUPTED and _is_simulating():
        # Python would wait for the threads.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(INTERRUPTED)
    sys.exit(code)


__all__ = ["ExitCode", "app", "main"]
