/** `node --require` this to run TypeScript from source in a child process, compiled as jest compiles it; nothing is written. */
const { readFileSync } = require('node:fs');
// oxlint-disable-next-line typescript/unbound-method -- a loader is called with its own arguments only
const Module = require('node:module');
const { join } = require('node:path');
const { transformSync } = require('@swc/core');

const configFile = join(__dirname, '..', '..', '.swcrc');

Module._extensions['.ts'] = Module._extensions['.tsx'] = (module, filename) => {
  const { code } = transformSync(readFileSync(filename, 'utf8'), { filename, configFile, sourceMaps: 'inline' });
  module._compile(code, filename);
};
