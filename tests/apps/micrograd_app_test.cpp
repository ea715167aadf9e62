// The program as people call it: figures, files, errors.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include <libtensor/apps/common/process.h>

namespace lt::apps {
namespace {

namespace fs = std::filesystem;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

std::string read(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

// Runs in a folder of its own, with standard error among the output.
class MicrogradApp : public testing::Test {
 protected:
  MicrogradApp() {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  ~MicrogradApp() override { fs::remove_all(folder_); }

  Finished run(const std::string& flags, const std::string& before = "") {
    const std::string program = LIBTENSOR_BIN_DIR "/micrograd";
    if (!fs::exists(program)) throw std::runtime_error(program + " is not built");
    return *run_program(
        {"sh", "-c",
         "cd " + folder_.string() + "; " + before + program + " --out out/micrograd " + flags + " 2>&1"});
  }

  std::vector<nlohmann::json> events(const std::string& name,
                                     const std::string& log = "out/micrograd/log.jsonl") {
    std::vector<nlohmann::json> found;
    std::ifstream file(folder_ / log);
    for (std::string line; std::getline(file, line);)
      if (auto event = nlohmann::json::parse(line); event["event"] == name) found.push_back(std::move(event));
    return found;
  }

  fs::path folder_ =
      fs::path(testing::TempDir()) / testing::UnitTest::GetInstance()->current_test_info()->name();
};

TEST_F(MicrogradApp, AgreesWithEveryFigureOfTheLecture) {
  const Finished done = run("--check");
  EXPECT_EQ(done.status, 0) << done.output;
  EXPECT_THAT(done.output, HasSubstr("check: 113 of 113 figures agree with the lecture"));
}

TEST_F(MicrogradApp, LogsEveryStepOfTheMoonsWithItsAccuracy) {
  EXPECT_EQ(run("--task moons").status, 0);
  const auto steps = events("step");
  ASSERT_EQ(steps.size(), 100u);
  EXPECT_NEAR(steps[0]["loss"].get<double>(), 0.8958441028683222, 1e-12);
  EXPECT_EQ(steps[0]["accuracy"], 0.5);
  EXPECT_EQ(steps[0]["lr"], 1);
  EXPECT_EQ(steps[99]["accuracy"], 1);
  EXPECT_EQ(events("params")[0]["count"], 337);
  EXPECT_EQ(events("config")[0]["steps"], 100);
  EXPECT_GT(events("done")[0]["steps_per_second"], 0);
}

TEST_F(MicrogradApp, RoundsNoShareOfThePointsUpToAllOfThem) {
  EXPECT_THAT(run("--task moons --points 3 --hidden 1 --no-out").output, HasSubstr("33.3333 %"));
}

TEST_F(MicrogradApp, WritesItsPictures) {
  EXPECT_EQ(run("").status, 0);
  for (const char* file : {"parabola.svg", "tanh.svg", "expression_before.dot", "expression.dot",
                           "larger.dot", "neuron.dot", "neuron_split.dot", "exercise.dot", "softmax.dot",
                           "moons.svg", "moons_boundary.svg", "moons_loss.svg", "report.html"})
    EXPECT_TRUE(fs::exists(folder_ / "out/micrograd" / file)) << file;
  EXPECT_THAT(read(folder_ / "out/micrograd/expression.dot"), HasSubstr("{ a | data 2.0000 | grad 6.0000 }"));
  EXPECT_THAT(read(folder_ / "out/micrograd/expression_before.dot"),
              HasSubstr("{ a | data 2.0000 | grad 0.0000 }"));
}

TEST_F(MicrogradApp, ShowsWhatRoundingTheBiasToFloat32Changes) {
  EXPECT_THAT(run("--task expression --no-out").output,
              ContainsRegex("do/dx1 +-1.50000038515331[0-9]* +-1.500000385153311\n"));
}

TEST_F(MicrogradApp, ShowsTheStepAsItIsTaken) {
  const fs::path report = folder_ / "out/micrograd/report.html";
  EXPECT_EQ(run("--task four").status, 0);
  EXPECT_THAT(read(report), HasSubstr("model.zero_grad();\nloss.backward();\nmodel.step(0.1);"));
  EXPECT_EQ(run("--task four --no-zero-grad --lr 0.05").status, 0);
  EXPECT_THAT(read(report), HasSubstr("loss.backward();\nmodel.step(0.05);"));
  EXPECT_THAT(read(report), Not(HasSubstr("model.zero_grad();")));
  EXPECT_THAT(run("--task moons --no-zero-grad").output, HasSubstr("(--no-zero-grad)"));
}

TEST_F(MicrogradApp, DrawsItsGraphsWithoutGraphviz) {
  const Finished done = run("--task expression", "PATH=/nowhere ");
  EXPECT_EQ(done.status, 0);
  EXPECT_TRUE(fs::exists(folder_ / "out/micrograd/expression.dot"));
  EXPECT_THAT(read(folder_ / "out/micrograd/expression.svg"), HasSubstr(">grad 6.0000</text>"));
  EXPECT_THAT(read(folder_ / "out/micrograd/report.html"), HasSubstr(">grad 6.0000</text>"));
}

TEST_F(MicrogradApp, ResumedEndsWithTheBitsOfAnUninterruptedRun) {
  const std::string common = "--task moons --batch 10 --no-zero-grad --lr 0.01 ";
  EXPECT_EQ(run(common + "--steps 60 --no-out --save whole.json").status, 0);
  EXPECT_EQ(run(common + "--steps 25 --no-out --save part.json").status, 0);
  EXPECT_NE(read(folder_ / "part.json"), read(folder_ / "whole.json"));
  EXPECT_EQ(run(common + "--steps 60 --no-out --resume part.json --save part.json").status, 0);
  EXPECT_EQ(read(folder_ / "part.json"), read(folder_ / "whole.json"));
}

TEST_F(MicrogradApp, RefusesACheckpointThatIsTornOrOfAnotherRun) {
  EXPECT_EQ(run("--task four --no-out --save a.json").status, 0);
  const std::string whole = read(folder_ / "a.json");
  std::ofstream(folder_ / "torn.json") << whole.substr(0, whole.size() / 2);
  Finished done = run("--task four --no-out --resume torn.json");
  EXPECT_EQ(done.status, 1);
  EXPECT_THAT(done.output, HasSubstr("micrograd: torn.json: torn or not a checkpoint"));
  done = run("--task four --hidden 5 --no-out --resume a.json");
  EXPECT_EQ(done.status, 1);
  EXPECT_THAT(
      done.output,
      HasSubstr("a.json: of another run: four, hidden [4,4], seed 1337, not four, hidden [5], seed 1337"));
  done = run("--task four --no-out --resume missing.json");
  EXPECT_EQ(done.status, 1);
  EXPECT_THAT(done.output, HasSubstr("missing.json"));
}

TEST_F(MicrogradApp, NamesTheStepAtWhichTheLossIsNoNumber) {
  const Finished done = run("--task moons --lr 1e300 --no-out");
  EXPECT_EQ(done.status, 1);
  EXPECT_THAT(done.output, HasSubstr("moons: the loss at step 1 is "));
  EXPECT_THAT(done.output, HasSubstr("a smaller --lr may help"));
}

TEST_F(MicrogradApp, RefusesABadCommandLineInOneLineAndWritesNothing) {
  for (const auto& [flags, text] : std::vector<std::pair<std::string, std::string>>{
           {"--task five", "--task"},
           {"--lr nan", "--lr"},
           {"--steps -3", "--steps"},
           {"--hidden 4,x", "--hidden"},
           {"--points 1", "--points"},
           {"--noise -1", "--noise"},
           {"--unknown", "--unknown"},
           {"--task four --batch 2", "--batch: the four examples are always taken together"},
           {"--save x.json", "--save: needs --task four or --task moons"},
           {"--task moons --seed 4294967296", "--seed: NumPy's stream"}}) {
    const Finished done = run(flags);
    EXPECT_EQ(done.status, 2) << flags;
    EXPECT_THAT(done.output, HasSubstr(text));
    EXPECT_EQ(std::count(done.output.begin(), done.output.end(), '\n'), 1) << done.output;
  }
  EXPECT_TRUE(fs::is_empty(folder_));
}

TEST_F(MicrogradApp, RefusesDataThatIsNotThereThoughItTrainsOnNone) {
  const Finished done = run("--task four --data missing.txt");
  EXPECT_EQ(done.status, 1);
  EXPECT_THAT(done.output, HasSubstr("micrograd: missing.txt"));
  EXPECT_TRUE(fs::is_empty(folder_));
}

TEST_F(MicrogradApp, TellsTheDefaultsOfBothTrainings) {
  const std::string help = run("--help").output;
  EXPECT_THAT(help, ContainsRegex("--hidden N,N +sizes of the hidden layers.*\n +.4,4; 16,16.\n"));
  EXPECT_THAT(help, ContainsRegex("--steps N +updates: .*.20; 100.\n"));
  EXPECT_THAT(help, ContainsRegex("--lr RATE +learning rate: .*\n.*.0.1; 1.\n"));
}

TEST_F(MicrogradApp, StopsAtAnInterruptWithACheckpoint) {
  const Finished done =
      run("--task moons --steps 20000 --no-out --save stopped.json --save-every 10 --quiet & pid=$!; "
          "until [ -f stopped.json ] || ! kill -0 $pid; do sleep 0.05; done; kill -INT $pid; wait $pid; echo "
          "code $?; true");
  EXPECT_THAT(read(folder_ / "stopped.json"), HasSubstr("\"parameters\""));
  EXPECT_THAT(done.output, HasSubstr("code 130"));
  EXPECT_THAT(done.output,
              ContainsRegex("Stopped after [0-9]+ of 20000 steps; go on with --resume stopped.json."));
}

}  // namespace
}  // namespace lt::apps
