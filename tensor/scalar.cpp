#include <libtensor/tensor/scalar.h>

#include <fmt/format.h>

#include <libtensor/tensor/error.h>

namespace lt::inline v0 {

void detail::throw_too_large(uint64_t value) {
  throw ValueError(fmt::format("scalar: {} is too large for int64", value));
}

void detail::throw_too_large(const char* op, double value) {
  throw ValueError(fmt::format("{}: {} is too large for float32", op, value));
}

}  // namespace lt::inline v0
