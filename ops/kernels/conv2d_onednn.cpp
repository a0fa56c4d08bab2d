#include <retrograph/graph/array.hpp>
#include <retrograph/graph/execute/parallel.hpp>
#include <retrograph/graph/execute/tasks.hpp>
#include <retrograph/ops/kernels/conv2d_methods.hpp>

#include <dnnl.hpp>

#include <algorithm>
#include <array>

namespace retrograph {
namespace {

using dnnl::memory;

/// Images are divided among at most so many threads, each with memory of its own.
constexpr std::int64_t most_pieces = 16;

/// Never destroyed, so that kernels in static objects of the caller may outlive it.
const dnnl::engine& cpu() {
  static const auto& engine = *new dnnl::engine{dnnl::engine::kind::cpu, 0};
  return engine;
}

dnnl::primitive_attr own_scratchpad() {
  dnnl::primitive_attr attributes;
  attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  return attributes;
}

/// What is convolved, as our arrays have it and as the library would have it.
struct Layouts {
  memory::desc x, weight, y, bias;

  Layouts(const Convolution& c, std::int64_t images, bool any) {
    const auto groups = c.options.groups;
    const auto described = [any](memory::dims dims, memory::format_tag ours) {
      return memory::desc{std::move(dims), memory::data_type::f32, any ? memory::format_tag::any : ours};
    };
    using Tag = memory::format_tag;
    x = described({images, c.channels, c.image.height, c.image.width}, Tag::nchw);
    y = described({images, c.filters, c.result.height, c.result.width}, Tag::nchw);
    weight = groups == 1
                 ? described(c.weight(), Tag::oihw)
                 : described({groups, c.group_filters(), c.group_channels(), c.kernel.height, c.kernel.width},
                             Tag::goihw);
    bias = {{c.filters}, memory::data_type::f32, Tag::x};
  }
};

/// One of the three operands of a product: two that are read and one that is written.
struct Part {
  int argument;
  memory::desc ours, inner;
  std::int64_t numbers_of_image;  // 0 for the weight, which all images share
};

/// A product of some images: compiled code without state, for any number of threads at once.
struct Plan {
  dnnl::primitive code;
  std::array<Part, 3> parts;
  std::array<std::optional<dnnl::reorder>, 3> reorders;  // where a layout is not ours
  std::vector<memory::desc> scratchpads;                 // of the code and of reorders
};

dnnl::convolution_forward::primitive_desc forward(const Convolution& c, const Layouts& any) {
  const auto& [stride, padding, dilation, groups] = c.options;
  const auto dims = [](const HeightWidth& pair) { return memory::dims{pair.height, pair.width}; };
  const auto spread = dims({dilation.height - 1, dilation.width - 1});
  using Forward = dnnl::convolution_forward;
  const auto kind = dnnl::prop_kind::forward_training;
  const auto method = dnnl::algorithm::convolution_direct;
  const auto operation = c.bias ? Forward::desc{kind,  method,       any.x,  any.weight,    any.bias,
                                                any.y, dims(stride), spread, dims(padding), dims(padding)}
                                : Forward::desc{kind,         method, any.x,         any.weight,   any.y,
                                                dims(stride), spread, dims(padding), dims(padding)};
  return {operation, own_scratchpad(), cpu()};
}

/// Of the code and its layouts; the parts know but ours.
template <class Description>
void compile(Plan& plan, const Description& description, std::array<memory::desc, 3> inner) {
  plan.scratchpads.push_back(description.scratchpad_desc());
  for (std::size_t i = 0; i < 3; ++i) {
    auto& part = plan.parts[i];
    part.inner = inner[i];
    if (part.inner == part.ours) continue;
    const bool is_read = i < 2;
    const dnnl::reorder::primitive_desc reorder{cpu(), is_read ? part.ours : part.inner, cpu(),
                                                is_read ? part.inner : part.ours, own_scratchpad()};
    plan.scratchpads.push_back(reorder.scratchpad_desc());
    plan.reorders[i].emplace(reorder);
  }
}

Plan make_plan(ConvolutionOf product, const Convolution& c, std::int64_t images) {
  // What is compiled must count on the one thread that it gets.
  const tasks::OneOpenMpThread guard;
  const Layouts ours{c, images, false}, any{c, images, true};
  const auto x_size = c.channels * c.image.height * c.image.width,
             y_size = c.filters * c.result.height * c.result.width;
  const auto& [stride, padding, dilation, groups] = c.options;
  const memory::dims strides{stride.height, stride.width}, zeros{padding.height, padding.width},
      spread{dilation.height - 1, dilation.width - 1};
  const auto method = dnnl::algorithm::convolution_direct;
  const auto hint = forward(c, any);
  Plan plan;
  if (product == ConvolutionOf::forward) {
    plan.parts = {{{DNNL_ARG_SRC, ours.x, {}, x_size},
                   {DNNL_ARG_WEIGHTS, ours.weight, {}, 0},
                   {DNNL_ARG_DST, ours.y, {}, y_size}}};
    compile(plan, hint, {hint.src_desc(), hint.weights_desc(), hint.dst_desc()});
    plan.code = dnnl::convolution_forward{hint};
  } else if (product == ConvolutionOf::input_gradient) {
    using Backward = dnnl::convolution_backward_data;
    const Backward::primitive_desc description{
        Backward::desc{method, any.x, any.weight, any.y, strides, spread, zeros, zeros}, own_scratchpad(),
        cpu(), hint};
    plan.parts = {{{DNNL_ARG_WEIGHTS, ours.weight, {}, 0},
                   {DNNL_ARG_DIFF_DST, ours.y, {}, y_size},
                   {DNNL_ARG_DIFF_SRC, ours.x, {}, x_size}}};
    compile(plan, description,
            {description.weights_desc(), description.diff_dst_desc(), description.diff_src_desc()});
    plan.code = Backward{description};
  } else {
    using Backward = dnnl::convolution_backward_weights;
    const Backward::primitive_desc description{
        Backward::desc{method, any.x, any.weight, any.y, strides, spread, zeros, zeros}, own_scratchpad(),
        cpu(), hint};
    plan.parts = {{{DNNL_ARG_SRC, ours.x, {}, x_size},
                   {DNNL_ARG_DIFF_DST, ours.y, {}, y_size},
                   {DNNL_ARG_DIFF_WEIGHTS, ours.weight, {}, 0}}};
    compile(plan, description,
            {description.src_desc(), description.diff_dst_desc(), description.diff_weights_desc()});
    plan.code = Backward{description};
  }
  return plan;
}

/// What a call writes to beside its result, and so cannot share with a call on another thread.
class Slot {
 public:
  Slot(const Plan& plan, const memory::desc& bias) : plan_{&plan}, bias_{bias, cpu(), nullptr} {
    std::size_t scratchpad = 0;
    for (const auto& description : plan.scratchpads)
      scratchpad = std::max(scratchpad, description.get_size());
    scratchpad_ = bytes(scratchpad);
    for (std::size_t i = 0; i < 3; ++i) {
      const auto& part = plan.parts[i];
      ours_.emplace_back(part.ours, cpu(), nullptr);
      buffers_.push_back(bytes(plan.reorders[i] ? part.inner.get_size() : 0));
      inner_.emplace_back(part.inner, cpu(), plan.reorders[i] ? buffers_[i].bytes() : nullptr);
    }
    for (const auto& description : plan.scratchpads)
      scratchpads_.emplace_back(description, cpu(), scratchpad_.bytes());
  }

