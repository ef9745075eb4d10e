"""Variants: a patch laid over a document, and where each merged value came from.

A patch is a merge patch (RFC 7396): maps are merged key by key, null deletes, all else replaces. Two
things are added. A key with dots at the top level of a patch is a path (`teams.frontline.shifts.mid: 6`).
And a map that says one of several kinds of thing (a distribution, the kind of a step, volume, trace or
forecast, values `by` something) is replaced whole when the patch says another kind, since the two would
not mix.
"""

from collections.abc import Mapping
from typing import Any, Final

from sim.errors import Fault, Place, ScenarioError, did_you_mean, dotted, nearest, shown
from sim.scenario.document import Document, KeyPath
from sim.scenario.relative import changed, is_relative
from sim.scenario.syntax import MAX_DEPTH

_FAMILIES: Final = frozenset(
    (
        *("constant", "uniform", "triangular", "exponential", "gamma", "lognormal", "weibull"),
        *("empirical", "scipy"),
    )
)
_DEMAND: Final = frozenset(("volume", "trace", "forecast"))
_STEP_KINDS: Final = frozenset(("bot", "work", "delay", "choose"))


def merge(
    base: Document,
    patch: Mapping[str, Any],
    patch_path: KeyPath,
    label: str,
    written_in: Document | None = None,
) -> Document:
    """`base` with `patch` applied; `base` itself is not changed.

    patch_path: where the patch is written in the base document, such as ("variants", "two_more"); the places
    of what it sets are those below it. A patch that is written nowhere takes the place of `patch_path`.
    written_in: the document that the patch is written in, if another one (a file that extends `base`).
    label: the name under which `Document.origin` tells what the patch has set.
    Raises ScenarioError with all faults: a path through names that do not exist, a deletion of what does not
    exist, a value set twice, a relative value that does not fit
    the base, a variant that changes the variants.
    """
    merging = _Merging(base, label, written_in)
    for key, value in patch.items():
        merging.apply(key, value, (*patch_path, key))
    if merging.faults:
        raise ScenarioError(merging.faults)
    name = (written_in or base).name
    return Document(name, merging.data, merging.places, merging.key_places, merging.origins)


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copied(child) for key, child in value.items()}
    return [_copied(child) for child in value] if isinstance(value, list) else value


