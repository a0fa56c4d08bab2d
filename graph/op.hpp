#pragma once

#include <retrograph/graph/applied.hpp>
#include <retrograph/graph/error.hpp>
#include <retrograph/graph/kernel.hpp>
#include <retrograph/graph/pointwise.hpp>

#include <memory>
#include <string_view>
#include <typeinfo>
#include <utility>

namespace retrograph {

class Match;
struct Rewritten;
struct Combined;

/// What the compiler may assume of an op without knowing it.
struct Traits {
  bool alias = false;           // result 0 is the numbers of operand 0 under another shape
  bool rearranges = false;      // each number of result 0 is a number of operand 0
  bool shape_only = false;      // the results depend on the shapes of the operands, not on their numbers
  bool random = false;          // equal applications differ: never merged, never folded
  bool takes_epilogue = false;  // elementwise ops may follow each part of result 0, its only one
};

namespace detail {

template <class O>
concept HasGradient = requires(const O& op, const Applied& node, const Tensor& upstream) {
  { op.gradient(node, upstream) } -> std::convertible_to<Gradients>;
};
template <class O>
concept HasGradients = requires(const O& op, const Applied& node, const Upstreams& upstreams) {
  { op.gradient(node, upstreams) } -> std::convertible_to<Gradients>;
};
template <class O>
concept RefusesGradient = requires {
  requires !O::differentiable;
};

template <class O>
concept Prepares = requires(const O& op, const Signature& signature) {
  { op.prepare(signature) } -> std::convertible_to<std::unique_ptr<Kernel>>;
};
template <class O>
concept Computes = requires(const O& op, const Call& call) {
  op.compute(call);
};
template <class O, class T>
concept PreparesFor = requires(const O& op, const Signature& signature) {
  { op.template prepare<T>(signature) } -> std::convertible_to<std::unique_ptr<Kernel>>;
};
template <class O, class T>
concept ComputesFor = requires(const O& op, const Call& call) {
  op.template compute<T>(call);
};
template <class O, class T>
concept HasKernelFor = PreparesFor<O, T> || ComputesFor<O, T>;
template <class O>
concept HasKernel = Prepares<O> || Computes<O> || HasKernelFor<O, float> || HasKernelFor<O, double> ||
    HasKernelFor<O, std::int32_t> || HasKernelFor<O, std::int64_t> || HasKernelFor<O, std::uint8_t> ||
    HasKernelFor<O, bool>;

/// The operand whose dtype chooses the instance of a templated kernel; the first unless `typed_by` says else.
template <class O>
constexpr std::size_t typed_by() {
  if constexpr (requires { O::typed_by; })
    return O::typed_by;
  else
    return 0;
}

template <class O>
struct UntypedKernel final : Kernel {
  explicit UntypedKernel(const O& o) : op{o} {}
  void run(const Call& call) const override { op.compute(call); }
  O op;
};

template <class O, class T>
struct TypedKernel final : Kernel {
  explicit TypedKernel(const O& o) : op{o} {}
  void run(const Call& call) const override { op.template compute<T>(call); }
  O op;
};

}  // namespace detail

/// An op with its attributes, as a value: the graph's view of any type that has
///
///     static constexpr std::string_view name;
///     Types infer(const Types& operands) const;               // the types of the results; throws a reason
///
/// its kernel in one of these forms
///
///     template <std::floating_point T> void compute(const Call&) const;   // one instance a dtype of operand
///     0 void compute(const Call&) const;                                    // any dtype
///     std::unique_ptr<Kernel> prepare(const Signature&) const;            // work done once a shape; also as
///     template
///
/// its gradient in one of these
///
///     Gradients gradient(const Applied& node, Tensor upstream) const;     // result 0 alone has a gradient
///     Gradients gradient(const Applied& node, const Upstreams&) const;    // several results have
///     static constexpr bool differentiable = false;
///
/// and, where they apply, `std::string attributes() const`, `operator==` (an op without members needs none;
/// one with members and without == is never merged with an equal one), `double cost(const Signature&) const`,
/// `std::optional<Rewritten> rewrite(const Match&) const`, `std::optional<Combined> combine(const Match&)
/// const`, the flags of Traits as `static constexpr bool`,
///
///     static constexpr bool in_place = true;                          // result 0 may overwrite any operand
///     bool overwrites(std::size_t result, std::size_t operand) const; // more exactly, and for more results
///
/// of which an operand of as many bytes as the result is meant, and a promise that lets a parameter be
/// changed in its own memory before the run is over
///
///     static constexpr bool never_fails = true;                       // no call of its kernel throws
///     bool never_fails(const Signature&) const;                       // none of a kernel for these types
///
/// An elementwise op may be fused with others if it gives its loop over numbers (null if it refuses some)
///
///     std::unique_ptr<Pointwise> pointwise(const Signature&) const;
///
/// and a reduction may be fused to what it reduces if it says of how many neighbours each result is made (0
/// if of others), and can take them in pieces
///
///     std::int64_t line(const Signature&) const;
///     std::unique_ptr<PieceReduction> reduction(const Signature&, std::int64_t pieces_per_result) const;
class Op {
 public:
  template <class O>
  requires(!std::same_as<std::remove_cvref_t<O>, Op>) Op(O op)
      : model_{std::make_shared<const Model<O>>(std::move(op))} {
    static_assert(detail::HasGradient<O> || detail::HasGradients<O> || detail::RefusesGradient<O>,
                  "an op must either state its gradient, `Gradients gradient(const Applied&, Tensor) const`, "
                  "or say `static constexpr bool differentiable = false`");
    static_assert(
        detail::HasKernel<O>,
        "an op must have a kernel: `compute(const Call&) const`, `prepare(const Signature&) const`, "
        "or a template of one of them");
  }

