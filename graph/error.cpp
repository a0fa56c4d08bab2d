#include <retrograph/graph/error.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace retrograph {

Error::Error(std::string reason, std::string hint) : reason_{std::move(reason)}, hint_{std::move(hint)} {
  compose();
}

void Error::add_context(std::string subject, std::vector<Operand> operands, std::source_location where) {
  if (has_context()) return;
  subject_ = std::move(subject);
  operands_ = std::move(operands);
  location_ = to_string(where);
  compose();
}

void Error::compose() {
  message_ = subject_.empty() ? reason_ : fmt::format("{}: {}", subject_, reason_);
  std::size_t name_width = 0, shape_width = 0;
  for (const auto& operand : operands_) {
    name_width = std::max(name_width, operand.name.size());
    shape_width = std::max(shape_width, operand.shape.size());
  }
  for (const auto& operand : operands_)
    message_ += fmt::format("\n  {:<{}} {:<{}} {}", operand.name, name_width, operand.shape, shape_width,
                            operand.dtype);
  if (!location_.empty()) message_ += fmt::format("\n  at {}", location_);
  if (!hint_.empty()) message_ += fmt::format("\n  hint: {}", hint_);
}

InternalError::InternalError(std::string_view what, std::source_location where)
    : message_{fmt::format("retrograph is wrong here, not you: {} ({}); please report it", what,
                           retrograph::to_string(where))} {}

std::string to_string(const std::source_location& where) {
  const std::string_view path = where.file_name();
  return fmt::format("{}:{}", path.substr(path.find_last_of('/') + 1), where.line());
}

}  // namespace retrograph