def _says_another_kind(path: KeyPath, old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Whether two maps at `path` are of kinds that do not mix, so that the new one replaces the old one.

    Teams, steps and the like have names of the planner's choice, so a name counts as a kind only where that
    kind can stand: `journeys.voice.work` is a step called work, not the kind of a step.
    """
    if isinstance(old.get("by"), str) or isinstance(new.get("by"), str):
        return True
    if old and new and _FAMILIES.issuperset(old) and _FAMILIES.issuperset(new):
        return old.keys() != new.keys()
    if path[-1:] == ("scipy",) and "family" in old and "family" in new:
        return bool(old["family"] != new["family"])  # each family has its own shape parameters
    kinds: frozenset[str] = frozenset()
    match path:
        case ("channels", _, "arrivals"):
            kinds = _DEMAND
        case ("journeys", _, _):
            kinds = _STEP_KINDS
    said, saying = kinds & old.keys(), kinds & new.keys()
    return bool(said and saying and said != saying)


class _Merging:
    """A copy of the base document, on which patches are laid key by key."""

    def __init__(self, base: Document, label: str, written_in: Document | None) -> None:
        self.label = label
        self.patch = written_in or base
        self.extends = written_in is not None
        self.data: dict[str, Any] = _copied(base.data)
        self.places: dict[KeyPath, Place] = dict(base.places)
        self.key_places: dict[KeyPath, Place] = dict(base.key_places)
        self.origins: dict[KeyPath, str] = dict(base.origins)
        self.set_by: dict[KeyPath, KeyPath] = {}
        self.above_set: dict[KeyPath, KeyPath] = {}
        self.faults: list[Fault] = []

    def apply(self, key: str, value: Any, source: KeyPath) -> None:
        """One entry of the top level of the patch; a key with dots is followed to the map it points into."""
        names = [key] if key in self.data else key.split(".")
        if names[0] == "variants" and not self.extends:
            self.fault("a variant cannot change the variants", source, "change the rest of the scenario here")
        elif len(names) > MAX_DEPTH:
            self.fault(f"the path has {len(names)} names (allowed: up to {MAX_DEPTH})", source)
        elif not all(names):
            message = f"the path {shown(key)} has an empty name between its dots"
            self.fault(message, source, "write it as teams.frontline.shifts.mid")
        elif (found := self.follow(names, source)) is not None:
            target, path = found
            if value is not None:
                self.make_room(target, path, value, source)
            self.set(target, path, value, source)

    def follow(self, names: list[str], source: KeyPath) -> tuple[dict[str, Any], KeyPath] | None:
        """The map that holds, or is to hold, the last of `names`, and the full path of that last name."""
        target: dict[str, Any] = self.data
        path: KeyPath = ()
        while len(names) > 1:
            # A name may itself have dots ("answered in 1.5 h"): the longest name that exists is meant.
            lengths = range(len(names), 0, -1)
            length = next((n for n in lengths if ".".join(names[:n]) in target), None)
            if length is None:
                where = dotted(path) or "the scenario"
                known = [name for name in target if path or name != "variants"]
                remedy = did_you_mean(names[0], known)
                if path and nearest(names[0], known) is None:
                    remedy += (
                        f"; a new name with a dot in it goes in a map: {where}: {{{'.'.join(names)}: …}}"
                    )
                self.fault(f"{where} has no {shown(names[0])}", source, remedy)
                return None
            name = ".".join(names[:length])
            if length == len(names):
                return target, (*path, name)
            if not isinstance(target[name], dict):
                whole = dotted((*path, name))
                message = f"{whole} is {shown(target[name])}: nothing can be set inside it"
                self.fault(message, source, f"set {whole} as a whole")
                return None
            target, path, names = target[name], (*path, name), names[length:]
        return target, (*path, names[0])

    def make_room(self, target: dict[str, Any], path: KeyPath, value: Any, source: KeyPath) -> None:
        """Empty the map that a dotted key points into, where the key makes it another kind of map.

        Setting one case of a value `by` something is no such change.
        """
        above, name = path[:-1], str(path[-1])
        held_by = target.get("by")
        is_case = isinstance(held_by, str) and name not in _FAMILIES and (name != "by" or value == held_by)
        if is_case or (name in target and name != "by"):
            return
        if _says_another_kind(above, target, {name: value}):
            self.refuse_twice(above, source)
            for key in list(target):
                self.forget((*above, key), target.pop(key))

    def set(self, target: dict[str, Any], path: KeyPath, value: Any, source: KeyPath) -> None:
        """Merge `value` into `target` under the last name of `path`."""
        name = str(path[-1])
        old = target.get(name)
        if value is None and name not in target:
            self.fault(f"there is no {shown(name)} to remove", source, did_you_mean(name, target))
        elif isinstance(value, dict) and isinstance(old, dict) and not _says_another_kind(path, old, value):
            for key, child in value.items():
                self.set(old, (*path, key), child, (*source, key))
        elif is_relative(value):
            try:
                self.replace(target, path, changed(old, value), source)
            except ValueError as error:
                self.fault(f"{shown(value)} is relative: {error}", source, "write the new value itself")
        else:
            self.replace(target, path, value, source)

    def replace(self, target: dict[str, Any], path: KeyPath, value: Any, source: KeyPath) -> None:
        """Put `value` in the place of whatever is at `path`; null removes it."""
        name = str(path[-1])
        self.refuse_twice(path, source)
        self.set_by[path] = source
        for length in range(len(path)):
            self.above_set.setdefault(path[:length], source)
        if name in target:
            self.forget(path, target[name])
        if value is None:
            del target[name]
        else:
            target[name] = self.placed(value, path, source)

    def refuse_twice(self, path: KeyPath, source: KeyPath) -> None:
        """A fault when the patch has set the value at `path`, one around it or one inside it before."""
        around = (path[:length] for length in range(len(path), -1, -1))
        earlier = next((self.set_by[p] for p in around if p in self.set_by), self.above_set.get(path))
        if earlier is not None:
            message = f"{dotted(path)} is set twice; also in line {self.patch.key_place(earlier).line}"
            self.fault(message, source, "keep one of the two")

    def forget(self, path: KeyPath, value: Any) -> None:
        """Drop the places and origins of a value that goes."""
        for known in (self.places, self.key_places, self.origins):
            known.pop(path, None)
        children = (
            value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        )
        for key, child in children:
            self.forget((*path, key), child)

    def placed(self, value: Any, path: KeyPath, source: KeyPath, *, in_list: bool = False) -> Any:
        """A copy of a value of the patch, places and origins noted; null means absent, save in lists."""
        self.places[path] = self.patch.place(source)
        self.origins[path] = self.label
        if isinstance(path[-1], str):
            self.key_places[path] = self.patch.key_place(source)
        if isinstance(value, list):
            return [self.placed(v, (*path, i), (*source, i), in_list=True) for i, v in enumerate(value)]
        if isinstance(value, dict):
            kept = {key: child for key, child in value.items() if in_list or child is not None}
            return {
                key: self.placed(child, (*path, key), (*source, key), in_list=in_list)
                for key, child in kept.items()
            }
        return value

    def fault(self, message: str, source: KeyPath, remedy: str = "") -> None:
        self.faults.append(Fault(message, self.patch.key_place(source), dotted(source), remedy))
