"""Exit codes by name, what goes to which stream, JSON and CSV, the same bytes every time."""

from __future__ import annotations

import csv
import io
import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sim.cli.session import Session
from sim.errors import ExitCode
from tests.cli.running import DAY, PYTHON, process, refused, sim, written

IMPOSSIBLE = DAY.replace(">= 0%", ">= 100%")


@pytest.fixture
def day(tmp_path: Path) -> Path:
    return written(tmp_path)


def parsed(text: str) -> Any:
    """JSON without NaN and Infinity, which Python writes and reads but JSON does not have."""

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is not JSON")

    return json.loads(text, parse_constant=refuse)


# --- exit codes


def test_check_passes_with_code_0_when_every_sla_is_met(day: Path) -> None:
    assert sim("check", day).code == ExitCode.PASSED == 0


def test_check_ends_with_code_1_when_an_sla_is_missed(tmp_path: Path) -> None:
    assert sim("check", written(tmp_path, IMPOSSIBLE)).code == ExitCode.SLA_FAILED == 1


def test_check_ends_with_code_3_when_one_replication_cannot_tell(tmp_path: Path) -> None:
    said = sim("check", written(tmp_path, IMPOSSIBLE), "-n", "1")
    assert said.code == ExitCode.UNDECIDED == 3


def test_a_missed_sla_that_only_warns_does_not_count(tmp_path: Path) -> None:
    sla = "service_level(60s) >= 100% for channel=phone"
    text = IMPOSSIBLE.replace(sla, f"{{expect: {sla}, severity: warn}}")
    assert sim("check", written(tmp_path, text)).code == ExitCode.PASSED


def test_the_worst_of_several_files_gives_the_exit_code(tmp_path: Path, day: Path) -> None:
    assert sim("check", day, written(tmp_path, IMPOSSIBLE, "other.yaml")).code == ExitCode.SLA_FAILED


@pytest.mark.parametrize("command", ["validate", "resolve", "run", "compare"])
def test_other_commands_end_with_code_0_though_slas_are_missed(command: str, tmp_path: Path) -> None:
    said = sim(command, written(tmp_path, IMPOSSIBLE))
    assert (said.code, said.stderr) == (0, "")


def test_a_fault_of_the_program_ends_with_code_70_and_no_traceback(
    day: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("a fault of the program")

    monkeypatch.delenv("SIM_DEBUG", raising=False)
    monkeypatch.setattr("sim.cli.simulate.run_studies", broken)
    said = sim("run", day)
    assert (said.code, said.stdout) == (ExitCode.INTERNAL, "")
    assert "Traceback" not in said.stderr
    assert "SIM_DEBUG=1" in said.stderr


# --- files that cannot be read


def test_a_missing_file_is_named_with_the_nearest_there_is(day: Path) -> None:
    assert f"there is no file '{day.parent}/dya.yaml'" in refused("run", day.parent / "dya.yaml")
    assert f"did you mean '{day}'?" in refused("run", day.parent / "dya.yaml")


def test_a_folder_is_not_a_scenario(tmp_path: Path) -> None:
    assert "is a folder, not a scenario file" in refused("validate", tmp_path)


def test_a_file_of_100_megabytes_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "big.yaml"
    with path.open("wb") as file:
        file.truncate(100_000_000)  # a hole: it has the size and takes no space
    assert "is too big: 100.00 MB" in refused("run", path)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "the file is empty"),
        (b"name: caf\xe9\n", "the file is not UTF-8 text: it holds the byte 0xe9"),
        ("name: x\n".encode("utf-16"), "the file is written in UTF-16"),
        (b"name: a\x00b\n", "is not allowed in YAML"),
    ],
    ids=["empty", "latin-1", "utf-16", "binary"],
)
def test_a_file_that_is_no_text_is_refused(content: bytes, words: str, tmp_path: Path) -> None:
    path = tmp_path / "day.yaml"
    path.write_bytes(content)
    assert words in refused("validate", path)


