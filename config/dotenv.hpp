#pragma once

#include "config/diagnostic.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace creamery {

/// One line `NAME=value` of a `.env` file.
struct dotenv_variable {
  std::string name;
  std::string value;
  source_place where;
};

/// What a `.env` file says; each name occurs once.
struct dotenv_result {
  std::vector<dotenv_variable> variables;
  std::vector<diagnostic> diagnostics;
};

/// Reads the text of a `.env` file: a variable a line, `#` comments (after white space also behind a value), an
/// optional `export`, values bare, in `'single quotes'` (as they are) or in `"double quotes"` with the escapes `\n`,
/// `\r`, `\t`, `\\`, `\"` and `\$`. Nothing is interpolated. Lines with a mistake are left out and named; the text of a
/// value never is.
dotenv_result parse_dotenv(std::string_view text, std::string_view file);

} // namespace creamery
