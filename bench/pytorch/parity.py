"""Checks the peer against a parity file: python bench/pytorch/parity.py test/fixtures/parity.json

The same numbers, formulas and bounds as `ial parity` (src/experiments/parity.ts). Exit 1 beyond tolerance.
"""
from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Callable
from typing import Any

warnings.filterwarnings('ignore', 'Failed to initialize NumPy')  # which nothing here needs; said while torch is imported

import torch
from torch import Tensor

import formula
from comparison import TOLERANCES, Comparison
from losses import Losses, losses
from model import Config, Network, Output

PAPER = Config(width=(64, 128, 256), image_size=112, frames=16, classes=7, reduction=16, static_mlp=256, temporal_mlp=512)

PROBES = ('conv1', 'maxpool', 'layer1', 'layer2', 'layer3', 'patch_embedding', 'pos_transformer', 'layer4', 'temporal_transformer')


def compare_eval(comparison: Comparison, kind: str, at: str, network: Network, images: Tensor, expected: Any) -> None:
    network.eval()
    with torch.no_grad():
        output = network(images)
    wanted = {'logits': expected} if isinstance(expected, list) else expected
    for key, tensor in {'logits': output.logits, 'auxLayer2': output.auxiliary2, 'auxLayer3': output.auxiliary3}.items():
        if key in wanted:
            comparison.numbers(kind, f'{at}.{key}', tensor, wanted[key])


def compare_activations(comparison: Comparison, network: Network, images: Tensor, expected: dict[str, Any]) -> None:
    """What the parts put out while training; the running statistics are put back."""
    kept: dict[str, Tensor] = {}

    def keep(name: str) -> Callable[..., None]:
        return lambda _module, _inputs, value: kept.update({name: value[0] if isinstance(value, tuple) else value})

    hooks = [network.s_former.get_submodule(name).register_forward_hook(keep(name)) for name in PROBES]
    before = {name: tensor.clone() for name, tensor in network.named_buffers()}
    network.train()
    with torch.no_grad():
        kept['features'] = network(images).features
        for name, tensor in network.named_buffers():
            tensor.copy_(before[name])
    for hook in hooks:
        hook.remove()
    comparison.summaries('activation', 'trainForward', kept, {**expected['activations'], 'features': expected['features']})


def compare_steps(comparison: Comparison, network: Network, images: Tensor, file: dict[str, Any]) -> None:
    labels = torch.tensor(file['labels'])
    optimizer = torch.optim.SGD(network.parameters(), lr=file['lr'], momentum=file['momentum'], weight_decay=file['weightDecay'], fused=True)
    network.train()
    for i, expected in enumerate(file['steps']):
        optimizer.zero_grad(set_to_none=True)
        output = network(images)
        terms = losses(output, labels, file['auxWeight'], file['lambda'])
        terms.total.backward()
        compare_losses(comparison, i, output, terms, expected)
        if i == 0:
            comparison.numbers('exact', 'trainForward.logits', output.logits, file['trainForward']['logits'])
        compare_gradients(comparison, f'steps.{i}', network, expected)
        optimizer.step()
        compare_state(comparison, f'steps.{i}', network, expected)


def compare_losses(comparison: Comparison, i: int, output: Output, terms: Losses, expected: dict[str, Any]) -> None:
    kind = 'exact' if i == 0 else 'trained'
    for name, term in zip(('loss', 'crossEntropy', 'auxLayer2', 'intensityAware'), terms, strict=True):
        comparison.numbers(kind, f'steps.{i}.{name}', term, expected[name])
    comparison.numbers(kind, f'steps.{i}.logits', output.logits, expected['logits'])


def compare_gradients(comparison: Comparison, at: str, network: Network, expected: dict[str, Any]) -> None:
    if 'gradients' not in expected:
        return
    gradients = {name: p.grad for name, p in network.named_parameters() if p.grad is not None}
    ours = {name: gradient for name, gradient in gradients.items() if name in expected['gradients'] or gradient.any()}
    comparison.summaries('gradient', f'{at}.gradients', ours, expected['gradients'])


def compare_state(comparison: Comparison, at: str, network: Network, expected: dict[str, Any]) -> None:
    if 'parametersAfter' in expected:
        comparison.summaries('parameter', f'{at}.parametersAfter', dict(network.named_parameters()), expected['parametersAfter'])
    if 'buffersAfter' in expected:
        statistics = {name: b for name, b in network.named_buffers() if not name.endswith('num_batches_tracked')}
        comparison.summaries('buffer', f'{at}.buffersAfter', statistics, expected['buffersAfter'])


def check(file: dict[str, Any]) -> Comparison:
    comparison, network = Comparison(), Network(PAPER)
    formula.weights(network, file['salt'])
    images = formula.images(file['salt'], file['batch'], PAPER.frames, PAPER.image_size)
    compare_eval(comparison, 'exact', 'eval', network, images, file['eval'])
    compare_activations(comparison, network, images, file['trainForward'])
    compare_steps(comparison, network, images, file)
    if file.get('evalAfter3'):
        compare_eval(comparison, 'trained', 'evalAfter3', network, images, file['evalAfter3'])
    return comparison


def print_report(path: str, comparison: Comparison) -> bool:
    worst, failures = comparison.report()
    print(f'{"numbers":<20}{"worst error":>12}{"allowed":>10}  where')
    for kind, (error, at) in worst.items():
        print(f'{kind:<20}{error:>12.2e}{TOLERANCES[kind]:>10.0e}  {at}')
    for failure in failures:
        print(failure)
    print(f'{path}: {len(failures)} numbers are beyond tolerance or do not fit this network' if failures
          else f'{path}: PyTorch {torch.__version__} computes these {comparison.compared} numbers within tolerance')
    return not failures


def main(path: str) -> int:
    with open(path, encoding='utf8') as text:
        file = json.load(text)
    return 0 if print_report(path, check(file)) else 1


if __name__ == '__main__':
    if len(sys.argv) != 2:
        sys.exit('usage: python bench/pytorch/parity.py FILE.json')
    sys.exit(main(sys.argv[1]))
