# Exploratory factor analysis by psych and GPArotation: second source of crqkit.sem.efa.
# Run in this folder: Rscript efa.R      Writes efa.json. R 4.2.2, psych 2.2.9, GPArotation 2022.10.2, lavaan 0.6-14.
suppressMessages({library(psych); library(GPArotation); library(lavaan); library(jsonlite)})

plain <- function(x) unname(unclass(as.matrix(x)))
of_psych <- function(f) list(
  loadings = plain(f$loadings), phi = if (is.null(f$Phi)) NULL else plain(f$Phi), uniqueness = unname(f$uniquenesses),
  complexity = unname(f$complexity), variance = unname(f$Vaccounted[1, ]), df = f$dof, rmsr = f$rms)
of_gpa <- function(o) list(loadings = plain(o$loadings), phi = plain(o$Phi))
of_omega <- function(o) list(
  omega_total = o$omega.tot, omega_h = o$omega_h, alpha = o$alpha, g = unname(o$schmid$sl[, 1]),
  sl = plain(o$schmid$sl[, 1:(ncol(o$schmid$oblique) + 1)]), group = plain(o$omega.group))

case <- function(R, factors, n, tight = TRUE) {
  none <- fa(R, factors, n.obs = n, fm = "minres", rotate = "none")
  A <- plain(none$loadings)
  v <- stats::varimax(A, eps = 1e-14)
  p <- stats::promax(plain(v$loadings), m = 4)
  U <- v$rotmat %*% p$rotmat
  list(R = plain(R), n = n, factors = factors, none = of_psych(none),
    psych_oblimin = of_psych(fa(R, factors, n.obs = n, rotate = "oblimin")),
    psych_varimax = of_psych(fa(R, factors, n.obs = n, rotate = "varimax")),
    oblimin = of_gpa(oblimin(A, eps = 1e-7, maxit = 20000)),
    oblimin_kaiser = of_gpa(oblimin(A, normalize = TRUE, eps = 1e-7, maxit = 20000)),
    varimax = list(loadings = plain(v$loadings)), varimax_raw = list(loadings = plain(stats::varimax(A, normalize = FALSE, eps = 1e-14)$loadings)),
    promax = list(loadings = plain(p$loadings), phi = solve(t(U) %*% U)),
    map = vss(R, n = min(8, ncol(R) - 1), n.obs = n, rotate = "none", plot = FALSE)$map,
    eigenvalues = eigen(R)$values)
}

holz <- HolzingerSwineford1939[, paste0("x", 1:9)]
turned <- transform(holz, x2 = -x2, x8 = -x8)
noise <- local({set.seed(20240); matrix(rnorm(200 * 8), 200)})
set.seed(1); chance <- fa.parallel(holz, fa = "pc", n.iter = 2000, quant = .95, plot = FALSE, sim = TRUE)
out <- list(
  holz = case(cor(holz), 3, 301), harman = case(Harman74.cor$cov, 4, 145), holz2 = case(cor(holz), 2, 301),
  noise = list(R = cor(noise), n = 200, map = vss(cor(noise), n = 7, n.obs = 200, rotate = "none", plot = FALSE)$map),
  parallel = list(mean = unname(colMeans(chance$values[, grep("^Csim", colnames(chance$values))])),
                  simulated = unname(chance$pc.sim), count = chance$ncomp),
  omega = of_omega(omega(holz, 3, plot = FALSE)), omega2 = of_omega(omega(holz, 2, plot = FALSE)),
  omega_turned = of_omega(omega(turned, 3, plot = FALSE)),
  omega_harman = of_omega(omega(Harman74.cor$cov, 4, n.obs = 145, plot = FALSE)))
write_json(out, "efa.json", digits = 9, auto_unbox = TRUE, null = "null")
