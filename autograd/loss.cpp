#include <libtensor/autograd/ops.h>
#include <libtensor/autograd/record.h>

// Losses. Those of networks are one node of the tape.

namespace lt::inline v0 {

namespace {

template <Floating T>
BasicVariable<T> reduce(const BasicVariable<T>& losses, Reduction reduction) {
  if (reduction == Reduction::none) return losses;
  return reduction == Reduction::sum ? sum(losses) : mean(losses);
}

}  // namespace

// The gradient comes out of the same pass as the loss; backward only scales it.
template <Floating T>
BasicVariable<T> cross_entropy(const BasicVariable<T>& logits, const IntTensor& targets,
                               const std::type_identity_t<CrossEntropyOptions<T>>& options) {
  const bool need_gradient = logits.requires_grad() && grad_enabled();
  BasicTensor<T> dx;
  const BasicTensor<T> loss = cross_entropy(logits.data(), targets, options, need_gradient ? &dx : nullptr);
  return record("cross_entropy", loss, {logits}, [dx](const BasicTensor<T>& dy) {
    if (dy.dim() > 0) return dx * dy.unsqueeze(-1);  // a row's own
    return dy.item() == T{1} ? dx : dx * dy;
  });
}

template <Floating T>
BasicVariable<T> mse_loss(const BasicVariable<T>& a, const OperandOf<T>& b, LossOptions options) {
  check_same_shape(a.shape(), b.shape(), "mse_loss");
  if (options.reduction != Reduction::mean) return reduce(square(a - b), options.reduction);
  const BasicTensor<T> difference = a.data() - b.data();
  return record("mse_loss", mean(square(difference)), {a, b},
                [d = save(difference)](const BasicTensor<T>& dy) {
                  const BasicTensor<T> da = *d * (dy * (T{2} / static_cast<T>((*d).numel())));
                  return Gradients{da, -da};
                });
}

template <Floating T>
BasicVariable<T> margin_loss(const BasicVariable<T>& score, const BasicTensor<T>& target,
                             LossOptions options) {
  check_same_shape(score.shape(), target.shape(), "margin_loss");
  return reduce(relu(T{1} - score * target), options.reduction);
}

#define LT_INSTANTIATE(T)                                                                            \
  template BasicVariable<T> cross_entropy(const BasicVariable<T>&, const IntTensor&,                 \
                                          const CrossEntropyOptions<T>&);                            \
  template BasicVariable<T> mse_loss(const BasicVariable<T>&, const BasicVariable<T>&, LossOptions); \
  template BasicVariable<T> margin_loss(const BasicVariable<T>&, const BasicTensor<T>&, LossOptions);
LT_INSTANTIATE(float)
LT_INSTANTIATE(double)
#undef LT_INSTANTIATE

}  // namespace lt::inline v0
