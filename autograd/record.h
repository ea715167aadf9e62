#pragma once

// For those who write ops: record() puts a result on the tape, with its gradient rule.
//
//   Variable tanh(const Variable& x) {
//     const Tensor y = tanh(x.data());
//     return record("tanh", y, {x}, [y = save(y)](const Tensor& dy) { return dy * (1 - square(*y)); });
//   }
//
// A rule takes the result's gradient and returns one tensor per input: a tensor where there is one input,
// else Gradients{...}. It may return any shape that broadcasts from its input's: the tape sums it back. A
// tensor that is not defined() means "no gradient". A rule captures values, never the variable that it makes.

#include <array>
#include <concepts>
#include <cstddef>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include <libtensor/autograd/node.h>

namespace lt::inline v0 {

// A value kept for the backward pass, or none; reading it checks that nobody has written to it since.
//   throws: GradError, to which backward() adds the op's name
template <Element T>
class Saved {
 public:
  Saved() = default;  // none
  explicit Saved(const BasicTensor<T>& value) : value_(value), version_(value.storage().version()) {}
  bool is_saved() const { return value_.defined(); }
  const BasicTensor<T>& operator*() const {
    if (value_.storage().version() != version_)
      throw GradError("a value saved for backward was changed in place");
    return value_;
  }

 private:
  BasicTensor<T> value_;
  uint32_t version_ = 0;
};

template <Element T>
Saved<T> save(const BasicTensor<T>& value) {
  return Saved<T>(value);
}
template <Floating T>
Saved<T> save(const BasicVariable<T>& value) {
  return Saved<T>(value.data());
}
// Keeps it only if it is needed: what no gradient is computed from may go, or be changed in place.
template <Element T>
Saved<T> save_if(bool needed, const BasicTensor<T>& value) {
  return needed ? Saved<T>(value) : Saved<T>();
}
template <Floating T>
Saved<T> save_if(bool needed, const BasicVariable<T>& value) {
  return save_if(needed, value.data());
}

// An input that the caller may leave out: then a leaf without numbers, which takes no gradient.
template <Floating T>
BasicVariable<T> optional_input(const BasicVariable<T>& input) {
  return input.defined() ? input : BasicVariable<T>::take_ownership(new Node<T>("leaf", {}, false));
}

// One gradient per input, in order.
template <Floating T, size_t N>
struct Gradients : std::array<BasicTensor<T>, N> {};
template <Floating T, typename... Rest>
Gradients(BasicTensor<T>, Rest...) -> Gradients<T, 1 + sizeof...(Rest)>;

// A recorded node: its edges (Inputs, or a vector where an op takes any number) and its rule.
template <Floating T, typename Edges, typename Rule>
class RecordedNode final : public Node<T> {
 public:
  RecordedNode(const char* op_name, BasicTensor<T> value, Edges inputs, Rule rule)
      : Node<T>(op_name, std::move(value), true), inputs_(std::move(inputs)), rule_(std::move(rule)) {
    for (Node<T>* input : inputs_) input->retain();
    this->serial = next_serial<T>(inputs_);
  }

  std::span<Node<T>* const> inputs() const override {
    return rule_ ? std::span<Node<T>* const>(inputs_) : std::span<Node<T>* const>();
  }
  bool has_rule() const override { return rule_.has_value(); }
  void release_saved() override { rule_.reset(); }
  void run_rule() override {
    auto gradients = (*rule_)(std::as_const(this->grad));
    if constexpr (std::is_base_of_v<BasicTensor<T>, decltype(gradients)>) {  // or a view
      pass(inputs_[0], gradients);
    } else {
      for (size_t i = 0; i < inputs_.size(); ++i) pass(inputs_[i], gradients[i]);
    }
  }

 private:
  static void pass(Node<T>* input, BasicTensor<T>& gradient) {
    if (input->requires_grad && gradient.defined()) input->accumulate(std::move(gradient));
  }

  Edges inputs_;
  std::optional<Rule> rule_;
};

// The one to four inputs of an op. No references of their own, which would take locked additions: a recorded
// node counts one for each.
template <Floating T>
class Inputs {
 public:
  template <std::same_as<BasicVariable<T>>... Variables>
  Inputs(const Variables&... variables)  // NOLINT: implicit
      : nodes_{variables.node()...}, size_(sizeof...(variables)) {
    static_assert(sizeof...(variables) >= 1 && sizeof...(variables) <= 4);
  }

  Node<T>* const* begin() const { return nodes_.data(); }
  Node<T>* const* end() const { return nodes_.data() + size_; }
  Node<T>* operator[](size_t i) const { return nodes_[i]; }
  size_t size() const { return size_; }

 private:
  std::array<Node<T>*, 4> nodes_;
  size_t size_;
};

// The variable of `value`, recorded with its rule where an input needs a gradient; else a leaf without one.
template <Floating T, typename Rule>
BasicVariable<T> record(const char* op, BasicTensor<T> value, std::type_identity_t<Inputs<T>> inputs,
                        Rule rule) {
  bool needs_grad = false;
  for (const Node<T>* input : inputs) needs_grad |= input != nullptr && input->requires_grad;
  if (!needs_grad || !grad_enabled()) return BasicVariable<T>(std::move(value));
  return BasicVariable<T>::take_ownership(
      new RecordedNode<T, Inputs<T>, Rule>(op, std::move(value), inputs, std::move(rule)));
}

// The same for any number of inputs; the rule returns a std::vector.
template <Floating T, typename Rule>
BasicVariable<T> record(const char* op, BasicTensor<T> value,
                        std::span<const std::type_identity_t<BasicVariable<T>>> inputs, Rule rule) {
  std::vector<Node<T>*> nodes;
  bool needs_grad = false;
  for (const BasicVariable<T>& input : inputs) {
    nodes.push_back(input.node());
    needs_grad |= input.requires_grad();
  }
  if (!needs_grad || !grad_enabled()) return BasicVariable<T>(std::move(value));
  return BasicVariable<T>::take_ownership(new RecordedNode<T, std::vector<Node<T>*>, Rule>(
      op, std::move(value), std::move(nodes), std::move(rule)));
}

}  // namespace lt::inline v0
