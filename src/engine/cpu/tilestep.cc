#include "tilestep.h"
#include "amx.h"

#if IAL_TILES
#include <algorithm>
#include "threads.h"

namespace {

constexpr long BLOCK = long(SQUARE) * SQUARE;
constexpr int PARTS = 8;  // of the outputs, each with sums of its own: as many for any number of threads, which then does not matter to the sums

/** What the rows of a layer bring to its step, rounded, as the two products read it. `rows`: whole squares, the last ones zeros. */
struct Brought {
  int rows;
  float* x;  // [inputs / 32][rows in pairs][32]
  BFloat16 *byOutput, *byRow;  // dy [outputs][rows] and [outputs / 32][rows][32]
};

/** 16 numbers of a row, or zeros beyond the last. */
Lanes numbers(const Dense& d, const float* from, int row, int columns, int column) {
  return row < d.rows ? load(from + long(row) * columns + column) : Lanes{};
}

/** 32 inputs of all rows. */
void bringInputs(const Dense& d, const float* x, int first, const Brought& to) {
  float* at = to.x + long(first) * to.rows / 2;
  for (int row = 0; row < to.rows; row += 2) for (int c = first; c < first + SQUARE; c += LANES, at += LANES)
    store(at, paired(numbers(d, x, row, d.inputs, c), numbers(d, x, row + 1, d.inputs, c)));
}

/** The gradients of 32 outputs of all rows. */
void bringOutputs(const Dense& d, const float* dy, int first, const Brought& to) {
  for (int half = 0; half < SQUARE; half += LANES) for (int row = 0; row < to.rows; row += 2 * LANES) {
    Lanes pairs[LANES];
    for (int i = 0; i < LANES; i++) {
      const Lanes even = numbers(d, dy, row + 2 * i, d.outputs, first + half), odd = numbers(d, dy, row + 2 * i + 1, d.outputs, first + half);
      BFloat16* at = to.byRow + (long(first) * to.rows + (row + 2 * i) * SQUARE + half);
      store(at, even);
      store(at + SQUARE, odd);
      pairs[i] = paired(even, odd);
    }
    transpose(pairs);
    for (int i = 0; i < LANES; i++) std::memcpy(to.byOutput + (long(first + half + i) * to.rows + row), &pairs[i], sizeof pairs[i]);
  }
}

/** Weights of 32 outputs, from the first on, and their velocity; what becomes of them goes past the caches if there is much of it. */
struct Weights {
  const float *parameter, *velocity;
  float *newParameter, *newVelocity;
  bool isLarge;
  void put(float* to, Lanes x) const { if (isLarge) storePast(to, x); else store(to, x); }
  Weights from(long at) const { return {parameter + at, velocity + at, newParameter + at, newVelocity + at, isLarge}; }
};

/** Their step. @param gradient [inputs / 32][32 outputs][32] @param pairs the weights as they were, [inputs / 32][16 pairs of outputs][32] */
void stepBlock(const Dense& d, const Sgd& sgd, const Weights& weights, const float* gradient, float* pairs) {
  for (int output = 0; output < SQUARE; output += 2) for (int i = 0; i < d.inputs; i += LANES) {
    Lanes old[2];
    for (int which = 0; which < 2; which++) {
      const long at = long(output + which) * d.inputs + i, column = i / SQUARE * BLOCK + i % SQUARE;
      old[which] = load(weights.parameter + at);
      const Step<Lanes> step = stepOf(sgd, load(gradient + column + (output + which) * SQUARE), old[which], load(weights.velocity + at));
      weights.put(weights.newVelocity + at, step.velocity);
      weights.put(weights.newParameter + at, step.parameter);
    }
    store(pairs + long(i / SQUARE) * STEP + output / 2 * SQUARE + i % SQUARE, paired(old[0], old[1]));
  }
  if (weights.isLarge) allPast();
}

/** gradient [inputs / 32][32][32] = dy^T * x, of 32 outputs */
void multiplyRows(const Dense& d, const Brought& from, int output, float* gradient) {
  for (int input = 0; input < d.inputs; input += SQUARE) {
    Square square;
    for (int row = 0; row < from.rows; row += SQUARE)
      square.add({from.byOutput + long(output) * from.rows + row, from.rows * long(sizeof(BFloat16))}, from.x + (long(input) * from.rows + row * SQUARE) / 2);
    square.store(gradient + input / SQUARE * BLOCK);
  }
}

/** sums [rows / 32][inputs / 32][32][32] (+)= dy * the weights of 32 outputs */
void multiplyOutputs(const Dense& d, const Brought& from, int output, const float* pairs, bool isFirst, float* sums) {
  for (int row = 0; row < from.rows; row += SQUARE) for (int input = 0; input < d.inputs; input += SQUARE, sums += BLOCK) {
    Square square = isFirst ? Square() : Square(sums);
    square.add({from.byRow + (long(output) * from.rows + row * SQUARE), SQUARE * long(sizeof(BFloat16))}, pairs + long(input / SQUARE) * STEP);
    square.store(sums);
  }
}

/** dx [rows, inputs] of the sums of all parts, one after another: 32 inputs of 32 rows. */
void addParts(const Dense& d, const float* sums, int parts, long size, int row, int input, float* dx) {
  for (int r = 0; r < std::min(SQUARE, d.rows - row); r++) for (int c = 0; c < SQUARE; c += LANES) {
    const float* from = sums + (long(row / SQUARE) * (d.inputs / SQUARE) + input / SQUARE) * BLOCK + r * SQUARE + c;
    Lanes sum = load(from);
    for (int part = 1; part < parts; part++) sum += load(from + part * size);
    store(dx + long(row + r) * d.inputs + input + c, sum);
  }
}

}  // namespace

