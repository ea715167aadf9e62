#include <libtensor/bench/report.h>

#include <gmock/gmock.h>

#include <algorithm>
#include <sstream>

namespace lt::bench {
namespace {

const std::vector<Row> kRows{
    {"matmul",
     "64,64,64",
     1,
     2.0,
     {{"openblas", 3.0}, {"eigen", 5.0}},
     1.0,
     "a processor",
     {{"eigen", "3.4.0"}}},
    {"matmul",
     "2048,2048,2048",
     2,
     123456.0,
     {{"eigen", 100000.0}, {"openblas", 130000.0}},
     111110.4,
     "a processor",
     {{"eigen", "3.4.0"}, {"openblas", "0.3.21"}}},
    {"micrograd", "moons step", 1, 900.0, {{"python", 90000.0}}, 0, "a processor", {{"python", "3.11.2"}}},
    {"micrograd", "a value", 1, 0.0123}};

TEST(BenchReport, GivesEachPeerAColumnAndADashWhereItIsAbsent) {
  EXPECT_EQ(table(kRows),
            "Times in microseconds. x best: the fastest peer's time over ours. limit: the fraction reached "
            "of what the\n"
            "processor can do, in arithmetic or in copying, measured beside the work.\n"
            "\n"
            "work              thr    ours   eigen  openblas  python  x best  limit\n"
            "matmul\n"
            "  64,64,64          1    2.00    5.00      3.00       -    1.50   0.50\n"
            "  2048,2048,2048    2  123456  100000    130000       -    0.81   0.90\n"
            "micrograd\n"
            "  moons step        1     900       -         -   90000     100      -\n"
            "  a value           1   0.012       -         -       -       -      -\n"
            "\n"
            "a processor\n"
            "Eigen 3.4.0, OpenBLAS 0.3.21, Python 3.11.2\n");
}

TEST(BenchReport, FitsATerminalOf110ColumnsWithEveryPeer) {
  Row row{"train_step", "lecture 2: bigram net, 228,146", 1, 155000, {}, 100000};
  for (const char* peer : {"eigen", "onednn", "openblas", "torch", "python", "memcpy"}) {
    row.peers.emplace_back(peer, 181000);
  }
  std::istringstream lines(table({row}));
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 110U) << line;
}

TEST(BenchReport, OrdersThePeersAndPutsOthersLast) {
  EXPECT_THAT(peers_of({{"b", "w", 1, 1, {{"memcpy", 1}, {"torch", 1}}}, {"b", "w", 1, 1, {{"eigen", 1}}}}),
              testing::ElementsAre("eigen", "torch", "memcpy"));
  EXPECT_EQ(full_name("torch"), "PyTorch");
  EXPECT_EQ(full_name("memcpy"), "memcpy");
}

TEST(BenchReport, NamesEveryMachineAndVersionOnce) {
  std::vector<Row> rows = kRows;
  EXPECT_EQ(machines_of(rows), "a processor");
  rows[0].machine = "another";
  rows[0].versions["eigen"] = "5.0.0";
  EXPECT_EQ(machines_of(rows), "a processor; another");
  EXPECT_EQ(versions_of(rows), "Eigen 3.4.0 and 5.0.0, OpenBLAS 0.3.21, Python 3.11.2");
  EXPECT_EQ(machines_of({}), "");
  EXPECT_EQ(versions_of({}), "");
}

}  // namespace
}  // namespace lt::bench
