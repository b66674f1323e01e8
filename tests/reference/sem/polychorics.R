# First-stage statistics of ordered and numeric variables from lavaan, and polychoric correlations from psych.
# Run in this folder: Rscript polychorics.R   (writes polychorics.json; lavaan 0.6-14, psych 2.2.9, jsonlite 1.8.4)
suppressMessages({library(lavaan); library(psych); library(jsonlite)})
set.seed(20240517)

latent <- function(n, p, loading = 0.65) {
  common <- rnorm(n)
  sapply(seq_len(p), function(j) loading * common + sqrt(1 - loading^2) * rnorm(n))
}
steps <- function(z, cuts) as.integer(cut(z, c(-Inf, cuts, Inf)))
holes <- function(d, share) {
  for (j in seq_along(d)) d[runif(nrow(d)) < share, j] <- NA
  d
}
reference <- function(d, ordered, missing = "listwise", weights = NULL) {
  model <- paste("f =~", paste(names(d), collapse = " + "))
  both <- d
  if (!is.null(weights)) both$w <- weights
  fit <- suppressWarnings(cfa(model, both, ordered = ordered, estimator = "WLSMV", missing = missing,
                              sampling.weights = if (is.null(weights)) NULL else "w"))
  list(data = as.list(d), names = names(d), ordered = names(d) %in% ordered, missing = missing, weights = weights,
       n = lavInspect(fit, "nobs"),
       vector = as.numeric(lavInspect(fit, "wls.obs")),      # means of numeric variables with the other sign
       labels = names(lavInspect(fit, "wls.obs")),
       cov = unclass(lavInspect(fit, "sampstat")$cov),
       gamma = unname(unclass(lavInspect(fit, "gamma"))))
}

z <- latent(150, 4)
ordinal <- data.frame(a = steps(z[, 1], 0.3), b = steps(-z[, 2], c(-0.7, 0.8)), c = steps(z[, 3], c(-1.2, -0.4, 0.5, 1.3)),
                      d = steps(z[, 4], c(-1.5, -0.9, -0.3, 0.3, 0.9, 1.4)))
z <- latent(160, 5)
mixed <- data.frame(x = 2 + 1.5 * z[, 1] + 0.4 * z[, 1]^2, a = steps(z[, 2], c(-0.5, 0.6)), y = -1 - 0.7 * z[, 3],
                    b = steps(z[, 4], 0.2), c = steps(z[, 5], c(-1, 0, 1)))
z <- latent(30, 4, 0.8)
small <- data.frame(a = steps(z[, 1], 0), b = steps(z[, 2], -0.4), c = steps(z[, 3], c(-0.8, 0, 0.6)),
                    d = steps(z[, 4], c(-0.6, 0.5)))
weights <- round(runif(160, 0.4, 2.2), 3)
four <- function(cells) as.list(as.data.frame(cbind(a = rep(c(1, 1, 2, 2), cells), b = rep(c(1, 2, 1, 2), cells))))
tetrachoric <- lapply(list(c(0, 7, 12, 30), c(9, 5, 0, 20), c(9, 20, 5, 0), c(25, 0, 25, 50), c(12, 7, 9, 22)), function(cells) {
  d <- as.data.frame(four(cells))
  fit <- suppressWarnings(lavaan("a ~~ b\n a | t1\n b | t1", d, ordered = c("a", "b")))
  list(cells = cells, rho = lavInspect(fit, "sampstat")$cov[2, 1], gamma = unname(unclass(lavInspect(fit, "gamma"))))
})

cases <- list(
  ordinal = reference(ordinal, names(ordinal)),
  mixed = reference(mixed, c("a", "b", "c")),
  small = reference(small, names(small)),
  ordinal_pairwise = reference(holes(ordinal, 0.15), names(ordinal), "pairwise"),
  mixed_pairwise = reference(holes(mixed, 0.15), c("a", "b", "c"), "pairwise"),
  mixed_weighted = reference(mixed, c("a", "b", "c"), weights = weights)
)
found <- psych::polychoric(ordinal, correct = 0)
writeLines(toJSON(list(cases = cases, tetrachoric = tetrachoric, psych = unname(unclass(found$rho))),
                  digits = I(12), auto_unbox = TRUE, na = "null"), "polychorics.json")
