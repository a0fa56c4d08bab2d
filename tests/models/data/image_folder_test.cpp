#include <retrograph/models/data/image_folder.hpp>

#include "support/matchers.hpp"
#include "support/png_files.hpp"

using namespace retrograph;
using namespace retrograph::test;

namespace {

/// Folders of pictures of one grey each.
class Pictures {
 public:
  void add(const std::string& name, std::uint32_t width, std::uint32_t height, std::uint8_t grey) const {
    std::filesystem::create_directories((folder_ / name).parent_path());
    write_file(folder_ / name, grey_png(width, height, Bytes(std::size_t{width} * height, grey)));
  }
  const std::filesystem::path& path() const { return folder_.path(); }
  std::filesystem::path operator/(std::string_view name) const { return folder_ / name; }

 private:
  TemporaryFolder folder_;
};

}  // namespace

TEST_CASE(
    "image_folder takes folders for classes and pictures for samples, both in the order of their names") {
  const Pictures pictures;
  pictures.add("dogs/b.png", 2, 1, 51);
  pictures.add("dogs/a.PNG", 2, 1, 102);
  pictures.add("cats/9.png", 2, 1, 0);
  pictures.add("cats/10.png", 2, 1, 255);
  pictures.add("cats/.hidden.png", 7, 7, 1);
  pictures.add(".trash/1.png", 7, 7, 1);
  write_file(pictures / "cats/notes.txt", "no picture");
  write_file(pictures / "readme.txt", "no class");
  const auto data = image_folder(pictures.path());
  CHECK_THAT(data.images, equals(Array::of<float>({4, 1, 2}, {1, 1, 0, 0, 102 / 255.0f, 102 / 255.0f,
                                                              51 / 255.0f, 51 / 255.0f})));
  CHECK_THAT(data.labels, equals(Array::of<std::int32_t>({4}, {0, 0, 1, 1})));
  CHECK(data.class_names == std::vector<std::string>{"cats", "dogs"});
}

TEST_CASE("image_folder refuses pictures of several sizes, or scales them to one") {
  const Pictures pictures;
  pictures.add("a/1.png", 4, 2, 255);
  pictures.add("b/2.png", 3, 5, 51);
  CHECK_REFUSED(DataError, image_folder(pictures.path()), "b/2.png' is [5, 3], and '");
  CHECK_REFUSED(DataError, image_folder(pictures.path()), "a/1.png' is [2, 4]");
  const auto data = image_folder(pictures.path(), {.size = {{1, 2}}});
  CHECK_THAT(data.images, equals(Array::of<float>({2, 1, 2}, {1, 1, 0.2f, 0.2f})).within(2_ulp));
}

TEST_CASE("image_folder reads colours, the channel first, and scales each by itself") {
  const Pictures pictures;
  pictures.add("a/1.png", 1, 1, 9);
  write_file(pictures / "a/1.png", png_bytes(PngKind::rgb, 8, 2, 1, {255, 0, 51, 0, 255, 51}));
  const auto data = image_folder(pictures.path(), {.colour = true});
  CHECK_THAT(data.images, equals(Array::of<float>({1, 3, 1, 2}, {1, 0, 0, 1, 0.2f, 0.2f})));
  const auto scaled = image_folder(pictures.path(), {.colour = true, .size = {{1, 1}}});
  CHECK_THAT(scaled.images, equals(Array::of<float>({1, 3, 1, 1}, {0.5, 0.5, 0.2f})).within(2_ulp));
}

TEST_CASE("image_folder names what is missing or damaged") {
  const Pictures pictures;
  CHECK_REFUSED(DataError, image_folder(pictures.path()),
                "' has no folders, and was to have one of each class");
  CHECK_REFUSED(FileError, image_folder(pictures / "absent"), "cannot read '");
  pictures.add("a/1.png", 4, 2, 255);
  std::filesystem::create_directory(pictures / "b");
  CHECK_REFUSED(DataError, image_folder(pictures.path()), "there are no .png files in '");
  write_file(pictures / "b/2.png", "no picture");
  CHECK_REFUSED(DataError, image_folder(pictures.path()), "b/2.png' is no whole PNG");
}

TEST_CASE("image_folder refuses a class whose name is no UTF-8, which no log could have") {
  const Pictures pictures;
  pictures.add("caf\xe9/1.png", 4, 2, 255);
  CHECK_REFUSED(DataError, image_folder(pictures.path()), "has a name that is no UTF-8");
}
