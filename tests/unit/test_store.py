"""The files of a store: what they are of, that every damage shows, that what was finished is not lost."""

from __future__ import annotations

import dataclasses
import datetime
import math
import shutil
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim
from sim.catalogue import Request, request
from sim.errors import StoreError
from sim.experiment import Interrupted, Job, Replication, replicate, run
from sim.experiment.store import Store, contents
from sim.experiment.store.inputs import TOLD_APART, Inputs, plan_digest
from sim.experiment.store.log_files import read_log, write_log
from sim.experiment.store.measure_files import CHECKSUMS, CSV, JSON, write_measures
from sim.experiment.store.tally_file import About, NotWholeError, about_of, packed, unpacked
from sim.experiment.store.whole import write_whole
from sim.measures.sample import Sample
from sim.plan import Plan, compile_plan
from sim.scenario import loads
from tests.cli.running import DAY

REQUESTS = (
    request("contacts", by=("channel",)),
    request("wait.mean", by=("channel", "hour")),
    request("wait.quantile", arguments={"share": 0.9}, by=("channel",)),
    request("occupancy"),
)
ABOUT = About("digest", 0, 1, 60, {})


def plan_of(text: str = DAY, **settings: Any) -> Plan:
    return compile_plan(loads(text).with_run(**settings))


PLAN = plan_of()


@pytest.fixture(scope="module")
def result() -> Replication:
    return replicate(Job(PLAN, REQUESTS, keep_log=True), 1)


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def opened(tmp_path: Path, told: list[str]) -> Callable[..., Store]:
    """Opens a store with a log of its notices."""

    def open_store(
        plan: Plan = PLAN, requests: tuple[Request, ...] = REQUESTS, *, logs: bool = False
    ) -> Store:
        return Store.open(tmp_path / "store", [(plan, requests)], logs=logs, notice=told.append)

    return open_store


# --- what a store is of


def other(value: Any) -> Any:
    """A value of the same kind that is not the same."""
    match value:
        case np.ndarray() if value.dtype == bool:
            return np.append(value, True)
        case np.ndarray() if value.size:
            changed = value.copy()
            changed.flat[-1] = other(changed.flat[-1])
            return changed
        case np.ndarray():
            return np.zeros((1, *value.shape[1:]), value.dtype)
        case datetime.date():
            return value + datetime.timedelta(days=1)
        case str():
            return value + "x"
        case tuple():
            return (*value, "x")
        case _ if dataclasses.is_dataclass(value):
            first = next(field.name for field in dataclasses.fields(value))
            return replace(value, **{first: other(getattr(value, first))})
        case float() if not math.isfinite(value):
            return 0.0
        case _:
            return value + 1


@pytest.mark.parametrize("name", [field.name for field in dataclasses.fields(Plan) if field.name != "names"])
def test_the_digest_of_a_plan_is_of_every_field_but_seed_and_replications(name: str) -> None:
    changed = replace(PLAN, **{name: other(getattr(PLAN, name))})
    assert (plan_digest(changed) == plan_digest(PLAN)) is (name in TOLD_APART)


@pytest.mark.parametrize("name", [field.name for field in dataclasses.fields(PLAN.names)])
def test_the_digest_of_a_plan_is_of_every_name(name: str) -> None:
    names = replace(PLAN.names, **{name: other(getattr(PLAN.names, name))})
    assert plan_digest(replace(PLAN, names=names)) != plan_digest(PLAN)


@pytest.mark.parametrize(
    ("part", "name"),
    [
        (part, field.name)
        for part in ("prices", "experience")
        for field in dataclasses.fields(getattr(PLAN, part))
    ],
)
def test_the_digest_of_a_plan_is_of_every_price_and_of_every_parameter_of_experience(
    part: str, name: str
) -> None:
    held = getattr(PLAN, part)
    changed = replace(PLAN, **{part: replace(held, **{name: other(getattr(held, name))})})
    assert plan_digest(changed) != plan_digest(PLAN)


