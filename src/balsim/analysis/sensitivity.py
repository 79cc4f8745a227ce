"""Which assumptions decide the result: Morris' screening, then Sobol' indices of what matters.

Every point is run with the same random numbers, so that an outcome, averaged over the runs, is a fixed function of
the parameters. Ranges are the priors of the parameter table.

Source: Morris 1991; Campolongo, Cariboni & Saltelli 2007; Saltelli et al. 2010. The estimators are SALib's.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from balsim import config, runner
from balsim.analysis.finding import Finding
from balsim.design import Design, problem, salib, sample
from balsim.drawing import STYLE
from balsim.params import BadInput, nearest
from balsim.planes import SHARE, UNILATERALISM
from balsim.results import open_results
from balsim.schema import Sample

if TYPE_CHECKING:
    from omegaconf import DictConfig

    from balsim.results import Results

ALWAYS = (SHARE, UNILATERALISM)
SHOWN = 15  # parameters in the ranked plot
RESAMPLES = 1000


def outcome(runs: pd.DataFrame, points: Sequence[str], name: str) -> np.ndarray:
    """Mean over runs of an outcome at each point, in the order of `points` (keys). Raises BadInput."""
    if name not in runs:
        raise BadInput(f"sensitivity.outcomes: there is no '{name}'{nearest(name, map(str, runs.columns))}")
    if not (pd.api.types.is_bool_dtype(runs[name]) or pd.api.types.is_numeric_dtype(runs[name])):
        raise BadInput(f"sensitivity.outcomes: '{name}' is no number")
    means = runs[name].astype(float).groupby(runs["point"].astype(str)).mean()
    return means.loc[list(points)].to_numpy()


def morris(rows: pd.DataFrame, values: np.ndarray, seed: int) -> pd.DataFrame:
    """Elementary effects, a row per parameter, the most important first.

    rows : Morris sample, a column per parameter; values : (len(rows),) outcome
    Columns: mu_star (mean absolute effect of moving through two-thirds of the prior) with a bootstrap 95 % interval,
    mu (mean effect, with its direction), sigma (its spread: interaction or curvature).
    """
    found = salib("analyze.morris").analyze(
        problem(list(rows)), rows.to_numpy(), values, num_levels=4, num_resamples=RESAMPLES, seed=seed
    )
    table = pd.DataFrame({
        "parameter": list(rows), "mu_star": np.asarray(found["mu_star"]), "half": np.asarray(found["mu_star_conf"]),
        "mu": np.asarray(found["mu"]), "sigma": np.asarray(found["sigma"]),
    })  # fmt: skip
    table.insert(2, "low", np.maximum(0.0, table["mu_star"] - table["half"]))
    table.insert(3, "high", table["mu_star"] + table.pop("half"))
    return table.sort_values("mu_star", ascending=False, kind="stable", ignore_index=True)


def sobol(keys: Sequence[str], values: np.ndarray, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """First-order and total indices by parameter, and second-order indices by pair, with bootstrap 95 % intervals.

    values : outcome at every point of the Saltelli sample over `keys`, in its order
    Raises BadInput where the outcome does not vary: there is no variance to share out.
    """
    if np.ptp(values) == 0.0:
        raise BadInput("sensitivity: the outcome is the same at every point; there is no variance to share out")
    found = salib("analyze.sobol").analyze(
        problem(keys), values, calc_second_order=True, num_resamples=RESAMPLES, seed=seed
    )
    table = pd.DataFrame({"parameter": list(keys)})
    for index, name in (("S1", "first"), ("ST", "total")):
        table[name] = found[index]
        table[f"{name}_low"] = found[index] - found[f"{index}_conf"]
        table[f"{name}_high"] = found[index] + found[f"{index}_conf"]
    rows = [(keys[i], keys[j], found["S2"][i, j], found["S2"][i, j] - found["S2_conf"][i, j],
             found["S2"][i, j] + found["S2_conf"][i, j])
            for i in range(len(keys)) for j in range(i + 1, len(keys))]  # fmt: skip
    pairs = pd.DataFrame(rows, columns=["parameter", "with", "second", "second_low", "second_high"])
    pairs = pairs.sort_values("second", ascending=False, kind="stable", ignore_index=True)
    return table.sort_values("total", ascending=False, kind="stable", ignore_index=True), pairs


def two_way(values: np.ndarray) -> dict[str, float]:
    """Variance of an outcome over a grid of share × unilateralism: proportions due to each alone and to both together.

    values : (shares, conducts) outcome of a full, evenly spaced grid. Raises BadInput where it does not vary.
    """
    centred = values - values.mean()
    if np.ptp(values) == 0.0:
        raise BadInput("sensitivity: the outcome is the same everywhere on the plane; there is no variance to share")
    by_share, by_conduct = centred.mean(axis=1), centred.mean(axis=0)
    whole = (centred**2).mean()
    parts = {"share": float((by_share**2).mean() / whole), "unilateralism": float((by_conduct**2).mean() / whole)}
    return {**parts, "interaction": 1.0 - sum(parts.values())}


def kept(screened: dict[str, pd.DataFrame], keep: int) -> list[str]:
    """Share, unilateralism, and the `keep` other parameters with the largest effect on any outcome.

    Effects are compared across outcomes as a proportion of the largest effect on that outcome.
    """
    relative = pd.concat([t.set_index("parameter")["mu_star"] / max(t["mu_star"].max(), 1e-300)
                          for t in screened.values()], axis=1).max(axis=1)  # fmt: skip
    others = relative[~relative.index.isin(ALWAYS)].sort_values(ascending=False, kind="stable")
    return [*ALWAYS, *others.index[:keep]]


def decompose(cfg: DictConfig, keys: Sequence[str], draws: int) -> Results:
    """Run, or finish, the Sobol' sample over `keys`, all else as in `cfg`; its folder is ``cfg.out``."""
    chosen = cfg.copy()
    chosen.design.sample = Sample("sobol", list(keys), draws, cfg.design.sample.seed)
    chosen.design.axes, chosen.design.analysis = {}, []
    design = Design.from_config(chosen)
    folder = config.default_out(chosen)
    if (folder / "manifest.json").is_file():
        stored = open_results(folder)
        if stored.manifest["points"] == runner.point_keys(design) and stored.manifest["design"]["runs"] == cfg.runs:
            return stored
    return runner.run_design(chosen, design)


