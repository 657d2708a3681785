"""Solving one window: kernel, strides and padding that take an image to a wanted size.

Rule 2 of the language page: a free stride takes the reduction, with kernel 1 and `same` padding where a stride alone
reaches the size (the projection of ResNet), else with the smallest kernel that does.
"""

from __future__ import annotations

from typing import NamedTuple

from cnngen.language.resolve.shapes import Pair, transposed_size, window_size

#: The sizes that are wanted along one direction: from the first to the last.
Interval = tuple[int, int]


class Window(NamedTuple):
    """A windowed layer's hyper-parameters. None stands for a free one; `kernel` is a pooling's `pool_size`."""

    kernel: Pair | None
    strides: Pair | None
    padding: str | None
    transposed: bool = False
    square_strides: bool = False

    def filled(self, kernel: Pair, strides: Pair, padding: str) -> Window:
        """The same layer with these values where it is free."""
        return Window(
            self.kernel or kernel,
            self.strides or strides,
            self.padding or padding,
            self.transposed,
            self.square_strides,
        )

    def output(self, size: Pair) -> Pair:
        """Output size of a layer that has no free value; a side is 0 where no window fits."""
        assert self.kernel and self.strides and self.padding
        extent = transposed_size if self.transposed else window_size
        return (
            extent(size[0], self.kernel[0], self.strides[0], self.padding),
            extent(size[1], self.kernel[1], self.strides[1], self.padding),
        )

    def inputs(self, wanted: tuple[Interval, Interval]) -> tuple[Interval, Interval]:
        """The input sizes that this layer, without free values, takes to the wanted ones. May be empty."""
        return self._input(wanted[0], 0), self._input(wanted[1], 1)

    def _input(self, wanted: Interval, axis: int) -> Interval:
        assert self.kernel and self.strides
        (low, high), kernel, stride = wanted, self.kernel[axis], self.strides[axis]
        if self.transposed:
            more = max(kernel - stride, 0) if self.padding == "valid" else 0
            return -(-(low - more) // stride), (high - more) // stride
        if self.padding == "same":
            return (low - 1) * stride + 1, high * stride
        return (low - 1) * stride + kernel, high * stride + kernel - 1


def solve_window(window: Window, size: Pair, wanted: tuple[Interval, Interval], usual_kernel: Pair) -> Window | None:
    """Fill the free values of a window so that its output lies in the wanted intervals; None if nothing does."""
    for padding in (window.padding,) if window.padding else ("same", "valid"):
        axes = [_solve_axis(window, axis, padding, size[axis], wanted[axis], usual_kernel[axis]) for axis in (0, 1)]
        first, second = axes
        if first is None or second is None:
            continue
        strides, kernel = (first[0], second[0]), (first[1], second[1])
        if window.square_strides and strides[0] != strides[1]:
            continue
        if window.kernel is None and padding == "same" and strides != (1, 1):
            kernel = (1, 1) if not window.transposed else kernel
        return window._replace(kernel=kernel, strides=strides, padding=padding)
    return None


def _solve_axis(
    window: Window, axis: int, padding: str, size: int, wanted: Interval, usual: int
) -> tuple[int, int] | None:
    """Stride and kernel along one direction."""
    low, high = wanted
    if size < 1 or high < 1 or low > high:
        return None
    kernel = window.kernel[axis] if window.kernel else None
    stride = window.strides[axis] if window.strides else None
    if window.transposed:
        return _solve_transposed(kernel, stride, padding, size, low, high, usual)
    if padding == "same":
        stride = stride or -(-size // high)
        kernel = kernel or usual
    elif kernel is None:
        if stride is None:
            most = min(high, size)
            stride = (size - 1) // (most - 1) if most > 1 else size
        kernel = max(1, size - high * stride + 1)
    elif stride is None:
        stride = max(0, size - kernel) // high + 1
    return (stride, kernel) if low <= window_size(size, kernel, stride, padding) <= high else None


def _solve_transposed(
    kernel: int | None, stride: int | None, padding: str, size: int, low: int, high: int, usual: int
) -> tuple[int, int] | None:
    if stride is None:
        # With a fixed kernel the padding may take up a part of the size, so a smaller stride can be the answer.
        for smaller in range(high // size, 0, -1):
            solved = _solve_transposed(kernel, smaller, padding, size, low, high, usual)
            if solved:
                return solved
        return None
    if kernel is None:
        rest = high - size * stride
        kernel = stride + rest if padding == "valid" and rest > 0 else usual if padding == "same" else stride
    return (stride, kernel) if low <= transposed_size(size, kernel, stride, padding) <= high else None
