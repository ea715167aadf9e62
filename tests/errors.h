#pragma once

// For tests of error texts.

#include <string>
#include <utility>

namespace lt {

// The text of the error E that f throws; "no error" where it throws none.
template <typename E, typename F>
std::string error_text(F&& f) {
  try {
    std::forward<F>(f)();
  } catch (const E& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace lt
