#include <retrograph/ops/entries.hpp>
#include <retrograph/ops/reduction.hpp>
#include <retrograph/ops/size.hpp>

#include <fmt/format.h>

namespace retrograph {
namespace {

struct Size {
  static constexpr std::string_view name = "size";
  static constexpr bool shape_only = true;
  static constexpr bool differentiable = false;
  std::vector<std::size_t> axes;
  DType dtype;

  std::string attributes() const {
    return fmt::format("axes=[{}], dtype={}", fmt::join(axes, ", "), to_string(dtype));
  }
  Types infer(const Types&) const {
    if (dtype == DType::boolean) throw TypeError{"a bool holds no count", "ask for int64"};
    return {{dtype, {}}};
  }
  void compute(const Call& call) const {
    Extents along;
    for (const auto axis : axes) along.push_back(call.input(0).extents()[axis]);
    visit(dtype, [&]<class T>(std::type_identity<T>) {
      *call.output(0).values<T>() = static_cast<T>(element_count(along));
    });
  }
  friend bool operator==(const Size&, const Size&) = default;
};

}  // namespace

Tensor size(const Tensor& x, const Axes& axes, DType dtype, std::source_location where) {
  return apply(Size{reduced_axes(Size::name, x, axes, Keep::no, where).axes, dtype}, {x}, where);
}

std::vector<CatalogueEntry> size_entries() {
  return {
      {"size",
       "n = product of the extents along the axes",
       "[...] -> []",
       "none",
       any_dtypes,
       {{"all axes", {sample_numbers({2, 3}, 0, 1)}, [](std::span<const Tensor> x) { return size(x[0]); }},
        {"one axis, as float32", {sample_numbers({2, 3}, 0, 1)}, [](std::span<const Tensor> x) {
           return size(x[0], -1, DType::float32);
         }}}}};
}

}  // namespace retrograph
