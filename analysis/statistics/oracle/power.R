# Makes power.json: trials, detectable ratios and the noncentral t, as R has them.
#   Rscript analysis/statistics/oracle/power.R
here <- dirname(sub("--file=", "", grep("--file=", commandArgs(FALSE), value = TRUE)))
source(file.path(here, "json.R"))

trials <- lapply(split(expand.grid(effect = c(.05, .1, .25, .8), sd = c(.02, .1, .3), alternative = c(TRUE, FALSE)), 1:24),
  function(case) with(case, {
    kind <- if (alternative) "two.sided" else "one.sided"
    # From 2 trials on: R cannot solve for fewer than that.
    enough <- function(n) power.t.test(n = n, delta = effect, sd = sd, alternative = kind)$power >= .8
    n <- if (enough(2)) 2 else ceiling(power.t.test(delta = effect, sd = sd, power = .8, alternative = kind)$n)
    list(kind = "trials", effect = effect, sd = sd, twoSided = alternative, n = n)
  }))

# The standard deviation is that of the differences within pairs.
pairs <- lapply(split(expand.grid(effect = c(.05, .1, .25, .8), sd = c(.02, .1, .3), alternative = c(TRUE, FALSE)), 1:24),
  function(case) with(case, {
    kind <- if (alternative) "two.sided" else "one.sided"
    power <- function(n) power.t.test(n = n, delta = effect, sd = sd, alternative = kind, type = "paired")$power
    n <- 2
    while (power(n) < .8) n <- n + 1
    list(kind = "pairs", effect = effect, sd = sd, twoSided = alternative, n = n)
  }))

# Unequal arms: Welch's degrees of freedom and error, and the noncentrality that gives the power.
ratios <- lapply(split(expand.grid(nx = c(2, 5, 20), ny = c(3, 11), sx = c(.05, .3), sy = .1, power = c(.8, .95)), 1:24),
  function(case) with(case, {
    vx <- sx^2 / nx; vy <- sy^2 / ny
    df <- (vx + vy)^2 / (vx^2 / (nx - 1) + vy^2 / (ny - 1))
    critical <- qt(.975, df)
    # Not by pt(ncp =), whose series ends at 37.6: the integral over the spread.
    upper <- function(delta) integrate(function(s) pnorm(delta - critical * s) * 2 * df * s * dchisq(df * s^2, df),
                                       0, Inf, rel.tol = 1e-12, subdivisions = 2000)$value
    delta <- uniroot(function(d) upper(d) - power, c(0, 200), tol = 1e-13)$root
    list(kind = "ratio", nx = nx, ny = ny, sx = sx, sy = sy, power = power, ratio = exp(delta * sqrt(vx + vy)))
  }))

tails <- lapply(split(expand.grid(t = c(-1, .5, 2.1, 6, 12.7), df = c(1, 1.5, 4, 27.3, 400), delta = c(0, 1, 3, 20)), 1:100),
  function(case) with(case, list(kind = "tail", t = t, df = df, delta = delta,
                                 p = pt(t, df, delta, lower.tail = FALSE))))
write_json(c(trials, pairs, ratios, tails), file.path(here, "power.json"))
