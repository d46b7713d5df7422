import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));
const require = createRequire(path.join(root, 'package.json'));
require('reflect-metadata');

/** A module of the build that the service itself runs: what is measured is what is shipped. */
export const built = (file) => require(path.join(root, 'dist', `${file}.js`));

/** The very `pg` that the build loads, so that its statements can be seen. */
export const pg = require('pg');
