/** Pure rules only: no database is started. `node --experimental-vm-modules node_modules/jest/bin/jest.js -c jest.pure.config.js` */
module.exports = { ...require('./jest.config.js'), globalSetup: undefined, globalTeardown: undefined };
