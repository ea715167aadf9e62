#include <libtensor/apps/common/options.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include <libtensor/apps/common/layout.h>
#include <libtensor/tests/expect.h>

namespace lt::apps {
namespace {

using testing::HasSubstr;

struct Parsed {
  Options options{"mlp", "Lecture 3", "mlp --steps 100"};
  TrainingFlags training;
  std::vector<int64_t> hidden = {16, 16};
  std::vector<std::string> score;
  std::string stage = "kaiming";
  double gain = 1;
  bool find_lr = false;
  bool deep = false;
  bool calibrate = false;
  int64_t overfit = 0;
  int64_t exercise = 0;

  explicit Parsed(std::vector<const char*> arguments) {
    options.add("--hidden N,N", hidden, "sizes", {.min = 1});
    options.add("--score WORD", score, "words", {.shows = true});
    options.add("--stage original|kaiming", stage, "which fix", {.lecture = "original", .selects = true});
    options.add("--gain G", gain, "gain",
                {.min = 0, .max = 10, .excludes = {"--find-lr", "--stage original"}});
    options.add("--find-lr", find_lr, "sweep", {.selects = true});
    options.add("--overfit N", overfit, "by heart", {.min = 1, .selects = true});
    options.add("--exercise 1|2", exercise, "which", {.selects = true});
    options.add("--deep", deep, "six layers", {.selects = true});
    options.add("--calibrate", calibrate, "statistics", {.needs = {"--deep"}});
    options.idle_beside("--find-lr", {"--lr", "--samples"});
    options.add_training(training);
    arguments.insert(arguments.begin(), "mlp");
    options.parse(static_cast<int>(arguments.size()), arguments.data());
  }
};

std::string usage_error(std::vector<const char*> arguments) {
  return error_text<UsageError>([&] { Parsed parsed(arguments); });
}

TEST(Options, KeepDefaultsWithoutFlags) {
  const Parsed parsed({});
  EXPECT_EQ(parsed.options.flags.seed, 2147483647U);
  EXPECT_EQ(parsed.options.flags.out, "out/mlp");
  EXPECT_EQ(parsed.training.lr, 0.1);
  EXPECT_FALSE(parsed.options.given("--lr"));
}

TEST(Options, ReadEveryKindOfValue) {
  const Parsed parsed({"--lr", "0.5", "--steps=100", "--hidden", "4,4,1", "--score", "emma", "--score", "ava",
                       "--quiet", "--stage", "original", "--words", "10:20", "--seed", "-1"});
  EXPECT_EQ(parsed.training.lr, 0.5);
  EXPECT_EQ(parsed.training.steps, 100);
  EXPECT_EQ(parsed.hidden, (std::vector<int64_t>{4, 4, 1}));
  EXPECT_EQ(parsed.score, (std::vector<std::string>{"emma", "ava"}));
  EXPECT_TRUE(parsed.options.flags.quiet);
  EXPECT_EQ(parsed.stage, "original");
  EXPECT_EQ(parsed.options.flags.words.first, 10);
  EXPECT_EQ(parsed.options.flags.words.last, 20);
  EXPECT_EQ(parsed.options.flags.seed, ~uint64_t{0});
  EXPECT_TRUE(parsed.options.given("--lr"));
}

TEST(Options, ReadOpenRangesOfWords) {
  EXPECT_EQ(Parsed({"--words", "100:"}).options.flags.words.first, 100);
  EXPECT_EQ(Parsed({"--words", "100:"}).options.flags.words.last, WordRange::kEnd);
  EXPECT_EQ(Parsed({"--words", ":500"}).options.flags.words.last, 500);
}

TEST(Options, TakeTheLastOfAFlagThatIsGivenTwice) {
  EXPECT_EQ(Parsed({"--lr", "1", "--lr", "2"}).training.lr, 2);
}

TEST(Options, RefuseBadValuesNamingFlagValueAndRule) {
  EXPECT_EQ(usage_error({"--lr", "nan"}), "--lr: 'nan' is not a number above 0");
  EXPECT_EQ(usage_error({"--lr", "inf"}), "--lr: 'inf' is not a number above 0");
  EXPECT_EQ(usage_error({"--lr", "0"}), "--lr: '0' is not a number above 0");
  EXPECT_EQ(usage_error({"--lr", "1e999"}), "--lr: '1e999' is not a number above 0");
  EXPECT_EQ(usage_error({"--lr", "0.1x"}), "--lr: '0.1x' is not a number above 0");
  EXPECT_EQ(usage_error({"--steps", "-3"}), "--steps: '-3' is not a whole number from 0 up");
  EXPECT_EQ(usage_error({"--steps", "1.5"}), "--steps: '1.5' is not a whole number from 0 up");
  EXPECT_EQ(usage_error({"--steps", "99999999999999999999"}),
            "--steps: '99999999999999999999' is not a whole number from 0 up");
  EXPECT_EQ(usage_error({"--gain", "11"}), "--gain: '11' is not a number from 0 to 10");
  EXPECT_EQ(usage_error({"--hidden", "4,,4"}), "--hidden: '' is not a whole number from 1 up");
  EXPECT_EQ(usage_error({"--stage", "softmx"}), "--stage: 'softmx' is not one of original, kaiming");
  EXPECT_EQ(usage_error({"--seed", "1e3"}), "--seed: '1e3' is not a whole number of 64 bits");
  EXPECT_EQ(usage_error({"--out", ""}), "--out: the value is empty");
}

TEST(Options, RefuseRangesThatTakeNothing) {
  for (const char* range : {"9:2", "5:5", ":", "5", "a:b", "1:2:3", "-1:4"}) {
    EXPECT_EQ(usage_error({"--words", range}),
              "--words: '" + std::string(range) + "' is not a range of lines A:B with A below B");
  }
}

TEST(Options, RefuseUnknownFlagsAndStrayWords) {
  EXPECT_EQ(usage_error({"--stepz", "3"}), "unknown flag or word '--stepz'");
  EXPECT_EQ(usage_error({"names.txt"}), "unknown flag or word 'names.txt'");
  EXPECT_EQ(usage_error({"--steps"}), "--steps: 1 required value missing");
}

TEST(Options, RefuseAValueForASwitch) {
  EXPECT_EQ(usage_error({"--no-out=3"}), "--no-out: takes no value");
  EXPECT_EQ(usage_error({"--quiet=false"}), "--quiet: takes no value");
  EXPECT_EQ(usage_error({"--check="}), "--check: takes no value");
}

TEST(Options, KnowTheFilesThatTheRunWillWrite) {
  EXPECT_TRUE(Parsed({"--resume", "a", "--out", "b"}).options.files_to_write().empty());
  EXPECT_EQ(Parsed({"--save", "a", "--save=c"}).options.files_to_write(), std::vector<std::string>{"c"});
}

TEST(Options, ListEveryFlagInHelpWithDefaultAndLecture) {
  const Parsed parsed({"--gain", "3"});
  const std::string help = parsed.options.help();
  for (const char* flag : {"--data FILE",
                           "--words A:B",
                           "--seed N",
                           "--samples N",
                           "--sample-seed N",
                           "--threads N",
                           "--sampling classic|race|mkl",
                           "--profile scalar|avx2",
                           "--out DIR",
                           "--no-out",
                           "--quiet",
                           "--check",
                           "--version",
                           "--steps N",
                           "--batch N",
                           "--lr RATE",
                           "--decay-at STEP",
                           "--save FILE",
                           "--resume FILE",
                           "--save-every N",
                           "--log-every N",
                           "--score WORD"}) {
    EXPECT_THAT(help, HasSubstr(flag));
  }
  EXPECT_THAT(help, HasSubstr("  --stage original|kaiming\n" + std::string(26, ' ') +
                              "which fix [kaiming; the lecture's: original]\n"));
  EXPECT_THAT(help, testing::ContainsRegex("--gain G +gain .1.\n"));
  EXPECT_THAT(help, testing::ContainsRegex("--score WORD +words .repeatable.\n"));
  EXPECT_THAT(help, HasSubstr("[out/mlp]"));
  EXPECT_THAT(help, HasSubstr("Example: mlp --steps 100"));
}

TEST(Options, GroupFlagsInHelpAndFitEightyColumns) {
  const std::string help = Parsed({}).options.help();
  size_t last = 0;
  for (const char* group :
       {"\nModes\n", "\nModel\n", "\nTraining\n", "\nData\n", "\nRandom numbers\n", "\nOutput\n"}) {
    EXPECT_GT(help.find(group), last) << group;
    last = help.find(group);
  }
  EXPECT_EQ(wrapped(help, 80), help);
}

TEST(Options, SayAllAndNeverInHelp) {
  Options options("a", "b", "c");
  TrainingFlags training{.batch = 0, .decay_at = std::numeric_limits<int64_t>::max()};
  options.add_training(training);
  const char* const argv[] = {"a"};
  options.parse(1, argv);
  const std::string help = options.help();
  EXPECT_THAT(help, testing::ContainsRegex("--batch N +examples in a minibatch .all.\n"));
  EXPECT_THAT(help, testing::ContainsRegex("--decay-at STEP .*.never.\n"));
}

TEST(Options, GiveEachModeAFolderOfItsOwn) {
  const auto out = [](std::vector<const char*> arguments) {
    return Parsed(std::move(arguments)).options.flags.out;
  };
  EXPECT_EQ(out({}), "out/mlp");
  EXPECT_EQ(out({"--stage", "kaiming"}), "out/mlp");  // the default is no mode
  EXPECT_EQ(out({"--stage", "original"}), "out/mlp/original");
  EXPECT_EQ(out({"--find-lr"}), "out/mlp/find-lr");
  EXPECT_EQ(out({"--overfit", "5"}), "out/mlp/overfit");
  EXPECT_EQ(out({"--exercise", "1"}), "out/mlp/exercise-1");
  EXPECT_EQ(out({"--find-lr", "--out", "here"}), "here");
}

TEST(Options, RefuseAFlagThatWouldDoNothing) {
  EXPECT_EQ(usage_error({"--gain", "2", "--find-lr"}), "--gain has no effect with --find-lr");
  EXPECT_EQ(usage_error({"--lr", "2", "--find-lr"}), "--lr has no effect with --find-lr");
  EXPECT_EQ(usage_error({"--find-lr", "--samples", "2"}), "--samples has no effect with --find-lr");
  EXPECT_EQ(usage_error({"--gain", "2", "--stage", "original"}),
            "--gain has no effect with --stage original");
  EXPECT_EQ(usage_error({"--gain", "2", "--stage", "kaiming"}), "no error");
  EXPECT_EQ(usage_error({"--calibrate"}), "--calibrate needs --deep");
  EXPECT_EQ(usage_error({"--calibrate", "--deep"}), "no error");
}

TEST(Options, NameTheSetupByTheFlagsThatChangeFiguresAndAreNotAtTheirDefaults) {
  EXPECT_EQ(Parsed({}).options.setup(), "");
  EXPECT_EQ(Parsed({"--stage", "original", "--lr", "2e-1", "--hidden", "4,4"}).options.setup(),
            "--hidden 4,4 --lr 0.2 --stage original");
  EXPECT_EQ(Parsed({"--lr", "0.10", "--stage=kaiming", "--hidden", "16,16"}).options.setup(), "");
  EXPECT_EQ(
      Parsed({"--words", ":5", "--seed", "1", "--sampling", "mkl", "--sample-seed", "2"}).options.setup(),
      "--sample-seed 2 --sampling mkl --seed 1 --words 0:5");
}

TEST(Options, LeaveWhatChangesNoFigureOutOfTheSetup) {
  EXPECT_EQ(Parsed({"--data", "a", "--samples", "3", "--threads", "2", "--out", "b", "--no-out", "--quiet"})
                .options.setup(),
            "");
  EXPECT_EQ(Parsed({"--steps", "9", "--save", "a", "--resume", "b", "--save-every", "1", "--log-every", "2"})
                .options.setup(),
            "");
}

TEST(Options, SortTheFlagsOfASetupByName) {
  EXPECT_EQ(sorted_setup("--words 0:1 --reg 0 --find-lr --lr 0.1"), "--find-lr --lr 0.1 --reg 0 --words 0:1");
  EXPECT_EQ(sorted_setup(""), "");
}

TEST(Options, TellEverySettingForPeople) {
  const auto settings = Parsed({"--words", "3:", "--quiet"}).options.settings();
  const auto value = [&](const std::string& name) {
    for (const auto& [key, text] : settings)
      if (key == name) return text;
    return std::string("none");
  };
  EXPECT_EQ(value("words"), "3:");
  EXPECT_EQ(value("quiet"), "on");
  EXPECT_EQ(value("hidden"), "16,16");
  EXPECT_EQ(value("lr"), "0.1");
}

TEST(Options, GiveEveryValueToTheLog) {
  const Parsed parsed({"--words", "3:", "--hidden", "4"});
  const std::string line = to_json_line("config", parsed.options.config());
  EXPECT_THAT(line, HasSubstr("\"words\":\"3:\""));
  EXPECT_THAT(line, HasSubstr("\"hidden\":[4]"));
  EXPECT_THAT(line, HasSubstr("\"seed\":2147483647"));
  EXPECT_THAT(line, HasSubstr("\"lr\":0.1"));
}

TEST(Options, GiveWordsToTheFlagThatTakesThem) {
  Options options("micrograd", "Lecture 1", "micrograd");
  std::string text;
  std::vector<std::string> at;
  options.add("--expr TEXT", text, "an expression");
  options.add("--at NAME=VALUE", at, "values", {.words = true});
  const auto parse = [&](std::vector<const char*> arguments) {
    return options.parse(static_cast<int>(arguments.size()), arguments.data());
  };
  EXPECT_TRUE(parse({"micrograd", "--at", "c=4", "--expr", "a+b+c", "a=2", "--quiet", "b=-3"}));
  EXPECT_EQ(at, (std::vector<std::string>{"c=4", "a=2", "b=-3"}));
  EXPECT_TRUE(options.given("--at"));
  EXPECT_EQ(options.setup(), "--at c=4 a=2 b=-3 --expr a+b+c");
}

TEST(Options, TakeAValueThatBeginsWithAMinusSign) {
  Options options("micrograd", "Lecture 1", "micrograd");
  std::string text;
  options.add("--expr TEXT", text, "an expression");
  const std::vector<const char*> arguments = {"micrograd", "--expr", "-a*2", "--quiet"};
  EXPECT_TRUE(options.parse(4, arguments.data()));
  EXPECT_EQ(text, "-a*2");
  EXPECT_EQ(usage_error({"--lr", "-x"}), "--lr: '-x' is not a number above 0");
  EXPECT_EQ(usage_error({"-x"}), "unknown flag or word '-x'");
}

}  // namespace
}  // namespace lt::apps
