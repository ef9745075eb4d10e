"""`sim sql`: what was kept answers in SQL, and can neither be changed nor left."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

import sim as package
from sim.errors import ExitCode
from sim.scenario import load
from tests.cli.running import PYTHON, files, refused, sim, written


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("sql"))


@pytest.fixture(scope="module")
def store(day: Path) -> Path:
    """A comparison of three, with logs; none of these tests may change it."""
    folder = day.parent / "it's a store"
    assert sim("compare", day, "--logs", "-o", folder).code == 0
    return folder


def rows(store: Path, query: str) -> list[dict[str, object]]:
    said = sim("sql", store, query, "--json")
    assert (said.code, said.stderr) == (0, ""), said
    found: list[dict[str, object]] = json.loads(said.stdout)
    return found


def test_contacts_are_those_that_python_shows(day: Path, store: Path) -> None:
    expected = package.run(load(day)).contacts
    counted = rows(
        store,
        "select channel, fate, count(*) as contacts, sum(arrival) as arrival from contacts "
        "where variant = 'today' and counted group by all",
    )
    frame = expected[expected.counted].groupby(["channel", "fate"], observed=True).arrival
    assert {(row["channel"], row["fate"]): row["contacts"] for row in counted} == frame.size().to_dict()
    assert {(row["channel"], row["fate"]): row["arrival"] for row in counted} == pytest.approx(
        frame.sum().to_dict()
    )


def test_the_tables_of_a_log_have_the_columns_that_python_shows(day: Path, store: Path) -> None:
    result = package.run(load(day))
    for table in ("contacts", "steps", "agents"):
        columns = [str(row["column_name"]) for row in rows(store, f"describe {table}")]
        assert columns == ["scenario", "variant", *getattr(result, table).columns]


def test_measures_are_those_that_the_command_printed(day: Path, store: Path) -> None:
    (value,) = rows(
        store,
        "select value, low, high, replications from measures "
        "where variant = 'two' and measure = 'abandonment'",
    )
    printed = json.loads(sim("compare", day, "--json").stdout)
    two = next(study for study in printed["studies"] if study["variant"] == "two")
    expected = next(each for each in two["measures"] if each["measure"] == "abandonment")
    assert value == {name: expected[name] for name in value}


def test_steps_join_contacts_and_what_did_not_happen_is_null(store: Path) -> None:
    (found,) = rows(
        store,
        """
        select count(*) as visits, count(c.contact) as joined,
               count(*) filter (s.outcome = 'abandoned') as abandoned,
               count(*) filter (s.started is null and s.outcome = 'abandoned') as never_started,
               count(*) filter (s.agent = -1 and s.team is null and s.outcome = 'abandoned') as no_team
        from steps s left join contacts c using (variant, replication, contact)
        where s.joined = c.arrival
        """,
    )
    assert found["visits"] == found["joined"]
    assert found["abandoned"] == found["never_started"] == found["no_team"]
    assert int(str(found["abandoned"])) > 0


def test_arrivals_are_on_the_clock_too(store: Path) -> None:
    query = (
        "select max(abs(epoch(arrival_at) - epoch(timestamp '2026-03-02') - arrival)) as off from contacts"
    )
    (found,) = rows(store, query)
    assert float(str(found["off"])) < 1e-6


def test_without_a_query_the_tables_are_listed(store: Path) -> None:
    listed = json.loads(sim("sql", store, "--json").stdout)
    assert [row["table"] for row in listed] == ["measures", "agents", "contacts", "steps"]
    for row in listed:
        (counted,) = rows(store, f"select count(*) as rows from {row['table']}")
        assert row["rows"] == counted["rows"]
    assert "contacts " in sim("sql", store).stdout


def test_a_table_csv_and_json_say_the_same(store: Path) -> None:
    query = (
        "select 1 as whole, 0.25 as part, null as nothing, 'a, b' as text, true as yes, "
        "date '2026-03-02' as day"
    )
    table = sim("sql", store, query).stdout.splitlines()
    assert [line.split() for line in table] == [
        ["whole", "part", "nothing", "text", "yes", "day"],
        ["1", "0.25", "–", "a,", "b", "true", "2026-03-02"],
    ]
    text = sim("sql", store, query, "--csv").stdout
    assert list(csv.reader(io.StringIO(text)))[1] == ["1", "0.25", "", "a, b", "true", "2026-03-02"]
    assert rows(store, query) == [
        {"whole": 1, "part": 0.25, "nothing": None, "text": "a, b", "yes": True, "day": "2026-03-02"}
    ]


def test_columns_of_one_name_are_told_apart(store: Path) -> None:
    assert rows(store, "select 1 as a, 2 as a, 3 as a") == [{"a": 1, "a_1": 2, "a_2": 3}]


def test_order_is_kept(store: Path) -> None:
    found = rows(store, "select arrival from contacts order by arrival desc")
    assert found == sorted(found, key=lambda row: -float(str(row["arrival"])))


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("select nope from contacts", 'Referenced column "nope" not found'),
        ("select * from contcts", "contcts does not exist"),
        ("selct 1", "syntax error"),
        ("select 'x'::integer", "Could not convert"),
        ("", "a query is one statement that reads"),
        ("select 1; select 2", "a query is one statement that reads"),
    ],
)
def test_a_faulty_query_is_told_with_the_tables_there_are(query: str, words: str, store: Path) -> None:
    message = refused("sql", store, query)
    assert words in message
    assert "     → the tables are measures (scenario, variant, " in message
    assert "contacts (scenario, variant, replication, contact, " in message


@pytest.mark.parametrize(
    "query",
    [
        "copy (select 1) to '{file}' (use_tmp_file false)",
        "with x as (copy (select 1) to '{file}' (use_tmp_file false)) select 1",
        "from query('with x as (copy (select 1) to ''{file}'' (use_tmp_file false)) select 1')",
        "explain analyze copy (select 1) to '{file}' (use_tmp_file false)",
        "export database '{folder}/x'",
        "create table x as select 1",
        "insert into measures select * from measures",
        "drop view contacts",
        "attach '{folder}/x.db'",
        "install httpfs",
        "set enable_external_access = true",
        "set lock_configuration = false",
        "select * from read_text('{outside}')",
        "select * from read_text('{folder}/manifest.json')",
        "select * from '{outside}'",
        "select * from glob('{folder}/*')",
        "select * from read_csv('https://example.org/x.csv')",
        "select * from frame",
    ],
)
def test_a_query_writes_nothing_and_reads_nothing_else(
    query: str, store: Path, day: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(store)
    kept = files(day.parent)
    file = Path("contacts/0-000000.parquet")
    refused("sql", ".", query.format(file=file, folder=".", outside=day))
    absolute = str(store / file).replace("'", "''")
    refused("sql", store, query.format(file=absolute, folder=absolute, outside=day))
    assert files(day.parent) == kept


def test_without_logs_the_remedy_says_how_to_keep_them(day: Path, tmp_path: Path) -> None:
    assert sim("check", day, "-o", tmp_path / "store").code == 0
    assert len(rows(tmp_path / "store", "select * from measures")) == 1
    assert "contacts, steps and agents are kept with --logs" in refused(
        "sql", tmp_path / "store", "select * from contacts"
    )


def test_tables_are_of_the_replications_that_the_measures_are_of(day: Path, tmp_path: Path) -> None:
    for replications in (3, 2):
        assert sim("run", day, "--logs", "-o", tmp_path / "store", "-n", replications).code == 0
        for table in ("contacts", "steps", "agents"):
            (found,) = rows(tmp_path / "store", f"select max(replication) + 1 as number from {table}")
            assert found["number"] == replications


def test_before_the_command_has_finished_there_are_the_logs_so_far(day: Path, tmp_path: Path) -> None:
    store = tmp_path / "store"
    assert sim("run", day, "--logs", "-o", store).code == 0
    (store / "measures.sha256").unlink()
    (store / "tallies" / "0-000001.npz").unlink()
    assert rows(store, "select distinct replication from steps order by 1") == [
        {"replication": 0},
        {"replication": 2},
    ]
    assert "does not exist" in refused("sql", store, "select * from measures")
    for path in (store / "tallies").iterdir():
        path.unlink()
    assert "there are no tables yet" in refused("sql", store, "select * from contacts")


@pytest.mark.parametrize("name", ["tallies/0-000001.npz", "agents/0-000001.parquet", "measures.csv"])
def test_a_damaged_file_gives_no_number(name: str, day: Path, tmp_path: Path) -> None:
    store = tmp_path / "store"
    assert sim("run", day, "--logs", "-o", store).code == 0
    data = bytearray((store / name).read_bytes())
    data[len(data) // 2] ^= 1
    (store / name).write_bytes(data)
    said = sim("sql", store, "select count(*) from contacts")
    assert (said.code, said.stdout) == (ExitCode.BASELINE_MISSING, "")
    assert "     → give the command that made the store again" in said.stderr
    assert not PYTHON.search(said.stderr)


def test_a_folder_that_is_no_store_is_told(day: Path, tmp_path: Path) -> None:
    for folder in (tmp_path, day, tmp_path / "none"):
        said = sim("sql", folder)
        assert (said.code, said.stdout) == (ExitCode.BASELINE_MISSING, "")
        assert "is not a store of results" in said.stderr
        assert "     → name a folder that was made with `-o`" in said.stderr


def test_one_form_at_a_time(store: Path) -> None:
    assert "one of them" in refused("sql", store, "select 1", "--json", "--csv")
