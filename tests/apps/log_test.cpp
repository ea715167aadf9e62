#include <libtensor/apps/common/log.h>

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <cmath>
#include <csignal>
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
  // What would steer a terminal that shows the log; JSON reads it back as it was.
  EXPECT_EQ(Json("\x1b\x7f\u202e").text(), "\"\\u001b\\u007f\\u202e\"");
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

TEST(Log, SaysOnceThatTheDiskIsFullAndGoesOn) {
  Log log("/dev/full");
  EXPECT_FALSE(log.failed());
  testing::internal::CaptureStderr();
  log.write("step", {});
  log.write("step", {});
  EXPECT_EQ(testing::internal::GetCapturedStderr(),
            "/dev/full: cannot write: No space left on device; the run goes on, its log lacks lines\n");
  EXPECT_TRUE(log.failed());
}

TEST(Log, HasNoHalfLinesWhereTheDiskFillsUpInTheMiddleOfOne) {
  const Scratch scratch;
  const std::string path = scratch.path("log.jsonl");
  EXPECT_EXIT(
      {
        std::signal(SIGXFSZ, SIG_IGN);
        rlimit limit{};
        limit.rlim_cur = limit.rlim_max = 100;
        ::setrlimit(RLIMIT_FSIZE, &limit);
        Log log(path);
        for (int i = 0; i < 9; ++i) log.write("step", {{"step", i}});
        std::_Exit(7);
      },
      testing::ExitedWithCode(7), "");
  EXPECT_EQ(slurp(path),
            "{\"event\":\"step\",\"step\":0}\n{\"event\":\"step\",\"step\":1}\n"
            "{\"event\":\"step\",\"step\":2}\n");
}

TEST(Log, EndsTheLineThatAnEarlierRunLeftTorn) {
  const Scratch scratch;
  const std::string path = scratch.put("log.jsonl", R"({"event":"st)");
  Log(path).write("config", {});
  EXPECT_EQ(slurp(path), "{\"event\":\"st\n{\"event\":\"config\"}\n");
}

TEST(Log, MixesTheWholeLinesOfTwoRuns) {
  const Scratch scratch;
  Log one(scratch.path("log.jsonl"));
  Log two(scratch.path("log.jsonl"));
  one.write("step", {{"step", 0}});
  two.write("step", {{"step", 0}});
  one.write("done", {});
  EXPECT_EQ(events_of(scratch.path("log.jsonl"), "step").size(), 2U);
  EXPECT_EQ(events_of(scratch.path("log.jsonl"), "done").size(), 1U);
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
