#pragma once

// The menu: every op that programs are drawn from.

#include <array>
#include <string>
#include <vector>

#include <libtensor/tests/differential/program.h>

namespace lt::differential {

struct Op {
  std::string name;
  // Draws the op's arguments for one type of its first tensor (by index in Value) and runs it, under its
  // name; true where it succeeded. Null for a type that the op is not for.
  std::array<bool (*)(Program&, const std::string& name), 4> run;
};

// Views and in-place ops are few, but most of what can go wrong goes through them: they are drawn by family.
struct Menu {
  std::vector<Op> views;
  std::vector<Op> in_place;
  std::vector<Op> fresh;
};

const Menu& menu();

// Its parts, in three sources that compile side by side. menu_views.cpp:
std::vector<Op> views();
std::vector<Op> in_place();
// menu_elementwise.cpp:
std::vector<Op> creation();
std::vector<Op> binary();
std::vector<Op> unary();
// menu_axes.cpp:
std::vector<Op> reductions();
std::vector<Op> products();
std::vector<Op> indexing();

}  // namespace lt::differential
