"""M/M/c, whose waits are known in full: so are satisfaction, recommendation and effort, and the cost.

A share C of contacts waits, for an exponential time of rate theta = c mu - lambda. With w0 the wait that
feels as expected, a share p = C exp(-theta w0) feels longer; the units of felt wait beyond are exponential
with rate r = theta · every / felt, so that (1 - l)^units is r / (r - ln(1 - l)) on average. How a contact
ends does not depend on its wait.
"""

import math

from tests.oracle import exact
from tests.oracle.simulate import assert_covers

HOUR = 3600.0
PER_HOUR, HANDLE_TIME, AGENTS = 60, 60.0, 2  # 1 erlang
EXPECTED, EVERY, FELT = 20.0, 30.0, 1.5
BASE, LOSS, UNRESOLVED, LOSS_UNRESOLVED = 0.9, 0.2, 0.2, 0.5
PROMOTERS, DETRACTORS = 0.9, 0.5
POINTS = 0.5


def test_opinion_and_cost_are_those_of_erlang_c():
    queue = (PER_HOUR / HOUR, HANDLE_TIME, AGENTS)
    theta = 1 / exact.erlang_c_mean_wait_of_delayed(*queue)
    longer = exact.erlang_c_delay(*queue) * math.exp(-theta * EXPECTED / FELT)
    rate = theta * EVERY / FELT
    kept = 1 - longer + longer * rate / (rate - math.log(1 - LOSS))
    resolved = 1 - UNRESOLVED
    # A contact that was not resolved is at 0.45 at most; one that was detracts beyond so many units:
    units = math.log(DETRACTORS / BASE) / math.log(1 - LOSS)
    detractors = UNRESOLVED + resolved * longer * math.exp(-rate * units)
    most = (5 - 1) / POINTS  # units at which effort ends
    assert_covers(
        f"""
name: Erlang C, with opinions
time: {{start: 2026-03-02, horizon: 2d, warm_up: 1h, run_out: 10m}}
run: {{replications: 600, seed: 104}}
channels: {{phone: {{arrivals: {{volume: {PER_HOUR}/h}}, journey: voice, cost: 0.10/contact}}}}
teams: {{desk: {{agents: {AGENTS}, skills: {{answer: 1}}, cost: 36/h}}}}
costs: {{running: {{rent: 24/day}}}}
journeys:
  voice:
    answer:
      work: {{time: {{exponential: {{mean: {HANDLE_TIME}s}}}}}}
      next: {{resolved: {resolved:.0%}, unresolved: rest}}
experience:
  waits: {{phone: {{expected: {EXPECTED}s, every: {EVERY}s, felt: {FELT:.0%}}}}}
  csat: {{base: {BASE:.0%}, loses: {{wait: {LOSS:.0%}, unresolved: {LOSS_UNRESOLVED:.0%}}}}}
  nps: {{promoters: {PROMOTERS:.0%}, detractors: {DETRACTORS:.0%}}}
  ces: {{adds: {{wait: {POINTS}}}}}
""",
        {
            "csat": BASE * kept * (1 - UNRESOLVED * LOSS_UNRESOLVED),
            "nps": 100 * (resolved * (1 - longer) - detractors),
            "ces": 1 + POINTS * longer / rate * (1 - math.exp(-rate * most)),
            "cost_per_contact": (AGENTS * 36 + 1) / PER_HOUR + 0.10,
            "cost_per_solved_case": ((AGENTS * 36 + 1) / PER_HOUR + 0.10) / resolved,
        },
    )
