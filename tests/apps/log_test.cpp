#include <libtensor/apps/common/log.h>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include <libtensor/tensor/error.h>
#include <libtensor/tests/apps/app_run.h>
#include <libtensor/tests/expect.h>

namespace lt::apps {
namespace {

TEST(Log, WritesFloatsWithNineDigitsAndDoublesExactly) {
  EXPECT_EQ(Json(2.4545768F).text(), "2.45457673");
  EXPECT_EQ(Json(0.1).text(), "0.1");
  EXPECT_EQ(std::stod(Json(1.0 / 3.0).text()), 1.0 / 3.0);
  EXPECT_EQ(Json(std::numeric_limits<uint64_t>::max()).text(), "18446744073709551615");
}

TEST(Log, WritesWhatIsNotFiniteAsText) {
  EXPECT_EQ(Json(INFINITY).text(), "\"inf\"");
  EXPECT_EQ(Json(-static_cast<double>(INFINITY)).text(), "\"-inf\"");
  EXPECT_EQ(Json(std::nan("")).text(), "\"nan\"");
}

TEST(Log, EscapesTextAndRepairsWhatIsNotUtf8) {
  EXPECT_EQ(Json("a\"b\\c\n").text(), R"("a\"b\\c\n")");
  EXPECT_EQ(Json("\xff!").text(), "\"\xef\xbf\xbd!\"");
}

TEST(Log, NestsLists) {
  EXPECT_EQ(to_json_line("counts", {{"top", std::vector<Json>{Json::list({"n.", 6763})}}, {"tune", false}}),
            R"({"event":"counts","top":[["n.",6763]],"tune":false})");
  EXPECT_EQ(Json(std::vector<int64_t>{}).text(), "[]");
}

TEST(Log, AppendsLineByLineAndFlushesEach) {
  const Scratch scratch;
  const std::string path = scratch.put("log.jsonl", "{\"event\":\"old\"}\n");
  Log log(path);
  log.write("step", {{"step", 0}});
  EXPECT_EQ(slurp(path), "{\"event\":\"old\"}\n{\"event\":\"step\",\"step\":0}\n");
}

TEST(Log, NamesTheFileAndTheReasonWhenTheDiskIsFull) {
  Log log("/dev/full");
  EXPECT_EQ(error_text<IoError>([&] { log.write("step", {}); }),
            "/dev/full: cannot write: No space left on device");
}

TEST(Log, NamesAFolderThatIsNotThere) {
  EXPECT_EQ(error_text<IoError>([] { Log log("/no/such/log.jsonl"); }),
            "/no/such/log.jsonl: cannot write: No such file or directory");
}

TEST(LoggedSteps, AreOneTwoFiveByTensAndTheLast) {
  std::vector<int64_t> logged;
  for (int64_t step = 0; step < 20007; ++step) {
    if (is_logged_step(step, 20007, 0)) logged.push_back(step);
  }
  EXPECT_EQ(logged, (std::vector<int64_t>{0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000,
                                          20000, 20006}));
  EXPECT_TRUE(is_logged_step(300, 1000, 100));
  EXPECT_FALSE(is_logged_step(301, 1000, 100));
}

TEST(LoggedSteps, AreAllOfThemWhereThereAreAtMostTwenty) {
  EXPECT_TRUE(is_logged_step(13, 20, 0));
  EXPECT_FALSE(is_logged_step(13, 21, 0));
}

}  // namespace
}  // namespace lt::apps
