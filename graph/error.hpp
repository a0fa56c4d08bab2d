#pragma once

#include <exception>
#include <source_location>
#include <string>
#include <string_view>
#include <vector>

namespace retrograph {

/// A mistake of the caller, told in a form meant for people:
///
///     matmul: inner extents differ: 784 and 800
///       images        [batch, 784] float32
///       hidden/weight [800, 128]   float32
///       at mlp.cpp:41
///       hint: the second operand must be [784, *]
///
/// Who throws states the reason and, if there is one, the hint; the framework adds the rest.
class Error : public std::exception {
 public:
  explicit Error(std::string reason, std::string hint = {});

  const char* what() const noexcept override { return message_.c_str(); }

  /// The first line without its subject.
  const std::string& reason() const { return reason_; }
  const std::string& hint() const { return hint_; }
  bool has_context() const { return !subject_.empty(); }

  /// One line of the list of operands.
  struct Operand {
    std::string name, shape, dtype;
  };

  /// Adds what only the framework knows: the op or node at fault, its operands, and the user's line.
  /// The innermost context wins: a second call changes nothing.
  void add_context(std::string subject, std::vector<Operand> operands, std::source_location where);

 private:
  void compose();

  std::string reason_, hint_, subject_, location_, message_;
  std::vector<Operand> operands_;
};

/// Shapes that do not fit.
class ShapeError : public Error {
  using Error::Error;
};

/// Dtypes that do not fit.
class TypeError : public Error {
  using Error::Error;
};

/// A gradient that does not exist or cannot be formed.
class GradientError : public Error {
  using Error::Error;
};

/// A wrong use of a graph or an executable: a name taken twice, a tensor of another graph.
class GraphError : public Error {
  using Error::Error;
};

/// What was fed to a run does not fit, by shape, dtype or value.
class FeedError : public Error {
  using Error::Error;
};

/// A number that is not finite where the caller asked for finite numbers.
class NotFiniteError : public Error {
  using Error::Error;
};

/// Data from outside that is not what it says it is.
class DataError : public Error {
  using Error::Error;
};

/// A file that cannot be read or written.
class FileError : public Error {
  using Error::Error;
};

/// A broken invariant of the library itself: our mistake, never the caller's.
class InternalError : public std::exception {
 public:
  explicit InternalError(std::string_view what, std::source_location where = std::source_location::current());
  const char* what() const noexcept override { return message_.c_str(); }

 private:
  std::string message_;
};

/// Throws InternalError unless `condition` holds.
inline void invariant(bool condition, std::string_view what,
                      std::source_location where = std::source_location::current()) {
  if (!condition) throw InternalError{what, where};
}

/// "mlp.cpp:41": the file without its folders, and the line.
std::string to_string(const std::source_location& where);

}  // namespace retrograph
