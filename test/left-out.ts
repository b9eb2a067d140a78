import { globSync } from 'node:fs'
import type { Reporter } from 'vitest/reporters'

/** Says at the end of `npm test` what was not run, and how to run it. */
export default {
  onTestRunEnd() {
    const files = globSync('test/aws/**/*.aws.test.ts', { cwd: process.cwd() })
    console.log(`Left out: ${files.length} files of tests that scan an AWS of Python's (moto). \`npm run test:aws\` runs them.\n`)
  },
} satisfies Reporter
