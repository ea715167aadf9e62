// The program as people call it: figures, files, errors.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <libtensor/tests/apps/app_run.h>

namespace lt::apps {
namespace {

namespace fs = std::filesystem;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

struct Finished {
  int status;
  std::string output;  // with standard error
};

class MicrogradApp : public testing::Test {
 protected:
  Finished run(const std::string& flags) {
    const Outcome done = run_in(scratch_, "micrograd --out out/micrograd " + flags);
    return {done.code, done.out + done.err};
  }
  std::string read(const std::string& file) { return slurp(scratch_.path(file)); }
  std::string report() { return read("out/micrograd/report.html"); }
  std::vector<nlohmann::json> events(const std::string& name) {
    return events_of(scratch_.path("out/micrograd/log.jsonl"), name);
  }

  const Scratch scratch_;
};

TEST_F(MicrogradApp, AgreesWithEveryFigureOfItsTable) {
  const Finished done = run("--check");
  EXPECT_EQ(done.status, 0) << done.output;
  EXPECT_THAT(done.output, HasSubstr("check: 46 of 46 figures agree: micrograd --task expression"));
  EXPECT_THAT(done.output, HasSubstr("check: 34 of 34 figures agree: micrograd --seed 42 --task four"));
  EXPECT_THAT(done.output, HasSubstr("check: 27 of 27 figures agree: micrograd --task moons"));
}

TEST_F(MicrogradApp, ShowsTheSameFiguresWhereAllPartsRun) {
  const std::string whole = run("--no-out --quiet").output;
  EXPECT_THAT(whole, ContainsRegex("loss at step 13 +0.032431107584 +0.032431107584  = PyTorch"));
  EXPECT_THAT(whole, ContainsRegex("accuracy at step 50 +0.96 +0.96  = PyTorch"));
  EXPECT_THAT(whole, Not(HasSubstr("differs")));
  const std::string longer = run("--no-out --quiet --steps 100").output;
  EXPECT_THAT(longer, ContainsRegex("loss at step 99 +0.002295376403 +0.002295376403  = PyTorch"));
  EXPECT_THAT(longer, Not(HasSubstr("differs")));
  EXPECT_THAT(run("--no-out --quiet --lr 0.05").output, Not(ContainsRegex("loss at step 13.*PyTorch")));
}

TEST_F(MicrogradApp, PrintsTreesOfAtMostEightyColumns) {
  std::istringstream lines(run("--no-out").output);
  int count = 0;
  for (std::string line; std::getline(lines, line);) {
    if (line.find("  data ") == std::string::npos) continue;
    ++count;
    EXPECT_LE(line.size(), 80U) << line;
  }
  EXPECT_GT(count, 10);
}

TEST_F(MicrogradApp, LogsEveryStepOfTheMoonsWithItsAccuracy) {
  EXPECT_EQ(run("--task moons").status, 0);
  const auto steps = events("step");
  ASSERT_EQ(steps.size(), 100u);
  EXPECT_NEAR(steps[0]["loss"].get<double>(), 0.8958441028683222, 1e-12);
  EXPECT_EQ(steps[0]["accuracy"], 0.5);
  EXPECT_EQ(steps[0]["lr"], 1);
  EXPECT_NEAR(steps[99]["lr"].get<double>(), 0.109, 1e-12);
  EXPECT_EQ(steps[99]["accuracy"], 1);
  EXPECT_EQ(events("params")[0]["count"], 337);
  EXPECT_GT(events("done")[0]["steps_per_second"], 0);
}

TEST_F(MicrogradApp, RoundsNoShareOfThePointsUpToAllOfThem) {
  EXPECT_THAT(run("--task moons --points 3 --hidden 1 --no-out").output, HasSubstr(" 0.333333"));
}

TEST_F(MicrogradApp, WritesItsPictures) {
  EXPECT_EQ(run("").status, 0);
  for (const char* file :
       {"parabola.svg", "tanh.svg", "expression_before.svg", "expression.svg", "expression.dot", "larger.svg",
        "neuron.svg", "neuron_split.svg", "exercise.svg", "softmax.svg", "four_loss.svg", "moons.svg",
        "moons_boundary.svg", "moons_loss.svg", "four.checkpoint.safetensors", "report.html"})
    EXPECT_TRUE(fs::exists(scratch_.path(std::string("out/micrograd/") + file))) << file;
  EXPECT_THAT(read("out/micrograd/expression.dot"), HasSubstr("{ a | data 2.0000 | grad 6.0000 }"));
  EXPECT_THAT(read("out/micrograd/expression_before.dot"), HasSubstr("{ a | data 2.0000 | grad 0.0000 }"));
}

TEST_F(MicrogradApp, SaysWhatLIsBeforeItSaysHowMuch) {
  const std::string screen = run("--task expression --no-out").output;
  EXPECT_LT(screen.find("L = (a*b + c)*f"), screen.find("-8"));
  EXPECT_THAT(screen, HasSubstr("L         data -8.0000    grad 0.0000  = d * f\n"));
}

TEST_F(MicrogradApp, ShowsWhatComesOfTheWrongOrder) {
  EXPECT_THAT(run("--task expression --no-out").output, ContainsRegex("do/dx1 in the wrong order +0 "));
}

TEST_F(MicrogradApp, DrawsTheBoundaryAtEachStepThatItShows) {
  EXPECT_EQ(run("--task moons").status, 0);
  for (const char* step : {"0", "50", "99", "100"})
    EXPECT_THAT(report(), HasSubstr(std::string("data-label=\"step ") + step + "\""));
}

TEST_F(MicrogradApp, ShowsTheBugThatOverwritesGradients) {
  const std::string screen = run("--task expression --no-out").output;
  EXPECT_THAT(screen, ContainsRegex("db/da if gradients overwrite +1 "));
  EXPECT_THAT(screen, ContainsRegex("db/da +2 "));
}

TEST_F(MicrogradApp, ShowsLossesWithAndWithoutZeroedGradientsBesideEachOther) {
  EXPECT_THAT(run("--task four --no-out").output, ContainsRegex("\n +5 +0.700098 +0.001606\n"));
  EXPECT_THAT(run("--task four --no-out --no-zero-grad").output,
              ContainsRegex("loss at step 5 +0.001605885"));
}

TEST_F(MicrogradApp, ShowsTheCodeThatRan) {
  EXPECT_EQ(run("--task four").status, 0);
  EXPECT_THAT(report(), HasSubstr("squared_error(n)"));
  EXPECT_THAT(report(), HasSubstr("zero_grad()"));
}

TEST_F(MicrogradApp, ResumedEndsWithTheBitsOfAnUninterruptedRun) {
  const std::string common = "--task moons --batch 10 --no-zero-grad --lr 0.01 --no-out ";
  EXPECT_EQ(run(common + "--steps 60 --save whole").status, 0);
  EXPECT_EQ(run(common + "--steps 25 --save part").status, 0);
  EXPECT_NE(read("part"), read("whole"));
  EXPECT_EQ(run(common + "--steps 60 --resume part --save part").status, 0);
  EXPECT_EQ(read("part"), read("whole"));
}

TEST_F(MicrogradApp, GoesOnFromWhatARunOfAllPartsHasSaved) {
  EXPECT_EQ(run("--steps 10").status, 0);
  EXPECT_EQ(run("--task four --no-out --resume out/micrograd/four.checkpoint.safetensors --save a").status,
            0);
  EXPECT_EQ(run("--task four --no-out --save b").status, 0);
  EXPECT_EQ(read("a"), read("b"));
}

TEST_F(MicrogradApp, RefusesACheckpointThatIsTornOrOfAnotherRun) {
  EXPECT_EQ(run("--task four --no-out --save a").status, 0);
  const std::string whole = read("a");
  std::ofstream(scratch_.path("torn")) << whole.substr(0, whole.size() / 2);
  EXPECT_EQ(run("--task four --no-out --resume torn").status, 1);
  const Finished done = run("--task four --hidden 5 --no-out --resume a");
  EXPECT_EQ(done.status, 1);
  EXPECT_THAT(done.output, HasSubstr("'a': of another run: "));
  EXPECT_THAT(run("--task four --no-out --resume missing").output, HasSubstr("missing"));
}

TEST_F(MicrogradApp, NamesTheStepAtWhichTheLossIsNoNumber) {
  const Finished done = run("--task moons --lr 1e30 --no-out");
  EXPECT_EQ(done.status, 1);
  EXPECT_THAT(done.output,
              ContainsRegex("micrograd: the loss at step [0-9]+ is (inf|nan): a smaller --lr may help"));
}

TEST_F(MicrogradApp, DrawsAnExpressionOfOnesOwnAndItsGradients) {
  const Finished done = run("--expr 'tanh(2*a+b)' a=2 b=-3");
  EXPECT_EQ(done.status, 0);
  EXPECT_THAT(done.output, HasSubstr("tanh(2*a+b)    data 0.7616    grad 1.0000\n"));
  EXPECT_THAT(done.output, ContainsRegex("slope in a +0.839949"));
  EXPECT_THAT(done.output, ContainsRegex("slope in b +0.419974"));
  EXPECT_THAT(read("out/micrograd/expression.svg"), HasSubstr("grad 0.8399"));
  EXPECT_THAT(run("--no-out --expr -a a=2").output, ContainsRegex("value +-2"));
}

TEST_F(MicrogradApp, MarksThePlaceOfAWrongExpressionAndWritesNothing) {
  const Finished done = run("--expr '2*a + * b' a=1 b=1");
  EXPECT_EQ(done.status, 2);
  EXPECT_EQ(done.output,
            "micrograd: --expr: a number, a name or a ( should stand here\n  2*a + * b\n        ^\n");
  EXPECT_TRUE(fs::is_empty(scratch_.folder()));
}

TEST_F(MicrogradApp, DrawsNoExpressionOfThousandsOfValues) {
  const Finished done = run("--no-out --expr $(printf 'a+%.0s' $(seq 5000))a a=2");
  EXPECT_EQ(done.status, 0);
  EXPECT_THAT(done.output, HasSubstr("too many to draw"));
  EXPECT_THAT(done.output, ContainsRegex("slope in a +5001"));
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
           {"a=2", "--at needs --expr"},
           {"--expr a --task four a=1", "--task has no effect with --expr"},
           {"--expr a --lr 1 a=1", "--lr has no effect with --expr"},
           {"--task exercise --steps 3", "--steps has no effect with --task exercise"},
           {"--task four --batch 2", "--batch has no effect with --task four"},
           {"--save x", "--save has no effect with --task all"},
           {"--task moons --seed 4294967296", "--seed: NumPy's stream"}}) {
    const Finished done = run(flags);
    EXPECT_EQ(done.status, 2) << flags;
    EXPECT_THAT(done.output, HasSubstr(text));
    EXPECT_EQ(std::count(done.output.begin(), done.output.end(), '\n'), 1) << done.output;
  }
  EXPECT_TRUE(fs::is_empty(scratch_.folder()));
}

