# Helpers of make_cases.R: register a case, fit it, turn what lavaan says into one JSON file.
suppressPackageStartupMessages({
  library(lavaan)
  library(semTools)
  library(jsonlite)
})

CASES <- list()

# A case is stored with a function `reference(case)` that makes its reference values.
register <- function(id, kind, area, reference, model = NULL, data = NULL, options = NULL, note = "", ...) {
  stopifnot(is.null(CASES[[id]]))
  case <- list(id = id, kind = kind, area = area, note = note)
  if (!is.null(model)) case$model <- tidy(model)
  if (!is.null(data)) case$data <- data
  if (!is.null(options)) case$options <- options
  CASES[[id]] <<- list(case = c(case, list(...)), reference = reference)
}

tidy <- function(text) paste(trimws(strsplit(trimws(text), "\n")[[1]]), collapse = "\n")

# Simulated tables are beside this file; the two real ones are written by semopy at run time.
TABLES <- new.env()
table_of <- function(name) {
  if (is.null(TABLES[[name]])) {
    file <- if (startsWith(name, "semopy:")) {
      file.path(REAL, paste0(sub("semopy:", "", name), ".csv"))
    } else {
      name
    }
    TABLES[[name]] <- read.csv(file, stringsAsFactors = FALSE)
  }
  TABLES[[name]]
}

named <- function(case, matrix_or_vector) {
  if (is.matrix(matrix_or_vector)) dimnames(matrix_or_vector) <- list(case$variables, case$variables)
  else names(matrix_or_vector) <- case$variables
  matrix_or_vector
}

# The list of arguments of the lavaan call of a case.
arguments <- function(case, model = case$model, options = case$options) {
  args <- c(list(model = model), options[setdiff(names(options), "fun")])
  if (!is.null(case$data)) args$data <- table_of(case$data)
  if (!is.null(case$sample_cov)) {
    several <- is.list(case$sample_cov)
    args$sample.cov <- if (several) lapply(case$sample_cov, named, case = case) else named(case, case$sample_cov)
    args$sample.nobs <- case$sample_nobs
    if (!is.null(case$sample_mean)) {
      args$sample.mean <- if (several) lapply(case$sample_mean, named, case = case) else named(case, case$sample_mean)
    }
  }
  args
}

# Fit and keep warnings; `attr(fit, "said")` holds them.
run <- function(case, model = case$model, options = case$options) {
  said <- character(0)
  fit <- withCallingHandlers(
    do.call(options$fun, arguments(case, model, options)),
    warning = function(w) {
      said <<- c(said, conditionMessage(w))
      invokeRestart("muffleWarning")
    }
  )
  list(fit = fit, said = gsub("\\s+", " ", said))
}

# One line of R that shows the call, with the data by name.
call_text <- function(case, options = case$options) {
  show <- function(value) paste(deparse(value, width.cutoff = 500L), collapse = "")
  rest <- options[setdiff(names(options), "fun")]
  source <- if (is.null(case$data)) "sample.cov = S, sample.nobs = n" else paste0("data = ", sub("^data/|semopy:", "", case$data))
  more <- if (length(rest)) paste0(", ", paste(names(rest), "=", vapply(rest, show, ""), collapse = ", ")) else ""
  paste0(options$fun, "(model, ", source, more, ")")
}

columns <- c("lhs", "op", "rhs", "group", "label", "est", "se", "z", "pvalue", "ci.lower", "ci.upper", "std.lv", "std.all")
params <- function(fit, ...) {
  table <- as.data.frame(parameterEstimates(fit, standardized = TRUE, remove.system.eq = FALSE, remove.eq = TRUE, ...))
  table <- table[!table$op %in% c("==", "<", ">"), ]
  if (is.null(table$group)) table$group <- ifelse(table$op == ":=", 0L, 1L)
  if (is.null(table$label)) table$label <- ""
  for (name in columns) if (is.null(table[[name]])) table[[name]] <- NA_real_
  table <- as.list(table[, columns])
  names(table) <- gsub(".", "_", columns, fixed = TRUE)
  table
}

standardized <- function(fit) {
  table <- as.data.frame(standardizedSolution(fit))
  table <- table[!table$op %in% c("==", "<", ">"), ]
  if (is.null(table$group)) table$group <- ifelse(table$op == ":=", 0L, 1L)
  list(lhs = table$lhs, op = table$op, rhs = table$rhs, group = table$group, est = table$est.std, se = table$se, z = table$z)
}

