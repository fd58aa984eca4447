#include "dense.h"
#include "amx.h"

#if IAL_TILES
#include <algorithm>
#include "threads.h"

namespace {

/** Sums that the registers hold at once: 32 outputs by 32 rows, or 64 by 16 where there are no more rows. */
struct Shape { int outputs, rows; };

Shape shapeOf(const Dense& d) { return d.rows <= LANES && d.outputs % (2 * SQUARE) == 0 ? Shape{2 * SQUARE, LANES} : Shape{SQUARE, SQUARE}; }

/** 32 numbers of a row as they are multiplied. */
inline Lanes slice(const BFloat16* from) { Lanes x; std::memcpy(&x, from, sizeof x); return x; }
inline Lanes slice(const float* from) { return (Lanes)_mm512_cvtne2ps_pbh((__m512)load(from + LANES), (__m512)load(from)); }

/** Some rows as they are multiplied, `to` if they are not so already. */
inline const BFloat16* taken(const BFloat16* from, long, BFloat16*) { return from; }
inline const BFloat16* taken(const float* from, long count, BFloat16* to) {
  for (long i = 0; i < count; i += TILE_DEPTH) {
    const Lanes rounded = slice(from + i);
    std::memcpy(to + i, &rounded, sizeof rounded);
  }
  return to;
}

/** [rows][depth] turned into panels [rows / width][pairs of numbers][width]; columns beyond the last row are zeros. */
template <class T>
void turnRows(const T* from, int rows, int depth, int width, float* panels) {
  const int slices = depth / TILE_DEPTH, pieces = (rows + width - 1) / width * slices, parts = std::min(pieces, 2 * threadCount());
  parallel(parts, [&](int part) {
    for (int piece = long(pieces) * part / parts; piece < long(pieces) * (part + 1) / parts; piece++) for (int half = 0; half < width; half += LANES) {
      const int first = piece / slices * width + half, some = std::min(LANES, rows - first);
      Lanes pairs[LANES] = {};
      for (int r = 0; r < some; r++) pairs[r] = slice(from + long(first + r) * depth + piece % slices * TILE_DEPTH);
      transpose(pairs);
      for (int k = 0; k < LANES; k++) store(panels + (long(piece) * LANES + k) * width + half, pairs[k]);
    }
  });
}

/** Sums [32 rows of the left][32 columns]. `isAhead`: what comes next is fetched meanwhile, near the end that of the next rows. */
void multiply(const BFloat16* left, int depth, const float* columns, bool isAhead, float* sums) {
  constexpr int AHEAD = 8 * TILE_DEPTH;
  Square square;
  for (int k = 0; k < depth; k += TILE_DEPTH, columns += STEP) {
    const long next = k + AHEAD < depth ? k + AHEAD : k + AHEAD - depth + long(SQUARE) * depth;
    if (isAhead) for (int i = 0; i < SQUARE; i++) __builtin_prefetch(left + long(i) * depth + next);
    square.add({left + k, depth * long(sizeof(BFloat16))}, columns);
  }
  square.store(sums);
}

/** Sums [64 outputs][16 rows]: half as many columns are read for each weight. */
void multiplyFew(const BFloat16* weight, int inputs, const float* columns, float* sums) {
  constexpr long ROW = LANES * sizeof(float);
  const long stride = inputs * long(sizeof(BFloat16)), hop = long(LANES) * inputs;
  settle();
  _tile_zero(0); _tile_zero(1); _tile_zero(2); _tile_zero(3);
  for (int k = 0; k < inputs; k += TILE_DEPTH, weight += TILE_DEPTH, columns += LANES * LANES) {
    _tile_loadd(4, columns, ROW);
    _tile_loadd(5, weight, stride);
    _tile_loadd(6, weight + hop, stride);
    _tile_dpbf16ps(0, 5, 4);
    _tile_loadd(7, weight + 2 * hop, stride);
    _tile_dpbf16ps(1, 6, 4);
    _tile_loadd(5, weight + 3 * hop, stride);
    _tile_dpbf16ps(2, 7, 4);
    _tile_dpbf16ps(3, 5, 4);
  }
  _tile_stored(0, sums, ROW);
  _tile_stored(1, sums + LANES * LANES, ROW);
  _tile_stored(2, sums + 2 * LANES * LANES, ROW);
  _tile_stored(3, sums + 3 * LANES * LANES, ROW);
}

/** What is added to the sums of a row, and where they go. */
template <class Y>
struct Target {
  const float* bias;
  const Y* beside;
  Y* y;
  long stride;

  Target from(long row, int output) const {
    const long at = row * stride + output;
    return {bias ? bias + output : nullptr, beside ? beside + at : nullptr, y + at, stride};
  }

