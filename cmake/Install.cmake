# What `cmake --install` puts where, and the packages that CPack makes of it.
include(CMakePackageConfigHelpers)

set(data ${CMAKE_INSTALL_DATADIR}/md5spec)
set(package ${CMAKE_INSTALL_LIBDIR}/cmake/md5spec)

install(TARGETS md5spec md5-reference-server RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(DIRECTORY cases/ DESTINATION ${data}/cases FILES_MATCHING PATTERN "*.yaml" PATTERN "*.json")
install(DIRECTORY fixtures/profiles/ DESTINATION ${data}/profiles FILES_MATCHING PATTERN "*.yaml")
install(FILES README.md LICENSE TYPE DOC)
install(DIRECTORY docs/ TYPE DOC PATTERN man EXCLUDE)
install(FILES docs/man/md5spec.1 docs/man/md5-reference-server.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)

install(FILES suite/cli/completions/md5spec.bash
  DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME md5spec)
install(FILES suite/cli/completions/_md5spec DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
install(FILES suite/cli/completions/md5spec.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)

configure_package_config_file(cmake/md5specConfig.cmake.in md5specConfig.cmake
  INSTALL_DESTINATION ${package} PATH_VARS CMAKE_INSTALL_BINDIR)
write_basic_package_version_file(md5specConfigVersion.cmake COMPATIBILITY SameMajorVersion ARCH_INDEPENDENT)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/md5specConfig.cmake ${CMAKE_CURRENT_BINARY_DIR}/md5specConfigVersion.cmake
  cmake/AddConformanceTests.cmake cmake/ConformanceTests.cmake DESTINATION ${package})

set(CPACK_GENERATOR TGZ DEB)
set(CPACK_PACKAGE_VENDOR "The md5spec developers")
set(CPACK_PACKAGE_CONTACT "The md5spec developers <md5spec@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_RESOURCE_FILE_LICENSE ${PROJECT_SOURCE_DIR}/LICENSE)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
include(CPack)
