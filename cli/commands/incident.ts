import { type ApiOptions, type Cli, defineCommand, forScripts, reaching } from '../define.ts'
import { brief, dayTime, incidentHead, paintsOf, words } from '../render.ts'
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
        `${dayTime(one.openedAt)}  ${one.status.padEnd(9)} ${one.component.padEnd(14)} ${words(one.failure).padEnd(18)} ${one.id}  ${brief(one.reason)}`,
      )
  return 0 as const
}

async function show(cli: Cli, id: string, options: ApiOptions & { json?: boolean }) {
  const found = await (await cli.api(options)).get<IncidentDetail>(`/v1/incidents/${encodeURIComponent(id)}`)
  if (options.json) cli.json(found)
  else {
    const paint = paintsOf(cli)
    const { openTeller } = await import('../tell.ts')
    const tell = openTeller(paint)
    const story = found.timeline.flatMap((entry) => tell({ ...entry, component: found.component, incident: found.id }))
    cli.out([...incidentHead(found, paint), '', ...story].join('\n'))
  }
  return found.endedAt === null ? (1 as const) : (0 as const)
}
