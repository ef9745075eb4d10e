"""The long run: as many scenarios as one likes, drawn at random, each simulated by both engines.

    python -m tests.equivalence.many --scenarios 20000 --seed 1

Prints what was compared and ends with 1 at the first difference, shrunk to the smallest scenario that shows
it, whose YAML is to become a golden test.
"""

import argparse
import tempfile
from collections import Counter
from pathlib import Path

import numpy as np
from hypothesis import HealthCheck, given, seed, settings

from sim.plan import compile_plan
from tests.equivalence.same_log import assert_engines_agree
from tests.equivalence.scenarios import Drawn, scenarios


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scenarios", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    compared: Counter[str] = Counter()

    @seed(arguments.seed)
    @settings(
        max_examples=arguments.scenarios,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        print_blob=False,
    )
    @given(drawn=scenarios())
    def agree(drawn: Drawn) -> None:
        with tempfile.TemporaryDirectory() as folder:
            plan = compile_plan(drawn.load(Path(folder)))
        try:
            log = assert_engines_agree(plan, room=1)
        except AssertionError as error:
            raise AssertionError(f"{error}\n\n{drawn.text}\n{drawn.files}") from None
        moments = np.concatenate([log.contacts.arrival, log.visits.started, log.visits.ended])
        moments = moments[~np.isnan(moments)]
        compared.update(
            scenarios=1,
            contacts=len(log.contacts),
            visits=len(log.visits),
            stretches=len(log.agents),
            ties=len(moments) - len(np.unique(moments)),
        )

    agree()
    counted = ", ".join(f"{count:,} {what}" for what, count in compared.items())
    print(f"no difference in {counted} (seed {arguments.seed})")


if __name__ == "__main__":
    main()
