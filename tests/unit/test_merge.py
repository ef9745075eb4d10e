"""Variants: merge patches, dotted keys, maps of one kind, and where merged values came from."""

import copy
import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.errors import Fault, Place, ScenarioError
from sim.scenario.document import Document, KeyPath, parse
from sim.scenario.merge import merge

BASE = """\
teams:
  frontline: {shifts: {early: 6, mid: 4}, skills: {answer: 1}}
channels:
  phone: {arrivals: {volume: 900/day, by_weekday: {sat: 60%}}, patience: {lognormal: {mean: 3m, cv: 1}}}
reasons:
  complaint: {share: {by: segment, high_value: 35%, else: 20%}}
journeys:
  voice:
    bot: {bot: assistant, handoff: work}
    work: {work: {time: 4m}, next: {resolved: 90%, unresolved: rest}}
calendars:
  desk: {closed: [2026-03-08, 2026-03-09]}
slas:
  answered in 1.5 h: {expect: fcr >= 80%}
variants:
  plan:
"""
FIRST_LINE = BASE.count("\n") + 1


def written(patch: str) -> Document:
    """The base with a variant called plan; the patch's first line is FIRST_LINE, in column 5."""
    return parse(BASE + "".join(f"    {line}\n" for line in patch.splitlines()), "x.yaml")


def merged(patch: str) -> Document:
    base = written(patch)
    return merge(base, base.data["variants"]["plan"], ("variants", "plan"), "plan")


def only_fault(patch: str) -> Fault:
    with pytest.raises(ScenarioError) as caught:
        merged(patch)
    (fault,) = caught.value.faults
    return fault


def at(data: Mapping[str, Any], path: str) -> Any:
    value: Any = data
    for name in path.split("/"):
        value = value[name]
    return value


def all_paths(value: Any, path: KeyPath = ()) -> Iterator[KeyPath]:
    yield path
    children = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for key, child in children:
        yield from all_paths(child, (*path, key))


# --- merge patch ---