TEST_F(MicrogradApp, HasNoFlagsOfDataNorOfSamples) {
  for (const char* flag : {"--data", "--words", "--samples", "--sample-seed", "--sampling", "--profile"}) {
    const Finished done = run(std::string(flag) + " 1");
    EXPECT_EQ(done.status, 2);
    EXPECT_THAT(done.output, HasSubstr("unknown flag or word '" + std::string(flag) + "'"));
  }
  EXPECT_TRUE(fs::is_empty(scratch_.folder()));
}

TEST_F(MicrogradApp, TellsTheDefaultsOfBothTrainings) {
  const std::string help = run("--help").output;
  EXPECT_THAT(help, ContainsRegex("--hidden N,N +sizes of the hidden layers.*\n +.4,4; 16,16.\n"));
  EXPECT_THAT(help, ContainsRegex("--steps N +updates: .*.20; 100.\n"));
  EXPECT_THAT(help, ContainsRegex("--lr RATE +learning rate: .*\n.*.0.1; 1.\n"));
}

TEST_F(MicrogradApp, StopsAtAnInterruptWithACheckpoint) {
  const std::string line =
      "cd '" + scratch_.folder() +
      "' && { " LIBTENSOR_BIN_DIR
      "/micrograd --task moons --steps 20000 --no-out --save stopped --save-every 10 & pid=$!; "
      "until [ -f stopped ] || ! kill -0 $pid; do sleep 0.05; done; kill -TERM $pid; wait $pid; } >out 2>err";
  EXPECT_EQ(WEXITSTATUS(std::system(line.c_str())), 130);
  EXPECT_THAT(read("stopped"), HasSubstr("grad"));
  EXPECT_THAT(read("out"),
              ContainsRegex("Stopped after [0-9]+ of 20000 steps; go on with --resume stopped."));
}

}  // namespace
}  // namespace lt::apps
