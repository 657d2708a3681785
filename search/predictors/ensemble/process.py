"""A Gaussian process over groups of features (Rasmussen and Williams 2006, chapters 2 and 5).

The kernel is Matérn's of smoothness 5/2. Its distance is a sum over groups of features, each with a length of its own:
what tells nothing gets a great length and does not count. Lengths, variance and noise are those of the greatest
posterior density, under log-normal priors that are the same for all targets, which are scores of variance 1.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Matrix = NDArray[np.float64]

STEPS = 25

#: Of the logarithms of variance, squared lengths (a number of groups times) and noise: mean and standard deviation.
PRIOR_VARIANCE, PRIOR_LENGTH, PRIOR_NOISE = (0.0, 1.0), (0.7, 1.5), (-1.9, 1.5)


class Process:
    """A fitted process. `theta` are the logarithms of variance, of the squared length of each group, and of noise."""

    def __init__(self, groups: Sequence[str], theta: Matrix, rows: Matrix, scores: Matrix) -> None:
        import numpy as np
        from scipy.linalg import cholesky, solve_triangular

        self.groups, self.theta, self.rows, self.scores = list(groups), theta, rows, scores
        names, place = np.unique(self.groups, return_inverse=True)
        widths = np.bincount(place, minlength=len(names))
        self._weights = 1 / np.sqrt(np.exp(theta[1:-1])[place] * widths[place])
        self._known = rows * self._weights
        self._squares = (self._known**2).sum(axis=1)
        kernel = self._kernel(self._known)
        kernel[np.diag_indices_from(kernel)] += np.exp(theta[-1])
        self._factor = cholesky(kernel, lower=True, overwrite_a=True, check_finite=False)
        self._inner = solve_triangular(self._factor, scores, lower=True, check_finite=False)
        self._alpha = solve_triangular(self._factor, self._inner, lower=True, trans="T", check_finite=False)

    @classmethod
    def of(cls, groups: Sequence[str], rows: Matrix, scores: Matrix) -> Process:
        """The process of greatest posterior density for these. Time grows with the cube of their number."""
        return cls(groups, _sought(groups, rows, scores), rows, scores)

    def predict(self, rows: Matrix) -> tuple[Matrix, Matrix]:
        """Mean and standard deviation of a measured score, noise included."""
        import numpy as np
        from scipy.linalg import solve_triangular

        kernel = self._kernel(rows * self._weights)
        explained = solve_triangular(self._factor, kernel.T, lower=True, check_finite=False)
        variance = np.exp(self.theta[0]) + np.exp(self.theta[-1]) - (explained**2).sum(axis=0)
        return kernel @ self._alpha, np.sqrt(np.maximum(variance, 1e-12))

    def left_out(self, kin: Iterable[object] = ()) -> tuple[Matrix, Matrix]:
        """For each network what the process would say had it not seen it: mean and standard deviation.

        With it are left out those of the same `kin`, where that is told, one for each network (Rasmussen and Williams
        2006, 5.4.2, for blocks).
        """
        import numpy as np
        from scipy.linalg import solve_triangular

        inverse = solve_triangular(self._factor, np.eye(len(self.rows)), lower=True, check_finite=False)
        precision = (inverse**2).sum(axis=0)
        mean, variance = self.scores - self._alpha / precision, 1 / precision
        places: dict[object, list[int]] = {}
        for place, each in enumerate(kin):
            places.setdefault(each, []).append(place)
        for block in places.values():
            if len(block) > 1:
                covariance = np.linalg.inv(inverse[:, block].T @ inverse[:, block])
                mean[block] = self.scores[block] - covariance @ self._alpha[block]
                variance[block] = np.diag(covariance)
        return mean, np.sqrt(variance)

    def _kernel(self, rows: Matrix) -> Matrix:
        import numpy as np

        squares = (rows**2).sum(axis=1)[:, None] + self._squares[None] - 2 * rows @ self._known.T
        return np.asarray(np.exp(self.theta[0]) * _matern(np.maximum(squares, 0))[0])


def _matern(squares: Matrix) -> tuple[Matrix, Matrix]:
    """The correlation at a squared distance, and its derivative by that."""
    import numpy as np

    far = np.sqrt(5 * squares)
    decay = np.exp(-far)
    return (1 + far + far**2 / 3) * decay, -5 / 6 * (1 + far) * decay


def _sought(groups: Sequence[str], rows: Matrix, scores: Matrix) -> Matrix:
    """The parameters of greatest posterior density."""
    import numpy as np
    from scipy.linalg import cho_solve, cholesky
    from scipy.optimize import minimize

    names, place = np.unique(groups, return_inverse=True)
    distances = []
    for group in range(len(names)):
        part = rows[:, place == group] / np.sqrt((place == group).sum())
        squares = (part**2).sum(axis=1)
        distances.append(np.maximum(squares[:, None] + squares[None] - 2 * part @ part.T, 0))
    apart = np.array(distances)
    count, size = len(names), len(rows)
    length = (PRIOR_LENGTH[0] + np.log(max(count, 1)), PRIOR_LENGTH[1])
    prior = np.array([PRIOR_VARIANCE, *[length] * count, PRIOR_NOISE])
    unit = np.eye(size)

    def loss(theta: Matrix) -> tuple[float, Matrix]:
        variance, noise = np.exp(theta[0]), np.exp(theta[-1])
        near, slope = _matern(np.tensordot(np.exp(-theta[1:-1]), apart, 1))
        factor = cholesky(variance * near + noise * unit, lower=True, check_finite=False)
        inverse = cho_solve((factor, True), unit, check_finite=False)
        alpha = inverse @ scores
        outer = inverse - np.outer(alpha, alpha)
        off = (theta - prior[:, 0]) / prior[:, 1]
        by = off / prior[:, 1]
        by[0] += 0.5 * variance * (outer * near).sum()
        slope *= outer
        by[1:-1] += -0.5 * variance * np.exp(-theta[1:-1]) * np.tensordot(apart, slope, 2)
        by[-1] += 0.5 * noise * np.trace(outer)
        return float(0.5 * scores @ alpha + np.log(np.diag(factor)).sum() + 0.5 * off @ off), by

    bounds = [(mean - 6, mean + 6) for mean, _ in prior]
    return np.asarray(
        minimize(loss, prior[:, 0], jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": STEPS}).x
    )
