# Makes kruskal-dunn.json and anova.json: groups of trials, and what R says of them.
#   Rscript analysis/statistics/oracle/many-arms.R
# Needs R >= 4 (Debian: r-base-core). The tests do not. R has no Dunn test: it is written out here from the paper, with R's
# own rank(), table(), pnorm() and p.adjust().
here <- "analysis/statistics/oracle"
source(file.path(here, "json.R"))
set.seed(20240601)
lognormal <- function(n, centre, spread) signif(exp(rnorm(n, log(centre), spread)), 6)
heavy <- function(n, centre) signif(centre * exp(pmin(pmax(rt(n, 1.5) / 4, -5), 5)), 6)

groups <- list(
  "two of two" = list(lognormal(2, 10, .1), lognormal(2, 12, .1)),
  "one against two" = list(10, c(11, 12)),
  "three of one" = list(3, 1, 2),
  "three of three" = list(lognormal(3, 10, .1), lognormal(3, 12, .1), lognormal(3, 9, .1)),
  "three of five, alike" = list(lognormal(5, 10, .1), lognormal(5, 10, .1), lognormal(5, 10, .1)),
  "three of five, apart" = list(lognormal(5, 10, .01), lognormal(5, 20, .01), lognormal(5, 30, .01)),
  "four, unequal" = list(lognormal(3, 10, .2), lognormal(8, 11, .2), lognormal(20, 12, .2), lognormal(5, 9, .2)),
  "seven of twenty" = lapply(1:7, function(i) lognormal(20, 10 + i / 4, .1)),
  "fifteen of twenty" = lapply(1:15, function(i) lognormal(20, 10 + i / 20, .1)),
  "fifteen of five, alike" = lapply(1:15, function(i) lognormal(5, 10, .1)),
  "ties across" = list(c(1, 2, 2, 3), c(2, 3, 3, 4), c(3, 4, 4, 5)),
  "ties within" = list(c(1, 1, 1), c(2, 2, 2), c(3, 3, 3)),
  "nearly all tied" = list(c(7, 7, 7, 7), c(7, 7, 7, 8), c(7, 7, 7, 7)),
  "many ties" = lapply(1:4, function(i) round(lognormal(20, 5 + i / 2, .3))),
  "two values only" = list(c(0, 0, 1, 1, 1), c(0, 1, 1, 1), c(0, 0, 0, 1)),
  "one group constant" = list(rep(5, 6), lognormal(6, 5, .2), lognormal(6, 6, .2)),
  "heavy tails" = list(heavy(12, 20), heavy(15, 25), heavy(9, 22)),
  "heavy tails, six" = lapply(1:6, function(i) heavy(10, 20 + i)),
  "one wild trial" = list(c(lognormal(9, 10, .05), 4000), lognormal(10, 9, .05), lognormal(10, 10, .05)),
  "tiny values" = list(lognormal(8, 2e-6, .3), lognormal(9, 3e-6, .3), lognormal(7, 2e-6, .3)),
  "huge values" = list(lognormal(8, 4e9, .3), lognormal(9, 3e9, .3), lognormal(7, 5e9, .3)),
  "two of thirty" = list(lognormal(30, 10, .2), lognormal(30, 11, .2)),
  "negative values" = list(rnorm(6), rnorm(7, .5), rnorm(5, 1)),
  "sixty against five and one" = list(lognormal(60, 10, .2), lognormal(5, 12, .2), 11)
)

dunn <- function(g) {
  x <- unlist(g); k <- length(g); n <- lengths(g); N <- length(x)
  mean_rank <- tapply(rank(x), rep(seq_len(k), n), mean)
  ties <- as.numeric(table(x))
  spread <- N * (N + 1) / 12 - sum(ties^3 - ties) / (12 * (N - 1))
  pairs <- combn(k, 2)
  z <- apply(pairs, 2, function(p) (mean_rank[p[1]] - mean_rank[p[2]]) / sqrt(spread * sum(1 / n[p])))
  p <- 2 * pnorm(-abs(z))
  list(z = unname(z), p = unname(p), holm = p.adjust(unname(p), "holm"))
}

many <- lapply(names(groups), function(name) {
  g <- groups[[name]]
  test <- kruskal.test(g)
  d <- dunn(g)
  list(name = name, x = c(unlist(g)), sizes = c(lengths(g)), h = unname(test$statistic), df = unname(test$parameter),
       p = test$p.value, z = c(d$z), pairP = c(d$p), holm = c(d$holm))
})
write_json(many, file.path(here, "kruskal-dunn.json"))

# a x b cells in r blocks; values by first factor, second factor, block.
design <- function(name, a, b, r, effectA = 0, effectB = 0, effectAB = 0, spread = .05, drift = .02, digits = 8, tail = FALSE) {
  grid <- expand.grid(block = seq_len(r), second = seq_len(b), first = seq_len(a))
  noise <- if (tail) pmin(pmax(rt(nrow(grid), 1.5), -30), 30) * spread else rnorm(nrow(grid), 0, spread)
  y <- exp(3 + effectA * grid$first + effectB * grid$second + effectAB * grid$first * grid$second +
           rnorm(r, 0, drift)[grid$block] + noise)
  list(name = name, a = a, b = b, r = r, y = signif(y, digits))
}
designs <- list(
  design("smallest", 2, 2, 2), design("smallest, apart", 2, 2, 2, 1, .5), design("two by two, five blocks", 2, 2, 5),
  design("first factor", 2, 2, 10, .1), design("second factor", 2, 2, 10, 0, .1), design("interaction", 2, 2, 10, 0, 0, .1),
  design("paper sized", 15, 7, 3, -.05, .3), design("paper sized, twenty", 15, 7, 20, -.05, .3, .001),
  design("nothing", 3, 4, 6), design("three by four", 3, 4, 6, .05, .02, .01), design("five by two", 5, 2, 8, .02),
  design("two by nine", 2, 9, 5, 0, .01), design("noisy", 4, 4, 5, .1, .1, 0, .8), design("quiet", 4, 4, 5, .01, .01, 0, 1e-4),
  design("large drift", 3, 3, 8, .05, 0, 0, .05, 1), design("no drift", 3, 3, 8, .05, 0, 0, .05, 0),
  design("heavy tails", 3, 3, 12, .05, .05, 0, .05, .02, 8, TRUE), design("heavy tails, small", 2, 3, 3, 0, 0, 0, .3, .1, 8, TRUE),
  design("ties", 3, 3, 6, .05, 0, 0, .05, .02, 2), design("many ties", 2, 4, 10, .2, .05, 0, .15, .05, 1),
  design("enormous effects", 3, 3, 4, 3, 2, 1, .05), design("two blocks", 6, 5, 2, .1)
)
anova <- lapply(designs, function(d) {
  grid <- expand.grid(block = factor(seq_len(d$r)), second = factor(seq_len(d$b)), first = factor(seq_len(d$a)))
  rows <- summary(aov(log(d$y) ~ block + first * second, data = grid))[[1]]
  list(name = d$name, a = d$a, b = d$b, r = d$r, y = d$y, df = rows$Df, ss = rows$`Sum Sq`, f = head(rows$`F value`, 4),
       p = head(rows$`Pr(>F)`, 4))
})
write_json(anova, file.path(here, "anova.json"))