  void compute(const std::array<const float*, 3>& numbers, const float* bias) const {
    for (std::size_t i = 0; i < 3; ++i)
      (plan_->reorders[i] ? ours_ : inner_)[i].set_data_handle(const_cast<float*>(numbers[i]));
    bias_.set_data_handle(const_cast<float*>(bias));
    std::size_t pad = 1;
    for (std::size_t i = 0; i < 3; ++i) {
      if (i == 2) run_code(bias);
      if (!plan_->reorders[i]) continue;
      const auto& [from, to] = i < 2 ? std::tie(ours_[i], inner_[i]) : std::tie(inner_[i], ours_[i]);
      const dnnl_exec_arg_t arguments[] = {{DNNL_ARG_FROM, from.get()},
                                           {DNNL_ARG_TO, to.get()},
                                           {DNNL_ARG_SCRATCHPAD, scratchpads_[pad++].get()}};
      execute(*plan_->reorders[i], arguments);
    }
  }

 private:
  static Array bytes(std::size_t count) {
    return Array::uninitialized({DType::uint8, {static_cast<std::int64_t>(count)}});
  }

  void run_code(const float* bias) const {
    const auto& parts = plan_->parts;
    const dnnl_exec_arg_t arguments[] = {{parts[0].argument, inner_[0].get()},
                                         {parts[1].argument, inner_[1].get()},
                                         {parts[2].argument, inner_[2].get()},
                                         {DNNL_ARG_SCRATCHPAD, scratchpads_[0].get()},
                                         {DNNL_ARG_BIAS, bias_.get()}};
    execute(plan_->code, std::span{arguments}.first(bias ? 5 : 4));
  }

