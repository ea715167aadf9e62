#include <libtensor/apps/micrograd/graph.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lt::apps::micrograd {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(ToGraph, HasABoxForEachValueAndAnOvalForEachOperation) {
  const Scope scope;
  const Value a(2, "a"), b(-3, "b");
  const Value e = (a * b).label("e");
  e.backward();
  const plot::Graph graph = to_graph(e, "e");
  EXPECT_EQ(plot::text_tree(graph), R"(e     data -6.0000    grad 1.0000  = a * b
  a    data 2.0000   grad -3.0000
  b   data -3.0000    grad 2.0000
)");
  EXPECT_EQ(to_dot(graph), R"(digraph {
  rankdir=LR ranksep=0.25
  node [fontsize=11 height=0.3 width=0.4 margin=0.06]
  n0 [shape=record, label="{ e | data -6.0000 | grad 1.0000 }"];
  n1 [label="*"];
  n2 [shape=record, label="{ a | data 2.0000 | grad -3.0000 }"];
  n3 [shape=record, label="{ b | data -3.0000 | grad 2.0000 }"];
  n1 -> n0;
  n2 -> n1;
  n3 -> n1;
}
)");
}

TEST(ToGraph, HasEachValueOnce) {
  const Value a(2, "shared");
  const std::string dot = to_dot(to_graph(a * a + a));
  EXPECT_EQ(dot.find("shared"), dot.rfind("shared"));
}

TEST(ToGraph, NamesAPowerByItsExponentAndHasNoBoxForIt) {
  const std::string dot = to_dot(to_graph(pow(Value(2, "x"), -1)));
  EXPECT_THAT(dot, HasSubstr("[label=\"**-1\"]"));
  EXPECT_THAT(dot, Not(HasSubstr("data -1.0000")));
}

TEST(ToDot, EscapesLabels) {
  EXPECT_THAT(to_dot(to_graph(Value(1, "a|b \"c\""))), HasSubstr("{ a\\|b\\ \\\"c\\\" | data"));
}

}  // namespace
}  // namespace lt::apps::micrograd
