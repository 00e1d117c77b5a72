# Writes a C++ source that holds every description of routes and every example of an event as text.
# Called with -DROOT=<project folder> -DOUTPUT=<file>.
file(GLOB descriptions RELATIVE ${ROOT} ${ROOT}/src/app/*api.json ${ROOT}/modules/*/*.openapi.json
     ${ROOT}/modules/*/*/*.openapi.json ${ROOT}/modules/*/contract/*.example.json)
list(SORT descriptions)
set(text "#include \"embedded_descriptions.hpp\"\n\nnamespace orderflow::app {\n\n")
string(APPEND text "std::vector<EmbeddedDescription> embedded_descriptions() {\n  return {\n")
foreach(description IN LISTS descriptions)
  file(READ ${ROOT}/${description} json)
  string(APPEND text "      {\"${description}\", R\"json(${json})json\"},\n")
endforeach()
string(APPEND text "  };\n}\n\n}  // namespace orderflow::app\n")
file(WRITE ${OUTPUT} "${text}")