  /// The C interface takes a plain list where the C++ one would build a map.
  void execute(const dnnl::primitive& code, std::span<const dnnl_exec_arg_t> arguments) const {
    const auto status = dnnl_primitive_execute(code.get(), stream_.get(), static_cast<int>(arguments.size()),
                                               arguments.data());
    invariant(status == dnnl_success, "oneDNN refused a convolution that it had accepted");
  }

  const Plan* plan_;
  dnnl::stream stream_{cpu()};
  Array scratchpad_{{0}};
  std::vector<Array> buffers_;  // in the library's layout
  std::vector<memory> ours_, inner_, scratchpads_;
  memory bias_;
};

class OneDnnKernel final : public Kernel {
 public:
  OneDnnKernel(ConvolutionOf product, const Convolution& c)
      : sums_{product == ConvolutionOf::weight_gradient},
        c_{c},
        size_{(c.batch + most_pieces - 1) / most_pieces} {
    const auto pieces = (c.batch + size_ - 1) / size_, last = c.batch - (pieces - 1) * size_;
    plans_.push_back(make_plan(product, c, size_));
    if (last != size_) plans_.push_back(make_plan(product, c, last));
    const Layouts ours{c, 1, false};
    for (std::int64_t piece = 0; piece < pieces; ++piece) {
      slots_.emplace_back(piece + 1 < pieces ? plans_.front() : plans_.back(), ours.bias);
      if (sums_ && piece > 0) partial_sums_.push_back(Array::uninitialized({DType::float32, c.weight()}));
    }
  }

  void run(const Call& call) const override {
    const auto pieces = static_cast<std::int64_t>(slots_.size());
    const auto* bias = c_.bias ? call.input(2).values<float>() : nullptr;
    parallel_for_chunks(pieces, [&](std::int64_t piece) {
      const auto first = piece * size_;
      const auto& parts = plans_.front().parts;
      auto* result = sums_ && piece > 0 ? partial(piece) : call.output(0).values<float>();
      slots_[static_cast<std::size_t>(piece)].compute(
          {call.input(0).values<float>() + first * parts[0].numbers_of_image,
           call.input(1).values<float>() + first * parts[1].numbers_of_image,
           result + first * parts[2].numbers_of_image},
          bias);
    });
    for (std::int64_t piece = 1; sums_ && piece < pieces; ++piece) add(call.output(0).values<float>(), piece);
  }

 private:
  float* partial(std::int64_t piece) const {
    return partial_sums_[static_cast<std::size_t>(piece) - 1].values<float>().data();
  }

  /// In the order of the pieces, whoever computed them.
  void add(float* sum, std::int64_t piece) const {
    const auto* numbers = partial(piece);
    parallel_for(element_count(c_.weight()), 65'536, [=](std::int64_t begin, std::int64_t end) {
      for (auto i = begin; i < end; ++i) sum[i] += numbers[i];
    });
  }

  bool sums_;
  Convolution c_;
  std::int64_t size_;  // images of a piece; the last may have fewer
  std::vector<Plan> plans_;
  std::vector<Slot> slots_;                  // one a piece
  mutable std::vector<Array> partial_sums_;  // one a piece after the first
};

/// Below, what the library does before it computes takes longer than plain loops.
constexpr double least_multiplications = 50'000;

}  // namespace

bool suits_library(const Convolution& c) {
  const auto multiplications = static_cast<double>(element_count(c.y())) *
                               static_cast<double>(element_count(c.weight())) /
                               static_cast<double>(c.filters);
  return c.batch > 0 && multiplications >= least_multiplications;
}

std::unique_ptr<Kernel> convolution_of_library(ConvolutionOf product, const Convolution& convolution) {
  return std::make_unique<OneDnnKernel>(product, convolution);
}

}  // namespace retrograph
