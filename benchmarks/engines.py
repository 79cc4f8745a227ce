"""The engines: state-decisions a second, against the limit and against what a user would write instead."""

from __future__ import annotations

import gc
import resource
import tempfile
from collections.abc import Iterator
from pathlib import Path

import balsim
from benchmarks import by_hand, limit, vectorised
from benchmarks.rows import Row, Scale, at_least, at_most, seconds
from benchmarks.worlds import Case


def millions(rate: float) -> str:
    return f"{rate / 1e6:,.2f} million/s"


def batched(scale: Scale, cores: tuple[int, ...]) -> Iterator[Row]:
    """By size of the system and by threads, with the limit in the same run."""
    most = cores[-1]
    rates = {}
    for n in (5, 11, 30, 200):
        points = max(1, scale.of(2_000_000, 40_000) // (100 * 60 * (n - 1))) if n < 200 else 1
        case = Case(n, 60, scale.of(100, 10) if n < 200 else scale.of(16, 2), points)
        case.run(1)
        for threads in cores:
            rates[n, threads] = case.rate(threads)
            goal = {"target": "≥ 10 million/s", "met": rates[n, threads] >= 1e7} if (n, threads) == (11, most) else {}
            yield Row(f"batched, {n} states, {threads} thread(s), state-decisions", millions(rates[n, threads]), **goal)
    eager = Case(11, 60, scale.of(100, 10), scale.of(20, 2), inertia=0.0)
    yield Row(f"batched, 11 states, {most} threads, inertia 0", millions(eager.rate(most)))
    limits = {threads: limit.rate(threads, 0.4, scale.of(20_000_000, 1_000_000)) for threads in cores}
    for threads, rate in limits.items():
        yield Row(f"limit loop, {threads} thread(s)", millions(rate))
    yield Row("limit loop over batched, 11 states, all threads", "", **at_most(limits[most] / rates[11, most], 2.5))
    efficiency = (rates[11, most] / rates[11, 1]) / (limits[most] / limits[1])
    yield Row(f"parallel efficiency 1 → {most} threads, over the limit loop's", "", **at_least(efficiency, 0.9))


def compared(scale: Scale, cores: tuple[int, ...]) -> Iterator[Row]:
    """Against our Mesa engine, `mesa.batch_run` over it, plain Python and NumPy."""
    case = Case(11, 60, scale.of(100, 20), scale.of(20, 4))
    fast = case.rate(cores[-1])
    few = scale.of(10, 1)
    each = 60 * 10

    def mesa_engine() -> None:
        for run in range(few):
            balsim.BalancingModel(case.cfg, run=run).run_for(60)

    own = few * each / seconds(mesa_engine, 2)
    yield Row("our Mesa engine with collectors, one core", f"{own:,.0f} /s", f"{fast / own:,.0f} × slower",
              "≥ 30,000 /s", own >= 30_000)  # fmt: skip
    ours = few * each / seconds(lambda: by_hand.batch_run(balsim.BalancingModel, {"cfg": case.cfg}, "run", few, 60), 1)
    yield Row("mesa.batch_run over our Mesa model", f"{ours:,.0f} /s", f"{fast / ours:,.0f} × slower")
    plain = few * each / seconds(lambda: by_hand.batch_run(by_hand.ByHand, {"case": case}, "number", few, 60), 1)
    yield Row("five payoffs in plain Python under mesa.batch_run, one process", f"{plain:,.0f} /s",
              **at_least(fast / plain, 1000))  # fmt: skip
    many = Case(11, 60, scale.of(4000, 20), 1)
    numpy = many.decisions / seconds(lambda: vectorised.run(many, cores[-1]))
    yield Row("five payoffs with NumPy over worlds, same cores", f"{numpy:,.0f} /s", f"{fast / numpy:,.1f} × slower")


def grown(scale: Scale, cores: tuple[int, ...]) -> Iterator[Row]:
    """What a decision costs as the system, the century and the ensemble grow."""
    base = {"states": 11, "years": 60, "runs": scale.of(100, 10)}
    for what, sizes in (("states", (5, 11, 30, 60)), ("years", (15, 60, 240)), ("runs", (10, 100, 1000))):
        for size in sizes:
            sized = base | {what: min(size, scale.of(1000, 240))}
            cost = 1e9 / Case(**sized, points=4).rate(1, 2)
            listed = ", ".join(f"{number} {name}" for name, number in sized.items())
            yield Row(f"a decision, {listed}, one thread", f"{cost:,.0f} ns")


def memory(scale: Scale, cores: tuple[int, ...]) -> Iterator[Row]:
    """The headline (a part of it in quick mode), peak of this process after it, and growth over Mesa models."""
    points, runs, years = scale.of(21, 2), scale.of(1000, 20), scale.of(100, 10)
    with tempfile.TemporaryDirectory() as folder:
        cfg = balsim.compose("experiment=tipping_surface", "hegemon.land_power=true", f"runs={runs}", f"years={years}",
                             f"design.axes.share.points={points}", f"design.axes.unilateralism.points={points}",
                             f"out='{folder}'", "progress=false")  # fmt: skip
        took = seconds(lambda: balsim.run(cfg), 1)
        size = sum(f.stat().st_size for f in Path(folder).rglob("*") if f.is_file())
        yield Row(f"{points**2} points × {runs:,} worlds × {years} years × 11 states, everything written",
                  f"{took:,.1f} s, {size / 1e6:,.0f} MB on disk", **at_most(took, 90, "s"))  # fmt: skip
        again = seconds(lambda: balsim.run(cfg), 1)
        yield Row("resuming it when it is finished", f"{again:,.2f} s", **at_most(again, 2, "s"))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    yield Row("peak memory up to here", f"{peak:,.2f} GB", **at_most(peak, 1.0, "GB"))
    cfg = balsim.compose("experiment=alignment", "years=2")
    count = scale.of(10_000, 30)
    grown_by = []
    for _ in range(2):
        gc.collect()
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for run in range(count // 2):
            balsim.BalancingModel(cfg, run=run % 10).run_for(2)
        grown_by.append((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1e3)
    yield Row(f"growth of memory over the second half of {count:,} Mesa models", f"{grown_by[1]:,.1f} MB",
              target="none", met=grown_by[1] < 5.0)  # fmt: skip