  void write(Lanes sum, long row, int output) const {
    const long at = row * stride + output;
    if (bias) sum += load(bias + output);
    store(y + at, beside ? sum + load(beside + at) : sum);
  }
};

/** From sums [outputs][rows]. */
template <class Y>
void writeTurned(const float* sums, Shape shape, int rows, const Target<Y>& to) {
  for (int o = 0; o < shape.outputs; o += LANES) for (int first = 0; first < rows; first += LANES) {
    Lanes outputs[LANES];
    for (int i = 0; i < LANES; i++) outputs[i] = load(sums + (o + i) * shape.rows + first);
    transpose(outputs);
    for (int r = 0; r < std::min(LANES, rows - first); r++) to.write(outputs[r], first + r, o);
  }
}

/** The weights from memory by the rows, turned: for few rows. */
template <class T, class Y>
void multiplyWeights(const Dense& d, const T* x, const T* weight, const Target<Y>& to) {
  const Shape shape = shapeOf(d);
  const int panels = (d.rows + shape.rows - 1) / shape.rows, blocks = d.outputs / shape.outputs, parts = std::min(blocks, 4 * threadCount());
  float* columns = scratch(2, long(panels) * shape.rows * d.inputs / 2);
  turnRows(x, d.rows, d.inputs, shape.rows, columns);
  parallel(parts, [&](int part) {
    const TileRegisters registers;
    float* sums = scratch(0, SQUARE * SQUARE);
    BFloat16* const rounded = sizeof(T) == 2 ? nullptr : reinterpret_cast<BFloat16*>(scratch(1, long(shape.outputs) * d.inputs / 2));
    for (int block = long(blocks) * part / parts; block < long(blocks) * (part + 1) / parts; block++) {
      const int output = block * shape.outputs;
      const BFloat16* left = taken(weight + long(output) * d.inputs, long(shape.outputs) * d.inputs, rounded);
      for (int first = 0; first < panels * shape.rows; first += shape.rows) {
        const float* right = columns + long(first) * d.inputs / 2;
        if (shape.rows == LANES) multiplyFew(left, d.inputs, right, sums);
        else multiply(left, d.inputs, right, first == 0 && panels > 1 && left != rounded, sums);
        writeTurned(sums, shape, std::min(shape.rows, d.rows - first), to.from(first, output));
      }
    }
  });
}

/** The rows from memory by the weights, turned: for many rows. */
template <class Y>
void multiplyRows(const Dense& d, const BFloat16* x, const BFloat16* weight, const Target<Y>& to) {
  const int blocks = (d.rows + SQUARE - 1) / SQUARE, parts = std::min(blocks, 4 * threadCount());
  float* columns = scratch(2, long(d.outputs) * d.inputs / 2);
  turnRows(weight, d.outputs, d.inputs, SQUARE, columns);
  parallel(parts, [&](int part) {
    const TileRegisters registers;
    float* sums = scratch(0, SQUARE * SQUARE);
    for (int block = long(blocks) * part / parts; block < long(blocks) * (part + 1) / parts; block++) {
      const int first = block * SQUARE, some = std::min(SQUARE, d.rows - first);
      const BFloat16* rows = x + long(first) * d.inputs;
      if (some < SQUARE) {
        BFloat16* whole = reinterpret_cast<BFloat16*>(scratch(1, long(SQUARE) * d.inputs / 2));
        std::fill(std::copy_n(rows, long(some) * d.inputs, whole), whole + long(SQUARE) * d.inputs, BFloat16{});
        rows = whole;
      }
      for (int output = 0; output < d.outputs; output += SQUARE) {
        multiply(rows, d.inputs, columns + long(output) * d.inputs / 2, false, sums);
        for (int r = 0; r < some; r++) for (int o = 0; o < SQUARE; o += LANES) to.write(load(sums + r * SQUARE + o), first + r, output + o);
      }
    }
  });
}

}  // namespace

template <class Y>
void denseTiles(const Dense& d, const BFloat16* x, const BFloat16* weight, const float* bias, const Y* beside, Y* y) {
  const bool isOfMany = long(d.rows) * (d.inputs + d.outputs) > long(d.inputs) * d.outputs;  // more to turn than the weights are
  (isOfMany ? multiplyRows<Y> : multiplyWeights<BFloat16, Y>)(d, x, weight, {bias, beside, y, d.outputs});
}

void denseTilesRounded(const Dense& d, const float* x, const float* weight, const float* bias, float* y) { multiplyWeights<float, float>(d, x, weight, {bias, nullptr, y, d.outputs}); }

template void denseTiles(const Dense&, const BFloat16*, const BFloat16*, const float*, const BFloat16*, BFloat16*);
template void denseTiles(const Dense&, const BFloat16*, const BFloat16*, const float*, const float*, float*);

#endif