# lavaan's user-visible fit measures without the duplicates and the Hoelter numbers.
DROPPED <- c("fmin", "nnfi", "nnfi.scaled", "nnfi.robust", "pnfi", "pnfi.scaled", "cn_05", "cn_01", "pgfi",
  "rmsea.ci.level", "rmsea.close.h0", "rmsea.notclose.h0", "rmsea.notclose.pvalue", "rmsea.notclose.pvalue.scaled",
  "rmsea.notclose.pvalue.robust", "rmr_nomean", "cmin")
measures <- function(fit) {
  found <- tryCatch(fitMeasures(fit), error = function(e) NULL)
  if (is.null(found)) return(NULL)
  found <- found[!names(found) %in% DROPPED]
  as.list(unclass(found)[is.finite(found)])
}

# Label of each test beside the standard one, with its scaling factor and shift.
test_scalars <- function(fit) {
  tests <- lavInspect(fit, "test")
  out <- list()
  if (length(tests) > 1) {
    scaled <- tests[[2]]
    out$scaling_factor <- unname(scaled$scaling.factor)
    if (!is.null(scaled$shift.parameter)) out$shift_parameter <- unname(sum(scaled$shift.parameter))
  }
  out
}

reference_fit <- function(case, std = TRUE, fit_measures = TRUE, rsquare = FALSE, ...) {
  got <- run(case)
  fit <- got$fit
  out <- list(converged = lavInspect(fit, "converged"), nobs = as.list(lavInspect(fit, "nobs")), params = params(fit, ...))
  if (std) out$std <- standardized(fit)
  if (fit_measures) out$fit <- measures(fit)
  extra <- test_scalars(fit)
  if (length(extra)) out$scalars <- extra
  if (rsquare) out$rsquare <- groups_of(lavInspect(fit, "rsquare"))
  out$warnings <- as.list(got$said)
  out$group_labels <- lavInspect(fit, "group.label")
  out$call <- call_text(case)
  out
}

# A list over groups of named vectors; one group is a list of one.
groups_of <- function(found) lapply(if (is.list(found)) unname(found) else list(found), function(v) as.list(unclass(v)))

case_fit <- function(id, area, model, data, options, note = "", std = TRUE, fit_measures = TRUE, rsquare = FALSE, params_args = list(), ...) {
  reference <- function(case) do.call(reference_fit, c(list(case, std, fit_measures, rsquare), params_args))
  register(id, "fit", area, reference, model, data, options, note, ...)
}

# What lavaan refuses: only its message is kept.
case_refused <- function(id, area, model, data, options, note = "", ...) {
  reference <- function(case) {
    got <- tryCatch(run(case), error = function(e) gsub("\\s+", " ", conditionMessage(e)))
    if (is.character(got)) return(list(lavaan_error = got, call = call_text(case)))
    list(lavaan_error = NULL, lavaan_warnings = as.list(got$said), call = call_text(case))
  }
  register(id, "refused", area, reference, model, data, options, note, ...)
}

# Fixed keys of the JSON, nine significant digits, scalars unboxed.
write_case <- function(entry, folder) {
  case <- entry$case
  case$reference <- entry$reference(case)
  labels <- case$reference$group_labels
  case$reference$group_labels <- NULL
  if (length(labels)) case$group_labels <- I(as.character(labels))
  case$options <- box(case$options)
  if (!is.null(case$models)) case$models <- lapply(case$models, function(m) { m$options <- box(m$options); m })
  case <- case[c(setdiff(names(case), "reference"), "reference")]
  text <- toJSON(case, auto_unbox = TRUE, digits = I(9), na = "null", null = "null", force = TRUE)
  target <- file.path(folder, paste0(case$id, ".json"))
  writeLines(text, paste0(target, ".part"))
  file.rename(paste0(target, ".part"), target)
}

# These options stay lists in the JSON, even with one member.
box <- function(options) {
  for (name in intersect(names(options), c("ordered", "group.equal", "group.partial", "cluster"))) {
    if (is.character(options[[name]]) && name != "cluster") options[[name]] <- I(options[[name]])
  }
  options
}
