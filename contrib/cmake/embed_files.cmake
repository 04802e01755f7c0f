# Writes OUT: one C++ raw string per file, and a look-up by base name.
# A literal is cut into parts, since compilers limit the length of one.
# The cut-up parts still make one literal, and ISO C++ promises only 64 KiB; both compilers take far more.
set(body "#pragma GCC diagnostic ignored \"-Woverlength-strings\"\n#include <array>\n#include <optional>\n#include <string_view>\n#include <utility>\n\nnamespace ${NAMESPACE} {\nnamespace {\n")
set(table "")
set(count 0)
foreach(file IN LISTS FILES)
  get_filename_component(name ${file} NAME)
  file(READ ${DIR}/${file} content HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "\\\\x\\1" escaped "${content}")
  string(REGEX REPLACE "((\\\\x[0-9a-f][0-9a-f])(\\\\x[0-9a-f][0-9a-f])(\\\\x[0-9a-f][0-9a-f])(\\\\x[0-9a-f][0-9a-f])(\\\\x[0-9a-f][0-9a-f])(\\\\x[0-9a-f][0-9a-f])(\\\\x[0-9a-f][0-9a-f])(\\\\x[0-9a-f][0-9a-f]))" "\\1\"\n\"" escaped "${escaped}")
  string(APPEND body "constexpr char kFile${count}[] =\n\"${escaped}\";\n")
  string(APPEND table "    {\"${name}\", {kFile${count}, sizeof(kFile${count}) - 1}},\n")
  math(EXPR count "${count}+1")
endforeach()
string(APPEND body "constexpr std::array<std::pair<std::string_view, std::string_view>, ${count}> kFiles{{\n${table}}};\n}  // namespace\n\n")
string(APPEND body "std::optional<std::string_view> EmbeddedFile(std::string_view name) {\n  for (const auto& [key, bytes] : kFiles) {\n    if (key == name) return bytes;\n  }\n  return std::nullopt;\n}\n}  // namespace ${NAMESPACE}\n")
file(WRITE ${OUT} "${body}")
