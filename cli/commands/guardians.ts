import { didYouMean } from '../../core/catalog/problems.ts'
import { fault } from '../../core/errors.ts'
import type { Guardian } from '../../guardians/define.ts'
import type { Report } from '../../guardians/report.ts'
import { type Cli, defineCommand, forScripts, reaching } from '../define.ts'
import { localeOf } from '../locale.ts'

/** Looks at an account without a controller and without a configuration; with them it goes by what they say. */
export const guardians = defineCommand('guardians', {
  summary: 'Inspect the platform: list the guardians, run them here, send what they found',
  setup(command, cli, run) {
    forScripts(command.command('list').description('Guardians and their checks')).action(run((options) => list(cli, options)))
    reaching(
      forScripts(
        command
          .command('run')
          .argument('[guardians...]', 'ids; all when absent')
          .description('Look now, with the AWS credentials that are here'),
      ),
    )
      .option('--check <id...>', 'only these checks')
      .option('--profile <name>', 'of the AWS configuration (default: AWS_PROFILE)')
      .option('--region <name...>', 'regions to look at (default: those of the configuration, else AWS_REGION)')
      .option('--config <file>', 'configuration with accounts, thresholds, owners (default: none)')
      .option('--html <file>', 'also write a page')
      .option('--sarif <file>', 'also write SARIF 2.1.0')
      .option('--ocsf <file>', 'also write OCSF compliance findings')
      .option('--locale <en|ja>', 'language of what people read (default: of the terminal)')
      .option('--fail-on <severity>', 'exit with 1 when there is a finding of this severity or worse: low, medium, high')
      .option('--send', 'give the report to the controller, which keeps, asks and closes')
      .action(run((ids: string[], options: RunOptions) => look(cli, ids, options)))
  },
})

interface RunOptions {
  json?: boolean
  check?: string[]
  profile?: string
  region?: string[]
  config?: string
  html?: string
  sarif?: string
  ocsf?: string
  locale?: string
  failOn?: string
  send?: boolean
  url?: string
  data?: string
  token?: string
}

const ranks = ['low', 'medium', 'high']

async function list(cli: Cli, options: { json?: boolean }) {
  const { catalogue: guardians } = await import('../../guardians/catalogue.ts')
  if (options.json) {
    cli.json({
      guardians: guardians.map(({ id, title, checks }) => ({
        id,
        title: title.en,
        checks: checks.map((check) => ({ id: check.id, severity: check.severity, title: check.title.en })),
      })),
    })
    return 0 as const
  }
  const locale = localeOf(cli.env)
  for (const { id, title, checks } of guardians) {
    cli.out(`${id}  ${title[locale]}`)
    for (const check of checks) cli.out(`  ${check.severity.padEnd(6)}  ${check.id.padEnd(30)}  ${check.title[locale]}`)
  }
  return 0 as const
}

async function look(cli: Cli, ids: string[], options: RunOptions) {
  const [{ guardians: ours }, { configSchema }, { loadConfig }, { scanHere }, { systemClock }, { systemRandom }, { idMint }] =
    await Promise.all([
      import('../../guardians/registry.ts'),
      import('../../core/catalog/schema.ts'),
      import('../../core/config.ts'),
      import('../../infra/main/scan.ts'),
      import('../../core/clock.ts'),
      import('../../core/random.ts'),
      import('../../core/ids.ts'),
    ])
  const locale = localeOption(options.locale) ?? localeOf(cli.env)
  const config = options.config === undefined ? configSchema.parse({}) : (await loadConfig({ file: options.config, cwd: cli.cwd })).config
  const guardians = [...ours, ...(config.guardians.own as Guardian[])]
  for (const id of ids)
    known(
      'guardian',
      id,
      guardians.map((guardian) => guardian.id),
    )
  const checkIds = guardians.flatMap(({ checks }) => checks.map(({ id }) => id))
  for (const id of options.check ?? []) known('check', id, checkIds)
  if (options.failOn !== undefined) known('severity', options.failOn, ranks)

  const { platformOf } = await import('../../infra/main/platform.ts')
  const chosen = guardians.filter(({ id }) =>
    ids.length > 0 ? ids.includes(id) : config.guardians.only.length === 0 || config.guardians.only.includes(id),
  )
  const { openProgress } = await import('../guardians/progress.ts')
  const progress = openProgress(cli, locale)
  // What waits for its turn at AWS waits on timers that keep nothing alive.
  const alive = setInterval(() => {}, 60_000)
  const report = await scanHere({
    config: config.guardians,
    guardians: chosen,
    run: idMint(systemClock, systemRandom)('scan'),
    clock: systemClock,
    random: systemRandom,
    environment: (name) => cli.env[name],
    platform:
      options.config === undefined
        ? null
        : platformOf({ config, clock: systemClock, environment: (name) => cli.env[name], data: cli.dataOf(options) }),
    ...(options.check ? { only: options.check } : {}),
    ...(options.profile === undefined ? {} : { profile: options.profile }),
    ...(options.region ? { regions: options.region } : {}),
    onProgress: progress.at,
    signal: cli.interrupted,
  }).finally(() => {
    clearInterval(alive)
    progress.end()
  })

  const { writeForms } = await import('../guardians/forms.ts')
  await writeForms(cli, report, chosen, options, locale)
  if (options.send) await send(cli, report, options)
  const limit = options.failOn === undefined ? ranks.length : ranks.indexOf(options.failOn)
  return report.findings.some(({ severity }) => ranks.indexOf(severity) >= limit) ? (1 as const) : (0 as const)
}

/** In as many parts as a body may be long. */
async function send(cli: Cli, report: Report, options: RunOptions): Promise<void> {
  const { partsOf } = await import('../../guardians/findings/parts.ts')
  const api = await cli.api(options)
  for (const part of partsOf(report)) await api.send('POST', '/v1/scans', part)
}

function localeOption(text: string | undefined): 'en' | 'ja' | undefined {
  if (text === undefined || text === 'en' || text === 'ja') return text
  throw fault('usage', { problem: `--locale: "${text}" is neither en nor ja.`, hint: 'Nothing was looked at.' })
}

function known(what: string, name: string, names: readonly string[]): void {
  if (names.includes(name)) return
  throw fault('usage', {
    problem: `There is no ${what} "${name}"${didYouMean(name, names)}.`,
    hint: 'Nothing was looked at. `jidoka guardians list` names all.',
  })
}
