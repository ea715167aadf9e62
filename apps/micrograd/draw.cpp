#include <libtensor/apps/micrograd/graph.h>
#include <libtensor/apps/micrograd/lecture.h>
#include <libtensor/tensor/file.h>

// Graphs among what a run writes: ours as a picture, and Graphviz text for whoever wants another.

namespace lt::apps::micrograd {

void draw(Run& run, const std::string& file, const std::string& title, Value root) {
  const plot::Graph graph = to_graph(root, title);
  if (!run.flags().no_out) {
    write_file_atomically(run.path_of(file + ".dot"), to_dot(graph));
    run.log().write("figure", {{"file", file + ".dot"}, {"title", title}});
  }
  run.figure(file + ".svg", title, plot::svg(graph));
}

}  // namespace lt::apps::micrograd
