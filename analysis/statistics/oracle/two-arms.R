# Makes two-arms.json: data sets of two arms, and what R says of them.
#   Rscript analysis/statistics/oracle/two-arms.R
# Needs R >= 4 and coin (Debian: r-base-core r-cran-coin). The tests need neither.
suppressMessages(library(coin))
set.seed(20240521)

lognormal <- function(n, centre, spread) signif(exp(rnorm(n, log(centre), spread)), 6)
heavy <- function(n, centre) signif(centre * exp(pmin(pmax(rt(n, 1.5) / 4, -5), 5)), 6)
arms <- function(name, x, y) list(name = name, x = x, y = y)
cases <- list(
  arms("two against two", lognormal(2, 10, .1), lognormal(2, 12, .1)),
  arms("two against three", lognormal(2, 10, .1), lognormal(3, 9, .2)),
  arms("three against three, apart", c(10.1, 10.4, 10.2), c(8.1, 8.3, 8.6)),
  arms("three against three, mixed", lognormal(3, 10, .3), lognormal(3, 10, .3)),
  arms("five against five", lognormal(5, 10, .05), lognormal(5, 8, .05)),
  arms("five against five, no effect", lognormal(5, 10, .05), lognormal(5, 10, .05)),
  arms("three against twenty", lognormal(3, 10, .3), lognormal(20, 9, .05)),
  arms("twenty against four", lognormal(20, 1500, .05), lognormal(4, 1300, .4)),
  arms("ten against ten", lognormal(10, 3, .2), lognormal(10, 4, .2)),
  arms("twenty against twenty", lognormal(20, 3, .2), lognormal(20, 3.3, .2)),
  arms("twenty-five against twenty-five", lognormal(25, 3, .2), lognormal(25, 3.1, .4)),
  arms("seven against eleven, unequal spread", lognormal(7, 100, .01), lognormal(11, 100, .5)),
  arms("ties across the arms", c(3, 4, 4, 5, 6, 7), c(1, 2, 3, 4, 4, 5)),
  arms("ties within the arms", c(3, 3, 3, 5, 5), c(2, 2, 4, 4, 6, 6)),
  arms("nearly all tied", c(7, 7, 7, 7, 8), c(7, 7, 7, 7, 7, 7)),
  arms("ties, twelve against eight", round(lognormal(12, 5, .4)), round(lognormal(8, 4, .4))),
  arms("ties, twenty-five against twenty-five", round(lognormal(25, 6, .5)), round(lognormal(25, 5, .5))),
  arms("one arm constant", c(5, 5, 5, 5), lognormal(6, 5.5, .1)),
  arms("the other arm constant", lognormal(6, 5.5, .1), c(5, 5, 5, 5)),
  arms("heavy tails", heavy(12, 20), heavy(15, 25)),
  arms("heavy tails, five against nine", heavy(5, 20), heavy(9, 10)),
  arms("one wild trial", c(lognormal(9, 10, .05), 4000), lognormal(10, 9, .05)),
  arms("tiny values", lognormal(8, 2e-6, .3), lognormal(9, 3e-6, .3)),
  arms("huge values", lognormal(8, 4e9, .3), lognormal(9, 3e9, .3)),
  arms("nearly equal values", 1000 + round(rnorm(8), 2), 1000 + round(rnorm(8), 2)),
  arms("no overlap, ten against twelve", lognormal(10, 50, .02), lognormal(12, 40, .02)),
  arms("around one", lognormal(6, 1, .02), lognormal(6, 1.01, .02)),
  arms("wide, three against two", lognormal(3, 10, 1.5), lognormal(2, 10, 1.5)),
  arms("thirty against thirty", lognormal(30, 10, .2), lognormal(30, 11, .2)),
  arms("thirty against thirty, ties", round(lognormal(30, 10, .3)), round(lognormal(30, 11, .3))),
  arms("sixty against five", lognormal(60, 10, .2), lognormal(5, 12, .2)),
  arms("forty against fifteen, ties", round(lognormal(40, 4, .4)), round(lognormal(15, 5, .4)))
)

alternatives <- c("two.sided", "greater", "less")

welch_log <- function(x, y, theta) {
  test <- function(alternative) t.test(log(x), log(y), mu = log(theta), alternative = alternative)
  two <- test("two.sided")
  list(theta = theta, t = two$statistic, df = two$parameter, low = exp(two$conf.int[1]),
       high = exp(two$conf.int[2]), p = sapply(alternatives, function(a) test(a)$p.value))
}

margin <- function(x, y, theta) {
  p <- function(alternative) c(
    t.test(log(x), log(y), mu = log(theta), alternative = alternative)$p.value,
    t.test(x, theta * y, alternative = alternative)$p.value)
  list(theta = theta, atLeast = p("greater"), atMost = p("less"))
}

