import contextlib
import signal
import sys

import pytest

import sim
from sim.engine.choice import Engine
from sim.experiment import Execution, Interrupted, run
from sim.experiment.interruption import noticed_interrupts
from sim.log import Log
from sim.plan import Plan, compile_plan
from tests.cli.running import DAY


class Stubborn:
    """Ctrl-C falls into its destruction, where Python drops the exception."""

    def __del__(self) -> None:
        signal.raise_signal(signal.SIGINT)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_ctrl_c_that_falls_into_the_destruction_of_an_object_is_not_lost() -> None:
    before = signal.getsignal(signal.SIGINT)
    with noticed_interrupts() as raise_if_noticed:
        raise_if_noticed()
        doomed = Stubborn()
        del doomed
        with pytest.raises(KeyboardInterrupt):
            raise_if_noticed()
    assert signal.getsignal(signal.SIGINT) is before


def test_ctrl_c_elsewhere_comes_at_once_as_always() -> None:
    with pytest.raises(KeyboardInterrupt), noticed_interrupts():
        signal.raise_signal(signal.SIGINT)


def test_ctrl_c_that_comes_out_of_compiled_code_as_another_error_is_still_ctrl_c(monkeypatch) -> None:
    def interrupted(_plan: Plan, _replication: int) -> Log:
        with contextlib.suppress(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        raise SystemError("a function returned a result with an exception set")

    module = sys.modules["sim.experiment.replicate"]  # the package has a function of that name
    monkeypatch.setattr(module, "runner", lambda _engine: interrupted)
    plan = compile_plan(sim.loads(DAY))
    with pytest.raises(Interrupted):
        run([(plan, ())], 2, execution=Execution(Engine.REFERENCE, workers=1))
