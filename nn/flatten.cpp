#include <libtensor/nn/flatten.h>

#include <fmt/format.h>

namespace lt::inline v0::nn {

FlattenConsecutive::FlattenConsecutive(Whole neighbours) : n(neighbours) {
  if (n < 1) throw ValueError(fmt::format("FlattenConsecutive: n = {} must be at least 1", n));
}

Variable FlattenConsecutive::operator()(const Variable& x) {
  if (x.dim() != 3 || x.size(1) % n != 0) {
    throw ShapeError(fmt::format("FlattenConsecutive: input {} is not (batch, a multiple of {}, channels)",
                                 lt::to_string(x.shape()), n));
  }
  const int64_t groups = x.size(1) / n;
  const int64_t joined = x.size(2) * n;
  return groups == 1 ? x.reshape({x.size(0), joined}) : x.reshape({x.size(0), groups, joined});
}

std::string FlattenConsecutive::to_string() const { return fmt::format("FlattenConsecutive({})", n); }

}  // namespace lt::inline v0::nn
