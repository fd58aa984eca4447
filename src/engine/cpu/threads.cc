#include "threads.h"
#ifdef __linux__
#include <sched.h>
#endif
#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <new>
#include <thread>
#include <vector>

namespace {

/** Whether the calling thread is running a task. */
thread_local bool isWorking = false;

struct Working {
  Working() { isWorking = true; }
  ~Working() { isWorking = false; }
  Working(const Working&) = delete;
};

/** Lives as long as the process: worker threads may outlast static objects. */
class Pool {
 public:
  explicit Pool(int threads) {
    for (int i = 1; i < threads; i++) std::thread([this] { serve(); }).detach();
    workers = threads - 1;
  }

  void run(int count, const std::function<void(int)>& task) {
    const std::lock_guard<std::mutex> one(callers);
    {
      const std::lock_guard<std::mutex> guard(mutex);
      work = &task, total = count, next = 0, busy = workers;
      round++;
    }
    wake.notify_all();
    takeTasks();
    spin([this] { return busy == 0; });
    std::unique_lock<std::mutex> guard(mutex);
    done.wait(guard, [this] { return busy == 0; });
  }

 private:
  /** Waits a moment without sleeping: the next work often comes sooner than a thread wakes up. */
  template <class Condition>
  static void spin(Condition isTrue) {
    constexpr auto MOMENT = std::chrono::microseconds(50);
    for (const auto start = std::chrono::steady_clock::now(); !isTrue() && std::chrono::steady_clock::now() - start < MOMENT;) {}
  }

  void takeTasks() {
    const Working working;
    for (int i; (i = next.fetch_add(1)) < total;) (*work)(i);
  }

  void serve() {
    for (uint64_t seen = 0;;) {
      spin([&] { return round != seen; });
      {
        std::unique_lock<std::mutex> guard(mutex);
        wake.wait(guard, [&] { return round != seen; });
        seen = round;
      }
      takeTasks();
      const std::lock_guard<std::mutex> guard(mutex);
      if (--busy == 0) done.notify_one();
    }
  }

  std::mutex callers, mutex;
  std::condition_variable wake, done;
  const std::function<void(int)>* work = nullptr;
  std::atomic<int> next{0};
  std::atomic<int> busy{0};
  std::atomic<uint64_t> round{0};
  int total = 0, workers = 0;
};

/** Those that this process may run on (taskset, a Slurm task), not all that the machine has. */
int usableCores() {
#ifdef __linux__
  cpu_set_t cores;
  if (sched_getaffinity(0, sizeof cores, &cores) == 0) return std::max(1, CPU_COUNT(&cores));
#endif
  return std::max(1u, std::thread::hardware_concurrency());
}

struct Free { void operator()(float* memory) const { std::free(memory); } };
struct Buffer { std::unique_ptr<float, Free> memory; size_t size = 0; };

}  // namespace

int threadCount() {
  static const int count = [] {
    const char* asked = std::getenv("TF_NUM_INTRAOP_THREADS");  // as TensorFlow's own kernels
    const int number = asked ? std::atoi(asked) : 0;
    return number > 0 ? number : usableCores();
  }();
  return isWorking ? 1 : count;
}

void parallel(int count, const std::function<void(int)>& task) {
  if (count == 1 || threadCount() == 1) {
    for (int i = 0; i < count; i++) task(i);
    return;
  }
  static Pool* const pool = new Pool(threadCount());
  pool->run(count, task);
}

float* scratch(int slot, size_t floats) {
  thread_local std::vector<Buffer> buffers(4);
  Buffer& buffer = buffers.at(slot);
  if (buffer.size < floats) {
    const size_t bytes = (floats * sizeof(float) + 63) / 64 * 64;
    buffer.memory.reset();
    buffer.size = 0;
    buffer.memory.reset(static_cast<float*>(std::aligned_alloc(64, bytes)));
    if (!buffer.memory) throw std::bad_alloc();
    buffer.size = floats;
  }
  return buffer.memory.get();
}
