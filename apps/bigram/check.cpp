#include <libtensor/apps/bigram/check.h>

#include <fmt/format.h>

#include <cmath>

#include <libtensor/apps/bigram/show.h>

// Facts of the table, the likelihood of "andrejq", and the names of each sampling mode.

namespace lt::apps {
namespace {

int64_t id_of(const Vocabulary& vocabulary, const std::string& symbol) {
  return vocabulary.encode(symbol)[0];
}

void check_table(Run& run, const IntTensor& N, const Vocabulary& vocabulary) {
  run.check("empty cells", static_cast<double>(count_nonzero(N == 0)), 102, kExact);
  run.check("jq", static_cast<double>(N.at({id_of(vocabulary, "j"), id_of(vocabulary, "q")})), 0, kExact);
  run.check("ten most frequent", listed(most_frequent(N, vocabulary, 10), 10),
            "n. 6763, a. 6640, an 5438, .a 4410, e. 3983, ar 3264, el 3248, ri 3033, na 2977, .k 2963");
  run.check("row 0", joined(N[0]),
            "0 4410 1306 1542 1690 1531 417 669 874 591 2422 2963 1572 2538 1146 394 515 92 1639 2055 1308 "
            "78 376 307 "
            "134 535 929");
  const IntTensor row_sums = sum(N, 1);
  for (const auto& [symbol, count] : {std::pair{".", 32033}, {"a", 33885}, {"q", 272}, {"x", 697}}) {
    run.check(fmt::format("row sum of {}", symbol),
              static_cast<double>(row_sums.at({id_of(vocabulary, symbol)})), count, kExact);
  }
}

void check_likelihood(Run& run, const IntTensor& N, const Vocabulary& vocabulary) {
  const DoubleTensor P = probabilities<double>(N, 1);
  const IntTensor andrejq = count({"andrejq"}, vocabulary, 2);
  run.check("andrejq, K = 1", nll(P, andrejq).mean(), 3.483402, kDigits6);
  run.check("andrejq, K = 0", nll(probabilities<double>(N, 0), andrejq).mean(), INFINITY, kExact);
  run.check("jq, K = 1", P.at({id_of(vocabulary, "j"), id_of(vocabulary, "q")}), 0.0003, within(0.5e-4));
  const DoubleTensor uniform = probabilities<double>(zeros_like(N), 1);
  run.check("uniform", nll(uniform, N).mean(), 3.295837, kDigits6);
  run.check("total nll, K = 0", nll(probabilities<double>(N, 0), N).total, 559873.589643, kDouble);
  run.check("total nll, K = 1", nll(P, N).total, 560001.883202, kDouble);
}

void check_names(Run& run, const IntTensor& N, const Vocabulary& vocabulary) {
  const auto names = [&](double K, int64_t how_many, Sampling sampling) {
    Generator generator = run.generator(run.flags().sample_seed);
    generator.set_sampling(sampling);
    return joined(sample(probabilities<float>(N, K), vocabulary, how_many, generator));
  };
  const std::string ten =
      "mor. axx. minaymoryles. kondlaisah. anchshizarie. odaren. iaddash. h. jhinatien. egushl.";
  run.check("ten names, K = 1", names(1, 10, Sampling::classic), ten);
  run.check("ten names, K = 0", names(0, 10, Sampling::classic), ten);
  run.check("names, sampling race", names(1, 5, Sampling::race),
            "cexze. momasurailezitynn. konimittain. llayn. ka.");
  run.check("names, sampling mkl", names(1, 5, Sampling::mkl), "junide. janasah. p. cony. a.");
}

}  // namespace

void check_the_rest(Run& run, const IntTensor& N, const Vocabulary& vocabulary) {
  check_table(run, N, vocabulary);
  check_likelihood(run, N, vocabulary);
  check_names(run, N, vocabulary);
}

}  // namespace lt::apps
