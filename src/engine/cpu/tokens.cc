#include "tokens.h"
#include <algorithm>
#include <cmath>
#include <limits>
#include "simd.h"
#include "threads.h"

namespace {

/** e^x within 2 units of the last place; results below the smallest normal number become about 1e-38, a NaN stays one (Cephes' polynomial). */
inline Lanes exponential(Lanes x) {
  constexpr float ROUND = 12582912.0f;  // 1.5 * 2^23: what is added to it loses its fraction
  x = x < -87.0f ? all(-87.0f) : x;
  x = x > 88.0f ? all(88.0f) : x;
  const Lanes shifted = x * 1.44269504f + ROUND, n = shifted - ROUND;
  const Lanes r = x - n * 0.693359375f - n * -2.12194440e-4f;
  const Lanes series = ((((1.9875691500e-4f * r + 1.3981999507e-3f) * r + 8.3334519073e-3f) * r + 4.1665795894e-2f) * r + 1.6666665459e-1f) * r + 5.0000001201e-1f;
  const Lanes power = (Lanes)(((Bits)shifted - 0x4b400000u + 127u) << 23);
  return (series * r * r + r + 1.0f) * power;
}

/** Parts of rows of `size` numbers each, `most` at most. */
long partsOf(long rows, long size, long most) { return std::max(1L, std::min({rows, most, rows * size / PART})); }

/** Calls f(first, end) for parts of [0, rows), each of `size` numbers. */
template <class F>
void overRows(long rows, long size, F f) {
  const long parts = partsOf(rows, size, 4L * threadCount());
  parallel(int(parts), [&](int part) { f(rows * part / parts, rows * (part + 1) / parts); });
}

struct RowStatistics { Lanes mean, inverse; };

template <class T>
RowStatistics statisticsOf(const T* row, int size, float epsilon) {
  Lanes sum{}, squares{};
  for (int c = 0; c < size; c += LANES) sum += load(row + c);
  const Lanes mean = all(sumOf(sum) / size);
  for (int c = 0; c < size; c += LANES) { const Lanes d = load(row + c) - mean; squares += d * d; }
  return {mean, all(1 / std::sqrt(sumOf(squares) / size + epsilon))};
}

/** GELU is x s(2u) with the logistic function s and u = SCALE (x + CUBIC x^3). */
constexpr float SCALE = 0.7978845608f, CUBIC = 0.044715f;

inline Lanes geluShare(Lanes x) { return 1.0f / (1.0f + exponential(-2.0f * (SCALE * x * (1.0f + CUBIC * x * x)))); }

/** One head of one clip in float32, q scaled: rows of `size` numbers, and columns of `padded` numbers (zeros after the last token). */
template <class T>
class Head {
 public:
  Head(const Attention& a, const T* qkv, int task) : tokens(a.tokens), size(a.size), padded((a.tokens + LANES - 1) / LANES * LANES), stride(3L * a.heads * a.size) {
    const T* from = qkv + long(task / a.heads) * a.tokens * stride + long(task % a.heads) * a.size;
    float* memory = scratch(0, 5L * size * padded + long(padded) * padded);
    for (int part = 0; part < 3; part++) rows[part] = memory + part * long(size) * padded;
    keyColumns = memory + 3L * size * padded, valueColumns = memory + 4L * size * padded, weights = memory + 5L * size * padded;
    for (int part = 0; part < 3; part++) for (int n = 0; n < tokens; n++) for (int c = 0; c < size; c += LANES)
      store(rows[part] + long(n) * size + c, load(from + n * stride + part * stride / 3 + c) * (part == 0 ? 1 / std::sqrt(float(size)) : 1.0f));
    turn(rows[1], keyColumns);
    turn(rows[2], valueColumns);
  }

  /** `to` [padded]: row . column of every token. */
  void dots(const float* row, const float* columns, float* to) const {
    for (int m = 0; m < padded; m += LANES) {
      Lanes sum{};
      for (int c = 0; c < size; c++) sum += row[c] * load(columns + long(c) * padded + m);
      store(to + m, sum);
    }
  }

