# What is read off a fitted model: factor scores, residuals, reliability, discriminant validity, power, exploration.
plain <- function(x) unname(unclass(as.matrix(x)))

scores <- function(id, model, data, options, method = "regression", rows = 12, note = "", ...) {
  reference <- function(case) {
    fit <- run(case)$fit
    found <- lavPredict(fit, method = case$method)
    parts <- if (is.list(found)) found else list(found)
    list(arrays = list(scores = plain(do.call(rbind, lapply(parts, head, rows))),
        colsd = unname(apply(do.call(rbind, parts), 2, sd, na.rm = TRUE)),
        cor = plain(cor(do.call(rbind, parts), use = "complete.obs"))),
      scalars = list(rows = nrow(do.call(rbind, parts))), group_labels = lavInspect(fit, "group.label"),
      call = paste0("lavPredict(", call_text(case), ", method = \"", case$method, "\")"))
  }
  register(id, "fscores", "factor-scores", reference, model, data, options,
    paste(note, "first", rows, "rows of each group, groups stacked; colsd and cor over all rows"), method = method, ...)
}
for (method in c("regression", "Bartlett")) {
  short <- tolower(substr(method, 1, 3))
  scores(paste0("fs_cfa_", short), three4, crq, list(fun = "cfa"), method)
  scores(paste0("fs_mean_", short), three4, crq, list(fun = "cfa", meanstructure = TRUE), method)
  scores(paste0("fs_sem_", short), "TR =~ tr1 + tr2 + tr3 + tr4
    LO =~ lo1 + lo2 + lo3 + lo4
    TR ~ age
    LO ~ TR + tenure", crq, list(fun = "sem"), method, note = "covariates in the model")
  scores(paste0("fs_mg_", short), trust_loyalty, crq,
    list(fun = "cfa", group = "country", group.equal = c("loadings", "intercepts")), method)
  scores(paste0("fs_fiml_", short), three4, gaps, list(fun = "cfa", missing = "ml"), method, rows = 20,
    note = "rows without any answer are null;")
  scores(paste0("fs_fiml_mg_", short), trust_loyalty, gaps,
    list(fun = "cfa", missing = "ml", group = "channel", group.equal = c("loadings", "intercepts")), method)
}
scores("fs_second_order", second_order, crq, list(fun = "cfa"))
scores("fs_wlsmv_ebm", trust_loyalty, ord, list(fun = "cfa", estimator = "WLSMV", ordered = c(tr, lo)), "EBM",
  note = "mode of the posterior;")

left_over <- function(id, model, data, options, note = "", ...) {
  reference <- function(case) {
    fit <- run(case)$fit
    blocks <- function(found) if (!is.null(found$cov)) list(found) else unname(found[vapply(found, is.list, TRUE)])
    take <- function(type) {
      lapply(blocks(residuals(fit, type = type)), function(block) {
        lapply(block[intersect(names(block), c("cov", "mean"))], function(x) if (is.matrix(x)) plain(x) else unname(as.numeric(x)))
      })
    }
    raw <- blocks(residuals(fit, type = "raw"))
    summary_of <- function(type) {
      found <- tryCatch(suppressWarnings(lavResiduals(fit, type = type)), error = function(e) NULL)
      if (is.null(found)) return(NULL)
      tables <- if (!is.null(found$summary)) list(found$summary) else lapply(unname(found), function(block) block$summary)
      lapply(tables, function(t) list(rows = rownames(t), columns = colnames(t), values = plain(t)))
    }
    list(residuals = list(variables = I(rownames(raw[[1]]$cov)), raw = take("raw"), cor_bentler = take("cor.bentler"),
        cor_bollen = take("cor.bollen"), standardized = tryCatch(take("standardized"), error = function(e) NULL),
        normalized = tryCatch(take("normalized"), error = function(e) NULL)),
      summaries = list(cor_bentler = summary_of("cor.bentler"), cor_bollen = summary_of("cor.bollen"), raw = summary_of("raw")),
      group_labels = lavInspect(fit, "group.label"), call = paste0("residuals / lavResiduals(", call_text(case), ")"))
  }
  register(id, "residuals", "residuals", reference, model, data, options, note, ...)
}
left_over("re_cfa", three4, crq, list(fun = "cfa"))
left_over("re_mean", trust_loyalty, crq, list(fun = "cfa", meanstructure = TRUE))
left_over("re_mlr", trust_loyalty, skewed, list(fun = "cfa", estimator = "MLR"))
left_over("re_fixed_x", "TR =~ tr1 + tr2 + tr3
  LO =~ lo1 + lo2 + lo3
  TR ~ age
  LO ~ TR + tenure", crq, list(fun = "sem", meanstructure = TRUE))
left_over("re_mg", "TR =~ tr1 + tr2 + tr3
  LO =~ lo1 + lo2 + lo3", crq, list(fun = "cfa", group = "country", group.equal = c("loadings", "intercepts")))
left_over("re_fiml", trust_loyalty, gaps, list(fun = "cfa", missing = "ml"))
left_over("re_wlsmv", trust_loyalty, ord, list(fun = "cfa", estimator = "WLSMV", ordered = c(tr, lo)))

spread <- function(prefix, found) {
  found <- if (is.data.frame(found)) found else as.data.frame(t(unclass(found)))
  group <- setdiff(names(found), grep("^[A-Z]", names(found), value = TRUE))
  out <- list()
  for (row in seq_len(nrow(found))) for (name in setdiff(names(found), group)) {
    tail <- if (nrow(found) > 1) paste0("@", row) else ""
    out[[paste0(prefix, ".", name, tail)]] <- found[row, name]
  }
  out
}
consistent <- function(id, model, data, options, what = list(), note = "", htmt_of = FALSE, ...) {
  reference <- function(case) {
    fit <- run(case)$fit
    said <- function(expr) suppressMessages(suppressWarnings(expr))
    numbers <- spread("ave", said(AVE(fit)))
    for (name in names(what)) numbers <- c(numbers, spread(name, said(do.call(compRelSEM, c(list(fit), what[[name]])))))
    out <- list(scalars = lapply(numbers, unname))
    if (htmt_of) {
      used <- table_of(case$data)
      out$arrays <- list(htmt = plain(htmt(case$model, used, htmt2 = FALSE)), htmt2 = plain(htmt(case$model, used)))
    }
    out$call <- paste("semTools::compRelSEM, AVE, htmt of", call_text(case))
    out
  }
  register(id, "reliability", "reliability", reference, model, data, options,
    paste(note, "names: the arguments of compRelSEM; @n = n-th group in order of the data"), ...)
}
usual <- list(omega_implied = list(obs.var = FALSE), omega_obs = list(obs.var = TRUE), alpha = list(tau.eq = TRUE))
consistent("rl_cfa", five, crq, list(fun = "cfa"), usual, htmt_of = TRUE)
consistent("rl_total", three4, crq, list(fun = "cfa"), list(omega_obs = list(return.total = TRUE), omega_implied = list(return.total = TRUE, obs.var = FALSE)))
consistent("rl_residual_cov", paste0(three4, "\ntr1 ~~ tr2\nlo1 ~~ lo4"), crq, list(fun = "cfa"), usual)
consistent("rl_cross", paste0(three4, "\nTR =~ lo2"), crq, list(fun = "cfa"), usual)
consistent("rl_higher", second_order, crq, list(fun = "cfa"), list(higher = list(higher = "CRQ"),
  higher_model = list(higher = "CRQ", obs.var = FALSE)))
consistent("rl_mg", trust_loyalty, crq, list(fun = "cfa", group = "country", group.equal = "loadings"), usual)
consistent("rl_fiml", three4, gaps, list(fun = "cfa", missing = "ml"), usual)
consistent("rl_ordinal", trust_loyalty, ord, list(fun = "cfa", estimator = "WLSMV", ordered = c(tr, lo)),
  list(omega_ord = list(ord.scale = TRUE), omega_latent = list(ord.scale = FALSE),
    alpha_ord = list(ord.scale = TRUE, tau.eq = TRUE), alpha_latent = list(ord.scale = FALSE, tau.eq = TRUE)))
consistent("rl_binary", "BU =~ bu1 + bu2 + bu3 + bu4", ord, list(fun = "cfa", estimator = "WLSMV", ordered = bu),
  list(omega_ord = list(ord.scale = TRUE), omega_latent = list(ord.scale = FALSE)))

# Power: by RMSEA (MacCallum and others) and by a population model (Satorra & Saris).
register("pw_rmsea", "power", "power", function(case) {
  list(scalars = list(
    close_fit = findRMSEApower(0.05, 0.08, df = 51, n = 250),
    exact_fit = findRMSEApower(0, 0.06, df = 30, n = 180),
    not_close = findRMSEApower(0.05, 0.02, df = 51, n = 400),
    two_groups = findRMSEApower(0.05, 0.08, df = 60, n = 300, group = 2),
    alpha_01 = findRMSEApower(0.05, 0.08, df = 51, n = 250, alpha = 0.01),
    n_close = findRMSEAsamplesize(0.05, 0.08, df = 51, power = 0.8),
    n_not_close = findRMSEAsamplesize(0.05, 0.02, df = 51, power = 0.8),
    n_two_groups = findRMSEAsamplesize(0.05, 0.08, df = 60, power = 0.9, group = 2),
    nested = findRMSEApowernested(rmsea0A = 0.05, rmsea0B = 0.05, rmsea1A = 0.07, rmsea1B = 0.05, dfA = 57, dfB = 51, n = 300),
    nested_n = findRMSEAsamplesizenested(rmsea0A = 0.05, rmsea0B = 0.05, rmsea1A = 0.07, rmsea1B = 0.05, dfA = 57, dfB = 51,
      power = 0.8)))
}, note = "close_fit: rmsea0 .05, rmseaA .08, df 51, n 250; exact_fit: 0, .06, 30, 180; not_close: .05, .02, 51, 400;
two_groups: .05, .08, 60, n 300, 2 groups; alpha_01: close_fit at alpha .01; n_close: .05, .08, df 51, power .8;
n_not_close: .05, .02, 51, .8; n_two_groups: .05, .08, 60, .9, 2 groups; nested: H0 A .05 B .05, H1 A .07 B .05,
dfA 57, dfB 51, n 300; nested_n: the same for power .8")
population <- "TR =~ 0.8*tr1 + 0.7*tr2 + 0.75*tr3
  LO =~ 0.8*lo1 + 0.65*lo2 + 0.7*lo3
  LO ~ 0.25*TR
  TR ~~ 1*TR
  LO ~~ 0.9375*LO
  tr1 ~~ 0.36*tr1
  tr2 ~~ 0.51*tr2
  tr3 ~~ 0.4375*tr3
  lo1 ~~ 0.36*lo1
  lo2 ~~ 0.5775*lo2
  lo3 ~~ 0.51*lo3"
analysis <- "TR =~ tr1 + tr2 + tr3
  LO =~ lo1 + lo2 + lo3
  LO ~ 0*TR"
register("pw_population", "power", "power", function(case) {
  implied <- fitted(sem(case$population_model, do.fit = FALSE))$cov
  fit <- sem(case$h0_model, sample.cov = implied, sample.nobs = case$n, sample.cov.rescale = FALSE)
  ncp <- unname(fitMeasures(fit, "chisq"))
  list(scalars = list(ncp = ncp, power = 1 - pchisq(qchisq(1 - case$alpha, case$df), case$df, ncp),
      sspower = unname(SSpower(case$h0_model, popModel = case$population_model, n = case$n, nparam = case$df, fun = "sem",
        std.lv = FALSE))),
    arrays = list(implied = plain(implied)), call = "SSpower(h0_model, popModel = population_model, n = 200, nparam = 1)")
}, population_model = tidy(population), h0_model = tidy(analysis), n = 200, alpha = 0.05, df = 1,
variables = c("tr1", "tr2", "tr3", "lo1", "lo2", "lo3"))

# Exploration: signs and order of the factors are free; communalities are not.
explored <- function(id, rotation, factors, variables, data = crq, note = "", ...) {
  register(id, "efa", "efa", function(case) {
    fit <- efa(table_of(case$data)[case$variables], nfactors = case$factors, rotation = case$rotation, output = "lavaan",
      rotation.args = list(rstarts = 30L), ...)
    std <- lavInspect(fit, "std")
    list(arrays = list(loadings = plain(std$lambda), factor_correlation = plain(std$psi),
        communality = unname(1 - diag(unclass(std$theta)))), fit = measures(fit),
      call = sprintf("efa(data, nfactors = %d, rotation = \"%s\")", case$factors, case$rotation))
  }, NULL, data, NULL, note, rotation = rotation, factors = factors, variables = variables)
}
twelve <- c(paste0("tr", 1:4), paste0("sa", 1:4), paste0("lo", 1:4))
for (way in c("geomin", "oblimin", "varimax", "promax")) explored(paste0("ef_", way), way, 3L, twelve)
explored("ef_two", "oblimin", 2L, twelve)
