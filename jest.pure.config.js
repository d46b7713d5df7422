/** Pure rules only: no database is started. `node --experimental-vm-modules node_modules/jest/bin/jest.js -c jest.pure.config.js` */
const { globalSetup, globalTeardown, ...rest } = require('./jest.config.js');
module.exports = rest;
