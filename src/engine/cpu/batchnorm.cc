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
  overTogether(channels, [&](auto vectors, int first) INLINE {
    constexpr int N = vectors;
    Lanes pivot[N], sum[N], square[N];
    times<N>([&](auto i) INLINE { pivot[i] = load(x + first + i * LANES), sum[i] = square[i] = Lanes{}; });
    for (long r = 1; r < rows; r++) times<N>([&](auto i) INLINE {
      const Lanes d = load(x + r * channels + first + i * LANES) - pivot[i];
      sum[i] += d;
      square[i] += d * d;
    });
    times<N>([&](auto i) INLINE { store(sums + first + i * LANES, sum[i]), store(squares + first + i * LANES, square[i]); });
  });
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

/** What a vector of channels is normalised with. */
struct Channel {
  Lanes mean, inverse, factor, offset;
  /** One formula for the forward and the backward pass, so that both see the same sign. */
  Lanes normalised(Lanes x) const { return (x - mean) * factor + offset; }
};

/** Of all channels. */
class Channels {
 public:
  Channels(const Norm& norm, const float* scale, const float* offset, const float* mean, const float* variance) : scale(scale), offset(offset), mean(mean), inverse(inverses(norm, variance)) {}
  Channel at(int c) const {
    const Lanes inv = load(&inverse[c]);
    return {load(mean + c), inv, load(scale + c) * inv, load(offset + c)};
  }

 private:
  const float *scale, *offset, *mean;
  const std::vector<float> inverse;
};

}  // namespace

template <class T>
void normaliseWith(const Norm& norm, const T* x, const float* scale, const float* offset, const float* mean, const float* variance, T* y) {
  const Channels channels(norm, scale, offset, mean, variance);
  const Lanes lowest = norm.relu ? Lanes{} : all(-INFINITY);
  overChunks(norm, [&](long first, long rows, long) {
    overTogether(norm.channels, [&](auto vectors, int c) INLINE {
      constexpr int N = vectors;
      Channel channel[N];
      times<N>([&](auto i) INLINE { channel[i] = channels.at(c + i * LANES); });
      for (long row = first; row < first + rows; row++) times<N>([&](auto i) INLINE {
        const long at = row * norm.channels + c + i * LANES;
        const Lanes value = channel[i].normalised(load(x + at));
        store(y + at, value < lowest ? lowest : value); // a NaN stays one
      });
    });
  });
}

template <class T>
void normalise(const Norm& norm, const T* x, const float* scale, const float* offset, T* y, float* mean, float* variance) {
  statistics(norm, x, mean, variance);
  normaliseWith(norm, x, scale, offset, mean, variance, y);
}

template <class T>
void normGradient(const Norm& norm, const T* dy, const T* x, const float* scale, const float* offset, const float* mean, const float* variance, T* dx, float* dScale, float* dOffset) {
  const long chunks = chunksOf(norm);
  const Channels channels(norm, scale, offset, mean, variance);
  std::vector<float> sums(2 * chunks * norm.channels);
  const auto sumsAt = [&](long chunk, int c) { return &sums[2 * chunk * norm.channels + c]; };
  const auto arriving = [&](long at, Lanes value) INLINE { return norm.relu ? (value > 0.0f ? load(dy + at) : Lanes{}) : load(dy + at); };
  overChunks(norm, [&](long first, long rows, long chunk) {
    overTogether(norm.channels, [&](auto vectors, int c) INLINE {
      constexpr int N = vectors;
      Channel channel[N];
      Lanes sum[N], along[N];
      times<N>([&](auto i) INLINE { channel[i] = channels.at(c + i * LANES), sum[i] = along[i] = Lanes{}; });
      for (long row = first; row < first + rows; row++) times<N>([&](auto i) INLINE {
        const long at = row * norm.channels + c + i * LANES;
        const Lanes value = load(x + at), d = arriving(at, channel[i].normalised(value));
        sum[i] += d;
        along[i] += d * ((value - channel[i].mean) * channel[i].inverse);
      });
      times<N>([&](auto i) INLINE { store(sumsAt(chunk, c) + i * LANES, sum[i]), store(sumsAt(chunk, c) + norm.channels + i * LANES, along[i]); });
    });
  });
  overVectors(norm, [&](int c) {
    Doubles sum{}, along{};
    for (long chunk = 0; chunk < chunks; chunk++) sum += inDouble(load(sumsAt(chunk, c))), along += inDouble(load(sumsAt(chunk, c) + norm.channels));
    store(dOffset + c, inSingle(sum));
    store(dScale + c, inSingle(along));
  });
  overChunks(norm, [&](long first, long rows, long) {
    overTogether(norm.channels, [&](auto vectors, int c) INLINE {
      constexpr int N = vectors;
      Channel channel[N];
      Lanes shift[N], slope[N];
      times<N>([&](auto i) INLINE {
        channel[i] = channels.at(c + i * LANES);
        shift[i] = load(dOffset + c + i * LANES) / float(norm.rows);
        slope[i] = load(dScale + c + i * LANES) * channel[i].inverse / float(norm.rows);
      });
      for (long row = first; row < first + rows; row++) times<N>([&](auto i) INLINE {
        const long at = row * norm.channels + c + i * LANES;
        const Lanes value = load(x + at), d = arriving(at, channel[i].normalised(value));
        store(dx + at, channel[i].factor * (d - shift[i] - (value - channel[i].mean) * slope[i]));
      });
    });
  });
}

#define FOR(T) \
  template void normalise(const Norm&, const T*, const float*, const float*, T*, float*, float*); \
  template void normaliseWith(const Norm&, const T*, const float*, const float*, const float*, const float*, T*); \
  template void normGradient(const Norm&, const T*, const T*, const float*, const float*, const float*, const float*, T*, float*, float*);
FOR(float)
FOR(BFloat16)
