#include "dense.h"
#include <algorithm>
#include "amx.h"
#include "gemm.h"
#include "threads.h"

namespace {

/** Rows of x that are multiplied at once: they become the columns of a panel. */
int together(const Dense& d) { return d.rows > LANES ? WIDE : LANES; }

/** x [rows][depth] turned into panels [rows / width][depth][width]; columns beyond the last row are zeros. */
template <class T>
void turnRows(const Dense& d, const T* x, int width, float* panels) {
  const int depth = d.inputs / TOGETHER<T>, pieces = d.inputs / 16, some = depth / pieces, parts = std::min(pieces, 2 * threadCount());
  parallel(parts, [&](int part) {
    for (int k = pieces * part / parts * some; k < pieces * (part + 1) / parts * some; k++) for (int first = 0; first < d.rows; first += width) {
      float* to = panels + (long(first) * depth + long(k) * width);
      for (int r = 0; r < width; r++) to[r] = first + r < d.rows ? multiplied(x + long(first + r) * d.inputs, k) : 0.0f;
    }
  });
}

/** The weights of `count` outputs as they are multiplied. */
template <class T>
const float* taken(const T* weight, long count) {
  if constexpr (IN_PAIRS<T> || sizeof(T) == 4) return reinterpret_cast<const float*>(weight);
  else {
    float* to = scratch(1, count);
    for (long i = 0; i < count; i += LANES) store(to + i, load(weight + i));
    return to;
  }
}

/** Sums [count][WIDE] of `count` outputs for a panel of rows. What is multiplied next is fetched meanwhile: it comes from far away, in too many rows for the processor to see it coming. */
template <class T, int N>
void multiply(Left weight, int count, int depth, const float* columns, float* sums) {
  constexpr int DEPTH = 256;
  for (int k = 0; k < depth; k += DEPTH) {
    const int some = std::min(DEPTH, depth - k), next = std::min(DEPTH, depth - k - some);
    for (int o = 0; o < count; o++) for (int i = 0; i < next; i += 16) __builtin_prefetch(weight.a + o * weight.rowStride + k + some + i);
    panel<Product<T>, N>({weight.a + k, weight.rowStride, 1}, count, columns + long(k) * N * LANES, N * LANES, some, sums, WIDE, k > 0);
  }
}

inline float numberOf(float x) { return x; }
inline float numberOf(BFloat16 x) { return widened(x); }

/** y of `rows` rows for `count` outputs, from sums [count][WIDE]. */
template <class Y>
void writeRows(const float* sums, int rows, int count, const float* bias, const Y* beside, Y* y, long stride) {
  float besides[WIDE] = {};
  Y biased[ROWS][WIDE];
  for (int o = 0; o < count; o++) {
    if (beside) for (int r = 0; r < rows; r++) besides[r] = numberOf(beside[r * stride + o]);
    for (int r = 0; r < rows; r += LANES) {
      const Lanes sum = load(sums + o * WIDE + r) + all(bias ? bias[o] : 0.0f);
      store(biased[o] + r, beside ? sum + load(besides + r) : sum);
    }
  }
  for (int r = 0; r < rows; r++) for (int o = 0; o < count; o++) y[r * stride + o] = biased[o][r];
}

/** Sums [count][WIDE] of `count` outputs for a panel of rows. */
template <class T>
void multiplyBlock(const Dense& d, const T* weight, int count, const float* columns, int width, float* sums) {
  const Left left{taken(weight, long(count) * d.inputs), d.inputs / TOGETHER<T>, 1};
  if (width == WIDE) multiply<T, 2>(left, count, d.inputs / TOGETHER<T>, columns, sums);
  else multiply<T, 1>(left, count, d.inputs / TOGETHER<T>, columns, sums);
}

}  // namespace

template <class T, class Y>
void dense(const Dense& d, const T* x, const T* weight, const float* bias, const Y* beside, Y* y) {
  if constexpr (IN_TILES<T>) if (suitsTiles(d.inputs, d.outputs)) return denseTiles(d, x, weight, bias, beside, y);
  const int depth = d.inputs / TOGETHER<T>, width = together(d), panels = (d.rows + width - 1) / width;
  float* columns = scratch(2, long(panels) * depth * width);
  turnRows(d, x, width, columns);
  const int blocks = (d.outputs + ROWS - 1) / ROWS, parts = std::min(blocks, 4 * threadCount());
  parallel(parts, [&](int part) {
    for (int block = long(blocks) * part / parts; block < long(blocks) * (part + 1) / parts; block++) {
      const int first = long(d.outputs) * block / blocks, count = long(d.outputs) * (block + 1) / blocks - first;
      float* sums = scratch(0, ROWS * WIDE);
      for (int from = 0; from < d.rows; from += width) {
        multiplyBlock(d, weight + long(first) * d.inputs, count, columns + long(from) * depth, width, sums);
        const long at = long(from) * d.outputs + first;
        writeRows(sums, std::min(width, d.rows - from), count, bias ? bias + first : nullptr, beside ? beside + at : nullptr, y + at, d.outputs);
      }
    }
  });
}

void denseRounded(const Dense& d, const float* x, const float* weight, const float* bias, float* y) {
#if IAL_TILES
  if (suitsTiles(d.inputs, d.outputs)) return denseTilesRounded(d, x, weight, bias, y);
#endif
  const float* none = nullptr;
  dense(d, x, weight, bias, none, y);
}

template void dense(const Dense&, const float*, const float*, const float*, const float*, float*);
template void dense(const Dense&, const BFloat16*, const BFloat16*, const float*, const BFloat16*, BFloat16*);
template void dense(const Dense&, const BFloat16*, const BFloat16*, const float*, const float*, float*);
