#include <libtensor/bench/comparison.h>

#include <gmock/gmock.h>

#include <sstream>

namespace lt::bench {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Row timed(const char* bench, const char* work, int threads, double us) {
  return {bench, work, threads, us, {{"eigen", 9.0}}, 0.5, "a processor", {{"eigen", "3.4.0"}}};
}

// Two turns of two benches: as whole programs, then row by row.
const std::vector<Row> kOurs{timed("matmul", "8,8,8", 1, 2), timed("matmul", "new", 1, 1),
                             timed("gather", "rows", 2, 40), timed("matmul", "8,8,8", 1, 4),
                             timed("gather", "rows", 2, 40)};
const std::vector<Row> kTheirs{timed("matmul", "old", 2, 1), timed("matmul", "8,8,8", 1, 6),
                               timed("gather", "rows", 2, 20), timed("matmul", "8,8,8", 1, 6),
                               timed("gather", "rows", 2, 22)};

TEST(Comparison, PairsTheWorksByNameAndThreadsInTheOrderOfTheBench) {
  const auto works = compare(kOurs, kTheirs);
  std::vector<std::string> names;
  for (const Comparison& work : works) names.push_back(work.work);
  EXPECT_THAT(names, ElementsAre("8,8,8", "new", "old", "rows"));
  EXPECT_THAT(works[0].ours_us, ElementsAre(2, 4));
  EXPECT_THAT(works[0].theirs_us, ElementsAre(6, 6));
  EXPECT_FALSE(works[1].in_both());
  EXPECT_TRUE(compare({timed("a", "w", 1, 1)}, {timed("a", "w", 2, 1)})[0].theirs_us.empty());
}

TEST(Comparison, ShowsMediansTheirRatioThatOfTheLeastAndTheSpreadAndMarksWhatIsSlower) {
  EXPECT_EQ(comparison_table(compare(kOurs, kTheirs)),
            "work                              thr    theirs      ours  ratio  least  spread\n"
            "matmul\n"
            "  8,8,8                             1      6.00      3.00   2.00   3.00    38 %\n"
            "  geometric mean                                            2.00\n"
            "gather\n"
            "! rows                              2      21.0      40.0   0.53   0.50     1 %\n"
            "  geometric mean                                            0.53\n"
            "\n"
            "1 of 2 lines below 0.97, marked !; the geometric mean of all is 1.02\n"
            "only ours: matmul new, 1 thread\n"
            "only theirs: matmul old, 2 threads\n");
}

TEST(Comparison, FitsATerminalOf80Columns) {
  const auto row = timed("train_step", "lecture 2: bigram net, 228,146", 2, 1'234'567);
  std::istringstream lines(comparison_table(compare({row}, {row})));
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 80U) << line;
}

TEST(Comparison, IsOfRowsThatBothHave) {
  try {
    comparison_table(compare({kOurs[1]}, {kTheirs[0]}));
    FAIL();
  } catch (const std::runtime_error& error) {
    EXPECT_THAT(error.what(), HasSubstr("no work that both sides have"));
  }
}

TEST(Comparison, GivesRowsWithTheOtherCommitAsThePeer) {
  const auto rows = comparison_rows(compare(kOurs, kTheirs), kOurs, "7a79b6d");
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].work, "8,8,8");
  EXPECT_EQ(rows[0].ours_us, 3);
  EXPECT_THAT(rows[0].peers, ElementsAre(std::pair<std::string, double>("7a79b6d", 6)));
  EXPECT_EQ(rows[0].limit_us, 0.5);
  EXPECT_EQ(rows[0].machine, "a processor");
  EXPECT_TRUE(rows[0].versions.empty());
}

}  // namespace
}  // namespace lt::bench
