"""Times scipy's BCa bootstrap: a file of trials and B in; seconds and both ends of the interval out."""

import sys
import time

import numpy as np
from scipy.stats import bootstrap

values = np.log(np.loadtxt(sys.argv[1]))
times = []
for seed in range(6):
    started = time.perf_counter()
    found = bootstrap((values,), np.mean, n_resamples=int(sys.argv[2]), method="BCa", random_state=seed)
    times.append(time.perf_counter() - started)
ends = np.exp(found.confidence_interval)
# The first is the warm-up.
print(sorted(times[1:])[2], *ends)
