import { type ApiOptions, type Cli, defineCommand, forScripts, reaching } from '../define.ts'
import { dayTime } from '../render.ts'
import { laterOf } from '../times.ts'

interface Window {
  id: string | null
  component: string | null
  from: string
  until: string
  reason: string
  by: string
  inForce: boolean
}

interface StartOptions extends ApiOptions {
  json?: boolean
  from?: string
  for?: string
  until?: string
  reason: string
}

export const maintenance = defineCommand('maintenance', {
  summary: 'Tell that people are at work: nothing is touched there, and nobody is called',
  setup(command, cli, run) {
    forScripts(reaching(command.command('list').description('Windows in force or ahead'))).action(run((options) => list(cli, options)))
    forScripts(
      reaching(command.command('start').argument('[component]', 'everything when absent').description('Open a window, from now on')),
    )
      .option('--for <span>', 'how long: 30m, 2h, 1d')
      .option('--until <time>', 'or until when: 2026-12-01T09:00')
      .option('--from <time>', 'begins then, not now')
      .requiredOption('--reason <words>', 'what is being done')
      .action(run((component, options) => start(cli, component, options)))
    forScripts(reaching(command.command('end').argument('<id>').description('End a window; what still fires is looked at anew'))).action(
      run((id, options) => end(cli, id, options)),
    )
  },
})

const scopeText = (component: string | null) => component ?? 'everything'
const lineOf = ({ id, component, from, until, reason, by, inForce }: Window) =>
  `${inForce ? 'now  ' : 'ahead'} ${scopeText(component)} from ${dayTime(from)} until ${dayTime(until)}: ${reason} (${by})${id ? `  ${id}` : ''}`

async function list(cli: Cli, options: ApiOptions & { json?: boolean }) {
  const { items } = await (await cli.api(options)).get<{ items: Window[] }>('/v1/maintenance')
  if (options.json) cli.json({ items })
  else if (items.length === 0) cli.out('No maintenance, now or ahead.')
  else for (const one of items) cli.out(lineOf(one))
  return 0 as const
}

async function start(cli: Cli, component: string | undefined, options: StartOptions) {
  const from = options.from === undefined ? undefined : laterOf({ until: options.from }, 'maintenance start', '--from')
  const until = laterOf(options, 'maintenance start', '--until', from)
  const window = await (await cli.api(options)).send<Window>('POST', '/v1/maintenance', { component, from, until, reason: options.reason })
  if (options.json) cli.json(window)
  else
    cli.out(`Maintenance of ${scopeText(window.component)} until ${dayTime(window.until)}; to end it: jidoka maintenance end ${window.id}`)
  return 0 as const
}

async function end(cli: Cli, id: string, options: ApiOptions & { json?: boolean }) {
  const window = await (await cli.api(options)).send<Window>('DELETE', `/v1/maintenance/${encodeURIComponent(id)}`)
  if (options.json) cli.json(window)
  else cli.out(`Maintenance of ${scopeText(window.component)} has ended. What still fires there is looked at anew.`)
  return 0 as const
}
