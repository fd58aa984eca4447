#include "optimizer.h"
#include <algorithm>
#include <cmath>
#include "gemm.h"
#include "threads.h"

namespace {

constexpr long PART = 1 << 15;

/** Numbers from which on the caches hold none of them until the next step. */
constexpr long LARGE = 1 << 19;

template <class F>
void overParts(long size, F f) {
  parallel(int((size + PART - 1) / PART), [&](int part) { f(part * PART, std::min(size, (part + 1) * PART)); });
}

/** IS_LARGE: past the caches. */
template <bool IS_LARGE>
void update(const Sgd& s, Lanes gradient, const float* parameter, const float* velocity, float* newParameter, float* newVelocity) {
  const auto write = [](float* to, Lanes x) { IS_LARGE ? storePast(to, x) : store(to, x); };
  const Lanes p = load(parameter), v = s.momentum * load(velocity) + (gradient + s.decay * p);
  write(newVelocity, v);
  write(newParameter, p - s.rate * v);
}

}  // namespace

void sgd(const Sgd& s, long size, const float* __restrict parameter, const float* __restrict velocity, const float* __restrict gradient, float* __restrict newParameter, float* __restrict newVelocity) {
  overParts(size, [=](long first, long end) {
    long i = first;
    if (size >= LARGE) {
      for (; i + LANES <= end; i += LANES) update<true>(s, load(gradient + i), parameter + i, velocity + i, newParameter + i, newVelocity + i);
      allPast();
    }
    for (; i < end; i++) {
      newVelocity[i] = s.momentum * velocity[i] + (gradient[i] + s.decay * parameter[i]);
      newParameter[i] = parameter[i] - s.rate * newVelocity[i];
    }
  });
}

void denseSgd(const Dense& d, const Sgd& s, const float* parameter, const float* velocity, const float* dy, const float* x, float* newParameter, float* newVelocity) {
  constexpr int INPUTS = 512;  // of one output's weights, one after another in memory, before those of the next
  const int blocks = (d.outputs + ROWS - 1) / ROWS, parts = std::min(blocks, 4 * threadCount());
  const auto updateVector = long(d.outputs) * d.inputs >= LARGE ? update<true> : update<false>;
  parallel(parts, [&](int part) {
    float* gradient = scratch(0, ROWS * INPUTS);
    for (int block = long(blocks) * part / parts; block < long(blocks) * (part + 1) / parts; block++) {
      const int first = long(d.outputs) * block / blocks, count = long(d.outputs) * (block + 1) / blocks - first;
      const Left left{dy + first, 1, d.outputs};
      for (int i = 0; i < d.inputs; i += INPUTS) {
        const int some = std::min(INPUTS, d.inputs - i);
        for (int n = 0; n < some; n += WIDE) {
          for (int o = 0; o < count; o++) for (int line = n; line < std::min(n + WIDE, some); line += 16) {
            const long at = long(first + o) * d.inputs + i + line;
            __builtin_prefetch(parameter + at);
            __builtin_prefetch(velocity + at);
          }
          if (some - n >= WIDE) panel<Floats, 2>(left, count, x + i + n, d.inputs, d.rows, gradient + n, INPUTS, false);
          else panel<Floats, 1>(left, count, x + i + n, d.inputs, d.rows, gradient + n, INPUTS, false);
        }
        for (int o = 0; o < count; o++) for (int n = 0; n < some; n += LANES) {
          const long at = long(first + o) * d.inputs + i + n;
          updateVector(s, load(gradient + o * INPUTS + n), parameter + at, velocity + at, newParameter + at, newVelocity + at);
        }
      }
    }
    allPast();
  });
}

void adamW(const AdamW& a, long size, const float* __restrict parameter, const float* __restrict mean, const float* __restrict square, const float* __restrict gradient, float* __restrict newParameter, float* __restrict newMean, float* __restrict newSquare) {
  const float keep = 1 - a.rate * a.decay, rate = a.rate / a.correction1, unbias = 1 / std::sqrt(a.correction2);
  overParts(size, [=](long first, long end) {
    for (long i = first; i < end; i++) {
      newMean[i] = a.beta1 * mean[i] + (1 - a.beta1) * gradient[i];
      newSquare[i] = a.beta2 * square[i] + (1 - a.beta2) * gradient[i] * gradient[i];
      newParameter[i] = keep * parameter[i] - rate * newMean[i] / (std::sqrt(newSquare[i]) * unbias + a.epsilon);
    }
  });
}
