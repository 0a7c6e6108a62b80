# Makes autocorrelation.json: series and what R's acf() says of them.
#   Rscript analysis/statistics/oracle/within-trial.R
# Needs R >= 4 (Debian: r-base-core). The tests do not.
here <- "analysis/statistics/oracle"
source(file.path(here, "json.R"))
set.seed(20240602)
ar <- function(n, phi) signif(10 + as.numeric(stats::filter(rnorm(n), phi, "recursive")), 8)
series <- list(
  "three" = c(1, 2, 4), "four" = c(3, 1, 4, 1), "five, rising" = 1:5, "white" = ar(50, 0), "white, 200" = ar(200, 0),
  "slight" = ar(100, .2), "half" = ar(100, .5), "strong" = ar(100, .9), "strong, 500" = ar(500, .9),
  "nearly a walk" = ar(200, .99), "alternating" = ar(100, -.5), "strongly alternating" = ar(100, -.9),
  "step" = c(rep(1, 20), rep(2, 20)), "step with noise" = c(rnorm(30, 10), rnorm(30, 14)), "ramp" = seq(5, 9, length.out = 60),
  "sine" = signif(sin(1:80 / 5), 8), "one wild value" = c(rep(5, 20), 500, rep(5, 20)), "two values" = rep(c(1, 2), 15),
  "ties" = round(ar(60, .7)), "heavy tails" = signif(rt(100, 1.5), 8), "tiny" = ar(50, .6) * 1e-9, "huge" = ar(50, .6) * 1e12,
  "offset" = 1e6 + ar(60, .5)
)
records <- lapply(names(series), function(name) {
  x <- series[[name]]
  lags <- as.numeric(acf(x, lag.max = length(x) - 1, plot = FALSE)$acf)
  list(name = name, x = c(x), lags = lags)
})
write_json(records, file.path(here, "autocorrelation.json"))
