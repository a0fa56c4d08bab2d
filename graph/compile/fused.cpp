#include <retrograph/graph/compile/fused.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace retrograph {

std::string Fused::attributes() const {
  std::vector<std::string_view> names;
  for (const auto& member : members) names.push_back(member.op.name());
  return fmt::format("{}", fmt::join(names, ", "));
}

std::unique_ptr<Kernel> Fused::prepare(const Signature& signature) const {
  std::vector<PointwiseKernel::Instruction> instructions;
  for (const auto& member : members)
    instructions.push_back(
        {member.op.pointwise(member.signature), member.arguments, member.signature.outputs[0].dtype});
  return std::make_unique<PointwiseKernel>(signature, std::move(instructions), results);
}

double Fused::cost(const Signature&) const {
  double sum = 0;
  for (const auto& member : members) sum += member.op.cost(member.signature);
  return sum;
}

bool Fused::overwrites(std::size_t result, std::size_t operand) const {
  const auto written_by = results[result] - operand_count;
  const auto& type = members[written_by].signature.outputs[0];
  for (std::size_t index = 0; index < members.size(); ++index)
    for (std::size_t place = 0; place < members[index].arguments.size(); ++place) {
      if (members[index].arguments[place] != operand) continue;
      const auto& read = members[index].signature.inputs[place];
      if (index > written_by || size_in_bytes(read.dtype) != size_in_bytes(type.dtype) ||
          element_count(read.extents) != element_count(type.extents))
        return false;
    }
  return true;
}

bool Fused::fits(const Signature& signature) const {
  if (signature.inputs.size() > PointwiseKernel::most_operands ||
      signature.outputs.size() > PointwiseKernel::most_results)
    return false;
  std::vector<std::vector<PointwiseKernel::Value>> arguments;
  std::vector<DType> dtypes;
  for (const auto& member : members) {
    arguments.push_back(member.arguments);
    dtypes.push_back(member.signature.outputs[0].dtype);
  }
  return PointwiseKernel::assign_buffers(signature, arguments, dtypes, results).count <=
         PointwiseKernel::most_buffers;
}

}  // namespace retrograph
