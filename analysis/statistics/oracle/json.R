# Writes a list of records as JSON, one a line, with as many digits as a number needs to be read back the same.
number <- function(v) {
  short <- sprintf("%.15g", v)
  ifelse(is.na(v), "null", ifelse(as.numeric(short) == v, short, sprintf("%.17g", v)))
}
json <- function(v) {
  if (is.null(v)) "null"
  else if (is.list(v)) paste0("{", paste0("\"", names(v), "\": ", sapply(v, json), collapse = ", "), "}")
  else if (is.character(v)) paste0("\"", v, "\"")
  else if (is.logical(v) && !is.na(v[1])) tolower(v)
  else if (length(v) == 1) number(v)
  else paste0("[", paste(number(v), collapse = ", "), "]")
}
write_json <- function(records, file)
  writeLines(paste0("[\n", paste(sapply(records, json), collapse = ",\n"), "\n]"), file)
