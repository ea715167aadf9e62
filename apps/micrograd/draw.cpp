#include <fmt/core.h>

#include <stdexcept>

#include <libtensor/apps/micrograd/graph.h>
#include <libtensor/apps/micrograd/lecture.h>
#include <libtensor/tensor/file.h>

// Graphs among what a run writes. A lecture without pictures of them is still a lecture: what keeps dot from
// drawing is said once.

namespace lt::apps::micrograd {

void draw(Run& run, const std::string& file, const std::string& title, Value root) {
  const std::string dot = to_dot(root);
  if (!run.flags().no_out) {
    write_file_atomically(run.path_of(file + ".dot"), dot);
    run.log().write("figure", {{"file", file + ".dot"}, {"title", title}});
  }
  std::string svg, why = "is not installed";
  try {
    svg = dot_to_svg(dot);
  } catch (const std::runtime_error& error) {
    why = fmt::format("does not work ({})", error.what());
  }
  if (!svg.empty()) return run.figure(file + ".svg", title, svg);
  static bool said = false;
  if (!said)
    run.say(fmt::format(
        "Graphviz's `dot` {}: graphs are written as .dot files, without pictures of them here.", why));
  said = true;
}

}  // namespace lt::apps::micrograd
