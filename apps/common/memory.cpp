#include <libtensor/apps/common/memory.h>

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>

#include <libtensor/apps/common/run.h>

// All of the machine's memory counts, not what is free now: a request is refused only where it never fits.

namespace lt::apps {
namespace {

// What this process may hold: the machine's memory, `ulimit -v`, a container's share
// (cgroups, either version).
double memory_there_is() {
  double bytes =
      static_cast<double>(::sysconf(_SC_PHYS_PAGES)) * static_cast<double>(::sysconf(_SC_PAGESIZE));
  rlimit limit{};
  if (::getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY) {
    bytes = std::min(bytes, static_cast<double>(limit.rlim_cur));
  }
  for (const char* file : {"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"}) {
    double share = 0;
    if (std::ifstream(file) >> share) bytes = std::min(bytes, share);
  }
  return bytes;
}

}  // namespace

void require_memory(const std::string& flags, double bytes) {
  const double there_is = memory_there_is();
  if (bytes <= there_is) return;
  throw AppError(fmt::format("{}: too much: that takes about {:.1f} GB of memory, and there are {:.1f} GB",
                             flags, bytes / 1e9, there_is / 1e9));
}

}  // namespace lt::apps
