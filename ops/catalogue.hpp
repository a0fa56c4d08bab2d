#pragma once

#include <retrograph/graph/graph.hpp>

#include <functional>

namespace retrograph {

/// One way to call an op, with operands on which its gradient can be proved by differences: in the inside of
/// its domain, away from ties and kinks.
struct Sample {
  std::string label;            // what is special of it: "axes 0 and 2, kept"
  std::vector<Array> operands;  // float64 where the op takes floats
  std::function<Tensor(std::span<const Tensor>)> apply;
};

/// What the library says of one of its ops, and proves: a test walks all samples, checks the first and second
/// derivative of each by differences in double, and checks that the dtypes are the ones that work.
struct CatalogueEntry {
  std::string_view name;      // of the user's function
  std::string_view formula;   // "y = exp(x)"
  std::string_view shapes;    // "[...] -> [...]"
  std::string_view gradient;  // "upstream * y"; "none" if it is not differentiable
  std::vector<DType> dtypes;  // of its float operands in the samples
  std::vector<Sample> samples;
};

/// All ops of the library: an explicit list, in catalogue.cpp.
const std::vector<CatalogueEntry>& catalogue();

/// Lists of dtypes that entries share.
inline const std::vector<DType> float_dtypes{DType::float32, DType::float64};
inline const std::vector<DType> number_dtypes{DType::float32, DType::float64, DType::int32, DType::int64,
                                              DType::uint8};
inline const std::vector<DType> any_dtypes{DType::float32, DType::float64, DType::int32,
                                           DType::int64,   DType::uint8,   DType::boolean};

/// Distinct float64 numbers between `low` and `high` in an order without symmetry, the same at every call.
Array sample_numbers(Extents extents, double low, double high);

}  // namespace retrograph