@pytest.mark.parametrize(
    ("base", "patch", "result"),
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
        ({"a": {"b": "c"}}, {"a": {"b": "d"}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
        ({"a": 1}, {"a": [None, {"b": None}]}, {"a": [None, {"b": None}]}),
    ],
)
def test_the_examples_of_rfc_7396_hold(
    base: dict[str, Any], patch: dict[str, Any], result: dict[str, Any]
) -> None:
    document = parse(json.dumps(base | {"patch": patch}), "x.json")
    done = dict(merge(document, patch, ("patch",), "patch").data)
    del done["patch"]
    assert done == result


TREES = st.recursive(
    st.one_of(st.none(), st.integers(0, 9), st.text("xyz", max_size=2)),
    lambda below: st.one_of(
        st.lists(below, max_size=2), st.dictionaries(st.sampled_from("abc"), below, max_size=3)
    ),
    max_leaves=12,
)
MAPS = st.dictionaries(st.sampled_from("abc"), TREES, max_size=3)


def rfc_7396(target: Any, patch: Any) -> Any:
    """The pseudocode of the RFC, section 2."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = rfc_7396(result.get(name), value)
    return result


def removes_what_is_not_there(target: Any, patch: Any) -> bool:
    if not (isinstance(patch, dict) and isinstance(target, dict)):
        return False
    return any(
        name not in target if value is None else removes_what_is_not_there(target.get(name), value)
        for name, value in patch.items()
    )


@settings(deadline=None, max_examples=400)
@given(MAPS, MAPS)
def test_a_patch_is_merged_as_the_rfc_says_and_all_values_have_places(
    base: dict[str, Any], patch: dict[str, Any]
) -> None:
    document = parse(json.dumps(base | {"variants": {"v": patch}}, indent=1), "x.json")
    before = copy.deepcopy(document)
    try:
        done = merge(document, patch, ("variants", "v"), "v")
    except ScenarioError:
        assert removes_what_is_not_there(base, patch)
        return
    assert not removes_what_is_not_there(base, patch)
    assert document == before
    assert done.data == rfc_7396(base, patch) | {"variants": {"v": patch}}
    assert set(done.places) == set(all_paths(done.data))
    assert set(done.key_places) == {
        path for path in all_paths(done.data) if path and isinstance(path[-1], str)
    }
    for path in all_paths(done.data):
        of_patch = document.places.get(("variants", "v", *path))
        assert done.places[path] == (of_patch if path in done.origins else document.places[path])


def test_a_value_replaced_keeps_its_position_and_a_new_one_goes_last() -> None:
    shifts = at(merged("teams.frontline.shifts: {late: 3, early: 7}").data, "teams/frontline/shifts")
    assert list(shifts.items()) == [("early", 7), ("mid", 4), ("late", 3)]


def test_a_merge_shares_nothing_with_the_base() -> None:
    base = written("teams.frontline.skills: {write: 2}\ncalendars.desk.closed: [2026-03-10]")
    done = merge(base, base.data["variants"]["plan"], ("variants", "plan"), "plan")
    before = copy.deepcopy(base.data)
    done.data["teams"]["frontline"]["skills"]["answer"] = 9
    done.data["calendars"]["desk"]["closed"].append("2026-03-11")
    assert base.data == before


# --- dotted keys ---


@pytest.mark.parametrize(
    ("patch", "path", "value"),
    [
        ("teams.frontline.shifts.mid: 6", "teams/frontline/shifts/mid", 6),
        ("teams.frontline.shifts.late: 2", "teams/frontline/shifts/late", 2),
        ("teams.frontline.shifts: {mid: null}", "teams/frontline/shifts", {"early": 6}),
        ("teams.frontline.shifts.mid: null", "teams/frontline/shifts", {"early": 6}),
        ("calendars.desk.closed: [2026-12-25]", "calendars/desk/closed", ["2026-12-25"]),
        ("slas.answered in 1.5 h.expect: fcr >= 90%", "slas/answered in 1.5 h/expect", "fcr >= 90%"),
        ("slas.answered in 1.5 h: null", "slas", {}),
        ("slas: {in 2.5 h: fcr >= 1%}", "slas/in 2.5 h", "fcr >= 1%"),
    ],
)
def test_a_dotted_key_at_the_top_is_a_path(patch: str, path: str, value: object) -> None:
    assert at(merged(patch).data, path) == value


def test_a_dotted_key_below_the_top_is_a_name() -> None:
    assert at(merged("teams: {frontline: {skills: {a.b: 1}}}").data, "teams/frontline/skills/a.b") == 1


@pytest.mark.parametrize(
    ("patch", "words", "remedy"),
    [
        ("teams.frontlin.shifts.mid: 6", "teams has no 'frontlin'", "did you mean 'frontline'?"),
        ("team.frontline.shifts.mid: 6", "the scenario has no 'team'", "did you mean 'teams'?"),
        (
            "slas.in 2.5 h: a",
            "slas has no 'in 2'",
            "a new name with a dot in it goes in a map: slas: {in 2.5 h: …}",
        ),
        (
            "teams.frontline.shifts.mid.x: 6",
            "teams.frontline.shifts.mid is 4: nothing can be set inside it",
            "as a whole",
        ),
        (
            "calendars.desk.closed.first: 6",
            "calendars.desk.closed is a list of 2",
            "set calendars.desk.closed as a whole",
        ),
        ("teams..mid: 6", "an empty name between its dots", "teams.frontline.shifts.mid"),
        ("teams.: 6", "an empty name between its dots", "teams.frontline.shifts.mid"),
        ("teams.frontline.shifts.mide: null", "there is no 'mide' to remove", "did you mean 'mid'?"),
        ("teams: {backoffice: null}", "there is no 'backoffice' to remove", "known: frontline"),
        ("variants.plan: {}", "a variant cannot change the variants", ""),
        ("variants: null", "a variant cannot change the variants", ""),
        ("teams.frontline.shifts.mid: +2h", "the base has the plain number 4", "write the new value itself"),
        ("channels.phone.arrivals.volume: +2h", "its unit is not that of the base", "write the new value"),
        (
            "name: +2",
            "here, which is no number",
            "write the new value",
        ),
        ("teams.frontline.shifts.mid: -5", "below zero", "write the new value itself"),
        ("a" + ".a" * 400 + ": 1", "the path has 401 names", ""),
    ],
)
def test_a_patch_that_cannot_be_applied_is_refused_at_its_key(patch: str, words: str, remedy: str) -> None:
    fault = only_fault(patch)
    assert words in fault.message
    assert remedy in fault.remedy
    assert fault.place is not None
    assert fault.place.line == FIRST_LINE
    assert fault.path.startswith("variants.plan.")


@pytest.mark.parametrize(
    "patch",
    [
        "teams.frontline.shifts.mid: 6\nteams: {frontline: {shifts: {mid: 7}}}",
        "teams: {frontline: {shifts: {mid: 7}}}\nteams.frontline.shifts.mid: 6",
        "teams.frontline.shifts.mid: 6\nteams.frontline.shifts: null",
        "teams.backoffice: {agents: 3}\nteams.backoffice.agents: 4",
        "channels.phone.patience.gamma: {mean: 1m, cv: 1}\nchannels.phone.patience: 5m",
        "channels.phone.patience.lognormal.cv: 2\nchannels.phone.patience.gamma: {mean: 1m, cv: 1}",
    ],
)
def test_a_value_set_twice_by_one_variant_is_refused_with_both_lines(patch: str) -> None:
    fault = only_fault(patch)
    assert f"is set twice; also in line {FIRST_LINE}" in fault.message
    assert fault.place is not None
    assert fault.place.line == FIRST_LINE + 1


def test_all_faults_of_a_patch_are_told_at_once() -> None:
    with pytest.raises(ScenarioError) as caught:
        merged("teams.a.b: 1\nvariants: {}\nreasons.c: null")
    assert len(caught.value.faults) == 3


# --- maps that say one of several kinds ---

PATIENCE, ARRIVALS = "channels/phone/patience", "channels/phone/arrivals"
SHARE, STEP = "reasons/complaint/share", "journeys/voice/work"


@pytest.mark.parametrize(
    ("path", "patch", "value"),
    [
        (PATIENCE, "channels.phone.patience: {gamma: {mean: 2m}}", {"gamma": {"mean": "2m"}}),
        (PATIENCE, "channels.phone.patience.gamma: {mean: 2m}", {"gamma": {"mean": "2m"}}),
        (PATIENCE, "channels.phone.patience: {lognormal: null, constant: 2m}", {"constant": "2m"}),
        (PATIENCE, "channels.phone.patience: {by: segment, else: 2m}", {"by": "segment", "else": "2m"}),
        (PATIENCE, "channels.phone.patience: 2m", "2m"),
        (ARRIVALS, "channels.phone.arrivals: {trace: {file: a.csv}}", {"trace": {"file": "a.csv"}}),
        (ARRIVALS, "channels.phone.arrivals.trace: {file: a.csv}", {"trace": {"file": "a.csv"}}),
        (SHARE, "reasons.complaint.share: {by: reason, x: 1%}", {"by": "reason", "x": "1%"}),
        (SHARE, "reasons.complaint.share: {gamma: {mean: 2m}}", {"gamma": {"mean": "2m"}}),
        (SHARE, "reasons.complaint.share.gamma: {mean: 2m}", {"gamma": {"mean": "2m"}}),
        (SHARE, "reasons.complaint.share: 9%", "9%"),
        (SHARE, "reasons.complaint.share.by: reason", {"by": "reason"}),
        (STEP, "journeys.voice.work: {bot: helper, handoff: bot}", {"bot": "helper", "handoff": "bot"}),
        (STEP, "journeys: {voice: {work: {delay: {time: 1h}}}}", {"delay": {"time": "1h"}}),
        (STEP, "journeys.voice.work.delay: {time: 1h}", {"delay": {"time": "1h"}}),
    ],
)
def test_a_map_of_another_kind_replaces_the_whole(path: str, patch: str, value: object) -> None:
    assert at(merged(patch).data, path) == value


@pytest.mark.parametrize(
    ("path", "patch", "value"),
    [
        (PATIENCE, "channels.phone.patience: {lognormal: {cv: 2}}", {"lognormal": {"mean": "3m", "cv": 2}}),
        (PATIENCE, "channels.phone.patience.lognormal.cv: 2", {"lognormal": {"mean": "3m", "cv": 2}}),
        (ARRIVALS, "channels.phone.arrivals.volume: 9/h", {"volume": "9/h", "by_weekday": {"sat": "60%"}}),
        (ARRIVALS, "channels.phone.arrivals: {volume: 9/h}", {"volume": "9/h", "by_weekday": {"sat": "60%"}}),
        (
            SHARE,
            "reasons.complaint.share.high_value: 40%",
            {"by": "segment", "high_value": "40%", "else": "20%"},
        ),
        (
            SHARE,
            "reasons.complaint.share.by: segment",
            {"by": "segment", "high_value": "35%", "else": "20%"},
        ),
        (
            STEP,
            "journeys.voice.work: {work: {wrap_up: 45s}, next: {unresolved: null}}",
            {"work": {"time": "4m", "wrap_up": "45s"}, "next": {"resolved": "90%"}},
        ),
    ],
)
def test_a_map_of_the_same_kind_is_merged(path: str, patch: str, value: object) -> None:
    assert at(merged(patch).data, path) == value


def test_one_dotted_key_may_say_another_kind_and_the_next_ones_fill_it() -> None:
    patch = "reasons.complaint.share.by: reason\nreasons.complaint.share.x: 1%"
    assert at(merged(patch).data, SHARE) == {"by": "reason", "x": "1%"}


def test_steps_that_are_called_like_kinds_of_steps_are_no_kinds() -> None:
    voice = at(merged("journeys.voice: {delay: {delay: {time: 1h}}}").data, "journeys/voice")
    assert list(voice) == ["bot", "work", "delay"]


# --- where values came from ---


def test_a_value_of_the_variant_points_to_the_variant_and_the_rest_to_the_base() -> None:
    done = merged("teams.frontline.shifts.mid: 6\nchannels: {phone: {patience: 5m}}")
    assert done.origin(("teams", "frontline", "shifts", "mid")) == f"plan (x.yaml:{FIRST_LINE}:33)"
    assert done.origin(("channels", "phone", "patience")) == f"plan (x.yaml:{FIRST_LINE + 1}:34)"
    assert done.origin(("teams", "frontline", "shifts", "early")) == "x.yaml:2:31"
    assert done.origin(("teams", "frontline")) == "x.yaml:2:14"
    assert done.key_place(("teams", "frontline", "shifts", "mid")) == Place("x.yaml", FIRST_LINE, 5)
    assert done.key_place(("channels", "phone", "patience")) == Place("x.yaml", FIRST_LINE + 1, 24)


def test_nothing_remains_of_what_was_replaced_or_removed() -> None:
    done = merged("channels.phone.patience: 5m\nteams.frontline.shifts.mid: null")
    gone = {("channels", "phone", "patience", "lognormal"), ("teams", "frontline", "shifts", "mid")}
    assert gone.isdisjoint(done.places)
    assert gone.isdisjoint(done.key_places)


def test_patches_can_be_laid_on_one_another_and_the_last_is_the_origin() -> None:
    first = merged("teams.frontline.shifts.mid: 6\nteams.frontline.shifts.early: 7")
    second = merge(first, {"teams": {"frontline": {"shifts": {"mid": 8}}}}, (), "command line")
    assert at(second.data, "teams/frontline/shifts") == {"early": 7, "mid": 8}
    assert second.origin(("teams", "frontline", "shifts", "mid")).startswith("command line (")
    assert second.origin(("teams", "frontline", "shifts", "early")).startswith("plan (")


def test_a_patch_that_is_written_nowhere_has_the_place_it_is_given() -> None:
    base = written("{}")
    done = merge(base, {"teams.frontline.shifts.mid": 8}, ("teams",), "command line")
    assert done.place(("teams", "frontline", "shifts", "mid")) == base.place(("teams",))
