import { formatTime, parseTime } from '../../core/calendar.ts'
import { fault } from '../../core/errors.ts'
import { type ApiOptions, type Cli, defineCommand, forScripts, reaching } from '../define.ts'
import { localeOf, zoneHere } from '../locale.ts'

interface Item {
  n: number
  why: string
  check: string
  title: string
  says: string
  severity: string
  resource: string
  name: string | null
  account: string
  region: string
  owner: { name: string } | null
  usdPerMonth: number | null
  decision: { kind: string; by: { name: string }; to: { name: string } | null; words: string | null } | null
}
interface ReviewView {
  id: string
  day: string
  status: 'open' | 'ended'
  how: string | null
  people: { name: string }[]
  endsAt: string
  waiting: number
  items: Item[]
  facts: {
    silent: { guardian: string; problem: string | null }[]
    coverage: { holes: unknown[]; moreHoles: number }
    open: { now: number }
  }
}
type Options = ApiOptions & { json?: boolean; id?: string }
interface Decision extends Options {
  to?: string
  due?: string
  until?: string
  reason?: string
}

const kinds = ['ask', 'mute', 'wrong', 'fix', 'later']

export const review = defineCommand('review', {
  summary: 'The review of the morning: its agenda, decisions, minutes',
  setup(command, cli, run) {
    forScripts(reaching(command))
      .option('--id <review>', 'another one than the one that goes on')
      .action(run((options) => show(cli, options)))
    forScripts(reaching(command.command('list').description('The last reviews'))).action(run((options) => list(cli, options)))
    forScripts(reaching(command.command('open').description('Open the review of today now'))).action(run((options) => open(cli, options)))
    forScripts(
      reaching(command.command('decide').argument('<n>', 'number of the item').argument('<decision>', kinds.join(', ')))
        .argument('[words...]', 'said to who is asked; the reason of mute and wrong')
        .description('Decide one item; it stands'),
    )
      .option('--to <person>', 'who is asked (default: the owner)')
      .option('--due <time>', 'like 2026-12-01 (default: as the configuration says)')
      .option('--until <time>', 'end of a mute')
      .option('--reason <words>', 'instead of words at the end')
      .option('--id <review>', 'another one than the one that goes on')
      .action(run((n, kind, words, options) => decide(cli, n, kind, words, options)))
    forScripts(reaching(command.command('end').description('End it; what is left comes back')))
      .option('--id <review>', 'another one than the one that goes on')
      .action(run((options) => end(cli, options)))
    reaching(command.command('minutes').argument('[review]').description('In Markdown')).action(
      run(async (id: string | undefined, options: ApiOptions) => {
        const api = await cli.api(options)
        cli.out((await api.text(`${at(id)}/minutes?locale=${localeOf(cli.env)}`)).trimEnd())
        return 0 as const
      }),
    )
  },
})

const at = (id = 'current') => `/v1/reviews/${encodeURIComponent(id)}`
const query = (cli: Cli) => `?locale=${localeOf(cli.env)}`

async function show(cli: Cli, options: Options) {
  return tell(cli, await (await cli.api(options)).get<ReviewView>(`${at(options.id)}${query(cli)}`), options)
}

async function list(cli: Cli, options: Options) {
  const api = await cli.api(options)
  const found = await api.get<{ items: (ReviewView & { decided: number; undecided: number })[] }>('/v1/reviews?limit=20')
  if (options.json) cli.json(found)
  else if (found.items.length === 0) cli.out('No review yet.')
  else
    for (const one of found.items)
      cli.out(`${one.day}  ${one.id}  ${one.status.padEnd(5)}  ${one.decided} decided, ${one.undecided} not  ${names(one.people)}`)
  return 0 as const
}

async function open(cli: Cli, options: Options) {
  return tell(cli, await (await cli.api(options)).send<ReviewView>('POST', `/v1/reviews${query(cli)}`, {}), options)
}

async function end(cli: Cli, options: Options) {
  const ended = await (await cli.api(options)).send<ReviewView>('POST', `${at(options.id)}/end${query(cli)}`, {})
  if (options.json) cli.json(ended)
  else cli.out(`The review has ended. Undecided, and back in the next one: ${ended.items.filter(({ decision }) => !decision).length}.`)
  return 0 as const
}