def test_the_same_scenario_has_the_same_digest_and_shape_and_type_of_a_field_count() -> None:
    assert plan_digest(plan_of()) == plan_digest(PLAN)
    turned = replace(PLAN, skill_level=PLAN.skill_level.reshape(-1))
    wider = replace(PLAN, skill_level=PLAN.skill_level.astype(np.int64))
    assert len({plan_digest(each) for each in (PLAN, turned, wider)}) == 3


def test_a_manifest_reads_back_and_any_change_to_it_is_damage() -> None:
    inputs = Inputs.of([(PLAN, REQUESTS)], logs=True)
    text = inputs.to_text()
    assert Inputs.from_text(text) == inputs
    for wrong in ("", "{}", "[]", "nonsense", text[:-2], text.replace('"seed": 7', '"seed": 8'), text + " "):
        with pytest.raises(ValueError, match=r"."):
            Inputs.from_text(wrong)


# --- the file of one replication


def assert_same(one: Replication, two: Replication) -> None:
    assert (one.replication, one.contacts) == (two.replication, two.contacts)
    for mine, yours in ((one.tallies, two.tallies), (one.standing, two.standing)):
        assert list(mine) == list(yours)
        for key, tally in mine.items():
            found = yours[key]
            if isinstance(tally, Sample):
                assert isinstance(found, Sample)
                assert tally.share == found.share
                for part in ("counts", "values", "is_open"):
                    np.testing.assert_array_equal(getattr(tally, part), getattr(found, part), strict=True)
            else:
                np.testing.assert_array_equal(tally, found, strict=True)


def test_tallies_read_back_to_the_last_bit_and_as_the_same_bytes(result: Replication) -> None:
    about = replace(ABOUT, contacts=result.contacts)
    data = packed(about, REQUESTS, result)
    assert any(isinstance(tally, Sample) for tally in result.tallies.values())
    assert result.standing
    assert_same(unpacked(data, REQUESTS), result)
    assert about_of(data) == about
    assert packed(about, REQUESTS, unpacked(data, REQUESTS)) == data


def test_the_file_is_an_npz_without_pickles(result: Replication, tmp_path: Path) -> None:
    path = tmp_path / "x.npz"
    path.write_bytes(packed(ABOUT, REQUESTS, result))
    with np.load(path, allow_pickle=False) as archive:
        np.testing.assert_array_equal(archive["tally_0"], result.tallies[REQUESTS[0]])


def test_any_flipped_bit_and_any_lost_end_of_a_tally_file_is_noticed(result: Replication) -> None:
    data = packed(ABOUT, REQUESTS[:1], result)
    for at in range(len(data)):
        flipped = bytearray(data)
        flipped[at] ^= 1 << at % 8
        for damaged in (bytes(flipped), data[:at]):
            with pytest.raises(NotWholeError):
                unpacked(damaged, REQUESTS[:1])


@pytest.mark.parametrize("volume", ["60/day", "0/day"], ids=["contacts", "no contacts"])
def test_a_log_reads_back_to_the_last_bit(volume: str, tmp_path: Path) -> None:
    # Too little time for what arrives: some contacts are abandoned, some open at the end.
    plan = plan_of(DAY.replace("60/day", volume).replace("run_out: 2h", "run_out: 0s"))
    log = replicate(Job(plan, (), keep_log=True), 2).log
    assert log is not None
    assert bool(len(log.contacts)) is (volume == "60/day")
    for table in ("contacts", "steps", "agents"):
        (tmp_path / table).mkdir()
    first = write_log(tmp_path, 0, plan, log)
    assert read_log(tmp_path, 0, plan, 2).digest() == log.digest()
    assert write_log(tmp_path, 0, plan, log) == first


# --- loading and saving


def test_what_was_saved_is_loaded_and_what_is_not_there_is_not(
    opened: Callable[..., Store], told: list[str], result: Replication
) -> None:
    opened().save(0, result)
    assert_same(opened().load(0, 1), result)
    assert opened().load(0, 0) is None
    assert told == []


