#pragma once

// The menu: every op that programs are drawn from.

#include <array>
#include <functional>
#include <string>
#include <vector>

#include "tests/differential/program.h"

namespace lt::differential {

struct Op {
  std::string name;
  // Draws the op's arguments for one type of its first tensor (by index in Value) and runs it; true where it
  // succeeded. Empty for a type that the op is not for.
  std::array<std::function<bool(Program&)>, 4> run;
};

// Views and in-place ops are few, but most of what can go wrong goes through them: they are drawn by family.
struct Menu {
  std::vector<Op> views;
  std::vector<Op> in_place;
  std::vector<Op> fresh;
};

const Menu& menu();

}  // namespace lt::differential
