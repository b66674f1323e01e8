# Reliability by semTools, scores of persons, residuals and R-squared by lavaan: second sources of crqkit.sem.
# Run in this folder: Rscript reliability.R      Writes reliability.json.
# R 4.2.2, lavaan 0.6-14, semTools 0.5-6.
suppressMessages({library(lavaan); library(semTools); library(jsonlite)})
crq <- read.csv("data/crq.csv")
gaps <- read.csv("data/crq_missing.csv")
ordinal <- read.csv("data/crq_ordinal.csv")
three <- "TR =~ tr1 + tr2 + tr3 + tr4
SA =~ sa1 + sa2 + sa3 + sa4
LO =~ lo1 + lo2 + lo3 + lo4"
ordered3 <- "TR =~ tr1 + tr2 + tr3 + tr4
AC =~ ac1 + ac2 + ac3 + ac4
LO =~ lo1 + lo2 + lo3 + lo4"
five <- paste0(three, "
AC =~ ac1 + ac2 + ac3 + ac4
CC =~ cc1 + cc2 + cc3 + cc4")
items <- paste0(rep(c("tr", "ac", "lo"), each = 4), 1:4)
buys <- paste0("bu", 1:4)
fits <- list(
  plain = cfa(three, crq),
  means = cfa(three, crq, meanstructure = TRUE),
  tied = cfa(paste0(three, "\ntr1 ~~ tr2\nLO =~ tr4\ntr3 ~~ sa3"), crq),
  groups = cfa(three, crq, group = "country", group.equal = c("loadings", "intercepts")),
  configural = cfa(three, crq, group = "country"),
  gaps = cfa(three, gaps, missing = "ml"),
  robust = cfa(three, crq, estimator = "MLR"),
  satorra = cfa(three, crq, estimator = "MLM"),
  wishart = cfa(three, crq, likelihood = "wishart"),
  second = cfa(paste0(five, "\nCRQ =~ TR + SA + LO + AC + CC"), crq),
  sem = sem(paste0(three, "\nLO ~ TR + SA + age\nSA ~ TR + tenure\nspend ~ LO"), crq),
  sem_random = sem(paste0(three, "\nLO ~ TR + SA + age\nSA ~ TR + tenure\nspend ~ LO"), crq, fixed.x = FALSE),
  sem_means = sem(paste0(three, "\nLO ~ TR + SA + age\nSA ~ TR + tenure\nspend ~ LO"), crq, meanstructure = TRUE),
  ordinal = cfa(ordered3, ordinal, ordered = items),
  ordinal_theta = cfa(ordered3, ordinal, ordered = items, parameterization = "theta"),
  ordinal_groups = cfa(ordered3, ordinal, ordered = items, group = "country",
    group.equal = c("thresholds", "loadings")),
  binary = cfa("BU =~ bu1 + bu2 + bu3 + bu4\nAC =~ ac1 + ac2 + ac3 + ac4", ordinal, ordered = c(buys, items[5:8])),
  ordinal_tied = cfa(paste0(ordered3, "\ntr1 ~~ tr2"), ordinal, ordered = items),
  ordinal_second = cfa(paste0(ordered3, "\nCRQ =~ TR + AC + LO"), ordinal, ordered = items),
  ordinal_sem = sem(paste0(ordered3, "\nLO ~ TR + AC"), ordinal, ordered = items)
)

plain <- function(x) {
  if (inherits(x, "data.frame")) {
    return(lapply(split(x[-1], factor(x[[1]], levels = x[[1]])), function(row) as.list(unclass(row))))
  }
  as.list(unclass(x))
}
ask <- function(call) tryCatch(suppressMessages(plain(call)), error = function(e) NULL)
rel <- function(fit, ...) {
  out <- list()
  for (obs in c(FALSE, TRUE)) {
    name <- if (obs) "observed" else "implied"
    out[[name]] <- list(
      omega = ask(compRelSEM(fit, obs.var = obs, ...)),
      latent = if (lavInspect(fit, "categorical")) ask(compRelSEM(fit, obs.var = obs, ord.scale = FALSE, ...)),
      alpha = ask(compRelSEM(fit, obs.var = obs, tau.eq = TRUE, ord.scale = FALSE)),
      ave = ask(AVE(fit, obs.var = obs))
    )
  }
  out
}
reliability <- lapply(fits[setdiff(names(fits), c("second", "ordinal_second"))], rel)
reliability$second <- rel(fits$second, higher = "CRQ")
reliability$ordinal_second <- rel(fits$ordinal_second, higher = "CRQ")

# Errors of omega by the delta method, with variances of factors fixed at 1.
defined <- "TR =~ l1*tr1 + l2*tr2 + l3*tr3 + l4*tr4
LO =~ lo1 + lo2 + lo3 + lo4
tr1 ~~ t1*tr1\ntr2 ~~ t2*tr2\ntr3 ~~ t3*tr3\ntr4 ~~ t4*tr4\ntr1 ~~ c*tr2
omega := (l1 + l2 + l3 + l4)^2 / ((l1 + l2 + l3 + l4)^2 + t1 + t2 + t3 + t4 + 2*c)
ave := (l1^2 + l2^2 + l3^2 + l4^2) / (l1^2 + l2^2 + l3^2 + l4^2 + t1 + t2 + t3 + t4)"
delta <- lapply(c(ML = "ML", MLR = "MLR"), function(est) {
  p <- parameterEstimates(cfa(defined, crq, std.lv = TRUE, estimator = est))
  p <- p[p$op == ":=", ]
  lapply(split(p[c("est", "se", "ci.lower", "ci.upper")], p$lhs), as.list)
})

# Scores ------------------------------------------------------------------------------------------------------------
names_of <- function(found) colnames(if (is.list(found)) found[[1]] else found)
score <- function(fit, ...) tryCatch({
  found <- lavPredict(fit, append.data = FALSE, ...)
  rows <- lapply(if (is.list(found)) found else list(found), function(s) {
    attr(s, "se") <- NULL
    unname(as.matrix(s)[1:12, , drop = FALSE])
  })
  list(latent = names_of(found), rows = unname(lapply(rows, function(s) matrix(as.numeric(s), nrow(s)))))
}, error = function(e) list(refused = conditionMessage(e)))
score_errors <- function(fit, method) tryCatch({
  se <- attr(lavPredict(fit, method = method, se = "standard"), "se")
  lapply(unname(if (is.list(se)) se else list(se)), function(s) unname(as.matrix(s)[1, ]))
}, error = function(e) NULL)
continuous <- c("plain", "means", "tied", "groups", "gaps", "second", "sem", "sem_means")
scores <- list()
for (name in continuous) for (method in c("regression", "Bartlett")) {
  scores[[name]][[tolower(method)]] <- c(score(fits[[name]], method = method), list(se = score_errors(fits[[name]], method)))
}
for (name in grep("ordinal|binary", names(fits), value = TRUE)) scores[[name]]$ebm <- score(fits[[name]], method = "EBM")

# Residuals and R-squared -------------------------------------------------------------------------------------------
number <- function(x) if (is.matrix(x)) unname(unclass(x)) else as.numeric(x)
residual_set <- function(fit) {
  per_group <- function(found) if (lavInspect(fit, "ngroups") > 1) unname(found[lavInspect(fit, "group.label")]) else list(found)
  raw <- per_group(lavResiduals(fit, type = "raw", se = TRUE, zstat = TRUE))
  bentler <- per_group(lavResiduals(fit, type = "cor.bentler", se = TRUE, zstat = TRUE))
  pick <- function(set, parts) lapply(set, function(one) lapply(one[intersect(names(one), parts)], number))
  list(names = rownames(raw[[1]]$cov), raw = pick(raw, c("cov", "cov.se")),
    correlation = pick(bentler, "cov"))
}
residuals <- lapply(fits, function(fit) tryCatch(suppressWarnings(residual_set(fit)), error = function(e) list(refused = conditionMessage(e))))
r_squared <- lapply(fits, function(fit) {
  found <- lavInspect(fit, "rsquare")
  lapply(unname(if (is.list(found)) found else list(found)), function(v) as.list(unclass(v)))
})
write_json(list(reliability = reliability, delta = delta, scores = scores, residuals = residuals, r_squared = r_squared),
  "reliability.json", digits = I(9), auto_unbox = TRUE, na = "null", null = "null")
