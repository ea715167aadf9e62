#include <libtensor/apps/micrograd/graph.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

namespace lt::apps::micrograd {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

TEST(ToDot, DrawsBoxesAndOvalsFromLeftToRight) {
  const Scope scope;
  const Value a(2, "a"), b(-3, "b");
  const Value e = (a * b).label("e");
  e.backward();
  const auto place = [](Value v) { return std::to_string(v.place()); };
  EXPECT_EQ(to_dot(e),
            "digraph {\n  rankdir=LR ranksep=0.25\n  node [fontsize=11 height=0.3 width=0.4 margin=0.06]\n"
            "  v" +
                place(e) +
                " [shape=record, label=\"{ e | data -6.0000 | grad 1.0000 }\"];\n"
                "  op" +
                place(e) +
                " [label=\"*\"];\n"
                "  op" +
                place(e) + " -> v" + place(e) +
                ";\n"
                "  v" +
                place(a) + " -> op" + place(e) +
                ";\n"
                "  v" +
                place(b) + " -> op" + place(e) +
                ";\n"
                "  v" +
                place(b) +
                " [shape=record, label=\"{ b | data -3.0000 | grad 2.0000 }\"];\n"
                "  v" +
                place(a) + " [shape=record, label=\"{ a | data 2.0000 | grad -3.0000 }\"];\n}\n");
}

TEST(ToDot, DrawsEachValueOnce) {
  const Value a(2, "shared");
  const std::string dot = to_dot(a * a + a);
  EXPECT_EQ(dot.find("shared"), dot.rfind("shared"));
}

TEST(ToDot, NamesAPowerByItsExponentAndDrawsNoBoxForIt) {
  const std::string dot = to_dot(pow(Value(2, "x"), -1));
  EXPECT_THAT(dot, HasSubstr("[label=\"**-1\"]"));
  EXPECT_THAT(dot, Not(HasSubstr("data -1.0000")));
}

TEST(ToDot, EscapesLabels) {
  EXPECT_THAT(to_dot(Value(1, "a|b \"c\"")), HasSubstr("{ a\\|b\\ \\\"c\\\" | data"));
}

TEST(DotToSvg, IsAPictureWhereGraphvizIsAndEmptyWhereItIsNot) {
  const std::string path = std::getenv("PATH");
  const std::string svg = dot_to_svg(to_dot(tanh(Value(1, "only"))));
  if (!svg.empty()) {
    EXPECT_THAT(svg, StartsWith("<svg"));
    EXPECT_THAT(svg, HasSubstr("only"));
  }
  setenv("PATH", "/nowhere", 1);
  EXPECT_EQ(dot_to_svg("digraph {}"), "");
  setenv("PATH", path.c_str(), 1);
}

}  // namespace
}  // namespace lt::apps::micrograd
