# Answers that belong together (shops) and answers that do not count alike (weights).
shop_paths <- "TR =~ tr1 + tr2 + tr3
  SA =~ sa1 + sa2 + sa3
  LO =~ lo1 + lo2 + lo3
  LO ~ a*TR + b*SA + age
  SA ~ c*TR + tenure
  spend ~ LO + tenure + age
  through := c*b"

case_fit("cl_cfa", "cluster", three, shops, list(fun = "cfa", cluster = "shop"))
case_fit("cl_cfa_mlr", "cluster", three, shops, list(fun = "cfa", estimator = "MLR", cluster = "shop"))
case_fit("cl_cfa_mlr_mean", "cluster", three, shops,
  list(fun = "cfa", estimator = "MLR", cluster = "shop", meanstructure = TRUE))
case_fit("cl_sem", "cluster", shop_paths, shops, list(fun = "sem", estimator = "MLR", cluster = "shop"))
case_fit("cl_sem_random_x", "cluster", shop_paths, shops,
  list(fun = "sem", estimator = "MLR", cluster = "shop", fixed.x = FALSE))
case_fit("cl_mg_scalar", "cluster", three, shops,
  list(fun = "cfa", estimator = "MLR", cluster = "shop", group = "region", group.equal = c("loadings", "intercepts")))
case_fit("cl_mg_configural", "cluster", three, shops,
  list(fun = "cfa", estimator = "MLR", cluster = "shop", group = "region"))
case_fit("cl_fiml", "cluster", three, holes, list(fun = "cfa", missing = "ml", cluster = "shop"))
case_fit("cl_fiml_mlr", "cluster", three, holes, list(fun = "cfa", estimator = "MLR", missing = "ml", cluster = "shop"))
case_fit("cl_fiml_mg", "cluster", three, holes,
  list(fun = "cfa", estimator = "MLR", missing = "ml", cluster = "shop", group = "region", group.equal = "loadings"))

case_fit("w_cfa", "weights", three, shops, list(fun = "cfa", sampling.weights = "weight"))
case_fit("w_cfa_mlr", "weights", three, shops, list(fun = "cfa", estimator = "MLR", sampling.weights = "weight"))
case_fit("w_cfa_mlr_mean", "weights", three, shops,
  list(fun = "cfa", estimator = "MLR", sampling.weights = "weight", meanstructure = TRUE))
case_fit("w_sem", "weights", shop_paths, shops, list(fun = "sem", estimator = "MLR", sampling.weights = "weight"))
case_fit("w_norm_group", "weights", three, shops,
  list(fun = "cfa", estimator = "MLR", sampling.weights = "weight", group = "region",
    sampling.weights.normalization = "group"))
case_fit("w_norm_none", "weights", three, shops,
  list(fun = "cfa", estimator = "MLR", sampling.weights = "weight", sampling.weights.normalization = "none"))
case_fit("w_mg", "weights", three, shops,
  list(fun = "cfa", estimator = "MLR", sampling.weights = "weight", group = "region",
    group.equal = c("loadings", "intercepts")))
case_fit("w_fiml_mlr", "weights", three, holes,
  list(fun = "cfa", estimator = "MLR", missing = "ml", sampling.weights = "weight"))
case_fit("clw_cfa", "cluster-weights", three, shops,
  list(fun = "cfa", cluster = "shop", sampling.weights = "weight"))
case_fit("clw_sem", "cluster-weights", shop_paths, shops,
  list(fun = "sem", estimator = "MLR", cluster = "shop", sampling.weights = "weight"))
case_fit("clw_mg", "cluster-weights", three, shops,
  list(fun = "cfa", estimator = "MLR", cluster = "shop", sampling.weights = "weight", group = "region",
    group.equal = c("loadings", "intercepts")))
case_fit("clw_fiml", "cluster-weights", three, holes,
  list(fun = "cfa", estimator = "MLR", missing = "ml", cluster = "shop", sampling.weights = "weight"))

case_refused("no_cl_mlm", "cluster", three, shops, list(fun = "cfa", estimator = "MLM", cluster = "shop"))
case_refused("no_cl_gls", "cluster", three, shops, list(fun = "cfa", estimator = "GLS", cluster = "shop"))
case_refused("no_w_mlm", "weights", three, shops, list(fun = "cfa", estimator = "MLM", sampling.weights = "weight"))
case_refused("no_w_gls", "weights", three, shops, list(fun = "cfa", estimator = "GLS", sampling.weights = "weight"))
case_refused("no_cl_bootstrap", "cluster", three, shops,
  list(fun = "cfa", cluster = "shop", se = "bootstrap", bootstrap = 4L))
case_refused("no_cl_wlsmv", "cluster", "TR =~ tr1 + tr2 + tr3", "data/crq_ordinal.csv",
  list(fun = "cfa", estimator = "WLSMV", cluster = "age", ordered = c("tr1", "tr2", "tr3")),
  note = "not refused: the clusters are passed over without a word")
