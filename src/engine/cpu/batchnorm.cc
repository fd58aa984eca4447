#include "batchnorm.h"
#include <algorithm>
#include <cmath>
#include <vector>
#include "simd.h"
#include "threads.h"

namespace {

/** Rows summed in float32 before the sum goes on in double: few enough that nothing is lost. */
constexpr long CHUNK = 128;

long chunksOf(const Norm& norm) { return (norm.rows + CHUNK - 1) / CHUNK; }

/** Runs f(first row, rows, chunk) over all chunks, many to a task; chunks are the same for any number of threads. */
template <class F>
void overChunks(const Norm& norm, F f) {
  const long chunks = chunksOf(norm), tasks = std::min<long>(chunks, 8L * threadCount());
  parallel(int(tasks), [&](int task) {
    for (long chunk = chunks * task / tasks; chunk < chunks * (task + 1) / tasks; chunk++) f(chunk * CHUNK, std::min(CHUNK, norm.rows - chunk * CHUNK), chunk);
  });
}

using Doubles = double __attribute__((vector_size(LANES * 8)));
inline Doubles inDouble(Lanes x) { return __builtin_convertvector(x, Doubles); }
inline Lanes inSingle(Doubles x) { return __builtin_convertvector(x, Lanes); }

/** Runs f(first channel), which goes through all chunks, for all vectors of channels; few of both are not worth waking a thread for. */
template <class F>
void overVectors(const Norm& norm, F f) {
  const int vectors = norm.channels / LANES;
  if (chunksOf(norm) * vectors < 64) for (int i = 0; i < vectors; i++) f(i * LANES);
  else parallel(vectors, [&](int i) { f(i * LANES); });
}

/** Sums of x - pivot and of its square, over the rows of a chunk; the pivot, its first row, keeps both small. */
template <class T>
void chunkSums(const T* x, long rows, int channels, float* sums, float* squares) {
  for (int c = 0; c < channels; c += LANES) {
    const Lanes pivot = load(x + c);
    Lanes sum{}, square{};
    for (long r = 1; r < rows; r++) {
      const Lanes d = load(x + r * channels + c) - pivot;
      sum += d;
      square += d * d;
    }
    store(sums + c, sum);
    store(squares + c, square);
  }
}

/** Joins the chunks' means and squared deviations (Chan et al. 1979). */
template <class T>
void statistics(const Norm& norm, const T* x, float* mean, float* variance) {
  const long chunks = chunksOf(norm);
  const int channels = norm.channels;
  std::vector<float> sums(2 * chunks * channels);
  overChunks(norm, [&](long first, long rows, long chunk) {
    chunkSums(x + first * channels, rows, channels, &sums[2 * chunk * channels], &sums[(2 * chunk + 1) * channels]);
  });
  overVectors(norm, [&](int c) {
    Doubles total{}, squares{};
    for (long chunk = 0, seen = 0; chunk < chunks; chunk++) {
      const long rows = std::min(CHUNK, norm.rows - chunk * CHUNK);
      const Doubles pivot = inDouble(load(x + chunk * CHUNK * channels + c)), sum = inDouble(load(&sums[2 * chunk * channels + c])), square = inDouble(load(&sums[(2 * chunk + 1) * channels + c]));
      const Doubles chunkTotal = pivot * double(rows) + sum;
      const Doubles apart = seen == 0 ? Doubles{} : chunkTotal / double(rows) - total / double(seen);
      squares += square - sum * sum / double(rows) + apart * apart * (double(seen) * rows / (seen + rows));
      total += chunkTotal;
      seen += rows;
    }
    const Doubles share = squares / double(norm.rows);
    store(mean + c, inSingle(total / double(norm.rows)));
    store(variance + c, inSingle(share > 0.0 ? share : Doubles{}));
  });
}

std::vector<float> inverses(const Norm& norm, const float* variance) {
  std::vector<float> inverse(norm.channels);
  for (int c = 0; c < norm.channels; c++) inverse[c] = 1 / std::sqrt(variance[c] + norm.epsilon);
  return inverse;
}

/** One formula for the forward and the backward pass, so that both see the same sign. */
inline Lanes normalised(Lanes x, Lanes mean, Lanes factor, Lanes offset) { return (x - mean) * factor + offset; }

}  // namespace

