// The bigram app from the outside: what it prints, writes and refuses.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cmath>

#include <libtensor/apps/common/counts.h>
#include <libtensor/tests/apps/app_run.h>

namespace lt::apps {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

std::vector<std::string> samples(const std::string& log) {
  std::vector<std::string> texts;
  for (const json& event : events_of(log, "sample")) texts.push_back(event["text"]);
  return texts;
}

// How many figures --check says to agree, in all its setups.
int64_t figures_of(const std::string& out) {
  int64_t agree = 0;
  for (size_t at = out.find("check: "); at != std::string::npos; at = out.find("check: ", at + 1)) {
    agree += std::atoll(out.c_str() + at + 7);
  }
  return agree;
}

TEST(Bigram, LogsTheFactsOfTheEmbeddedNames) {
  const Scratch scratch;
  const Outcome run = run_in(scratch, "bigram");
  ASSERT_EQ(run.code, 0) << run.err;
  const std::string log = scratch.path("out/bigram/log.jsonl");
  EXPECT_EQ(events_of(log, "config").size(), 1U);
  const json data = events_of(log, "data").at(0);
  EXPECT_EQ(data["words"], 32257);
  EXPECT_EQ(data["vocab"], 27);
  EXPECT_EQ(data["source"], "the embedded names");
  EXPECT_EQ(data["sha256"], "bd02dfd33179e23ec2dd093cbd4de619834f75d660ef1ae04d3127e7a0110053");
  EXPECT_THAT(run.out,
              HasSubstr("Data: the embedded names (a later release; ./run data fetches the lecture's),"));
  const json counts = events_of(log, "counts").at(0);
  EXPECT_EQ(counts["bigrams"], 229804);
  EXPECT_EQ(counts["nonzero"], 627);
  EXPECT_EQ(counts["row0"],
            (json{0,    4438, 1311, 1553, 1702, 1536, 417,  675, 878, 597, 2443, 2982, 1578, 2567,
                  1152, 398,  517,  92,   1654, 2074, 1321, 78,  380, 308, 135,  538,  933}));
  EXPECT_EQ(counts["top"].size(), 10U);
  EXPECT_EQ(counts["top"][0], (json{"n.", 6808}));
  // The expected numbers are Python's, summed in double; 1e-9 leaves room for the order of the sum.
  const json nll = events_of(log, "nll").at(0);
  EXPECT_EQ(nll["smoothing"], 1);
  EXPECT_EQ(nll["count"], 229804);
  EXPECT_NEAR(nll["total"], 564157.5582315262, 564157 * 1e-9);
  EXPECT_NEAR(nll["mean"], 2.454950994027633, 2.5e-9);
  EXPECT_EQ(samples(log).size(), 5U);
  EXPECT_EQ(events_of(log, "done").size(), 1U);
}

TEST(Bigram, WritesEachFigureThatItLogsAndPutsItIntoTheReport) {
  const Scratch scratch;
  ASSERT_EQ(run_in(scratch, "bigram --out here --tune").code, 0);
  const std::string report = slurp(scratch.path("here/report.html"));
  const auto figures = events_of(scratch.path("here/log.jsonl"), "figure");
  ASSERT_EQ(figures.size(), 4U);
  for (const json& figure : figures) {
    const std::string svg = slurp(scratch.path("here/" + figure["file"].get<std::string>()));
    ASSERT_FALSE(svg.empty());
    const size_t label = svg.find("aria-label=");
    ASSERT_NE(label, std::string::npos);
    EXPECT_THAT(report, HasSubstr(svg.substr(label, svg.find('>', label) - label)));
  }
}

TEST(Bigram, TunesTheTrigramAsPythonDoes) {
  const Scratch scratch;
  ASSERT_EQ(run_in(scratch, "bigram --order 3 --tune --out o").code, 0);
  const auto tune = events_of(scratch.path("o/log.jsonl"), "tune");
  ASSERT_EQ(tune.size(), 12U);
  EXPECT_NEAR(tune[4]["train"], 2.190156939536568, 2.5e-9);
  EXPECT_NEAR(tune[4]["val"], 2.2392394319795623, 2.5e-9);
  EXPECT_NEAR(tune[11]["val"], 2.7563368773813974, 2.8e-9);
  const json tuned = events_of(scratch.path("o/log.jsonl"), "tuned").at(0);
  EXPECT_EQ(tuned["smoothing"], 0.2);
  EXPECT_NEAR(tuned["test"], 2.2254186201794695, 2.5e-9);
  EXPECT_EQ(events_of(scratch.path("o/log.jsonl"), "counts").at(0)["nonzero"], 5775);
}

TEST(Bigram, PassesEveryFigureOfTheLecture) {
  if (!std::filesystem::exists(kNames)) GTEST_SKIP() << "no ../shared/data/names.txt";
  const Scratch scratch;
  const Outcome run = run_in(scratch, "bigram --check --data '" + kNames + "'");
  EXPECT_EQ(run.code, 0) << run.out;
  EXPECT_EQ(figures_of(run.out), 151) << run.out;
}

TEST(Bigram, PassesEveryFigureOfPyTorchOnTheEmbeddedNames) {
  const Scratch scratch;
  const Outcome run = run_in(scratch, "bigram --check --data embedded");
  EXPECT_EQ(run.code, 0) << run.out;
  EXPECT_EQ(figures_of(run.out), 150) << run.out;  // but for --sampling mkl
}

TEST(Bigram, DrawsTheLecturesNamesInEachSamplingMode) {
  if (!std::filesystem::exists(kNames)) GTEST_SKIP() << "no ../shared/data/names.txt";
  const Scratch scratch;
  const auto names = [&](const std::string& folder, const std::string& flags) {
    EXPECT_EQ(run_in(scratch, "bigram --data '" + kNames + "' --out " + folder + " " + flags).code, 0);
    return samples(scratch.path(folder + "/log.jsonl"));
  };
  using Names = std::vector<std::string>;
  EXPECT_EQ(names("a", ""), (Names{"mor.", "axx.", "minaymoryles.", "kondlaisah.", "anchshizarie."}));
  EXPECT_EQ(names("b", "--sampling race"),
            (Names{"cexze.", "momasurailezitynn.", "konimittain.", "llayn.", "ka."}));
  EXPECT_EQ(names("c", "--sampling mkl"), (Names{"junide.", "janasah.", "p.", "cony.", "a."}));
  EXPECT_EQ(names("d", "--order 3"),
            (Names{"mio.", "aytengentlynslex.", "knooraen.", "el.", "marviovania."}));
}

TEST(Bigram, ScoresAnUnseenBigramAsInfinite) {
  const Scratch scratch;
  const Outcome run = run_in(scratch, "bigram --smoothing 0 --score andrejq --score emma --out o");
  ASSERT_EQ(run.code, 0);
  const auto scores = events_of(scratch.path("o/log.jsonl"), "score");
  ASSERT_EQ(scores.size(), 2U);
  EXPECT_EQ(scores[0]["mean"], "inf");
  EXPECT_EQ(scores[0]["count"], 8);
  EXPECT_EQ(scores[1]["count"], 5);
  EXPECT_NEAR(scores[1]["mean"].get<double>() * 5, scores[1]["total"].get<double>(), 1e-12);
  EXPECT_THAT(run.out, HasSubstr("jq: 0.0000 -inf"));
}

TEST(Bigram, ServesTheLargestSmoothing) {
  const Scratch scratch;
  EXPECT_EQ(run_in(scratch, "bigram --smoothing 1e30 --no-out").code, 0);
}

TEST(Bigram, SaysWhyTodaysPyTorchDrawsOtherNames) {
  const Scratch scratch;
  const auto said = [&](const std::string& sampling) {
    const Outcome run = run_in(scratch, "bigram --out o_" + sampling + " --sampling " + sampling);
    EXPECT_EQ(run.code, 0) << run.err;
    return slurp(scratch.path("o_" + sampling + "/report.html"));
  };
  EXPECT_THAT(said("classic"), Not(HasSubstr("exponential clocks")));
  EXPECT_THAT(said("race"),
              HasSubstr("names as PyTorch draws them since 2.0 without Intel&#39;s MKL. For one draw "
                        "it runs a race of exponential clocks"));
  const std::string mkl = said("mkl");
  EXPECT_THAT(mkl, HasSubstr("names as PyTorch draws them since 2.0 on x86 with Intel&#39;s MKL. "));
  EXPECT_THAT(mkl, HasSubstr("MKL&#39;s own random numbers"));
}

TEST(Bigram, TracesNamesAtEitherOrder) {
  const Scratch scratch;
  EXPECT_THAT(run_in(scratch, "bigram --trace 1 --no-out").out, HasSubstr("\n  .e: 0.0476 -3.0446\n  em: "));
  const std::string trigrams = run_in(scratch, "bigram --order 3 --trace 1 --no-out").out;
  EXPECT_THAT(trigrams, HasSubstr("\n  ..e: "));
  EXPECT_THAT(trigrams, HasSubstr("\n  ma.: "));
  EXPECT_THAT(trigrams, Not(HasSubstr("\n  ..o: ")));
}

TEST(Bigram, RefusesToCheckOtherData) {
  const Scratch scratch;
  scratch.put("other", "emma\n");
  const Outcome run = run_in(scratch, "bigram --check --data other --no-out");
  EXPECT_EQ(run.code, 1);
  EXPECT_THAT(run.err, HasSubstr("bigram: --check: no figures are known for other (sha256 "));
}

TEST(Bigram, RefusesAWrongCommandLineWithOneLineAndWritesNothing) {
  const Scratch scratch;
  for (const char* flags : {"--smoothing nan", "--smoothing -1", "--smoothing 1e39", "--order 4",
                            "--words 9:2", "--samples -3", "--bogus", "--lr 0.1", "--score", "--score ''",
                            "stray", "--top x", "--check --smoothing 2", "--order 3 --show-broadcast-bug"}) {
    const Outcome run = run_in(scratch, std::string("bigram ") + flags);
    EXPECT_EQ(run.code, 2) << flags;
    EXPECT_EQ(run.out, "") << flags;
    EXPECT_EQ(std::count(run.err.begin(), run.err.end(), '\n'), 1) << run.err;
    EXPECT_THAT(run.err, testing::StartsWith("bigram: "));
  }
  EXPECT_TRUE(scratch.names().empty());
}

TEST(Bigram, RefusesDataItCannotUseNamingFileAndLine) {
  const Scratch scratch;
  scratch.put("empty", "");
  scratch.put("binary", std::string("emma\nolivia\n\x01\x02", 14));
  scratch.put("latin", "zo\xeb\n");
  const auto error = [&](const std::string& flags) {
    const Outcome run = run_in(scratch, "bigram " + flags);
    EXPECT_EQ(run.code, 1) << flags;
    return run.err;
  };
  EXPECT_EQ(error("--data missing"), "bigram: cannot read 'missing': No such file or directory\n");
  EXPECT_EQ(error("--data ."), "bigram: cannot read '.': Is a directory\n");
  EXPECT_EQ(error("--data empty"), "bigram: empty: the file is empty\n");
  EXPECT_EQ(error("--data binary"),
            "bigram: binary:3: byte 1 of the line, \\u0001, is not printable UTF-8\n");
  EXPECT_EQ(error("--data latin"), "bigram: latin:1: byte 3 of the line, \\xeb, is not printable UTF-8\n");
  EXPECT_EQ(error("--words 99999:"),
            "bigram: the embedded names: --words starts at line 99999, but there are only 32257 lines\n");
  EXPECT_EQ(error("--score Emma --no-out"), "bigram: 'Emma': the character 'E' does not occur in the data\n");
  EXPECT_EQ(scratch.names(), (std::vector<std::string>{"binary", "empty", "latin"}));
}

TEST(Bigram, ReadsWindowsLineEndsAndLettersBeyondAscii) {
  const Scratch scratch;
  scratch.put("crlf", "emma\r\nava\r\n");
  scratch.put("lf", "emma\nava\n");
  scratch.put("utf8", "zoë\nrenée\n");
  const auto counts = [&](const std::string& data) {
    EXPECT_EQ(run_in(scratch, "bigram --data " + data + " --out o_" + data).code, 0);
    return events_of(scratch.path("o_" + data + "/log.jsonl"), "counts").at(0);
  };
  EXPECT_EQ(counts("crlf"), counts("lf"));
  EXPECT_EQ(counts("utf8")["bigrams"], 10);
  EXPECT_THAT(slurp(scratch.path("o_utf8/counts.svg")), HasSubstr(">oë</text>"));
  // What is said of the alphabet is said of this one: . e n o r z é ë
  EXPECT_THAT(slurp(scratch.path("o_utf8/report.html")), HasSubstr("a uniform guess costs ln 8 = 2.0794."));
  EXPECT_THAT(slurp(scratch.path("o_utf8/report.html")), HasSubstr("have shape (8, 1)"));
}

TEST(Bigram, TakesTenMegabytesOnOneLineInSeconds) {
  const Scratch scratch;
  std::string line;
  line.resize(10'000'000, 'a');
  scratch.put("long", line);
  const auto start = std::chrono::steady_clock::now();
  const Outcome run = run_in(scratch, "bigram --data long --no-out");
  EXPECT_EQ(run.code, 0) << run.err;
  EXPECT_LT(run.out.size(), 100000U);
  EXPECT_LT(std::chrono::steady_clock::now() - start,
            std::chrono::seconds(60));  // about one; sanitizers are slow
}

TEST(Bigram, WritesNothingUnderNoOut) {
  const Scratch scratch;
  const Outcome run = run_in(scratch, "bigram --no-out");
  EXPECT_EQ(run.code, 0);
  EXPECT_THAT(run.out, HasSubstr("Names"));
  EXPECT_TRUE(scratch.names().empty());
}

TEST(Bigram, SaysWhichFileAFullDiskOrAWrongFolderStopped) {
  const Scratch scratch;
  std::filesystem::create_directories(scratch.path("o"));
  std::filesystem::create_symlink("/dev/full", scratch.path("o/log.jsonl"));
  const Outcome full = run_in(scratch, "bigram --out o");
  EXPECT_EQ(full.code, 1);
  EXPECT_THAT(full.err, HasSubstr("'o/log.jsonl': it is no regular file\n"));
  scratch.put("file", "x");
  EXPECT_EQ(run_in(scratch, "bigram --out file/deeper").code, 1);
}

TEST(Bigram, PrintsTheSameOnAnyNumberOfThreads) {
  const Scratch scratch;
  const std::string one = run_in(scratch, "bigram --no-out --tune --threads 1").out;
  EXPECT_EQ(run_in(scratch, "bigram --no-out --tune --threads 2").out, one);
  EXPECT_EQ(run_in(scratch, "bigram --no-out --tune --threads 5").out, one);
}

TEST(Bigram, HelpsAndTellsItsVersion) {
  const Scratch scratch;
  const Outcome help = run_in(scratch, "bigram --help");
  EXPECT_EQ(help.code, 0);
  for (const char* text : {"--order 2|3", "--smoothing K", "--tune", "--score WORD", "--top N", "--trace N",
                           "--show-broadcast-bug", "default", "lecture", "Example: bigram"}) {
    EXPECT_THAT(help.out, HasSubstr(text));
  }
  const Outcome version = run_in(scratch, "bigram --version");
  EXPECT_EQ(version.code, 0);
  for (const char* text : {"libtensor", "build", "instruction set", "threads", "random streams"}) {
    EXPECT_THAT(version.out, HasSubstr(text));
  }
  EXPECT_TRUE(scratch.names().empty());
}

TEST(Run, ComparesNothingWhereWordsAreLeftOut) {
  const Scratch scratch;
  for (const std::string app : {"bigram", "mlp --steps 2", "bigram_net --steps 2", "activations --steps 2"}) {
    const std::string out = run_in(scratch, app + " --words :100 --quiet --no-out").out;
    EXPECT_THAT(out, Not(HasSubstr("PyTorch"))) << app;
    EXPECT_THAT(out, Not(HasSubstr("notebook"))) << app;
  }
}

TEST(Counts, FrameAWordAtEitherOrder) {
  const Vocabulary vocabulary = Vocabulary::of_words({"ab"});
  const IntTensor pairs = count({"ab"}, vocabulary, 2);
  EXPECT_EQ(pairs.to_vector(), (std::vector<int64_t>{0, 1, 0, 0, 0, 1, 1, 0, 0}));  // .a ab b.
  const IntTensor triples = count({"ab"}, vocabulary, 3);
  EXPECT_EQ(sum(triples).item(), 3);
  EXPECT_EQ(triples.at({0, 0, 1}) + triples.at({0, 1, 2}) + triples.at({1, 2, 0}), 3);
}

TEST(Counts, CutANameThatDoesNotEnd) {
  const Vocabulary vocabulary = Vocabulary::of_words({"a"});
  const Tensor never_ends = tensor({{0, 1}, {0, 1}});
  EXPECT_EQ(sample(never_ends, vocabulary, 1, Generator(1)).at(0), std::string(1000, 'a'));
}

TEST(Counts, RefuseAnAlphabetTooLargeForATable) {
  std::vector<std::string> words;
  for (int code = 0x4e00; code < 0x4e00 + 300; ++code) {
    words.push_back({static_cast<char>(0xe0 | code >> 12), static_cast<char>(0x80 | (code >> 6 & 0x3f)),
                     static_cast<char>(0x80 | (code & 0x3f))});
  }
  const Vocabulary vocabulary = Vocabulary::of_words(words);
  EXPECT_EQ(sum(count(words, vocabulary, 2)).item(), 600);
  EXPECT_THROW(count(words, vocabulary, 3), ShapeError);
}

}  // namespace
}  // namespace lt::apps
