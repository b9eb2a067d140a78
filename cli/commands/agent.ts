import { type Cli, defineCommand } from '../define.ts'
import { gathered, numberOption, splitUrls } from '../options.ts'

interface AgentCommandOptions {
  config?: string
  data?: string
  host?: string
  controller?: string[]
  token?: string
  exitAfterSilence?: string
}

export const agent = defineCommand('agent', {
  summary: 'Start and supervise the processes of this host; report at once what happens to them',
  setup(command, cli, run) {
    command
      .argument('<id>', 'which agent of the configuration this is')
      .option('--config <file>', 'configuration; the same as the controller has')
      .option('--data <folder>', 'data folder (default: .jidoka)')
      .option('--host <address>', 'address to listen on (default: that of its url in the configuration)')
      .option('--controller <url>', 'whom to report to; several that share a store: once for each (default: JIDOKA_URL)', gathered)
      .option('--token <token>', 'bearer token of role agent (default: JIDOKA_TOKEN, else the local one)')
      .option('--exit-after-silence <seconds>', 'end everything when nobody was heard of for so long')
      .action(run((id: string, options: AgentCommandOptions) => start(cli, id, options)))
  },
})

async function start(cli: Cli, id: string, options: AgentCommandOptions) {
  cli.serve()
  const silenceSeconds =
    options.exitAfterSilence === undefined ? undefined : numberOption(options.exitAfterSilence, '--exit-after-silence', 1, 86_400)
  const [{ startAgent }, { loadConfig }, { indexCatalog }, { systemClock }, { openLog }, { systemRandom }, { controlTokenOf }] =
    await Promise.all([
      import('../../core/hooks/agent/agent.ts'),
      import('../../core/config.ts'),
      import('../../core/catalog/catalog.ts'),
      import('../../core/clock.ts'),
      import('../../core/log.ts'),
      import('../../core/random.ts'),
      import('../../infra/main/secrets.ts'),
    ])
  const data = cli.dataOf(options)
  const { config } = await loadConfig({ file: options.config, cwd: cli.cwd })
  const catalog = indexCatalog(config)
  const place = new URL(catalog.agent(id).url)
  const [url, ...others] = options.controller ?? splitUrls(cli.env.JIDOKA_URL)
  const token = url ? (await cli.api({ url, data, token: options.token })).token : ''
  const running = await startAgent({
    id,
    catalog,
    host: options.host ?? place.hostname,
    port: Number(place.port || (place.protocol === 'https:' ? 443 : 80)),
    controlToken: await controlTokenOf(data, cli.env, systemRandom),
    controller: url ? { url: url.replace(/\/$/, ''), token, others } : undefined,
    dataFolder: `${data}/agent-${id}`,
    env: cli.env,
    clock: systemClock,
    random: systemRandom,
    log: openLog({ level: cli.env.LOG_LEVEL ?? 'warn' }),
    guardCommand: [process.execPath, ...process.execArgv, process.argv[1] ?? ''],
    exitAfterSilenceMs: silenceSeconds === undefined ? undefined : silenceSeconds * 1_000,
  })
  cli.out(
    `agent ${id} listens at ${running.url}${url ? `, and reports to ${[url, ...others].join(' or ')}` : ', and has no controller: it restarts its members by itself'}`,
  )
  if (cli.interrupted.aborted) void running.close()
  cli.interrupted.addEventListener('abort', () => void running.close(), { once: true })
  const alive = setInterval(() => {}, 3_600_000)
  await running.closed
  clearInterval(alive)
  return 0 as const
}
