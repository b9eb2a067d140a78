import { type ApiOptions, type Cli, defineCommand, forScripts, reaching } from '../define.ts'
import { clockTime, paints, renderIncident } from '../render.ts'
import type { IncidentDetail, IncidentView } from '../views.ts'

export const incident = defineCommand('incident', {
  summary: 'List, show or resolve incidents',
  setup(command, cli, run) {
    forScripts(reaching(command.command('list').description('Newest first')))
      .option('--open', 'only those that have not ended')
      .option('--limit <n>', 'at most so many', '20')
      .action(run((options) => list(cli, options)))
    forScripts(reaching(command.command('show').argument('<id>').description('What happened, what was tried, and why'))).action(
      run((id, options) => show(cli, id, options)),
    )
    reaching(
      command.command('resolve').argument('<id>').description('End it by hand').requiredOption('--reason <words>', 'why it is over'),
    ).action(
      run(async (id, options) => {
        await (await cli.api(options)).send('POST', `/v1/incidents/${encodeURIComponent(id)}/resolve`, { reason: options.reason })
        cli.out(`${id} is resolved.`)
        return 0
      }),
    )
  },
})

async function list(cli: Cli, options: ApiOptions & { json?: boolean; open?: boolean; limit: string }) {
  const { items } = await (await cli.api(options)).get<{ items: IncidentView[] }>(
    `/v1/incidents?limit=${encodeURIComponent(options.limit)}${options.open ? '&status=open' : ''}`,
  )
  if (options.json) cli.json({ items })
  else if (items.length === 0) cli.out('No incidents.')
  else
    for (const one of items)
      cli.out(
        `${one.openedAt.slice(0, 19)}  ${one.status.padEnd(9)} ${one.component.padEnd(14)} ${one.failure.padEnd(18)} ${one.id}  ${one.reason}`,
      )
  return 0 as const
}

async function show(cli: Cli, id: string, options: ApiOptions & { json?: boolean }) {
  const found = await (await cli.api(options)).get<IncidentDetail>(`/v1/incidents/${encodeURIComponent(id)}`)
  if (options.json) {
    cli.json(found)
    return 0 as const
  }
  cli.out(renderIncident(found, cli.tty ? paints.colour : paints.plain).join('\n'))
  cli.out('\nTimeline')
  for (const { at, kind, data } of found.timeline) cli.out(`  ${clockTime(at)}  ${kind.padEnd(20)} ${wordsOf(data)}`)
  return found.status === 'escalated' ? (1 as const) : (0 as const)
}

const wordsOf = (data: Record<string, unknown>) =>
  ['name', 'runbook', 'member', 'summary', 'failure', 'code', 'status', 'reason']
    .flatMap((key) => (typeof data[key] === 'string' ? [data[key]] : []))
    .join('  ')
