#include <retrograph/graph/compile/fused.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace retrograph {

std::string Fused::attributes() const {
  std::vector<std::string_view> names;
  for (const auto* list : {&members, &reductions})
    for (const auto& member : *list) names.push_back(member.op.name());
  return fmt::format("{}", fmt::join(names, ", "));
}

std::unique_ptr<PointwiseKernel> Fused::kernel(const Signature& signature) const {
  std::vector<PointwiseKernel::Instruction> instructions;
  for (const auto& [op, types, arguments] : members)
    instructions.push_back(
        {[&op = op](const Signature& own) { return op.pointwise(own); }, types, arguments});
  std::vector<PointwiseKernel::Ending> endings;
  for (const auto& [op, types, arguments] : reductions)
    endings.push_back(
        {[&op = op, &types = types](std::int64_t pieces) { return op.reduction(types, pieces); },
         arguments[0], op.line(types), types.outputs[0].dtype});
  return std::make_unique<PointwiseKernel>(signature, extents(), std::move(instructions), results,
                                           std::move(endings), generates);
}

double Fused::cost(const Signature&) const {
  double sum = 0;
  for (const auto* list : {&members, &reductions})
    for (const auto& member : *list) sum += member.op.cost(member.signature);
  return sum;
}

bool Fused::overwrites(std::size_t result, std::size_t operand) const {
  if (result >= results.size()) return false;  // written when all has been read, but of other extents
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
      results.size() > PointwiseKernel::most_results)
    return false;
  TileBuffers::Reads reads;
  for (const auto& member : members) {
    reads.of_functions.push_back(member.arguments);
    reads.dtypes.push_back(member.signature.outputs[0].dtype);
  }
  for (const auto& reduction : reductions) reads.of_endings.push_back(reduction.arguments[0]);
  return TileBuffers{signature, extents(), {}, reads, results}.count <= PointwiseKernel::most_buffers;
}

}  // namespace retrograph
