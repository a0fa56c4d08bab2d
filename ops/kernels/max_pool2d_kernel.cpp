#include <retrograph/graph/execute/instruction_set.hpp>
#include <retrograph/graph/execute/parallel.hpp>
#include <retrograph/ops/kernels/max_pool2d_kernel.hpp>
#include <retrograph/ops/kernels/vectors.hpp>

#include <algorithm>
#include <utility>

namespace retrograph {
namespace {

/// Planes one after another, and what is made of them.
template <class T>
struct Planes {
  const Pool2dWindow& window;
  HeightWidth image, result;
  std::int64_t count;
  const T* x;
  T* largest;
  std::int32_t* places;
};

/// A row of windows: those rows of the image that they meet.
template <class T>
struct Row {
  const Pool2dWindow& window;
  const T* plane;
  std::int64_t width, first, end;  // of the image; its rows
  T* largest;
  std::int32_t* places;
};

/// The numbers of an image in a window, known when this is compiled or not.
template <std::int64_t height, std::int64_t width>
struct Taps {
  static constexpr auto rows = height, columns = width;
};
struct AnyTaps {
  std::int64_t rows, columns;
};

template <class T>
struct MaxOfWindows {
  template <int bytes>
  struct Loop {
    [[gnu::always_inline]] static void run(Planes<T> planes) {
      const auto& window = planes.window;
      for (std::int64_t plane = 0; plane < planes.count; ++plane) {
        for (std::int64_t i = 0; i < planes.result.height; ++i) {
          const auto first = i * window.stride.height - window.padding.height;
          pool_row(
              {window, planes.x, planes.image.width, std::max<std::int64_t>(0, first),
               std::min(planes.image.height, first + window.extents.height), planes.largest, planes.places},
              planes.result.width);
          planes.largest += planes.result.width;
          planes.places += planes.result.width;
        }
        planes.x += planes.image.height * planes.image.width;
      }
    }

    /// Windows that reach beside the image one by one, the others in vectors.
    [[gnu::always_inline]] static void pool_row(const Row<T>& row, std::int64_t count) {
      const auto stride = row.window.stride.width, padding = row.window.padding.width;
      const auto room = row.width + padding - row.window.extents.width;
      const auto first = std::min(count, (padding + stride - 1) / stride);
      const auto end = room < 0 ? first : std::clamp(room / stride + 1, first, count);
      for (std::int64_t j = 0; j < first; ++j) pool_one(row, j);
      if (stride == 1)
        pool_inside<1>(row, first, end);
      else if (stride == 2)
        pool_inside<2>(row, first, end);
      else
        for (auto j = first; j < end; ++j) pool_one(row, j);
      for (auto j = end; j < count; ++j) pool_one(row, j);
    }

    [[gnu::always_inline]] static void pool_one(const Row<T>& row, std::int64_t j) {
      const auto begin = j * row.window.stride.width - row.window.padding.width;
      const auto first = std::max<std::int64_t>(0, begin),
                 end = std::min(row.width, begin + row.window.extents.width);
      auto best = row.first * row.width + first;
      for (auto h = row.first; h < row.end; ++h)
        for (auto place = h * row.width + first; place < h * row.width + end; ++place) {
          const auto largest = row.plane[best], number = row.plane[place];
          if (!(number <= largest) && largest == largest) best = place;
        }
      row.largest[j] = row.plane[best];
      row.places[j] = static_cast<std::int32_t>(best);
    }

    /// The loops of small windows, which most are, are unrolled.
    template <int stride>
    [[gnu::always_inline]] static void pool_inside(const Row<T>& row, std::int64_t first, std::int64_t end) {
      const auto rows = row.end - row.first, columns = row.window.extents.width;
      if (rows == 2 && columns == 2)
        pool_many<stride, bytes>(row, Taps<2, 2>{}, first, end);
      else if (rows == 3 && columns == 3)
        pool_many<stride, bytes>(row, Taps<3, 3>{}, first, end);
      else
        pool_many<stride, bytes>(row, AnyTaps{rows, columns}, first, end);
    }

