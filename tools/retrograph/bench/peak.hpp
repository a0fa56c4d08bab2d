#pragma once

namespace retrograph::program {

/// Floating-point operations a second of multiplications and additions in registers alone, on so many
/// threads: the best of a few tries of some milliseconds.
double measured_peak(int threads);

}  // namespace retrograph::program
