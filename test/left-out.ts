import { globSync } from 'node:fs'

/** A reporter that says at the end of `npm test` what was not run, and how to run it. */
export const leftOut = {
  onTestRunEnd() {
    const files = globSync('test/aws/**/*.aws.test.ts')
    console.log(`Left out: ${files.length} files of tests that scan an AWS of Python's (moto). \`npm run test:aws\` runs them.\n`)
  },
}