    /// The last vector ends where the row ends: it may share windows with the one before it. Narrower ones
    /// where not one fits.
    template <int stride, int width, class Window>
    [[gnu::always_inline]] static void pool_many(const Row<T>& row, const Window& window, std::int64_t first,
                                                 std::int64_t end) {
      constexpr auto lane_count = lanes<T, width>;
      if constexpr (lane_count == 1) {
        for (auto j = first; j < end; ++j) pool_one(row, j);
      } else {
        if (end - first < lane_count) return pool_many<stride, width / 2>(row, window, first, end);
        for (auto j = first; j + lane_count < end; j += lane_count)
          pool_vector<stride, width>(row, window, j);
        pool_vector<stride, width>(row, window, end - lane_count);
      }
    }

    template <int stride, int width, class Window>
    [[gnu::always_inline]] static void pool_vector(const Row<T>& row, const Window& window, std::int64_t j) {
      using Whole = std::conditional_t<sizeof(T) == 4, std::int32_t, std::int64_t>;
      constexpr auto lane_count = lanes<T, width>;
      const auto corner = row.first * row.width + j * stride - row.window.padding.width;
      Vector<Whole, width> steps = {};
      for (std::int64_t lane = 0; lane < lane_count; ++lane) steps[lane] = static_cast<Whole>(lane * stride);
      Vector<T, width> best;
      load_each<stride>(row.plane + corner, best);
      auto places = steps + static_cast<Whole>(corner);
      for (std::int64_t tap = 1; tap < window.rows * window.columns; ++tap) {
        const auto place = corner + tap / window.columns * row.width + tap % window.columns;
        Vector<T, width> numbers;
        load_each<stride>(row.plane + place, numbers);
        const auto keeps = (numbers <= best) | (best != best);
        best = keeps ? best : numbers;
        places = keeps ? places : steps + static_cast<Whole>(place);
      }
      store(best, row.largest + j);
      using Counts = Vector<std::int32_t, width * 4 / static_cast<int>(sizeof(T))>;
      store(__builtin_convertvector(places, Counts), row.places + j);
    }

    /// Numbers that are `stride` apart. None behind the last is looked at.
    template <int stride, class V>
    [[gnu::always_inline]] static void load_each(const T* from, V& vector) {
      constexpr auto count = static_cast<std::int64_t>(sizeof(V) / sizeof(T));
      if constexpr (stride == 1) {
        load(vector, from);
      } else {
        V first, last;
        load(first, from);
        load(last, from + count - 1);
        take_even_and_odd(first, last, vector, std::make_integer_sequence<int, static_cast<int>(count)>{});
      }
    }

    template <class V, int... I>
    [[gnu::always_inline]] static void take_even_and_odd(const V& first, const V& last, V& taken,
                                                         std::integer_sequence<int, I...>) {
      constexpr auto count = static_cast<int>(sizeof...(I));
      taken = __builtin_shufflevector(first, last, (2 * I < count ? 2 * I : 2 * I + 1)...);
    }
  };
};

template <class T>
class MaxKernel final : public Kernel {
 public:
  MaxKernel(const Pool2dWindow& window, const Signature& signature)
      : window_{window}, planes_{signature.inputs[0].extents, signature.outputs[0].extents} {}

  void run(const Call& call) const override {
    parallel_for(planes_.count, planes_.at_once(), [&](std::int64_t begin, std::int64_t end) {
      const auto first = begin * planes_.result_size();
      run_on_widest_vectors<MaxOfWindows<T>::template Loop>(
          Planes<T>{window_, planes_.image, planes_.result, end - begin,
                    call.input(0).values<T>() + begin * planes_.image_size(),
                    call.output(0).values<T>() + first, call.output(1).values<std::int32_t>() + first});
    });
  }

 private:
  Pool2dWindow window_;
  Pool2dPlanes planes_;
};

}  // namespace

template <std::floating_point T>
std::unique_ptr<Kernel> prepare_max_pool2d(const Pool2dWindow& window, const Signature& signature) {
  return std::make_unique<MaxKernel<T>>(window, signature);
}
template std::unique_ptr<Kernel> prepare_max_pool2d<float>(const Pool2dWindow&, const Signature&);
template std::unique_ptr<Kernel> prepare_max_pool2d<double>(const Pool2dWindow&, const Signature&);

}  // namespace retrograph
