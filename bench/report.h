#pragma once

// The table that closes a run of the benches.

#include <string>
#include <vector>

#include <libtensor/bench/rows.h>

namespace lt::bench {

// Where the rows were measured: processor, compiler. Empty if they do not say.
std::string machines_of(const std::vector<Row>& rows);

// "Eigen 3.4.0, PyTorch 1.13.0". Empty if the rows do not say.
std::string versions_of(const std::vector<Row>& rows);

// The peers of any row, each once, in the tables' order.
std::vector<std::string> peers_of(const std::vector<Row>& rows);

// A peer's name as its makers write it.
std::string full_name(const std::string& peer);

// One line for each row below the name of its bench: work, threads, ours, each peer, ratio to the best peer,
// fraction of the limit. '-' where there is no such peer or limit. Above, what the columns mean; below,
// machines_of and versions_of.
std::string table(const std::vector<Row>& rows);

}  // namespace lt::bench
