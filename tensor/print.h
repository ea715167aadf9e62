#pragma once

// How tensors are printed: PyTorch's torch.set_printoptions.

#include <cstdint>
#include <optional>

#include <libtensor/version.h>

namespace lt::inline v0 {

struct PrintOptions {
  int precision = 4;                            // digits behind the point
  int64_t threshold = 1000;                     // a tensor of more elements is summarised
  int64_t edgeitems = 3;                        // of which so many are shown at each end of an axis
  int linewidth = 80;                           // columns, where lines are wrapped
  std::optional<bool> sci_mode = std::nullopt;  // scientific notation; unset: where the numbers ask for it
};

// What tensors are printed with where nothing is said: one for the whole program, which threads may read and
// set at the same time. Setting {.precision = 2} sets all others back.
//   throws: ValueError for a negative number, no edge items, or no columns
PrintOptions get_printoptions();
void set_printoptions(const PrintOptions& options);

}  // namespace lt::inline v0
