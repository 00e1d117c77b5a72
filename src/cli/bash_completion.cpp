#include "cli/bash_completion.hpp"

#include <string_view>

namespace orderflow::cli {
namespace {

constexpr std::string_view head =
    R"(# Completion of orderflow for bash: source <(orderflow completion bash)
_orderflow_paths() {
  compopt -o filenames 2>/dev/null
  mapfile -t COMPREPLY < <(compgen -f -- "$1")
}

_orderflow() {
  local current=${COMP_WORDS[COMP_CWORD]} previous='' command='' word words='' i skip=0
  ((COMP_CWORD > 0)) && previous=${COMP_WORDS[COMP_CWORD - 1]}
  # bash cuts --flag=value into three words.
  if [[ $current == = ]]; then
    current=''
  elif [[ $previous == = ]]; then
    previous=${COMP_WORDS[COMP_CWORD - 2]}
  fi
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; ++i)); do
    word=${COMP_WORDS[i]}
    if [[ $word == = ]]; then
      skip=1
      continue
    fi
    if ((skip)); then
      skip=0
      continue
    fi
)";

constexpr std::string_view tail = R"(  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}
complete -F _orderflow orderflow
)";

/// For a pattern of `case`: the command, a blank, and the word.
std::string quoted(const std::string& path, const std::string& word) {
  return "'" + path + " " + word + "'";
}

std::string joined(const std::vector<std::string>& words, std::string_view between) {
  std::string text;
  for (const std::string& word : words) {
    if (!text.empty()) text += between;
    text += word;
  }
  return text;
}

void append_case(std::string& out, const std::vector<std::string>& patterns,
                 const std::string& action) {
  if (patterns.empty()) return;
  out += "    " + joined(patterns, " | ") + ")\n      " + action + "\n      ;;\n";
}

std::string words_of_line(const std::vector<CommandPage>& pages) {
  std::vector<std::string> commands;
  std::vector<std::string> valued;
  for (const CommandPage& page : pages) {
    for (const std::string& name : page.subcommands)
      commands.push_back(quoted(page.path, name));
    for (const Parameter& flag : page.flags) {
      if (flag.value.empty()) continue;
      for (const std::string& name : flag.names)
        valued.push_back(quoted(page.path, name));
    }
  }
  std::string out = "    case \"$command $word\" in\n";
  append_case(out, commands, "command=${command:+$command }$word");
  append_case(out, valued, "[[ ${COMP_WORDS[i + 1]} == = ]] || skip=1");
  return out + "    esac\n  done\n";
}

std::string values(const std::vector<CommandPage>& pages) {
  std::vector<std::string> paths;
  std::vector<std::string> unknown;
  std::string chosen;
  for (const CommandPage& page : pages) {
    for (const Parameter& flag : page.flags) {
      if (flag.value.empty()) continue;
      std::vector<std::string> patterns;
      for (const std::string& name : flag.names)
        patterns.push_back(quoted(page.path, name));
      if (!flag.choices.empty()) {
        append_case(chosen, patterns,
                    "mapfile -t COMPREPLY < <(compgen -W '" + joined(flag.choices, " ") +
                        "' -- \"$current\")\n      return");
      } else {
        auto& group = flag.takes_path() ? paths : unknown;
        group.insert(group.end(), patterns.begin(), patterns.end());
      }
    }
  }
  std::string out = "  case \"$command $previous\" in\n" + chosen;
  append_case(out, paths, "_orderflow_paths \"$current\"\n      return");
  append_case(out, unknown, "return");
  return out + "  esac\n";
}

std::string words_by_command(const std::vector<CommandPage>& pages) {
  std::string out = "  case \"$command\" in\n";
  std::vector<std::string> with_paths;
  for (const CommandPage& page : pages) {
    std::vector<std::string> words = page.subcommands;
    for (const Parameter& flag : page.flags)
      words.insert(words.end(), flag.names.begin(), flag.names.end());
    append_case(out, {"'" + page.path + "'"}, "words='" + joined(words, " ") + "'");
    for (const Parameter& argument : page.arguments) {
      if (argument.takes_path()) with_paths.push_back("'" + page.path + "'");
    }
  }
  out += "  esac\n  if [[ $current != -* ]]; then\n    case \"$command\" in\n";
  append_case(out, with_paths, "_orderflow_paths \"$current\"\n      return");
  return out + "    esac\n  fi\n";
}

}  // namespace

std::string bash_completion(const std::vector<CommandPage>& pages) {
  return std::string(head) + words_of_line(pages) + values(pages) + words_by_command(pages) +
         std::string(tail);
}

}  // namespace orderflow::cli
