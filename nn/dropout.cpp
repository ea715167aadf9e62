#include <libtensor/nn/dropout.h>

#include <fmt/format.h>

#include <libtensor/nn/print.h>

namespace lt::inline v0::nn {

Dropout::Dropout(double probability, Generator& source) : p(probability), generator(&source) {
  if (!(p >= 0 && p <= 1)) throw ValueError(fmt::format("Dropout: p = {} is outside 0..1", p));
}

std::string Dropout::to_string() const { return fmt::format("Dropout(p={}, inplace=False)", python_text(p)); }

}  // namespace lt::inline v0::nn
