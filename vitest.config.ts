import { configDefaults, defineConfig } from 'vitest/config'
import { leftOut, leftOutFiles } from './test/left-out.ts'
import { order } from './test/order.ts'

/** Where the continuous integration wants the totals. */
const report = process.env.TEST_REPORT

export default defineConfig({
  test: {
    include: ['{core,remediation,runbooks,guardians,bots,infra,cli,console,examples,test}/**/*.test.{ts,tsx}'],
    exclude: [...configDefaults.exclude, ...leftOutFiles(process.env)],
    // Tests start processes, servers and native drivers: a process of its own per file keeps a leak where it was made.
    pool: 'forks',
    globalSetup: ['test/global.ts'],
    // Two at a time also on larger machines: several files start fleets of processes, and their timings are checked.
    maxWorkers: 2,
    sequence: { sequencer: order },
    testTimeout: 30_000,
    hookTimeout: 60_000,
    reporters: report ? ['default', leftOut, ['json', { outputFile: report }]] : ['default', leftOut],
    coverage: { provider: 'v8', include: ['{core,remediation,runbooks,guardians,bots,infra,cli}/**/*.ts'], exclude: ['**/*.test.ts'] },
  },
})
