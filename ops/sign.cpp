#include <retrograph/ops/entries.hpp>

namespace retrograph {

std::vector<CatalogueEntry> sign_entries() {
  return {};
}

}  // namespace retrograph
