# Times Dunn's test with Holm in R, written out as R has none of its own: a file of groups, one a line, in; seconds and the
# adjusted p of each pair out.
groups <- lapply(strsplit(readLines(commandArgs(TRUE)[1]), " "), as.numeric)
dunn <- function(g) {
  x <- unlist(g); k <- length(g); n <- lengths(g); N <- length(x)
  mean_rank <- tapply(rank(x), rep(seq_len(k), n), mean)
  ties <- as.numeric(table(x))
  spread <- N * (N + 1) / 12 - sum(ties^3 - ties) / (12 * (N - 1))
  pairs <- combn(k, 2)
  z <- (mean_rank[pairs[1, ]] - mean_rank[pairs[2, ]]) / sqrt(spread * (1 / n[pairs[1, ]] + 1 / n[pairs[2, ]]))
  p.adjust(2 * pnorm(-abs(z)), "holm")
}
p <- dunn(groups)
times <- replicate(5, system.time(for (i in 1:50) dunn(groups))[["elapsed"]] / 50)
cat(format(median(times), digits = 6), sprintf("%.17g", p), "\n")
