import { systemClock } from '../../core/clock.ts'
import { seededRandom } from '../../core/random.ts'
import { type AwsOptions, openAws } from '../../guardians/aws/open.ts'
import type { Guardian } from '../../guardians/define.ts'
import { type Report, reportSchema } from '../../guardians/report.ts'
import { mergeReports } from '../../guardians/scan/merge.ts'
import { type ScanOptions, scan } from '../../guardians/scan/scan.ts'
import { type Answers, openRecorded, type Recorded } from './recorded.ts'
import { testCredentials, testTarget } from './sources.ts'

/** Scans of recorded or generated accounts, for tests of the engine itself: with its tries, without its pace. */

export interface Scanned {
  report: Report
  /** One per shard. */
  shards: Report[]
  recorded: Pick<Recorded, 'calls' | 'count'>
}

/** The whole run: shard after shard while there is a checkpoint, each carried as JSON. */
export async function scanAccount(
  answers: Answers,
  guardians: readonly Guardian[],
  over: Partial<ScanOptions> & { access?: Partial<AwsOptions> } = {},
): Promise<Scanned> {
  const { access, ...options } = over
  const recorded = await openRecorded(answers)
  const aws = openAws({
    ...{ clock: systemClock, random: seededRandom(1), environment: () => undefined, endpoint: recorded.url },
    credentials: async () => testCredentials,
    limits: { pauseMs: 1, paces: { '*': { perSecond: 1e6, burst: 1e6 } } },
    ...access,
  })
  const shards: Report[] = []
  try {
    do {
      const shard = await scan(
        {
          ...{ run: 'scan_1', guardians, targets: [testTarget], settings: { ownerTags: ['owner'] }, overrides: {}, prices: {} },
          ...options,
          checkpoint: shards.at(-1)?.checkpoint ?? options.checkpoint,
        },
        { aws, platform: null, clock: systemClock },
      )
      shards.push(reportSchema.parse(JSON.parse(JSON.stringify(shard))))
    } while (shards.at(-1)?.checkpoint !== undefined && shards.length < 1_000)
    return { report: mergeReports(shards), shards, recorded }
  } finally {
    aws.close()
    await recorded.close()
  }
}

/** What a report says about resources, without when and at what cost. */
export const said = ({ findings, unknown, coverage, undecided }: Report) => ({ findings, unknown, coverage, undecided })

const keyOf = ({ check, account, region, resource }: { check: string; account: string; region: string; resource: string }) =>
  `${check}|${account}|${region}|${resource}`

/** What would be closed by this report, of what is really there. Nothing ever should be. */
export function falselyClosed(there: Report, later: Report): string[] {
  const seen = new Set(later.findings.map(keyOf))
  const undecided = new Set(
    later.undecided.flatMap(({ resources, ...place }) => resources.map((resource) => keyOf({ ...place, resource }))),
  )
  const covered = new Set(later.coverage.filter(({ complete }) => complete).map((line) => keyOf({ ...line, resource: '' })))
  return there.findings
    .filter((finding) => covered.has(keyOf({ ...finding, resource: '' })))
    .map(keyOf)
    .filter((key) => !seen.has(key) && !undecided.has(key))
}
