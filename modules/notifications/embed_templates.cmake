# Adds the templates, as text, to the module's library.
file(GLOB NOTIFICATION_TEMPLATES CONFIGURE_DEPENDS
  ${CMAKE_CURRENT_LIST_DIR}/templates/*.subject ${CMAKE_CURRENT_LIST_DIR}/templates/*.txt
  ${CMAKE_CURRENT_LIST_DIR}/templates/*.html ${CMAKE_CURRENT_LIST_DIR}/templates/frame/*)
set(EMBEDDED_TEMPLATES ${CMAKE_BINARY_DIR}/generated/embedded_templates.cpp)
add_custom_command(OUTPUT ${EMBEDDED_TEMPLATES}
  COMMAND ${CMAKE_COMMAND} -DROOT=${CMAKE_CURRENT_LIST_DIR}/templates
          -DOUTPUT=${EMBEDDED_TEMPLATES} -P ${CMAKE_CURRENT_LIST_DIR}/templates/embed.cmake
  DEPENDS ${NOTIFICATION_TEMPLATES} ${CMAKE_CURRENT_LIST_DIR}/templates/embed.cmake
  COMMENT "Embedding mail templates")
set_source_files_properties(${EMBEDDED_TEMPLATES} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
target_sources(orderflow_notifications PRIVATE ${EMBEDDED_TEMPLATES})
