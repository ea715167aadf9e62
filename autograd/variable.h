#pragma once

// Variables: tensors that remember how they came to be, so that a gradient can flow back.
//
//   Variable w(randn({3, 2}, generator), true);
//   Variable loss = mean(square(matmul(x, w)));
//   loss.backward();
//   w.grad()  ->  d loss / d w, shape (3, 2)
//
// It has the views of a tensor, which are recorded, and the ops of autograd/ops.h. A tensor beside a variable
// is a constant.
//
// The tape is the order of creation: a recorded node has a higher serial number than its inputs, and
// backward() replays what the loss reaches in falling order. Nothing recurses, so that a chain of a million
// nodes is no trouble.

#include <array>
#include <cstdint>
#include <iosfwd>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <libtensor/tensor/tensor.h>

namespace lt::inline v0 {

template <Floating T>
class Node;

// What backward() may keep.
struct BackwardOptions {
  // Keep the rules and edges that were used, for another backward() or to draw the graph.
  bool keep_graph = false;
};

// A handle to a node: data, gradient, and the op and inputs that made it. Copying shares the node, and
// assignment makes the handle one of another node. The graph behind a variable that nobody holds is freed.
// Instantiated for float and double; a graph is used by one thread at a time. All but defined() and the
// questions about the node throw GradError for a handle of none.
template <Floating T>
class BasicVariable : public OpMethods<BasicVariable<T>> {
 public:
  using value_type = T;

  BasicVariable() = default;  // no variable: defined() is false, and what reads it throws GradError
  // A leaf. From a tensor alone a constant, whose gradient nobody asks for.
  //   throws: GradError for a tensor that is not defined()
  BasicVariable(BasicTensor<T> data, Flag requires_grad = false);  // NOLINT: implicit
  BasicVariable(const BasicVariable& other) noexcept;
  BasicVariable(BasicVariable&& other) noexcept : node_(std::exchange(other.node_, nullptr)) {}
  BasicVariable& operator=(BasicVariable other) & noexcept {
    std::swap(node_, other.node_);
    return *this;
  }
  ~BasicVariable();

  bool defined() const { return node_ != nullptr; }
  // The numbers, unrecorded. Unless the variable is const they may be written: w.data() -= rate * w.grad().
  const BasicTensor<T>& data() const&;
  TensorView<T> data() & { return TensorView<T>(std::as_const(*this).data()); }
  BasicTensor<T> data() const&& { return data(); }
  const Shape& shape() const& { return data().shape(); }
  Shape shape() const&& { return shape(); }
  int dim() const { return data().dim(); }
  int64_t size(Whole axis) const { return data().size(axis); }
  int64_t numel() const { return data().numel(); }
  Strides strides() const { return data().strides(); }
  int64_t stride(Whole axis) const { return data().stride(axis); }
  bool is_contiguous() const { return data().is_contiguous(); }
  T item() const { return data().item(); }
  T at(std::initializer_list<Whole> index) const { return data().at(index); }
  std::vector<T> to_vector() const { return data().to_vector(); }

  bool requires_grad() const;
  bool is_leaf() const;    // made by the user, not by a recorded op
  const char* op() const;  // "tanh"; "leaf"

  // d loss / d this, of this shape; not defined() before a backward() that reached it. Every variable that
  // somebody holds keeps its gradient; backward() adds to a leaf's, and replaces that of a recorded one.
  const BasicTensor<T>& grad() const&;
  TensorView<T> grad() & { return TensorView<T>(std::as_const(*this).grad()); }
  BasicTensor<T> grad() const&& { return grad(); }
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

  // --- a tensor's views, recorded: what they throw is in tensor/tensor.h ---

  BasicVariable view(const Shape& shape) const;
  BasicVariable reshape(const Shape& shape) const;
  BasicVariable flatten(Whole first_axis = 0, Whole last_axis = -1) const;
  BasicVariable transpose(Whole axis0, Whole axis1) const;
  BasicVariable t() const;
  BasicVariable permute(const Dims& axes) const;
  BasicVariable select(Whole axis, Whole index) const;
  BasicVariable operator[](Whole index) const { return select(0, index); }
  BasicVariable narrow(Whole axis, Whole start, Whole length) const;
  BasicVariable slice(Whole axis, Whole start, Whole stop, Whole step = 1) const;
  BasicVariable squeeze() const;
  BasicVariable squeeze(Whole axis) const;
  BasicVariable unsqueeze(Whole axis) const;
  BasicVariable expand(const Shape& shape) const;
  BasicVariable diagonal() const;
  // Const, so that v.unbind()[0] = w, which would be lost, does not compile.  NOLINTBEGIN
  const std::vector<BasicVariable> unbind(Whole axis = 0) const;
  const std::vector<BasicVariable> split(Whole size, Whole axis = 0) const;  // NOLINTEND
  BasicVariable contiguous() const;
  BasicVariable clone() const;

  // x[ids], x[mask]: copies of rows, whose gradients are added where the rows came from.
  BasicVariable operator[](const IntTensor& ids) const;
  BasicVariable operator[](const BoolTensor& mask) const;
  // x(Slice(1, 3), -1, None), x(Slice(), ids) as of a tensor; x(i, j) is one number, of shape ().
  template <typename... Is>
  requires(std::convertible_to<Is, TensorIndex>&&...) BasicVariable operator()(const Is&... indices) const;

  // Its rows in turn, recorded: for (Variable row : x). throws: ShapeError of a scalar
  RowIterator<BasicVariable> begin() const {
    if (dim() == 0) throw ShapeError("begin: a scalar has no rows to iterate over");
    return {*this, 0};
  }
  RowIterator<BasicVariable> end() const { return {*this, size(0)}; }

  // For rules and graph.h.
  Node<T>* node() const { return node_; }
  static BasicVariable take_ownership(Node<T>* node);  // of one handle

 private:
  BasicVariable view_at(std::span<const ViewIndex> indices) const;
  BasicVariable rows_at(std::span<const TensorIndex> indices) const;
  BasicVariable number_at(std::span<const ViewIndex> place) const;

  Node<T>* node_ = nullptr;
};

// Prints as PyTorch: the numbers, and requires_grad=True or the op, as in grad_fn=<TanhBackward0>.
template <Floating T>
std::string to_string(const BasicVariable<T>& x, const PrintOptions& options = get_printoptions());
template <Floating T>
std::ostream& operator<<(std::ostream& out, const BasicVariable<T>& x);

using Variable = BasicVariable<float>;
using DoubleVariable = BasicVariable<double>;

// While one lives, ops on this thread record nothing: evaluation costs no graph. (C++ cannot refuse one
// without a name, NoGrad(); which ends at once: compilers warn of it, so that it is an error under -Werror
// alone.)
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

template <Floating T>
template <typename... Is>
requires(std::convertible_to<Is, TensorIndex>&&...)
    BasicVariable<T> BasicVariable<T>::operator()(const Is&... indices) const {
  if constexpr ((std::convertible_to<Is, ViewIndex> && ...)) {
    const std::array<ViewIndex, sizeof...(Is)> list{ViewIndex(indices)...};
    return (StandsFor<Is, int64_t> && ...) ? number_at(list) : view_at(list);
  } else {
    const std::array<TensorIndex, sizeof...(Is)> list{TensorIndex(indices)...};
    return rows_at(list);
  }
}

}  // namespace lt::inline v0
