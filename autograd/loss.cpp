#include <libtensor/autograd/ops.h>
#include <libtensor/autograd/record.h>

// Losses. Those of networks are one node of the tape.

namespace lt {

// The gradient comes out of the same pass as the loss; backward only scales it.
template <typename T>
BasicVariable<T> cross_entropy(const BasicVariable<T>& logits, const IntTensor& targets,
                               int64_t ignore_index) {
  const bool need_gradient = logits.requires_grad() && grad_enabled();
  BasicTensor<T> dx;
  const BasicTensor<T> loss =
      cross_entropy(logits.data(), targets, ignore_index, need_gradient ? &dx : nullptr);
  return record("cross_entropy", loss, {logits},
                [dx](const BasicTensor<T>& dy) { return dy.item() == T{1} ? dx : dx * dy; });
}

template <typename T>
BasicVariable<T> mse_loss(const BasicVariable<T>& a, const BasicVariable<T>& b) {
  check_same_shape(a.shape(), b.shape(), "mse_loss");
  const BasicTensor<T> difference = a.data() - b.data();
  return record("mse_loss", mean(square(difference)), {a, b},
                [d = save(difference)](const BasicTensor<T>& dy) {
                  const BasicTensor<T> da = *d * (dy * (T{2} / static_cast<T>((*d).numel())));
                  return Gradients{da, -da};
                });
}

template <typename T>
BasicVariable<T> margin_loss(const BasicVariable<T>& score, const BasicTensor<T>& target) {
  check_same_shape(score.shape(), target.shape(), "margin_loss");
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
