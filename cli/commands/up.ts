import type { TokenStore } from '../../core/api/ports.ts'
import type { Config } from '../../core/catalog/schema.ts'
import { fault, isFault } from '../../core/errors.ts'
import type { Api } from '../api.ts'
import { type Cli, defineCommand } from '../define.ts'
import { portOption } from '../options.ts'
import { paints } from '../render.ts'

interface UpOptions {
  config?: string
  data?: string
  host: string
  port: string
  store?: string
  example?: boolean
  examplePort: string
  dryRun?: boolean
  standby?: boolean
  advertise?: string
}

export const up = defineCommand('up', {
  summary: 'Start the controller: engine, API, board; with --example also a platform to try it on',
  setup(command, cli, run) {
    command
      .option('--config <file>', 'configuration (default: jidoka.config.ts, .js, .json or .yaml of this folder)')
      .option('--data <folder>', 'data folder (default: .jidoka)')
      .option('--host <address>', 'address to listen on', '127.0.0.1')
      .option('--port <number>', 'port to listen on; 0: any free one', '7070')
      .option('--store <url>', 'sqlite:FILE or postgres://... (default: SQLite in the data folder)')
      .option('--example', 'start the example platform as well')
      .option('--example-port <number>', 'first port of the example platform', '7100')
      .option('--dry-run', 'plan and page, but touch nothing')
      .option('--standby', 'SQLite: wait for the store while another controller has it, and go on when that one ends')
      .option('--advertise <url>', 'how other controllers and browsers reach this one (default: where it listens)')
      .action(run((options: UpOptions) => start(cli, options)))
  },
})

/** The example's agents have the highest: 103 above its first port. */
const examplePortMax = 65_535 - 103

async function start(cli: Cli, options: UpOptions) {
  const port = portOption(options.port, '--port')
  cli.serve()
  const basePort = portOption(options.examplePort, '--example-port', 1_024, examplePortMax)
  const data = cli.dataOf(options)
  checkStore(options.store)
  // Before all that is heavy: what is wrong in it is told at once.
  const { config, file } = await configOf(cli, options, data, basePort)
  const [{ startController }, { openLog }, { systemRandom }, { controlTokenOf }, { boardFolder, docsFolder, migrationsFolder }] =
    await Promise.all([
      import('../../infra/main/controller.ts'),
      import('../../core/log.ts'),
      import('../../core/random.ts'),
      import('../../infra/main/secrets.ts'),
      import('../../infra/main/places.ts'),
    ])
  const { version } = await import('../version.ts')
  let stopExample = async () => {}
  try {
    const controlToken = await controlTokenOf(data, cli.env, systemRandom)
    const controller = await startController({
      config: options.dryRun ? { ...config, dryRun: true } : config,
      configFile: file,
      data,
      host: options.host,
      port,
      store: options.store,
      controlToken,
      version,
      boardFolder: boardFolder(),
      docsFolder: docsFolder(),
      migrationsFolder,
      log: openLog({ level: cli.env.LOG_LEVEL ?? 'warn' }),
      advertise: advertised(options.advertise),
      standby: options.standby ? { onWait: () => cli.out(waits), signal: cli.interrupted } : undefined,
      environment: (name) => cli.env[name],
      write: (text) =>
        cli.out(cli.tty ? text.replace(/^ *PAGE .*$/m, (title) => paints.colour('red', paints.colour('bold', title))) : text),
      // Not before the store is ours: the platform of another controller on this folder is not to be touched.
      async beforeWatch({ url, tokens }) {
        if (!options.example) return
        const { stopExample: stop } = await import('../../examples/platform/start.ts')
        // Also what half a start has left.
        stopExample = () => stop(data).catch((error) => (isFault(error, 'conflict') ? undefined : Promise.reject(error)))
        await startPlatform(cli, { data, basePort, url, controlToken, tokens })
      },
    })
    try {
      await untilInterrupted(cli, { url: controller.url, token: controller.token, version, example: options.example === true })
    } finally {
      cli.out(options.example ? '\nStopping the example platform and the controller ...' : '\nStopping ...')
      await controller.close()
    }
    return 0 as const
  } catch (error) {
    // It was told to wait no more.
    if (options.standby && cli.interrupted.aborted && isFault(error, 'store-locked')) return 0 as const
    throw error
  } finally {
    await stopExample()
  }
}

const waits = 'Jidoka waits: another controller has the store. When that one ends, this one goes on where it was. Ctrl-C to leave.'

function advertised(url: string | undefined): string | undefined {
  if (url === undefined || (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol))) return url
  const problem = `--advertise must be an http or https URL, got "${url}".`
  throw fault('usage', { problem, hint: 'Nothing was started. Leave it out when others reach this controller where it listens.' })
}

function checkStore(store: string | undefined): void {
  if (store === undefined || /^(sqlite:.|postgres(ql)?:\/\/.)/.test(store)) return
  const problem = `--store must be sqlite:FILE or postgres://..., got "${store.split(':')[0]}:...".`
  throw fault('usage', { problem, hint: 'Nothing was started. Leave it out for SQLite in the data folder.' })
}

