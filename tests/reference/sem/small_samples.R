# Fits the sets of small_samples.py: Rscript small_samples.R FOLDER > small_samples.json
suppressMessages({ library(lavaan); library(jsonlite) })
model <- "f1 =~ y1 + y2 + y3
f2 =~ y4 + y5 + y6
f3 =~ y7 + y8 + y9"
d <- read.csv(file.path(commandArgs(TRUE)[1], "small.csv"))
found <- lapply(sort(unique(d$set)), function(i) {
  f <- tryCatch(suppressWarnings(cfa(model, d[d$set == i, ])), error = function(e) NULL)
  ok <- !is.null(f) && lavInspect(f, "converged")
  list(converged = ok, chisq = if (ok) unname(fitMeasures(f, "chisq")) else NA)
})
cat(toJSON(list(lavaan = as.character(packageVersion("lavaan")),
                converged = sapply(found, `[[`, "converged"), chisq = sapply(found, `[[`, "chisq")),
           auto_unbox = TRUE, digits = 8, na = "null"), "\n")
