# Nested models, score tests, modification indices.
# A case of kind lrt holds the models from the least to the most restricted.
compared <- function(id, models, method = "default", data = crq, area = "lrt", note = "", ...) {
  reference <- function(case) {
    fits <- lapply(case$models, function(m) run(case, m$model, m$options)$fit)
    args <- c(list(fits[[1]]), unname(fits[-1]))
    if (case$lrt_method != "default") args$method <- case$lrt_method
    said <- character(0)
    test <- withCallingHandlers(do.call(lavTestLRT, args), warning = function(w) {
      said <<- c(said, gsub("\\s+", " ", conditionMessage(w)))
      invokeRestart("muffleWarning")
    })
    names <- vapply(case$models, function(m) m$name, "")
    pairs <- paste(names[-length(names)], "vs", names[-1])
    diff <- grep("^Chisq diff$", colnames(test))
    list(lrt = list(comparison = I(pairs), chisq_diff = I(test[-1, diff]), df_diff = I(test[-1, "Df diff"]),
        pvalue = I(test[-1, "Pr(>Chisq)"])),
      fits = Map(function(name, fit) list(name = name, fit = measures(fit)), unname(names), fits, USE.NAMES = FALSE),
      warnings = as.list(said), group_labels = lavInspect(fits[[1]], "group.label"),
      call = paste0("lavTestLRT(", paste(names, collapse = ", "),
        if (case$lrt_method != "default") paste0(", method = \"", case$lrt_method, "\""), ")"))
  }
  register(id, "lrt", area, reference, data = data, note = note, models = models, lrt_method = method, ...)
}
model_of <- function(name, model, ...) list(name = name, model = tidy(model), options = list(...))
ladder <- function(model, levels, ...) {
  what <- list(configural = NULL, metric = "loadings", scalar = c("loadings", "intercepts"),
    strict = c("loadings", "intercepts", "residuals"))
  lapply(levels, function(name) {
    options <- list(fun = "cfa", meanstructure = TRUE, ...)
    if (length(what[[name]])) options$group.equal <- what[[name]]
    list(name = name, model = tidy(model), options = options)
  })
}
all_four <- c("configural", "metric", "scalar", "strict")
compared("lr_ml", ladder(trust_loyalty, all_four, group = "country"))
for (way in c("satorra.bentler.2001", "satorra.bentler.2010", "satorra.2000")) {
  short <- sub("satorra[.]", "", sub("satorra[.]bentler[.]", "sb", way))
  short <- if (short == "2000") "s2000" else short
  for (kind in c("MLM", "MLR")) {
    compared(paste0("lr_", tolower(kind), "_", short), ladder(trust_loyalty, all_four[1:3], group = "channel", estimator = kind),
      way, skewed)
  }
}
compared("lr_fiml_mlr", ladder(trust_loyalty, all_four[1:3], group = "channel", estimator = "MLR", missing = "ml"),
  "satorra.bentler.2001", gaps)
compared("lr_fiml", ladder(trust_loyalty, all_four[1:3], group = "channel", missing = "ml"), "default", gaps)
compared("lr_cluster", ladder(three, all_four[1:3], group = "region", estimator = "MLR", cluster = "shop"),
  "default", "data/crq_clustered.csv")
free <- paste0(three4, "\nLO ~ a*TR + b*SA\nSA ~ TR")
held <- paste0(three4, "\nLO ~ 0*TR + b*SA\nSA ~ TR")
same <- paste0(three4, "\nLO ~ a*TR + b*SA\nSA ~ TR\na == b")
two_models <- function(first, second, ...) list(model_of("free", first, fun = "sem", ...), model_of("held", second, fun = "sem", ...))
compared("lr_one_ml", two_models(free, held))
compared("lr_one_mlr", two_models(free, same, estimator = "MLR"), "default", skewed)
compared("lr_one_mlr_sb2010", two_models(free, held, estimator = "MLR"), "satorra.bentler.2010", skewed)
compared("lr_one_mlmv", two_models(free, held, estimator = "MLMV"), "default", skewed)
ord_models <- function(...) {
  lapply(list(list("configural", NULL), list("loadings", "loadings"), list("thresholds", c("loadings", "thresholds"))),
    function(step) {
      options <- list(fun = "cfa", estimator = "WLSMV", ordered = c(tr, lo), group = "country", ...)
      if (length(step[[2]])) options$group.equal <- step[[2]]
      list(name = step[[1]], model = tidy(trust_loyalty), options = options)
    })
}
compared("lr_wlsmv", ord_models(), "default", ord)
compared("lr_wlsmv_theta", ord_models(parameterization = "theta"), "default", ord)
compared("lr_wlsmv_one", list(
  model_of("free", three_ord, fun = "cfa", estimator = "WLSMV", ordered = c(tr, ac, lo)),
  model_of("held", paste0(three_ord, "\nTR ~~ 0.3*AC\nTR ~~ k*LO\nAC ~~ k*LO"), fun = "cfa", estimator = "WLSMV",
    ordered = c(tr, ac, lo))), "default", ord)