def analyse(results: Results) -> Finding:
    """Screening from the stored Morris sample; then Sobol' indices of what matters, run in the folder's ``sobol/``."""
    cfg = config.compose(directory=results.out, name="config")
    if cfg.design.sample.method != "morris":
        raise BadInput("sensitivity: the design must be a Morris sample (see experiment=sensitivity)")
    rows, asked = sample(cfg), cfg.sensitivity
    distinct = rows.drop_duplicates(ignore_index=True)
    place = rows.merge(distinct.reset_index(names=" place"), how="left", on=list(rows))[" place"].to_numpy()
    points = np.asarray(results.manifest["points"])[place]
    screened = {name: morris(rows, outcome(results.runs, points, name), cfg.seed) for name in asked.outcomes}
    tables = {f"screening of {name}": table for name, table in screened.items()}
    answer = [_screening_sentence(name, table) for name, table in screened.items()]
    indices: dict[str, pd.DataFrame] = {}
    if asked.draws > 0:
        keys = kept(screened, asked.keep)
        cfg.out = str(results.out / "sobol")
        ran = decompose(cfg, keys, asked.draws)
        for name in asked.outcomes:
            values = outcome(ran.runs, ran.manifest["points"], name)
            if np.ptp(values) == 0.0:
                answer.append(f"{name} is the same everywhere on the Sobol' sample.")
                continue
            indices[name], pairs = sobol(keys, values, cfg.seed)
            tables |= {f"indices of {name}": indices[name], f"interactions on {name}": pairs}
            answer.append(_interaction_sentence(name, indices[name], pairs))
    return Finding("sensitivity", "Which assumptions decide the result", answer, tables, _figures(screened, indices))


