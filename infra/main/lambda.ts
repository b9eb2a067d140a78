import { type Clock, systemClock } from '../../core/clock.ts'
import { systemRandom } from '../../core/random.ts'
import { openAws } from '../../guardians/aws/open.ts'
import { targetsOf } from '../../guardians/aws/targets.ts'
import type { Guardian } from '../../guardians/define.ts'
import type { Report } from '../../guardians/report.ts'
import { scan } from '../../guardians/scan/scan.ts'
import { deliverReport } from './deliver-report.ts'

/** What a guardian's Lambda is invoked with; every field has a default, so that `{}` looks at the account and region it runs in. */
export interface GuardianEvent {
  run?: string
  accounts?: { account: string; roleArn?: string; externalId?: string; regions: string[] }[]
  ownerTags?: string[]
  /** As `guardians.checks` and `guardians.prices` of the configuration. */
  checks?: Parameters<typeof scan>[0]['overrides']
  prices?: Parameters<typeof scan>[0]['prices']
  only?: string[]
  /** From the report before: goes on where that one ended. */
  checkpoint?: unknown
  /** By the schedule of the stack: the report is sent to where the environment says. */
  scheduled?: boolean
}

/** The part of Lambda's context that counts. */
export interface GuardianContext {
  awsRequestId: string
  getRemainingTimeInMillis(): number
}

/**
 * The Lambda of one guardian: looks, and answers its report. It ends by itself before the 15 minutes are over; the report then has a
 * `checkpoint`, and is gone on with by the next invocation. Loaded with nothing but this guardian and the clients that it uses.
 */
export const handlerOf =
  (guardian: Guardian, clock: Clock = systemClock, environment = (name: string): string | undefined => process.env[name]) =>
  async (event: GuardianEvent | null, context: GuardianContext): Promise<Report> => {
    const {
      run = context.awsRequestId,
      accounts = [],
      ownerTags = ['owner', 'team'],
      checks = {},
      prices = {},
      only,
      checkpoint,
    } = event ?? {}
    const aws = openAws({ clock, random: systemRandom, environment, accounts })
    try {
      const report = await scan(
        {
          run,
          guardians: [guardian],
          targets: await targetsOf(accounts, aws, environment),
          settings: { ownerTags },
          overrides: checks,
          prices,
          checkpoint,
          remainingMs: () => context.getRemainingTimeInMillis(),
          ...(only ? { only } : {}),
        },
        { aws, platform: null, clock },
      )
      // What an alarm on the log, or a person, reads; findings may be many.
      const { findings, unknown, cost } = report
      console.log(
        JSON.stringify({
          guardian: guardian.id,
          run,
          findings: findings.length,
          unknown: unknown.length,
          calls: cost.calls,
          usd: cost.usd,
          more: report.checkpoint !== undefined,
        }),
      )
      if (event?.scheduled) await deliverReport(report, environment)
      return report
    } finally {
      aws.close()
    }
  }
