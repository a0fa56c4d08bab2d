#pragma once

#include <retrograph/graph/applied.hpp>
#include <retrograph/graph/error.hpp>
#include <retrograph/graph/kernel.hpp>
#include <retrograph/graph/op_forms.hpp>
#include <retrograph/graph/pointwise.hpp>

#include <concepts>
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
  bool alias = false;                // result 0 is the numbers of operand 0 under another shape
  bool rearranges = false;           // each number of result 0 is a number of operand 0
  bool shape_only = false;           // the results depend on the shapes of the operands, not on their numbers
  bool random = false;               // equal applications differ: never merged, never folded
  bool never_negative_zero = false;  // no number of result 0 is -0, to which adding 0 gives 0
  bool takes_epilogue = false;       // elementwise ops may follow each part of result 0, its only one
};

/// An op with its attributes, as a value: the graph's view of any type that has
///
///     static constexpr std::string_view name;
///     Types infer(const Types& operands) const;               // the types of the results; throws a reason
///
/// its kernel in one of these forms
///
///     template <std::floating_point T> void compute(const Call&) const;   // one instance a dtype
///     void compute(const Call&) const;                                    // any dtype
///     std::unique_ptr<Kernel> prepare(const Signature&) const;            // work done once a shape
///
/// (the last may be a template too, and an instance is chosen by operand 0 or `typed_by`),
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

}  // namespace retrograph

#include <retrograph/graph/op_model.hpp>
