#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include <libtensor/autograd/node.h>
#include <libtensor/tensor/ops.h>

// backward() collects what the loss reaches in a list that it walks as it grows, sorts it by serial number
// and runs the rules from the newest to the oldest; each is forgotten once used. Nothing recurses.

namespace lt {
namespace {

// Nodes of a running backward(), unmarked at the end, also where a rule throws. Edges keep them alive. When a
// used node drops its edges, the sweep takes over one reference of each input that it still has to visit
// (held): to release it and retain it again costs a twentieth of a small op's time.
template <typename T>
class Sweep {
 public:
  explicit Sweep(Node<T>* last) : last_(last) {
    last_->retain();  // a rule may drop the handle
    visit(last_);
    for (size_t next = 0; next < nodes_.size(); ++next) {
      for (Node<T>* input : nodes_[next]->inputs()) visit(input);
    }
    std::sort(nodes_.begin(), nodes_.end(),
              [](const Node<T>* a, const Node<T>* b) { return a->serial < b->serial; });
  }
  ~Sweep() {
    // The oldest first: a release frees only what is older.
    for (Node<T>* node : nodes_) {
      node->visited = false;
      if (std::exchange(node->held, false)) Node<T>::release(node);
    }
    Node<T>::release(last_);
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

  Node<T>* last_;
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

template void BasicVariable<float>::backward(BackwardOptions) const;
template void BasicVariable<float>::backward(const Tensor&, BackwardOptions) const;
template void BasicVariable<double>::backward(BackwardOptions) const;
template void BasicVariable<double>::backward(const DoubleTensor&, BackwardOptions) const;

}  // namespace lt
