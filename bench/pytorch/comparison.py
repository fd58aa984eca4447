"""Relative errors against a reference and the bounds they must keep: src/experiments/comparison.ts, number for number."""
from __future__ import annotations

import math
from collections import defaultdict
from typing import Any, NamedTuple

import torch
from torch import Tensor

TOLERANCES = {
    'exact': 1e-5, 'activation': 1e-5, 'trained': 1e-3,
    'gradientNormMedian': 1e-3, 'gradientNorm': 1e-2, 'gradientSample': 3e-2,
    'parameter': 1e-4, 'parameterSample': 1e-3, 'buffer': 1e-3,
}


class Finding(NamedTuple):
    error: float
    at: str


def relative_error(ours: Tensor, reference: Tensor, scale: float | None = None) -> float:
    """|a - b| / max |b|; a difference from a reference of zeros counts absolutely; NaN counts as infinite."""
    by = scale if scale is not None else reference.abs().max().item() or 1
    error = ((ours - reference).abs().max() / by).item()
    return math.inf if math.isnan(error) else error


class Comparison:
    def __init__(self) -> None:
        self.findings: dict[str, list[Finding]] = defaultdict(list)
        self.failures: list[str] = []
        self.compared = 0

    def numbers(self, kind: str, at: str, ours: Tensor, reference: Any) -> None:
        """All numbers of a small tensor."""
        a, b = ours.detach().double().flatten(), torch.tensor(reference, dtype=torch.float64).flatten()
        self.compared += b.numel()
        if a.numel() != b.numel():
            self.failures.append(f'{at}: {b.numel()} numbers in the file, {a.numel()} here')
        else:
            self.findings[kind].append(Finding(relative_error(a, b), at))

    def summaries(self, kind: str, at: str, ours: dict[str, Tensor], reference: dict[str, Any]) -> None:
        """Many summarised tensors: the names must be the same on both sides."""
        self.failures += [f'{at}: "{name}" is missing in the file' for name in ours if name not in reference]
        for name, summary in reference.items():
            if name not in ours:
                self.failures.append(f'{at}: "{name}" is in the file and not in the network')
            elif list(ours[name].shape) != summary['shape']:
                self.failures.append(f'{at}: "{name}" is {summary["shape"]} in the file, {list(ours[name].shape)} here')
            else:
                self.summary(kind, f'{at}.{name}', ours[name].detach().double().flatten(), summary)

    def summary(self, kind: str, at: str, values: Tensor, summary: dict[str, Any]) -> None:
        samples, norm = torch.tensor(summary['samples'], dtype=torch.float64), torch.tensor([summary['norm']], dtype=torch.float64)
        mine = values[torch.arange(len(samples)) * summary['stride']]
        # the largest number of the whole tensor: the file keeps only its samples, so ours stands in, never above the file's norm
        scale = min(values.abs().max().item(), summary['norm']) or 1
        mean_error = abs(values.sum().item() - summary['sum']) / values.numel() / scale
        self.compared += 2 + len(samples)
        my_norm = values.norm().reshape(1)
        norm_error, sample_error = relative_error(my_norm, norm), max(relative_error(mine, samples, scale), mean_error)
        if kind == 'gradient':
            self.findings['gradientNorm'].append(Finding(norm_error, f'{at} (norm)'))
            self.findings['gradientSample'].append(Finding(sample_error, f'{at} (samples, mean)'))
        elif kind == 'parameter':
            error = relative_error(torch.cat([my_norm, mine]), torch.cat([norm, samples]))
            self.findings['parameter'].append(Finding(error, f'{at} (norm, samples)'))
            self.findings['parameterSample'].append(Finding(sample_error, f'{at} (samples, mean)'))
        else:
            self.findings[kind].append(Finding(max(norm_error, sample_error), at))

    def report(self) -> tuple[dict[str, Finding], list[str]]:
        """The worst of each kind, and one line for each thing that is wrong."""
        norms = sorted(finding.error for finding in self.findings['gradientNorm'])
        if norms:
            self.findings['gradientNormMedian'] = [Finding(norms[(len(norms) - 1) // 2], f'median of {len(norms)} tensors')]
        worst = {kind: max(self.findings[kind], default=Finding(0, 'nothing compared')) for kind in TOLERANCES}
        beyond = [f'{at}: relative error {error:.2e}, at most {bound:g} allowed'
                  for kind, bound in TOLERANCES.items() for error, at in self.findings[kind] if not error <= bound]
        return worst, self.failures + beyond
