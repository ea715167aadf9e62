#pragma once

// Variables: tensors that remember how they came to be, so that a gradient can flow back.
//
//   Variable w(randn({3, 2}, generator), true);
//   Variable loss = mean(square(matmul(x, w)));
//   loss.backward();
//   w.grad()  ->  d loss / d w, shape (3, 2)
//
// The tape is the order of creation: a recorded node has a higher serial number than its inputs, and
// backward() replays what the loss reaches in falling order. Nothing recurses, so that a chain of a million
// nodes is no trouble.

#include <cstdint>
#include <utility>
#include <vector>

#include <libtensor/tensor/tensor.h>

namespace lt {

template <typename T>
class Node;

// What backward() may keep.
struct BackwardOptions {
  // Keep the rules and edges that were used, for another backward() or to draw the graph.
  bool keep_graph = false;
};

// A handle to a node: data, gradient, and the op and inputs that made it. Copying shares the node. The graph
// behind a variable that nobody holds is freed. Instantiated for float and double; a graph is used by one
// thread at a time.
template <typename T>
class BasicVariable {
 public:
  using value_type = T;

  BasicVariable() = default;  // no variable: defined() is false, and what reads it throws GradError
  //   throws: GradError for a tensor that is not defined()
  explicit BasicVariable(BasicTensor<T> data, bool requires_grad = false);
  BasicVariable(const BasicVariable& other) noexcept;
  BasicVariable(BasicVariable&& other) noexcept : node_(std::exchange(other.node_, nullptr)) {}
  BasicVariable& operator=(BasicVariable other) noexcept {
    std::swap(node_, other.node_);
    return *this;
  }
  ~BasicVariable();

  bool defined() const { return node_ != nullptr; }
  const BasicTensor<T>& data() const;
  const Shape& shape() const { return data().shape(); }
  int dim() const { return data().dim(); }
  int64_t size(int64_t axis) const { return data().size(axis); }
  int64_t numel() const { return data().numel(); }
  T item() const { return data().item(); }

  bool requires_grad() const;
  bool is_leaf() const;    // made by the user, not by a recorded op
  const char* op() const;  // "tanh"; "leaf"

  // d loss / d this, of this shape; not defined() before a backward() that reached it. Every variable that
  // somebody holds keeps its gradient; backward() adds to a leaf's, and replaces that of a recorded one.
  const BasicTensor<T>& grad() const;
  // Replaces it; one that is not dense is copied. throws: ShapeError for another shape
  void set_grad(BasicTensor<T> grad) const;
  void zero_grad() const { set_grad({}); }  // no gradient, as PyTorch's set_to_none

  // The same numbers as a leaf that no gradient passes.
  BasicVariable detach() const { return BasicVariable(data()); }

  // Gradients of this scalar (or of the sum of this * seed) to every variable that it reaches.
  //   throws: GradError where it needs no gradient, was already freed, or a saved value was changed in place;
  //           ShapeError where this is not a scalar and no seed is given, or the seed's shape differs
  void backward(BackwardOptions options = {}) const;
  void backward(const BasicTensor<T>& seed, BackwardOptions options = {}) const;

  // For rules and graph.h.
  Node<T>* node() const { return node_; }
  static BasicVariable take_ownership(Node<T>* node);  // of one reference

 private:
  Node<T>* node_ = nullptr;
};

using Variable = BasicVariable<float>;
using DoubleVariable = BasicVariable<double>;

// While one lives, ops on this thread record nothing: evaluation costs no graph.
class NoGrad {
 public:
  [[nodiscard("it lasts as long as its variable: const NoGrad no_grad;")]] NoGrad();
  ~NoGrad();
  NoGrad(const NoGrad&) = delete;
  NoGrad& operator=(const NoGrad&) = delete;

 private:
  bool before_;
};
bool grad_enabled();

// How many nodes are alive, over all threads: flat in a training loop that leaks nothing.
int64_t live_nodes();

}  // namespace lt
