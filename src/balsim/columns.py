"""What every column of the stored tables is. From here comes the list in the documentation (docs/output.md)."""

from __future__ import annotations

from balsim.measures import HARD_ENOUGH, OUTCOMES, REVERSED_BELOW, SOFT_ENOUGH, SUSTAINED
from balsim.params import STRATEGIES
from balsim.theory.strategies import INSTRUMENTS, TERMS

_TIER = "share of second-tier capability"
_NAMES = {name: name.replace("_", " ") for name in STRATEGIES}

YEARLY: dict[str, str] = {
    **{f"share_{name}": f"{_TIER} whose strategy is {text}" for name, text in _NAMES.items()},
    **{f"states_{name}": f"share of second-tier states whose strategy is {text}" for name, text in _NAMES.items()},
    "hard_external": f"{_TIER} that balances hard with an ally that does too (the rest balances internally)",
    "soft_security": f"{_TIER} that balances softly mainly for security",
    "staked_buck_pass": f"{_TIER} that passes the buck with something at stake and someone to catch it",
    "coalition_ratio": "military strength that balances hard, over the strength that the hegemon can use (B/H)",
    "alliances": "pairs of hard balancers with a tie of at least w*",
    "threat": "mean threat T of second-tier states",
    "intentions": "mean perceived malign intent I of the hegemon, 0–1",
    "legitimacy": "legitimacy L of the hegemon, 0–1",
    "unilateralism": "the hegemon's unilateralism u, 0–1",
    "capability_share": "the hegemon's share of the system's capability, s_h",
    "poles": "effective number of poles, 1/Σs²",
    "concentration": "Singer's index of concentration CON, 0–1",
    "rhetoric": "mean rhetoric ρ of second-tier states, 0–1",
    "burden": "mean military burden over the usual one, m/m₀",
    "arming_excess": "what strategies add to the usual burden, weighted by capability: internal balancing",
}
"""Measures of a year: for every year in `trajectories`, and some as means of the last third in `runs`."""

_YEAR = "year in which {} begins; empty where it never does"
RUNS: dict[str, str] = {
    "point": "key of the point: a hash of its parameters, scenario, seed, years and of the result-bearing code",
    "run": "number of the world; worlds of one number share their random numbers at all points",
    "phase": f"strategy with the largest {_TIER}, last third",
    "path": "quiet, soft_only, soft_to_hard, hard_without_soft, bandwagon or buck_pass",
    "tipped": f"hard balancing held at least {HARD_ENOUGH:g} of second-tier capability for {SUSTAINED} years on end",
    "tick_tipped": _YEAR.format("that"),
    "soft_phase": f"soft balancing held at least {SOFT_ENOUGH:g}, and no less than hard, for {SUSTAINED} years on end",
    "tick_soft": _YEAR.format("that"),
    "reversed": f"after tipping, hard balancing fell below {REVERSED_BELOW:g} for {SUSTAINED} years on end",
    "peak_coalition_ratio": "largest coalition_ratio of the run",
    "loop_area": "−∮ share_hard_balance du: positive where hard balancing is greater while unilateralism falls",
    **{name: f"{YEARLY[name]}; mean of the last third" for name in YEARLY if name in OUTCOMES},
    **{f"motive_{term}_{name}": f"payoff term '{term}' of those in {_NAMES[name]}, mean per second-tier state-year"
       for term, name in TERMS},
    **{f"from_{a}_to_{b}": f"state-years that went from {_NAMES[a]} to {_NAMES[b]}"
       for a in STRATEGIES for b in STRATEGIES},
    **{f"instrument_{name}": f"state-years of soft balancing mainly by this instrument: {name.replace('_', ' ')}"
       for name in INSTRUMENTS},
}  # fmt: skip
"""Columns of runs/*.parquet beside the swept keys, which stand under their dotted names."""

TRAJECTORIES: dict[str, str] = {
    "tick": "year; 0 is the start",
    "measure": "one of the yearly measures",
    "mean": "mean over worlds",
    "sd": "standard deviation over worlds",
    **{f"q{q:02}": f"{q}% quantile over worlds" for q in (5, 25, 50, 75, 95)},
}
"""Columns of trajectories.parquet beside `point` and the swept keys."""

RECORDED: dict[str, str] = {
    "run": RUNS["run"],
    "year": TRAJECTORIES["tick"],
    "state": "code of the state",
    **{f"odds_{name}": f"probability with which the state chose {text}" for name, text in _NAMES.items()},
    **{f"payoff_{name}": f"expected payoff of {text}, in units of full security" for name, text in _NAMES.items()},
    "strategy": "what the state does; 'hegemon' for the hegemon",
    "threat": "threat T from the hegemon",
    "regional_threat": "regional threat R",
    "intentions": "perceived malign intent I of the hegemon, 0–1",
    "rhetoric": "rhetoric ρ, 0–1",
    "burden": "military burden m, proportion of the economy",
    "economy": "economy K",
    "military": "military stock M",
    "share": "share of the system's capability",
    "allies": "hard balancers with whom it has a tie of at least w*",
    "strongest_tie": "its strongest tie, 0–1",
}
"""Columns of panel.parquet beside `point` and the swept keys."""

CELLS: dict[str, str] = {
    "n": "worlds at the point",
    "tipped, soft_phase, reversed": "share of worlds in which it happened",
    "path_<name>": "share of worlds on that path",
    "phase": "most frequent phase; the first on the menu where two are equally frequent",
    "phase_share": "its share of worlds",
    "tick_tipped, tick_soft": "mean year, over the worlds in which it happened",
    "motive_…, from_…, instrument_…": "means over worlds, without interval",
    "all other outcomes": "means over worlds",
    "<name>_low, <name>_high": "95% interval: Wilson for shares of worlds, percentile bootstrap for means",
}
"""Columns of cells.csv beside the swept keys."""


def as_markdown() -> str:
    """All columns as the tables of the documentation."""
    tables = {
        "runs/*.parquet": RUNS,
        "cells.csv": CELLS,
        "trajectories.parquet": TRAJECTORIES,
        "Yearly measures": YEARLY,
        "panel.parquet": RECORDED,
    }
    return "\n\n".join(f"### {title}\n\n{_table(columns)}" for title, columns in tables.items())


def _table(columns: dict[str, str]) -> str:
    rows = [f"| {', '.join(f'`{part}`' for part in name.split(', '))} | {text} |" for name, text in columns.items()]
    return "\n".join(["| column | what it is |", "|---|---|", *rows])
