# Normal-theory estimation, one group: measurement, structure, growth, paths, constraints, moments as input.
case_fit("ml_cfa", "cfa-ml", five, crq, list(fun = "cfa"), rsquare = TRUE)
case_fit("ml_cfa_mean", "cfa-ml", five, crq, list(fun = "cfa", meanstructure = TRUE))
case_fit("ml_std_lv", "cfa-ml", three4, crq, list(fun = "cfa", std.lv = TRUE))
case_fit("ml_orthogonal", "cfa-ml", three4, crq, list(fun = "cfa", orthogonal = TRUE))
case_fit("ml_std_ov", "cfa-ml", three4, crq, list(fun = "cfa", std.ov = TRUE))
case_fit("ml_observed", "cfa-ml", three4, crq, list(fun = "cfa", information = "observed"))
case_fit("ml_wishart", "cfa-ml", three4, crq, list(fun = "cfa", likelihood = "wishart"))
case_fit("ml_wishart_mg", "cfa-ml", trust_loyalty, crq,
  list(fun = "cfa", likelihood = "wishart", group = "country", group.equal = "loadings"))
case_fit("ml_real_holz", "cfa-ml", "vis =~ x1 + x2 + x3 + x9
  txt =~ x4 + x5 + x6
  spd =~ x7 + x8 + x9
  x2 ~~ x7", holz, list(fun = "cfa"), note = "cross-loading and a residual covariance", rsquare = TRUE)
case_fit("ml_values", "fixed-values", "TR =~ NA*tr1 + start(0.8)*tr2 + tr3 + 0.7*tr4
  LO =~ 1*lo1 + lo2 + lo3 + lo4
  TR ~~ 1*TR
  TR ~~ 0.5*LO
  lo1 ~~ lo3
  tr1 ~ 3*1
  tr4 ~~ 0.5*tr4", crq, list(fun = "cfa", meanstructure = TRUE))
case_fit("gls_cfa", "other-estimators", three4, crq, list(fun = "cfa", estimator = "GLS"))
case_fit("gls_mean", "other-estimators", three4, crq, list(fun = "cfa", estimator = "GLS", meanstructure = TRUE))
case_fit("gls_mg", "other-estimators", trust_loyalty, crq,
  list(fun = "cfa", estimator = "GLS", group = "country", group.equal = c("loadings", "intercepts")))
case_fit("uls_cfa", "other-estimators", three4, crq, list(fun = "cfa", estimator = "ULS"))
case_fit("wls_cfa", "other-estimators", trust_loyalty, crq, list(fun = "cfa", estimator = "WLS"))

second_order <- "TR =~ tr1 + tr2 + tr3 + tr4
  SA =~ sa1 + sa2 + sa3 + sa4
  AC =~ ac1 + ac2 + ac3 + ac4
  LO =~ lo1 + lo2 + lo3 + lo4
  CRQ =~ TR + SA + AC"
case_fit("ml_second_order", "second-order", second_order, crq, list(fun = "cfa"), rsquare = TRUE)
case_fit("ml_second_order_sem", "second-order", paste(second_order, "LO ~ CRQ", "spend ~ LO + tenure", sep = "\n"), crq,
  list(fun = "sem", meanstructure = TRUE))
case_fit("ml_bifactor", "bifactor", "G =~ tr1 + tr2 + tr3 + tr4 + sa1 + sa2 + sa3 + sa4 + ac1 + ac2 + ac3 + ac4
  TR =~ tr1 + tr2 + tr3 + tr4
  SA =~ sa1 + sa2 + sa3 + sa4
  AC =~ ac1 + ac2 + ac3 + ac4", crq, list(fun = "cfa", orthogonal = TRUE, std.lv = TRUE))

chain <- "TR =~ tr1 + tr2 + tr3 + tr4
  SA =~ sa1 + sa2 + sa3 + sa4
  AC =~ ac1 + ac2 + ac3 + ac4
  LO =~ lo1 + lo2 + lo3 + lo4
  AC ~ a*TR + d*SA
  LO ~ b*AC + c*TR + e*SA
  indirect := a*b
  total := c + a*b
  share := indirect/total"
case_fit("ml_sem", "sem-ml", chain, crq, list(fun = "sem"), rsquare = TRUE)
case_fit("ml_mimic", "sem-ml", "TR =~ tr1 + tr2 + tr3 + tr4
  LO =~ lo1 + lo2 + lo3 + lo4
  TR ~ age + member
  LO ~ TR + tenure + member
  tr4 ~ member", crq, list(fun = "sem"), rsquare = TRUE)
case_fit("ml_mimic_mean", "sem-ml", "TR =~ tr1 + tr2 + tr3 + tr4
  LO =~ lo1 + lo2 + lo3 + lo4
  TR ~ age + member
  LO ~ TR + tenure + member", crq, list(fun = "sem", meanstructure = TRUE))
case_fit("ml_outcomes", "sem-ml", "LO =~ lo1 + lo2 + lo3 + lo4
  AC =~ ac1 + ac2 + ac3 + ac4
  spend ~ LO + AC
  one =~ tenure
  one ~ LO", crq, list(fun = "sem"), note = "a latent variable with one item, two unrelated outcomes")
case_fit("ml_real_poldem", "sem-ml", "ind =~ x1 + x2 + x3
  d60 =~ y1 + a*y2 + b*y3 + y4
  d65 =~ y5 + a*y6 + b*y7 + y8
  d65 ~ d60
  d60 ~ ind
  y1 ~~ y5
  y2 ~~ y6
  y3 ~~ y7", poldem, list(fun = "sem"), note = "equal loadings by label")
case_fit("ml_feedback", "sem-ml", "TR =~ tr1 + tr2 + tr3 + tr4
  LO =~ lo1 + lo2 + lo3 + lo4
  LO ~ TR + tenure
  TR ~ LO + age", crq, list(fun = "sem"), note = "a loop: each latent variable predicts the other")

paths <- "sa1 ~ a*tr1 + age
  lo1 ~ b*sa1 + c*tr1 + member
  spend ~ lo1 + tenure
  ab := a*b"
case_fit("path_fixed_x", "path", paths, crq, list(fun = "sem"), rsquare = TRUE)
case_fit("path_fixed_x_mean", "path", paths, crq, list(fun = "sem", meanstructure = TRUE))
case_fit("path_random_x", "path", paths, crq, list(fun = "sem", fixed.x = FALSE))
case_fit("path_random_x_mean", "path", paths, crq, list(fun = "sem", fixed.x = FALSE, meanstructure = TRUE))
case_fit("path_regression", "path", "spend ~ 1 + tenure + age + member", crq, list(fun = "sem"), note = "df 0")
case_fit("path_group", "path", "lo1 ~ c(b1, b2, b3)*tr1 + age
  d := b1 - b3", crq, list(fun = "sem", group = "country"))

line <- "level =~ 1*sat1 + 1*sat2 + 1*sat3 + 1*sat4
  slope =~ 0*sat1 + 1*sat2 + 2*sat3 + 3*sat4"
case_fit("growth_line", "growth", line, waves, list(fun = "growth"))
case_fit("growth_covariates", "growth", paste(line, "level ~ member + age", "slope ~ member", "sat1 ~ v*vis1",
  "sat2 ~ v*vis2", "sat3 ~ v*vis3", "sat4 ~ v*vis4", sep = "\n"), waves, list(fun = "growth"))
case_fit("growth_latent_basis", "growth", "level =~ 1*sat1 + 1*sat2 + 1*sat3 + 1*sat4
  slope =~ 0*sat1 + sat2 + sat3 + 3*sat4
  sat1 ~~ r*sat1
  sat2 ~~ r*sat2
  sat3 ~~ r*sat3
  sat4 ~~ r*sat4", waves, list(fun = "growth"))
case_fit("growth_group", "growth", line, waves, list(fun = "growth", group = "member"))

case_fit("con_square", "constraints", "TR =~ tr1 + a*tr2 + b*tr3 + tr4
  LO =~ lo1 + lo2 + lo3 + lo4
  b == a^2", crq, list(fun = "cfa"))
case_fit("con_linear", "constraints", "TR =~ tr1 + a*tr2 + b*tr3 + c*tr4
  LO =~ lo1 + d*lo2 + lo3 + lo4
  a + b + c == 2.6
  d == 2*c - 0.5", crq, list(fun = "cfa"))
case_fit("con_bound_idle", "constraints", "TR =~ tr1 + a*tr2 + tr3 + tr4
  LO =~ lo1 + lo2 + lo3 + lo4
  LO ~ b*TR
  b > 0", crq, list(fun = "sem"))
case_fit("con_bound_active", "constraints", "TR =~ tr1 + a*tr2 + tr3 + tr4
  LO =~ lo1 + lo2 + lo3 + lo4
  LO ~ b*TR
  b > 0.9", crq, list(fun = "sem"))
case_fit("con_defined", "constraints", "TR =~ tr1 + a*tr2 + b*tr3 + tr4
  LO =~ lo1 + lo2 + lo3 + lo4
  LO ~ c*TR + d*age
  ratio := a/b
  logs := log(a) + exp(d) - sqrt(b)
  third := ratio^2 + c*10", crq, list(fun = "sem"))

# Moments as input: covariance matrices with divisor n - 1.
moments <- function(file, variables, group = NULL, labels = NULL) {
  table <- table_of(file)[c(variables, group)]
  parts <- if (is.null(group)) list(table) else lapply(labels, function(g) table[table[[group]] == g, ])
  covs <- lapply(parts, function(part) signif(unname(cov(part[variables])), 8))
  means <- lapply(parts, function(part) signif(unname(colMeans(part[variables])), 8))
  nobs <- vapply(parts, nrow, 0L)
  if (is.null(group)) list(cov = covs[[1]], mean = means[[1]], n = nobs) else list(cov = covs, mean = means, n = nobs)
}
eight <- c(paste0("tr", 1:4), paste0("lo", 1:4))
one <- moments(skewed, eight)
several <- moments(crq, eight, "country", c("AT", "PL", "FI"))
summary_case <- function(id, model, options, given, mean = FALSE) {
  extra <- list(sample_cov = given$cov, variables = eight, sample_nobs = given$n)
  if (mean) extra$sample_mean <- given$mean
  do.call(case_fit, c(list(id, "summary-stats", model, NULL, options), extra))
}
summary_case("sum_cov", trust_loyalty, list(fun = "cfa"), one)
summary_case("sum_cov_mean", trust_loyalty, list(fun = "cfa", meanstructure = TRUE), one, TRUE)
summary_case("sum_cov_wishart", trust_loyalty, list(fun = "cfa", likelihood = "wishart", std.lv = TRUE), one)
summary_case("sum_cov_gls", trust_loyalty, list(fun = "cfa", estimator = "GLS"), one)
summary_case("sum_mg", trust_loyalty, list(fun = "cfa", group.equal = "loadings"), several)
summary_case("sum_mg_mean", trust_loyalty, list(fun = "cfa", group.equal = c("loadings", "intercepts")), several, TRUE)
summary_case("sum_rescale_off", trust_loyalty, list(fun = "cfa", sample.cov.rescale = FALSE), one)
