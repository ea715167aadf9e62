#include <libtensor/autograd/ops.h>
#include <libtensor/autograd/record.h>

namespace lt::inline v0 {

template <Floating T>
BasicVariable<T> gelu(const BasicVariable<T>& x, Gelu approximate) {
  return record(
      "gelu", gelu(x.data(), approximate), {x},
      [v = save(x), approximate](const BasicTensor<T>& dy) { return gelu_backward(dy, *v, approximate); });
}

template Variable gelu(const Variable&, Gelu);
template DoubleVariable gelu(const DoubleVariable&, Gelu);

}  // namespace lt::inline v0
