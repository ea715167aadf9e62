#include <libtensor/bench/rows.h>

#include <gmock/gmock.h>

#include <stdexcept>

#include <libtensor/tensor/error.h>
#include <libtensor/tests/scratch.h>

namespace lt::bench {
namespace {

constexpr const char* kRow =
    R"({"bench":"matmul","work":"64,64,64","threads":2,"ours_us":4,"peers":{"eigen":5.5},"limit_us":0})";

std::string error_of(const std::string& path) {
  try {
    read_rows(path);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "no error";
}

TEST(BenchRows, AreReadAsTheyWereWritten) {
  const Scratch scratch;
  const Row row{"softmax",     "softmax 32x27",     2, 0.82, {{"eigen", 3.6}, {"onednn", 1.28}}, 0.1,
                "a processor", {{"eigen", "3.4.0"}}};
  write_rows(scratch.path("rows.json"), {row, Row{"gather", "gather", 1, 0.25}});
  const auto rows = read_rows(scratch.path("rows.json"));
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].bench, row.bench);
  EXPECT_EQ(rows[0].work, row.work);
  EXPECT_EQ(rows[0].threads, row.threads);
  EXPECT_EQ(rows[0].ours_us, row.ours_us);
  EXPECT_EQ(rows[0].peers, row.peers);
  EXPECT_EQ(rows[0].limit_us, row.limit_us);
  EXPECT_EQ(rows[0].machine, row.machine);
  EXPECT_EQ(rows[0].versions, row.versions);
  EXPECT_TRUE(rows[1].peers.empty());
}

TEST(BenchRows, NeedNotSayTheirMachine) {
  const Scratch scratch;
  const auto rows = read_rows(scratch.put("rows.json", std::string("[") + kRow + "]"));
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].machine, "");
  EXPECT_EQ(best_peer_us(rows[0]), 5.5);
}

TEST(BenchRows, TheBestPeerIsTheFastestOrNone) {
  EXPECT_EQ(best_peer_us({"b", "w", 1, 1, {{"a", 3}, {"b", 2}, {"c", 4}}}), 2);
  EXPECT_EQ(best_peer_us({"b", "w", 1, 1}), 0);
}

TEST(BenchRows, ATornFileIsAnErrorThatNamesThePlace) {
  const Scratch scratch;
  const std::string path = scratch.put("torn.json", std::string("[") + kRow + ",\n{\"bench\":\"mat");
  EXPECT_THAT(error_of(path),
              testing::MatchesRegex(".*/torn\\.json: not JSON at byte [0-9]+: torn, or of another kind"));
  EXPECT_EQ(error_of(scratch.put("empty.json", "")),
            scratch.path("empty.json") + ": not JSON at byte 1: torn, or of another kind");
  EXPECT_EQ(error_of(scratch.put("object.json", kRow)),
            scratch.path("object.json") + ": should be an array of rows");
  EXPECT_EQ(error_of(scratch.path("none.json")),
            "cannot read '" + scratch.path("none.json") + "': No such file or directory");
}

// kRow with `from` replaced by `to`, as the second row of a file.
std::string error_with(const std::string& from, const std::string& to) {
  const Scratch scratch;
  std::string row = kRow;
  row.replace(row.find(from), from.size(), to);
  const std::string path = scratch.put("rows.json", std::string("[") + kRow + "," + row + "]");
  const std::string error = error_of(path);
  const std::string place = path + ": row 2: ";
  return error.starts_with(place) ? error.substr(place.size()) : error;
}

TEST(BenchRows, AWrongMemberIsAnErrorThatNamesTheRow) {
  EXPECT_EQ(error_with(kRow, "7"), "should be an object");
  EXPECT_EQ(error_with("\"work\"", "\"job\""), "\"work\" should be a text");
  EXPECT_EQ(error_with("\"threads\":2", "\"threads\":1.5"), "\"threads\" should be an integer");
  EXPECT_EQ(error_with("\"ours_us\":4", "\"ours_us\":null"), "\"ours_us\" should be a number");
  EXPECT_EQ(error_with("\"ours_us\":4", "\"ours_us\":0"), "\"ours_us\" should be above 0");
  EXPECT_EQ(error_with("5.5", "\"5.5\""), "\"eigen\" should be a number");
  EXPECT_EQ(error_with("{\"eigen\":5.5}", "[]"), "\"peers\" should be an object");
  EXPECT_EQ(error_with("\"limit_us\":0", "\"limit_us\":0,\"machine\":1"), "\"machine\" should be a text");
}

TEST(BenchRows, AFileThatCannotBeWrittenIsAnError) {
  const Scratch scratch;
  const std::string path = scratch.path("no_such_folder/rows.json");
  EXPECT_THAT([&] { write_rows(path, {}); },
              testing::ThrowsMessage<IoError>("cannot write '" + path + "': No such file or directory"));
  EXPECT_THAT([&] { require_writable(path); },
              testing::ThrowsMessage<std::runtime_error>(path + ": cannot write"));
}

TEST(BenchRows, AskingForAFileKeepsWhatIsInIt) {
  const Scratch scratch;
  const std::string path = scratch.path("rows.json");
  write_rows(path, {Row{"b", "w", 1, 1}});
  require_writable(path);
  EXPECT_EQ(read_rows(path).size(), 1U);
}

}  // namespace
}  // namespace lt::bench
