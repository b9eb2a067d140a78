import type { Config } from '../../core/catalog/schema.ts'
import { type Cli, defineCommand } from '../define.ts'

interface UpOptions {
  config?: string
  data?: string
  host: string
  port: string
  store?: string
  example?: boolean
  examplePort: string
  dryRun?: boolean
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
      .action(run((options: UpOptions) => start(cli, options)))
  },
})

async function start(cli: Cli, options: UpOptions) {
  const [{ startController }, { openLog }, { systemRandom }, { controlTokenOf }, { boardFolder, docsFolder, migrationsFolder }] = await Promise.all([
    import('../../infra/main/controller.ts'),
    import('../../core/log.ts'),
    import('../../core/random.ts'),
    import('../../infra/main/secrets.ts'),
    import('../../infra/main/places.ts'),
  ])
  const { version } = await import('../version.ts')
  const data = cli.dataOf(options)
  const config = await configOf(cli, options, data)
  const controlToken = controlTokenOf(data, cli.env, systemRandom)
  const port = Number(options.port)
  // The platform first: a controller that finds nobody there would call for help.
  const stopExample = options.example ? await withExample(cli, options, data, `http://${options.host}:${port}`, controlToken) : null
  const controller = await startController({
    config: options.dryRun ? { ...config, dryRun: true } : config,
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
    environment: (name) => cli.env[name],
    write: cli.out,
  }).catch(async (error) => {
    await stopExample?.()
    throw error
  })
  if (!options.example) cli.out(`Jidoka ${version} is up at ${controller.url}  (board: ${controller.url}/#token=${cli.tty ? controller.token : 'see the data folder'})`)
  else await tellExample(cli, controller.url, controller.token)
  await new Promise<void>((resolve) => {
    if (cli.interrupted.aborted) resolve()
    const alive = setInterval(() => {}, 3_600_000) // our own timers never keep the process alive
    cli.interrupted.addEventListener('abort', () => {
      clearInterval(alive)
      resolve()
    }, { once: true })
  })
  cli.out(options.example ? '\nStopping the example platform and the controller ...' : '\nStopping ...')
  await controller.close()
  await stopExample?.()
  return 0 as const
}

async function configOf(cli: Cli, options: UpOptions, data: string): Promise<Config> {
  const { loadConfig, parseConfig } = await import('../../core/config.ts')
  if (!options.example) return (await loadConfig({ file: options.config, cwd: cli.cwd })).config
  const { exampleConfig } = await import('../../examples/platform/layout.ts')
  return parseConfig(exampleConfig({ basePort: Number(options.examplePort), dataFolder: data }), 'the example')
}

async function withExample(cli: Cli, options: UpOptions, data: string, controllerUrl: string, controlToken: string): Promise<() => Promise<void>> {
  const { startExample } = await import('../../examples/platform/start.ts')
  const agentToken = await agentTokenOf(data)
  cli.out(`Starting the example platform below ${data}:`)
  const example = await startExample({ dataFolder: data, basePort: Number(options.examplePort), controllerUrl, controlToken, agentToken, onProgress: (text) => cli.out(`  ${text}`) })
  return example.stop
}

/** The agents' own token (role `agent`): made once, so that agents of an earlier start are still known. */
async function agentTokenOf(data: string): Promise<string> {
  const { readFile, writeFile } = await import('node:fs/promises')
  const { openTokens } = await import('../../core/api/tokens.ts')
  const { systemClock } = await import('../../core/clock.ts')
  const { systemRandom } = await import('../../core/random.ts')
  const tokens = await openTokens({ folder: data, random: systemRandom, clock: systemClock })
  const file = `${data}/agent-token`
  const kept = (await readFile(file, 'utf8').catch(() => '')).trim()
  if (tokens.check(kept)) return kept
  const made = await tokens.create(`agents-${systemClock.now().toString(36)}`, 'agent')
  await writeFile(file, `${made}\n`, { mode: 0o600 })
  return made
}

const healthyWithinMs = 15_000

async function tellExample(cli: Cli, url: string, token: string) {
  const { openApi } = await import('../api.ts')
  const { headline, paints, renderStatus } = await import('../render.ts')
  const { look } = await import('./status.ts')
  const api = await openApi({ url, token }, cli.env, '')
  const paint = cli.tty ? paints.colour : paints.plain
  const from = performance.now()
  let picture = await look(api)
  while (headline(picture).level !== 'pass' && performance.now() - from < healthyWithinMs && !cli.interrupted.aborted) {
    await new Promise((resolve) => setTimeout(resolve, 100))
    picture = await look(api)
  }
  const jidoka = 'npm run -s jidoka --'
  cli.out(`
${renderStatus(picture, paint)}

Open ${paint('bold', `${url}/#token=${token}`)}
and in a second terminal try:

  ${jidoka} example kill polaris-1              a process dies: it is restarted
  ${jidoka} example hang dipper-2               a process hangs: it is found and restarted
  ${jidoka} example lose tokyo-a                a whole node is gone: the standby takes over
  ${jidoka} example restore all                 and everything comes back

  ${jidoka} status --watch                      the same picture here
  ${jidoka} incident list                       what happened, and why

Ctrl-C stops everything.
`)
}
