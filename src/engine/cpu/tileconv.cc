#include "tileconv.h"
#include "amx.h"

#if IAL_TILES
#include <algorithm>
#include <vector>
#include "grid.h"
#include "threads.h"

namespace {

constexpr long CACHED = 512 * 1024;  // bytes of planes that a thread keeps in its own cache

/** What the places of a grid see through one tap: places of a plane, `offset` further on. */
struct Seen { int plane; long offset; int filter; };

/** A pass over a grid; `target` is where its sums go. */
struct GridPass { View target; std::vector<Seen> taps; };

/** Planes of a grid, [32 channels each][plane][place][32]: what a tile holds is in one piece. Zeros beyond the last place. */
class Planes {
 public:
  Planes(const Grid& grid, const std::vector<GridPass>& passes, int channels, const BFloat16* maps) : planes(grid.planes()), slices(channels / TILE_DEPTH) {
    long furthest = 0;
    std::vector<bool> isUsed(planes);
    for (const GridPass& pass : passes) for (const Seen& tap : pass.taps) isUsed[tap.plane] = true, furthest = std::max(furthest, tap.offset);
    size = grid.places() + furthest + SQUARE;
    memory = reinterpret_cast<BFloat16*>(scratch(0, size * channels / 2 * planes));
    for (int plane = 0; plane < planes; plane++) if (isUsed[plane]) fill(Walk(grid, plane), maps, plane);
  }

  const BFloat16* at(int slice, const Seen& tap, long place) const { return start(slice, tap.plane) + (tap.offset + place) * TILE_DEPTH; }

 private:
  BFloat16* start(int slice, int plane) const { return memory + (long(slice) * planes + plane) * size * TILE_DEPTH; }

  void fill(Walk walk, const BFloat16* maps, int plane) const {
    const std::vector<BFloat16> zeros(slices * TILE_DEPTH);
    const long step = size * planes * TILE_DEPTH;
    BFloat16* to = start(0, plane);
    for (long i = 0; i < size; i++, to += TILE_DEPTH) {
      const BFloat16* place = walk.next(maps, slices * TILE_DEPTH, zeros.data());
      for (int slice = 0; slice < slices; slice++) copySlice(place + slice * TILE_DEPTH, to + slice * step);
    }
  }

  const int planes, slices;
  long size;
  BFloat16* memory;
};

/** sums [32 places][32 outputs] */
void sumTaps(const Planes& planes, const std::vector<Seen>& taps, long place, const Layout& layout, int panel, float* sums) {
  const int slices = layout.inputs / TILE_DEPTH;
  const float* filters = layout.filters + long(panel) * layout.taps * slices * STEP;
  Square square;
  for (const Seen& tap : taps) for (int slice = 0; slice < slices; slice++)
    square.add({planes.at(slice, tap, place), TILE_DEPTH * sizeof(BFloat16)}, filters + (long(tap.filter) * slices + slice) * STEP);
  square.store(sums);
}

/** Writes what was summed up to where it goes, place after place of a grid. */
class Writer {
 public:
  Writer(const Grid& grid, const View& target, int outputs, int first, Finish<BFloat16> finish, BFloat16* maps)
    : grid(grid), target(target), outputs(outputs), first(first), finish(finish), left(finish.biasAt(first)), right(finish.biasAt(first + LANES)), maps(maps) {}

  /** @param sums [32][32] of the next 32 places; those beyond the last are left out */
  void write(const float* sums) {
    for (int i = 0; i < SQUARE && image < grid.images;) {
      const int run = std::min(SQUARE - i, grid.pitch - column), inside = std::min(run, target.across - column), y = row * target.step + target.top;
      if (row < target.down) writeRow(sums + i * SQUARE, inside, ((long(image) * target.height + y) * target.width + column * target.step + target.left) * outputs + first);
      i += run;
      column += run;
      if (column == grid.pitch) column = 0, row++;
      if (row == grid.rows) row = 0, image++;
    }
  }

 private:
  void writeRow(const float* sums, int count, long at) const {
    const long step = long(target.step) * outputs;
    for (int i = 0; i < count; i++, sums += SQUARE, at += step) {
      const __m512bh both = _mm512_cvtne2ps_pbh((__m512)finish(load(sums + LANES), right, at + LANES), (__m512)finish(load(sums), left, at));
      std::memcpy(maps + at, &both, sizeof both);
    }
  }