# Score tests of held parameters: constraints named by rows, "lhs op rhs@group".
row_name <- function(table, plabel) {
  row <- table[match(plabel, table$plabel), ]
  paste0(row$lhs, row$op, row$rhs, "@", row$group)
}
scored <- function(id, model, data, options, note = "", ...) {
  reference <- function(case) {
    fit <- run(case)$fit
    found <- lavTestScore(fit, epc = TRUE)
    table <- parTable(fit)
    sides <- paste(row_name(table, found$uni$lhs), "==", row_name(table, found$uni$rhs))
    epc <- found$epc
    list(score = list(constraint = I(sides), X2 = I(found$uni$X2), df = I(found$uni$df), pvalue = I(found$uni$p.value)),
      scalars = list(total_X2 = found$test$X2, total_df = found$test$df, total_pvalue = found$test$p.value),
      epc = list(lhs = epc$lhs, op = epc$op, rhs = epc$rhs, group = epc$group, est = epc$est, epc = epc$epc, epv = epc$epv),
      group_labels = lavInspect(fit, "group.label"), call = paste0("lavTestScore(", call_text(case), ", epc = TRUE)"))
  }
  register(id, "score", "score-test", reference, model, data, options, note, ...)
}
both <- c("loadings", "intercepts")
scored("sc_scalar3", trust_loyalty, crq, list(fun = "cfa", group = "country", group.equal = both))
scored("sc_metric2", three4, skewed, list(fun = "cfa", group = "channel", group.equal = "loadings"))
scored("sc_strict", trust_loyalty, crq, list(fun = "cfa", group = "country", group.equal = c(both, "residuals")))
scored("sc_labels", sub("tr2", "k*tr2", sub("tr3", "k*tr3", trust_loyalty)), crq, list(fun = "cfa"))
scored("sc_mlr", trust_loyalty, skewed, list(fun = "cfa", estimator = "MLR", group = "channel", group.equal = both))
scored("sc_fiml", trust_loyalty, gaps, list(fun = "cfa", missing = "ml", group = "channel", group.equal = both))
scored("sc_wlsmv", trust_loyalty, ord,
  list(fun = "cfa", estimator = "WLSMV", ordered = c(tr, lo), group = "country", group.equal = c("loadings", "thresholds")))

# One parameter added to a model without equality constraints.
register("sc_add", "score", "score-test", function(case) {
  found <- lavTestScore(run(case)$fit, add = case$add, epc = FALSE)
  list(score_add = list(parameter = found$uni$lhs, X2 = found$uni$X2, pvalue = found$uni$p.value),
    scalars = list(total_X2 = found$test$X2, total_df = found$test$df, total_pvalue = found$test$p.value),
    call = paste0("lavTestScore(", call_text(case), ", add = ...)"))
}, trust_loyalty, crq, list(fun = "cfa"), add = "TR =~ lo1\ntr1 ~~ tr2\nLO =~ tr3")

modified <- function(id, model, data, options, note = "", keep = 20, ...) {
  reference <- function(case) {
    fit <- run(case)$fit
    found <- modificationIndices(fit, sort. = TRUE)
    found <- head(found[is.finite(found$mi), ], keep)
    if (is.null(found$group)) found$group <- 1L
    list(modindices = list(lhs = found$lhs, op = found$op, rhs = found$rhs, group = found$group, mi = found$mi,
        epc = found$epc, sepc_lv = found$sepc.lv, sepc_all = found$sepc.all, sepc_nox = found$sepc.nox),
      scalars = list(rows = nrow(modificationIndices(fit))), group_labels = lavInspect(fit, "group.label"),
      call = paste0("modificationIndices(", call_text(case), ", sort. = TRUE)"))
  }
  register(id, "modindices", "modindices", reference, model, data, options, note, ...)
}
modified("mo_cfa", three4, crq, list(fun = "cfa"))
modified("mo_real", "vis =~ x1 + x2 + x3
  txt =~ x4 + x5 + x6
  spd =~ x7 + x8 + x9", holz, list(fun = "cfa", meanstructure = TRUE, std.lv = TRUE))
modified("mo_sem", "TR =~ tr1 + tr2 + tr3 + tr4
  LO =~ lo1 + lo2 + lo3 + lo4
  TR ~ age
  LO ~ TR + tenure
  spend ~ LO", crq, list(fun = "sem"))
modified("mo_second_order", second_order, crq, list(fun = "cfa"))
modified("mo_mg_config", trust_loyalty, crq, list(fun = "cfa", group = "country"))
modified("mo_mg_scalar", trust_loyalty, crq, list(fun = "cfa", group = "country", group.equal = both))
modified("mo_mlr", three4, skewed, list(fun = "cfa", estimator = "MLR"))
modified("mo_mlm", three4, skewed, list(fun = "cfa", estimator = "MLM"))
modified("mo_fiml", three4, gaps, list(fun = "cfa", missing = "ml"))
modified("mo_cluster", three, "data/crq_clustered.csv", list(fun = "cfa", estimator = "MLR", cluster = "shop"))
modified("mo_wlsmv", three_ord, ord, list(fun = "cfa", estimator = "WLSMV", ordered = c(tr, ac, lo)))
modified("mo_wlsmv_mg", trust_loyalty, ord,
  list(fun = "cfa", estimator = "WLSMV", ordered = c(tr, lo), group = "country", group.equal = c("loadings", "thresholds")))
modified("mo_fixed", paste0(trust_loyalty, "\nTR ~~ 0*LO\nTR =~ 0*lo1"), crq, list(fun = "cfa"), note = "fixed by the user")
