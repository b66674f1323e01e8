# Alpha by psych, heterotrait-monotrait ratios and power by semTools: second sources of crqkit.sem.
# Run in this folder: Rscript alpha_htmt_power.R      Writes alpha.json, htmt.json, power.json.
# R 4.2.2, psych 2.2.9, semTools 0.5-6, lavaan 0.6-14.
suppressMessages({library(psych); library(semTools); library(lavaan); library(jsonlite)})
save <- function(x, file) write_json(x, file, digits = 9, auto_unbox = TRUE, na = "null")
plain <- function(x) unname(unclass(as.matrix(x)))

# Alpha -------------------------------------------------------------------------------------------------------------
of_alpha <- function(d) {
  a <- suppressWarnings(psych::alpha(d, na.rm = TRUE, use = "complete.obs"))
  keys <- suppressWarnings(psych::alpha(d, check.keys = TRUE))$keys
  feldt <- unlist(a$feldt[c("lower.ci", "alpha", "upper.ci")])
  list(alpha = a$total$raw_alpha, std = a$total$std.alpha, low = unname(feldt[1]), high = unname(feldt[3]),
    rest = a$item.stats$r.drop, dropped = a$alpha.drop$raw_alpha, keys = unlist(keys))
}
holz <- HolzingerSwineford1939[, paste0("x", 1:9)]
bfi300 <- na.omit(psych::bfi[1:320, 1:5])[1:300, ]
set.seed(7)
binary <- as.data.frame(+(matrix(rnorm(250 * 6), 250) + rnorm(250) > .3))
poly <- polychoric(bfi300, correct = 0)$rho
save(list(textual = of_alpha(holz[, 4:6]), visual = of_alpha(holz[, 1:3]), all = of_alpha(holz),
  bfi = c(of_alpha(bfi300), list(data = plain(bfi300), poly = plain(poly),
          ordinal = psych::alpha(poly, check.keys = FALSE, warnings = FALSE)$total$std.alpha)),
  binary = c(of_alpha(binary), list(data = plain(binary)))), "alpha.json")

# Heterotrait-monotrait ratios ---------------------------------------------------------------------------------------
model <- "visual =~ x1 + x2 + x3
textual =~ x4 + x5 + x6
speed =~ x7 + x8 + x9"
of_htmt <- function(d, ...) list(htmt2 = plain(htmt(model, d, htmt2 = TRUE, ...)),
                                 htmt = plain(htmt(model, d, htmt2 = FALSE, ...)))
turned <- transform(holz, x5 = -x5)
holes <- holz; holes[cbind(seq(1, 300, 7), rep_len(1:9, 43))] <- NA
save(list(holz = of_htmt(holz), signed = of_htmt(holz, absolute = FALSE), turned = of_htmt(turned),
  listwise = of_htmt(holes, missing = "listwise"),
  # semTools scales pairwise covariances by the variances of all who answered one item; here, of those who answered both.
  pairwise = of_htmt(NULL, sample.cov = cor(holes, use = "pairwise"))), "htmt.json")

# Power ---------------------------------------------------------------------------------------------------------------
grid <- expand.grid(rmsea0 = c(0, .05, .08), rmseaA = c(.01, .06, .10), df = c(5, 50), n = c(80, 400), group = c(1, 3))
grid <- subset(grid, rmsea0 != rmseaA)
grid$power <- mapply(findRMSEApower, grid$rmsea0, grid$rmseaA, grid$df, grid$n, .05, grid$group)
sizes <- data.frame(rmsea0 = c(.05, .05, .05, 0, .05), rmseaA = c(.08, .08, .01, .05, .10), df = c(100, 24, 24, 50, 5),
                    power = c(.8, .9, .8, .8, .95), group = c(1, 1, 1, 1, 2))
sizes$n <- mapply(findRMSEAsamplesize, sizes$rmsea0, sizes$rmseaA, sizes$df, sizes$power, .05, sizes$group)
nested <- data.frame(rmsea0A = c(.06, 0, .05), rmsea0B = c(.05, 0, .04), rmsea1A = c(.08, .06, .07),
                     rmsea1B = c(.05, .05, .05), dfA = c(22, 22, 40), dfB = c(20, 20, 35), n = c(200, 200, 500))
nested$power <- mapply(function(...) findRMSEApowernested(...), nested$rmsea0A, nested$rmsea0B, nested$rmsea1A,
                       nested$rmsea1B, nested$dfA, nested$dfB, nested$n)
nested$n80 <- mapply(function(a, b, c, d, e, f) findRMSEAsamplesizenested(a, b, c, d, e, f, power = .8), nested$rmsea0A, nested$rmsea0B,
                     nested$rmsea1A, nested$rmsea1B, nested$dfA, nested$dfB)
ncp <- data.frame(ncp = c(1, 5, 10, 20), df = c(1, 2, 5, 50))
ncp$power <- pchisq(qchisq(.95, ncp$df), ncp$df, ncp$ncp, lower.tail = FALSE)
save(list(close = grid, sizes = sizes, nested = nested, ncp = ncp), "power.json")
