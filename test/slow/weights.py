"""What PyTorch makes of our exports, and checkpoints that it writes for us to read. Run by pytorch.test.ts.

    weights.py load FILE.safetensors        prints the logits of the formula's clip
    weights.py save CONFIG.json FOLDER      writes NAME.pth in every way that torch.save knows, prints the logits by name
"""
from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor, nn

from formula import images, weights
from model import Config, Network

SALT = 'weights'
DTYPES = {'F32': torch.float32, 'F16': torch.float16, 'I64': torch.int64}


def read_safetensors(file: Path) -> tuple[dict[str, Tensor], dict[str, str]]:
    """The format in ten lines, independent of ours: the length of the header, the header, the numbers."""
    data = file.read_bytes()
    start = 8 + int.from_bytes(data[:8], 'little')
    header = json.loads(data[8:start])
    metadata = header.pop('__metadata__')
    tensors = {}
    for name, entry in header.items():
        begin, end = entry['data_offsets']
        tensors[name] = torch.frombuffer(bytearray(data[start + begin:start + end]), dtype=DTYPES[entry['dtype']]).reshape(entry['shape'])
    return tensors, metadata


def logits(network: nn.Module, config: Config) -> list[float]:
    with torch.inference_mode():
        return network.eval()(images(SALT, 1, config.frames, config.image_size)).logits[0].tolist()


def load(file: Path) -> None:
    tensors, metadata = read_safetensors(file)
    config = Config.of(json.loads(metadata['experiment']))
    network = Network(config)
    network.load_state_dict(tensors, strict=True)  # the same names, none missing, none too many
    print(json.dumps(logits(network, config)))


def double(network: nn.Module) -> nn.Module:
    return network.double()


WAYS: dict[str, tuple[Callable[[nn.Module], nn.Module], dict[str, object]]] = {
    'zip': (nn.Module.float, {}),
    'stream': (nn.Module.float, {'_use_new_zipfile_serialization': False}),
    **{f'protocol{protocol}': (nn.Module.float, {'pickle_protocol': protocol}) for protocol in (3, 4, 5)},
    'stream4': (nn.Module.float, {'_use_new_zipfile_serialization': False, 'pickle_protocol': 4}),
    'half': (nn.Module.half, {}),
    'bfloat16': (nn.Module.bfloat16, {'_use_new_zipfile_serialization': False}),
    'double': (double, {}),
}


def save(settings: Path, folder: Path) -> None:
    config = Config.of(json.loads(settings.read_text()))
    found = {}
    for name, (cast, options) in WAYS.items():
        network = Network(config)
        weights(network, SALT)
        optimizer = torch.optim.AdamW(network.parameters())
        sum(parameter.sum() for parameter in network.parameters()).backward()
        optimizer.step()
        cast(network)
        state = nn.DataParallel(network).state_dict()
        torch.save({'epoch': 3, 'state_dict': state, 'optimizer': optimizer.state_dict(), 'best_acc': torch.tensor(50.)}, folder / f'{name}.pth', **options)
        found[name] = logits(network.float(), config)
    print(json.dumps(found))


if __name__ == '__main__':
    arguments = [Path(argument) for argument in sys.argv[2:]]
    load(*arguments) if sys.argv[1] == 'load' else save(*arguments)
