#include <fmt/format.h>

#include <libtensor/tensor/functional.h>
#include <libtensor/tensor/kernels/cross_entropy.h>

// Logits and targets are checked and made dense; loss and gradient come out of one kernel.

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

template <Floating T>
BasicTensor<T> cross_entropy(const BasicTensor<T>& logits, const IntTensor& targets, int64_t ignore_index,
                             BasicTensor<T>* gradient) {
  const IntTensor ids = row_targets(logits, targets, ignore_index);
  const BasicTensor<T> x = logits.contiguous();
  BasicTensor<T> row_losses = empty<T>(ids.shape());
  T* dx = nullptr;
  if (gradient != nullptr) {
    *gradient = empty<T>(x.shape());
    dx = gradient->mutable_data();
  }
  return scalar<T>(kernels::cross_entropy(x.data(), ids.data(), ignore_index, row_losses.mutable_data(), dx,
                                          ids.numel(), x.size(-1)));
}

template Tensor cross_entropy(const Tensor&, const IntTensor&, int64_t, Tensor*);
template DoubleTensor cross_entropy(const DoubleTensor&, const IntTensor&, int64_t, DoubleTensor*);

}  // namespace lt
