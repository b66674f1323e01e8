# Run from this folder: Rscript bootstrap.R; writes bootstrap.json (about 4 minutes). R 4.2.2, lavaan 0.6-14, jsonlite.
# Monte-Carlo error of an error from R draws: about 1 / sqrt(2 R) of it.
suppressMessages({library(lavaan); library(jsonlite)})
crq <- read.csv("data/crq.csv"); crq$country <- as.character(crq$country)
holes <- read.csv("data/crq_missing.csv")[, paste0("tr", 1:4)]
holes <- holes[rowSums(!is.na(holes)) > 0, ]  # lavaan loses resamples that hold an empty row
model <- "TR =~ tr1 + tr2 + tr3 + tr4
SA =~ sa1 + sa2 + sa3 + sa4
LO =~ lo1 + lo2 + lo3 + lo4"
errors <- function(fit) {
  p <- parTable(fit); draws <- lavInspect(fit, "boot")
  list(rows = paste0(p$lhs, p$op, p$rhs, ".g", p$group)[p$free > 0], se = unname(apply(draws, 2, sd)), draws = nrow(draws))
}
set.seed(5)
plain <- cfa(model, crq, se = "bootstrap", bootstrap = 1500)
groups <- cfa(model, crq, group = "country", group.equal = "loadings", se = "bootstrap", bootstrap = 400)
fiml <- cfa("TR =~ tr1 + tr2 + tr3 + tr4", holes, missing = "ml", se = "bootstrap", bootstrap = 600)
# A small sample, so that the p-value lies inside.
few <- crq[seq(1, nrow(crq), length.out = 120), ]
fit <- cfa(model, few)
chisq <- bootstrapLavaan(fit, R = 2000, type = "bollen.stine", FUN = fitmeasures, fit.measures = "chisq")
small <- sem("lo1 ~ a*tr1 + c*tr2
sa1 ~ b*lo1
ab := a*b", few, se = "bootstrap", bootstrap = 199)
ends <- lapply(c(perc = "perc", basic = "basic", bca.simple = "bca.simple"), function(kind) {
  e <- parameterEstimates(small, boot.ci.type = kind); e <- e[parTable(small)$free > 0, ]
  list(low = e$ci.lower, high = e$ci.upper)
})
write_json(list(model = model, plain = errors(plain), groups = errors(groups), fiml = errors(fiml),
  stine = list(chisq = unname(fitmeasures(fit, "chisq")), p = mean(chisq >= fitmeasures(fit, "chisq")), mean = mean(chisq)),
  intervals = list(draws = unname(unclass(lavInspect(small, "boot"))[, ]), est = unname(coef(small)), ends = ends)),
  "bootstrap.json", digits = 10, auto_unbox = TRUE)
