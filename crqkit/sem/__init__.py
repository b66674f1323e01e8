"""Constructs and their relations: structural equation models that can be published.

`fit` is the one call for a model; what is asked before it (how many factors, is a scale reliable, how many persons)
and around it (rival models, simulation) stands beside it.
"""

from crqkit.sem.assessment.compare import compare
from crqkit.sem.assessment.equivalents import equivalent_models
from crqkit.sem.assessment.sensitivity import confounding
from crqkit.sem.data.sample import Moments, moments
from crqkit.sem.estimation.bootstrap import bootstrap
from crqkit.sem.fit import fit
from crqkit.sem.fitted import Fit
from crqkit.sem.language.table import parameter_table
from crqkit.sem.planning.power import power_from_ncp, rmsea_nested_power, rmsea_power, rmsea_sample_size
from crqkit.sem.planning.satorra_saris import satorra_saris
from crqkit.sem.planning.simulate import simulate
from crqkit.sem.scales.alpha import alpha
from crqkit.sem.scales.efa import efa, factor_count, omega_efa
from crqkit.sem.scales.htmt import htmt
from crqkit.sem.scales.reliability import reliability
from crqkit.stats.polychorics import polychoric

__all__ = [
    "Fit",
    "Moments",
    "alpha",
    "bootstrap",
    "compare",
    "confounding",
    "efa",
    "equivalent_models",
    "factor_count",
    "fit",
    "htmt",
    "moments",
    "omega_efa",
    "parameter_table",
    "polychoric",
    "power_from_ncp",
    "reliability",
    "rmsea_nested_power",
    "rmsea_power",
    "rmsea_sample_size",
    "satorra_saris",
    "simulate",
]
