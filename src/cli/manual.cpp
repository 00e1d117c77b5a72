#include "cli/manual.hpp"

#include <string_view>

namespace orderflow::cli {
namespace {

/// Text escaped for roff, where a backslash, a hyphen, and a control character at the start of a
/// line have a meaning.
std::string in_roff(std::string_view text) {
  std::string out;
  bool starts_line = true;
  for (const char c : text) {
    if (starts_line && (c == '.' || c == '\'')) out += "\\&";
    starts_line = c == '\n';
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else if (c == '\'') {
      out += "\\(aq";
    } else if (c == '~') {
      out += "\\(ti";
    } else if (c == '^') {
      out += "\\(ha";
    } else if (c == '`') {
      out += "\\(ga";
    } else {
      out += c;
    }
  }
  return out;
}

std::string bold(std::string_view text) {
  return "\\fB" + in_roff(text) + "\\fR";
}

std::string italic(std::string_view text) {
  return "\\fI" + in_roff(text) + "\\fR";
}

void append_footer(std::string& out, std::string_view footer) {
  while (!footer.empty()) {
    const std::size_t end = footer.find("\n\n");
    const std::string_view paragraph = footer.substr(0, end);
    if (paragraph.starts_with("  ")) {
      out += ".PP\n.EX\n" + in_roff(paragraph) + "\n.EE\n";
    } else {
      out += ".PP\n" + in_roff(paragraph) + "\n";
    }
    if (end == std::string_view::npos) return;
    footer.remove_prefix(end + 2);
  }
}

std::string usage(const CommandPage& page) {
  std::string line = bold("orderflow" + (page.path.empty() ? "" : " " + page.path));
  if (!page.flags.empty()) line += " [" + italic("OPTIONS") + "]";
  for (const Parameter& argument : page.arguments) {
    const std::string name = italic(argument.value) + (argument.repeatable ? "..." : "");
    line += argument.required ? " " + name : " [" + name + "]";
  }
  if (!page.subcommands.empty()) line += " " + italic("COMMAND");
  return line;
}

void append_parameter(std::string& out, const Parameter& parameter) {
  std::string names;
  for (const std::string& name : parameter.names)
    names += (names.empty() ? "" : ", ") + bold(name);
  if (!parameter.value.empty()) {
    names += names.empty() ? italic(parameter.value) : " " + italic(parameter.value);
  }
  out += ".TP\n" + names + "\n" + in_roff(parameter.description) + "\n";
  if (!parameter.choices.empty()) {
    std::string list;
    for (const std::string& choice : parameter.choices)
      list += (list.empty() ? "" : ", ") + choice;
    out += "One of " + in_roff(list) + ".\n";
  }
}

void append_command(std::string& out, const CommandPage& page) {
  out += ".SS " + in_roff("orderflow " + page.path) + "\n" + usage(page) + "\n.PP\n" +
         in_roff(page.description) + ".\n";
  for (const Parameter& argument : page.arguments)
    append_parameter(out, argument);
  for (const Parameter& flag : page.flags) {
    if (flag.names.back() == "--help") continue;
    append_parameter(out, flag);
  }
  append_footer(out, page.footer);
}

}  // namespace

std::string man_page(const Manual& manual) {
  const CommandPage& program = manual.pages.front();
  std::string out = ".TH ORDERFLOW 1 \"\" \"orderflow " + manual.version + "\" \"User Commands\"\n";
  out += ".SH NAME\norderflow \\- " + in_roff(program.description) + "\n";
  out += ".SH SYNOPSIS\n" + usage(program) + "\n";
  out += ".SH DESCRIPTION\nEvery command lists its flags with " + bold("--help") + ".\n";
  out += ".SH OPTIONS\n";
  for (const Parameter& flag : program.flags)
    append_parameter(out, flag);
  out += ".SH COMMANDS\n";
  for (std::size_t i = 1; i < manual.pages.size(); ++i)
    append_command(out, manual.pages[i]);
  for (const ManualSection& section : manual.sections) {
    out += ".SH " + in_roff(section.title) + "\n";
    for (const auto& [name, text] : section.entries)
      out += ".TP\n" + bold(name) + "\n" + in_roff(text) + "\n";
  }
  return out;
}

}  // namespace orderflow::cli
