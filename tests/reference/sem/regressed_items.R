# Items that are regressed on something besides their factor: modification indices and scores of persons by lavaan.
# Run in this folder: Rscript regressed_items.R      Writes regressed_items.json. R 4.2.2, lavaan 0.6-14.
suppressMessages({library(lavaan); library(jsonlite)})
crq <- read.csv("data/crq.csv")
waves <- read.csv("data/growth.csv")
two <- "TR =~ tr1 + tr2 + tr3 + tr4
LO =~ lo1 + lo2 + lo3 + lo4
LO ~ TR"
models <- list(
  dif = list(text = paste0(two, "\nTR ~ age + tenure\ntr2 ~ age\nlo1 ~ tenure"), data = "crq"),
  dif_one = list(text = "TR =~ tr1 + tr2 + tr3 + tr4\nTR ~ age + tenure\ntr2 ~ age", data = "crq"),
  dif_tied = list(text = paste0(two, "\ntr2 ~ age\ntr1 ~~ tr2"), data = "crq"),
  dif_groups = list(text = paste0(two, "\nTR ~ age\ntr2 ~ age"), data = "crq", group = "country",
    group.equal = c("loadings", "intercepts")),
  item_on_item = list(text = paste0(two, "\nlo4 ~ tr1"), data = "crq"),
  outcome = list(text = paste0(two, "\nspend ~ LO + tr2"), data = "crq"),
  chain = list(text = "TR =~ tr1 + tr2 + tr3 + tr4\nspend ~ TR\ntenure ~ spend", data = "crq", meanstructure = TRUE),
  growth = list(text = "level =~ 1*sat1 + 1*sat2 + 1*sat3 + 1*sat4
slope =~ 0*sat1 + 1*sat2 + 2*sat3 + 3*sat4
level ~ age
slope ~ age
sat1 ~ vis1
sat2 ~ vis2
sat3 ~ vis3
sat4 ~ vis4", data = "waves", fun = "growth")
)
# Where an item moves something, lavaan's Bartlett scores leave the item out.
plain <- c("dif", "dif_one", "dif_tied", "dif_groups", "chain", "growth")
out <- lapply(names(models), function(name) {
  m <- models[[name]]
  args <- list(model = m$text, data = if (m$data == "crq") crq else waves)
  for (option in c("group", "group.equal", "meanstructure")) if (!is.null(m[[option]])) args[[option]] <- m[[option]]
  fit <- do.call(if (is.null(m$fun)) "sem" else m$fun, args)
  stopifnot(lavInspect(fit, "converged"))
  mi <- modificationIndices(fit)
  mi <- mi[mi$op != "~1", ]
  group <- if (is.null(mi$group)) rep(1L, nrow(mi)) else mi$group
  found <- list(text = m$text, data = if (m$data == "crq") "data/crq.csv" else "data/growth.csv",
    chisq = as.numeric(fitMeasures(fit, "chisq")),
    modindices = data.frame(lhs = mi$lhs, op = mi$op, rhs = mi$rhs, group = group, mi = unclass(mi$mi),
      epc = unclass(mi$epc), sepc_lv = unclass(mi$sepc.lv), sepc_all = unclass(mi$sepc.all)))
  if (!is.null(m$fun)) found$preset <- m$fun
  if (!is.null(m$group)) found <- c(found, list(group = m$group, group_equal = m$group.equal))
  if (name %in% plain) {
    bare <- function(method) {
      values <- lavPredict(fit, method = method)
      if (is.list(values)) values <- values[[1]]
      values <- unclass(values)[1:12, , drop = FALSE]
      list(factors = I(colnames(values)), rows = matrix(as.numeric(values), nrow(values)))
    }
    found$scores <- list(bartlett = bare("Bartlett"), regression = bare("regression"))
  }
  found
})
names(out) <- names(models)
writeLines(toJSON(out, digits = I(10), auto_unbox = TRUE, dataframe = "columns"), "regressed_items.json")