def test_the_faults_of_all_files_are_told_together(tmp_path: Path) -> None:
    for command in ("validate", "check", "compare"):
        message = refused(command, tmp_path / "one.yaml", tmp_path / "two.yaml")
        assert "one.yaml" in message, command
        assert "two.yaml" in message, command


# --- options out of range


@pytest.mark.parametrize(
    "option",
    [
        ("-n", "0"), ("-n", "-1"), ("-n", "1.5"), ("-n", "x"), ("-n", "1000000000"),
        ("--seed", "-1"), ("--seed", str(2**64)), ("--seed", "1.5"), ("--seed", "x"),
        ("--workers", "0"), ("--workers", "-1"), ("--workers", "x"),
        ("--no-such-option",),
    ],
    ids=" ".join,
)  # fmt: skip
def test_an_option_out_of_range_is_usage(option: tuple[str, ...], day: Path) -> None:
    refused("run", day, *option)


def test_a_number_out_of_range_is_named_by_its_option_and_not_by_a_line_of_the_file(day: Path) -> None:
    message = refused("run", day, "-n", "0")
    assert message.startswith("replications: 0 is not a whole number (allowed: 1 to 1,000,000)")


def test_the_highest_seed_is_allowed(day: Path) -> None:
    assert parsed(sim("run", day, "--json", "--seed", str(2**64 - 1)).stdout)[0]["seed"] == 2**64 - 1


@pytest.mark.parametrize("command", ["validate", "resolve", "run", "compare", "check"])
def test_an_unknown_variant_is_named_with_the_nearest_there_is(command: str, day: Path) -> None:
    assert "there is no variant 'twoo'\n     → did you mean 'two'?" in refused(command, day, "-v", "twoo")
    assert "there is no variant ''" in refused(command, day, "-v", "")


def test_a_variant_named_twice_is_shown_once(day: Path) -> None:
    assert len(parsed(sim("run", day, "-v", "two", "-v", "two", "--json").stdout)) == 1
    once = sim("compare", day, "-v", "two").stdout
    assert sim("compare", day, "-v", "two", "-v", "two").stdout == once


@pytest.mark.parametrize("command", ["validate", "resolve", "check"])
def test_a_second_variant_is_not_dropped_silently(command: str, day: Path) -> None:
    assert "takes one variant" in refused(command, day, "-v", "two", "-v", "three")


def test_a_base_is_not_compared_with_itself(day: Path) -> None:
    assert "the variant 'two' is the base" in refused("compare", day, "--base", "two", "-v", "two")


def test_nothing_to_compare_with_is_said(tmp_path: Path) -> None:
    alone = written(tmp_path, DAY.partition("variants:")[0])
    assert "has no variants to compare with" in refused("compare", alone)


def test_nothing_to_check_is_said(tmp_path: Path) -> None:
    text = DAY.replace("slas:\n  answered fast: service_level(60s) >= 0% for channel=phone\n", "")
    assert "has no SLAs to check" in refused("check", written(tmp_path, text))


# --- results


@pytest.mark.parametrize("command", ["run", "compare", "check"])
def test_results_are_on_stdout_and_stderr_is_silent(command: str, day: Path) -> None:
    said = sim(command, day)
    assert "small desk" in said.stdout
    assert said.stderr == ""
    assert "\x1b" not in said.stdout


@pytest.mark.parametrize("command", ["run", "compare", "check"])
@pytest.mark.parametrize("volume", ["60/day", "0/day"], ids=["contacts", "no contacts"])
def test_json_parses_and_has_no_nan(command: str, volume: str, tmp_path: Path) -> None:
    said = sim(command, written(tmp_path, DAY.replace("60/day", volume)), "--json")
    assert parsed(said.stdout)
    assert said.stderr == ""


def test_no_data_never_passes(tmp_path: Path) -> None:
    assert sim("check", written(tmp_path, DAY.replace("60/day", "0/day"))).code == ExitCode.UNDECIDED


