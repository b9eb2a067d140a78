import { type ApiOptions, type Cli, defineCommand, forScripts, reaching } from '../define.ts'
import { brief, clockTime, dayTime, stepLine } from '../render.ts'
import type { RunView } from '../views.ts'

export const run = defineCommand('run', {
  summary: 'What is and was done: list and show runs, approve or decline one that waits',
  setup(command, cli, act) {
    forScripts(reaching(command.command('list').description('Newest first')))
      .option('--component <id>', 'only of this component')
      .option('--waiting', 'only those that wait for an approval')
      .option('--limit <n>', 'at most so many', '20')
      .action(act((options) => list(cli, options)))
    forScripts(reaching(command.command('show').argument('<id>').description('Its plan, its steps, and how it ended'))).action(
      act((id, options) => show(cli, id, options)),
    )
    forScripts(reaching(command.command('approve').argument('<id>').description('Agree to a run that waits: it begins now'))).action(
      act((id, options) => answer(cli, id, 'approve', options)),
    )
    forScripts(
      reaching(command.command('decline').argument('<id>').description('Refuse it: the next rung is tried, or a person is called')),
    )
      .requiredOption('--reason <words>', 'why; kept in the journal')
      .action(act((id, options) => answer(cli, id, 'decline', options)))
  },
})

const pathOf = (id: string) => `/v1/runs/${encodeURIComponent(id)}`

async function list(cli: Cli, options: ApiOptions & { json?: boolean; component?: string; waiting?: boolean; limit: string }) {
  const of = options.component === undefined ? '' : `&component=${encodeURIComponent(options.component)}`
  const path = `/v1/runs?limit=${encodeURIComponent(options.waiting ? '200' : options.limit)}${of}`
  const { items: all } = await (await cli.api(options)).get<{ items: RunView[] }>(path)
  const items = all.filter(({ status }) => !options.waiting || status === 'waiting')
  if (options.json) cli.json({ items })
  else if (items.length === 0) cli.out(options.waiting ? 'Nothing waits for an approval.' : 'No runs.')
  else
    for (const one of items)
      cli.out(`${dayTime(one.createdAt)}  ${one.status.padEnd(9)} ${one.id}  ${one.runbook} on ${one.component}: ${brief(one.reason)}`)
  return 0 as const
}

async function show(cli: Cli, id: string, options: ApiOptions & { json?: boolean }) {
  const found = await (await cli.api(options)).get<RunView>(pathOf(id))
  if (options.json) cli.json(found)
  else tell(cli, found)
  return found.status === 'waiting' ? (1 as const) : (0 as const)
}

function tell(cli: Cli, run: RunView): void {
  cli.out(`${run.runbook} on ${run.component}: ${run.status}`)
  cli.out(`  ${brief(run.reason)}`)
  if (run.approvedBy) cli.out(`  approved by ${run.approvedBy}`)
  cli.out('')
  for (const step of run.steps) cli.out(`  ${stepLine(step)}`)
  if (run.status !== 'waiting') return
  cli.out('')
  cli.out(
    `It waits for an approval${run.waitsUntil ? ` until ${clockTime(run.waitsUntil)}; then it is given up, and a person is called` : ''}:`,
  )
  cli.out(`  jidoka run approve ${run.id}`)
  cli.out(`  jidoka run decline ${run.id} --reason WHY`)
}

async function answer(cli: Cli, id: string, word: 'approve' | 'decline', options: ApiOptions & { json?: boolean; reason?: string }) {
  const body = word === 'decline' ? { reason: options.reason } : undefined
  const found = await (await cli.api(options)).send<RunView>('POST', `${pathOf(id)}/${word}`, body)
  if (options.json) cli.json(found)
  else if (word === 'approve') cli.out(`Approved: ${found.runbook} on ${found.component} begins. Look: jidoka run show ${id}`)
  else cli.out(`Declined: ${found.runbook} on ${found.component}. What comes next on its ladder follows, or a page.`)
  return 0 as const
}
