#include <libtensor/autograd/ops.h>
#include <libtensor/autograd/record.h>

// softmax and log_softmax: both rules need only the result.

namespace lt::inline v0 {

template <Floating T>
BasicVariable<T> softmax(const BasicVariable<T>& x, Whole axis) {
  const BasicTensor<T> y = softmax(x.data(), axis);
  return record("softmax", y, {x},
                [y = save(y), axis](const BasicTensor<T>& dy) { return softmax_backward(dy, *y, axis); });
}

template <Floating T>
BasicVariable<T> log_softmax(const BasicVariable<T>& x, Whole axis) {
  const BasicTensor<T> y = log_softmax(x.data(), axis);
  return record("log_softmax", y, {x},
                [y = save(y), axis](const BasicTensor<T>& dy) { return log_softmax_backward(dy, *y, axis); });
}

template Variable softmax(const Variable&, Whole);
template DoubleVariable softmax(const DoubleVariable&, Whole);
template Variable log_softmax(const Variable&, Whole);
template DoubleVariable log_softmax(const DoubleVariable&, Whole);

}  // namespace lt::inline v0
