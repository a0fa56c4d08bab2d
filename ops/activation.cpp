#include <retrograph/ops/entries.hpp>

namespace retrograph {

std::vector<CatalogueEntry> activation_entries() {
  return {};
}

}  // namespace retrograph
