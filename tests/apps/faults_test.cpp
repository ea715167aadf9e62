// What a run survives, shown on the bigram_net app: closed and full streams, signals, full disks, files that
// are in the way, checkpoints that do not fit.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <limits>

#include <libtensor/tensor/io.h>
#include <libtensor/tensor/ops.h>
#include <libtensor/tests/apps/app_run.h>

namespace lt::apps {
namespace {

using testing::HasSubstr;
using testing::Not;

// A small net whose progress is shown.
const std::string kShown = "$BIN/bigram_net --batch 32 --words :400 --samples 2 --out o ";
const std::string kSmall = kShown + "--quiet ";

bool is_checkpoint(const std::string& path) { return load_safetensors(path).tensors.contains("losses"); }

TEST(Faults, OfTheStreamsAreNoFaultsOfTheTraining) {
  for (const char* streams : {"2>/dev/full", "2>&-", "<&- >&- 2>&-", ">&-", "2>&1 >/dev/null | true"}) {
    const Scratch scratch;
    EXPECT_EQ(wait_for(start_in(scratch, "{ " + kShown + "--steps 300; echo $? >code; } " + streams)), 0);
    EXPECT_EQ(slurp(scratch.path("code")), "0\n") << streams;
    EXPECT_TRUE(is_checkpoint(scratch.path("o/checkpoint.safetensors"))) << streams;
    EXPECT_EQ(events_of(scratch.path("o/log.jsonl"), "done").size(), 1U) << streams;
  }
}

// Starts a run without an end and returns once it is training.
pid_t start_training(const Scratch& scratch, const std::string& before = "") {
  const pid_t run = start_in(scratch, before + "exec " + kShown + "--steps 9000000000000000000 2>/dev/null");
  while (slurp(scratch.path("o/log.jsonl")).find(R"({"event":"step","step":5,)") == std::string::npos)
    ::usleep(1000);
  return run;
}

TEST(Faults, OfTheTerminalSaveTheRun) {
  for (const int signal : {SIGHUP, SIGTERM, SIGINT}) {
    const Scratch scratch;
    const pid_t run = start_training(scratch);
    ::kill(run, signal);
    if (signal == SIGHUP) ::kill(run, signal);
    EXPECT_EQ(wait_for(run), 130);
    EXPECT_TRUE(is_checkpoint(scratch.path("o/checkpoint.safetensors")));
    EXPECT_TRUE(std::filesystem::exists(scratch.path("o/report.html")));
  }
}

TEST(Faults, ThatAreIgnoredStopNoRun) {
  const Scratch scratch;
  const pid_t run = start_training(scratch, "trap '' INT HUP; ");
  ::kill(run, SIGINT);
  ::kill(run, SIGHUP);
  ::usleep(300'000);
  EXPECT_FALSE(std::filesystem::exists(scratch.path("o/checkpoint.safetensors")));
  ::kill(run, SIGTERM);
  EXPECT_EQ(wait_for(run), 130);
  EXPECT_TRUE(is_checkpoint(scratch.path("o/checkpoint.safetensors")));
}

TEST(Faults, OfAFullDiskCostLinesOfTheLogAlone) {
  const Scratch scratch;
  // 128 times 512 bytes for each file: more than the checkpoint has, less than the log.
  EXPECT_EQ(wait_for(start_in(scratch, "ulimit -f 128; " + kSmall + "--steps 2000 --log-every 1 2>err")), 1);
  const std::string said = slurp(scratch.path("err"));
  const std::string line =
      "o/log.jsonl: cannot write: File too large; the run goes on, its log lacks lines\n";
  EXPECT_EQ(said.find(line), said.rfind(line)) << said;
  EXPECT_THAT(said, HasSubstr(line));
  EXPECT_EQ(load_safetensors(scratch.path("o/checkpoint.safetensors")).get<double>("losses").numel(), 2000);
  EXPECT_GT(events_of(scratch.path("o/log.jsonl"), "step").size(), 500U);
  EXPECT_EQ(slurp(scratch.path("o/log.jsonl")).back(), '\n');
}

TEST(Faults, OfTheRateLeaveTheLastCheckpointThatWasSound) {
  const Scratch scratch;
  scratch.put("a", "old");
  for (const char* steps : {"--steps 9 --save-every 1", "--steps 1"}) {
    const pid_t run = start_in(scratch, kSmall + "--lr 1e300 --save a " + steps + " 2>err");
    EXPECT_EQ(wait_for(run), 1) << steps;
    EXPECT_THAT(slurp(scratch.path("err")),
                testing::ContainsRegex("the loss at step 1 is (nan|inf): a smaller --lr may help"));
    EXPECT_EQ(slurp(scratch.path("a")), "old") << steps;
  }
}

TEST(Faults, OfMicrogradsRateAreErrorsAtTheLastStepToo) {
  const Scratch scratch;
  EXPECT_THAT(run_in(scratch, "micrograd --task moons --lr 1e30 --steps 3 --out o").err,
              HasSubstr("micrograd: the loss at step 3 is inf: a smaller --lr may help"));
  EXPECT_FALSE(std::filesystem::exists(scratch.path("o/moons.checkpoint.safetensors")));
  const Outcome all = run_in(scratch, "micrograd --lr 1e30 --out o");
  EXPECT_EQ(all.code, 1);
  EXPECT_THAT(all.err,
              testing::ContainsRegex(": the loss at step [0-9]+ is (nan|inf): a smaller --lr may help"));
}

TEST(Faults, OfNamesDestroyNoFile) {
  const Scratch scratch;
  scratch.put("names", "emma\nolivia\nava\n");
  std::filesystem::create_hard_link(scratch.path("names"), scratch.path("hard"));
  const std::string settings = "bigram_net --batch 32 --samples 0 --quiet --steps 2 --data names ";
  for (const auto& [file, what] : {std::pair{"names", "the data"},
                                   {"hard", "the data"},
                                   {"o/report.html", "the report"},
                                   {"o/log.jsonl", "the log"},
                                   {"o/../o/log.jsonl", "the log"}}) {
    const Outcome run = run_in(scratch, settings + "--out o --save " + file);
    EXPECT_EQ(run.code, 1) << file;
    EXPECT_EQ(run.err,
              "bigram_net: cannot write '" + std::string(file) + "': it is " + what + " of this run\n");
  }
  EXPECT_EQ(slurp(scratch.path("names")), "emma\nolivia\nava\n");
  EXPECT_EQ(scratch.names(), (std::vector<std::string>{"hard", "names"}));
  EXPECT_EQ(run_in(scratch, settings + "--out o --save o/loss.svg").code, 1);
  EXPECT_TRUE(is_checkpoint(scratch.path("o/loss.svg")));
  EXPECT_EQ(run_in(scratch, settings + "--no-out --resume o/loss.svg --save o/loss.svg").code, 0);
}

TEST(Faults, OfAPipeAreSeenAtTheStart) {
  const Scratch scratch;
  ASSERT_EQ(::mkfifo(scratch.path("pipe").c_str(), 0600), 0);
  std::filesystem::create_directory(scratch.path("o"));
  for (const auto& [app, file] : {std::pair{"bigram_net", "o/checkpoint.safetensors"},
                                  {"micrograd --task moons", "o/moons.checkpoint.safetensors"}}) {
    const std::string command = app + std::string(" --quiet --out o ");
    EXPECT_THAT(run_in(scratch, command + "--save pipe").err,
                HasSubstr(": cannot write 'pipe': it is no regular file\n"));
    EXPECT_THAT(run_in(scratch, command + "--resume pipe").err,
                HasSubstr(": cannot read 'pipe': it is no regular file\n"));
    EXPECT_THAT(run_in(scratch, command + "--save /dev/null").err,
                HasSubstr(": cannot write '/dev/null': it is no regular file\n"));
    ASSERT_EQ(::mkfifo(scratch.path(file).c_str(), 0600), 0);
    EXPECT_THAT(run_in(scratch, command).err,
                HasSubstr(": cannot write '" + std::string(file) + "': it is no regular file\n"));
  }
}

// The checkpoint of a short run, changed, and what a run that goes on from it says.
class ChangedCheckpoint : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(run_in(scratch_, kSettings + "--steps 10 --out o").code, 0);
    file_ = load_safetensors(scratch_.path("o/checkpoint.safetensors"));
    file_.metadata.erase("fnv1a64");
  }
  std::string error_of(const std::string& flags) {
    save_safetensors(scratch_.path("a"), file_.tensors, file_.metadata);
    const Outcome run = run_in(scratch_, kSettings + "--no-out --resume a " + flags);
    EXPECT_EQ(run.code, 1);
    EXPECT_EQ(std::count(run.err.begin(), run.err.end(), '\n'), 1) << run.err;
    return run.err;
  }

