"""Shares of segments, of reasons and of a bot's results must add up."""

from __future__ import annotations

from collections.abc import Iterator

from sim import units
from sim.scenario.by import EVERYTHING, names_of, pick, points
from sim.scenario.checks.finding import Finding
from sim.scenario.spec import Spec
from sim.scenario.values import TOLERANCE, ByMap


def segments_and_reasons(spec: Spec) -> Iterator[Finding]:
    """Shares of segments and of reasons that do not add up."""
    if spec.segments:
        total = sum(segment.share for segment in spec.segments.values())
        if abs(total - 1) > TOLERANCE:
            yield (
                ("segments",),
                f"the shares of the segments add up to {units.format_share(total)}, not 100 %",
                "change the shares so that they add up to 100%",
            )
    if not spec.reasons:
        return
    for segment in spec.segments or (EVERYTHING,):
        shares, overridden = reason_shares(spec, segment)
        fixed = sum(shares[name] for name in overridden)
        rest = sum(share for name, share in shares.items() if name not in overridden)
        if not overridden and abs(rest - 1) > TOLERANCE:
            yield (
                ("reasons",),
                f"the shares of the reasons add up to {units.format_share(rest)}, not 100 %",
                "change the shares so that they add up to 100% (for a segment's own share, use by: segment)",
            )
            return
        if overridden and (fixed > 1 + TOLERANCE or (rest == 0 and abs(fixed - 1) > TOLERANCE)):
            yield (
                ("reasons",),
                f"for segment '{segment}' the shares given by segment add up to {units.format_share(fixed)}",
                "they may add up to at most 100%, and to exactly 100% if they are all the reasons there are",
            )


def reason_shares(spec: Spec, segment: str) -> tuple[dict[str, float], set[str]]:
    """Shares of the reasons for a segment as written, and which of them are that segment's own."""
    shares: dict[str, float] = {}
    own: set[str] = set()
    for name, reason in spec.reasons.items():
        share = pick(reason.share, {"segment": segment})
        shares[name] = 0.0 if share is None else share
        if isinstance(reason.share, ByMap) and segment in reason.share.cases:
            own.add(name)
    return shares, own


def bots(spec: Spec) -> Iterator[Finding]:
    """Bots whose results add up to more than all sessions, and bots that no journey uses."""
    names = names_of(spec)
    for name, bot in spec.bots.items():
        both = {"resolves": bot.resolves, "falsely_resolves": bot.falsely_resolves}
        for point in points(both, names):
            shares = [pick(value, point) for value in both.values()]
            if None not in shares and sum(shares) > 1 + TOLERANCE:
                where = " and ".join(f"{dimension} {at}" for dimension, at in point.items())
                yield (
                    ("bots", name, "resolves"),
                    f"resolves and falsely_resolves add up to {units.format_share(sum(shares))}"
                    + (f" for {where}" if where else ""),
                    "both are shares of all sessions: together at most 100%",
                )
                break
        used = {step.bot for steps in spec.journeys.values() for step in steps.values() if step.bot}
        if name not in used and used <= spec.bots.keys():
            yield (
                ("bots", name),
                f"no journey uses the bot '{name}'",
                f"add a step such as `greet: {{bot: {name}, handoff: …}}`, or remove it",
            )
