#include "optimizer.h"
#include <algorithm>
#include <cmath>
#include "threads.h"

namespace {

constexpr long PART = 1 << 15;

template <class F>
void overParts(long size, F f) {
  parallel(int((size + PART - 1) / PART), [&](int part) { f(part * PART, std::min(size, (part + 1) * PART)); });
}

}  // namespace

void sgd(const Sgd& s, long size, const float* __restrict parameter, const float* __restrict velocity, const float* __restrict gradient, float* __restrict newParameter, float* __restrict newVelocity) {
  overParts(size, [=](long first, long end) {
    for (long i = first; i < end; i++) {
      newVelocity[i] = s.momentum * velocity[i] + (gradient[i] + s.decay * parameter[i]);
      newParameter[i] = parameter[i] - s.rate * newVelocity[i];
    }
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
