# Reads model texts (JSON from standard input) with lavaan and prints its parameter tables (JSON): the text must hold
# all of the model, so lavaan's own defaults are tried switched off and switched on.
suppressMessages({library(lavaan); library(jsonlite)})
cases <- fromJSON(file("stdin"), simplifyVector = FALSE)
read <- function(one, auto) {
  pt <- lavaanify(one$model, ngroups = one$groups, meanstructure = one$means, parameterization = one$parameterization,
                  fixed.x = TRUE, int.ov.free = auto, auto.fix.first = auto, auto.fix.single = auto, auto.var = auto,
                  auto.cov.lv.x = auto, auto.cov.y = auto, auto.th = auto, auto.delta = auto)
  pt <- pt[pt$op %in% c("=~", "~", "~~", "~1", "|", "~*~"), ]
  data.frame(key = paste(pt$lhs, pt$op, pt$rhs, pt$group), free = pt$free > 0,
             value = ifelse(pt$free > 0 | pt$exo > 0, NA, pt$ustart), plabel = pt$plabel)
}
out <- lapply(cases, function(one) {
  pt <- lavaanify(one$model, ngroups = one$groups, meanstructure = one$means, fixed.x = TRUE)
  list(off = read(one, FALSE), on = read(one, TRUE), equal = sum(pt$op == "=="), defined = sum(pt$op == ":="))
})
cat(toJSON(out, digits = NA, na = "null", dataframe = "rows", auto_unbox = TRUE))
