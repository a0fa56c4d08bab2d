#include <retrograph/graph/array.hpp>
#include <retrograph/ops/kernels/matmul_methods.hpp>

#include <dnnl.hpp>

#include <algorithm>

namespace retrograph {
namespace {

/// Never destroyed, so that kernels in static objects of the caller may outlive it.
const dnnl::engine& cpu() {
  static const auto& engine = *new dnnl::engine{dnnl::engine::kind::cpu, 0};
  return engine;
}

/// How a tile of one size is computed: compiled code without state, for any number of threads at once.
struct Primitive {
  std::int64_t rows, columns;
  dnnl::matmul::primitive_desc description;
  dnnl::matmul code;
};

Primitive make_primitive(const MatrixProduct& product, const Tile& tile) {
  using dnnl::memory;
  const auto k = product.inner;
  const auto matrix = [](std::int64_t rows, std::int64_t columns, memory::dims strides) {
    return memory::desc{{rows, columns}, memory::data_type::f32, std::move(strides)};
  };
  const auto a =
      matrix(tile.rows, k, product.transpose_a ? memory::dims{1, product.rows} : memory::dims{k, 1});
  const auto b =
      matrix(k, tile.columns, product.transpose_b ? memory::dims{1, k} : memory::dims{product.columns, 1});
  const auto bias = matrix(1, tile.columns, {tile.columns, 1});
  const auto y = matrix(tile.rows, tile.columns, {product.columns, 1});

  dnnl::primitive_attr attributes;
  attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  if (product.addend == Addend::matrix) {
    dnnl::post_ops sum;
    sum.append_sum();
    attributes.set_post_ops(sum);
  }
  if (product.factor != Factor{}) attributes.set_output_scales(0, {DNNL_RUNTIME_F32_VAL});
  const auto operation =
      product.addend == Addend::row ? dnnl::matmul::desc{a, b, bias, y} : dnnl::matmul::desc{a, b, y};
  const dnnl::matmul::primitive_desc description{operation, attributes, cpu()};
  return {tile.rows, tile.columns, description, dnnl::matmul{description}};
}

/// The operands of a primitive, as handles whose addresses change from call to call.
struct Handles {
  explicit Handles(const Primitive& primitive, void* scratchpad)
      : a{primitive.description.src_desc(), cpu(), nullptr},
        b{primitive.description.weights_desc(), cpu(), nullptr},
        bias{primitive.description.bias_desc(), cpu(), nullptr},
        y{primitive.description.dst_desc(), cpu(), nullptr},
        factor{{{1}, dnnl::memory::data_type::f32, dnnl::memory::dims{1}}, cpu(), nullptr},
        scratch{primitive.description.scratchpad_desc(), cpu(), scratchpad} {}

  dnnl::memory a, b, bias, y, factor, scratch;
};

/// What a call writes to beside its result, and so cannot share with a call on another thread.
struct Slot {
  dnnl::stream stream{cpu()};
  Array scratchpad;
  std::vector<Handles> handles;  // one a primitive
};

/// What the library adds the product to.
void put_addend(const MatrixProduct& product, const Tile& tile, const ProductOperands<float>& operands) {
  if (operands.y == operands.addend && operands.addend_factor == 1) return;
  for (auto row = tile.row; row < tile.row + tile.rows; ++row) {
    const auto first = row * product.columns + tile.column;
    for (auto i = first; i < first + tile.columns; ++i)
      operands.y[i] = operands.addend_factor * operands.addend[i];
  }
}

}  // namespace

struct OneDnnMethod::Implementation {
  MatrixProduct product;
  std::vector<Tile> tiles;
  std::vector<std::size_t> primitive_of_tile;
  std::vector<Primitive> primitives;  // one a size of tile: at most four
  std::vector<Slot> slots;
};

OneDnnMethod::OneDnnMethod(const MatrixProduct& product, std::span<const Tile> tiles, std::int64_t slots)
    : implementation_{std::make_unique<Implementation>()} {
  auto& [own_product, own_tiles, primitive_of_tile, primitives, own_slots] = *implementation_;
  own_product = product;
  own_tiles.assign(tiles.begin(), tiles.end());
  std::size_t scratchpad_bytes = 0;
  for (const auto& tile : tiles) {
    const auto known = std::find_if(primitives.begin(), primitives.end(), [&](const Primitive& other) {
      return other.rows == tile.rows && other.columns == tile.columns;
    });
    primitive_of_tile.push_back(static_cast<std::size_t>(known - primitives.begin()));
    if (known != primitives.end()) continue;
    primitives.push_back(make_primitive(product, tile));
    scratchpad_bytes = std::max(scratchpad_bytes, primitives.back().description.scratchpad_desc().get_size());
  }
  for (std::int64_t slot = 0; slot < slots; ++slot) {
    auto scratchpad = Array::uninitialized({DType::uint8, {static_cast<std::int64_t>(scratchpad_bytes)}});
    std::vector<Handles> handles;
    for (const auto& primitive : primitives) handles.emplace_back(primitive, scratchpad.bytes());
    own_slots.push_back({dnnl::stream{cpu()}, std::move(scratchpad), std::move(handles)});
  }
}

OneDnnMethod::~OneDnnMethod() = default;
OneDnnMethod::OneDnnMethod(OneDnnMethod&&) noexcept = default;

void OneDnnMethod::compute(std::int64_t slot, std::size_t tile,
                           const ProductOperands<float>& operands) const {
  const auto& [product, tiles, primitive_of_tile, primitives, slots] = *implementation_;
  const auto& [row, column, rows, columns] = tiles[tile];
  const auto& [stream, scratchpad, all_handles] = slots[static_cast<std::size_t>(slot)];
  const auto& handles = all_handles[primitive_of_tile[tile]];
  const auto set = [](const dnnl::memory& memory, const float* first) {
    memory.set_data_handle(const_cast<float*>(first));  // only y is written
  };
  set(handles.a, operands.a + (product.transpose_a ? row : row * product.inner));
  set(handles.b, operands.b + (product.transpose_b ? column * product.inner : column));
  set(handles.y, operands.y + row * product.columns + column);
  if (product.addend == Addend::row) set(handles.bias, operands.addend + column);
  if (product.addend == Addend::matrix) put_addend(product, tiles[tile], operands);
  set(handles.factor, &operands.factor);

  // The C interface takes a plain list where the C++ one would build a map.
  dnnl_exec_arg_t arguments[6] = {{DNNL_ARG_SRC, handles.a.get()},
                                  {DNNL_ARG_WEIGHTS, handles.b.get()},
                                  {DNNL_ARG_DST, handles.y.get()},
                                  {DNNL_ARG_SCRATCHPAD, handles.scratch.get()}};
  int count = 4;
  if (product.addend == Addend::row) arguments[count++] = {DNNL_ARG_BIAS, handles.bias.get()};
  if (product.factor != Factor{}) arguments[count++] = {DNNL_ARG_ATTR_OUTPUT_SCALES, handles.factor.get()};
  const auto status =
      dnnl_primitive_execute(primitives[primitive_of_tile[tile]].code.get(), stream.get(), count, arguments);
  invariant(status == dnnl_success, "oneDNN refused a product that it had accepted");
}

}  // namespace retrograph