  std::string_view name() const { return model_->name(); }
  /// "axes=[1], keep=true"; empty if there are none.
  std::string attributes() const { return model_->attributes(); }
  Types infer(const Types& operands) const { return model_->infer(operands); }
  /// The operand whose dtype chooses the kernel, and whether there is a kernel for a dtype.
  std::size_t typed_by() const { return model_->typed_by(); }
  bool supports(DType dtype) const { return model_->supports(dtype); }
  /// Whether the gradient rule covers a result. A rule that takes one Tensor covers result 0 alone.
  bool differentiable(std::size_t result) const { return model_->differentiable(result); }
  Gradients gradient(const Applied& node, const Upstreams& upstreams) const {
    return model_->gradient(node, upstreams);
  }
  std::unique_ptr<Kernel> prepare(const Signature& signature) const { return model_->prepare(signature); }
  /// The op as a loop over numbers that can be fused with others; null if it is none.
  std::unique_ptr<Pointwise> pointwise(const Signature& signature) const {
    return model_->pointwise(signature);
  }
  /// How many neighbours of its operand make up each result, if the op is a reduction that can be fused; else
  /// 0.
  std::int64_t line(const Signature& signature) const { return model_->line(signature); }
  std::unique_ptr<PieceReduction> reduction(const Signature& signature, std::int64_t pieces) const {
    return model_->reduction(signature, pieces);
  }
  /// Work of one call, in units of about one arithmetic operation.
  double cost(const Signature& signature) const { return model_->cost(signature); }
  std::optional<Rewritten> rewrite(const Match& match) const;
  std::optional<Combined> combine(const Match& match) const;
  Traits traits() const { return model_->traits(); }

  /// Whether the kernel may be given the memory of an operand to write a result of as many bytes to: it reads
  /// no number of that operand after it has written to the place of that number.
  bool may_overwrite(std::size_t result, std::size_t operand) const {
    return model_->may_overwrite(result, operand);
  }
  /// Whether a kernel for these types is promised not to throw, whatever the numbers are.
  bool never_fails(const Signature& signature) const { return model_->never_fails(signature); }

  /// The op as the type it was made from, or null.
  template <class O>
  const O* as() const {
    return model_->type() == typeid(O) ? static_cast<const O*>(model_->address()) : nullptr;
  }

  /// Same type, same attributes.
  friend bool operator==(const Op& a, const Op& b) {
    return a.model_ == b.model_ || a.model_->equals(*b.model_);
  }

 private:
  struct Concept {
    virtual ~Concept() = default;
    virtual std::string_view name() const = 0;
    virtual std::string attributes() const = 0;
    virtual Types infer(const Types&) const = 0;
    virtual std::size_t typed_by() const = 0;
    virtual bool supports(DType) const = 0;
    virtual bool differentiable(std::size_t result) const = 0;
    virtual Gradients gradient(const Applied&, const Upstreams&) const = 0;
    virtual std::unique_ptr<Kernel> prepare(const Signature&) const = 0;
    virtual std::unique_ptr<Pointwise> pointwise(const Signature&) const = 0;
    virtual std::int64_t line(const Signature&) const = 0;
    virtual std::unique_ptr<PieceReduction> reduction(const Signature&, std::int64_t pieces) const = 0;
    virtual double cost(const Signature&) const = 0;
    virtual bool rewrites() const = 0;
    virtual void rewrite(const Match&, std::optional<Rewritten>&) const = 0;
    virtual bool combines() const = 0;
    virtual void combine(const Match&, std::optional<Combined>&) const = 0;
    virtual Traits traits() const = 0;
    virtual bool may_overwrite(std::size_t result, std::size_t operand) const = 0;
    virtual bool never_fails(const Signature&) const = 0;
    virtual const std::type_info& type() const = 0;
    virtual const void* address() const = 0;
    virtual bool equals(const Concept&) const = 0;
  };
  template <class O>
  struct Model;

  static double default_cost(const Signature& signature);
  static const Tensor& only_upstream(const Upstreams& upstreams);

  std::shared_ptr<const Concept> model_;
};

template <class O>
struct Op::Model final : Concept {
  explicit Model(O o) : op{std::move(o)} {}

