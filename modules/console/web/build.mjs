// Builds the page: bundles src, names each file after its content, compresses it, and writes it as C++
// for the executable.
//
//   node build.mjs OUTPUT.cpp [FOLDER]    FOLDER also gets the files as they are
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "esbuild";

const compressed_bytes_max = 150_000;
const types = {
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  svg: "image/svg+xml",
  html: "text/html; charset=utf-8",
};

const here = dirname(fileURLToPath(import.meta.url));
const [output, folder] = process.argv.slice(2);
if (!output) {
  console.error("usage: node build.mjs OUTPUT.cpp [FOLDER]");
  process.exit(2);
}

const bundle = await build({
  absWorkingDir: here,
  entryPoints: ["src/main.tsx"],
  outfile: "page.js",
  bundle: true,
  minify: true,
  write: false,
  format: "esm",
  target: "es2022",
  jsx: "automatic",
  jsxImportSource: "preact",
  legalComments: "none",
  logLevel: "warning",
});

/** An asset under a name that changes with its content, so that it can be kept forever. */
function named(kind, bytes) {
  const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 16);
  return { kind, bytes, path: `/console/${kind}-${hash}.${kind}` };
}

const built = (end) => Buffer.from(bundle.outputFiles.find((file) => file.path.endsWith(end)).contents);
const assets = {
  script: named("js", built(".js")),
  style: named("css", built(".css")),
  icon: named("svg", readFileSync(join(here, "icon.svg"))),
};
const index = readFileSync(join(here, "index.html"), "utf8").replace(/\{\{(\w+)\}\}/g, (_, name) => assets[name].path);
const files = [{ kind: "html", bytes: Buffer.from(index), path: "/" }, ...Object.values(assets)];

const brotli = (bytes) =>
  brotliCompressSync(bytes, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
  });

/** Octal escapes of three digits end by themselves, whatever follows. */
function literal(bytes) {
  const lines = [];
  for (let at = 0; at < bytes.length; at += 30) {
    let line = "";
    for (const byte of bytes.subarray(at, at + 30)) line += `\\${byte.toString(8).padStart(3, "0")}`;
    lines.push(`      "${line}"`);
  }
  return `std::string_view(\n${lines.join("\n")},\n      ${bytes.length})`;
}

let transferred = 0;
const entries = files.map(({ kind, bytes, path }) => {
  const gzip = gzipSync(bytes, { level: 9 });
  transferred += gzip.length;
  return `  {\n   "${path}",\n   "${types[kind]}",\n   ${literal(brotli(bytes))},\n   ${literal(gzip)}}`;
});
if (transferred > compressed_bytes_max) {
  console.error(`The page has ${transferred} bytes when compressed; at most ${compressed_bytes_max} are allowed.`);
  process.exit(1);
}

writeFileSync(
  output,
  `// Made by modules/console/web/build.mjs.
#include "embedded_files.hpp"

#include <array>

namespace orderflow::console {
namespace {

constexpr std::array<EmbeddedFile, ${files.length}> files{{
${entries.join(",\n")}}};

}  // namespace

std::span<const EmbeddedFile> embedded_files() noexcept {
  return files;
}

}  // namespace orderflow::console
`,
);
if (folder) {
  for (const { bytes, path } of files) {
    const file = join(folder, path === "/" ? "index.html" : path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, bytes);
  }
}
console.log(`console: ${files.length} files, ${transferred} bytes compressed`);
