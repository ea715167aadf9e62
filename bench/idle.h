#pragma once

// Whether another hardware thread shares a core, as far as a program can tell. (A process that is given the
// same hardware thread for a while goes unnoticed: a median is what helps against it.)

namespace lt::bench {

// Instructions that a core starts in a cycle, while each of `threads` threads measures it: the fewest of
// theirs, in a few dozen microseconds. Cores of the last ten years start four to eight. While another
// hardware thread of the core works, which may be a stranger's on a virtual machine, each of the two gets
// half; arithmetic in registers does not slow down then, so that it no longer tells what the core could do.
double instructions_per_cycle(int threads);

// Whether that is fewer than a core of four to seven starts for one thread alone.
bool cores_are_shared(int threads);

}  // namespace lt::bench
