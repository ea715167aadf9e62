#include <libtensor/bench/readme.h>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <stdexcept>

namespace lt::bench {
namespace {

TEST(BenchReadme, GivesAKindsGeometricMeansAndTheLeastOfItsRows) {
  const std::vector<Row> rows{// 4 and 1 times Eigen; 2 and 0.5 times the fastest; 0.8 and 0.2 of the limit.
                              {"matmul",
                               "512,512,512",
                               1,
                               10,
                               {{"eigen", 40}, {"onednn", 20}},
                               8,
                               "A processor",
                               {{"onednn", "2.6"}}},
                              {"matmul",
                               "2048t,2048,2048",
                               1,
                               10,
                               {{"eigen", 10}, {"onednn", 5}},
                               2,
                               "A processor",
                               {{"onednn", "2.6"}}},
                              {"matmul", "32,200,30", 2, 10, {{"eigen", 15}}, 0, "A processor", {}},
                              {"train_step", "lecture 3", 1, 20, {{"torch", 200}}, 0, "A processor", {}}};
  EXPECT_EQ(readme_table(rows),
            "| work | threads | Eigen | oneDNN | PyTorch | the fastest of them | of the limit |\n"
            "| --- | ---: | ---: | ---: | ---: | ---: | ---: |\n"
            "| matmul, 512³ to 2048³ and 1024×3072×768, plain and transposed (2) | 1 | 2.00 | 1.00 | - | "
            "1.00 (0.50) | 0.40 |\n"
            "| matmul, the lectures' layers and their gradients | 2 | 1.50 | - | - | 1.50 | - |\n"
            "| training step, lecture 3 | 1 | - | - | 10.00 | 10.00 | - |\n"
            "\n"
            "Measured on A processor, with oneDNN 2.6.\n");
}

// The kind of a row of one peer, as the table names it; empty if it is not shown.
std::string kind(const std::string& bench, const std::string& work, int threads = 1) {
  std::string text;
  try {
    text = readme_table({{bench, work, threads, 1, {{"eigen", 1}}}});
  } catch (const std::runtime_error& error) {
    EXPECT_STREQ(error.what(), "no row is of a kind that the README shows");
    return "";
  }
  const size_t line = text.rfind("\n| ") + 3;
  return text.substr(line, text.find(" |", line) - line);
}

TEST(BenchReadme, KnowsTheKindOfEveryBenchsWork) {
  EXPECT_EQ(kind("matmul", "1024,3072t,768"),
            "matmul, 512³ to 2048³ and 1024×3072×768, plain and transposed");
  EXPECT_EQ(kind("matmul", "256,256,256"), "matmul, 64³ to 256³");
  for (const char* work : {"256,1,256", "1,1000t,1000", "8,256t,256"}) {
    EXPECT_EQ(kind("matmul", work), "matmul, few rows or columns");
  }
  EXPECT_EQ(kind("matmul", "256t,128,32"), "matmul, the lectures' layers and their gradients");
  EXPECT_EQ(kind("softmax", "softmax 4096x27"), "softmax, rows of 27");
  EXPECT_EQ(kind("softmax", "log_softmax 64x50257"), "log_softmax, rows of 1,024 and 50,257");
  EXPECT_EQ(kind("softmax", "cross_entropy 32x27"), "cross_entropy forward and backward, rows of 27");
  EXPECT_EQ(kind("softmax", "tanh 6400"), "exp, log, tanh of 6,400 numbers");
  EXPECT_EQ(kind("elementwise", "tanh(a)"), "exp, tanh of a million numbers");
  EXPECT_EQ(kind("elementwise", "amax(a, 1)", 2), "sums, maxima, variances of a million numbers");
  EXPECT_EQ(kind("elementwise", "a + b.t()", 2), "a transposed operand, a million numbers");
  EXPECT_EQ(kind("elementwise", "a + column"), "elementwise with broadcasting, a million numbers");
  EXPECT_EQ(kind("gather", "gather 96 of 27x10"), "gather and scatter_add of rows");
  EXPECT_EQ(kind("train_step", "lecture 6: tree"), "training step, lecture 6: tree");
}

TEST(BenchReadme, LeavesOutWhatIsOfNoKind) {
  EXPECT_EQ(kind("softmax", "softmax 32x27", 2), "");
  EXPECT_EQ(kind("micrograd", "moons step"), "");
}

TEST(BenchReadme, CountsNoLoopOfABenchAmongTheLibraries) {
  EXPECT_THAT(readme_table({{"gather", "gather", 1, 1, {{"torch", 2}, {"memcpy", 0.5}}}}),
              testing::HasSubstr("| PyTorch | the fastest of them | of the limit |\n"));
  EXPECT_THAT(readme_table({{"gather", "gather", 1, 1, {{"torch", 2}, {"memcpy", 0.5}}}}),
              testing::HasSubstr("| 1 | 2.00 | 2.00 | - |\n"));
}

TEST(BenchReadme, ReplacesWhatIsBetweenItsMarkersAlone) {
  const std::string begin = "<!-- performance: begin -->\n";
  const std::string end = "<!-- performance: end -->\n";
  EXPECT_EQ(with_section(fmt::format("above\n{}old\n{}below\n", begin, end), "new\n"),
            fmt::format("above\n{}\nnew\n\n{}below\n", begin, end));
  EXPECT_EQ(with_section(begin + end, "new\n"), begin + "\nnew\n\n" + end);
  const auto error = testing::ThrowsMessage<std::runtime_error>(
      "should have one line <!-- performance: begin -->, and below it one line <!-- performance: end -->");
  for (const auto& text : {std::string(), begin, end, end + begin, fmt::format("{}{}{}", begin, end, end),
                           fmt::format("{}{}{}", begin, begin, end)}) {
    EXPECT_THAT([&text] { with_section(text, "new\n"); }, error) << text;
  }
}

}  // namespace
}  // namespace lt::bench