  /** softmax(q k^T) of token n, in `weights`; zeros after the last token. */
  float* attention(int n) const {
    float* to = weights + long(n) * padded;
    dots(rows[0] + long(n) * size, keyColumns, to);
    float largest = -std::numeric_limits<float>::infinity(), total = 0;
    for (int m = 0; m < tokens; m++) largest = to[m] > largest ? to[m] : largest;
    for (int m = 0; m < padded; m += LANES) store(to + m, exponential(load(to + m) - largest));
    std::fill(to + tokens, to + padded, 0.0f);
    for (int m = 0; m < tokens; m++) total += to[m];
    for (int m = 0; m < padded; m += LANES) store(to + m, load(to + m) * (1 / total));
    return to;
  }

  /** The sum of rows, each times its factor, at channels [c, c + LANES). */
  Lanes mixed(const float* factors, long step, const float* of, int c) const {
    Lanes sum{};
    for (int m = 0; m < tokens; m++) sum += factors[m * step] * load(of + long(m) * size + c);
    return sum;
  }

  const int tokens, size, padded;
  const long stride;
  float *rows[3], *keyColumns, *valueColumns, *weights;

 private:
  void turn(const float* from, float* columns) const {
    for (int c = 0; c < size; c++) for (int m = 0; m < padded; m++) columns[long(c) * padded + m] = m < tokens ? from[long(m) * size + c] : 0;
  }
};

/** Calls f(task) for every head of every clip. */
template <class F>
void overHeads(const Attention& a, F f) {
  const long work = long(a.tokens) * a.size * (5 + a.tokens / 8);  // what it copies, and its products in vectors
  overRows(long(a.batch) * a.heads, work, [&](long first, long end) { for (long task = first; task < end; task++) f(int(task)); });
}

}  // namespace

template <class T, class Y>
void normaliseRows(long rows, int size, float epsilon, const T* x, const float* scale, const float* offset, Y* y) {
  overRows(rows, size, [&](long first, long end) {
    for (long row = first; row < end; row++) {
      const T* from = x + row * size;
      const auto [mean, inverse] = statisticsOf(from, size, epsilon);
      for (int c = 0; c < size; c += LANES) store(y + row * size + c, (load(from + c) - mean) * inverse * load(scale + c) + load(offset + c));
    }
  });
}

template <class T>
void normaliseRowsGradient(long rows, int size, float epsilon, const T* dy, const T* x, const float* scale, T* dx, float* dScale, float* dOffset) {
  const long parts = partsOf(rows, size, threadCount());
  float* sums = scratch(1, 2 * parts * size);
  std::fill(sums, sums + 2 * parts * size, 0.0f);
  parallel(int(parts), [&](int part) {
    float *scaleSums = sums + 2L * part * size, *offsetSums = scaleSums + size;
    for (long row = rows * part / parts; row < rows * (part + 1) / parts; row++) {
      const T *from = x + row * size, *gradient = dy + row * size;
      const auto [mean, inverse] = statisticsOf(from, size, epsilon);
      Lanes sum{}, along{};
      for (int c = 0; c < size; c += LANES) {
        const Lanes normal = (load(from + c) - mean) * inverse, d = load(gradient + c), scaled = d * load(scale + c);
        sum += scaled, along += scaled * normal;
        store(scaleSums + c, load(scaleSums + c) + d * normal);
        store(offsetSums + c, load(offsetSums + c) + d);
      }
      const Lanes meanSum = all(sumOf(sum) / size), meanAlong = all(sumOf(along) / size);
      for (int c = 0; c < size; c += LANES) {
        const Lanes normal = (load(from + c) - mean) * inverse;
        store(dx + row * size + c, (load(gradient + c) * load(scale + c) - meanSum - normal * meanAlong) * inverse);
      }
    }
  });
  for (int c = 0; c < size; c += LANES) {
    Lanes scaleSum{}, offsetSum{};
    for (long part = 0; part < parts; part++) scaleSum += load(sums + 2 * part * size + c), offsetSum += load(sums + (2 * part + 1) * size + c);
    store(dScale + c, scaleSum);
    store(dOffset + c, offsetSum);
  }
}

