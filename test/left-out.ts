import { globSync } from 'node:fs'

const aws = '**/*.aws.test.ts'
/** Fleets of real processes, and what needs programs that are not npm's. */
const fleet = '**/*.fleet.test.ts'
const folders = '{core,infra,runbooks,test}'

/** What `npm test` leaves out. `JIDOKA_TESTS`: `fleet` for the fleets as well, `all` for more runs of each property too. */
export const leftOutFiles = ({ JIDOKA_TESTS }: NodeJS.ProcessEnv) => [aws, ...(JIDOKA_TESTS ? [] : [fleet])]

/** A reporter that says at the end of `npm test` what was not run, and how to run it. */
export const leftOut = {
  onTestRunEnd() {
    const count = (pattern: string) => globSync(`${folders}/${pattern}`).length
    console.log(`Left out: ${count(aws)} files of tests that scan an AWS of Python's (moto). \`npm run test:aws\` runs them.`)
    if (!process.env.JIDOKA_TESTS)
      console.log(`And ${count(fleet)} with fleets of processes, PostgreSQL's own tools and HAProxy. \`npm run test:fleet\` runs them.`)
    console.log()
  },
}
