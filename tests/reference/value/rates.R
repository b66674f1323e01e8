# Exact intervals for counts, and the scatter of a quasi-Poisson model, as quoted in tests/stats/test_rates.py and
# tests/value/test_acquisition.py, test_keeping.py, test_referrals.py. Base R only: Rscript tests/reference/value/rates.R
options(digits = 10)
for (count in c(0, 1, 10, 17, 20, 24, 40)) {
  limits <- poisson.test(count)$conf.int[1:2]
  cat(sprintf("%d: %.8f to %.8f\n", count, limits[1], limits[2]))
}
cat("400 for 20 new customers:", 400 / rev(poisson.test(20)$conf.int[1:2]), "\n")
cat("120 for 24 new customers:", 120 / rev(poisson.test(24)$conf.int[1:2]), "\n")
cat("scatter of 2, 4, 9:", summary(glm(c(2, 4, 9) ~ 1, family = quasipoisson))$dispersion, "\n")