template <class T>
void normaliseWith(const Norm& norm, const T* x, const float* scale, const float* offset, const float* mean, const float* variance, T* y) {
  const int channels = norm.channels;
  const std::vector<float> inverse = inverses(norm, variance);
  const Lanes lowest = norm.relu ? Lanes{} : all(-INFINITY);
  overChunks(norm, [&](long first, long rows, long) {
    for (int c = 0; c < channels; c += LANES) {
      const Lanes factor = load(scale + c) * load(&inverse[c]), centre = load(mean + c), add = load(offset + c);
      for (long r = first; r < first + rows; r++) {
        const Lanes value = normalised(load(x + r * channels + c), centre, factor, add);
        store(y + r * channels + c, value < lowest ? lowest : value); // a NaN stays one
      }
    }
  });
}

template <class T>
void normalise(const Norm& norm, const T* x, const float* scale, const float* offset, T* y, float* mean, float* variance) {
  statistics(norm, x, mean, variance);
  normaliseWith(norm, x, scale, offset, mean, variance, y);
}

template <class T>
void normGradient(const Norm& norm, const T* dy, const T* x, const float* scale, const float* offset, const float* mean, const float* variance, T* dx, float* dScale, float* dOffset) {
  const int channels = norm.channels;
  const long chunks = chunksOf(norm);
  const std::vector<float> inverse = inverses(norm, variance);
  std::vector<float> sums(2 * chunks * channels);
  const auto arriving = [&](long at, Lanes value) { return norm.relu ? (value > 0.0f ? load(dy + at) : Lanes{}) : load(dy + at); };
  overChunks(norm, [&](long first, long rows, long chunk) {
    for (int c = 0; c < channels; c += LANES) {
      const Lanes inv = load(&inverse[c]), factor = load(scale + c) * inv, centre = load(mean + c), add = load(offset + c);
      Lanes sum{}, along{};
      for (long at = first * channels + c; at < (first + rows) * channels; at += channels) {
        const Lanes value = load(x + at), d = arriving(at, normalised(value, centre, factor, add));
        sum += d;
        along += d * ((value - centre) * inv);
      }
      store(&sums[2 * chunk * channels + c], sum);
      store(&sums[(2 * chunk + 1) * channels + c], along);
    }
  });
  overVectors(norm, [&](int c) {
    Doubles sum{}, along{};
    for (long chunk = 0; chunk < chunks; chunk++) sum += inDouble(load(&sums[2 * chunk * channels + c])), along += inDouble(load(&sums[(2 * chunk + 1) * channels + c]));
    store(dOffset + c, inSingle(sum));
    store(dScale + c, inSingle(along));
  });
  overChunks(norm, [&](long first, long rows, long) {
    for (int c = 0; c < channels; c += LANES) {
      const Lanes inv = load(&inverse[c]), factor = load(scale + c) * inv, centre = load(mean + c), add = load(offset + c);
      const Lanes shift = load(dOffset + c) / float(norm.rows), slope = load(dScale + c) * inv / float(norm.rows);
      for (long at = first * channels + c; at < (first + rows) * channels; at += channels) {
        const Lanes value = load(x + at), d = arriving(at, normalised(value, centre, factor, add));
        store(dx + at, factor * (d - shift - (value - centre) * slope));
      }
    }
  });
}

#define FOR(T) \
  template void normalise(const Norm&, const T*, const float*, const float*, T*, float*, float*); \
  template void normaliseWith(const Norm&, const T*, const float*, const float*, const float*, const float*, T*); \
  template void normGradient(const Norm&, const T*, const T*, const float*, const float*, const float*, const float*, T*, float*, float*);
FOR(float)
FOR(BFloat16)
