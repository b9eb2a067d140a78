import { resolve } from 'node:path'
import { defineConfig } from 'vitest/config'

/** Where the continuous integration wants the totals. */
const report = process.env.TEST_REPORT

/** The tests that need moto: `npm run test:aws`. */
export default defineConfig({
  test: {
    root: resolve(import.meta.dirname, '../..'),
    include: ['test/aws/**/*.aws.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: report ? ['default', ['json', { outputFile: report }]] : ['default'],
  },
})
