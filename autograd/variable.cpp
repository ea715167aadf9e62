#include "autograd/variable.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "autograd/record.h"
#include "tensor/ops.h"

// The tape. backward() collects what the loss reaches with an explicit stack, sorts it by serial number and
// runs the rules from the newest to the oldest; each is forgotten once used. Both walks, and the release of a
// graph that nobody holds, are loops.

namespace lt {
namespace {

template <typename T>
using NodeList = std::vector<Node<T>*, PoolAllocator<Node<T>*>>;

thread_local bool recording = true;
thread_local uint64_t last_serial = 0;
Tally node_count;

// Nodes of a running backward(), unmarked at the end, also where a rule throws. Edges keep them alive; a
// reference that a used node drops is the sweep's from then on, if it has none yet: counting down, and up for
// one of its own, would be a twentieth of a small op's time.
template <typename T>
class Sweep {
 public:
  explicit Sweep(Node<T>* last) {
    visit(last);
    if (!nodes_.empty()) {  // else a leaf
      last->retain();
      last->held = true;
    }
    for (size_t next = 0; next < nodes_.size(); ++next) {
      for (Node<T>* input : nodes_[next]->inputs()) visit(input);
    }
    std::sort(nodes_.begin(), nodes_.end(),
              [](const Node<T>* a, const Node<T>* b) { return a->serial < b->serial; });
  }
  ~Sweep() {
    // What is not held may go with the first release.
    std::erase_if(nodes_, [](Node<T>* node) {
      node->visited = false;
      return !std::exchange(node->held, false);
    });
    for (Node<T>* node : nodes_) Node<T>::release(node);
  }
  Sweep(const Sweep&) = delete;
  Sweep& operator=(const Sweep&) = delete;

  bool empty() const { return nodes_.empty(); }
  Node<T>* newest() const { return nodes_.back(); }
  const NodeList<T>& nodes() const { return nodes_; }

  // The newest is done, and forgets its rule and edges unless the graph is kept.
  void finish(bool keep_graph) {
    Node<T>* const node = nodes_.back();
    nodes_.pop_back();
    if (!keep_graph) forget(node);
    node->visited = false;
    if (std::exchange(node->held, false)) Node<T>::release(node);
  }

 private:
  void visit(Node<T>* node) {
    if (node->visited || !node->requires_grad || node->is_leaf()) return;
    node->visited = true;
    nodes_.push_back(node);
  }

  static void forget(Node<T>* node) {
    for (Node<T>* input : node->inputs()) {
      if (input->visited && !input->held) {
        input->held = true;
      } else {
        Node<T>::release(input);
      }
    }
    node->forget();
  }

  NodeList<T> nodes_;
};

template <typename T>
void run_rule(Node<T>* node) {
  try {
    node->run_rule();
  } catch (const GradError& error) {
    throw GradError(fmt::format("backward of {}: {}", node->op, error.what()));
  }
}

template <typename T>
void check_backward(const BasicVariable<T>& from) {
  if (!from.requires_grad()) {
    throw GradError(
        fmt::format("backward: the {} of shape {} needs no gradient", from.op(), to_string(from.shape())));
  }
}

}  // namespace

NoGrad::NoGrad() : before_(std::exchange(recording, false)) {}
NoGrad::~NoGrad() { recording = before_; }
bool grad_enabled() { return recording; }
int64_t live_nodes() { return node_count.get(); }

template <typename T>
uint64_t next_serial(std::span<Node<T>* const> inputs) {
  for (const Node<T>* input : inputs) last_serial = std::max(last_serial, input->serial);
  return ++last_serial;
}

template <typename T>
Node<T>::Node(const char* op_name, BasicTensor<T> value, bool needs_grad)
    : data(std::move(value)), op(op_name), requires_grad(needs_grad) {
  node_count.add(1);
}

template <typename T>
Node<T>::~Node() {
  node_count.add(-1);
}

template <typename T>
void Node<T>::release(Node* node) {
  if (!node->references_.drop()) return;
  if (node->inputs().empty()) {
    delete node;
    return;
  }
  NodeList<T> dying{node};
  while (!dying.empty()) {
    Node* const dead = dying.back();
    dying.pop_back();
    for (Node* input : dead->inputs()) {
      if (input->references_.drop()) dying.push_back(input);
    }
    delete dead;
  }
}

template <typename T>
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

template <typename T>
BasicVariable<T>::BasicVariable(BasicTensor<T> data, bool requires_grad)
    : node_(new Node<T>("leaf", std::move(data), requires_grad)) {}

template <typename T>
BasicVariable<T>::BasicVariable(const BasicVariable& other) noexcept : node_(other.node_) {
  if (node_ != nullptr) node_->retain();
}

template <typename T>
BasicVariable<T>::~BasicVariable() {
  if (node_ != nullptr) Node<T>::release(node_);
}

template <typename T>
BasicVariable<T> BasicVariable<T>::adopt(Node<T>* node) {
  BasicVariable variable;
  variable.node_ = node;
  return variable;
}

template <typename T>
const BasicTensor<T>& BasicVariable<T>::data() const {
  if (node_ == nullptr) throw GradError("variable: used before it was given a value");
  return node_->data;
}

template <typename T>
bool BasicVariable<T>::requires_grad() const {
  return node_ != nullptr && node_->requires_grad;
}

template <typename T>
bool BasicVariable<T>::is_leaf() const {
  return node_ == nullptr || node_->is_leaf();
}

template <typename T>
const char* BasicVariable<T>::op() const {
  return node_ == nullptr ? "undefined" : node_->op;
}

template <typename T>
const BasicTensor<T>& BasicVariable<T>::grad() const {
  data();  // checks that there is a node
  return node_->grad;
}

template <typename T>
void BasicVariable<T>::set_grad(BasicTensor<T> grad) const {
  if (grad.defined() && grad.shape() != data().shape()) {
    throw ShapeError(
        fmt::format("set_grad: {} for a variable of {}", to_string(grad.shape()), to_string(data().shape())));
  }
  node_->grad = grad.defined() ? grad.contiguous() : std::move(grad);
}

template <typename T>
void BasicVariable<T>::backward(BackwardOptions options) const {
  if (data().numel() != 1) {
    throw ShapeError(
        fmt::format("backward: {} is not a scalar; pass the gradient of each element", to_string(shape())));
  }
  backward(ones_like(data()), options);
}

template <typename T>
void BasicVariable<T>::backward(const BasicTensor<T>& seed, BackwardOptions options) const {
  check_backward(*this);
  if (seed.shape() != shape()) {
    throw ShapeError(
        fmt::format("backward: seed {} for a variable of {}", to_string(seed.shape()), to_string(shape())));
  }
  Sweep<T> sweep(node_);
  for (Node<T>* node : sweep.nodes()) {
    if (!node->has_rule()) {
      throw GradError(
          fmt::format("backward: the graph behind {} was freed by an earlier backward; "
                      "keep it there with keep_graph",
                      node->op));
    }
    node->grad = {};
  }
  node_->accumulate(seed);
  const NoGrad no_grad;
  while (!sweep.empty()) {
    Node<T>* const node = sweep.newest();
    if (node->grad.defined()) run_rule(node);
    sweep.finish(options.keep_graph);
  }
}

template class Node<float>;
template class Node<double>;
template class BasicVariable<float>;
template class BasicVariable<double>;
template uint64_t next_serial<float>(std::span<Node<float>* const>);
template uint64_t next_serial<double>(std::span<Node<double>* const>);

}  // namespace lt
