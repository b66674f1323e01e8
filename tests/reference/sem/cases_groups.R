# Several groups: what is held equal, what is let go, labels and values by group.
equal <- function(id, what, model = trust_loyalty, data = crq, group = "country", fun = "cfa", ...) {
  case_fit(id, "groups", model, data, c(list(fun = fun, group = group), if (length(what)) list(group.equal = what), list(...)))
}
equal("mg_config", NULL)
equal("mg_metric", "loadings")
equal("mg_scalar", c("loadings", "intercepts"))
equal("mg_strict", c("loadings", "intercepts", "residuals"))
equal("mg_structural", c("loadings", "intercepts", "lv.variances", "lv.covariances"))
equal("mg_means", c("loadings", "intercepts", "means"))
equal("mg_intercepts_only", "intercepts")
equal("mg_residual_cov", c("loadings", "residuals", "residual.covariances"), paste0(trust_loyalty, "\ntr1 ~~ lo1"))
equal("mg_partial", c("loadings", "intercepts"), group.partial = c("TR=~tr4", "lo3~1"))
equal("mg_std_lv", c("loadings", "intercepts"), std.lv = TRUE)
equal("mg_std_lv_config", NULL, std.lv = TRUE)
equal("mg_level", c("loadings", "intercepts"), group.label = c("FI", "PL"))
equal("mg_two", c("loadings", "intercepts"), data = skewed, group = "channel", model = three4)
equal("mg_real", c("loadings", "intercepts"), "vis =~ x1 + x2 + x3
  txt =~ x4 + x5 + x6", holz, "school", group.partial = "x3~1")
equal("mg_regressions", c("loadings", "regressions"), paste0(trust_loyalty, "\nLO ~ TR + age\nspend ~ LO"), fun = "sem")
equal("mg_regressions_scalar", c("loadings", "intercepts", "regressions"), paste0(trust_loyalty, "\nLO ~ TR"), fun = "sem")
equal("mg_no_mean", "loadings", meanstructure = FALSE)
equal("mg_second_order", c("loadings"), "TR =~ tr1 + tr2 + tr3
  SA =~ sa1 + sa2 + sa3
  AC =~ ac1 + ac2 + ac3
  CRQ =~ TR + SA + AC")
equal("mg_second_order_scalar", c("loadings", "intercepts"), "TR =~ tr1 + tr2 + tr3
  SA =~ sa1 + sa2 + sa3
  AC =~ ac1 + ac2 + ac3
  CRQ =~ TR + SA + AC
  CRQ ~ 0*1")
case_fit("mg_labels", "groups", "TR =~ tr1 + c(a, a, b)*tr2 + tr3 + tr4
  LO =~ lo1 + c(k, k, k)*lo2 + lo3 + lo4
  LO ~ c(r1, r2, r3)*TR
  first := r1 - r2
  second := r1 - r3", crq, list(fun = "sem", group = "country"))
case_fit("mg_values", "groups", "TR =~ c(1, 1, NA)*tr1 + tr2 + tr3 + tr4
  TR ~~ c(NA, NA, 1)*TR
  LO =~ lo1 + c(0.9, NA, NA)*lo2 + lo3 + lo4
  TR ~~ c(0.4, NA, NA)*LO", crq, list(fun = "cfa", group = "country"))
case_fit("mg_test_equal", "groups", "TR =~ tr1 + tr2 + tr3 + tr4
  LO =~ lo1 + lo2 + lo3 + lo4
  LO ~ c(r1, r2, r3)*TR
  r1 == r2
  r2 == r3", crq, list(fun = "sem", group = "country"))
