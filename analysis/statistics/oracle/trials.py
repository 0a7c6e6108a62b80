"""Makes bootstrap.json and quantiles.json: trials, and what scipy says of them.

python3 analysis/statistics/oracle/trials.py   (Debian: python3-scipy)
"""

import json
import pathlib

import numpy as np
from scipy.stats import binom, bootstrap
from scipy.stats.mstats import hdquantiles

here = pathlib.Path(__file__).parent
rng = np.random.default_rng(20240603)


def lognormal(n, centre, spread):
    return [float(f"{v:.6g}") for v in np.exp(rng.normal(np.log(centre), spread, n))]


def heavy(n, centre):
    return [float(f"{v:.6g}") for v in centre * np.exp(np.clip(rng.standard_t(1.5, n) / 4, -5, 5))]


def write(name, rows):
    lines = ",\n".join(json.dumps(row) for row in rows)
    (here / f"{name}.json").write_text(f"[\n{lines}\n]\n")


def of_bootstrap(name, x):
    row = {"name": name, "x": x}
    for method in ("percentile", "BCa"):
        # Many more resamples than are compared with: the fixture's own chance must not count.
        found = bootstrap((np.log(x),), np.mean, n_resamples=200_000, method=method, random_state=np.random.default_rng(1), batch=2000)
        interval = found.confidence_interval
        row[method.lower()] = [float(np.exp(interval.low)), float(np.exp(interval.high))]
    return row


samples = {f"lognormal, n = {n}, spread {s}": lognormal(n, 10, s) for n in (20, 25, 30, 50, 100) for s in (0.05, 0.4, 1.2)}
samples |= {f"heavy tails, n = {n}": heavy(n, 20) for n in (20, 30, 60)}
samples |= {
    "one wild trial": lognormal(19, 10, 0.05) + [4000.0],
    "ties": [float(round(v)) for v in lognormal(30, 5, 0.3)],
    "tiny values": lognormal(20, 2e-6, 0.3),
    "huge values": lognormal(24, 4e9, 0.3),
    "two clusters": lognormal(12, 10, 0.03) + lognormal(12, 20, 0.03),
    "skewed to the left": [float(f"{1 / v:.6g}") for v in heavy(40, 3)],
}
write("bootstrap", [of_bootstrap(name, x) for name, x in samples.items()])


def of_quantiles(name, x):
    points = (0.05, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999)
    n = len(x)
    return {
        "name": name,
        "x": x,
        "probabilities": points,
        "harrellDavis": [float(v) for v in hdquantiles(np.array(x), prob=list(points))],
        "lowRanks": [int(binom.ppf(0.025, n, p)) for p in points],
        "highRanks": [int(binom.ppf(0.975, n, p)) + 1 for p in points],
    }


trials = {f"n = {n}": lognormal(n, 10, 0.3) for n in (2, 3, 5, 6, 7, 10, 20, 35, 36, 50, 71, 72, 100, 367, 368)}
trials |= {
    "ties": [float(round(v)) for v in lognormal(25, 5, 0.4)],
    "all equal": [7.0] * 12,
    "heavy tails": heavy(40, 20),
    "one wild trial": lognormal(9, 10, 0.05) + [4000.0],
    "tiny values": lognormal(15, 2e-6, 0.3),
    "huge values": lognormal(15, 4e9, 0.3),
    "negative values": [float(f"{v:.6g}") for v in rng.normal(0, 1, 30)],
}
write("quantiles", [of_quantiles(name, x) for name, x in trials.items()])
