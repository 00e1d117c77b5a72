# Writes a C++ source that holds files as texts: what the function FUNCTION of embedded_texts.hpp
# returns. Called with -DROOT=<project folder> -DFILES=<paths below it, separated by |>
# -DFUNCTION=<name> -DOUTPUT=<file>.
string(REPLACE "|" ";" files "${FILES}")
list(SORT files)
set(text "#include \"api_docs/embedded_texts.hpp\"\n\nnamespace orderflow::api_docs {\n\n")
string(APPEND text "std::vector<EmbeddedText> ${FUNCTION}() {\n  return {\n")
foreach(path IN LISTS files)
  file(READ ${ROOT}/${path} content)
  string(APPEND text "      {\"${path}\", R\"embedded(${content})embedded\"},\n")
endforeach()
string(APPEND text "  };\n}\n\n}  // namespace orderflow::api_docs\n")
file(WRITE ${OUTPUT} "${text}")