  const std::string kSettings = "bigram_net --batch 32 --words :400 --samples 2 --quiet ";
  Scratch scratch_;
  TensorFile file_;
};

TEST_F(ChangedCheckpoint, OfOtherFlagsIsRefused) {
  EXPECT_THAT(error_of("--steps 9"), HasSubstr("'a': 10 steps are done already, but --steps is 9"));
  for (const char* flag : {"--lr 0.2", "--profile avx2", "--sampling race", "--batch 31"}) {
    EXPECT_THAT(error_of(std::string("--steps 20 ") + flag), HasSubstr("'a': of another run: "));
    EXPECT_THAT(error_of(std::string("--steps 20 ") + flag), HasSubstr(flag));
  }
}

TEST_F(ChangedCheckpoint, OfOtherLossesIsRefused) {
  file_.tensors["losses"] = zeros<double>({2, 5});
  EXPECT_THAT(error_of("--steps 20"), HasSubstr("'losses' has shape (2, 5), but should be a list"));
  file_.tensors["losses"] = full<double>(10, std::numeric_limits<double>::quiet_NaN());
  EXPECT_THAT(error_of("--steps 20"), HasSubstr("the loss at step 0 is nan"));
}

TEST_F(ChangedCheckpoint, WhoseBitHasFlippedIsRefused) {
  std::string bytes = slurp(scratch_.path("o/checkpoint.safetensors"));
  bytes[bytes.size() - 100] = static_cast<char>(bytes[bytes.size() - 100] ^ 4);
  scratch_.put("flipped", bytes);
  EXPECT_THAT(run_in(scratch_, kSettings + "--steps 20 --no-out --resume flipped").err,
              HasSubstr("bigram_net: 'flipped': changed since it was saved: its hash is "));
}

TEST_F(ChangedCheckpoint, WhoseTextSteersTerminalsIsShownEscaped) {
  file_.metadata["setup"] = "\x1b]0;title\a \u202e";
  const std::string error = error_of("--steps 20");
  EXPECT_THAT(error, HasSubstr("\\u001b]0;title\\u0007 \\u202e"));
  EXPECT_THAT(error, Not(HasSubstr("\x1b")));
}

}  // namespace
}  // namespace lt::apps