def test_the_number_of_replications_is_not_part_of_what_a_store_is_of(opened: Callable[..., Store]) -> None:
    opened(plan_of(replications=20))
    opened(plan_of(replications=40))


def test_a_run_takes_from_the_store_what_is_there_and_simulates_the_rest(
    opened: Callable[..., Store], result: Replication
) -> None:
    store = opened()
    store.save(0, replace(result, contacts=-1))  # a number that no simulation gives
    (runs,) = run([(PLAN, REQUESTS)], 3, store=store)
    (undisturbed,) = run([(PLAN, REQUESTS)], 3)
    assert runs.contacts == (undisturbed.contacts[0], -1, undisturbed.contacts[2])
    assert store.load(0, 0).contacts == undisturbed.contacts[0]
    assert run([(PLAN, REQUESTS)], 3, store=opened())[0].contacts == runs.contacts


def test_ctrl_c_right_after_a_replication_was_saved_counts_it(
    opened: Callable[..., Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    save = Store.save

    def save_and_stop(store: Store, row: int, result: Replication) -> None:
        save(store, row, result)
        raise KeyboardInterrupt

    monkeypatch.setattr(Store, "save", save_and_stop)
    with pytest.raises(Interrupted) as stopped:
        run([(PLAN, REQUESTS)], 3, store=opened())
    assert (stopped.value.done, stopped.value.total) == (1, 3)


def test_rows_of_a_part_of_the_store_are_those_of_the_whole(tmp_path: Path, told: list[str]) -> None:
    plans = [(plan_of(seed=seed), REQUESTS) for seed in (1, 2)]
    store = Store.open(tmp_path / "store", plans, logs=False, notice=told.append)
    store.from_row(1).save(0, replicate(Job(plans[1][0], REQUESTS), 0))
    assert store.load(0, 0) is None
    assert store.load(1, 0) is not None


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(path.read_bytes()[:-1]),
        lambda path: path.write_bytes(path.read_bytes()[:100] + b"\xff" + path.read_bytes()[101:]),
        lambda path: shutil.copy(path.with_name("0-000000.npz"), path),
        lambda path: (path.parents[1] / "contacts" / "0-000001.parquet").unlink(),
        lambda path: (path.parents[1] / "steps" / "0-000001.parquet").write_bytes(b""),
        lambda path: shutil.copy(
            path.parents[1] / "agents" / "0-000000.parquet", path.parents[1] / "agents" / "0-000001.parquet"
        ),
    ],
    ids=[
        "empty", "cut short", "flipped", "another replication", "log lost", "log empty", "log of another",
    ],
)  # fmt: skip
def test_damage_to_one_replication_is_told_once_and_mended(
    damage: Callable[[Path], object], opened: Callable[..., Store], told: list[str], tmp_path: Path
) -> None:
    (before,) = run([(PLAN, REQUESTS)], 3, store=opened(logs=True))
    kept = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    damage(tmp_path / "store" / "tallies" / "0-000001.npz")
    (after,) = run([(PLAN, REQUESTS)], 3, store=opened(logs=True))
    assert after.contacts == before.contacts
    assert len(told) == 1
    assert "0-000001.npz" in told[0]
    assert "replication 1 of 'small desk', today is simulated again" in told[0]
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == kept


def test_results_of_a_store_of_other_inputs_are_not_taken_over(
    opened: Callable[..., Store], told: list[str], tmp_path: Path, result: Replication
) -> None:
    elsewhere = Store.open(tmp_path / "other", [(plan_of(seed=8), REQUESTS)], logs=False, notice=told.append)
    elsewhere.save(0, result)
    shutil.copytree(tmp_path / "other" / "tallies", tmp_path / "store" / "tallies")
    shutil.copy(opened_manifest(tmp_path), tmp_path / "store")
    assert opened().load(0, 1) is None
    assert len(told) == 1


