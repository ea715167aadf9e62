#include <libtensor/nn/dropout.h>

#include <fmt/format.h>

#include <libtensor/nn/print.h>

namespace lt::inline v0::nn {

Dropout::Dropout(double probability, Generator& the_generator) : p(probability), generator(&the_generator) {
  if (!(p >= 0 && p <= 1)) throw ValueError(fmt::format("Dropout: p = {} is outside 0..1", p));
}

std::string Dropout::to_string() const { return fmt::format("Dropout(p={}, inplace=False)", python_text(p)); }

}  // namespace lt::inline v0::nn
