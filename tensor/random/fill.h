#pragma once

// The random numbers themselves, on plain memory: what tensor/random.h does once a tensor's elements lie in a
// row. T is float or double unless said otherwise. "Words" are what one call takes from the generator. All
// check their arguments before the first word is drawn, and throw ValueError naming PyTorch's op.

#include <cstdint>
#include <span>

#include <libtensor/tensor/random/generator.h>

namespace lt::inline v0 {

// Uniform in [0, 1). One word a float, two a double.
template <typename T>
void fill_units(std::span<T> out, Generator& generator);
// Uniform in [low, high), rounded to T first. The same words.
//   throws: unless low <= high and high - low is finite in T
template <typename T>
void fill_uniform(std::span<T> out, double low, double high, Generator& generator);

// Normal. From 16 numbers on in blocks: n words a float, 2n a double, and 16 (32) more where n is not a
// multiple of 16; fewer numbers go one by one, as below. throws: unless std >= 0
template <typename T>
void fill_normal(std::span<T> out, double mean, double std, Generator& generator);
// Normal, one by one in double: four words for every two, the second kept by the generator.
template <typename T>
void fill_normal_one_by_one(std::span<T> out, double mean, double std, Generator& generator);

// Exponential with rate lambda. Two words each; under Sampling::mkl one word (double: two) for the whole
// call. throws: unless lambda > 0
template <typename T>
void fill_exponential(std::span<T> out, double lambda, Generator& generator);

// 1 with probability p, else 0. Two words each. T also int64_t and bool. throws: unless 0 <= p <= 1
template <typename T>
void fill_bernoulli(std::span<T> out, double p, Generator& generator);
// The same with a probability for each number; p may be out itself. One word a float, two a double.
template <typename T>
void fill_bernoulli(std::span<T> out, std::span<const T> p, Generator& generator);

// Integers in low..high-1: word modulo range. One word each, two where the range does not fit 32 bits.
//   throws: unless low < high
void fill_integers(std::span<int64_t> out, int64_t low, int64_t high, Generator& generator);
// Any non-negative 64-bit integer (PyTorch's random_()). Two words each.
void fill_integers(std::span<int64_t> out, Generator& generator);
// A permutation of 0..n-1 (Fisher and Yates). n - 1 words.
void fill_permutation(std::span<int64_t> out, Generator& generator);

// Categories drawn from one row of probabilities, which need not sum to 1: check_probabilities() first.
//
// With replacement, by search in the running sum. Two words a sample.
template <typename T>
void sample_with_replacement(std::span<const T> p, std::span<int64_t> out, Generator& generator);
// Without replacement, by race: the out.size() largest of p / clock, falling; of equals the first. `clock` is
// exponential with rate 1. No words.
template <typename T>
void sample_by_race(std::span<const T> p, std::span<const T> clock, std::span<int64_t> out);
// throws: where one of p is negative, infinite or NaN, or the sum is 0 or infinite
template <typename T>
void check_probabilities(std::span<const T> p);

}  // namespace lt::inline v0
