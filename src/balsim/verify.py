"""Whether stored results are what was written, and what comes out when some of them are computed again."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from balsim import config, scenario
from balsim.design import Design
from balsim.engines.batch import run_batch
from balsim.files import digest
from balsim.keys import point_keys
from balsim.results import open_results
from balsim.shocks import draw
from balsim.store import damaged
from balsim.tables import runs_table
from balsim.world import Start


def verify(out: Path, sample: int = 10) -> list[str]:
    """What is wrong with a stored design: nothing, where checksums hold and a sample of its rows comes out the same.

    sample : number of worlds to run again, drawn at random but the same each time
    """
    results = open_results(out)
    problems = damaged(out, results.manifest)
    if problems:
        return problems
    if "joined" in results.manifest:
        return [f"{part}: {p}" for part in results.manifest["joined"] for p in verify(out / part, sample)]
    cfg = config.compose(directory=out, name="config")
    design = Design.from_config(cfg)
    keys = point_keys(design)
    if keys != results.manifest["points"]:
        return ["the result-bearing code or its libraries have changed since: run again, or use the version it names"]
    rng = np.random.default_rng(0)
    picks = rng.choice(len(keys) * design.runs, size=min(sample, len(keys) * design.runs), replace=False)
    worlds = [scenario.build(settings, design.seed, design.runs) for settings in design.scenario_settings]
    for pick in sorted(picks.tolist()):
        k, r = divmod(pick, design.runs)
        world = worlds[design.scenario_of[k]]
        shocks = draw(design.seed, range(r, r + 1), design.years, len(world.codes))
        variant = 0 if world.start.economy.shape[0] == 1 else r
        start = Start(*(figures[variant : variant + 1] for figures in world.start))
        batch = run_batch(start, design.records[k : k + 1], shocks)
        again = runs_table([keys[k]], design.points.iloc[k : k + 1], batch.outcomes, r)
        if digest(again) != digest(results.read_table("runs", where={"point": keys[k], "run": r})):
            problems.append(f"point {k} ({keys[k]}), run {r}: differs when run again")
    return problems
