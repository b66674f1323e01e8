# Reference values of crqkit.sem from lavaan: one JSON file a case.
# Rscript make_cases.R [--only TEXT[,TEXT]] [--list]      run in tests/reference/sem
arguments_given <- commandArgs(trailingOnly = TRUE)
only <- if ("--only" %in% arguments_given) arguments_given[match("--only", arguments_given) + 1] else ""
python <- Sys.getenv("PYTHON", "../../../.venv/bin/python")

# Real data come from semopy, and go to a folder that vanishes with the session.
REAL <- tempfile("real")
dir.create(REAL)
writer <- "import sys, semopy.examples as e
for n in ('holzinger39', 'political_democracy'): getattr(e, n).get_data().to_csv(sys.argv[1] + '/' + n + '.csv', index=False)"
if (system2(python, c("-c", shQuote(writer), REAL)) != 0) stop("semopy's examples could not be written; set PYTHON")

source("lib.R")
source("models.R")
for (file in paste0("cases_", c("ml", "robust", "groups", "missing", "cluster", "ordinal", "tests", "after"), ".R")) source(file)
if ("--list" %in% arguments_given) {
  cat(names(CASES), sep = "\n")
  quit()
}
wanted <- names(CASES)
if (nzchar(only)) wanted <- wanted[Reduce(`|`, lapply(strsplit(only, ",")[[1]], grepl, x = wanted, fixed = TRUE))]
failed <- 0
for (id in wanted) {
  began <- proc.time()[["elapsed"]]
  outcome <- tryCatch(
    {
      write_case(CASES[[id]], "cases")
      "written"
    },
    error = function(e) paste("FAILED", conditionMessage(e))
  )
  failed <- failed + startsWith(outcome, "FAILED")
  cat(sprintf("%-34s %6.1fs %s\n", id, proc.time()[["elapsed"]] - began, outcome))
}
quit(status = as.integer(failed > 0))
