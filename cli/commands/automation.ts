import { type ApiOptions, type Cli, defineCommand, forScripts, reaching } from '../define.ts'
import { dayTime } from '../render.ts'
import { laterOf } from '../times.ts'

interface Switch {
  scope: string
  off: boolean
  by: string
  reason: string
  at: string
  until: string | null
}

interface Budget {
  scope: string
  hour: { spent: number; limit: number }
  day: { spent: number; limit: number }
  roomAt: string | null
}

export const automation = defineCommand('automation', {
  summary: 'Show the off-switches and budgets, or turn automation off and on',
  setup(command, cli, run) {
    forScripts(reaching(command)).action(run((options) => show(cli, options)))
    for (const word of ['off', 'on'] as const) {
      const change = reaching(
        command
          .command(word)
          .argument('[scope]', 'a component; everything when absent', 'global')
          .description(`Turn automation ${word}; what is found is still recorded and paged`),
      ).option('--reason <words>', 'why; told in every page meanwhile', 'by hand')
      if (word === 'off')
        change.option('--for <span>', 'it goes on again by itself: 30m, 2h, 1d').option('--until <time>', 'the same: 2026-12-01T09:00')
      change.action(run((scope, options) => turn(cli, word, scope, options)))
    }
  },
})

async function turn(cli: Cli, word: 'off' | 'on', scope: string, options: ApiOptions & { reason: string; for?: string; until?: string }) {
  const ends = options.for === undefined && options.until === undefined ? undefined : laterOf(options, 'automation off')
  await (await cli.api(options)).send('PUT', `/v1/automation/${encodeURIComponent(scope)}`, {
    off: word === 'off',
    reason: options.reason,
    until: ends,
  })
  const end = ends
    ? ` until ${dayTime(ends)}`
    : word === 'off'
      ? ` until somebody says: jidoka automation on${scope === 'global' ? '' : ` ${scope}`}`
      : ''
  cli.out(`Automation is ${word} for ${scope === 'global' ? 'everything' : scope}${end}${end.includes('jidoka') ? '' : '.'}`)
  return 0 as const
}

async function show(cli: Cli, options: ApiOptions & { json?: boolean }) {
  const api = await cli.api(options)
  const [{ items }, budgets] = await Promise.all([
    api.get<{ items: Switch[] }>('/v1/automation'),
    api.get<{ items: Budget[] }>('/v1/budgets'),
  ])
  const off = items.filter((one) => one.off)
  if (options.json) cli.json({ items, budgets: budgets.items })
  else {
    if (off.length === 0) cli.out('Automation is on everywhere.')
    for (const { scope, at, reason, by, until } of off)
      cli.out(
        `off for ${scope === 'global' ? 'everything' : scope} since ${dayTime(at)}${until ? ` until ${dayTime(until)}` : ''}: ${reason} (${by})`,
      )
    for (const line of budgetLines(budgets.items)) cli.out(line)
  }
  return off.length === 0 ? (0 as const) : (1 as const)
}

const shown = 10

/** Automatic runs, the fullest budget first. */
function budgetLines(budgets: readonly Budget[]): string[] {
  const lines = budgets
    .slice(0, shown)
    .map(
      ({ scope, hour, day, roomAt }) =>
        `  ${scope.padEnd(32)} ${`${hour.spent} of ${hour.limit}`.padEnd(14)} ${`${day.spent} of ${day.limit}`.padEnd(14)}${roomAt ? ` room again at ${dayTime(roomAt)}` : ''}`,
    )
  const more = budgets.length > shown ? [`  and ${budgets.length - shown} more (--json)`] : []
  return [
    `  ${'budget'.padEnd(32)} ${'this hour'.padEnd(14)} ${'this day'.padEnd(14)}`.trimEnd(),
    ...lines.map((line) => line.trimEnd()),
    ...more,
  ]
}
