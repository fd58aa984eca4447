#include "amx.h"
#include "dense.h"

#if IAL_TILES
#include <algorithm>
#include "threads.h"

namespace {

/** x [rows][inputs] turned into panels [rows / 32][pairs of inputs][32]; columns beyond the last row are zeros. */
void turnRows(const Dense& d, const BFloat16* x, float* panels) {
  const int slices = d.inputs / TILE_DEPTH, pieces = (d.rows + SQUARE - 1) / SQUARE * slices, parts = std::min(pieces, 2 * threadCount());
  parallel(parts, [&](int part) {
    for (int piece = long(pieces) * part / parts; piece < long(pieces) * (part + 1) / parts; piece++) for (int half = 0; half < SQUARE; half += LANES) {
      const int first = piece / slices * SQUARE + half, some = std::min(LANES, d.rows - first);
      Lanes pairs[LANES] = {};
      for (int r = 0; r < some; r++) std::memcpy(&pairs[r], x + long(first + r) * d.inputs + piece % slices * TILE_DEPTH, sizeof pairs[r]);
      transpose(pairs);
      for (int k = 0; k < LANES; k++) store(panels + long(piece) * STEP + k * SQUARE + half, pairs[k]);
    }
  });
}

/**
 * Sums [32 outputs][32 rows]. With the first rows, the weights that come next are fetched meanwhile: they come from far away,
 * in too many lines for the processor to see it coming. Near the end those are of the next outputs.
 */
void multiply(const BFloat16* weight, int inputs, const float* columns, bool isFirst, float* sums) {
  constexpr int AHEAD = 8 * TILE_DEPTH;
  Square square;
  for (int k = 0; k < inputs; k += TILE_DEPTH, columns += STEP) {
    const long next = k + AHEAD < inputs ? k + AHEAD : k + AHEAD - inputs + long(SQUARE) * inputs;
    if (isFirst) for (int o = 0; o < SQUARE; o++) __builtin_prefetch(weight + long(o) * inputs + next);
    square.add({weight + k, inputs * long(sizeof(BFloat16))}, columns);
  }
  square.store(sums);
}

/** y of `rows` rows for 32 outputs, from their sums. */
template <class Y>
void writeRows(const float* sums, int rows, const float* bias, const Y* beside, Y* y, long stride) {
  for (int o = 0; o < SQUARE; o += LANES) for (int first = 0; first < rows; first += LANES) {
    Lanes outputs[LANES];
    for (int i = 0; i < LANES; i++) outputs[i] = load(sums + (o + i) * SQUARE + first);
    transpose(outputs);
    for (int r = 0; r < std::min(LANES, rows - first); r++) {
      const long at = (first + r) * stride + o;
      const Lanes sum = bias ? outputs[r] + load(bias + o) : outputs[r];
      store(y + at, beside ? sum + load(beside + at) : sum);
    }
  }
}

}  // namespace

template <class Y>
void denseTiles(const Dense& d, const BFloat16* x, const BFloat16* weight, const float* bias, const Y* beside, Y* y) {
  const int panels = (d.rows + SQUARE - 1) / SQUARE, blocks = d.outputs / SQUARE, parts = std::min(blocks, 4 * threadCount());
  float* columns = scratch(2, long(panels) * SQUARE * d.inputs / 2);
  turnRows(d, x, columns);
  parallel(parts, [&](int part) {
    const TileRegisters registers;
    float* sums = scratch(0, SQUARE * SQUARE);
    for (int block = long(blocks) * part / parts; block < long(blocks) * (part + 1) / parts; block++) for (int panel = 0; panel < panels; panel++) {
      const int first = panel * SQUARE, output = block * SQUARE;
      const long at = long(first) * d.outputs + output;
      multiply(weight + long(output) * d.inputs, d.inputs, columns + long(first) * d.inputs / 2, panel == 0, sums);
      writeRows(sums, std::min(SQUARE, d.rows - first), bias ? bias + output : nullptr, beside ? beside + at : nullptr, y + at, d.outputs);
    }
  });
}

template void denseTiles(const Dense&, const BFloat16*, const BFloat16*, const float*, const BFloat16*, BFloat16*);
template void denseTiles(const Dense&, const BFloat16*, const BFloat16*, const float*, const float*, float*);

#endif
