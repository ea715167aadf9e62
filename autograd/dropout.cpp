#include <libtensor/autograd/ops.h>
#include <libtensor/autograd/record.h>

// Dropout: the same bits forward and backward.

namespace lt::inline v0 {

template <Floating T>
BasicVariable<T> dropout(const BasicVariable<T>& x, double p, Generator& generator) {
  IntTensor kept;
  const BasicTensor<T> y = dropout(x.data(), p, generator, &kept);
  return record("dropout", y, {x},
                [kept, p](const BasicTensor<T>& dy) { return dropout_backward(dy, kept, p); });
}

template Variable dropout(const Variable&, double, Generator&);
template DoubleVariable dropout(const DoubleVariable&, double, Generator&);

}  // namespace lt::inline v0
