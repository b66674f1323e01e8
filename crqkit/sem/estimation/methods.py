"""The estimators by their usual names: what is minimised, which errors, which test."""

from dataclasses import dataclass, replace

from crqkit.base.problems import check_choice


@dataclass(frozen=True)
class Method:
    """One way to estimate.

    `fit` is what is minimised, `se` and `test` how errors and test are found, `information` which second derivatives
    they use; names of `se` and `test` are lavaan's. Under `likelihood` wishart, and for least squares, covariances have
    divisor n - 1 and a group counts as n - 1.
    """

    name: str
    fit: str  # normal, gls, wls, dwls, uls
    se: str = "standard"
    test: str = "standard"
    information: str = "expected"
    likelihood: str = "normal"


METHODS = {
    method.name: method
    for method in (
        Method("ML", "normal"),
        Method("MLM", "normal", "robust.sem", "satorra.bentler"),
        Method("MLMV", "normal", "robust.sem", "scaled.shifted"),
        Method("MLR", "normal", "robust.huber.white", "yuan.bentler.mplus", "observed"),
        Method("GLS", "gls", likelihood="wishart"),
        Method("WLS", "wls", likelihood="wishart"),
        Method("DWLS", "dwls", likelihood="wishart"),
        Method("ULS", "uls", likelihood="wishart"),
        Method("WLSM", "dwls", "robust.sem", "satorra.bentler", likelihood="wishart"),
        Method("WLSMV", "dwls", "robust.sem", "scaled.shifted", likelihood="wishart"),
        Method("ULSMV", "uls", "robust.sem", "scaled.shifted", likelihood="wishart"),
    )
}
ERRORS = ("standard", "robust.sem", "robust.huber.white", "bootstrap", "none")


def choose(
    estimator: str,
    *,
    se: str | None = None,
    information: str | None = None,
    likelihood: str | None = None,
    holes: bool = False,
) -> Method:
    """Return the method called `estimator`; `holes` says that answers are missing and full information is used.

    >>> choose("MLR").test
    'yuan.bentler.mplus'
    """
    check_choice("estimator", estimator, list(METHODS))
    method = METHODS[estimator]
    if likelihood is not None and method.fit == "normal":
        check_choice("likelihood", likelihood, ["normal", "wishart"])
        method = replace(method, likelihood=likelihood)
    if holes and method.se == "standard":
        method = replace(method, information="observed")
    if se is not None:
        check_choice("se", se, ERRORS)
        method = replace(method, se=se)
    if information is not None:
        check_choice("information", information, ["expected", "observed"])
        method = replace(method, information=information)
    return method
