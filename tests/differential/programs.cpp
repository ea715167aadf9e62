// Draws programs, runs them and writes them with their results, one a line of JSON, for compare.py to run
// again in PyTorch. The first line is the menu.
//
//   differential_programs [--seed S] [--programs N] [--first I]

#include <cstdlib>
#include <iostream>
#include <map>
#include <stdexcept>
#include <string>

#include <libtensor/tests/differential/menu.h>

namespace lt::differential {
namespace {

struct Options {
  int64_t seed = 1;
  int64_t programs = 20'000;
  int64_t first = 0;
};

Options parse(int argc, char** argv) {
  Options options;
  const std::map<std::string, int64_t*> known = {
      {"--seed", &options.seed}, {"--programs", &options.programs}, {"--first", &options.first}};
  for (int i = 1; i < argc; i += 2) {
    const auto found = known.find(argv[i]);
    if (found == known.end() || i + 1 == argc) {
      throw std::invalid_argument("usage: differential_programs [--seed S] [--programs N] [--first I]");
    }
    *found->second = std::stoll(argv[i + 1]);
  }
  return options;
}

const Op& draw_op(Program& p) {
  const int64_t kind = p.between(1, 100);
  const std::vector<Op>& family = kind <= 32 ? menu().views : kind <= 44 ? menu().in_place : menu().fresh;
  return family[static_cast<size_t>(p.between(0, static_cast<int64_t>(family.size()) - 1))];
}

// For most steps the type of a value that there is, so that ops follow each other on the same numbers.
size_t draw_type(Program& p, const Op& op) {
  unsigned types = 0;
  for (size_t i = 0; i < op.run.size(); ++i) types |= op.run[i] != nullptr ? 1U << i : 0U;
  const int found = p.chance(75) ? p.latest(types) : -1;
  if (found >= 0) return p.values()[static_cast<size_t>(found)].index();
  while (true) {
    const auto type = static_cast<size_t>(p.between(0, 3));
    if (types >> type & 1U) return type;
  }
}

Json run_program(uint64_t seed, int64_t number) {
  Program p(seed, number);
  for (int64_t steps = p.between(4, 12); steps > 0; --steps) {
    const Op& op = draw_op(p);
    op.run[draw_type(p, op)](p, op.name);
  }
  return p.text();
}

Json names() {
  Json out = Json::array();
  for (const auto* family : {&menu().views, &menu().in_place, &menu().fresh}) {
    for (const Op& op : *family) out.push_back(op.name);
  }
  return out;
}

}  // namespace
}  // namespace lt::differential

int main(int argc, char** argv) {
  using namespace lt::differential;
  try {
    const Options options = parse(argc, argv);
    std::cout << Json{{"seed", options.seed}, {"menu", names()}} << '\n';
    for (int64_t i = options.first; i < options.first + options.programs; ++i) {
      std::cout << run_program(static_cast<uint64_t>(options.seed), i) << '\n';
    }
  } catch (const std::exception& error) {
    std::cerr << "differential_programs: " << error.what() << '\n';
    return EXIT_FAILURE;
  }
  return std::cout.flush() ? EXIT_SUCCESS : EXIT_FAILURE;
}
