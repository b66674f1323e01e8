# Ordered answers: thresholds, polychoric correlations, least squares.
ord <- "data/crq_ordinal.csv"
ord_gaps <- "data/crq_ordinal_missing.csv"
tr <- paste0("tr", 1:4)
ac <- paste0("ac", 1:4)
lo <- paste0("lo", 1:4)
bu <- paste0("bu", 1:4)
cc <- paste0("cc", 1:4)
three_ord <- "TR =~ tr1 + tr2 + tr3 + tr4
  AC =~ ac1 + ac2 + ac3 + ac4
  LO =~ lo1 + lo2 + lo3 + lo4"
ordinal <- function(id, model, ordered, ..., fun = "cfa", data = ord, area = "ordinal", note = "", std = TRUE) {
  case_fit(id, area, model, data, list(fun = fun, ordered = ordered, ...), note = note, std = std)
}
ordinal("or_cfa", three_ord, c(tr, ac, lo), estimator = "WLSMV")
ordinal("or_theta", trust_loyalty, c(tr, lo), estimator = "WLSMV", parameterization = "theta")
ordinal("or_std_lv", trust_loyalty, c(tr, lo), estimator = "WLSMV", std.lv = TRUE)
ordinal("or_default", trust_loyalty, c(tr, lo), note = "ordered= alone is WLSMV")
for (kind in c("DWLS", "WLS", "ULS", "ULSMV", "WLSM", "WLSMVS")) {
  ordinal(paste0("or_", tolower(kind)), trust_loyalty, c(tr, lo), estimator = kind)
}
ordinal("or_binary", "BU =~ bu1 + bu2 + bu3 + bu4
  TR =~ tr1 + tr2 + tr3 + tr4", c(bu, tr), estimator = "WLSMV")
ordinal("or_binary_theta", "BU =~ bu1 + bu2 + bu3 + bu4", bu, estimator = "WLSMV", parameterization = "theta")
ordinal("or_mixed_k", "CC =~ cc1 + cc2 + cc3 + cc4
  LO =~ lo1 + lo2 + lo3 + lo4", c(cc, lo), estimator = "WLSMV")
ordinal("or_sem", "TR =~ tr1 + tr2 + tr3 + tr4
  AC =~ ac1 + ac2 + ac3 + ac4
  LO =~ lo1 + lo2 + lo3 + lo4
  AC ~ a*TR
  LO ~ b*AC + c*TR
  ab := a*b", c(tr, ac, lo), estimator = "WLSMV", fun = "sem")
ordinal("or_second_order", paste0(three_ord, "\nCRQ =~ TR + AC + LO"), c(tr, ac, lo), estimator = "WLSMV")
ordinal("or_labels", "TR =~ tr1 + k*tr2 + k*tr3 + tr4
  LO =~ lo1 + lo2 + lo3 + lo4
  tr1 ~~ lo1", c(tr, lo), estimator = "WLSMV")
ordinal("or_continuous", "TR =~ tr1 + tr2 + tr3 + tr4
  SA =~ sa1 + sa2 + sa3", tr, estimator = "WLSMV", note = "sa is continuous")
ordinal("or_covariates", "LO =~ lo1 + lo2 + lo3 + lo4
  LO ~ age + sa1", lo, estimator = "WLSMV", fun = "sem", note = "covariates held fixed: probit regressions first")
ordinal("or_outcome", "LO =~ lo1 + lo2 + lo3 + lo4
  TR =~ tr1 + tr2 + tr3 + tr4
  LO ~ TR
  spend ~ LO", c(lo, tr), estimator = "WLSMV", fun = "sem")
ordinal("or_probit", "bu1 ~ age + sa1", "bu1", estimator = "WLSMV", fun = "sem")
ordinal("or_pairwise", trust_loyalty, c(tr, lo), estimator = "WLSMV", missing = "pairwise", data = ord_gaps)
ordinal("or_listwise", trust_loyalty, c(tr, lo), estimator = "WLSMV", data = ord_gaps)

grouped <- function(id, equal = NULL, ..., model = trust_loyalty, ordered = c(tr, lo), note = "") {
  args <- c(list(id, model, ordered, estimator = "WLSMV", group = "country", area = "ordinal-groups", note = note),
    if (length(equal)) list(group.equal = equal), list(...))
  do.call(ordinal, args)
}
grouped("og_config")
grouped("og_config_theta", parameterization = "theta")
grouped("og_thresholds", "thresholds")
grouped("og_loadings", "loadings")
grouped("og_loadings_thresholds", c("loadings", "thresholds"))
grouped("og_loadings_thresholds_theta", c("loadings", "thresholds"), parameterization = "theta")
grouped("og_strict_theta", c("loadings", "thresholds", "residuals"), parameterization = "theta")
grouped("og_means", c("loadings", "thresholds", "means", "lv.variances"))
grouped("og_std_lv", c("loadings", "thresholds"), std.lv = TRUE)
grouped("og_partial", c("loadings", "thresholds"), group.partial = c("tr2|t1", "tr2|t2", "LO=~lo3"))
grouped("og_binary", c("loadings", "thresholds"), model = "BU =~ bu1 + bu2 + bu3 + bu4", ordered = bu)
grouped("og_mixed", c("loadings", "intercepts", "thresholds"), model = "TR =~ tr1 + tr2 + tr3 + tr4
  SA =~ sa1 + sa2 + sa3", ordered = tr, note = "sa is continuous")
grouped("og_sem", c("loadings", "thresholds", "regressions"), model = paste0(trust_loyalty, "\nLO ~ TR"), fun = "sem")

# Wu & Estabrook's steps, expanded by semTools: `model` is the text that comes out.
steps <- list(config = character(0), thresholds = "thresholds", loadings = c("thresholds", "loadings"),
  intercepts = c("thresholds", "loadings", "intercepts"),
  residuals = c("thresholds", "loadings", "intercepts", "residuals"))
expanded <- function(step, scheme) {
  text <- measEq.syntax(configural.model = trust_loyalty, data = table_of(ord), ordered = c(tr, lo),
    parameterization = scheme, ID.fac = "std.lv", ID.cat = "Wu.Estabrook.2016", group = "country",
    group.equal = steps[[step]])
  as.character(text)
}
for (step in setdiff(names(steps), "residuals")) {
  case_fit(paste0("we_delta_", step), "ordinal-invariance", expanded(step, "delta"), ord,
    list(fun = "cfa", estimator = "WLSMV", ordered = c(tr, lo), parameterization = "delta", group = "country"),
    std = FALSE, measeq = list(model = tidy(trust_loyalty), ID.fac = "std.lv", ID.cat = "Wu.Estabrook.2016",
      group.equal = I(steps[[step]])))
}
for (step in c("loadings", "residuals")) {
  case_fit(paste0("we_theta_", step), "ordinal-invariance", expanded(step, "theta"), ord,
    list(fun = "cfa", estimator = "WLSMV", ordered = c(tr, lo), parameterization = "theta", group = "country"),
    std = FALSE, measeq = list(model = tidy(trust_loyalty), ID.fac = "std.lv", ID.cat = "Wu.Estabrook.2016",
      group.equal = I(steps[[step]])))
}

# Thresholds, correlations and the diagonal of their asymptotic covariance, from a saturated fit.
saturated <- function(case) {
  names <- case$variables
  pairs <- combn(names, 2)
  ordered <- unlist(case$options$ordered)
  text <- paste(pairs[1, ], "~~", pairs[2, ], collapse = "\n")
  options <- list(fun = "cfa", ordered = ordered, estimator = "WLSMV", missing = case$options$missing %||% "listwise")
  found <- run(case, text, options)$fit
  stats <- lavInspect(found, "sampstat")
  gamma <- lavInspect(found, "gamma")
  order <- match(names, rownames(stats$cov))
  list(arrays = list(
    correlation = unname(unclass(cov2cor(stats$cov)))[order, order], covariance = unname(unclass(stats$cov))[order, order],
    thresholds = unname(as.numeric(stats$th)), gamma_diagonal = unname(diag(gamma)),
    gamma_corner = unname(unclass(gamma))[1:12, 1:12],
    gamma_last_row = unname(unclass(gamma))[nrow(gamma), ]
  ), names = list(thresholds = names(stats$th), gamma = rownames(gamma)), call = call_text(case, options))
}
`%||%` <- function(a, b) if (is.null(a)) b else a
poly <- function(id, variables, ordered, data = ord, ...) {
  register(id, "polychoric", "ordinal", saturated, NULL, data, list(fun = "cfa", ordered = ordered, ...), variables = variables)
}
poly("pc_five", c(tr, lo), c(tr, lo))
poly("pc_binary", c(bu, "tr1"), c(bu, "tr1"))
poly("pc_mixed_k", c(cc, "lo1"), c(cc, "lo1"))
poly("pc_continuous", c("tr1", "tr2", "bu1", "sa1", "sa2"), c("tr1", "tr2", "bu1"))
poly("pc_pairwise", c(tr, lo), c(tr, lo), ord_gaps, missing = "pairwise")
case_refused("no_or_ml", "ordinal", trust_loyalty, ord, list(fun = "cfa", ordered = c(tr, lo), estimator = "ML"))
case_refused("no_or_fiml", "ordinal", trust_loyalty, ord_gaps, list(fun = "cfa", ordered = c(tr, lo), missing = "ml"))
