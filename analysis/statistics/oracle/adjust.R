# Makes adjust.json: families of p values and what R's p.adjust makes of them.
#   Rscript analysis/statistics/oracle/adjust.R
here <- dirname(sub("--file=", "", grep("--file=", commandArgs(FALSE), value = TRUE)))
source(file.path(here, "json.R"))
set.seed(7)
families <- c(
  list(c(.01, .04), c(.04, .01), c(.5, .5, .5), c(0, 1), c(0, 0, 0), c(1, 1), c(.05, .05, .01, .01), c(1e-300, .02, .9),
       c(.2, .1, .3, .15, .05), seq(.01, .1, .01)),
  lapply(2:13, function(n) signif(runif(n)^3, 5)))
write_json(lapply(families, function(p) list(p = p, holm = p.adjust(p, "holm"), bh = p.adjust(p, "BH"))),
           file.path(here, "adjust.json"))
