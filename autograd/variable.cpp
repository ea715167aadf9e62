#include <libtensor/autograd/variable.h>

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <vector>

#include <libtensor/autograd/node.h>
#include <libtensor/tensor/ops.h>
#include <libtensor/tensor/ref_count.h>

// Nodes, and the variables that hold them. The release of a graph that nobody holds is a loop.

namespace lt::inline v0 {
namespace {

thread_local bool recording = true;
thread_local uint64_t last_serial = 0;
ShardedCounter node_count;

template <Floating T>
BasicTensor<T> check_defined(BasicTensor<T> data) {
  if (!data.defined()) throw GradError("variable: made of a tensor that has no numbers yet");
  return data;
}

}  // namespace

NoGrad::NoGrad() : before_(std::exchange(recording, false)) {}
NoGrad::~NoGrad() { recording = before_; }
bool grad_enabled() { return recording; }
int64_t live_nodes() { return node_count.get(); }

template <Floating T>
uint64_t next_serial(std::span<Node<T>* const> inputs) {
  for (const Node<T>* input : inputs) last_serial = std::max(last_serial, input->serial);
  return ++last_serial;
}

template <Floating T>
Node<T>::Node(const char* op_name, BasicTensor<T> value, bool needs_grad)
    : data(std::move(value)), op(op_name), requires_grad(needs_grad) {
  node_count.add(1);
}

template <Floating T>
Node<T>::~Node() {
  node_count.add(-1);
}

template <Floating T>
void Node<T>::release(Node* node) {
  if (node->give_up(1)) free_all(node);
}

template <Floating T>
void Node<T>::release_handle(Node* node) {
  // Before the handle goes: then another thread may free the node.
  const int64_t edges = node->references_.get() - kHandle;
  if (0 < edges && edges < kHandle && !node->is_leaf()) node->drop_value();
  if (node->give_up(kHandle)) free_all(node);
}

template <Floating T>
void Node<T>::free_all(Node* node) {
  if (node->inputs().empty()) {
    delete node;
    return;
  }
  NodeList<T> dying{node};
  while (!dying.empty()) {
    Node* const dead = dying.back();
    dying.pop_back();
    for (Node* input : dead->inputs()) {
      if (input->give_up(1)) dying.push_back(input);
    }
    delete dead;
  }
}

// A drawn graph shows the numbers of small ones; of others, whoever read them by mistake would meet NaN.
template <Floating T>
void Node<T>::drop_value() {
  constexpr int64_t kSmall = 4096;
  if (data.numel() <= kSmall) return;
  data = full<T>({}, std::numeric_limits<T>::quiet_NaN()).expand(data.shape());
}

template <Floating T>
void Node<T>::accumulate(BasicTensor<T> gradient) {
  BasicTensor<T> own =
      gradient.shape() == data.shape() ? std::move(gradient) : sum_to(gradient, data.shape());
  if (!grad.defined()) {
    // A leaf's gradient is its own, dense memory: an optimiser changes it in place.
    const bool shared = !own.storage().unique() || !own.is_contiguous();
    grad = is_leaf() && shared ? own.clone() : std::move(own);
  } else if (grad.storage().unique() && grad.is_contiguous()) {
    grad += own;
  } else {
    grad = grad + own;
  }
}

template <Floating T>
BasicVariable<T>::BasicVariable(BasicTensor<T> data, Flag requires_grad)
    : node_(new Node<T>("leaf", check_defined(std::move(data)), requires_grad)) {}

template <Floating T>
BasicVariable<T>::BasicVariable(const BasicVariable& other) noexcept : node_(other.node_) {
  if (node_ != nullptr) node_->retain_handle();
}

template <Floating T>
BasicVariable<T>::~BasicVariable() {
  if (node_ != nullptr) Node<T>::release_handle(node_);
}

template <Floating T>
BasicVariable<T> BasicVariable<T>::take_ownership(Node<T>* node) {
  BasicVariable variable;
  variable.node_ = node;
  return variable;
}

template <Floating T>
const BasicTensor<T>& BasicVariable<T>::data() const& {
  if (node_ == nullptr) throw GradError("variable: used before it was given a value");
  return node_->data;
}

template <Floating T>
bool BasicVariable<T>::requires_grad() const {
  return node_ != nullptr && node_->requires_grad;
}

template <Floating T>
bool BasicVariable<T>::is_leaf() const {
  return node_ == nullptr || node_->is_leaf();
}

template <Floating T>
const char* BasicVariable<T>::op() const {
  return node_ == nullptr ? "undefined" : node_->op;
}

template <Floating T>
const BasicTensor<T>& BasicVariable<T>::grad() const& {
  data();  // checks that there is a node
  return node_->grad;
}

template <Floating T>
void BasicVariable<T>::set_grad(BasicTensor<T> grad) const {
  const Shape& wanted = shape();  // checks that there is a node
  if (grad.defined() && grad.shape() != wanted) {
    throw ShapeError(
        fmt::format("set_grad: {} for a variable of {}", to_string(grad.shape()), to_string(wanted)));
  }
  node_->grad = grad.defined() ? grad.contiguous() : std::move(grad);
}

template class Node<float>;
template class Node<double>;
template class BasicVariable<float>;
template class BasicVariable<double>;
template uint64_t next_serial<float>(std::span<Node<float>* const>);
template uint64_t next_serial<double>(std::span<Node<double>* const>);

}  // namespace lt::inline v0
