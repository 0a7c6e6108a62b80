import { defineConfig } from 'vitest/config';

const everything = ['harness', 'workloads', 'environments', 'results', 'analysis'];
const tests = (suffix: string) => everything.map((folder) => `${folder}/**/*${suffix}`);

/**
 * Four projects, one after the other: `unit` needs only Node and runs files side by side; `integration` starts real
 * engines, stores and processes, one file at a time so that they do not disturb each other; `machine` starts virtual
 * machines, which wait more than they work, two files at a time; `tidy` reads the source as text.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: tests('.test.ts'),
          exclude: [
            '**/*.integration.test.ts',
            '**/*.machine.test.ts',
            '**/tidy.test.ts',
            '**/node_modules/**',
          ],
          maxWorkers: '100%',
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'integration',
          include: tests('.integration.test.ts'),
          sequence: { groupOrder: 1 },
          maxWorkers: 1,
          testTimeout: 120_000,
          hookTimeout: 300_000,
        },
      },
      {
        test: {
          name: 'machine',
          include: tests('.machine.test.ts'),
          sequence: { groupOrder: 2 },
          maxWorkers: 2,
          // An emulated processor is some 13 times slower, and a busy host several times slower again.
          testTimeout: 600_000,
          hookTimeout: 600_000,
        },
      },
      // It parses every source file: seconds on a quiet machine, and no test of how fast that is.
      { test: { name: 'tidy', include: ['harness/tidy.test.ts'], maxWorkers: '100%', testTimeout: 120_000 } },
    ],
  },
});
