"""A bot in front of agents: what becomes of contacts, and the queues behind and before the bot."""

from sim.log import Log
from sim.plan import Plan, StepKind
from tests.oracle import exact
from tests.oracle.simulate import simulated

HOUR = 3600.0


def test_outcomes_of_an_unlimited_bot_and_erlang_c_behind_it():
    per_hour, handle_time, agents, bot_time = 150, 50.0, 2, 90.0
    accepts, resolves, falsely, attempts, gives_up = 0.8, 0.4, 0.1, 3, 0.2
    bot = exact.bot_outcomes(accepts, resolves, falsely, attempts, gives_up)
    to_people = bot.declined + bot.handed_off
    queue = (per_hour / HOUR * to_people, handle_time, agents)
    wait = exact.erlang_c_mean_wait(*queue)
    sessions = per_hour / HOUR * bot.bot_times * bot_time
    measures = {
        "containment": (bot.contained + bot.falsely_contained) / accepts,
        "true_containment": bot.contained / accepts,
        "false_containment": bot.falsely_contained / accepts,
        "handoff": bot.handed_off / accepts,
        "gave_up_in_bot": bot.gave_up / accepts,
        "automation": bot.contained + bot.falsely_contained,
        "offered": per_hour * 8 * to_people,
        "service_level(30s)": exact.erlang_c_service_level(*queue, 30.0),
        "human_response.mean": wait + bot.handed_off / to_people * attempts * bot_time,
        "human_response.unanswered": bot.gave_up / (to_people + bot.gave_up),
        "resolution": 1 - bot.falsely_contained - bot.gave_up,
        "backlog": sessions + exact.erlang_c_mean_queue(*queue) + queue[0] * handle_time,
    }
    simulated(
        f"""
name: bot in front
time: {{start: 2026-03-02, horizon: 8h, warm_up: 30m, run_out: 20m}}
run: {{replications: 436, seed: 107}}
segments: {{all_of_them: {{share: 100%, accepts_bot: {accepts:.0%}}}}}
channels: {{chat: {{arrivals: {{volume: {per_hour}/h}}, journey: text}}}}
bots:
  helper:
    time: {{lognormal: {{mean: {bot_time}s, cv: 0.6}}}}
    resolves: {resolves:.0%}
    falsely_resolves: {falsely:.0%}
    attempts_to_human: {attempts}
    gives_up_per_attempt: {gives_up:.0%}
teams: {{desk: {{agents: {agents}, skills: {{answer: 1}}}}}}
journeys:
  text:
    greet: {{bot: helper, handoff: answer}}
    answer: {{work: {{time: {{exponential: {{mean: {handle_time}s}}}}}}, next: resolved}}
""",
        *measures,
    ).assert_covers(measures)


def waited_for_session(plan: Plan, log: Log) -> tuple[float, float]:
    """How many waited for a session, and how many joined that queue, inside the window."""
    visits = log.visits
    here = (
        (plan.step_kind[visits.step] == StepKind.BOT) & (visits.joined >= 0) & (visits.joined < plan.horizon)
    )
    return float((visits.started > visits.joined)[here].sum()), float(here.sum())


def test_sessions_of_a_limited_bot_are_the_agents_of_erlang_c_and_so_are_the_agents_behind_it():
    # What leaves M/M/c is Poisson (Burke), also after thinning, so that both queues are Erlang's.
    per_hour, bot_time, sessions, handle_time, agents = 120, 30.0, 2, 60.0, 2
    before = (per_hour / HOUR, bot_time, sessions)  # 1 erlang
    behind = (per_hour / HOUR * 0.5, handle_time, agents)  # 1 erlang
    measures = {
        "handoff": 0.5,
        "wait.share_over(0s)": exact.erlang_c_delay(*behind),
        "service_level(20s)": exact.erlang_c_service_level(*behind, 20.0),
        "backlog": sum(exact.erlang_c_mean_queue(*queue) + queue[0] * queue[1] for queue in (before, behind)),
    }
    simulated(
        f"""
name: a bot with few sessions
time: {{start: 2026-03-02, horizon: 8h, warm_up: 30m, run_out: 10m}}
run: {{replications: 726, seed: 108}}
channels: {{chat: {{arrivals: {{volume: {per_hour}/h}}, journey: text}}}}
bots: {{helper: {{sessions: {sessions}, time: {{exponential: {{mean: {bot_time}s}}}}, resolves: 50%}}}}
teams: {{desk: {{agents: {agents}, skills: {{answer: 1}}}}}}
journeys:
  text:
    greet: {{bot: helper, handoff: answer}}
    answer: {{work: {{time: {{exponential: {{mean: {handle_time}s}}}}}}, next: resolved}}
""",
        *measures,
        keep_logs=True,
    ).assert_covers(
        measures,
        waited_for_session=(waited_for_session, exact.erlang_c_delay(*before)),
    )
