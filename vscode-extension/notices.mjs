/**
 * Writes THIRD-PARTY-NOTICES.txt: the licences of all that the package carries. Which packages of npm's are in the bundles,
 * esbuild has told (dist/*.meta.json); which of Python's, the folder bundled/libs tells.
 */

import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const LIBRARIES = join("bundled", "libs");

/** What stands in a package without being one, and what has to be said of it. */
const WITHIN = {
  "@hpcc-js/wasm-graphviz":
    "It contains Graphviz, compiled and unchanged, under the Eclipse Public License 2.0 (https://www.eclipse.org/legal/epl-2.0/);\n" +
    "its source is at https://gitlab.com/graphviz/graphviz, how it is compiled at https://github.com/hpcc-systems/hpcc-js-wasm.\n" +
    "Graphviz contains Expat, Copyright (c) Thai Open Source Software Center Ltd and others, under the MIT License.",
};

/** The packages of which a bundle has a file, by folder. */
function bundled() {
  const found = new Set();
  for (const name of readdirSync("dist").filter((file) => file.endsWith(".meta.json"))) {
    const { inputs } = JSON.parse(readFileSync(join("dist", name), "utf8"));
    for (const file of Object.keys(inputs)) {
      const folder = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0];
      if (folder) found.add(folder);
    }
  }
  return [...found].map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    return { name, version, license, texts: texts(folder) };
  });
}

function libraries() {
  return readdirSync(LIBRARIES)
    .filter((folder) => folder.endsWith(".dist-info"))
    .map((folder) => {
      const metadata = readFileSync(join(LIBRARIES, folder, "METADATA"), "utf8");
      const field = (name) => new RegExp(`^${name}: (.+)$`, "m").exec(metadata)?.[1];
      const license = field("License-Expression") ?? field("License");
      return { name: field("Name"), version: field("Version"), license, texts: texts(join(LIBRARIES, folder, "licenses"), true) };
    });
}

/** The texts of the licence files in a folder; with `deep`, below it too. */
function texts(folder, deep = false) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: deep, withFileTypes: true })
    .filter((entry) => entry.isFile() && /^(licen[cs]e|copying|notice)/i.test(entry.name))
    .map((entry) => readFileSync(join(entry.parentPath ?? entry.path, entry.name), "utf8").trim());
}

const all = [...bundled(), ...libraries()].sort((one, other) => one.name.localeCompare(other.name));
const unnamed = all.filter(({ license, texts }) => !license && !texts.length).map(({ name }) => name);
if (unnamed.length) throw new Error(`These packages are in the bundle and name no licence: ${unnamed.join(", ")}`);
const notices = all.map(({ name, version, license, texts }) =>
  [`${name} ${version}${license ? ` (${license})` : ""}`, WITHIN[name], ...texts].filter(Boolean).join("\n\n"),
);
const rule = `\n\n${"-".repeat(100)}\n\n`;
writeFileSync("THIRD-PARTY-NOTICES.txt", `${["The extension carries these works of others.", ...notices].join(rule)}\n`);
