# Tests and standard errors that do not lean on normality; the bootstrap.
robust <- function(id, model, ..., std = TRUE, fun = "cfa", note = "") {
  case_fit(id, "robust", model, skewed, list(fun = fun, ...), std = std, note = note)
}
robust_sem <- "TR =~ tr1 + tr2 + tr3 + tr4
  SA =~ sa1 + sa2 + sa3 + sa4
  LO =~ lo1 + lo2 + lo3 + lo4
  SA ~ a*TR
  LO ~ b*SA + c*TR + age
  ab := a*b"
robust("rb_mlm", three4, estimator = "MLM")
robust("rb_mlm_mean", three4, estimator = "MLM", meanstructure = TRUE)
robust("rb_mlmv", three4, estimator = "MLMV")
robust("rb_mlmvs", three4, estimator = "MLMVS")
robust("rb_mlr", three4, estimator = "MLR")
robust("rb_mlr_mean", three4, estimator = "MLR", meanstructure = TRUE)
robust("rb_mlf", three4, estimator = "MLF")
robust("rb_mlm_sem", robust_sem, estimator = "MLM", fun = "sem")
robust("rb_mlr_sem", robust_sem, estimator = "MLR", fun = "sem")
robust("rb_mlr_random_x", robust_sem, estimator = "MLR", fixed.x = FALSE, fun = "sem")
robust("rb_mlm_labels", sub("tr2", "e*tr2", sub("tr3", "e*tr3", three4)), estimator = "MLM")
robust("rb_mlr_square", paste0(sub("tr2", "e*tr2", sub("tr3", "f*tr3", three4)), "\nf == e^2"), estimator = "MLR")
for (kind in c("MLM", "MLMV", "MLR")) {
  name <- tolower(kind)
  robust(paste0("rb_", name, "_mg"), trust_loyalty, estimator = kind, group = "channel")
  robust(paste0("rb_", name, "_mg_scalar"), trust_loyalty, estimator = kind, group = "channel",
    group.equal = c("loadings", "intercepts"))
}
case_fit("rb_mlr_mg3", "robust", three4, crq,
  list(fun = "cfa", estimator = "MLR", group = "country", group.equal = c("loadings", "intercepts", "residuals")))
robust("rb_se_only", three4, se = "robust.sem", test = "satorra.bentler", note = "asked for by se= and test=, as MLM")
case_fit("rb_bootstrap", "bootstrap", "lo1 ~ b*sa1 + c*tr1
  sa1 ~ a*tr1 + age
  ab := a*b", skewed, list(fun = "sem", se = "bootstrap", bootstrap = 600L, iseed = 4109L), std = FALSE,
  note = "percentile intervals; standard errors within a wide tolerance only", tol = list(se = 0.2, ci = 0.5, z = 0.3, pvalue = 1))
case_fit("rb_bootstrap_bca", "bootstrap", "lo1 ~ b*sa1 + c*tr1
  sa1 ~ a*tr1 + age
  ab := a*b", skewed, list(fun = "sem", se = "bootstrap", bootstrap = 600L, iseed = 4109L), std = FALSE,
  params_args = list(boot.ci.type = "bca.simple"),
  note = "bias-corrected intervals without acceleration", boot_ci_type = "bca.simple",
  tol = list(se = 0.2, ci = 0.5, z = 0.3, pvalue = 1))
