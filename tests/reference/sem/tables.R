# Writes tables.json: lavaan's own parameter tables for many models and options, from random data.
# Run here: Rscript tables.R (made with R 4.2.2, lavaan 0.6-14, jsonlite)
# A row is lhs|op|rhs|user|group|free|exo|ustart|label.
suppressMessages({library(lavaan); library(jsonlite)})
cases <- list()
case <- function(name, model, fun = "sem", groups = 1, ordered = NULL, cut = 3, ...)
  cases[[length(cases) + 1]] <<- list(name = name, model = model, fun = fun, groups = groups,
                                     ordered = ordered, cut = cut, options = list(...))
three <- "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9"
two <- "f =~ x1 + x2 + x3 + x4\ng =~ y1 + y2 + y3 + y4"
path <- "m ~ a*x + z\ny ~ b*m + c*x + w\nab := a*b\ntotal := c + a*b"
poldem <- "ind60 =~ x1 + x2 + x3
dem60 =~ y1 + a*y2 + b*y3 + c*y4
dem65 =~ y5 + a*y6 + b*y7 + c*y8
dem60 ~ b1*ind60
dem65 ~ b2*ind60 + b3*dem60
y1 ~~ y5
y2 ~~ y4 + y6
y3 ~~ y7"
second <- "f =~ x1 + x2 + x3\ng =~ y1 + y2 + y3\nh =~ z1 + z2 + z3\nk =~ f + g + h"
# one group
case("cfa", three, "cfa")
case("cfa means", three, "cfa", meanstructure = TRUE)
case("cfa std.lv", three, "cfa", std.lv = TRUE)
case("cfa orthogonal", three, "cfa", orthogonal = TRUE)
case("second order", second, "cfa")
case("second order means std.lv", second, "cfa", std.lv = TRUE, meanstructure = TRUE)
case("second order before first", "k =~ f + g + h\nh =~ z1 + z2 + z3\nf =~ x1 + x2 + x3\ng =~ y1 + y2 + y3", "cfa")
case("bifactor", "k =~ x1 + x2 + x3 + x4 + x5 + x6\nf =~ x1 + x2 + x3\ng =~ x4 + x5 + x6", "cfa", orthogonal = TRUE, std.lv = TRUE)
case("poldem", poldem)
case("poldem constraints", paste0(poldem, "\nb2 == b1/2 + 0.1*b3\nb3 > 0\nb1 < 2*b3\nt := b2 + b1*b3"))
case("poldem orthogonal", poldem, orthogonal = TRUE)
case("path", path)
case("path means", path, meanstructure = TRUE)
case("path random x", path, fixed.x = FALSE, meanstructure = TRUE)
case("path several left", "y1 + y2 ~ x1 + x2\ny3 ~ y1 + x3")
case("path intercepts", "y ~ 1 + x\nm ~ 0.5*1 + y")
case("path no intercept", "y ~ 0 + x + m\nm ~ x")
case("x named in a covariance", "y ~ x1 + x2 + x3\nx1 ~~ x2", meanstructure = TRUE)
case("x variance named", "y ~ x1 + x2\nx1 ~~ x1")
case("x mean named", "y ~ x1 + x2\nx1 ~ 1")
case("mimic", "f =~ x1 + x2 + x3\nf ~ z1 + z2\nx1 ~ z1", meanstructure = TRUE)
case("latents on covariates", "f =~ x1 + x2 + x3\ng =~ y1 + y2 + y3\nf ~ z\ng ~ z\nw ~ f + g\nv ~ z")
case("latent and observed outcomes", "f =~ x1 + x2 + x3\ng =~ y1 + y2 + y3\nh =~ z1 + z2 + z3\nf + g ~ h\nw ~ h + v")
case("chain", "f =~ x1 + x2 + x3\ng =~ y1 + y2 + y3\nh =~ z1 + z2 + z3\ng ~ f\nh ~ g", "cfa")
case("growth", "i =~ 1*t1 + 1*t2 + 1*t3 + 1*t4\ns =~ 0*t1 + 1*t2 + 2*t3 + 3*t4\ni ~ x1 + x2\ns ~ x1 + x2\nt1 ~ c1\nt2 ~ c2", "growth")
case("growth plain", "i =~ 1*t1 + 1*t2 + 1*t3\ns =~ 0*t1 + 1*t2 + 2*t3", "growth")
case("modifiers", "f =~ NA*x1 + start(0.7)*x2 + -0.5*x3 + label(\"l4\")*x4 + start(0.3)*x5 + l5*x5\ng =~ 2*y1 + y2 + equal(\"f=~x2\")*y3\nf ~~ 1*f\nf ~~ 0.3*g\nx4 ~~ y2\nx1 ~~ 0.4*x1\nh =~ a*z1 + z2 + 1e-1*z3")
case("single indicator", "f =~ x1\ng =~ y1 + y2 + y3\ng ~ f", "cfa")
case("zero covariance", paste0(three, "\nvisual ~~ 0*textual\nx1 ~~ x9\nspeed ~~ speed"), "cfa")
case("means in the text", paste0(three, "\nx1 ~ 1\nx2 + x3 ~ 0*1\nvisual ~ NA*1"), "cfa")
case("fixed with a label", "f =~ x1 + a*x2 + a*x3 + x4\nf ~~ a*g\ng =~ 1*y1 + b*y1 + b*y2 + y3\nh =~ 0.7*z1 + l*z1 + l*z2 + z3", "cfa")
case("constraints and definitions mixed", "y ~ a*x + b*z\nt := a + b\na == b\ns := t^2\n\n exp(a) > 0.1\nx ~~ z", "sem")
case("latent without own line first", "y ~ f + x\nf =~ a1 + a2 + a3")
case("orphans", "f =~ x1 + x2 + x3\nu ~~ v\nw ~ 1", "cfa")
case("orphan variance", "u ~~ u\nu ~~ f\nf =~ x1 + x2 + x3", "sem")
case("doubled lines", "f =~ x1 + x2\nf =~ x3 + x4\nx1 ~~ x2 + x3", "cfa")
case("cycle", "a ~ b + x\nb ~ a + z")
case("residual covariance of outcomes", "y1 ~ x\ny2 ~ x\ny3 ~ x\ny1 ~~ 0*y2")
case("latent indicator with regression", "f =~ x1 + x2 + x3\ng =~ f + y1 + y2\nf ~ z")
case("phantom", "f =~ x1 + x2 + x3\ny ~ f\nx2 ~ y", meanstructure = TRUE)
# several groups
case("groups configural", three, "cfa", 2)
case("groups metric", three, "cfa", 2, group.equal = "loadings")
case("groups scalar", three, "cfa", 3, group.equal = c("loadings", "intercepts"))
case("groups strict", three, "cfa", 2, group.equal = c("loadings", "intercepts", "residuals"))
case("groups structural", three, "cfa", 2, group.equal = c("loadings", "intercepts", "lv.variances", "lv.covariances", "means"))
case("groups loadings means", three, "cfa", 2, group.equal = c("loadings", "means"))
case("groups intercepts only", three, "cfa", 2, group.equal = "intercepts")
case("groups metric std.lv", three, "cfa", 2, std.lv = TRUE, group.equal = "loadings")
case("groups scalar std.lv", three, "cfa", 2, std.lv = TRUE, group.equal = c("loadings", "intercepts", "lv.variances"))
case("groups partial", three, "cfa", 3, group.equal = c("loadings", "intercepts"), group.partial = c("visual=~x3", "x5~1", "textual =~ x6"))
case("groups partial residuals", paste0(three, "\nx1 ~~ x9"), "cfa", 2, group.equal = c("residuals", "residual.covariances", "lv.covariances"), group.partial = c("x1~~x1", "visual~~textual"))
case("groups residual covariances", paste0(three, "\nx1 ~~ x9\nx2 ~~ x8"), "cfa", 2, group.equal = c("loadings", "residual.covariances"))
case("groups second order scalar", paste0(second, "\nk ~ 0*1"), "cfa", 2, group.equal = c("loadings", "intercepts"))
case("groups second order free", second, "cfa", 2, group.equal = c("loadings", "intercepts"), std.lv = TRUE)
case("groups regressions", "f =~ x1 + x2 + x3\ng =~ y1 + y2 + y3\ng ~ f + z", "sem", 2, group.equal = c("loadings", "regressions", "intercepts"))
case("groups path", path, "sem", 2, group.equal = c("regressions", "intercepts", "residuals"), meanstructure = TRUE)
case("groups path free", "m ~ x + z\ny ~ m + x", "sem", 2, group.equal = c("regressions", "intercepts", "residuals", "residual.covariances", "means", "lv.variances", "lv.covariances"))
case("groups labels", "visual =~ x1 + c(a,a)*x2 + c(0.6,NA)*x3\ntextual =~ x4 + x5 + x6\nvisual ~~ c(v1,v2)*visual\nvisual ~~ c(\"r1\",\"r2\")*textual\nd := v1 - v2", "cfa", 2)
case("groups one modifier", "f =~ x1 + a*x2 + 0.7*x3 + start(0.4)*x4\nx1 ~~ c(NA, 0.5)*x1\nx2 ~~ start(c(.1,.2))*x2", "cfa", 2)
case("groups labels and equal", "f =~ x1 + a*x2 + c(b1,b2)*x3 + x4", "cfa", 2, group.equal = c("loadings", "intercepts"))
case("groups merge", "f =~ c(NA,NA)*x1 + c(l1,l1)*x1 + c(NA,NA)*x2 + c(l2,l2)*x2\nf =~ x3\nf ~~ c(1,NA)*f + c(p1,p2)*f\nf ~ c(0,NA)*1 + c(m1,m2)*1\nx1 ~ c(0,0)*1 + c(n1,n1)*1", "cfa", 2)
case("groups constraints", "f =~ x1 + c(a1,a2)*x2 + c(b1,b2)*x3\na1 == a2\nb1 < b2\ndd := a1 - b1", "cfa", 2)
case("groups growth", "i =~ 1*t1 + 1*t2 + 1*t3\ns =~ 0*t1 + 1*t2 + 2*t3\ni ~ x", "growth", 2, group.equal = c("means", "lv.variances", "residuals"))
case("groups growth intercepts", "i =~ 1*t1 + 1*t2 + 1*t3\ns =~ 0*t1 + 1*t2 + 2*t3", "growth", 2, group.equal = "intercepts")
case("groups some fixed", "f =~ x1 + c(1,NA)*x2 + x3\nf ~~ c(1,NA)*f", "cfa", 2, group.equal = "loadings")
# what overrides what
case("order of a covariance", paste0(three, "\ntextual ~~ visual\nx9 ~~ x1\nx2 ~~ speed\ny ~ x1 + z\nz2 ~~ z1\ny ~~ visual"), "sem")
case("start on the first", "f =~ start(0.7)*x1 + x2 + x3\ng =~ start(0.8)*y1 + NA*y1 + y2 + y3", "cfa")
case("single indicator with a variance", "f =~ x1\nx1 ~~ x1\ng =~ y1\ny1 ~~ NA*y1\nh =~ z1\nz1 ~~ 0.2*z1\nh ~ f + g", "cfa")
case("single second order", "f =~ x1 + x2 + x3\ng =~ f", "cfa")
case("std.lv with variances", "f =~ x1 + x2 + x3\nf ~~ f\ng =~ y1 + y2 + y3\ng ~~ NA*g\ng ~ f", "cfa", std.lv = TRUE)
case("orthogonal outcomes", "f =~ x1 + x2 + x3\ng =~ y1 + y2 + y3\nh =~ z1 + z2 + z3\nf + g ~ h\nw ~ h\nu ~ h", orthogonal = TRUE)
case("orthogonal with one named", paste0(three, "\nvisual ~~ textual"), "cfa", orthogonal = TRUE)
case("orphans and covariates", "y ~ x\nu ~~ v\nf =~ a1 + a2 + a3\nf ~ z", meanstructure = TRUE)
case("covariate of an indicator only", "f =~ x1 + x2 + x3\nx2 ~ z\nx3 ~ z", "sem")
case("covariate in two covariances", "y ~ x + z\nx ~~ z + y", "sem")
case("residual with a covariate latent", "f =~ x1 + x2 + x3\nf ~ z\nz ~~ x1", "sem")
case("definitions only by dots", "f =~ x1 + l.2*x2 + l_3*x3\nl.s := (l.2 + l_3)/2", "cfa")
case("groups without means", three, "cfa", 2, meanstructure = FALSE)
case("groups without means metric", three, "cfa", 2, meanstructure = FALSE, group.equal = "loadings")
case("groups without means scalar", three, "cfa", 2, meanstructure = FALSE, group.equal = c("loadings", "intercepts"))
case("groups lv means equal", three, "cfa", 2, group.equal = c("intercepts", "means"))
case("groups latent mean named", paste0(three, "\nvisual ~ 1\ntextual ~ c(0, 0)*1"), "cfa", 2, group.equal = c("loadings", "intercepts"))
case("groups std.lv variance named", paste0(three, "\nvisual ~~ visual"), "cfa", 2, group.equal = "loadings", std.lv = TRUE)
case("groups equal modifier", "f =~ x1 + x2 + equal(\"f=~x2\")*x3 + x4", "cfa", 2)
case("groups label fixed in one", "f =~ x1 + c(a,a)*x2 + c(0.6,NA)*x2 + x3\ng =~ y1 + b*y2 + c(0.5,NA)*y2 + y3", "cfa", 2)
case("groups fixed in all with equal", "f =~ x1 + 0.7*x2 + x3 + c(0.5,NA)*x4", "cfa", 2, group.equal = c("loadings", "intercepts", "residuals"))
case("groups labelled with equal", "f =~ x1 + c(a,b)*x2 + c(a,a)*x3 + l*x4\nx1 ~ c(m1,m2)*1\nx2 ~ c(0,NA)*1", "cfa", 2, group.equal = c("loadings", "intercepts"))
case("groups first loading freed", "f =~ NA*x1 + x2 + x3\nf ~~ 1*f", "cfa", 2, group.equal = c("loadings", "intercepts", "lv.variances"))
case("groups covariate", "f =~ x1 + x2 + x3\nf ~ z\ny ~ f + z", "sem", 2, group.equal = c("loadings", "intercepts", "means", "residuals", "regressions"))
case("groups covariate random", "f =~ x1 + x2 + x3\nf ~ z\ny ~ f + z", "sem", 2, fixed.x = FALSE, group.equal = c("loadings", "intercepts", "means", "residuals", "residual.covariances", "lv.variances"))
case("groups random x", "y ~ x + z", "sem", 2, fixed.x = FALSE, group.equal = c("intercepts", "means", "residuals", "residual.covariances", "regressions"))
case("groups second order residuals", second, "cfa", 3, group.equal = c("loadings", "lv.variances", "residuals"))
case("groups growth residuals", "i =~ 1*t1 + 1*t2 + 1*t3\ns =~ 0*t1 + 1*t2 + 2*t3", "growth", 2, group.equal = c("loadings", "intercepts", "means"))
case("groups outcomes", "f =~ x1 + x2 + x3\ng =~ y1 + y2 + y3\nh =~ z1 + z2 + z3\nf + g ~ h", "sem", 2, group.equal = c("loadings", "lv.covariances", "lv.variances"), group.partial = "f ~~ g")
case("groups fixed in the second", "f =~ x1 + c(NA,0.5,NA)*x2 + x3 + c(0.4,0.6,0.6)*x4", "cfa", 3, group.equal = "loadings")
case("groups fixed differently", "f =~ x1 + x2 + x3 + c(0.4,0.6)*x4", "cfa", 2, group.equal = "loadings")
case("groups label and fixed by part", "f =~ x1 + c(a,b)*x2 + c(0.5,NA)*x2 + x3\nx1 ~ c(i1,i2)*1", "cfa", 2, group.equal = c("loadings", "intercepts"))
case("groups label in one", "f =~ x1 + c(\"a\",\"\")*x2 + c(\"\",\"b\")*x3", "cfa", 2, group.equal = "loadings")
# ordered items
o4 <- c("x1", "x2", "x3", "x4"); o8 <- c(o4, "y1", "y2", "y3", "y4")
one <- "f =~ x1 + x2 + x3 + x4"
case("ordered", one, "cfa", 1, o4)
case("ordered theta", one, "cfa", 1, o4, parameterization = "theta")
case("ordered std.lv", two, "cfa", 1, o8, std.lv = TRUE)
case("ordered binary", one, "cfa", 1, o4, cut = 2)
case("ordered mixed", paste0(two, "\ng ~ f"), "sem", 1, o4)
case("ordered thresholds named", paste0(one, "\nx1 | th*t1 + t2\nx2 | 0*t1"), "cfa", 1, o4)
case("ordered residual named", paste0(one, "\nx1 ~~ x2\nx3 ~~ x3"), "cfa", 1, o4)
case("ordered theta residual named", paste0(one, "\nx3 ~~ NA*x3"), "cfa", 1, o4, parameterization = "theta")
case("ordered outcome", "y ~ x + z", "sem", 1, "y")
case("ordered chain", "m ~ x\ny ~ m + x", "sem", 1, c("m", "y"))
case("ordered groups", one, "cfa", 2, o4)
case("ordered groups loadings", one, "cfa", 2, o4, group.equal = "loadings")
case("ordered groups thresholds", one, "cfa", 2, o4, group.equal = "thresholds")
case("ordered groups both", one, "cfa", 3, o4, group.equal = c("loadings", "thresholds"))
case("ordered groups both theta", one, "cfa", 2, o4, group.equal = c("loadings", "thresholds"), parameterization = "theta")
case("ordered groups thresholds theta", one, "cfa", 2, o4, group.equal = "thresholds", parameterization = "theta")
case("ordered groups intercepts", one, "cfa", 2, o4, group.equal = c("loadings", "intercepts"))
case("ordered groups residuals", one, "cfa", 2, o4, group.equal = c("loadings", "thresholds", "residuals"))
case("ordered groups residuals theta", one, "cfa", 2, o4, group.equal = c("loadings", "thresholds", "residuals"), parameterization = "theta")
case("ordered groups means", one, "cfa", 2, o4, group.equal = c("loadings", "thresholds", "means"))
case("ordered groups partial", one, "cfa", 2, o4, group.equal = c("loadings", "thresholds"), group.partial = c("f=~x3", "x3|t1"))
case("ordered groups mixed", two, "cfa", 2, o4, group.equal = c("loadings", "thresholds", "intercepts"), std.lv = TRUE)
case("ordered groups scales", paste0(one, "\nx1 | c(a1,a1)*t1 + c(a2,a2)*t2\nx1 ~*~ c(1,NA)*x1\nx1 ~ c(0,NA)*1"), "cfa", 2, o4)
case("ordered intercepts of a mixed model", paste0(two, "\nf ~ z\ny1 ~ z"), "sem", 1, c("x1", "x2"))
case("ordered groups scale named", paste0(one, "\nx1 ~*~ 1*x1\nx2 ~~ x2"), "cfa", 2, o4, group.equal = c("loadings", "thresholds"))
case("ordered groups latent mean named", paste0(one, "\nf ~ 0*1"), "cfa", 2, o4, group.equal = c("loadings", "thresholds"))
case("ordered groups binary", one, "cfa", 2, o4, cut = 2, group.equal = c("loadings", "thresholds"))
case("ordered order", "g =~ y1 + y2 + y3\nf =~ x3 + x2 + x1\nx3 | t2\ny1 | c1*t1", "cfa", 1, c("x1", "y1", "x3"), cut = 4)
case("ordered mean named", paste0(one, "\nx1 ~ 1\nx2 ~ NA*1"), "cfa", 1, o4)
case("ordered scale free", paste0(one, "\nx1 ~*~ x1\nx2 ~*~ NA*x2"), "cfa", 1, o4)
case("ordered groups scale free", paste0(one, "\nx1 ~*~ x1"), "cfa", 2, o4, group.equal = "thresholds")
case("ordered growth", "i =~ 1*t1 + 1*t2 + 1*t3\ns =~ 0*t1 + 1*t2 + 2*t3", "growth", 1, c("t1", "t2", "t3"))

