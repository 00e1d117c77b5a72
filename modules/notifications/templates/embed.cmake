# Writes a C++ source that holds every template of this folder as text.
# Called with -DROOT=<this folder> -DOUTPUT=<file>.
file(GLOB templates RELATIVE ${ROOT}
  ${ROOT}/*.subject ${ROOT}/*.txt ${ROOT}/*.html)
list(SORT templates)
set(text "#include \"composing/embedded_templates.hpp\"\n\nnamespace orderflow::notifications {\n\n")
string(APPEND text "std::vector<EmbeddedTemplate> embedded_templates() {\n  return {\n")
foreach(template IN LISTS templates)
  file(READ ${ROOT}/${template} content)
  string(APPEND text "      {\"${template}\", R\"template(${content})template\"},\n")
endforeach()
string(APPEND text "  };\n}\n\n}  // namespace orderflow::notifications\n")
file(WRITE ${OUTPUT} "${text}")
