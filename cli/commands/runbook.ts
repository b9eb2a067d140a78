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
    const practise = command
      .command('practice')
      .argument('<id>')
      .argument('<component>')
      .description('Switch a component that is well, to see that the runbook would work')
    forScripts(reaching(practise))
      .option('--reason <words>', 'why; kept in the journal')
      .option('--dry-run', 'show the steps, touch nothing')
      .option('--no-wait', 'do not wait for its end')
      .action(run((id, component, options) => followOrder(cli, options, `/v1/runbooks/${encodeURIComponent(id)}/practice`, { component })))
  },
})

type Mode = 'automatic' | 'approval' | 'shadow'
type Tally = Record<'agreed' | 'differed' | 'needless' | 'unscored' | 'open', number>
type RunbookView = RunbookInfo & { mode: Mode; shadow: Tally; components: { component: string; mode: Mode; shadow: Tally }[] }

export const ordering = (command: Command): Command =>
  forScripts(reaching(command))
    .option('--member <id>', 'the member to touch')
    .option('--reason <words>', 'why; kept in the journal')
    .option('--dry-run', 'show the steps, touch nothing')
    .option('--no-wait', 'do not wait for its end')

async function list(cli: Cli, options: ApiOptions & { json?: boolean }) {
  const { items } = await (await cli.api(options)).get<{ items: RunbookView[] }>('/v1/runbooks?limit=200')
  if (options.json) cli.json({ items })
  else
    for (const { id, title, answers, ...modes } of items) {
      cli.out(`${id.padEnd(26)} ${title.padEnd(36)} ${answers.join(', ')}`)
      for (const line of modesOf(modes)) cli.out(`${' '.repeat(27)}${line}`)
    }
  return 0 as const
}

async function show(cli: Cli, id: string, options: ApiOptions & { json?: boolean }) {
  const found = await (await cli.api(options)).get<RunbookView>(`/v1/runbooks/${encodeURIComponent(id)}`)
  if (options.json) cli.json(found)
  else {
    cli.out(`${found.id}: ${found.title}`)
    cli.out(`  answers   ${found.answers.join(', ') || 'nothing by itself'}`)
    cli.out(`  requires  ${found.requires.join(', ') || 'nothing'}`)
    cli.out(`  cooldown  ${found.cooldownMs / 1000} s`)
    cli.out(`  steps     ${found.steps.join(' -> ')}`)
    for (const line of modesOf(found)) cli.out(`  mode      ${line}`)
  }
  return 0 as const
}

/** What differs from the ordinary: how free it is, and where it was only watched, how often it was right. */
function modesOf({ mode, components, shadow }: Pick<RunbookView, 'mode' | 'components' | 'shadow'>): string[] {
  const told = (where: string, how: Mode, tally: Tally) => {
    const score = scoreText(tally)
    return how === 'automatic' && score === '' ? [] : [`${where}${how}${score === '' ? '' : `: ${score}`}`]
  }
  // The sum of one says what the one says.
  const sum = components.length === 1 ? noScore : shadow
  return [...told('', mode, sum), ...components.flatMap((one) => told(`${one.component}: `, one.mode, one.shadow))]
}

const noScore: Tally = { agreed: 0, differed: 0, needless: 0, unscored: 0, open: 0 }

function scoreText({ agreed, differed, needless, unscored, open }: Tally): string {
  const scored = agreed + differed + needless
  const rest = [
    ...(differed > 0 ? [`${differed} differed`] : []),
    ...(needless > 0 ? [`${needless} needless`] : []),
    ...(unscored > 0 ? [`${unscored} unscored`] : []),
    ...(open > 0 ? [`${open} open`] : []),
  ]
  if (scored === 0) return rest.join(', ')
  return [`${agreed} of ${scored} agreed`, ...rest].join(', ')
}
