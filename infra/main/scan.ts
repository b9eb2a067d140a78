import type { GuardiansConfig } from '../../core/catalog/schema-guardians.ts'
import type { Clock } from '../../core/clock.ts'
import type { Random } from '../../core/random.ts'
import { openAws } from '../../guardians/aws/open.ts'
import { targetsOf } from '../../guardians/aws/targets.ts'
import type { Guardian } from '../../guardians/define.ts'
import type { Platform } from '../../guardians/platform.ts'
import type { Report } from '../../guardians/report.ts'
import { type Progress, scan } from '../../guardians/scan/scan.ts'

export interface ScanHereOptions {
  /** The block of the configuration; its defaults without one. */
  config: GuardiansConfig
  guardians: readonly Guardian[]
  run: string
  clock: Clock
  random: Random
  environment(name: string): string | undefined
  platform: Platform | null
  /** Check ids; all when absent. */
  only?: readonly string[]
  profile?: string
  /** Instead of those of the configuration. */
  regions?: readonly string[]
  onProgress?(progress: Progress): void
  signal?: AbortSignal
}

/**
 * All guardians over all accounts, in this process, with whatever credentials are there.
 * @throws fault `aws-credentials` when nobody says who we are, `usage` when nobody says where to look
 */
export async function scanHere(options: ScanHereOptions): Promise<Report> {
  const { config, clock, random, environment, profile, regions } = options
  const aws = openAws({ clock, random, environment, accounts: config.accounts, ...(profile === undefined ? {} : { profile }) })
  try {
    return await scan(
      {
        run: options.run,
        guardians: options.guardians,
        targets: await places(),
        settings: { ownerTags: config.ownerTags },
        overrides: config.checks,
        prices: config.prices,
        ...(options.only ? { only: options.only } : {}),
        ...(options.onProgress ? { onProgress: options.onProgress } : {}),
        ...(options.signal ? { signal: options.signal } : {}),
      },
      { aws, platform: options.platform, clock },
    )
  } finally {
    aws.close()
  }

  /** Nowhere, when nothing of AWS is looked at: no credentials are needed then. */
  async function places() {
    const scopes = options.guardians.flatMap(({ checks }) =>
      checks.filter(({ id }) => options.only?.includes(id) ?? true).map(({ subject }) => subject.scope),
    )
    if (scopes.every((scope) => scope === 'platform')) return []
    if (!regions) return targetsOf(config.accounts, aws, environment)
    if (config.accounts.length > 0)
      return targetsOf(
        config.accounts.map((account) => ({ ...account, regions })),
        aws,
        environment,
      )
    const { account } = await aws.whoAmI()
    return targetsOf([{ account, regions }], aws, environment)
  }
}
