/** Stories run on clones of one migrated template database; see test/support/global-setup.ts. */
module.exports = {
  rootDir: __dirname,
  testEnvironment: 'node',
  testMatch: [
    '<rootDir>/src/**/*.spec.ts',
    '<rootDir>/test/unit/**/*.spec.ts',
    '<rootDir>/test/e2e/**/*.spec.ts',
    '<rootDir>/test/browser/**/*.spec.ts',
    '<rootDir>/sdk/src/**/*.spec.ts',
  ],
  transform: { '^.+\\.tsx?$': ['@swc/jest'] },
  moduleFileExtensions: ['ts', 'tsx', 'js', 'mjs', 'json', 'node'],
  modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/data'],
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/global-teardown.ts',
  maxWorkers: 2,
  // A worker keeps some 35 MB of every suite; at three gigabytes its collector took the time of the tests.
  workerIdleMemoryLimit: '1500MB',
  // A suite's own globals lie behind a proxy: 130 ns for each `Math` in a loop, 5 ns where a module is handed it.
  sandboxInjectedGlobals: [
    'Array',
    'Error',
    'Float32Array',
    'Float64Array',
    'Int32Array',
    'JSON',
    'Map',
    'Math',
    'Number',
    'Object',
    'Set',
    'String',
    'Uint32Array',
    'Uint8Array',
  ],
  testTimeout: 30000,
};
