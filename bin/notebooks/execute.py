"""Executes a notebook with the workbook's kernel: python execute.py NOTEBOOK RESULT

Output appears while it is made; the result is written also when a cell fails (exit 1) or on Ctrl-C.
"""
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError


class Client(NotebookClient):
    def process_message(self, msg, cell, cell_index):
        kind, content = msg["msg_type"], msg["content"]
        if kind == "stream":
            print(content["text"], end="", flush=True)
        elif kind in ("display_data", "execute_result"):
            self.show(content, "\n")
        elif kind == "update_display_data" and sys.stdout.isatty():
            self.show(content, "\r")
        return super().process_message(msg, cell, cell_index)

    @staticmethod
    def show(content, end):
        text = content["data"].get("text/plain", "[output]")
        if text:
            print(text, end=end, flush=True)


def message(notebook, error):
    failed = [out for cell in notebook.cells for out in cell.get("outputs", []) if out.output_type == "error"]
    return "\n".join(failed[-1].traceback) if failed else str(error)


def run(path: Path, result: Path) -> bool:
    print(f"== {path.name}", flush=True)
    notebook = nbformat.read(path, as_version=4)
    client = Client(notebook, kernel_name="workbook", resources={"metadata": {"path": str(path.parent)}},
                    timeout=None, startup_timeout=120, coalesce_streams=True)
    try:
        client.execute()
        return True
    except CellExecutionError as error:
        print(f"\n{path.name}:\n{message(notebook, error)}", file=sys.stderr, flush=True)
    except DeadKernelError:
        print(f"\n{path.name}: the kernel died (out of memory, or process.exit in a cell)", file=sys.stderr, flush=True)
    except KeyboardInterrupt:
        print(f"\n{path.name}: stopped", file=sys.stderr, flush=True)
    finally:
        nbformat.write(notebook, result)
    return False


sys.exit(0 if run(Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()) else 1)