template <class T>
void gelu(long count, const T* x, T* y) {
  overRows(count / 16, 16, [&](long first, long end) {
    for (long at = first * 16; at < end * 16; at += LANES) store(y + at, load(x + at) * geluShare(load(x + at)));
  });
}

template <class T>
void geluGradient(long count, const T* dy, const T* x, T* dx) {
  overRows(count / 16, 16, [&](long first, long end) {
    for (long at = first * 16; at < end * 16; at += LANES) {
      const Lanes v = load(x + at), share = geluShare(v), slope = SCALE * (1.0f + 3 * CUBIC * v * v);
      store(dx + at, load(dy + at) * (share + 2.0f * v * share * (1.0f - share) * slope));
    }
  });
}

template <class T>
void attend(const Attention& a, const T* qkv, T* y) {
  overHeads(a, [&](int task) {
    const Head<T> head(a, qkv, task);
    T* to = y + (long(task / a.heads) * a.tokens * a.heads + task % a.heads) * a.size;
    for (int n = 0; n < a.tokens; n++) {
      const float* weights = head.attention(n);
      for (int c = 0; c < a.size; c += LANES) store(to + long(n) * a.heads * a.size + c, head.mixed(weights, 1, head.rows[2], c));
    }
  });
}

template <class T>
void attendGradient(const Attention& a, const T* dy, const T* qkv, T* dQkv) {
  overHeads(a, [&](int task) {
    const Head<T> head(a, qkv, task);
    const int padded = head.padded;
    const long width = long(a.heads) * a.size, first = (long(task / a.heads) * a.tokens * a.heads + task % a.heads) * a.size;
    float* outer = scratch(1, long(a.tokens) * a.size + long(a.tokens) * padded);  // dy, then the gradient of q k^T
    float* scores = outer + long(a.tokens) * a.size;
    for (int n = 0; n < a.tokens; n++) {
      for (int c = 0; c < a.size; c += LANES) store(outer + long(n) * a.size + c, load(dy + first + n * width + c));
      float *weights = head.attention(n), *score = scores + long(n) * padded, along = 0;
      head.dots(outer + long(n) * a.size, head.valueColumns, score);
      for (int m = 0; m < a.tokens; m++) along += weights[m] * score[m];
      for (int m = 0; m < padded; m += LANES) store(score + m, load(weights + m) * (load(score + m) - along));
    }
    T* to = dQkv + first + 2 * (first / (a.tokens * width)) * a.tokens * width;
    const float scale = 1 / std::sqrt(float(a.size));
    for (int n = 0; n < a.tokens; n++) for (int c = 0; c < a.size; c += LANES) {
      T* place = to + n * head.stride + c;
      store(place, head.mixed(scores + long(n) * padded, 1, head.rows[1], c) * scale);
      store(place + width, head.mixed(scores + n, padded, head.rows[0], c));
      store(place + 2 * width, head.mixed(head.weights + n, padded, outer, c));
    }
  });
}

#define FOR(T) \
  template void normaliseRows(long, int, float, const T*, const float*, const float*, T*); \
  template void normaliseRowsGradient(long, int, float, const T*, const T*, const float*, T*, float*, float*); \
  template void gelu(long, const T*, T*); \
  template void geluGradient(long, const T*, const T*, T*); \
  template void attend(const Attention&, const T*, T*); \
  template void attendGradient(const Attention&, const T*, const T*, T*);
FOR(float)
FOR(BFloat16)
template void normaliseRows(long, int, float, const float*, const float*, const float*, BFloat16*);
