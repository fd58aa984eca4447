#include "tileconv.h"
#include "amx.h"

#if IAL_TILES
#include <algorithm>
#include <vector>
#include "grid.h"
#include "threads.h"

namespace {

constexpr long CACHED = 512 * 1024;  // bytes of planes that a thread keeps in its own cache

/** What a place of the output sees through one tap: a place of a plane, and which of the laid out filters is meant for it. */
struct Tap { int plane; long offset; int filter; };

/** Results at places of a grid go to every `step`-th row and column of maps, from (top, left) on. */
struct Target {
  int height, width, step, top, left;
  /** @returns -1 where a place has none */
  long at(int image, int row, int column) const {
    const int y = row * step + top, x = column * step + left;
    return y < height && x < width ? (long(image) * height + y) * width + x : -1;
  }
};

/** Sums over taps for all places of a grid, and where they go. */
struct Pass { std::vector<Tap> taps; Target target; };

struct Layout { int inputs, outputs, taps; const float* filters; };

/** Planes of a grid, one behind another, each with zeros beyond its last place. */
class Planes {
 public:
  Planes(const Grid& grid, const std::vector<Pass>& passes, const Layout& layout, const BFloat16* maps)
    : channels(layout.inputs), isUsed(grid.planes()) {
    long furthest = 0;
    for (const Pass& pass : passes) for (const Tap& tap : pass.taps) isUsed[tap.plane] = true, furthest = std::max(furthest, tap.offset);
    size = grid.places() + furthest + SQUARE;
    memory = reinterpret_cast<BFloat16*>(scratch(0, size * channels / 2 * isUsed.size()));
    for (size_t plane = 0; plane < isUsed.size(); plane++) if (isUsed[plane]) fill(Walk(grid, int(plane)), maps, memory + size * channels * plane);
  }

  const BFloat16* at(const Tap& tap, long place) const { return memory + (size * tap.plane + tap.offset + place) * channels; }

 private:
  void fill(Walk walk, const BFloat16* maps, BFloat16* to) const {
    for (long i = 0; i < size; i++, to += channels) {
      const long place = walk.next();
      if (place < 0) std::memset(to, 0, channels * sizeof(BFloat16));
      else std::memcpy(to, maps + place * channels, channels * sizeof(BFloat16));
    }
  }

