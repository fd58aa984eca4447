"""What is timed: a function that does one training step, or one inference, and returns the numbers both sides must agree on."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

import formula
from losses import Losses, losses
from model import Config, Network

Work = Callable[[], list[float]]
SALT = 'bench'


@dataclass(frozen=True)
class Job:
    task: str
    settings: dict[str, Any]
    clips: int
    precision: str
    features: frozenset[str]

    @staticmethod
    def of(message: dict[str, Any]) -> Job:
        return Job(message['task'], message['config'], message['clips'], message['precision'], frozenset(message['mode'].split('+')))


def make(job: Job) -> Work:
    config = Config.of(job.settings)
    network, clips = Network(config), formula.images(SALT, job.clips, config.frames, config.image_size)
    formula.weights(network, SALT)
    if 'channels_last' in job.features:
        network = network.to(memory_format=torch.channels_last)
        clips = clips.permute(0, 1, 3, 4, 2).contiguous().permute(0, 1, 4, 2, 3)  # so that frames are channels last without a copy
    return step(job, network, clips) if job.task == 'step' else inference(job, network, clips)


def autocast(job: Job) -> torch.autocast:
    return torch.autocast('cpu', torch.bfloat16, enabled=job.precision == 'bf16')


def optimizer(network: Network, settings: dict[str, Any]) -> torch.optim.Optimizer:
    """Fused: one pass over all parameters. Parameters without a gradient are left alone."""
    rate, decay = settings['learningRate'], settings['weightDecay']
    if settings['optimizer'] == 'adamw':
        return torch.optim.AdamW(network.parameters(), lr=rate, weight_decay=decay, fused=True)
    return torch.optim.SGD(network.parameters(), lr=rate, momentum=settings['momentum'], weight_decay=decay, fused=True)


def step(job: Job, network: Network, clips: Tensor) -> Work:
    settings, labels = job.settings, torch.arange(job.clips) % job.settings['numClasses']
    network.train()
    optimize = optimizer(network, settings)

    def forward(clips: Tensor, labels: Tensor) -> Losses:
        return losses(network(clips), labels, settings['auxWeight'], settings['lambda'])

    compiled = torch.compile(forward) if 'compile' in job.features else forward

    def work() -> list[float]:
        optimize.zero_grad(set_to_none=True)
        with autocast(job):
            terms = compiled(clips, labels)
        terms.total.backward()
        optimize.step()
        return [terms.total.item()]

    return work


def inference(job: Job, network: Network, clips: Tensor) -> Work:
    network.eval()

    def forward(clips: Tensor) -> Tensor:
        return network(clips).logits

    if 'compile' in job.features:
        import torch._inductor.config as inductor
        inductor.freezing = True  # weights become constants: batch norm is folded into them, they are packed and cast once
        compiled = torch.compile(forward)
    else:
        compiled = forward

    def work() -> list[float]:
        with torch.inference_mode(), autocast(job):
            return [float(x) for x in compiled(clips).flatten().tolist()]

    return work
