"""Invented states: every figure is drawn from the seed, or the same for all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from scipy.special import ndtri

from balsim.data.geography import great_circle, hostility
from balsim.data.traits import TRAITS
from balsim.shocks import stream

# One channel of the random numbers for each thing that is drawn; those of a run of the model lie below 100.
POSITION, SIZE, CONTINENT, RIVALRY = 100, 101, 102, 103
TRAIT_CHANNELS: dict[str, int] = {
    "offence": 110,
    "trade": 111,
    "prestige": 112,
    "clock_period": 113,
    "clock_phase": 114,
    "material": 115,
    "ideal_point": 116,
    "revisionism": 117,
}

GEOGRAPHIES = ("sphere", "equal")
SEATS = ("land", "sea")
HEGEMON = 0  # row
_SMALLEST = 2.0**-54  # a uniform of exactly 0 would give a state of no size


def codes(n: int) -> tuple[str, ...]:
    """Codes of n states: 'HEG', 'S01', 'S02' …"""
    return ("HEG", *(f"S{i:02d}" for i in range(1, n)))


def names(n: int) -> tuple[str, ...]:
    """Names of n states."""
    return ("Hegemon", *(f"State {i}" for i in range(1, n)))


def draw(
    facts: Mapping[str, Any],
    *,
    seed: int,
    runs: Sequence[int],
    n_states: int,
    hegemon_share: float,
    inequality: float,
    geography: str,
    hegemon_at: str,
    rivalry_density: float,
) -> dict[str, np.ndarray]:
    """Invent a system for each run: arrays named as in `world.Start`, variants on axis 0.

    facts : the scenario's assumptions and distributions
    n_states : with the hegemon [≥2]; hegemon_share : its share of economy and military strength [0–1]
    inequality : standard deviation of the logarithm of second-tier size [≥0]
    geography : 'sphere' scatters capitals over the Earth, 'equal' puts all at the same distance
    hegemon_at : 'land' borders its nearest states (all, where geography is equal) and no water parts it from any;
        'sea' has water to all and no land border
    rivalry_density : chance that two second-tier states near each other are rivals [0–1]

    A figure depends on its own state (a pair's on its two states) and the run, not on how many others there are; only
    normalisation to shares and the choice of the hegemon's nearest neighbours look at all of them.
    """
    variants = []
    for run in runs:
        shares = _shares(seed, run, n_states, hegemon_share, inequality)
        variants.append({
            "economy": shares,
            "military": shares,
            **{trait: _trait(facts, trait, seed, run, n_states) for trait in TRAITS if trait != "clock_phase"},
            **_pairs(facts, seed, run, n_states, geography, hegemon_at, rivalry_density),
        })  # fmt: skip
        variants[-1]["clock_phase"] = _phases(seed, run, variants[-1]["clock_period"])
    return {field: np.stack([variant[field] for variant in variants]) for field in variants[0]}


def _uniforms(seed: int, run: int, channel: int, n: int, each: int) -> np.ndarray:
    """The first `each` numbers of every state's stream, (n, each)."""
    return np.array([stream(seed, run, channel, i).random(each) for i in range(n)])


def _shares(seed: int, run: int, n: int, hegemon_share: float, inequality: float) -> np.ndarray:
    normal = ndtri(np.maximum(_uniforms(seed, run, SIZE, n, 1)[:, 0], _SMALLEST))
    size = np.exp(inequality * normal)
    size[HEGEMON] = 0.0
    size *= (1 - hegemon_share) / size.sum()
    size[HEGEMON] = hegemon_share
    return size


def _trait(facts: Mapping[str, Any], trait: str, seed: int, run: int, n: int) -> np.ndarray:
    assumed = facts["assumed"][trait]
    rule = facts["drawn"].get(trait)
    if rule is None:
        figures = np.full(n, float(assumed["value"]))
    else:
        happens, level = _uniforms(seed, run, TRAIT_CHANNELS[trait], n, 2).T
        if rule.get("whole", False):
            drawn = np.floor(rule["low"] + level * (rule["high"] + 1 - rule["low"]))
        else:
            drawn = rule["low"] + level * (rule["high"] - rule["low"])
        figures = np.where(happens < rule.get("chance", 1.0), drawn, 0.0)
    figures[HEGEMON] = assumed.get("hegemon", figures[HEGEMON])
    return figures


def _phases(seed: int, run: int, period: np.ndarray) -> np.ndarray:
    """First election of each state: any year of its term is as likely; 0 for a state without elections."""
    return np.floor(_uniforms(seed, run, TRAIT_CHANNELS["clock_phase"], len(period), 1)[:, 0] * period)


def _pairs(
    facts: Mapping[str, Any], seed: int, run: int, n: int, geography: str, hegemon_at: str, density: float
) -> dict[str, np.ndarray]:
    rule = {key: entry["value"] for key, entry in facts["geography"].items()}
    others = np.ones((n, n)) - np.eye(n)
    if geography == "equal":
        distance = rule["equal_km"] * others
        near, border, sea = others.copy(), np.zeros((n, n)), np.zeros((n, n))
        neighbours = np.arange(1, n)
    else:
        place = _uniforms(seed, run, POSITION, n, 2)
        # Equal areas of a sphere lie between equally spaced heights.
        latitude, longitude = np.degrees(np.arcsin(2 * place[:, 0] - 1)), 360 * place[:, 1] - 180
        distance = great_circle(latitude, longitude)
        mainland = _uniforms(seed, run, CONTINENT, n, 1)[:, 0] < rule["continent"]
        together = (mainland[:, None] & mainland[None, :]) * others
        near = (distance <= rule["near_km"]) * others
        border, sea = (distance <= rule["border_km"]) * together, others - together
        neighbours = 1 + np.argsort(distance[HEGEMON, 1:], kind="stable")[: rule["hegemon_borders"]]
    apart = float(hegemon_at == "sea")
    for i, j in ((HEGEMON, slice(1, None)), (slice(1, None), HEGEMON)):
        near[i, j], border[i, j], sea[i, j] = 0.0, 0.0, apart
    if hegemon_at == "land":
        border[HEGEMON, neighbours] = border[neighbours, HEGEMON] = 1.0
    rivalry = hostility(near * (_pair_numbers(seed, run, n) < density), border, facts["rivalry"])
    rivalry[HEGEMON, :] = rivalry[:, HEGEMON] = 0.0
    return {"distance": distance, "sea": sea, "border": border, "rivalry": rivalry, "pact": np.zeros((n, n))}


def _pair_numbers(seed: int, run: int, n: int) -> np.ndarray:
    """One uniform number for each pair, (n, n) symmetric: the j-th of state i's stream, for i < j."""
    upper = np.triu(_uniforms(seed, run, RIVALRY, n, n), 1)
    return upper + upper.T
