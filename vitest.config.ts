import { defineConfig } from 'vitest/config';

const everything = ['harness', 'workloads', 'environments', 'results', 'analysis'];
const slow = '*.integration.test.ts';

/**
 * Three projects: `unit` needs only Node and runs files side by side; `integration` starts real engines, stores
 * and processes, one file at a time so that they do not disturb each other; `tidy` reads the source as text.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: everything.map((folder) => `${folder}/**/*.test.ts`),
          exclude: [`**/${slow}`, '**/tidy.test.ts', '**/node_modules/**'],
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'integration',
          include: everything.map((folder) => `${folder}/**/${slow}`),
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 300_000,
        },
      },
      // It parses every source file: seconds on a quiet machine, and no test of how fast that is.
      { test: { name: 'tidy', include: ['harness/tidy.test.ts'], testTimeout: 120_000 } },
    ],
  },
});
