import type { Finding } from '../../bots/slack/doctor.ts'
import { type Cli, defineCommand, forScripts } from '../define.ts'
import { type Paint, paintsOf } from '../render.ts'

interface DoctorOptions {
  config?: string
  data?: string
  store?: string
  json?: boolean
}

/** Works without a controller: before the first start, and when nothing works any more. */
export const doctor = defineCommand('doctor', {
  summary: 'Look whether everything is set up as it should be, and say what to do about what is not',
  setup(command, cli, run) {
    forScripts(command)
      .option('--config <file>', 'configuration (default: jidoka.config.ts, .js, .json or .yaml of this folder)')
      .option('--data <folder>', 'data folder (default: .jidoka)')
      .option('--store <url>', 'sqlite:FILE or postgres://... (default: SQLite in the data folder)')
      .action(
        run(async (options: DoctorOptions) => {
          const findings = await examine(cli, options)
          if (options.json) cli.json({ findings })
          else cli.out(told(findings, paintsOf(cli)))
          return findings.some(({ level }) => level === 'fail') ? 1 : 0
        }),
      )
  },
})

async function examine(cli: Cli, options: DoctorOptions): Promise<Finding[]> {
  const [{ loadConfig, environment }, { systemClock }, { examineConfig, examineFolder, examineStore }, { examinePagers }] =
    await Promise.all([
      import('../../core/config.ts'),
      import('../../core/clock.ts'),
      import('../doctor/house.ts'),
      import('../doctor/pagers.ts'),
    ])
  const { secret } = environment(cli.env)
  const data = cli.dataOf(options)
  const { findings, config } = await examineConfig(() => loadConfig({ file: options.config, cwd: cli.cwd }))
  const house = [...findings, await examineFolder(data), await examineStore(options.store, data)]
  if (!config) return house
  const pagers = await examinePagers(config.pagers, secret)
  if (!config.slack)
    return [...house, ...pagers, { check: 'slack', level: 'ok', text: 'Not configured; the Andon works by API, command line and pagers.' }]
  const { examineSlack } = await import('../../bots/slack/doctor.ts')
  const slack = await examineSlack({ config, settings: config.slack, environment: secret, clock: systemClock })
  return [...house, ...pagers, ...slack.map((finding) => ({ ...finding, check: `slack ${finding.check}` }))]
}

const marks = { ok: '✓', warn: '!', fail: '✖' } as const
const colours = { ok: 'green', warn: 'yellow', fail: 'red' } as const

/** What is wrong stands last, where the eye is. */
function told(findings: readonly Finding[], paint: Paint): string {
  const order = ['ok', 'warn', 'fail']
  const width = Math.max(...findings.map(({ check }) => check.length))
  const lines = [...findings]
    .sort((a, b) => order.indexOf(a.level) - order.indexOf(b.level))
    .flatMap(({ check, level, text, mend }) => [
      `${paint(colours[level], marks[level])} ${check.padEnd(width)}  ${text}`,
      ...(mend ? [`  ${' '.repeat(width)}  ${paint('bold', mend)}`] : []),
    ])
  const bad = findings.filter(({ level }) => level === 'fail').length
  const soso = findings.filter(({ level }) => level === 'warn').length
  const end =
    bad > 0 ? `${bad} to mend${soso > 0 ? `, ${soso} to look at` : ''}.` : soso > 0 ? `All works; ${soso} to look at.` : 'All is well.'
  return [...lines, '', end].join('\n')
}
