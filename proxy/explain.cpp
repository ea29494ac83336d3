#include "proxy/explain.hpp"

#include <iostream>
#include <iterator>
#include <memory>
#include <thread>

#include "rewriter/explain.hpp"
#include "rewriter/rewriter.hpp"

#include "proxy/settings.hpp"

namespace occam {

int explain(const std::string& config_file, const std::string& sql, bool json) {
  const auto options = config_file.empty() ? rewriter::RewriterOptions{}
                                           : read_settings(config_file).rewriters.front();
  const auto text = sql == "-" ? std::string{std::istreambuf_iterator<char>(std::cin), {}} : sql;
  if (text.find('\0') != std::string::npos)
    throw std::runtime_error("the statement holds a NUL byte; PostgreSQL knows none");
  rewriter::Rewriter rewriter(options);
  std::shared_ptr<const rewriter::Rewrite> rewrite;
  // On a thread of its own, since those have the stack that parsing may need (main.cpp).
  std::thread([&] { rewrite = rewriter.rewrite(text); }).join();
  std::cout << (json ? explain_json(text, *rewrite) : explain_text(text, *rewrite));
  return rewrite->refusal ? 1 : 0;
}

}  // namespace occam