def _screening_sentence(name: str, table: pd.DataFrame) -> str:
    best = ", ".join(f"{r.parameter} ({r.mu_star:.2f} [{r.low:.2f}, {r.high:.2f}], {'+' if r.mu > 0 else '−'})"
                     for r in table.head(6).itertuples())  # fmt: skip
    idle = int((table["high"] < 0.01).sum())
    return f"{name}: largest mean effects over the prior (sign of the mean effect): {best}. {idle} of {len(table)} " \
           f"parameters move it by less than 0.01."  # fmt: skip


def _interaction_sentence(name: str, table: pd.DataFrame, pairs: pd.DataFrame) -> str:
    both = pairs[pairs["parameter"].isin(ALWAYS) & pairs["with"].isin(ALWAYS)].iloc[0]
    row = table.set_index("parameter")
    sure = "an interaction" if both["second_low"] > 0.0 else "no interaction that can be told from none"
    firsts = ", ".join(f"{r.parameter} {r.first:.2f}/{r.total:.2f}" for r in table.itertuples())
    return (
        f"{name}: share × unilateralism, second-order index {both['second']:.3f} [{both['second_low']:.3f}, "
        f"{both['second_high']:.3f}]: {sure}. Alone, share explains {row.loc[SHARE, 'first']:.2f} "
        f"[{row.loc[SHARE, 'first_low']:.2f}, {row.loc[SHARE, 'first_high']:.2f}] and unilateralism "
        f"{row.loc[UNILATERALISM, 'first']:.2f} [{row.loc[UNILATERALISM, 'first_low']:.2f}, "
        f"{row.loc[UNILATERALISM, 'first_high']:.2f}] of the variance. First-order/total: {firsts}; first-order "
        f"indices sum to {table['first'].sum():.2f}."
    )


def _figures(screened: dict[str, pd.DataFrame], indices: dict[str, pd.DataFrame]) -> dict[str, Figure]:
    """Ranked plots: Morris' mu* with intervals, and first-order and total indices."""
    found = {"screening": _ranked(screened, [("mu_star", "low", "high", "o", "#A1305F", "mean absolute effect")])}
    if indices:
        found["indices"] = _ranked(indices, [
            ("total", "total_low", "total_high", "o", "#2C1160", "total"),
            ("first", "first_low", "first_high", "s", "#2A9D8F", "first order"),
        ])  # fmt: skip
    return found


def _ranked(tables: dict[str, pd.DataFrame], series: list[tuple[str, ...]]) -> Figure:
    rows = max(min(SHOWN, len(table)) for table in tables.values())
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(3.7 * len(tables), 0.24 * rows + 1.3), layout="constrained")
        axes: Any = figure.subplots(1, len(tables), squeeze=False)
        for ax, (name, table) in zip(axes[0], tables.items(), strict=True):
            best = table.head(SHOWN)
            place = np.arange(len(best))[::-1]
            for k, (value, low, high, marker, colour, text) in enumerate(series):
                middle = best[value].to_numpy()
                error = np.stack([middle - best[low].to_numpy(), best[high].to_numpy() - middle])
                ax.errorbar(middle, place + 0.15 * k, xerr=np.maximum(error, 0.0), fmt=marker, color=colour,
                            markersize=4, capsize=2, label=text)  # fmt: skip
            ax.set_yticks(place, [str(p).split(".", 1)[-1] for p in best["parameter"]])
            ax.axvline(0.0, color="#888888", linewidth=0.8)
            ax.grid(axis="x", color="#DDDDDD", linewidth=0.6)
            ax.set_title(name)
            ax.set_xlabel(" / ".join(text for *_, text in series))
        if len(series) > 1:
            figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside upper right", ncols=2, frameon=False)
    return figure
