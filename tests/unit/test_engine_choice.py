"""Which engine is taken, and that it is compiled once, before anything runs."""

import logging
from pathlib import Path

import pytest

import sim
from sim.engine import compiled, reference
from sim.engine.choice import COMPILING, COMPILING_S, REFERENCE_RATE, Engine, chosen, engine_named
from sim.experiment import Execution, run
from sim.log import Log
from sim.plan import Plan, compile_plan
from tests.cli.running import DAY

WORTH_IT = 1.01 * COMPILING_S * REFERENCE_RATE


@pytest.fixture
def cold(monkeypatch: pytest.MonkeyPatch) -> None:
    """As after an installation: nothing is compiled yet."""
    monkeypatch.setattr(compiled, "is_ready", lambda: False)


@pytest.fixture
def warm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "is_ready", lambda: True)


@pytest.mark.parametrize("contacts", [1.0, WORTH_IT])
def test_once_compiled_the_compiled_engine_does_everything(contacts: float, warm: None) -> None:
    assert chosen(Engine.AUTO, contacts) is Engine.COMPILED


def test_a_small_run_does_not_wait_for_a_compilation(cold: None) -> None:
    assert chosen(Engine.AUTO, 1000.0) is Engine.REFERENCE


def test_a_long_run_is_worth_a_compilation(cold: None) -> None:
    assert chosen(Engine.AUTO, WORTH_IT) is Engine.COMPILED


def test_many_processors_do_a_longer_run_in_the_time_of_a_compilation(cold: None) -> None:
    assert chosen(Engine.AUTO, WORTH_IT, processors=2) is Engine.REFERENCE


@pytest.mark.parametrize("wanted", [Engine.REFERENCE, Engine.COMPILED])
@pytest.mark.parametrize("contacts", [1.0, WORTH_IT])
def test_who_names_an_engine_gets_it(wanted: Engine, contacts: float, cold: None) -> None:
    assert chosen(wanted, contacts) is wanted


def test_a_misspelt_engine_is_refused_with_the_nearest_there_is() -> None:
    with pytest.raises(ValueError, match="there is no engine 'compield': did you mean 'compiled'"):
        engine_named("compield")
    with pytest.raises(ValueError, match="did you mean 'reference'"):
        sim.run(sim.loads(DAY), engine="referenz")


@pytest.mark.parametrize("is_cold", [True, False])
def test_the_engine_is_made_ready_once_before_any_replication_and_compiling_is_announced(
    is_cold: bool, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    happened: list[str] = []
    really = compiled.prepare

    def prepare(plan: Plan) -> None:
        really(plan)
        happened.append("ready")

    def simulated(plan: Plan, replication: int) -> Log:
        happened.append("simulated")
        return reference.run(plan, replication)

    monkeypatch.setattr(compiled, "is_ready", lambda: not is_cold)
    monkeypatch.setattr(compiled, "prepare", prepare)
    monkeypatch.setattr(compiled, "run", simulated)
    plan = compile_plan(sim.loads(DAY, folder=Path()))
    with caplog.at_level(logging.WARNING, "sim"):
        run([(plan, ())], 4, execution=Execution(Engine.COMPILED, workers=2))
    assert happened == ["ready", *["simulated"] * 4]
    assert caplog.messages == ([COMPILING] if is_cold else [])
