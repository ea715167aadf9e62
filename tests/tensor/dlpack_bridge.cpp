// What dlpack_torch_test.py calls: a library that shares one tensor, and takes one.

#include <libtensor/tensor/dlpack.h>
#include <libtensor/tensor/ops.h>

namespace {
lt::Tensor& kept() {
  static lt::Tensor x;
  return x;
}
}  // namespace

extern "C" {

// (3, 2), transposed: 0 3, 1 4, 2 5.
lt::dlpack::DLManagedTensor* bridge_share() {
  kept() = lt::arange(6).view({2, 3}).t();
  return lt::to_dlpack(kept());
}

// 0, or 1 where the tensor is refused: it then is the caller's.
int bridge_take(lt::dlpack::DLManagedTensor* given) {
  try {
    kept() = lt::from_dlpack(given);
    return 0;
  } catch (const std::exception&) {
    return 1;
  }
}

void bridge_drop() { kept() = lt::Tensor(); }

float bridge_read(int64_t row, int64_t column) { return kept().at({row, column}); }

void bridge_write(int64_t row, int64_t column, float value) { kept()[row][column].fill_(value); }

}  // extern "C"
