#include <libtensor/autograd/ops.h>
#include <libtensor/autograd/record.h>

// Dropout (Srivastava et al., 2014): the same mask forward and backward.

namespace lt::inline v0 {

template <Floating T>
BasicVariable<T> dropout(const BasicVariable<T>& x, double p, Generator& generator) {
  const BasicTensor<T> mask = dropout_mask<T>(x.shape(), p, generator);
  return record("dropout", x.data() * mask, {x}, [mask](const BasicTensor<T>& dy) { return dy * mask; });
}

template Variable dropout(const Variable&, double, Generator&);
template DoubleVariable dropout(const DoubleVariable&, double, Generator&);

}  // namespace lt::inline v0
