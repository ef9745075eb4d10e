import signal

import pytest

from sim.experiment.interruption import noticed_interrupts


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
