#pragma once

#include <retrograph/graph/execute/profile.hpp>
#include <retrograph/graph/graph.hpp>

#include <filesystem>

namespace retrograph::program {

/// Writes the spans of a profile as a trace of Chrome's: a "complete" event each, in microseconds from the
/// first, on the thread that ran it. chrome://tracing and Perfetto show it. Throws FileError.
///
/// Source: Duca, Sinclair: "Trace Event Format", 2016.
void write_trace(const std::filesystem::path& path, const Profile& profile, const Graph& graph);

}  // namespace retrograph::program
