#include <retrograph/graph/whole_file.hpp>
#include <retrograph/models/data/mnist.hpp>

#include "../commands.hpp"
#include "../output_file.hpp"
#include "json.hpp"
#include "page.hpp"
#include "statements.hpp"
#include "table.hpp"
#include <fmt/format.h>

#include <cstdio>

namespace retrograph::program {
namespace {

constexpr std::int64_t lesson_epochs = LessonTrainings::Options{}.epochs;

void print_statements(const std::vector<Statement>& statements) {
  std::string_view topic;
  for (const auto& statement : statements) {
    if (statement.topic != topic) fmt::print("\n{}\n", statement.topic);
    topic = statement.topic;
    fmt::print("  {:<4} {}: {}\n", statement.holds ? "yes" : "no", statement.text, statement.number);
  }
}

}  // namespace

void run(const LessonCommand& command) {
  for (const auto& file : {command.json, command.page}) require_folder(file);
  const auto data = mnist(command.data);
  const auto digits = lesson_digits(data.train);
  const auto test = lesson_images(data.test);
  LessonTrainings trainings{
      digits, test, {.seeds = command.seeds, .epochs = command.epochs, .threads = command.threads}};
  const auto variant = command.original ? LessonVariant::original : LessonVariant::correct;

  fmt::print("{}\n{}\n", describe(trainings), describe(variant));
  std::vector<const LessonRuns*> shown;
  for (const auto& measured : measured_by_the_original) {
    std::fflush(stdout);
    shown.push_back(&trainings.of(demo(variant, measured.output_rate)));
    print_table(*shown.back(), measured);
  }
  if (command.json) write_json(*command.json, shown);
  const auto statements = check_statements(trainings);
  print_statements(statements);
  if (command.epochs < lesson_epochs)
    fmt::print("\nWhat is said of the demo is of {} epochs; the lesson's are {}.\n", command.epochs,
               lesson_epochs);
  if (command.page) write_whole_file(*command.page, lesson_page(trainings, variant, shown, statements));
  for (const auto& file : {command.json, command.page})
    if (file) fmt::print("wrote {}\n", file->string());
}

}  // namespace retrograph::program