void stepTiles(const Dense& d, const Sgd& sgd, const float* parameter, const float* velocity, const float* dy, const float* x, float* newParameter, float* newVelocity, float* dx) {
  const int rows = (d.rows + SQUARE - 1) / SQUARE * SQUARE, blocks = d.outputs / SQUARE, parts = std::min(blocks, PARTS);
  const long ofInputs = long(rows) * d.inputs / 2, ofOutputs = long(rows) * d.outputs / 2, size = long(rows) * d.inputs;
  float* const brought = scratch(2, ofInputs + 2 * ofOutputs + parts * size);
  BFloat16* const gradients = reinterpret_cast<BFloat16*>(brought + ofInputs);
  const Brought from{rows, brought, gradients, gradients + 2 * ofOutputs};
  float* const sums = brought + ofInputs + 2 * ofOutputs;
  parallel((d.inputs + d.outputs) / SQUARE, [&](int task) {
    const int first = task * SQUARE;
    if (first < d.inputs) bringInputs(d, x, first, from);
    else bringOutputs(d, dy, first - d.inputs, from);
  });
  const Weights weights{parameter, velocity, newParameter, newVelocity, isLarge(long(d.outputs) * d.inputs)};
  parallel(parts, [&](int part) {
    const TileRegisters registers;
    float *gradient = scratch(0, d.inputs * long(SQUARE)), *pairs = scratch(1, d.inputs * long(SQUARE) / 2);
    const int first = blocks * part / parts;
    for (int block = first; block < blocks * (part + 1) / parts; block++) {
      const int output = block * SQUARE;
      multiplyRows(d, from, output, gradient);
      stepBlock(d, sgd, weights.from(long(output) * d.inputs), gradient, pairs);
      multiplyOutputs(d, from, output, pairs, block == first, sums + part * size);
    }
  });
  parallel(d.inputs / SQUARE, [&](int panel) {
    for (int row = 0; row < rows; row += SQUARE) addParts(d, sums, parts, size, row, panel * SQUARE, dx);
  });
}

#endif
