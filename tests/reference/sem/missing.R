# Run from this folder: Rscript missing.R; writes missing.json. R 4.2.2, lavaan 0.6-14, jsonlite.
# A saturated model, so that lavaan's parameters are the mean and the covariances themselves.
library(lavaan)
set.seed(20)
n <- 120; p <- 5
load <- c(.9, .8, .7, .6, .5)
x <- outer(rnorm(n), load) + matrix(rnorm(n * p), n) %*% diag(sqrt(1 - load^2))
x <- round(sweep(sweep(x, 2, c(1, .5, 2, 1, 3), "*"), 2, c(3, 0, -2, 10, 5), "+"), 3)
full <- as.data.frame(x); names(full) <- paste0("y", 1:p)
holes <- full
holes[matrix(runif(n * p) < .2, n)] <- NA
holes$y2[full$y1 > 4] <- NA                      # missing at random, not completely so
holes[7, ] <- NA                                 # a row without any value
w <- round(runif(n, .5, 2), 2)

v <- names(full)
pairs <- unlist(lapply(1:p, function(j) paste(v[j], "~~", v[j:p])))   # lower triangle by columns
model <- paste(c(paste(v, "~ 1"), pairs), collapse = "\n")
run <- function(data, ..., text = model) {
  suppressWarnings(sem(text, data, em.h1.tol = 1e-13, em.h1.iter.max = 20000, ...))
}
h1 <- function(fit) {
  m <- lavTech(fit, "sampstat.h1")[[1]]
  list(mean = as.numeric(m$mean), cov = m$cov, logl = as.numeric(fitMeasures(fit, "unrestricted.logl")),
       n = lavInspect(fit, "ntotal"))
}
bare <- function(m) { m <- unclass(m); dimnames(m) <- NULL; m }
fiml <- run(holes, missing = "ml", observed.information = "hessian")
weighted <- run(cbind(holes, w = w), missing = "ml", sampling.weights = "w", estimator = "MLR", text = "f =~ y1 + y2 + y3 + y4 + y5")
complete <- run(full, meanstructure = TRUE)
robust <- run(full, meanstructure = TRUE, estimator = "MLM")
stopifnot(lavInspect(fiml, "converged"), lavInspect(weighted, "converged"))
out <- list(
  data = x, missing = unname(as.matrix(is.na(holes))) * 1, weights = w,
  fiml = c(h1(fiml), list(
    order = paste(partable(fiml)$lhs, partable(fiml)$op, partable(fiml)$rhs)[partable(fiml)$free > 0],
    estimate = as.numeric(coef(fiml)),
    observed = bare(lavInspect(fiml, "information.observed")),
    expected = bare(lavInspect(fiml, "information.expected")),
    scores = bare(lavScores(fiml)),
    patterns = bare(lavInspect(fiml, "patterns")) * 1,
    coverage = bare(lavInspect(fiml, "coverage")))),
  weighted = h1(weighted),
  complete = c(h1(complete), list(
    estimate = as.numeric(coef(complete)),
    scores = bare(lavScores(complete)), observed = bare(lavInspect(complete, "information.observed")))),
  gamma = bare(lavInspect(robust, "gamma")))
writeLines(jsonlite::toJSON(out, digits = I(12), auto_unbox = TRUE, pretty = FALSE), "missing.json")
