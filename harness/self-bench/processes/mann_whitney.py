"""Times the exact Mann-Whitney test of scipy: a JSON file of [[x, y], …] and a number of warm-ups in, seconds and p out."""

import json
import sys
import time

from scipy.stats import mannwhitneyu

with open(sys.argv[1], encoding="utf-8") as file:
    cases = json.load(file)
for x, y in cases[: int(sys.argv[2])]:
    mannwhitneyu(x, y, method="exact")
started = time.perf_counter()
ps = [float(mannwhitneyu(x, y, method="exact").pvalue) for x, y in cases]
print(json.dumps({"seconds": time.perf_counter() - started, "p": ps}))
