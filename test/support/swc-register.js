/** `node --require` this to run TypeScript from source in a child process, compiled as jest compiles it; nothing is written. */
const { readFileSync } = require('node:fs');
const Module = require('node:module');
const path = require('node:path');
const { transformSync } = require('@swc/core');

const configFile = path.join(__dirname, '..', '..', '.swcrc');

Module._extensions['.ts'] = Module._extensions['.tsx'] = (module, filename) => {
  const { code } = transformSync(readFileSync(filename, 'utf8'), { filename, configFile, sourceMaps: 'inline' });
  module._compile(code, filename);
};
