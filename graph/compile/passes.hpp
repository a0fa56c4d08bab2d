#pragma once

#include <array>
#include <string_view>

namespace retrograph {

/// Which passes of the compiler run. All do, but for tests and for looking at what one of them does: results
/// are the same without, up to rounding.
struct Passes {
  bool fold_constants = true;
  bool merge_equal = true;
  bool simplify = true;
  bool combine = true;
  bool fuse = true;
  bool generate = true;  // machine code for what is fused
  bool update_in_place = true;
};

/// Every pass that can be switched, by name.
struct NamedPass {
  std::string_view name;
  bool Passes::*runs;
};
inline constexpr std::array named_passes{NamedPass{"fold_constants", &Passes::fold_constants},
                                         NamedPass{"merge_equal", &Passes::merge_equal},
                                         NamedPass{"simplify", &Passes::simplify},
                                         NamedPass{"combine", &Passes::combine},
                                         NamedPass{"fuse", &Passes::fuse},
                                         NamedPass{"generate", &Passes::generate},
                                         NamedPass{"update_in_place", &Passes::update_in_place}};

}  // namespace retrograph
