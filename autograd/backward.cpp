#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include <libtensor/autograd/node.h>
#include <libtensor/tensor/ops.h>

// backward() collects what the loss reaches in a list that it walks as it grows, sorts it by serial number
// and runs the rules from the newest to the oldest; each is freed once used. Nothing recurses.

namespace lt::inline v0 {
namespace {

// The nodes of a running backward() in the order of the tape, each with a reference of its own: a rule may
// drop the loss, and a used node its edges. Unmarked at the end, also where a rule throws.
template <Floating T>
class Traversal {
 public:
  explicit Traversal(Node<T>* last) {
    visit(last);
    for (size_t next = 0; next < nodes_.size(); ++next) {
      for (Node<T>* input : nodes_[next]->inputs()) visit(input);
    }
    std::sort(nodes_.begin(), nodes_.end(),
              [](const Node<T>* a, const Node<T>* b) { return a->serial < b->serial; });
  }
  ~Traversal() {
    for (Node<T>* node : nodes_) leave(node);
  }
  Traversal(const Traversal&) = delete;
  Traversal& operator=(const Traversal&) = delete;

  bool empty() const { return nodes_.empty(); }
  Node<T>* newest() const { return nodes_.back(); }
  const NodeList<T>& nodes() const { return nodes_; }

  // The newest is done, and frees its rule and edges unless the graph is kept.
  void finish(bool keep_graph) {
    Node<T>* const node = nodes_.back();
    nodes_.pop_back();
    if (!keep_graph) {
      for (Node<T>* input : node->inputs()) Node<T>::release(input);
      node->release_saved();
    }
    leave(node);
  }

 private:
  void visit(Node<T>* node) {
    if (node->visited || !node->requires_grad || node->is_leaf()) return;
    node->visited = true;
    node->retain();
    nodes_.push_back(node);
  }
  static void leave(Node<T>* node) {
    node->visited = false;
    Node<T>::release(node);
  }

  NodeList<T> nodes_;
};

template <Floating T>
void run_rule(Node<T>* node) {
  try {
    node->run_rule();
  } catch (const GradError& error) {
    throw GradError(fmt::format("backward of {}: {}", node->op, error.what()));
  }
}

template <Floating T>
void check_backward(const BasicVariable<T>& from) {
  if (!from.requires_grad()) {
    throw GradError(
        fmt::format("backward: the {} of shape {} needs no gradient; what it comes from does where it is a "
                    "Variable(data, true)",
                    from.op(), to_string(from.shape())));
  }
}

}  // namespace

template <Floating T>
void BasicVariable<T>::backward(BackwardOptions options) const {
  if (data().numel() != 1) {
    throw ShapeError(
        fmt::format("backward: {} is not a scalar; pass the gradient of each element", to_string(shape())));
  }
  backward(ones_like(data()), options);
}

template <Floating T>
void BasicVariable<T>::backward(const BasicTensor<T>& seed, BackwardOptions options) const {
  check_backward(*this);
  if (seed.shape() != shape()) {
    throw ShapeError(
        fmt::format("backward: seed {} for a variable of {}", to_string(seed.shape()), to_string(shape())));
  }
  Traversal<T> traversal(node_);
  for (Node<T>* node : traversal.nodes()) {
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
  while (!traversal.empty()) {
    Node<T>* const node = traversal.newest();
    if (node->grad.defined()) run_rule(node);
    traversal.finish(options.keep_graph);
  }
}

template void BasicVariable<float>::backward(BackwardOptions) const;
template void BasicVariable<float>::backward(const Tensor&, BackwardOptions) const;
template void BasicVariable<double>::backward(BackwardOptions) const;
template void BasicVariable<double>::backward(const DoubleTensor&, BackwardOptions) const;

}  // namespace lt::inline v0