  const Grid& grid;
  const View& target;
  const int outputs, first;
  const Finish<BFloat16> finish;
  const Lanes left, right;
  BFloat16* maps;
  int image = 0, row = 0, column = 0;
};

/** Every place of a grid's images by every pass, for the panels [first, last) of outputs. */
void sumPlaces(const Grid& grid, const std::vector<GridPass>& passes, const Planes& planes, const Layout& layout, int first, int last, Finish<BFloat16> finish, BFloat16* to) {
  float* sums = scratch(1, SQUARE * SQUARE);
  for (int panel = first; panel < last; panel++) for (const GridPass& pass : passes) {
    Writer writer(grid, pass.target, layout.outputs, panel * SQUARE, finish, to);
    for (long place = 0; place < grid.places(); place += SQUARE) {
      sumTaps(planes, pass.taps, place, layout, panel, sums);
      writer.write(sums);
    }
  }
}

GridPass onGrid(const Grid& grid, const Pass& pass) {
  GridPass made{pass.target, {}};
  for (const auto& [filter, seen] : pass.taps) {
    const int row = seen.top + grid.margin, column = seen.left + grid.margin;
    made.taps.push_back({grid.plane(row, column), grid.offset(row, column), filter});
  }
  return made;
}

/** @param grid of all images of `maps` */
void convolveGrid(const Grid& grid, const BFloat16* maps, const Layout& layout, const std::vector<Pass>& passes, Finish<BFloat16> finish, BFloat16* to) {
  std::vector<GridPass> placed;
  for (const Pass& pass : passes) placed.push_back(onGrid(grid, pass));
  const int threads = threadCount(), panels = layout.outputs / SQUARE;
  const long bytes = long(grid.rows) * grid.pitch * grid.planes() * layout.inputs * sizeof(BFloat16);
  const int most = std::max<long>(1, CACHED / bytes), needed = (grid.images + most - 1) / most;
  const int groups = std::min(grid.images, (needed + threads - 1) / threads * threads);
  const int parts = threads == 1 ? 1 : std::min(panels, (2 * threads + groups - 1) / groups);  // each fills planes of its own
  const View& target = passes[0].target;
  parallel(groups * parts, [&](int task) {
    const int group = task / parts, part = task % parts;
    const long first = long(grid.images) * group / groups;
    Grid some = grid;
    some.images = int(long(grid.images) * (group + 1) / groups - first);
    const long begin = first * target.height * target.width * layout.outputs;
    const TileRegisters registers;
    const Planes planes(some, placed, layout.inputs, maps + first * grid.height * grid.width * layout.inputs);
    sumPlaces(some, placed, planes, layout, panels * part / parts, panels * (part + 1) / parts, finish.from(begin), to + begin);
  });
}

/** Rows and columns around maps of dy that places of dx look at, or that dx has beyond those of dy. */
int marginOf(const Window& w) {
  const auto beyond = [&](int extent, int made) { return (extent + w.stride - 1) / w.stride - made; };
  return std::max({(w.size - 1 - w.margin) / w.stride, (w.stride - 1 + w.margin) / w.stride, beyond(w.height, w.down), beyond(w.width, w.across)});
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

void convolveTiles(const Window& w, const BFloat16* x, const float* filters, Finish<BFloat16> finish, BFloat16* y) {
  const Grid grid(w.images, w.height, w.width, w.margin, w.stride);
  convolveGrid(grid, x, {w.inputs, w.outputs, w.size * w.size, filters}, {passOf(w)}, finish, y);
}

void tileInputGradient(const Window& w, const BFloat16* dy, const float* filter, BFloat16* dx) {
  float* turned = scratch(2, long(w.size) * w.size * w.inputs * w.outputs / 2);
  layOutTurned(w.size, w.inputs, w.outputs, filter, turned);
  const Grid grid(w.images, w.down, w.across, marginOf(w), 1);
  convolveGrid(grid, dy, {w.outputs, w.inputs, w.size * w.size, turned}, gradientPasses(w), {}, dx);
}

#endif
