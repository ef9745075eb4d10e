"""`sim erlang`: the line of answer, its JSON, and what is said about impossible options."""

import json
import subprocess
import sys
from typing import Any

import pytest
from typer.testing import CliRunner

from sim.cli.erlang import erlang_app
from sim.units import format_duration, format_share
from tests.oracle import exact

DEMAND = ("--volume", "120/h", "--handle-time", "4m")
RATE, TIME = 120 / 3600, 240.0


def erlang(*arguments: str) -> str:
    """What the command says on stdout; it must succeed and say nothing on stderr."""
    result = CliRunner().invoke(erlang_app, arguments)
    assert (result.exit_code, result.stderr) == (0, "")
    return result.stdout


def record(*arguments: str) -> dict[str, Any]:
    found = json.loads(erlang(*arguments, "--json"))
    assert isinstance(found, dict)
    return found


def fault(*arguments: str) -> str:
    """What the command says on stderr; it must end with exit code 2 and say nothing on stdout."""
    result = CliRunner().invoke(erlang_app, arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Traceback" not in result.stderr
    return result.stderr


# -------------------------------------------------------------------------------- One line of answer


def test_erlang_c_answers_in_one_line() -> None:
    # 6 an hour, 3 agents of 20 minutes: 4/9 wait, 4/27 h on average, 1 - 4/9 exp(-1/2) within 10 minutes
    line = erlang("c", "--volume", "6/h", "--handle-time", "20m", "--agents", "3", "--target", "10m")
    assert line == (
        "3 agents: 73 % answered within 10 min, mean wait 8.89 min, 44.4 % wait, occupancy 66.7 %\n"
    )


def test_without_a_target_there_is_no_service_level() -> None:
    # M/M/1 at half its load: the mean wait is one handle time
    line = erlang("c", "--volume", "1/h", "--handle-time", "30m", "--agents", "1")
    assert line == "1 agent: mean wait 30 min, 50 % wait, occupancy 50 %\n"


def test_erlang_a_adds_asa_and_abandonment() -> None:
    # Load 1 and patience as long as handling: the number present is Poisson with mean 1.
    queue = (0.01, 100.0, 1, 100.0)
    asa = format_duration(exact.erlang_a_mean_wait_of_answered(*queue))
    level = format_share(exact.erlang_a_service_level_offered(*queue, 20.0))
    options = ("--volume", "36/h", "--handle-time", "100s", "--agents", "1", "--patience", "100s")
    assert erlang("a", *options, "--target", "20s") == (
        f"1 agent: {level} answered within 20 s, mean wait 36.8 s, ASA {asa}, 36.8 % abandon, "
        "63.2 % wait, occupancy 63.2 %\n"
    )


def test_erlang_b_answers_with_what_is_blocked() -> None:
    assert erlang("b", "--volume", "2/h", "--handle-time", "30m", "--lines", "2") == (
        "2 lines: 20 % blocked, occupancy 40 %\n"
    )


def test_a_goal_instead_of_agents_asks_how_many_are_needed() -> None:
    demand = ("--volume", "2/h", "--handle-time", "30m")  # one erlang
    # Erlang C: 2 agents let wait 1/3, 10 minutes on average; 3 let wait 1/11, 30 min / 22
    assert erlang("c", *demand, "--mean-wait", "5m") == (
        "needs 3 agents: mean wait 81.8 s, 9.1 % wait, occupancy 33.3 %\n"
    )
    # Erlang B: 1/2, 1/5, 1/16, 1/65
    assert erlang("b", *demand, "--blocked", "2%") == "needs 4 lines: 1.5 % blocked, occupancy 24.6 %\n"
    assert erlang("b", *demand, "--blocked", "60%") == "needs 1 line: 50 % blocked, occupancy 50 %\n"


def test_shares_are_never_rounded_to_nothing_or_all() -> None:
    options = ("--volume", "1/d", "--handle-time", "1s", "--agents", "5", "--target", "20s")
    assert erlang("c", *options) == (
        "5 agents: over 99.9 % answered within 20 s, mean wait under 0.1 s, under 0.1 % wait, "
        "occupancy under 0.1 %\n"
    )


def test_ten_thousand_agents_are_no_trouble() -> None:
    options = ("--volume", "150000/h", "--handle-time", "4m", "--patience", "3m", "--agents", "10000")
    queue = (150_000 / 3600, 240.0, 10_000, 180.0)
    abandoned = format_share(exact.erlang_a_abandonment(*queue))
    asa = format_duration(exact.erlang_a_mean_wait_of_answered(*queue))
    line = erlang("a", *options)
    assert line.startswith("10,000 agents: mean wait ")
    assert f"ASA {asa}, {abandoned} abandon" in line


# ----------------------------------------------------------------------------------------------- JSON


def test_the_json_of_erlang_a_holds_what_was_asked_and_every_measure() -> None:
    found = record("a", *DEMAND, "--patience", "3m", "--agents", "9", "--target", "20s")
    queue = (RATE, TIME, 9, 180.0)
    formula, goals = found.pop("formula"), found.pop("goals")
    assert (formula, goals) == ("erlang_a", {})
    assert found == pytest.approx(
        {
            "arrival_rate_per_s": RATE,
            "handle_time_s": TIME,
            "patience_s": 180.0,
            "load_erlangs": 8.0,
            "agents": 9,
            "target_s": 20.0,
            "service_level": exact.erlang_a_service_level_offered(*queue, 20.0),
            "abandonment": exact.erlang_a_abandonment(*queue),
            "mean_wait_s": exact.erlang_a_mean_wait(*queue),
            "asa_s": exact.erlang_a_mean_wait_of_answered(*queue),
            "share_waiting": exact.erlang_a_delay(*queue),
            "occupancy": exact.erlang_a_occupancy(*queue),
        },
        rel=1e-9,
    )


def test_the_json_of_erlang_c_has_no_service_level_without_a_target() -> None:
    found = record("c", *DEMAND, "--agents", "10")
    assert found.pop("formula") == "erlang_c"
    assert (found.pop("goals"), found.pop("target_s"), found.pop("service_level")) == ({}, None, None)
    assert found == pytest.approx(
        {
            "arrival_rate_per_s": RATE,
            "handle_time_s": TIME,
            "load_erlangs": 8.0,
            "agents": 10,
            "mean_wait_s": exact.erlang_c_mean_wait(RATE, TIME, 10),
            "asa_s": exact.erlang_c_mean_wait(RATE, TIME, 10),
            "share_waiting": exact.erlang_c_delay(RATE, TIME, 10),
            "occupancy": 0.8,
        },
        rel=1e-9,
    )


def test_the_json_of_erlang_b_has_lines() -> None:
    assert record("b", "--volume", "1/s", "--handle-time", "1s", "--blocked", "20%") == {
        "formula": "erlang_b",
        "arrival_rate_per_s": 1.0,
        "handle_time_s": 1.0,
        "load_erlangs": 1.0,
        "goals": {"blocked": 0.2},
        "lines": 2,
        "blocked": pytest.approx(1 / 5, rel=1e-12),
        "occupancy": pytest.approx(2 / 5, rel=1e-12),
    }


@pytest.mark.parametrize(
    ("formula", "goals", "measured"),
    [
        ("c", {"--service-level": "80%"}, {"service_level": 0.8}),
        ("c", {"--mean-wait": "30s"}, {"mean_wait_s": 30.0}),
        ("c", {"--mean-wait": "10m", "--occupancy": "75%"}, {"mean_wait_s": 600.0, "occupancy": 0.75}),
        ("a", {"--service-level": "80%"}, {"service_level": 0.8}),
        ("a", {"--abandonment": "5%"}, {"abandonment": 0.05}),
        ("a", {"--abandonment": "5%", "--mean-wait": "2s"}, {"abandonment": 0.05, "mean_wait_s": 2.0}),
    ],
)
def test_the_agents_needed_reach_the_goals_and_one_fewer_does_not(
    formula: str, goals: dict[str, str], measured: dict[str, float]
) -> None:
    options = (*DEMAND, "--target", "20s", *(("--patience", "3m") if formula == "a" else ()))
    needed = record(formula, *options, *(word for goal in goals.items() for word in goal))
    assert needed["goals"] == measured

    def reached(found: dict[str, Any]) -> bool:
        return all(
            found[name] >= goal if name == "service_level" else found[name] <= goal
            for name, goal in measured.items()
        )

    agents = needed["agents"]
    given = record(formula, *options, "--agents", str(agents))
    assert {**needed, "goals": {}} == given
    assert reached(given)
    assert not reached(record(formula, *options, "--agents", str(agents - 1)))


# --------------------------------------------------------------------------------- Impossible options


@pytest.mark.parametrize(
    ("arguments", "message", "remedy"),
    [
        (
            ("c", *DEMAND, "--agents", "8"),
            "--agents: '8' cannot keep up with a load of 8 erlangs (volume × handle time): "
            "the line would grow without end (allowed: 9 or more)",
            "write --agents 9, or use `sim erlang a` with --patience, where customers give up",
        ),
        (
            ("c", "--volume", "1000000/h", "--handle-time", "4h", "--agents", "8"),
            "--agents: '8' cannot keep up with a load of 4e+06 erlangs (volume × handle time): "
            "the line would grow without end (allowed: 4,000,001 or more)",
            "lower --volume, or use `sim erlang a` with --patience, where customers give up",
        ),
        (
            ("c", "--volume", "120/h", "--handle-time", "0s", "--agents", "8"),
            "--handle-time: '0s' is out of range (allowed: 1ms or more)",
            "write --handle-time 4m",
        ),
        (
            ("c", "--volume", "0/h", "--handle-time", "4m", "--agents", "8"),
            "--volume: '0/h' is out of range (allowed: above 0)",
            "write --volume 120/h",
        ),
        (
            ("c", "--volume", "120", "--handle-time", "4m", "--agents", "10"),
            "--volume: '120' is not a rate: it needs a unit "
            "(allowed: a number per unit of time, such as 900/day, 12/h or 2/min)",
            "write 120/day or 120/h",
        ),
        (
            ("a", *DEMAND, "--patience", "0s", "--agents", "10"),
            "--patience: '0s' is out of range (allowed: 1ms or more)",
            "write --patience 3m",
        ),
        (
            ("a", *DEMAND, "--agents", "10"),
            "--patience: the value is missing "
            "(allowed: a number with a unit, such as 90s, 5m 30s, 8h, 1d or 2w)",
            "write --patience 3m",
        ),
        (
            ("c", *DEMAND, "--service-level", "120%", "--target", "20s"),
            "--service-level: '120%' is more than 100 % (allowed: 0% to 100%)",
            "write --service-level 80%",
        ),
        (
            ("c", *DEMAND, "--service-level", "100%", "--target", "20s"),
            "--service-level: '100%' is out of range (allowed: above 0% and below 100%)",
            "write --service-level 80%",
        ),
        (
            ("c", *DEMAND, "--service-level", "80%"),
            "--service-level: '80%' needs its time (allowed: with --target)",
            "add --target 20s",
        ),
        (
            ("c", *DEMAND, "--agents", "10", "--mean-wait", "30s"),
            "--agents: '10' is given beside --mean-wait 30s "
            "(allowed: either --agents, or goals: --service-level, --mean-wait, --occupancy)",
            "leave out --agents to ask how many are needed",
        ),
        (
            ("a", *DEMAND, "--patience", "3m"),
            "--agents: the value is missing (allowed: --agents, or goals: --service-level, --mean-wait, "
            "--abandonment, --occupancy)",
            "write --agents 10, or --service-level 80% --target 20s",
        ),
        (
            ("b", *DEMAND),
            "--lines: the value is missing (allowed: --lines, or goals: --blocked)",
            "write --lines 12, or --blocked 1%",
        ),
        (
            ("b", *DEMAND, "--lines", "12", "--blocked", "1%"),
            "--lines: '12' is given beside --blocked 1% (allowed: either --lines, or goals: --blocked)",
            "leave out --lines to ask how many are needed",
        ),
        (
            ("b", *DEMAND, "--blocked", "0%"),
            "--blocked: '0%' is out of range (allowed: above 0% and below 100%)",
            "write --blocked 1%",
        ),
        (
            ("a", *DEMAND, "--patience", "3m", "--occupancy", "0.001%"),
            "--occupancy 0.001%: not even 100,000 reach the goals at a load of 8 erlangs "
            "(allowed: goals within their reach)",
            "ask for less, or lower --volume",
        ),
        (
            ("b", "--volume", "1000/s", "--handle-time", "1w", "--blocked", "1%"),
            "--blocked 1%: not even 100,000 reach the goals at a load of 6.048e+08 erlangs "
            "(allowed: goals within their reach)",
            "ask for less, or lower --volume",
        ),
    ],
)
def test_an_impossible_option_is_named_with_its_value_what_is_allowed_and_a_remedy(
    arguments: tuple[str, ...], message: str, remedy: str
) -> None:
    assert fault(*arguments).startswith(f"{message}\n     → {remedy}\n1 fault")


@pytest.mark.parametrize("agents", ["six", "10.5", "-3", "1e3", "", "9" * 5000])
def test_agents_that_are_no_whole_number_are_refused(agents: str) -> None:
    said = fault("c", *DEMAND, "--agents", agents)
    assert said.startswith("--agents: ")
    assert "(allowed: 1 to 100,000)\n     → write --agents 10\n" in said


@pytest.mark.parametrize("agents", ["0", "100001"])
def test_agents_out_of_range_are_refused(agents: str) -> None:
    assert f"--agents: '{agents}' is out of range (allowed: 1 to 100,000)" in fault(
        "c", *DEMAND, "--agents", agents
    )


def test_all_faults_are_told_at_once() -> None:
    said = fault("a", "--volume", "-5/h", "--handle-time", "4", "--agents", "six", "--target", "soon")
    named = [line.split(":")[0] for line in said.splitlines() if line.startswith("--")]
    assert named == ["--volume", "--handle-time", "--patience", "--agents", "--target"]
    assert "5 faults" in said


def test_an_option_of_another_formula_is_a_fault_of_usage() -> None:
    assert "--patience" in fault("c", *DEMAND, "--agents", "10", "--patience", "3m")


# ------------------------------------------------------------------------------------------- Start-up


def test_the_command_line_loads_no_heavy_package_until_it_needs_one() -> None:
    code = (
        "import sys; import sim.cli.erlang; "
        "print(sorted({'numpy', 'scipy', 'pandas', 'numba', 'pydantic'} & set(sys.modules)))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout == "[]\n"
