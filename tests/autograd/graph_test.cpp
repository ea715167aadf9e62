#include <libtensor/autograd/graph.h>

#include <gtest/gtest.h>

#include <libtensor/autograd/ops.h>

namespace lt {
namespace {

TEST(Graph, DrawsValuesGradientsAndOps) {
  const Variable a(scalar(2), true);
  const Variable b(scalar(-3), true);
  const Variable loss = tanh(a * b);
  loss.backward({.keep_graph = true});
  EXPECT_EQ(to_dot(loss, {{a, "a"}, {loss, "loss"}}), R"(digraph {
  rankdir=LR;
  n0 [shape=record, label="{ loss | data -1.0000 | grad 1.0000 }"];
  n0op [label="tanh"];
  n0op -> n0;
  n1 -> n0op;
  n1 [shape=record, label="{ data -6.0000 | grad 0.0000 }"];
  n1op [label="mul"];
  n1op -> n1;
  n2 -> n1op;
  n3 -> n1op;
  n2 [shape=record, label="{ a | data 2.0000 | grad -0.0001 }"];
  n3 [shape=record, label="{ data -3.0000 | grad 0.0000 }"];
}
)");
}

TEST(Graph, DrawsShapesAndASharedInputOnce) {
  const Variable x(ones({2, 3}), true);
  EXPECT_EQ(to_dot(x + x), R"(digraph {
  rankdir=LR;
  n0 [shape=record, label="{ data (2, 3) | grad none }"];
  n0op [label="add"];
  n0op -> n0;
  n1 -> n0op;
  n1 -> n0op;
  n1 [shape=record, label="{ data (2, 3) | grad none }"];
}
)");
}

TEST(Graph, EscapesWhatDotReads) {
  const Variable x(scalar(1));
  EXPECT_EQ(to_dot(x, {{x, "a\"b|{c}<d>\\"}}), R"(digraph {
  rankdir=LR;
  n0 [shape=record, label="{ a\"b\|\{c\}\<d\>\\ | data 1.0000 | grad none }"];
}
)");
}

TEST(Graph, DrawsALongChainWithoutRecursion) {
  Variable x(scalar(1), true);
  for (int i = 0; i < 100'000; ++i) x = x + 1.0F;
  EXPECT_GT(to_dot(x).size(), 100'000U);
}

}  // namespace
}  // namespace lt
