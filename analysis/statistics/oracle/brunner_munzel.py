"""Makes brunner-munzel.json from the data sets of two-arms.json: what scipy says of them.

python3 analysis/statistics/oracle/brunner_munzel.py   (Debian: python3-scipy)
"""

import json
import math
import pathlib
import warnings

from scipy.stats import brunnermunzel

here = pathlib.Path(__file__).parent
alternatives = ("two-sided", "greater", "less")
rows = []
for case in json.loads((here / "two-arms.json").read_text()):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # scipy takes the difference the other way round: its first sample lies higher where the statistic is negative.
        tests = [brunnermunzel(case["y"], case["x"], alternative=name) for name in alternatives]
    if not math.isfinite(tests[0].statistic):
        continue
    # Its names for one-sided alternatives follow the first sample.
    p = [float(tests[0].pvalue), float(tests[2].pvalue), float(tests[1].pvalue)]
    rows.append({"name": case["name"], "t": float(tests[0].statistic), "p": p})
lines = ",\n".join(json.dumps(row) for row in rows)
(here / "brunner-munzel.json").write_text(f"[\n{lines}\n]\n")
