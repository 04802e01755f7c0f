# What is installed, and the Debian package of it: `cpack -G DEB` in the build folder.
install(FILES contrib/systemd/slipway.service DESTINATION lib/systemd/system)
install(PROGRAMS contrib/ci/comment.sh contrib/ci/annotate.sh contrib/ci/verify.sh DESTINATION share/slipway/ci)
install(FILES contrib/ci/github.yml contrib/ci/gitlab.yml contrib/ci/gitea.yml contrib/ci/woodpecker.yml
        DESTINATION share/slipway/ci)
install(PROGRAMS contrib/hooks/pre-commit contrib/hooks/pre-receive DESTINATION share/slipway/hooks)
install(FILES schema/asset.schema.json schema/cluster.schema.json schema/daemon.schema.json schema/node.schema.json
              schema/plan.schema.json schema/site.schema.json
        DESTINATION share/slipway/schema)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_PACKAGE_NAME slipway)
set(CPACK_PACKAGE_CONTACT "The Slipway project <slipway@example.org>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "Boots bare-metal Kubernetes machines from Git")
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "openssh-client, gpgv, tzdata")  # the first two judge signatures
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "ipxe, ca-certificates")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "shim-signed, grub-efi-amd64-signed, pxelinux, syslinux-common")
include(CPack)
