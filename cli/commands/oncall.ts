import { formatTime, parseTime } from '../../core/calendar.ts'
import { fault } from '../../core/errors.ts'
import { type ApiOptions, type Cli, defineCommand, forScripts, reaching } from '../define.ts'

interface Named {
  id: string
  name: string
}
interface DutyView {
  schedule: string
  title: string
  zone: string
  onCall: Named | null
  by: string | null
  until: string | null
  next: Named | null
}
interface OverrideView {
  id: string
  person: Named
  from: string
  until: string
  reason: string
  by: Named
}

export const oncall = defineCommand('oncall', {
  summary: 'Who is on call, now or at a moment; take over for a while',
  setup(command, cli, run) {
    forScripts(reaching(command))
      .option('--at <time>', 'like 2026-11-21T09:00 (here), or with its offset')
      .action(run((options) => show(cli, options)))
    const override = command.command('override').description('Somebody takes over for a while')
    forScripts(reaching(override.command('list').argument('<schedule>').description('Overrides that people made'))).action(
      run((schedule, options) => list(cli, schedule, options)),
    )
    forScripts(reaching(override.command('add').argument('<schedule>').argument('<person>').description('Put somebody on call')))
      .requiredOption('--from <time>', 'like 2026-11-21T09:00 (in the zone of the schedule), or with its offset')
      .requiredOption('--until <time>', 'the same')
      .requiredOption('--reason <words>', 'why; kept in the journal')
      .action(run((schedule, person, options) => add(cli, schedule, person, options)))
    reaching(override.command('remove').argument('<schedule>').argument('<override>').description('As if it had not been made'))
      .option('--reason <words>', 'why; kept in the journal', 'removed by hand')
      .action(run((schedule, id, options) => remove(cli, schedule, id, options)))
  },
})

const hereZone = () => new Intl.DateTimeFormat().resolvedOptions().timeZone
const scheduleAt = (id: string) => `/v1/schedules/${encodeURIComponent(id)}`

function instant(text: string, flag: string, zone: string): string {
  try {
    return new Date(parseTime(text, zone)).toISOString()
  } catch (cause) {
    throw fault(
      'usage',
      { problem: `${flag}: no time that we know: "${text}".`, hint: 'Write 2026-11-21T09:00, or 2026-11-21T09:00+09:00.' },
      cause,
    )
  }
}

async function everySchedule(cli: Cli, options: ApiOptions, query: string): Promise<DutyView[]> {
  const api = await cli.api(options)
  const items: DutyView[] = []
  for (let after: string | null = ''; after !== null; ) {
    const page: { items: DutyView[]; next: string | null } = await api.get(
      `/v1/oncall?limit=200${query}${after === '' ? '' : `&after=${encodeURIComponent(after)}`}`,
    )
    items.push(...page.items)
    after = page.next
  }
  return items
}

async function show(cli: Cli, options: ApiOptions & { json?: boolean; at?: string }) {
  const at = options.at === undefined ? '' : `&at=${encodeURIComponent(instant(options.at, '--at', hereZone()))}`
  const items = await everySchedule(cli, options, at)
  if (options.json) cli.json({ items })
  else if (items.length === 0) cli.out('No schedules are configured (schedules in jidoka.config).')
  else {
    const width = Math.max(...items.map(({ schedule }) => schedule.length))
    for (const { schedule, zone, onCall, until, next } of items) {
      const end = until === null ? '' : `  until ${formatTime(Date.parse(until), zone, 'en')}, then ${next?.name ?? 'nobody'}`
      cli.out(`${schedule.padEnd(width)}  ${(onCall?.name ?? 'nobody').padEnd(16)}${end}`)
    }
  }
  return items.some(({ onCall }) => onCall === null) ? (1 as const) : (0 as const)
}

async function list(cli: Cli, schedule: string, options: ApiOptions & { json?: boolean }) {
  const api = await cli.api(options)
  const { zone } = await api.get<DutyView>(scheduleAt(schedule))
  const { items } = await api.get<{ items: OverrideView[] }>(`${scheduleAt(schedule)}/overrides?limit=200`)
  if (options.json) cli.json({ items })
  else if (items.length === 0) cli.out('No overrides.')
  else for (const one of items) cli.out(`${one.id}  ${lineOf(one, zone)}`)
  return 0 as const
}

async function add(
  cli: Cli,
  schedule: string,
  person: string,
  options: ApiOptions & { json?: boolean; from: string; until: string; reason: string },
) {
  const api = await cli.api(options)
  const { zone } = await api.get<DutyView>(scheduleAt(schedule))
  const from = instant(options.from, '--from', zone)
  const until = instant(options.until, '--until', zone)
  const made = await api.send<OverrideView>('POST', `${scheduleAt(schedule)}/overrides`, { person, from, until, reason: options.reason })
  if (options.json) cli.json(made)
  else cli.out(`${made.id}  ${lineOf(made, zone)}`)
  return 0 as const
}

async function remove(cli: Cli, schedule: string, id: string, options: ApiOptions & { reason: string }) {
  const api = await cli.api(options)
  await api.send('DELETE', `${scheduleAt(schedule)}/overrides/${encodeURIComponent(id)}`, { reason: options.reason })
  cli.out(`${id} is removed.`)
  return 0 as const
}

const lineOf = ({ person, from, until, reason, by }: OverrideView, zone: string) =>
  `${person.name}  ${formatTime(Date.parse(from), zone, 'en')} - ${formatTime(Date.parse(until), zone, 'en')}  ${reason} (${by.name})`