async function configOf(cli: Cli, options: UpOptions, data: string, basePort: number): Promise<{ config: Config; file: string }> {
  const { loadConfig, parseConfig } = await import('../../core/config.ts')
  if (!options.example) return loadConfig({ file: options.config, cwd: cli.cwd })
  if (options.config !== undefined)
    throw fault('usage', { problem: '--example brings a configuration of its own.', hint: 'Leave out --config, or leave out --example.' })
  const { exampleConfig } = await import('../../examples/platform/layout.ts')
  const file = 'of the example'
  // With a Slack at hand, the example's Andon has its rooms there.
  const slack = slackOfExample(cli.env)
  return { config: parseConfig(exampleConfig({ basePort, dataFolder: data, slack }), file), file }
}

/** `JIDOKA_SLACK_CHANNEL` is the id of a channel of a workspace whose tokens are in the environment, see docs/slack.md. */
function slackOfExample({ JIDOKA_SLACK_CHANNEL: channel, JIDOKA_SLACK_API_URL: apiUrl }: Cli['env']) {
  return channel ? { channel, ...(apiUrl ? { apiUrl } : {}) } : undefined
}

interface Place {
  data: string
  basePort: number
  url: string
  controlToken: string
  tokens: TokenStore
}

async function startPlatform(cli: Cli, { data, basePort, url, controlToken, tokens }: Place): Promise<void> {
  const { startExample } = await import('../../examples/platform/start.ts')
  const agentToken = await agentTokenOf(data, tokens)
  cli.out(`Starting the example platform; what it writes is in ${data}:`)
  await startExample({
    dataFolder: data,
    basePort,
    controllerUrl: url,
    controlToken,
    agentToken,
    onProgress: (text) => cli.out(`  ${text}`),
  })
}

/** The agents' own token (role `agent`): made once, so that agents of an earlier start are still known. */
async function agentTokenOf(data: string, tokens: TokenStore): Promise<string> {
  const { readFile, writeFile } = await import('node:fs/promises')
  const { systemClock } = await import('../../core/clock.ts')
  const file = `${data}/agent-token`
  const kept = (await readFile(file, 'utf8').catch(() => '')).trim()
  if (tokens.check(kept)) return kept
  const made = await tokens.create(`agents-${systemClock.now().toString(36)}`, 'agent')
  await writeFile(file, `${made}\n`, { mode: 0o600 })
  return made
}

interface Running {
  url: string
  token: string
  version: string
  example: boolean
}

/** Says where it is, then what happens, until Ctrl-C. Scripts that start it without a terminal are told the address only. */
async function untilInterrupted(cli: Cli, { url, token, version, example }: Running): Promise<void> {
  const alive = setInterval(() => {}, 3_600_000) // our own timers never keep the process alive
  const over = new Promise<void>((resolve) => {
    if (cli.interrupted.aborted) resolve()
    cli.interrupted.addEventListener('abort', () => resolve(), { once: true })
  })
  try {
    if (!example) cli.out(`Jidoka ${version} is up at ${url}  (board: ${url}/${cli.tty ? `#token=${token}` : ''})`)
    if (example || cli.tty) await Promise.race([over, follow(cli, url, token, example)])
    await over
  } finally {
    clearInterval(alive)
  }
}

async function follow(cli: Cli, url: string, token: string, example: boolean): Promise<void> {
  const [{ openApi }, { paintsOf }, { tellLive }] = await Promise.all([import('../api.ts'), import('../render.ts'), import('../tell.ts')])
  const api = await openApi({ url, token }, {}, '')
  await tellLive(cli, api, paintsOf(cli), () => (example ? tellExample(cli, api) : Promise.resolve(0)))
}

/** What is broken on purpose stays broken: whoever waits for it waits in vain. */
const healthyWithinMs = 8_000

/** The picture, as soon as all is well or a person is needed; answers when it was taken. */
async function tellExample(cli: Cli, api: Api): Promise<number> {
  const { headline, paintsOf, renderStatus } = await import('../render.ts')
  const { look } = await import('./status.ts')
  const paint = paintsOf(cli)
  const from = performance.now()
  let takenAt = Date.now()
  let picture = await look(api)
  while (headline(picture).level === 'warn' && performance.now() - from < healthyWithinMs && !cli.interrupted.aborted) {
    await new Promise((resolve) => setTimeout(resolve, 100))
    takenAt = Date.now()
    picture = await look(api)
  }
  const jidoka = 'npm run -s jidoka --'
  cli.out(`
${renderStatus(picture, paint)}

Open ${paint('bold', `${api.url}/#token=${api.token}`)}
and in a second terminal try:

  ${jidoka} example kill polaris-1              a process dies: it is restarted
  ${jidoka} example hang dipper-2               a process hangs: it is found and restarted
  ${jidoka} example lose tokyo-a                a whole node is gone: the standby takes over
  ${jidoka} example restore all                 and everything comes back

  ${jidoka} status --watch                      the same picture here
  ${jidoka} incident list                       what happened, and why

Ctrl-C stops everything. What happens is told here:
`)
  return takenAt
}