async function decide(cli: Cli, n: string, kind: string, written: string[], options: Decision) {
  const body = bodyOf(kind, options.reason ?? written.join(' ').trim(), options)
  if (!/^\d{1,3}$/.test(n)) throw fault('usage', { problem: `"${n}" is no number of an item.`, hint: 'See jidoka review.' })
  const api = await cli.api(options)
  const found = await api.send<ReviewView>('POST', `${at(options.id)}/items/${n}${query(cli)}`, body)
  const item = found.items.find((one) => one.n === Number(n))
  if (options.json) cli.json(found)
  else cli.out(`${n}. ${item ? decisionText(item) : kind}; ${found.items.filter(({ decision }) => !decision).length} left.`)
  return 0 as const
}

function bodyOf(kind: string, words: string, { to, due, until }: Decision): object {
  const said = words === '' ? {} : { words }
  const needs = (value: string | undefined, what: string): string => {
    if (value) return value
    throw fault('usage', { problem: `${kind} needs ${what}.`, hint: `jidoka review decide N ${kind} --help` })
  }
  switch (kind) {
    case 'ask':
      return { decision: kind, ...said, ...(to ? { to } : {}), ...(due ? { due: instant(due, '--due') } : {}) }
    case 'mute':
      return { decision: kind, reason: needs(words, 'a reason'), until: instant(needs(until, '--until'), '--until') }
    case 'wrong':
      return { decision: kind, reason: needs(words, 'a reason') }
    case 'fix':
      return { decision: kind }
    case 'later':
      return { decision: kind, ...said }
    default:
      throw fault('usage', { problem: `There is no decision "${kind}".`, hint: `Known: ${kinds.join(', ')}.` })
  }
}

/** A day is its noon in UTC: nearly everywhere on earth that is the same day. */
function instant(text: string, flag: string): string {
  try {
    return new Date(parseTime(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T12:00:00Z` : text, zoneHere())).toISOString()
  } catch (cause) {
    throw fault('usage', { problem: `${flag}: no time that we know: "${text}".`, hint: 'Write 2026-12-01, or 2026-12-01T09:00.' }, cause)
  }
}

const names = (people: readonly { name: string }[]) => (people.length === 0 ? 'nobody' : people.map(({ name }) => name).join(', '))

function tell(cli: Cli, found: ReviewView, { json }: Options) {
  if (json) cli.json(found)
  else for (const line of linesOf(found)) cli.out(line)
  return 0 as const
}

function linesOf({ id, day, status, how, people, endsAt, waiting, items, facts }: ReviewView): string[] {
  const until = status === 'open' ? `until ${formatTime(Date.parse(endsAt), zoneHere(), 'en')}` : `ended (${how})`
  const holes = facts.coverage.holes.length + facts.coverage.moreHoles
  return [
    `Review ${day}  ${id}  ${until}  on duty: ${names(people)}`,
    ...facts.silent.map(({ guardian, problem }) => `! ${guardian} did not report${problem === null ? '' : `: ${problem}`}`),
    ...(holes > 0 ? [`! not looked at: ${holes} place${holes === 1 ? '' : 's'} (jidoka review minutes)`] : []),
    ...items.flatMap((item) => ['', ...itemLines(item)]),
    ...(items.length === 0 ? ['Nothing to decide.'] : []),
    ...(waiting > 0 ? ['', `${waiting} more wait for another day.`] : []),
  ]
}

function itemLines(item: Item): string[] {
  const { n, why, severity, title, name, resource, says, account, region, owner, usdPerMonth, decision } = item
  const saved = usdPerMonth === null ? '' : `  $${usdPerMonth.toFixed(2)} a month`
  return [
    `${String(n).padStart(2)}. [${severity}, ${why}] ${title}${saved}`,
    `    ${name ?? resource.split(/[:/]/).at(-1)}: ${says}`,
    `    ${item.check}  ${account} ${region}  owner: ${owner?.name ?? 'unknown'}`,
    ...(decision ? [`    => ${decisionText(item)}`] : []),
  ]
}

function decisionText({ decision }: Item): string {
  if (!decision) return 'undecided'
  const { kind, by, to, words } = decision
  return `${kind}${to ? ` ${to.name}` : ''} (${by.name})${words === null ? '' : `: ${words}`}`
}