tost <- function(x, y, m) {
  inner <- t.test(log(x), log(y), conf.level = .9)$conf.int
  list(margin = m,
       aboveLow = t.test(log(x), log(y), mu = -log(m), alternative = "greater")$p.value,
       belowHigh = t.test(log(x), log(y), mu = log(m), alternative = "less")$p.value,
       inside = inner[1] > -log(m) && inner[2] < log(m))
}

# Roots of p(theta) = .05 on either side of the estimate, by halving between it, which is never rejected, and nearly 0,
# which is; the upper one as the lower one of y / x.
fieller <- function(x, y) {
  # The limits of the test: mean x = 0, and mean y = 0 (an arm that does not vary is surely not 0).
  p_of_zero <- function(v) if (sd(v) == 0) 0 else t.test(v)$p.value
  lower_end <- function(p, inside) {
    outside <- inside * 1e-9
    repeat {
      middle <- (inside + outside) / 2
      if (middle == inside || middle == outside) return(middle)
      if (p(middle) > .05) inside <- middle else outside <- middle
    }
  }
  estimate <- mean(x) / mean(y)
  low <- if (p_of_zero(x) >= .05) NA else lower_end(function(theta) t.test(x, theta * y)$p.value, estimate)
  high <- if (p_of_zero(y) >= .05) NA else 1 / lower_end(function(inverse) t.test(inverse * x, y)$p.value, 1 / estimate)
  list(ratio = estimate, low = low, high = high)
}

frame <- function(x, y) data.frame(value = c(x, y), arm = factor(rep(c("x", "y"), c(length(x), length(y)))))

mann_whitney <- function(x, y) {
  exact <- length(x) + length(y) <= 50
  p <- function(alternative)
    if (exact) pvalue(wilcox_test(value ~ arm, frame(x, y), distribution = "exact", alternative = alternative))
    else wilcox.test(x, y, alternative = alternative, exact = FALSE)$p.value
  list(exact = exact, u = suppressWarnings(wilcox.test(x, y, exact = FALSE))$statistic,
       p = sapply(alternatives, p))
}

# coin looks for the ends of an asymptotic interval to 1e-8: the difference it found is the nearest one. It gives up an
# exact interval when the least difference is tied and is its end; then the definition, by the quantiles coin has for U.
hodges_lehmann <- function(x, y) {
  exact <- length(x) + length(y) <= 50
  test <- wilcox_test(value ~ arm, frame(log(x), log(y)), conf.int = TRUE,
                      distribution = if (exact) "exact" else "asymptotic")
  found <- suppressWarnings(confint(test))$conf.int
  differences <- sort(as.vector(outer(log(x), log(y), "-")))
  if (exact && anyNA(found)) {
    quantile <- function(p) qperm(test, p) * sqrt(as.numeric(variance(test))) + as.numeric(expectation(test)) - length(x) * (length(x) + 1) / 2
    above <- sapply(differences, function(d) sum(differences > d + 1e-12))
    lower <- if (quantile(.975) >= length(differences) - 1e-6) NA else min(differences[above <= quantile(.975) + 1e-6])
    upper <- if (quantile(.025) <= 1e-6) NA else min(differences[above < quantile(.025) - 1e-6])
    found <- c(lower, upper)
  }
  end <- function(value) if (is.na(value)) NA else exp(differences[which.min(abs(differences - value))])
  list(low = end(found[1]), high = end(found[2]), ratio = exp(median(differences)))
}

paired <- function(x, y) {
  n <- min(length(x), length(y))
  d <- log(x[1:n] / y[1:n])
  if (n < 2 || sd(d) < 1e-12) return(NULL)
  test <- function(alternative) t.test(log(x[1:n]), log(y[1:n]), paired = TRUE, mu = log(.95), alternative = alternative)
  two <- test("two.sided")
  on_values <- function(alternative) t.test(x[1:n], .95 * y[1:n], paired = TRUE, alternative = alternative)$p.value
  list(theta = .95, t = two$statistic, df = two$parameter, low = exp(two$conf.int[1]),
       high = exp(two$conf.int[2]), p = sapply(alternatives, function(a) test(a)$p.value),
       onValues = sapply(alternatives, on_values))
}

here <- dirname(sub("--file=", "", grep("--file=", commandArgs(FALSE), value = TRUE)))
source(file.path(here, "json.R"))

answers <- lapply(cases, function(case) with(case, c(case, list(
  welch = welch_log(x, y, 1.1), margin = margin(x, y, 1.05), equivalence = tost(x, y, 1.2),
  fieller = fieller(x, y), mannWhitney = mann_whitney(x, y), hodgesLehmann = hodges_lehmann(x, y),
  paired = paired(x, y)))))
write_json(answers, file.path(here, "two-arms.json"))
