#include <fmt/format.h>

#include <libtensor/autograd/ops.h>
#include <libtensor/autograd/record.h>
#include <libtensor/tensor/kernels/softmax.h>

// Losses. Those of networks are one node of the tape.

namespace lt {
namespace {

// The targets of logits' rows, dense and checked.
template <typename T>
IntTensor row_targets(const BasicTensor<T>& logits, const IntTensor& targets, int64_t ignore_index) {
  const bool row = logits.dim() == 1 && targets.dim() == 0;
  const bool batch = logits.dim() == 2 && targets.dim() == 1 && logits.size(0) == targets.size(0);
  if (!row && !batch) {
    throw ShapeError(fmt::format("cross_entropy: logits {} want one target a row, not targets {}",
                                 to_string(logits.shape()), to_string(targets.shape())));
  }
  const IntTensor ids = targets.contiguous();
  const int64_t classes = logits.size(-1);
  for (int64_t i = 0; i < ids.numel(); ++i) {
    const int64_t id = ids.data()[i];
    if (id != ignore_index && (id < 0 || id >= classes)) {
      throw IndexError(
          fmt::format("cross_entropy: target {} at row {} is none of {} classes", id, i, classes));
    }
  }
  return ids;
}

}  // namespace

// The gradient comes out of the same pass as the loss; backward only scales it.
template <typename T>
BasicVariable<T> cross_entropy(const BasicVariable<T>& logits, const IntTensor& targets,
                               int64_t ignore_index) {
  const IntTensor ids = row_targets(logits.data(), targets, ignore_index);
  const BasicTensor<T> x = logits.data().contiguous();
  BasicTensor<T> row_losses = empty<T>(ids.shape());
  BasicTensor<T> dx;
  if (logits.requires_grad() && grad_enabled()) dx = empty<T>(x.shape());
  const T loss =
      kernels::cross_entropy_rows(x.data(), ids.data(), ignore_index, row_losses.mutable_data(),
                                  dx.defined() ? dx.mutable_data() : nullptr, ids.numel(), x.size(-1));
  return record("cross_entropy", scalar<T>(loss), {logits},
                [dx](const BasicTensor<T>& dy) { return dy.item() == T{1} ? dx : dx * dy; });
}

template <typename T>
BasicVariable<T> mse_loss(const BasicVariable<T>& a, const BasicVariable<T>& b) {
  if (a.shape() != b.shape()) {
    throw ShapeError(
        fmt::format("mse_loss: shapes differ: {} and {}", to_string(a.shape()), to_string(b.shape())));
  }
  const BasicTensor<T> difference = a.data() - b.data();
  return record("mse_loss", mean(square(difference)), {a, b},
                [d = save(difference)](const BasicTensor<T>& dy) {
                  const BasicTensor<T> da = *d * (dy * (T{2} / static_cast<T>((*d).numel())));
                  return Gradients{da, -da};
                });
}

template <typename T>
BasicVariable<T> margin_loss(const BasicVariable<T>& score, const BasicTensor<T>& target) {
  if (score.shape() != target.shape()) {
    throw ShapeError(fmt::format("margin_loss: shapes differ: {} and {}", to_string(score.shape()),
                                 to_string(target.shape())));
  }
  return mean(relu(T{1} - score * target));
}

#define LT_INSTANTIATE(T)                                                                      \
  template BasicVariable<T> cross_entropy(const BasicVariable<T>&, const IntTensor&, int64_t); \
  template BasicVariable<T> mse_loss(const BasicVariable<T>&, const BasicVariable<T>&);        \
  template BasicVariable<T> margin_loss(const BasicVariable<T>&, const BasicTensor<T>&);
LT_INSTANTIATE(float)
LT_INSTANTIATE(double)
#undef LT_INSTANTIATE

}  // namespace lt
