"""One agent and customers who will not wait but try again: the retrial queue M/M/1.

In steady state the mean number in orbit is rho^2 / (1 - rho) + lambda rho / (theta (1 - rho)), so that a case
makes 1 + rho (1 + theta / mu) / (1 - rho) contacts: G. I. Falin, J. G. C. Templeton, "Retrial queues", 1997,
section 1.2. Here 1 / theta is AFTER, 1 / mu is HANDLE_TIME.
"""

from tests.oracle.simulate import simulated

HOUR = 3600.0
PER_HOUR, HANDLE_TIME, AFTER = 120, 15.0, 20.0  # half an erlang


def test_contacts_per_case_and_abandonment_are_those_of_the_retrial_queue():
    load = PER_HOUR / HOUR * HANDLE_TIME
    contacts = 1 + load / (1 - load) * (1 + HANDLE_TIME / AFTER)
    measures = {
        "contacts_per_case": contacts,
        "abandonment": 1 - 1 / contacts,
        "occupancy": load,
    }
    simulated(
        f"""
name: retrials
time: {{start: 2026-03-02, horizon: 10h, warm_up: 20m, run_out: 1h}}
run: {{replications: 300, seed: 112}}
channels:
  phone:
    arrivals: {{volume: {PER_HOUR}/h}}
    patience: 0s
    on_abandon: {{retry: 100%, after: {{exponential: {{mean: {AFTER}s}}}}, at_most: 250}}
    journey: voice
teams: {{desk: {{agents: 1, skills: {{answer: 1}}}}}}
journeys:
  voice: {{answer: {{work: {{time: {{exponential: {{mean: {HANDLE_TIME}s}}}}}}, next: resolved}}}}
""",
        *measures,
    ).assert_covers(measures)
