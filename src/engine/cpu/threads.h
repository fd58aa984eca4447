// Work shared among as many threads as this process may use. TensorFlow's own pool cannot be reached through its C interface.
#pragma once
#include <algorithm>
#include <functional>

/** Threads that `parallel` uses, the caller's included: one within a task. */
int threadCount();

/**
 * Runs task(0) ... task(count - 1), each once, and returns when all are done. Which thread runs a task is left open, so a
 * task must write to nothing that another one writes to. Two callers wait for each other. Within a task all run on its thread, in turn.
 */
void parallel(int count, const std::function<void(int)>& task);

/** Numbers below which waking another thread takes longer than they do. */
constexpr long PART = 1 << 15;

/** Calls f(first, end) for parts of [0, count). */
template <class F>
void overParts(long count, F f) {
  parallel(int((count + PART - 1) / PART), [&](int part) { f(part * PART, std::min(count, (part + 1) * PART)); });
}

/** Memory of the calling thread that stays between calls, aligned to 64 bytes; each slot is a buffer of its own. */
float* scratch(int slot, size_t floats);
