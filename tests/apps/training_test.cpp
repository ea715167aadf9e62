// What training does for any app, shown on the mlp app: checkpoints, killed and stopped runs, bad input.

#include <libtensor/apps/common/curves.h>
#include <libtensor/apps/common/steps.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

#include <libtensor/tests/apps/app_run.h>

namespace lt::apps {
namespace {

using nlohmann::json;
using testing::HasSubstr;

// A small and quick net.
const std::string kNet = "mlp --embed 2 --hidden 20 --words :400 --samples 2 --quiet ";

// Runs `command` in the scratch folder, and sends it a signal after some seconds. Returns its exit code.
int run_for(const Scratch& scratch, double seconds, const char* signal, const std::string& command) {
  const std::string line = "cd '" + scratch.folder() + "' && timeout --preserve-status -s " + signal + " " +
                           std::to_string(seconds) + " " LIBTENSOR_BIN_DIR "/" + command +
                           " >/dev/null 2>&1 </dev/null";
  std::signal(SIGINT, SIG_DFL);  // a script's background has it ignored, and what it starts too
  const int status = std::system(line.c_str());
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

TEST(Training, ResumesToTheBitsOfAnUninterruptedRun) {
  const Scratch scratch;
  ASSERT_EQ(run_in(scratch, kNet + "--steps 600 --decay-at 400 --out whole").code, 0);
  ASSERT_EQ(run_in(scratch, kNet + "--steps 250 --decay-at 400 --out part").code, 0);
  const Outcome rest =
      run_in(scratch, kNet + "--steps 600 --decay-at 400 --out rest --resume part/checkpoint.safetensors");
  ASSERT_EQ(rest.code, 0) << rest.err;
  EXPECT_EQ(slurp(scratch.path("rest/checkpoint.safetensors")),
            slurp(scratch.path("whole/checkpoint.safetensors")));
  EXPECT_EQ(slurp(scratch.path("rest/loss.svg")), slurp(scratch.path("whole/loss.svg")));
  EXPECT_EQ(events_of(scratch.path("rest/log.jsonl"), "sample"),
            events_of(scratch.path("whole/log.jsonl"), "sample"));
}

TEST(Training, SavesAndSaysHowToGoOnWhenInterrupted) {
  const Scratch scratch;
  const std::string settings = kNet + "--steps 9000000000000000000 --out o ";
  const std::string file = scratch.path("o/checkpoint.safetensors");
  int code = 0;
  // The signal may come before the training has begun: then there is nothing to save, and the
  // next try waits longer.
  for (double seconds = 0.5; seconds < 60 && !std::filesystem::exists(file); seconds *= 2) {
    code = run_for(scratch, seconds, "INT", settings);
  }
  ASSERT_EQ(code, 130);
  EXPECT_TRUE(std::filesystem::exists(file));
  EXPECT_THAT(slurp(scratch.path("o/report.html")), HasSubstr("--resume o/checkpoint.safetensors"));
}

TEST(Training, RefusesACheckpointThatIsMissingTornOrOfAnotherRun) {
  const Scratch scratch;
  ASSERT_EQ(run_in(scratch, kNet + "--steps 20 --out o").code, 0);
  const std::string whole = slurp(scratch.path("o/checkpoint.safetensors"));
  scratch.put("torn", whole.substr(0, whole.size() / 2));
  const Outcome torn = run_in(scratch, kNet + "--steps 30 --no-out --resume torn");
  EXPECT_EQ(torn.code, 1);
  EXPECT_THAT(torn.err, HasSubstr("'torn'"));
  const Outcome missing = run_in(scratch, kNet + "--steps 30 --no-out --resume none");
  EXPECT_EQ(missing.code, 1);
  EXPECT_THAT(missing.err, HasSubstr("'none'"));
  const Outcome other =
      run_in(scratch, kNet + "--init kaiming --steps 30 --no-out --resume o/checkpoint.safetensors");
  EXPECT_EQ(other.code, 1);
  EXPECT_THAT(other.err, HasSubstr("of another run"));
}

TEST(Training, RefusesACheckpointOfOtherNames) {
  const Scratch scratch;
  for (const std::string app : {"mlp", "bigram_net"}) {
    const std::string net = app + " --samples 2 --quiet ";
    ASSERT_EQ(run_in(scratch, net + "--words :400 --steps 2 --out o").code, 0);
    for (const char* names : {"", "--words :399", "--words 1:401"}) {
      const Outcome other =
          run_in(scratch, net + names + " --steps 4 --no-out --resume o/checkpoint.safetensors");
      EXPECT_EQ(other.code, 1) << app << names;
      EXPECT_THAT(other.err, HasSubstr("of another run"));
    }
  }
}

TEST(Training, RefusesValuesThatMeanNothingInOneLine) {
  const Scratch scratch;
  for (const char* flags :
       {"--lr nan", "--lr 0", "--steps -3", "--batch 0", "--words 9:2", "--init best", "--what"}) {
    const Outcome run = run_in(scratch, std::string("mlp ") + flags);
    EXPECT_EQ(run.code, 2) << flags;
    EXPECT_EQ(std::count(run.err.begin(), run.err.end(), '\n'), 1) << run.err;
  }
  EXPECT_TRUE(scratch.names().empty());
}

TEST(Training, RefusesAtTheStartWhatCannotBeWrittenAndLeavesNothing) {
  const Scratch scratch;
  scratch.put("file", "old");
  std::filesystem::create_directory(scratch.path("folder"));
  const std::vector<std::string> before = scratch.names();
  for (const std::string app : {"mlp", "mlp --overfit 5", "bigram_net", "activations", "activations --deep",
                                "micrograd --task moons"}) {
    const std::string name = app.substr(0, app.find(' '));
    for (const auto& [file, why] : {std::pair{"missing/a", "No such file or directory"},
                                    {"folder", "Is a directory"},
                                    {"file/a", "Not a directory"}}) {
      const Outcome run = run_in(scratch, app + " --out new/o --save " + file);
      EXPECT_EQ(run.code, 1) << app;
      EXPECT_EQ(run.err, name + ": cannot write '" + file + "': " + why + "\n");
      EXPECT_EQ(run.out, "") << app;
    }
    const Outcome run = run_in(scratch, app + " --out file/o --save a");
    EXPECT_EQ(run.err, name + ": --out file/o: cannot make the folder: Not a directory\n");
  }
  EXPECT_EQ(slurp(scratch.path("file")), "old");
  EXPECT_EQ(scratch.names(), before);
}

TEST(Training, SeesBeforeItTrainsThatAFileOfTheFolderCannotBeWritten) {
  const Scratch scratch;
  std::filesystem::create_directories(scratch.path("o/checkpoint.safetensors"));
  std::filesystem::create_directories(scratch.path("o/moons.checkpoint.safetensors"));
  std::filesystem::create_directories(scratch.path("p/report.html"));
  const std::string steps = "--steps 9000000000000000000 ";  // it would never end
  EXPECT_EQ(run_in(scratch, kNet + steps + "--out o").err,
            "mlp: cannot write 'o/checkpoint.safetensors': Is a directory\n");
  EXPECT_EQ(run_in(scratch, "micrograd --task moons --quiet --out o " + steps).err,
            "micrograd: cannot write 'o/moons.checkpoint.safetensors': Is a directory\n");
  EXPECT_EQ(run_in(scratch, "bigram --out p").err, "bigram: cannot write 'p/report.html': Is a directory\n");
}

TEST(Training, SavesIntoTheFolderThatTheRunMakes) {
  const Scratch scratch;
  const Outcome run = run_in(scratch, kNet + "--steps 2 --out new/o --save new/o/a");
  EXPECT_EQ(run.code, 0) << run.err;
  EXPECT_TRUE(std::filesystem::is_regular_file(scratch.path("new/o/a")));
}

TEST(Training, LeavesTheLinkThatLeadsToNoFolder) {
  const Scratch scratch;
  std::filesystem::create_symlink("nowhere", scratch.path("link"));
  EXPECT_EQ(run_in(scratch, kNet + "--steps 2 --out link").code, 1);
  EXPECT_EQ(scratch.names(), std::vector<std::string>{"link"});
}

TEST(Training, RefusesAtTheStartWhatNoMachineCanHold) {
  const Scratch scratch;
  for (const auto& [command, flags] :
       {std::pair{"mlp --batch 9000000000000000000", "mlp: --batch, --hidden, --embed and --block"},
        {"mlp --batch 1000000000 --hidden 65536 --save a", "mlp: --batch, --hidden, --embed and --block"},
        {"activations --batch 9000000000000000000", "activations: --batch, --hidden, --embed and --block"},
        {"activations --deep --batch 9000000000000000000",
         "activations: --batch, --hidden, --embed and --block"},
        {"bigram_net --no-out --batch 9000000000000000000", "bigram_net: --batch"},
        {"bigram_net --no-out --one-hot --batch 1000000000000", "bigram_net: --one-hot and --batch"},
        {"micrograd --points 1000000 --hidden 4096,4096", "micrograd: --points and --hidden"}}) {
    const Outcome run = run_in(scratch, command);
    EXPECT_EQ(run.code, 1) << command;
    EXPECT_THAT(run.err, testing::StartsWith(std::string(flags) + ": too much: that takes about "));
    EXPECT_THAT(run.err, testing::ContainsRegex(" GB of memory, and there are [0-9.]+ GB\n$"));
    EXPECT_EQ(run.out, "") << command;
  }
  std::string layers = "4096";
  for (int i = 0; i < 10000; ++i) layers += ",4096";
  EXPECT_THAT(run_in(scratch, "micrograd --task four --hidden " + layers).err,
              testing::StartsWith("micrograd: --hidden: too much: "));
  EXPECT_EQ(run_in(scratch, "bigram --samples 1000001").code, 2);
  EXPECT_TRUE(scratch.names().empty());
}

TEST(Training, StopsWhereTheLossIsNotFinite) {
  const Scratch scratch;
  const Outcome run = run_in(scratch, kNet + "--lr 1e38 --steps 100 --no-out");
  EXPECT_EQ(run.code, 1);
  EXPECT_THAT(run.err, testing::ContainsRegex(" is (nan|inf): a smaller --lr may help"));
}

TEST(Training, PrintsTheSameOnAnyNumberOfThreads) {
  const Scratch scratch;
  const std::string settings = "mlp --words :2000 --steps 50 --no-out --quiet --threads ";
  const std::string one = run_in(scratch, settings + "1").out;
  EXPECT_EQ(run_in(scratch, settings + "2").out, one);
  EXPECT_EQ(run_in(scratch, settings + "5").out, one);
}

TEST(Training, AveragesLossesInGroups) {
  EXPECT_EQ(means_of({1, 3, 2, 6, 100}, 2), (std::vector<double>{2, 4}));
}

}  // namespace
}  // namespace lt::apps
