"""Drives the workbook's kernel for kernel.test.ts: one JSON request a line on stdin, one JSON answer a line on stdout.

{"code": ..., "interrupts": [seconds], "interruptAt": printed text}  {"complete": ..., "at": position}  {"inspect": ..., "at": position}
{"info": true}  {"restart": true}
"""
import json
import os
import signal
import subprocess
import sys
import threading
import time
from queue import Empty

from jupyter_client.manager import KernelManager


def answer(client, request_id):
    while True:
        message = client.get_shell_msg(timeout=60)
        if message["parent_header"].get("msg_id") == request_id:
            return message["content"]


def collect(client, request_id, begun, printed, seconds=300):
    """All output until the cell is idle: (seconds since the start, type, content, whether it belongs to this cell)."""
    start, outputs = time.time(), []
    while time.time() - start < seconds:
        try:
            message = client.get_iopub_msg(timeout=1)
        except Empty:
            continue
        kind, content = message["msg_type"], message["content"]
        mine = message["parent_header"].get("msg_id") == request_id
        if mine and kind == "status" and content["execution_state"] == "idle":
            return outputs
        if mine and kind == "execute_input":
            begun()
        if mine and kind == "stream":
            printed(content["text"])
        if kind != "status":
            outputs.append({"seconds": time.time() - start, "type": kind, "content": content, "isMine": mine})
    raise TimeoutError(f"the cell did not end in {seconds} s")


def execute(manager, client, request):
    started = time.time()
    request_id = client.execute(request["code"])

    def interrupt():
        os.kill(manager.provisioner.pid, signal.SIGINT)

    def begun():
        for seconds in request.get("interrupts", []):
            threading.Timer(seconds, interrupt).start()

    def printed(text):
        if request.get("interruptAt", "\0") in text:
            interrupt()

    outputs = collect(client, request_id, begun, printed)
    return {"reply": answer(client, request_id), "outputs": outputs, "seconds": time.time() - started}


def main():
    manager = KernelManager(kernel_name="workbook")
    manager.start_kernel(cwd=sys.argv[1], stdout=subprocess.DEVNULL)
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=120)
        print(json.dumps({"ready": True}), flush=True)
        for line in sys.stdin:
            request = json.loads(line)
            if "code" in request:
                result = execute(manager, client, request)
            elif "complete" in request:
                result = answer(client, client.complete(request["complete"], request["at"]))
            elif "inspect" in request:
                result = answer(client, client.inspect(request["inspect"], request["at"]))
            elif "restart" in request:
                manager.restart_kernel()
                client.wait_for_ready(timeout=120)
                result = {}
            else:
                result = answer(client, client.kernel_info())
            print(json.dumps(result), flush=True)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


main()
