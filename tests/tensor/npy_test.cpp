#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <string>
#include <type_traits>
#include <vector>

#include <libtensor/tensor/file.h>
#include <libtensor/tensor/io.h>
#include <libtensor/tensor/ops.h>
#include <libtensor/tests/expect.h>
#include <libtensor/tests/scratch.h>

namespace lt {
namespace {

std::string recorded_npy(const std::string& name) { return LIBTENSOR_SOURCE_DIR "/tests/golden/npy/" + name; }

// An .npy file of version 1.0, made by hand.
std::string npy_bytes(const std::string& header, const std::string& numbers) {
  std::string bytes = "\x93NUMPY";
  bytes += {'\1', '\0', static_cast<char>(header.size() & 0xff), static_cast<char>(header.size() >> 8)};
  return bytes + header + numbers;
}

const char* const kPair = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }\n";

TEST(Npy, KeepsEveryBitOfEveryType) {
  const Scratch scratch;
  const std::string path = scratch.path("x.npy");
  const Tensor x = tensor({{1, -0.0F}, {std::numeric_limits<float>::denorm_min(), INFINITY}});
  save_npy(path, x);
  EXPECT_TRUE(equal(load_npy(path), x));
  EXPECT_TRUE(std::signbit(load_npy(path).at({0, 1})));
  save_npy(path, tensor<double>({0.1, -1e300}));
  EXPECT_TRUE(equal(load_npy<double>(path), tensor<double>({0.1, -1e300})));
  save_npy(path, tensor<int64_t>({INT64_MIN, 0, INT64_MAX}));
  EXPECT_TRUE(equal(load_npy<int64_t>(path), tensor<int64_t>({INT64_MIN, 0, INT64_MAX})));
  save_npy(path, tensor<bool>({true, false}));
  EXPECT_TRUE(equal(load_npy<bool>(path), tensor<bool>({true, false})));
}

TEST(Npy, KeepsScalarsAndEmptyShapes) {
  const Scratch scratch;
  for (const Shape& shape : {Shape{}, Shape{0}, Shape{3, 0, 2}, Shape{1, 1, 1, 1, 1, 1, 1, 2}}) {
    save_npy(scratch.path("x.npy"), full(shape, 2));
    EXPECT_EQ(load_npy(scratch.path("x.npy")).shape(), shape);
  }
}

TEST(Npy, WritesAViewInItsOwnOrder) {
  const Scratch scratch;
  const Tensor x = arange(24).view({2, 3, 4}).transpose(0, 2).slice(1, 0, 3, 2);
  save_npy(scratch.path("x.npy"), x);
  EXPECT_TRUE(equal(load_npy(scratch.path("x.npy")), x));
}

TEST(Npy, StartsItsNumbersAtAMultipleOf64) {
  const Scratch scratch;
  save_npy(scratch.path("x.npy"), arange(3));
  const std::string bytes = read_file(scratch.path("x.npy"));
  EXPECT_EQ(bytes.size() % 64, 12U);
  EXPECT_EQ(bytes.substr(0, 8), std::string("\x93NUMPY\1\0", 8));
  EXPECT_EQ(bytes.substr(10, 57), "{'descr': '<f4', 'fortran_order': False, 'shape': (3, ), ");
}

TEST(Npy, ReadsWhatNumPyWrote) {
  const Tensor x = arange(6).view({2, 3}) / 4;
  EXPECT_TRUE(equal(load_npy(recorded_npy("float32.npy")), x));
  EXPECT_TRUE(equal(load_npy(recorded_npy("fortran.npy")), x));
  EXPECT_TRUE(equal(load_npy(recorded_npy("version2.npy")), x));
  EXPECT_TRUE(equal(load_npy(recorded_npy("version3.npy")), x));
  EXPECT_TRUE(equal(load_npy<double>(recorded_npy("float64.npy")), x.cast<double>()));
  EXPECT_TRUE(equal(load_npy<int64_t>(recorded_npy("int64.npy")), tensor<int64_t>({-1, 0, INT64_MAX})));
  EXPECT_TRUE(equal(load_npy<bool>(recorded_npy("bool.npy")), from_vector<bool>({true, false}, {2, 1})));
  EXPECT_EQ(load_npy(recorded_npy("scalar.npy")).item(), 2.5F);
  EXPECT_EQ(load_npy(recorded_npy("empty.npy")).shape(), Shape({0, 3}));
}

TEST(Npy, IsReadByNumPy) {
  const Scratch scratch;
  if (std::system("/usr/bin/python3 -c 'import numpy' 2>/dev/null") != 0)
    GTEST_SKIP() << "NumPy is not installed";
  save_npy(scratch.path("float32.npy"), arange(6).view({2, 3}) / 4);
  save_npy(scratch.path("float64.npy"), (arange<double>(6).view({2, 3}) / 4).t());
  save_npy(scratch.path("int64.npy"), tensor<int64_t>({-1, 0, INT64_MAX}));
  save_npy(scratch.path("bool.npy"), from_vector<bool>({true, false}, {2, 1}));
  save_npy(scratch.path("scalar.npy"), scalar(2.5));
  save_npy(scratch.path("empty.npy"), zeros({0, 3}));
  EXPECT_EQ(
      std::system(("/usr/bin/python3 " LIBTENSOR_SOURCE_DIR "/tests/golden/npy.py check " + scratch.folder())
                      .c_str()),
      0);
}

// An .npy file of one axis.
std::string npy_array(const std::string& descr, const std::string& numbers, size_t count) {
  return npy_bytes(
      "{'descr': '" + descr + "', 'fortran_order': False, 'shape': (" + std::to_string(count) + ",), }",
      numbers);
}

template <typename T>
std::string native_bytes(const std::vector<T>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

constexpr LoadOptions kConvert{.convert = true};

TEST(Npy, NamesTheElementTypeItFoundAndTheOneItWants) {
  const Scratch scratch;
  const std::string path = scratch.put("x.npy", npy_array(">i4", "1234", 1));
  EXPECT_EQ(
      error_text<IoError>([&] { load_npy(path); }),
      "load_npy: '" + path +
          "', byte 67: expected float32 numbers, found int32 ('>i4'), which {.convert = true} converts");
  EXPECT_EQ(error_text<IoError>([&] { load_npy<int64_t>(recorded_npy("record.npy")); }),
            "load_npy: '" + recorded_npy("record.npy") +
                "', byte 128: expected numbers or bools, found '[('a', '<f4'), ('b', '<i8')]'");
  for (const std::string descr :
       {"<c8", "|S4", "<U1", "|O4", "<M8", "<f1", "<b4", "<f16", "|f4", "=f4", "f4"}) {
    scratch.put("x.npy", npy_array(descr, "1234", 1));
    EXPECT_NE(error_text<IoError>([&] {
                load_npy(path, kConvert);
              }).find("expected numbers or bools, found '" + descr + "'"),
              std::string::npos);
  }
}

// The file of `values` gives them as T, in both byte orders.
template <typename T, typename From>
void expect_converted(const std::string& type, const std::vector<From>& values,
                      const BasicTensor<T>& expected) {
  const Scratch scratch;
  std::string numbers = native_bytes(values);
  const std::string order = sizeof(From) == 1 ? "|" : "<";
  EXPECT_TRUE(equal(
      load_npy<T>(scratch.put("x.npy", npy_array(order + type, numbers, values.size())), kConvert), expected))
      << type;
  for (size_t i = 0; i < numbers.size(); i += sizeof(From)) {
    std::reverse(numbers.data() + i, numbers.data() + i + sizeof(From));
  }
  const std::string other = sizeof(From) == 1 ? "|" : ">";
  EXPECT_TRUE(equal(
      load_npy<T>(scratch.put("x.npy", npy_array(other + type, numbers, values.size())), kConvert), expected))
      << type << " big-endian";
}

TEST(Npy, ConvertsEveryTypeToEveryOtherWhereAsked) {
  const std::vector<int> whole = {0, 1, 100};
  const auto as = [&]<typename From>(From) { return std::vector<From>(whole.begin(), whole.end()); };
  const auto expect_all = [&](const std::string& type, const auto& values) {
    expect_converted(type, values, tensor({0, 1, 100}));
    expect_converted(type, values, tensor<double>({0, 1, 100}));
    expect_converted(type, values, tensor<int64_t>({0, 1, 100}));
    expect_converted(type, std::remove_cvref_t<decltype(values)>(values.begin(), values.begin() + 2),
                     tensor<bool>({false, true}));
  };
  expect_all("i1", as(int8_t{}));
  expect_all("i2", as(int16_t{}));
  expect_all("i4", as(int32_t{}));
  expect_all("i8", as(int64_t{}));
  expect_all("u1", as(uint8_t{}));
  expect_all("u2", as(uint16_t{}));
  expect_all("u4", as(uint32_t{}));
  expect_all("u8", as(uint64_t{}));
  expect_all("f2", std::vector<uint16_t>{0, 0x3c00, 0x5640});
  expect_all("f4", as(float{}));
  expect_all("f8", as(double{}));
  expect_converted("b1", std::vector<uint8_t>{0, 1}, tensor({0, 1}));
  expect_converted("b1", std::vector<uint8_t>{0, 1}, tensor<int64_t>({0, 1}));
}

TEST(Npy, KeepsTheEndsOfEveryTypeItConverts) {
  expect_converted("i1", std::vector<int8_t>{-128, 127}, tensor<int64_t>({-128, 127}));
  expect_converted("u1", std::vector<uint8_t>{255}, tensor({255}));
  expect_converted("i2", std::vector<int16_t>{INT16_MIN, INT16_MAX}, tensor<int64_t>({INT16_MIN, INT16_MAX}));
  expect_converted("u4", std::vector<uint32_t>{UINT32_MAX}, tensor<int64_t>({UINT32_MAX}));
  expect_converted("u8", std::vector<uint64_t>{INT64_MAX}, tensor<int64_t>({INT64_MAX}));
  expect_converted("u8", std::vector<uint64_t>{UINT64_MAX}, tensor({0x1p64F}));
  expect_converted("f8", std::vector<double>{-0x1p63}, tensor<int64_t>({INT64_MIN}));
  expect_converted("f8", std::vector<double>{0.1, HUGE_VAL, 1e-300}, tensor({0.1F, HUGE_VALF, 0}));
  // The largest half, the least, one of its own kind, -0 and -inf.
  expect_converted("f2", std::vector<uint16_t>{0x7bff, 0x0001, 0x03ff, 0x8000, 0xfc00},
                   tensor({65504, 0x1p-24F, 0x3ffp-24F, -0.0F, -HUGE_VALF}));
}

TEST(Npy, ReadsTheOtherByteOrderOfItsOwnTypeUnasked) {
  const Scratch scratch;
  const std::string path =
      scratch.put("x.npy", npy_array(">f4", std::string("\x3f\xc0\0\0\xc0\0\0\0", 8), 2));
  EXPECT_TRUE(equal(load_npy(path), tensor({1.5, -2})));
}

TEST(Npy, NamesTheFirstElementThatATypeDoesNotHold) {
  const Scratch scratch;
  const auto refusal = [&]<typename T>(T, const std::string& descr, const std::string& numbers,
                                       size_t count) {
    const std::string path = scratch.put("x.npy", npy_array(descr, numbers, count));
    const std::string text = error_text<IoError>([&] { load_npy<T>(path, kConvert); });
    return text.substr(std::min(text.size(), text.find("element")));
  };
  EXPECT_EQ(refusal(int64_t{}, "<u8", native_bytes<uint64_t>({1, uint64_t{1} << 63}), 2),
            "element (1) is 9223372036854775808, which int64 does not hold");
  EXPECT_EQ(refusal(int64_t{}, "<f4", native_bytes<float>({NAN}), 1),
            "element (0) is nan, which int64 does not hold");
  EXPECT_EQ(refusal(int64_t{}, "<f8", native_bytes<double>({1, 2, 0.5}), 3),
            "element (2) is 0.5, which int64 does not hold");
  EXPECT_EQ(refusal(int64_t{}, "<f8", native_bytes<double>({0x1p63}), 1),
            "element (0) is 9.223372036854776e+18, which int64 does not hold");
  EXPECT_EQ(refusal(int64_t{}, "<f2", native_bytes<uint16_t>({0x7c00}), 1),
            "element (0) is inf, which int64 does not hold");
  EXPECT_EQ(refusal(float{}, "<f8", native_bytes<double>({-1e300}), 1),
            "element (0) is -1e+300, which float32 does not hold");
  EXPECT_EQ(refusal(bool{}, "|u1", native_bytes<uint8_t>({1, 255}), 2),
            "element (1) is 255, which bool does not hold");
}

TEST(Npy, NamesAnElementOfFortranOrderByItsIndex) {
  const Scratch scratch;
  const std::string path =
      scratch.put("x.npy", npy_bytes("{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3), }",
                                     native_bytes<float>({0, 0, 0, 0.25, 0, 0})));
  EXPECT_NE(error_text<IoError>([&] {
              load_npy<int64_t>(path, kConvert);
            }).find("element (1, 1) is 0.25, which int64 does not hold"),
            std::string::npos);
  EXPECT_TRUE(equal(load_npy<double>(path, kConvert), tensor<double>({{0, 0, 0}, {0, 0.25, 0}})));
}

TEST(Npy, ReadsShapesAsPython2WroteThem) {
  const Scratch scratch;
  const std::string path = scratch.put(
      "x.npy", npy_bytes("{'descr': '<f4', 'fortran_order': False, 'shape': (1L, 2L), }", "12345678"));
  EXPECT_EQ(load_npy(path).shape(), Shape({1, 2}));
}

TEST(Npy, CountsTheBytesOfItsNumbers) {
  const Scratch scratch;
  const std::string longer = scratch.put("long.npy", npy_bytes(kPair, "123456789"));
  EXPECT_EQ(error_text<IoError>([&] { load_npy(longer); }),
            "load_npy: '" + longer + "', byte 68: expected 8 bytes of numbers for shape (2), found 9");
  const std::string vast = scratch.put(
      "vast.npy",
      npy_bytes("{'descr': '<f4', 'fortran_order': False, 'shape': (0, 4294967296, 4294967296), }", ""));
  EXPECT_NE(error_text<IoError>([&] { load_npy(vast); }).find("expected more than 2^63 bytes"),
            std::string::npos);
}

TEST(Npy, RefusesAHeaderLongerThanTheFileWithoutAllocatingIt) {
  const Scratch scratch;
  const std::string path = scratch.put("x.npy", std::string("\x93NUMPY\2\0\xff\xff\xff\xff{", 13));
  EXPECT_EQ(
      error_text<IoError>([&] { load_npy(path); }),
      "load_npy: '" + path + "', byte 12: expected a header of 4294967295 bytes, but the file ends after 1");
}

TEST(Npy, NamesTheByteWhereAHeaderGoesWrong) {
  const Scratch scratch;
  const auto text_for = [&](const std::string& header) {
    const std::string path = scratch.put("x.npy", npy_bytes(header, ""));
    const std::string text = error_text<IoError>([&] { load_npy(path); });
    return text.substr(std::min(text.size(), text.find("byte")));
  };
  EXPECT_EQ(text_for(""), "byte 10: expected '{'");
  EXPECT_EQ(text_for("{}"), "byte 12: expected the keys 'descr', 'fortran_order' and 'shape'");
  EXPECT_EQ(text_for("{'descr' '<f4'}"), "byte 19: expected ':'");
  EXPECT_EQ(text_for("{'descr': '<f4}"), "byte 21: expected a closing quote");
  EXPECT_EQ(text_for("{'fortran_order': 1}"), "byte 28: expected True or False");
  EXPECT_EQ(text_for("{'shape': (-1,)}"), "byte 21: expected a size");
  EXPECT_EQ(text_for("{'shape': (99999999999999999999,)}"), "byte 21: expected a size");
  EXPECT_EQ(text_for("{'shape': (1,1,1,1,1,1,1,1,1)}"), "byte 38: expected at most 8 axes");
  EXPECT_EQ(text_for("{'colour': 1}"), "byte 20: unknown key 'colour'");
}

TEST(Npy, RefusesAFileTornAtAnyByte) {
  const Scratch scratch;
  save_npy(scratch.path("whole.npy"), arange(6).view({2, 3}));
  const std::string whole = read_file(scratch.path("whole.npy"));
  for (size_t length = 0; length < whole.size(); ++length) {
    const std::string path = scratch.put("torn.npy", whole.substr(0, length));
    EXPECT_NE(error_text<IoError>([&] { load_npy(path); }).find(path), std::string::npos) << length;
  }
}

TEST(Npy, ReadsOrRefusesAFileWithAnyOneByteChanged) {
  const Scratch scratch;
  save_npy(scratch.path("whole.npy"), arange(6).view({2, 3}));
  const std::string whole = read_file(scratch.path("whole.npy"));
  int refused = 0;
  for (size_t at = 0; at < 128; ++at) {
    for (const char byte : {'\0', '\xff', '9', ' ', '(', '\''}) {
      std::string changed = whole;
      changed[at] = byte;
      const std::string path = scratch.put("changed.npy", changed);
      refused += error_text<IoError>([&] { load_npy(path); }) != "no error";
    }
  }
  EXPECT_GT(refused, 300);  // all but the changes that leave the header's meaning alone
}

}  // namespace
}  // namespace lt
