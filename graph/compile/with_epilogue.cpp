#include <retrograph/graph/compile/with_epilogue.hpp>

#include <fmt/format.h>

namespace retrograph {
namespace {

class ElementwiseEpilogue final : public Epilogue {
 public:
  explicit ElementwiseEpilogue(std::unique_ptr<PointwiseKernel> kernel) : kernel_{std::move(kernel)} {}

  void run(const Call& call, std::int64_t first, std::int64_t rows, std::int64_t columns,
           std::int64_t stride) const override {
    if (columns == stride)
      kernel_->run_rows(call, first, 1, rows * columns, 0);
    else
      kernel_->run_rows(call, first, rows, columns, stride);
  }

  void run_after(const Call& call) const { kernel_->run(call); }

 private:
  std::unique_ptr<PointwiseKernel> kernel_;
};

/// For a kernel that cannot hand out its parts, the epilogue follows when all is done.
class KernelWithEpilogue final : public Kernel {
 public:
  KernelWithEpilogue(std::unique_ptr<Kernel> kernel, std::unique_ptr<PointwiseKernel> epilogue,
                     std::size_t result)
      : epilogue_{std::move(epilogue)},
        kernel_{std::move(kernel)},
        result_{result},
        is_in_kernel_{kernel_->end_with(epilogue_, result)} {}

  void run(const Call& call) const override {
    if (is_in_kernel_) return kernel_->run(call);
    kernel_->run({call.inputs, call.outputs.subspan(result_, 1), call.run, call.node_hash});
    epilogue_.run_after(call);
  }

 private:
  ElementwiseEpilogue epilogue_;
  std::unique_ptr<Kernel> kernel_;
  std::size_t result_;
  bool is_in_kernel_;
};

}  // namespace

std::string WithEpilogue::attributes() const {
  return fmt::format("{}, {}", op.name(), epilogue.attributes());
}

std::unique_ptr<Kernel> WithEpilogue::prepare(const Signature& signature) const {
  const auto own = signature_of_op.inputs.size();
  Signature after{{}, signature.outputs};
  std::vector<PointwiseKernel::Source> sources;
  for (std::size_t index = 0, next = own; index < epilogue.operand_count; ++index) {
    const bool is_result = index == place;
    after.inputs.push_back(is_result ? signature_of_op.outputs[0] : signature.inputs[next]);
    sources.push_back({is_result, is_result ? result : next});
    if (!is_result) ++next;
  }
  auto kernel = epilogue.kernel(after);
  kernel->read_from(std::move(sources));
  return std::make_unique<KernelWithEpilogue>(op.prepare(signature_of_op), std::move(kernel), result);
}

double WithEpilogue::cost(const Signature& signature) const {
  return op.cost(signature_of_op) + epilogue.cost(signature);
}

/// The op writes to `result` while parts of the operands are still to be read.
bool WithEpilogue::overwrites(std::size_t of_result, std::size_t operand) const {
  const auto own = signature_of_op.inputs.size();
  if (operand < own || of_result == result) return false;
  const auto index = operand - own;
  return epilogue.overwrites(of_result, index < place ? index : index + 1);
}

}  // namespace retrograph
