# What `cmake --install` lays out, and the .deb that CPack makes of it: scripts/package calls both.
include(GNUInstallDirs)

set(INSTALLED ${CMAKE_BINARY_DIR}/installed)
# Written by the executable itself, so it need not be installed first.
add_custom_target(orderflow_guides
  COMMAND ${CMAKE_COMMAND} -E make_directory ${INSTALLED}
  COMMAND orderflow man > ${INSTALLED}/orderflow.1
  COMMAND orderflow completion bash > ${INSTALLED}/orderflow.bash
  COMMAND ${PROJECT_SOURCE_DIR}/scripts/package.d/debian_files ${INSTALLED}
          ${ORDERFLOW_PACKAGE_VERSION}
  VERBATIM)
add_dependencies(orderflow_guides orderflow)

# The unit names the executable where an administrator puts it by hand; a package has it in /usr/bin.
file(READ ${PROJECT_SOURCE_DIR}/config/systemd/orderflow.service UNIT)
string(REPLACE /usr/local/bin/ /usr/bin/ UNIT "${UNIT}")
file(WRITE ${INSTALLED}/orderflow.service "${UNIT}")

set(DOCUMENTS ${CMAKE_INSTALL_DATADIR}/doc/orderflow)
install(TARGETS orderflow RUNTIME)
install(FILES ${INSTALLED}/orderflow.1.gz DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${INSTALLED}/orderflow.bash
        DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME orderflow)
install(FILES ${INSTALLED}/orderflow.service DESTINATION lib/systemd/system)
install(FILES ${PROJECT_SOURCE_DIR}/config/orderflow.json DESTINATION /etc/orderflow)
install(FILES ${INSTALLED}/changelog.gz ${INSTALLED}/copyright DESTINATION ${DOCUMENTS})
install(FILES ${PROJECT_SOURCE_DIR}/config/production.json DESTINATION ${DOCUMENTS}/examples)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/config/split ${PROJECT_SOURCE_DIR}/config/prometheus
        ${PROJECT_SOURCE_DIR}/config/grafana DESTINATION ${DOCUMENTS}/examples)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_PACKAGE_NAME orderflow)
set(CPACK_PACKAGE_VERSION ${ORDERFLOW_PACKAGE_VERSION})
set(CPACK_PACKAGE_CONTACT "The orderflow maintainers <maintainers@orderflow.example>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "event-driven ordering backend in one executable")
set(CPACK_PACKAGE_DESCRIPTION "Takes orders over REST, checks them for fraud, charges them,
notifies the buyer and keeps statistics. Its modules exchange events that
are written in the same synced commit as the change that caused them. Needs
neither a broker nor a database server.")
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "adduser")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "ca-certificates")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(MAINTAINER_SCRIPTS ${CMAKE_CURRENT_LIST_DIR}/debian)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${MAINTAINER_SCRIPTS}/conffiles
    ${MAINTAINER_SCRIPTS}/postinst ${MAINTAINER_SCRIPTS}/prerm ${MAINTAINER_SCRIPTS}/postrm)
include(CPack)