  std::string_view name() const override { return O::name; }

  std::string attributes() const override {
    if constexpr (requires { op.attributes(); })
      return op.attributes();
    else
      return {};
  }

  Types infer(const Types& operands) const override { return op.infer(operands); }
  std::size_t typed_by() const override { return detail::typed_by<O>(); }

  bool supports(DType dtype) const override {
    if constexpr (detail::Prepares<O> || detail::Computes<O>)
      return true;
    else
      return visit(dtype, []<class T>(std::type_identity<T>) { return detail::HasKernelFor<O, T>; });
  }

  bool differentiable(std::size_t result) const override {
    return detail::HasGradients<O> || (detail::HasGradient<O> && result == 0);
  }

  Gradients gradient(const Applied& node, const Upstreams& upstreams) const override {
    if constexpr (detail::HasGradients<O>)
      return op.gradient(node, upstreams);
    else if constexpr (detail::HasGradient<O>)
      return op.gradient(node, only_upstream(upstreams));
    else
      throw InternalError{"the gradient of an op without one was asked for"};
  }

  std::unique_ptr<Kernel> prepare(const Signature& signature) const override {
    if constexpr (detail::Prepares<O>) {
      return op.prepare(signature);
    } else if constexpr (detail::Computes<O>) {
      return std::make_unique<detail::UntypedKernel<O>>(op);
    } else {
      const auto dtype = detail::typed_by<O>() < signature.inputs.size()
                             ? signature.inputs[detail::typed_by<O>()].dtype
                             : signature.outputs[0].dtype;
      return visit(dtype, [&]<class T>(std::type_identity<T>) { return prepare_for<T>(signature); });
    }
  }

  template <class T>
  std::unique_ptr<Kernel> prepare_for(const Signature& signature) const {
    if constexpr (detail::PreparesFor<O, T>)
      return op.template prepare<T>(signature);
    else if constexpr (detail::ComputesFor<O, T>)
      return std::make_unique<detail::TypedKernel<O, T>>(op);
    else
      throw InternalError{"a kernel was asked for a dtype that the op does not support"};
  }

  std::unique_ptr<Pointwise> pointwise([[maybe_unused]] const Signature& signature) const override {
    if constexpr (requires { op.pointwise(signature); })
      return op.pointwise(signature);
    else
      return nullptr;
  }

  std::int64_t line([[maybe_unused]] const Signature& signature) const override {
    if constexpr (requires { op.line(signature); })
      return op.line(signature);
    else
      return 0;
  }

  std::unique_ptr<PieceReduction> reduction([[maybe_unused]] const Signature& signature,
                                            [[maybe_unused]] std::int64_t pieces) const override {
    if constexpr (requires { op.reduction(signature, pieces); })
      return op.reduction(signature, pieces);
    else
      return nullptr;
  }

  double cost(const Signature& signature) const override {
    if constexpr (requires { op.cost(signature); })
      return op.cost(signature);
    else
      return default_cost(signature);
  }

  bool rewrites() const override {
    return requires(const Match& match) {
      op.rewrite(match);
    };
  }

  void rewrite(const Match& match, std::optional<Rewritten>& result) const override {
    if constexpr (requires { op.rewrite(match); }) result = op.rewrite(match);
  }

  bool combines() const override {
    return requires(const Match& match) {
      op.combine(match);
    };
  }

  void combine(const Match& match, std::optional<Combined>& result) const override {
    if constexpr (requires { op.combine(match); }) result = op.combine(match);
  }

  Traits traits() const override {
    Traits traits;
    if constexpr (requires { O::alias; }) traits.alias = O::alias;
    if constexpr (requires { O::rearranges; }) traits.rearranges = O::rearranges;
    if constexpr (requires { O::shape_only; }) traits.shape_only = O::shape_only;
    if constexpr (requires { O::random; }) traits.random = O::random;
    if constexpr (requires { O::takes_epilogue; }) traits.takes_epilogue = O::takes_epilogue;
    return traits;
  }

  bool may_overwrite(std::size_t result, std::size_t operand) const override {
    if constexpr (requires { op.overwrites(result, operand); })
      return op.overwrites(result, operand);
    else if constexpr (requires { O::in_place; })
      return O::in_place && result == 0;
    else
      return false;
  }

  bool never_fails(const Signature& signature) const override {
    if constexpr (requires { op.never_fails(signature); })
      return op.never_fails(signature);
    else if constexpr (requires { O::never_fails; })
      return O::never_fails;
    else
      return false;
  }

  const std::type_info& type() const override { return typeid(O); }
  const void* address() const override { return &op; }

  bool equals(const Concept& other) const override {
    if (other.type() != typeid(O)) return false;
    if constexpr (std::is_empty_v<O>)
      return true;
    else if constexpr (requires(const O& a, const O& b) {
                         { a == b } -> std::convertible_to<bool>;
                       })
      return op == *static_cast<const O*>(other.address());
    else
      return this == &other;
  }

  O op;
};

}  // namespace retrograph
