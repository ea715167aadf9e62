#pragma once

#include <string>

#include <libtensor/version.h>

namespace lt::inline v0::nn {

// A number as Python prints it: "0.1", "1e-05", and "1.0" where C++ would print "1".
std::string python_text(double x);

}  // namespace lt::inline v0::nn