run <- function(one) {
  set.seed(1)
  names <- lavNames(lavParseModelString(one$model), "ov")
  n <- 300
  data <- as.data.frame(matrix(rnorm(n * length(names)), n) + rnorm(n))
  colnames(data) <- names
  for (item in one$ordered) data[[item]] <- as.integer(cut(data[[item]], one$cut))
  args <- c(list(model = one$model, data = data, do.fit = FALSE), one$options)
  if (one$groups > 1) {
    data$grp <- rep(paste0("g", seq_len(one$groups)), length.out = n)
    args$data <- data; args$group <- "grp"
  }
  if (length(one$ordered)) {
    args$ordered <- one$ordered
    # tails of a cut could be empty in one group
    for (item in one$ordered) args$data[[item]] <- rep_len(seq_len(one$cut), n)[sample(n)]
  }
  fit <- suppressWarnings(do.call(one$fun, args))
  pt <- as.list(parTable(fit))
  pick <- c("lhs", "op", "rhs", "user", "group", "free", "exo", "ustart", "label")
  if (is.null(pt$group)) pt$group <- ifelse(pt$op %in% c(":=", "==", "<", ">"), 0, 1)
  pt$ustart[pt$exo == 1] <- NA
  # where all is conditional on x, lavaan marks the (free) slopes too
  pt$exo[pt$op == "~"] <- 0
  table <- as.data.frame(pt[pick], stringsAsFactors = FALSE)
  list(name = one$name, model = one$model, fun = one$fun, groups = one$groups, ordered = I(as.character(one$ordered)), cut = one$cut,
       options = sapply(names(one$options), simplify = FALSE,
                        function(name) if (grepl("^group", name)) I(one$options[[name]]) else one$options[[name]]),
       ov = I(lavNames(fit, "ov")), lv = I(lavNames(fit, "lv")),
       npar = as.integer(lavInspect(fit, "npar")),
       rows = apply(table, 1, function(row) paste(ifelse(is.na(row), "", trimws(row)), collapse = "|")))
}
out <- list()
for (one in cases) {
  got <- tryCatch(run(one), error = function(e) { message(one$name, ": ", conditionMessage(e)); NULL })
  if (!is.null(got)) out[[length(out) + 1]] <- got
}
# one case a line; the parameters' plabel is .p1., .p2., ... in the order of the rows
lines <- vapply(out, function(one) as.character(toJSON(one, auto_unbox = TRUE, digits = NA)), "")
lines <- gsub('"options":[]', '"options":{}', lines, fixed = TRUE)
writeLines(c("[", paste0(lines, c(rep(",", length(lines) - 1), "")), "]"), "tables.json")
