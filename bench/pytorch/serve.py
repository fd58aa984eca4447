"""A worker of `ial bench`: JSON lines in, JSON lines out, one answer to each (src/bench/protocol.ts).

Between two requests it waits for a line and uses no processor. It ends with its standard input.
"""
from __future__ import annotations

import json
import os
import platform
import queue
import resource
import sys
import threading
import time
from typing import Any

import torch

from work import Job, Work, make


class Worker:
    work: Work

    def configure(self, message: dict[str, Any]) -> dict[str, Any]:
        torch.set_num_threads(message['threads'])
        torch.manual_seed(0)
        self.work = make(Job.of(message))
        versions = {'PyTorch': torch.__version__, 'Python': platform.python_version()}
        return {'device': 'cpu', 'threads': torch.get_num_threads(), 'versions': versions}

    def time(self, message: dict[str, Any]) -> dict[str, Any]:
        ms, values = [], []
        for _ in range(message['steps']):
            start = time.perf_counter()
            values.append(self.work())
            ms.append(1000 * (time.perf_counter() - start))
        return {'ms': ms, 'values': values}

    def memory(self, _: dict[str, Any]) -> dict[str, Any]:
        return {'peakMb': peak_mb()}


def peak_mb() -> float:
    """Largest resident memory of this process so far."""
    try:
        with open('/proc/self/status', encoding='utf8') as status:
            return next(int(line.split()[1]) for line in status if line.startswith('VmHWM')) / 1024
    except OSError:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak / 1024 ** 2 if sys.platform == 'darwin' else peak / 1024


def first_line(error: BaseException) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0] if lines else type(error).__name__


def answer(worker: Worker, line: str) -> dict[str, Any]:
    try:
        message = json.loads(line)
        kind = message['kind']
        if kind not in ('configure', 'time', 'memory'):
            raise ValueError(f'expected configure, time or memory, found {kind}')
        return {'kind': kind, **getattr(worker, kind)(message)}
    except Exception as error:  # whatever PyTorch throws is a result: this mode does not work here
        if os.environ.get('IAL_DEBUG'):
            import traceback
            traceback.print_exc()
        return {'kind': 'error', 'message': first_line(error)}


def lines_of_stdin() -> queue.SimpleQueue[str]:
    """Read by a thread of its own, so that the process ends with its parent even while it compiles."""
    lines: queue.SimpleQueue[str] = queue.SimpleQueue()

    def read() -> None:
        for line in sys.stdin:
            lines.put(line)
        os._exit(0)

    threading.Thread(target=read, daemon=True).start()
    return lines


def main() -> None:
    out = os.fdopen(os.dup(1), 'w', encoding='utf8')
    os.dup2(2, 1)  # what libraries print must not mix with the answers
    worker, lines = Worker(), lines_of_stdin()
    while True:
        out.write(json.dumps(answer(worker, lines.get())) + '\n')
        out.flush()


if __name__ == '__main__':
    main()
