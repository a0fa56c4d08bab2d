#include <retrograph/graph/dtype.hpp>

namespace retrograph {

std::string_view to_string(DType dtype) {
  switch (dtype) {
    case DType::float32:
      return "float32";
    case DType::float64:
      return "float64";
    case DType::int32:
      return "int32";
    case DType::int64:
      return "int64";
    case DType::uint8:
      return "uint8";
    case DType::boolean:
      return "bool";
  }
  return "unknown";
}

std::size_t size_in_bytes(DType dtype) {
  return visit(dtype, []<class T>(std::type_identity<T>) { return sizeof(T); });
}

}  // namespace retrograph
