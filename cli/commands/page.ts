import { type ApiOptions, type Cli, defineCommand, forScripts, reaching } from '../define.ts'
import { brief, dayTime } from '../render.ts'

interface Named {
  id: string
  name: string
}
interface PageView {
  id: string
  status: 'firing' | 'acknowledged' | 'unanswered' | 'closed'
  title: string
  policy: string | null
  level: number | null
  openedAt: string
  nextAt: string | null
  acknowledged: { by: Named; via: string; at: string } | null
  why: string | null
}
interface PageDetail extends PageView {
  text: string
  calls: { at: string; pager: string; level: number | null; people: Named[]; status: string; problem: string | null }[]
}

export const page = defineCommand('page', {
  summary: 'Who was called: list and show pages, acknowledge one',
  setup(command, cli, run) {
    forScripts(reaching(command.command('list').description('Newest first')))
      .option('--open', 'only those that have not ended')
      .option('--limit <n>', 'at most so many', '20')
      .action(run((options) => list(cli, options)))
    forScripts(
      reaching(command.command('show').argument('<id>').description('Who was called, when, by what, and what became of it')),
    ).action(run((id, options) => show(cli, id, options)))
    forScripts(reaching(command.command('ack').argument('<id>').description('You have it: nobody else is called')))
      .option('--person <id>', 'who has it, when it is not who the token names')
      .action(run((id, options) => ack(cli, id, options)))
    forScripts(reaching(command.command('next').argument('<id>').description('You cannot go on: the next level is called')))
      .requiredOption('--reason <words>', 'why')
      .action(run((id, options) => next(cli, id, options)))
  },
})

const pathOf = (id: string) => `/v1/pages/${encodeURIComponent(id)}`

async function list(cli: Cli, options: ApiOptions & { json?: boolean; open?: boolean; limit: string }) {
  const path = `/v1/pages?limit=${encodeURIComponent(options.limit)}${options.open ? '&status=open' : ''}`
  const { items } = await (await cli.api(options)).get<{ items: PageView[] }>(path)
  if (options.json) cli.json({ items })
  else if (items.length === 0) cli.out('No pages.')
  else for (const one of items) cli.out(`${dayTime(one.openedAt)}  ${stateOf(one).padEnd(28)} ${one.id}  ${one.title}`)
  return 0 as const
}

async function show(cli: Cli, id: string, options: ApiOptions & { json?: boolean }) {
  const found = await (await cli.api(options)).get<PageDetail>(pathOf(id))
  if (options.json) cli.json(found)
  else {
    cli.out(
      `${found.title}\n${stateOf(found)}${found.nextAt ? `; the next are called at ${dayTime(found.nextAt)}` : ''}\n\n${found.text}\n`,
    )
    for (const { at, pager, level, people, status, problem } of found.calls) {
      const who = people.length > 0 ? people.map(({ name }) => name).join(', ') : 'nobody in particular'
      const where = level === null ? 'everybody' : `level ${level + 1}`
      cli.out(
        `  ${dayTime(at)}  ${where.padEnd(10)} ${pager.padEnd(12)} ${who.padEnd(20)} ${status}${problem ? `  ${brief(problem)}` : ''}`,
      )
    }
  }
  // Somebody is still wanted.
  return found.status === 'firing' || found.status === 'unanswered' ? (1 as const) : (0 as const)
}

async function ack(cli: Cli, id: string, options: ApiOptions & { json?: boolean; person?: string }) {
  const found = await (await cli.api(options)).send<PageDetail>('POST', `${pathOf(id)}/acknowledge`, { person: options.person })
  if (options.json) cli.json(found)
  else cli.out(`${stateOf(found)}. Nobody else is called.`)
  return 0 as const
}

async function next(cli: Cli, id: string, options: ApiOptions & { json?: boolean; reason: string }) {
  const found = await (await cli.api(options)).send<PageDetail>('POST', `${pathOf(id)}/reescalate`, { reason: options.reason })
  if (options.json) cli.json(found)
  else cli.out(found.level === null ? 'Everybody is called.' : `Level ${found.level + 1} is called.`)
  return 0 as const
}

function stateOf({ status, acknowledged, level }: PageView): string {
  if (status === 'acknowledged' && acknowledged) return `acknowledged by ${acknowledged.by.name}`
  if (status === 'firing') return `firing, level ${(level ?? 0) + 1}`
  return status
}
