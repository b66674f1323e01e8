# Answers that are not there.
missing_fit <- function(id, model, ..., fun = "cfa", note = "") {
  case_fit(id, "missing", model, gaps, list(fun = fun, ...), note = note)
}
missing_fit("fi_cfa", three4, missing = "ml", note = "two persons answered nothing: they are dropped")
missing_fit("fi_std_lv", trust_loyalty, missing = "ml", std.lv = TRUE)
missing_fit("fi_expected", trust_loyalty, missing = "ml", information = "expected")
missing_fit("fi_mlr", three4, missing = "ml", estimator = "MLR")
missing_fit("fi_mg", trust_loyalty, missing = "ml", group = "channel")
missing_fit("fi_mg_scalar", trust_loyalty, missing = "ml", group = "channel", group.equal = c("loadings", "intercepts"))
missing_fit("fi_mg_mlr", trust_loyalty, missing = "ml", estimator = "MLR", group = "channel",
  group.equal = c("loadings", "intercepts"))
covaried <- "TR =~ tr1 + tr2 + tr3 + tr4
  LO =~ lo1 + lo2 + lo3 + lo4
  LO ~ a*TR + age + tenure
  spend ~ b*LO + member + tenure
  ab := a*b"
missing_fit("fi_sem_fixed_x", covaried, missing = "ml", fun = "sem", note = "rows without age are dropped")
missing_fit("fi_sem_fiml_x", covaried, missing = "ml.x", fun = "sem", note = "covariates modelled too")
missing_fit("fi_sem_random_x", covaried, missing = "ml", fixed.x = FALSE, fun = "sem")
missing_fit("fi_sem_mlr", covaried, missing = "ml", estimator = "MLR", fun = "sem")
missing_fit("fi_path", "lo1 ~ sa1 + tr1 + member
  sa1 ~ tr1 + tenure", missing = "ml", fun = "sem")
missing_fit("mi_listwise", three4)
missing_fit("mi_listwise_sem", covaried, fun = "sem")
missing_fit("mi_two_stage", trust_loyalty, missing = "two.stage")
missing_fit("mi_robust_two_stage", trust_loyalty, missing = "robust.two.stage")
missing_fit("mi_pairwise", trust_loyalty, missing = "pairwise")
case_refused("no_pairwise_mlr", "missing", trust_loyalty, gaps, list(fun = "cfa", missing = "pairwise", estimator = "MLR"))

# The saturated moments that the EM steps find.
register("fi_moments", "moments", "missing", function(case) {
  fit <- run(case)$fit
  fine <- lavInspect(fit, "sampstat")
  list(arrays = list(mean = unname(unclass(fine$mean)), cov = unname(unclass(fine$cov))),
    scalars = list(patterns = nrow(lavInspect(fit, "patterns")), n = lavInspect(fit, "ntotal"),
      unrestricted_logl = unname(fitMeasures(fit, "unrestricted.logl"))),
    call = paste("lavInspect(., 'sampstat') of", call_text(case)))
}, three4, gaps, list(fun = "cfa", missing = "ml", em.h1.tol = 1e-12, em.h1.iter.max = 5000L),
variables = c(paste0("tr", 1:4), paste0("sa", 1:4), paste0("lo", 1:4)))