  const int channels;
  std::vector<bool> isUsed;
  long size;
  BFloat16* memory;
};

/** sums [32 places][32 outputs] */
void sumTaps(const Planes& planes, const std::vector<Tap>& taps, long place, const Layout& layout, int panel, float* sums) {
  zeroSquare();
  const long tapSize = long(layout.inputs) / 2 * SQUARE;
  const long row = layout.inputs * sizeof(BFloat16);
  for (const Tap& tap : taps) {
    const BFloat16* a = planes.at(tap, place);
    const float* b = layout.filters + (long(panel) * layout.taps + tap.filter) * tapSize;
    for (int i = 0; i < layout.inputs; i += TILE_DEPTH) addToSquare({a + i, 16 * row, row}, {b + i / 2 * SQUARE, 64, SQUARE * sizeof(float)});
  }
  storeSquare(sums, SQUARE);
}

/** Every place of a grid's images by every pass, for the panels [first, last) of outputs. */
void sumPlaces(const Grid& grid, const std::vector<Pass>& passes, const Planes& planes, const Layout& layout, int first, int last, Finish finish, BFloat16* to) {
  float* sums = scratch(1, SQUARE * SQUARE);
  for (int panel = first; panel < last; panel++) for (const Pass& pass : passes) {
    const int from = panel * SQUARE;
    const Lanes left = finish.biasAt(from), right = finish.biasAt(from + LANES);
    int image = 0, row = 0, column = 0;
    for (long place = 0; place < grid.places(); place += SQUARE) {
      sumTaps(planes, pass.taps, place, layout, panel, sums);
      for (int i = 0; i < SQUARE && image < grid.images; i++) {
        const long at = pass.target.at(image, row, column);
        if (at >= 0) {
          BFloat16* y = to + at * layout.outputs + from;
          store(y, finish(load(sums + i * SQUARE), left));
          store(y + LANES, finish(load(sums + i * SQUARE + LANES), right));
        }
        if (++column == grid.pitch) column = 0, row++;
        if (row == grid.rows) row = 0, image++;
      }
    }
  }
}

/** @param grid of all images of `maps` */
void convolveGrid(const Grid& grid, const BFloat16* maps, const Layout& layout, const std::vector<Pass>& passes, Finish finish, BFloat16* to) {
  const int threads = threadCount(), panels = layout.outputs / SQUARE;
  const long bytes = long(grid.rows) * grid.pitch * grid.planes() * layout.inputs * sizeof(BFloat16);
  const int most = std::max<long>(1, CACHED / bytes), needed = (grid.images + most - 1) / most;
  const int groups = std::min(grid.images, (needed + threads - 1) / threads * threads);
  const int parts = std::min(panels, (2 * threads + groups - 1) / groups);
  const Target& target = passes[0].target;
  parallel(groups * parts, [&](int task) {
    const int group = task / parts, part = task % parts;
    const long first = long(grid.images) * group / groups;
    Grid some = grid;
    some.images = int(long(grid.images) * (group + 1) / groups - first);
    const TileRegisters registers;
    const Planes planes(some, passes, layout, maps + first * grid.height * grid.width * layout.inputs);
    sumPlaces(some, passes, planes, layout, panels * part / parts, panels * (part + 1) / parts, finish, to + first * target.height * target.width * layout.outputs);
  });
}

/** Rows and columns around maps of dy that places of dx look at, or that dx has beyond those of dy. */
int marginOf(const Window& w) {
  const auto beyond = [&](int extent, int made) { return (extent + w.stride - 1) / w.stride - made; };
  return std::max({(w.size - 1 - w.margin) / w.stride, (w.stride - 1 + w.margin) / w.stride, beyond(w.height, w.down), beyond(w.width, w.across)});
}

/** Taps through which the places of x at (top, left) of every `stride` are seen. */
std::vector<Tap> tapsSeeing(const Window& w, const Grid& gradients, int top, int left) {
  std::vector<Tap> taps;
  for (int row = 0; row < w.size; row++) for (int column = 0; column < w.size; column++) {
    const int down = top + w.margin - row, across = left + w.margin - column;
    if (down % w.stride || across % w.stride) continue;
    taps.push_back({0, gradients.offset(down / w.stride + gradients.margin, across / w.stride + gradients.margin), row * w.size + column});
  }
  return taps;
}

/** As layOut, inputs and outputs exchanged: [panel of 32 inputs][tap][pairs of outputs][32] */
void layOutTurned(int size, int inputs, int outputs, const float* filter, float* to) {
  const int taps = size * size;
  parallel(inputs / SQUARE * taps, [&](int task) {
    const int panel = task / taps, tap = task % taps;
    float* place = to + long(task) * outputs / 2 * SQUARE;
    for (int o = 0; o < outputs; o += TILE_DEPTH) for (int i = 0; i < SQUARE; i += LANES) {
      Lanes pairs[LANES];
      for (int r = 0; r < LANES; r++) {
        const float* row = filter + (long(tap) * inputs + panel * SQUARE + i + r) * outputs + o;
        pairs[r] = (Lanes)_mm512_cvtne2ps_pbh((__m512)load(row + LANES), (__m512)load(row));
      }
      transpose(pairs);
      for (int k = 0; k < LANES; k++) store(place + long(o / 2 + k) * SQUARE + i, pairs[k]);
    }
  });
}

}  // namespace

void convolveTiles(const Window& w, const BFloat16* x, const float* filters, Finish finish, BFloat16* y) {
  const Grid grid(w.images, w.height, w.width, w.margin, w.stride);
  Pass pass{{}, {w.down, w.across, 1, 0, 0}};
  for (int row = 0; row < w.size; row++) for (int column = 0; column < w.size; column++)
    pass.taps.push_back({grid.plane(row, column), grid.offset(row, column), row * w.size + column});
  convolveGrid(grid, x, {w.inputs, w.outputs, w.size * w.size, filters}, {pass}, finish, y);
}

void tileInputGradient(const Window& w, const BFloat16* dy, const float* filter, BFloat16* dx) {
  float* turned = scratch(2, long(w.size) * w.size * w.inputs * w.outputs / 2);
  layOutTurned(w.size, w.inputs, w.outputs, filter, turned);
  const Grid grid(w.images, w.down, w.across, marginOf(w), 1);
  std::vector<Pass> passes;
  for (int top = 0; top < w.stride; top++) for (int left = 0; left < w.stride; left++)
    passes.push_back({tapsSeeing(w, grid, top, left), {w.height, w.width, w.stride, top, left}});
  convolveGrid(grid, dy, {w.outputs, w.inputs, w.size * w.size, turned}, passes, {}, dx);
}

#endif
