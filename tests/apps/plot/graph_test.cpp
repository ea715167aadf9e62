#include <libtensor/apps/plot/graph.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <libtensor/apps/plot/graph_layout.h>
#include <libtensor/tensor/error.h>
#include <libtensor/tests/apps/plot/xml.h>
#include <libtensor/tests/expect.h>

namespace lt::plot {
namespace {

using testing::HasSubstr;

// L = (a*b + c) * f, from the end.
Graph lecture() {
  const auto value = [](const char* name, const char* data) {
    return Graph::Node{{name, std::string("data ") + data, "grad 1.0000"}};
  };
  return {"L",
          {value("L", "-8.0000"),
           {{"*"}, true},
           value("d", "4.0000"),
           value("f", "-2.0000"),
           {{"+"}, true},
           value("e", "-6.0000"),
           value("c", "10.0000"),
           {{"*"}, true},
           value("a", "2.0000"),
           value("b", "-3.0000")},
          {{1, 0}, {2, 1}, {3, 1}, {4, 2}, {5, 4}, {6, 4}, {7, 5}, {8, 7}, {9, 7}}};
}

TEST(Graphs, PutEachNodeInTheColumnBeforeItsFirstUse) {
  const Graph graph = lecture();
  const Layout layout(graph);
  const std::vector<size_t> columns = {6, 5, 4, 4, 3, 2, 2, 1, 0, 0};
  for (size_t i = 0; i < columns.size(); ++i) EXPECT_EQ(layout.places()[i].column, columns[i]) << i;
}

TEST(Graphs, KeepEveryNodeInsideThePictureAndApart) {
  Graph graph = lecture();
  graph.edges.push_back({8, 1});  // a is used late, too: its edge bends around four columns
  const Layout layout(graph);
  const auto& places = layout.places();
  EXPECT_EQ(places.size(), graph.nodes.size() + 4);
  for (size_t i = 0; i < places.size(); ++i) {
    EXPECT_GE(places[i].x - places[i].width / 2, 0);
    EXPECT_LE(places[i].x + places[i].width / 2, layout.width());
    EXPECT_GE(places[i].y - Layout::kHeight / 2, 0);
    EXPECT_LE(places[i].y + Layout::kHeight / 2, layout.height());
    for (size_t j = 0; j < i && i < graph.nodes.size(); ++j) {
      if (places[i].column != places[j].column) continue;
      EXPECT_GE(std::abs(places[i].y - places[j].y), Layout::kHeight) << i << ' ' << j;
    }
  }
}

TEST(Graphs, UncrossWhatNeedNotCross) {
  Graph graph{"", {{{"a"}}, {{"b"}}, {{"c"}}, {{"d"}}, {{"e"}}}, {{0, 3}, {1, 2}, {2, 4}, {3, 4}}};
  const Layout layout(graph);
  const auto& places = layout.places();
  EXPECT_EQ(places[0].y < places[1].y, places[3].y < places[2].y);
}

TEST(Graphs, AreDrawnWithTheirTextsAndCurves) {
  const std::string picture = svg(lecture());
  expect_well_formed(picture);
  EXPECT_THAT(picture, HasSubstr(">data -8.0000</text>"));
  EXPECT_EQ(count_of(picture, "class=\"lt-box\""), 7);
  EXPECT_EQ(count_of(picture, "class=\"lt-oval\""), 3);
  EXPECT_EQ(count_of(picture, "class=\"lt-tip\""), 9);
  expect_well_formed(svg(Graph{}));
  expect_well_formed(svg(Graph{"one", {{{""}}}, {}}));
}

TEST(Graphs, RefuseCirclesAndEdgesToNowhere) {
  EXPECT_EQ(error_text<ValueError>([] {
              svg(Graph{"", {{{"a"}}, {{"b"}}}, {{0, 1}, {1, 0}}});
            }),
            "graph: edges run in a circle");
  EXPECT_EQ(error_text<IndexError>([] {
              svg(Graph{"", {{{"a"}}}, {{0, 3}}});
            }),
            "graph: edge 0 -> 3 among 1 nodes");
}

TEST(TextTrees, SayWhatEachValueIsMadeOf) {
  EXPECT_EQ(text_tree(lecture()), R"(L         data -8.0000    grad 1.0000  = d * f
  d        data 4.0000    grad 1.0000  = e + c
    e     data -6.0000    grad 1.0000  = a * b
      a    data 2.0000    grad 1.0000
      b   data -3.0000    grad 1.0000
    c     data 10.0000    grad 1.0000
  f       data -2.0000    grad 1.0000
)");
}

TEST(TextTrees, PutALabelInParenthesesWhereTheOperationBindsMoreTightly) {
  const auto tree_of = [](const std::string& operation) {
    const Graph graph{"", {{{"y"}}, {{operation}, true}, {{"a+b"}}, {{"c"}}}, {{1, 0}, {2, 1}, {3, 1}}};
    const std::string text = text_tree(graph);
    return text.substr(0, text.find('\n'));
  };
  EXPECT_EQ(tree_of("*"), "y      = (a+b) * c");
  EXPECT_EQ(tree_of("+"), "y      = a+b + c");
}

TEST(TextTrees, DoNotRepeatAFormulaThatIsTheName) {
  const Graph graph{"", {{{"tanh(a)"}}, {{"tanh"}, true}, {{"a"}}}, {{1, 0}, {2, 1}}};
  EXPECT_EQ(text_tree(graph), "tanh(a)\n  a\n");
}

TEST(TextTrees, SayASharedValueOnce) {
  const Graph square{"",
                     {{{"y"}}, {{"*"}, true}, {{"x"}}, {{"tanh"}, true}, {{"z"}}},
                     {{1, 0}, {2, 1}, {2, 1}, {3, 2}, {4, 3}}};
  EXPECT_EQ(text_tree(square), "y      = x * x\n  x    = tanh(z)\n    z\n  x    (as above)\n");
}

}  // namespace
}  // namespace lt::plot
