"""report.html: one file that needs nothing else, for the screen, the telephone and paper."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from omegaconf import OmegaConf

from balsim.drawing import LOOKS
from balsim.measures import HARD_ENOUGH, REVERSED_BELOW, SOFT_ENOUGH, SUSTAINED
from balsim.planes import Layout, label, number

if TYPE_CHECKING:
    from balsim.analysis.finding import Finding
    from balsim.results import Results

MOST_ROWS = 60

CAPTIONS = {
    "phase_map": (
        "Phase map. Each square is a parameter point, in the colour and with the letter of the most frequent "
        "phase; its area is the share of worlds in that phase. Lines: where 25, 50 and 75% of worlds tip."
    ),
    "hard_balancing": (
        "Share of second-tier capability that balances hard, mean over the last third of the run and over worlds."
        " Lines: where 25, 50 and 75% of worlds tip."
    ),
    "alignment": (
        "Mean share of second-tier capability in each strategy, year by year. Dashed: the share of hard balancing"
        " that 5% and 95% of worlds do not exceed."
    ),
    "hysteresis": (
        "Hard balancing against unilateralism while it rises (dashed) and falls (solid): mean of worlds, with the"
        " range from the 5% to the 95% quantile."
    ),
    "profile": (
        "Mean share of second-tier capability in each strategy over the last third of the run, and the share of "
        "worlds that tip."
    ),
}

DEFINITIONS = {
    "second tier": "all states but the hegemon. Shares are weighted by capability within the second tier.",
    "world, point": (
        "a world is one run of the model; a point is one set of parameters, run in many worlds. Worlds of the "
        "same number share their random numbers at all points."
    ),
    "phase": (
        "the strategy with the largest share of second-tier capability, on average over the last third of the run."
    ),
    "tipped": (
        f"hard balancing holds at least {HARD_ENOUGH:g} of second-tier capability for {SUSTAINED} consecutive years."
    ),
    "soft phase": (
        f"soft balancing holds at least {SOFT_ENOUGH:g} of second-tier capability, and no less than hard "
        f"balancing, for {SUSTAINED} consecutive years."
    ),
    "reversed": (
        f"after tipping, hard balancing falls below {REVERSED_BELOW:g} of second-tier capability for {SUSTAINED} "
        "consecutive years."
    ),
    "path": (
        "soft to hard: tipped after a soft phase; hard without soft: tipped without one before; soft only: a soft"
        " phase, not tipped; bandwagoning: neither, and bandwagoning is the phase; buck-passing: neither, "
        f"buck-passing is the phase, and at least {SOFT_ENOUGH:g} of second-tier capability passes the buck with "
        "something at stake and someone to catch it; quiet: the rest."
    ),
    "area of the loop": (
        "where unilateralism rises and returns, the area between hard balancing on the way down and on the way "
        "up; positive where it is greater on the way down."
    ),
    "interval": (
        "95%. Of shares of worlds: Wilson 1927. Of means: percentile bootstrap over worlds. Both say how far "
        "chance among worlds reaches, not whether the parameters are right."
    ),
}

_CSS = """
:root{color-scheme:light dark;--ink:#1b1b1f;--paper:#fff;--soft:#5c5c66;--line:#d5d5dc;--tint:#f4f4f7}
@media(prefers-color-scheme:dark){:root{--ink:#e8e8ec;--paper:#17171b;--soft:#a5a5b0;--line:#3a3a42;--tint:#222228}}
body{margin:0 auto;max-width:64rem;padding:1.2rem;font:1rem/1.55 system-ui,sans-serif}
body{color:var(--ink);background:var(--paper)}
h1{font-size:1.6rem;line-height:1.25;margin:.2rem 0}h2{font-size:1.2rem;margin:2rem 0 .6rem}
.question{font-size:1.15rem;color:var(--soft);margin:0 0 1rem}
.answer li{margin:.35rem 0}figure{margin:1.2rem 0}img{max-width:100%;height:auto;background:#fff}
figcaption,.hint{color:var(--soft);font-size:.9rem}.scroll{overflow-x:auto}
table{border-collapse:collapse;font-size:.85rem;font-variant-numeric:tabular-nums}
th,td{padding:.25rem .6rem;border-bottom:1px solid var(--line);text-align:right;white-space:nowrap}
th{position:sticky;top:0;background:var(--tint)}td.text,th.text{text-align:left}
pre{background:var(--tint);padding:.8rem;overflow-x:auto;font-size:.8rem;line-height:1.4}
dt{font-weight:600}dd{margin:0 0 .6rem 1.2rem}
@media print{body{max-width:none;padding:0}figure,tr{break-inside:avoid}.scroll,pre{overflow:visible}
pre{white-space:pre-wrap}th{position:static}table{font-size:.65rem}th,td{padding:.1rem .3rem;white-space:normal}}
"""


def page(results: Results, lines: list[str], images: Mapping[str, bytes], findings: Sequence[Finding] = ()) -> str:
    """The report of a design. lines : the answer; images : PNG files by the name of their figure."""
    layout = Layout(results)
    of_design = {name: png for name, png in images.items() if name in CAPTIONS}
    sections = [
        *(_section(finding.title, _finding(finding, images)) for finding in findings),
        _section("Answer", f'<ul class="answer">{"".join(f"<li>{escape(line)}</li>" for line in lines)}</ul>'),
        _section("Figures", "".join(_figure(name, png, lines) for name, png in of_design.items())),
        _section("Points", _table(layout)),
        _section("What to bear in mind", _list([*results.notes, *_cautions(layout)])),
        _section("Definitions", f"<dl>{''.join(_definition(*entry) for entry in DEFINITIONS.items())}</dl>"),
        _section("How to reproduce", _reproduce(results)),
        _section("Provenance", _provenance(results)),
        _section("Configuration", f"<details><summary>All settings (YAML)</summary>{_yaml(results)}</details>"),
    ]  # fmt: skip
    title = escape(f"{results.name} – balsim")
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{title}</title>\n'
        f"<style>{_CSS}</style>\n</head>\n<body>\n<header><h1>{escape(results.name)}</h1>\n"
        f'<p class="question">{escape(results.question)}</p></header>\n'
        f"<main>\n{''.join(sections)}</main>\n</body>\n</html>\n"
    )


def _section(title: str, body: str) -> str:
    name = title.lower().replace(" ", "-")
    return f'<section aria-labelledby="{name}">\n<h2 id="{name}">{escape(title)}</h2>\n{body}\n</section>\n'


def _finding(finding: Finding, images: Mapping[str, bytes]) -> str:
    """What one analysis found: its answer, its figures, its tables as far as they are short."""
    parts = [f'<ul class="answer">{"".join(f"<li>{escape(line)}</li>" for line in finding.answer)}</ul>']
    alt = escape(" ".join([finding.title, *finding.answer[:4]]), quote=True)
    for name in finding.figures:
        data = base64.b64encode(images[f"{finding.name}_{name}"]).decode("ascii")
        parts.append(f'<figure><img alt="{alt}" src="data:image/png;base64,{data}"></figure>')
    for name, frame in finding.tables.items():
        where = f"analysis/{finding.name}_{name}.csv"
        if len(frame) > MOST_ROWS:
            parts.append(f'<p class="hint">{len(frame)} rows in {escape(where)}</p>')
            continue
        shown = frame.to_html(index=False, border=0, float_format=lambda x: f"{x:.3g}", na_rep="–")
        parts.append(f'<p class="hint">{escape(where)}</p><div class="scroll" tabindex="0">{shown}</div>')
    return "\n".join(parts)


def _figure(name: str, png: bytes, lines: list[str]) -> str:
    caption = CAPTIONS[name]
    # What a figure shows is what the answer says: the alternative text carries both.
    alt = escape(f"{caption} {' '.join(lines[:4])}", quote=True)
    data = base64.b64encode(png).decode("ascii")
    image = f'<img alt="{alt}" src="data:image/png;base64,{data}">'
    return f"<figure>{image}<figcaption>{escape(caption)}</figcaption></figure>\n"


def _table(layout: Layout) -> str:
    """The cells, at most MOST_ROWS of them evenly spread over the design, in a few columns."""
    cells = layout.cells
    picked = np.unique(np.linspace(0, len(cells) - 1, min(len(cells), MOST_ROWS)).round().astype(int))
    axes = list(layout.swept)
    heads = [*(label(key) for key in axes), "worlds", "phase", "in phase", "tipped", "soft phase",
             *(look.label for look in LOOKS.values())]  # fmt: skip
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in heads)
    body = []
    for _, row in cells.iloc[picked].iterrows():
        texts = [*(number(row[key]) for key in axes), f"{row['n']}", LOOKS[row["phase"]].label,
                 f"{row['phase_share']:.2f}", _with_interval(row, "tipped"), _with_interval(row, "soft_phase"),
                 *(_with_interval(row, f"share_{name}") for name in LOOKS)]  # fmt: skip
        body.append("<tr>" + "".join(f"<td>{escape(text)}</td>" for text in texts) + "</tr>")
    which = (
        f"{len(picked)} of {len(cells)} points, evenly spread"
        if len(picked) < len(cells)
        else f"all {len(cells)} points"
    )
    return (
        f'<p class="hint">Shares with 95% intervals; {which}. The full table is cells.csv.</p>\n'
        f'<div class="scroll" tabindex="0"><table><thead><tr>{head}</tr></thead>\n'
        f"<tbody>{''.join(body)}</tbody></table></div>"
    )


def _with_interval(row: Mapping[str, Any], name: str) -> str:
    low, high = row[f"{name}_low"], row[f"{name}_high"]
    return f"{row[name]:.2f}" if pd.isna(low) else f"{row[name]:.2f} [{low:.2f}, {high:.2f}]"


def _cautions(layout: Layout) -> list[str]:
    """What the numbers cannot say."""
    found = ["Results are of a model: they show what follows from its assumptions, not what states will do. Parameters "
             "marked calibrated were chosen so that each strategy appears somewhere; the table of parameters says "
             "which."]  # fmt: skip
    if layout.cells["n"].min() < 30:
        found.append(f"Some points have only {layout.cells['n'].min()} worlds: their intervals are wide, and those of "
                     "means (bootstrap) too narrow.")  # fmt: skip
    return found


def _list(items: list[str]) -> str:
    return f"<ul>{''.join(f'<li>{escape(item)}</li>' for item in items)}</ul>"


def _reproduce(results: Results) -> str:
    folder = results.out.name
    if "joined" in results.manifest:
        return "<p>This table joins several designs; each of their folders holds a config.yaml. " \
               f"Check them with</p><pre>balsim verify {escape(folder)}</pre>"  # fmt: skip
    return (
        f"<p>From the folder that holds <code>{escape(folder)}</code>:</p>"
        f"<pre>balsim --config-dir {escape(folder)} --config-name config out=again\n"
        f"balsim verify {escape(folder)}</pre>"
        "<p>The first runs everything again, the second a sample. With the same versions the tables come out the same, "
        "byte for byte, whatever the engine and the number of processors.</p>"
    )


def _provenance(results: Results) -> str:
    manifest = results.manifest
    seconds = manifest["seconds"]
    rows = {
        "balsim": manifest["balsim"],
        "source (hash)": manifest["source"],
        "configuration (hash)": manifest["key"],
        "seed": results.config["seed"],
        **{f"worlds {name}": f"{count:,}" for name, count in manifest["counts"].items()},
        "time": f"{seconds:.1f} s" if seconds < 120 else f"{seconds / 60:.1f} min",
        **{name: value for name, value in manifest["platform"].items()},
        **{name: value for name, value in manifest["versions"].items() if name != "balsim"},
    }
    body = "".join(
        f'<tr><th scope="row" class="text">{escape(str(k))}</th><td class="text">{escape(str(v))}</td></tr>'
        for k, v in rows.items()
    )
    return f'<div class="scroll"><table>{body}</table></div>'


def _yaml(results: Results) -> str:
    return f"<pre>{escape(OmegaConf.to_yaml(OmegaConf.create(results.config)))}</pre>"


def _definition(term: str, meaning: str) -> str:
    return f"<dt>{escape(term)}</dt><dd>{escape(meaning)}</dd>"
