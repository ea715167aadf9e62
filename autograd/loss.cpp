#include <fmt/format.h>

#include "autograd/ops.h"
#include "autograd/record.h"

// Losses. Each is one node of the tape.

namespace lt {
namespace {

template <typename T>
void check_targets(const BasicTensor<T>& logits, const IntTensor& targets, int64_t ignore_index) {
  const bool row = logits.dim() == 1 && targets.dim() == 0;
  const bool batch = logits.dim() == 2 && targets.dim() == 1 && logits.size(0) == targets.size(0);
  if (!row && !batch) {
    throw ShapeError(fmt::format("cross_entropy: logits {} want one target a row, not targets {}",
                                 to_string(logits.shape()), to_string(targets.shape())));
  }
  const int64_t classes = logits.size(-1);
  const std::vector<int64_t> ids = targets.to_vector();
  for (size_t i = 0; i < ids.size(); ++i) {
    if (ids[i] != ignore_index && (ids[i] < 0 || ids[i] >= classes)) {
      throw IndexError(
          fmt::format("cross_entropy: target {} at row {} is none of {} classes", ids[i], i, classes));
    }
  }
}

}  // namespace

template <typename T>
BasicVariable<T> cross_entropy(const BasicVariable<T>& logits, const IntTensor& targets,
                               int64_t ignore_index) {
  check_targets(logits.data(), targets, ignore_index);
  const BasicTensor<T> rows = logits.data().reshape({-1, logits.size(-1)});
  const IntTensor ids = targets.reshape({-1, 1});
  const BasicTensor<T> counts = (ids != ignore_index).template cast<T>();
  const IntTensor places = where(ids == ignore_index, scalar<int64_t>(0), ids);
  const BasicTensor<T> log_probabilities = log_softmax(rows, 1);
  const BasicTensor<T> counted = sum(counts);
  const BasicTensor<T> picked = where(counts == T{0}, scalar<T>(0), gather(log_probabilities, 1, places));
  return record(
      "cross_entropy", -sum(picked) / counted, {logits},
      [log_probabilities, places, counts, counted, from = logits.shape()](const BasicTensor<T>& dy) {
        const BasicTensor<T> weight = counts * (dy / counted);
        return scatter_add(exp(log_probabilities) * weight, 1, places, -weight).reshape(from);
      });
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
