#include <libtensor/autograd/ops.h>
#include <libtensor/autograd/record.h>

// A table's rows by index, whose gradients are added where they came from.

namespace lt::inline v0 {

template <Floating T>
BasicVariable<T> embedding(const BasicVariable<T>& table, const IntTensor& ids) {
  return record("embedding", embedding(table.data(), ids), {table},
                [from = table.shape(), ids = save(ids)](const BasicTensor<T>& dy) {
                  return embedding_backward(dy, *ids, from);
                });
}

template Variable embedding(const Variable&, const IntTensor&);
template DoubleVariable embedding(const DoubleVariable&, const IntTensor&);

}  // namespace lt::inline v0
