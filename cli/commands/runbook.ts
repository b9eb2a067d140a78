import type { Command } from 'commander'
import type { RunbookInfo } from '../../core/api/ports.ts'
import { type ApiOptions, type Cli, defineCommand, forScripts, reaching } from '../define.ts'
import { followOrder } from '../order.ts'

export const runbook = defineCommand('runbook', {
  summary: 'List, show or run a runbook',
  setup(command, cli, run) {
    forScripts(reaching(command.command('list').description('All runbooks, and the failures that they answer'))).action(
      run((options) => list(cli, options)),
    )
    forScripts(reaching(command.command('show').argument('<id>').description('One runbook'))).action(
      run((id, options) => show(cli, id, options)),
    )
    const order = command.command('run').argument('<id>').description('Run a runbook on a component')
    order.requiredOption('--component <id>', 'the component')
    ordering(order).action(
      run((id, options) => followOrder(cli, options, `/v1/runbooks/${encodeURIComponent(id)}/runs`, { component: options.component })),
    )
  },
})

export const ordering = (command: Command): Command =>
  forScripts(reaching(command))
    .option('--member <id>', 'the member to touch')
    .option('--reason <words>', 'why; kept in the journal')
    .option('--dry-run', 'show the steps, touch nothing')
    .option('--no-wait', 'do not wait for its end')

async function list(cli: Cli, options: ApiOptions & { json?: boolean }) {
  const { items } = await (await cli.api(options)).get<{ items: RunbookInfo[] }>('/v1/runbooks?limit=200')
  if (options.json) cli.json({ items })
  else for (const { id, title, answers } of items) cli.out(`${id.padEnd(26)} ${title.padEnd(36)} ${answers.join(', ')}`)
  return 0 as const
}

async function show(cli: Cli, id: string, options: ApiOptions & { json?: boolean }) {
  const found = await (await cli.api(options)).get<RunbookInfo>(`/v1/runbooks/${encodeURIComponent(id)}`)
  if (options.json) cli.json(found)
  else {
    cli.out(`${found.id}: ${found.title}`)
    cli.out(`  answers   ${found.answers.join(', ') || 'nothing by itself'}`)
    cli.out(`  requires  ${found.requires.join(', ') || 'nothing'}`)
    cli.out(`  cooldown  ${found.cooldownMs / 1000} s`)
    cli.out(`  steps     ${found.steps.join(' -> ')}`)
  }
  return 0 as const
}