def opened_manifest(folder: Path) -> Path:
    """A manifest of `PLAN`, made elsewhere."""
    Store.open(folder / "third", [(PLAN, REQUESTS)], logs=False, notice=print)
    return folder / "third" / "manifest.json"


# --- files whole or not at all


def test_a_file_that_cannot_be_finished_leaves_the_old_one_and_nothing_else(tmp_path: Path) -> None:
    def half(path: Path) -> None:
        path.write_bytes(b"half")
        raise OSError("no space left")

    (tmp_path / "x").write_bytes(b"old")
    with pytest.raises(OSError, match="no space left"):
        write_whole(tmp_path / "x", half)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"x": b"old"}


def test_an_unfinished_file_that_another_process_took_away_is_written_again(tmp_path: Path) -> None:
    calls = []

    def write(path: Path) -> None:
        calls.append(path)
        path.write_bytes(b"new")
        if len(calls) == 1:
            path.unlink()

    write_whole(tmp_path / "x", write)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"x": b"new"}
    assert len(set(calls)) == 2


def test_many_writers_of_one_store_leave_it_whole(
    opened: Callable[..., Store], told: list[str], result: Replication, tmp_path: Path
) -> None:
    failed: list[Exception] = []

    def save() -> None:
        try:
            for _ in range(10):
                opened(logs=True).save(0, result)
        except StoreError as error:
            failed.append(error)

    writers = [threading.Thread(target=save) for _ in range(4)]
    for each in writers:
        each.start()
    for each in writers:
        each.join()
    assert (failed, told) == ([], [])
    assert_same(opened(logs=True).load(0, 1), result)
    assert not list(tmp_path.rglob("*.unfinished"))


def test_measures_that_were_changed_are_not_believed(opened: Callable[..., Store], tmp_path: Path) -> None:
    opened()
    folder = tmp_path / "store"
    assert contents(folder).measures is None
    write_measures(folder, csv="a\n1\n", json='[{"replications": 1}]\n')
    assert contents(folder).measures == folder / CSV
    for name in (CSV, JSON, CHECKSUMS):
        kept = (folder / name).read_bytes()
        (folder / name).write_bytes(kept.replace(b"1", b"2", 1))
        with pytest.raises(StoreError, match="not as it was written"):
            contents(folder)
        (folder / name).write_bytes(kept)


# --- from Python


def test_a_run_from_a_store_has_all_that_a_run_has(tmp_path: Path) -> None:
    scenario = loads(DAY)
    plain = sim.run(scenario)
    for _ in range(2):
        kept = sim.run(scenario, store=tmp_path / "store")
        for table in ("contacts", "steps", "agents"):
            assert getattr(kept, table).equals(getattr(plain, table))
        assert kept.measures("service_level(5m) by hour").equals(plain.measures("service_level(5m) by hour"))
        assert kept.summary().equals(plain.summary())


def test_comparisons_and_checks_can_be_kept_too(tmp_path: Path) -> None:
    scenario = loads(DAY)
    for _ in range(2):
        found = sim.compare(scenario, scenario.variant("two"), store=tmp_path / "comparison")
        assert found.differences == sim.compare(scenario, scenario.variant("two")).differences
        assert sim.check(scenario, store=str(tmp_path / "check")).exit_code is sim.ExitCode.PASSED


def test_in_python_damage_is_a_warning_and_other_inputs_an_error(tmp_path: Path) -> None:
    scenario = loads(DAY)
    sim.check(scenario, store=tmp_path)
    (tmp_path / "tallies" / "0-000002.npz").write_bytes(b"")
    with pytest.warns(UserWarning, match="replication 2 of 'small desk', today is simulated again"):
        sim.check(scenario, store=tmp_path)
    with pytest.raises(sim.StoreError, match="the seed of 'small desk', today was 7, not 8"):
        sim.check(scenario, seed=8, store=tmp_path)