def test_the_interval_table_is_csv_with_the_same_columns_in_each_row(tmp_path: Path, day: Path) -> None:
    target = tmp_path / "intervals.csv"
    assert sim("run", day, "--csv", target).code == 0
    rows = list(csv.reader(io.StringIO(target.read_text(encoding="utf-8"))))
    assert len(rows) > 48
    assert len({len(row) for row in rows}) == 1
    assert "nan" not in target.read_text(encoding="utf-8").lower()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["day.yaml", "intervals.csv"]


@pytest.mark.parametrize("command", ["run", "compare"])
def test_the_same_command_twice_and_with_two_workers_gives_the_same_bytes(
    command: str, day: Path, tmp_path: Path
) -> None:
    found = []
    for number, workers in enumerate((1, 1, 2)):
        target = tmp_path / f"{number}.csv"
        said = sim(command, day, "--json", "--csv", target, "--workers", str(workers))
        assert said.code == 0, said.stderr
        found.append((said.stdout, target.read_bytes()))
    assert found[0] == found[1] == found[2]


def test_another_seed_gives_other_numbers(day: Path) -> None:
    assert sim("run", day, "--json").stdout != sim("run", day, "--json", "--seed", "8").stdout


# --- files that cannot be written


@pytest.mark.parametrize("command", ["run", "compare"])
def test_what_cannot_be_written_is_refused_before_anything_is_simulated(
    command: str, day: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def simulated(*_: object, **__: object) -> None:
        raise AssertionError("this must not be reached")

    monkeypatch.setattr("sim.cli.simulate.studied", simulated)
    monkeypatch.setattr("sim.cli.simulate.compared", simulated)
    assert "there is no folder" in refused(command, day, "--csv", day.parent / "none" / "x.csv")
    assert "it is a folder" in refused(command, day, "--csv", day.parent)
    assert "it is the scenario itself" in refused(command, day, "--csv", day)
    assert day.read_text(encoding="utf-8") == DAY


def test_saving_replaces_a_file_as_a_whole(tmp_path: Path) -> None:
    target = tmp_path / "x.csv"
    target.write_text("old", encoding="utf-8")
    Session().save(target, "new\n")
    assert target.read_text(encoding="utf-8") == "new\n"
    assert list(tmp_path.iterdir()) == [target]


def test_saving_writes_through_a_link_and_keeps_it(tmp_path: Path) -> None:
    real, link = tmp_path / "real.csv", tmp_path / "link.csv"
    real.write_text("old", encoding="utf-8")
    link.symlink_to(real)
    Session().save(link, "new\n")
    assert link.is_symlink()
    assert real.read_text(encoding="utf-8") == "new\n"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes are a thing of Unix")
def test_saving_writes_into_a_pipe_and_does_not_replace_it(tmp_path: Path) -> None:
    # A device such as /dev/stdout is the same case: renaming a file over it would remove it.
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        Session().save(pipe, "new\n")
        assert os.read(reader, 100) == b"new\n"
    finally:
        os.close(reader)
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert list(tmp_path.iterdir()) == [pipe]


# --- processes


def test_python_m_sim_is_sim(day: Path) -> None:
    done = process("validate", day)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{day}: valid, with 2 variants\n", "")


def test_help_names_the_commands_and_the_exit_codes() -> None:
    said = sim("--help")
    assert said.code == 0
    assert {"validate", "resolve", "run", "compare", "check"} <= set(said.stdout.split())
    assert "Exit codes" in said.stdout


def test_help_imports_nothing_heavy() -> None:
    heavy = ("numpy", "pandas", "numba", "scipy", "pydantic", "matplotlib", "simpy", "yaml")
    script = (
        "import sys\n"
        "sys.argv = ['sim', '--help']\n"
        "from sim.cli import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        f"print('HEAVY', [name for name in {heavy!r} if name in sys.modules])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.splitlines()[-1] == "HEAVY []"


def test_a_usage_error_has_no_words_of_python(day: Path) -> None:
    assert not PYTHON.search(refused("rnu", day))
