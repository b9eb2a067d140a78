import { dutyForm } from '../../bots/duty/words/form.ts'
import { fault } from '../../core/errors.ts'
import type { FindingView } from '../../guardians/findings/wire.ts'
import { widthOf } from '../andon/width.ts'
import { Refused } from '../api.ts'
import { type ApiOptions, type Cli, defineCommand, forScripts, reaching } from '../define.ts'
import { decisionText, type ReviewView, reviewLines } from '../duty/review-lines.ts'
import { cliWords, dutyWords } from '../duty/words.ts'
import { findingStory } from '../findings/lines.ts'
import { localeOf, zoneHere } from '../locale.ts'
import { paintsOf } from '../render.ts'
import { timeOf } from '../times.ts'

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
      .argument('[n]', 'number of an item: all that is known of it')
      .option('--id <review>', 'another one than the one that goes on, else the last')
      .action(run((n: string | undefined, options: Options) => (n === undefined ? show(cli, options) : item(cli, n, options))))
    forScripts(reaching(command.command('list').description('The last reviews'))).action(run((options) => list(cli, options)))
    forScripts(reaching(command.command('open').description('Open the review of today now'))).action(run((options) => open(cli, options)))
    forScripts(
      reaching(command.command('decide').argument('<n>', 'number of the item').argument('<decision>', kinds.join(', ')))
        .argument('[words...]', 'said to who is asked; the reason of mute and wrong')
        .description('Decide one item; it stands'),
    )
      .option('--to <person>', 'who is asked (default: the owner)')
      .option('--due <time>', 'like 7d or 2026-12-01 (default: as the configuration says)')
      .option('--until <time>', 'end of a mute, like 30d or 2026-12-01')
      .option('--reason <words>', 'instead of words at the end')
      .option('--id <review>', 'another one than the one that goes on')
      .action(run((n, kind, words, options) => decide(cli, n, kind, words, options)))
    forScripts(reaching(command.command('end').description('End it; what is left comes back')))
      .option('--id <review>', 'another one than the one that goes on')
      .action(run((options) => end(cli, options)))
    reaching(command.command('minutes').argument('[review]').description('In Markdown')).action(
      run(async (id: string | undefined, options: ApiOptions) => {
        const api = await cli.api(options)
        const zone = encodeURIComponent(zoneHere())
        cli.out((await orNone(id, api.text(`${at(id)}/minutes${query(cli)}&zone=${zone}`))).trimEnd())
        return 0 as const
      }),
    )
  },
})

const at = (id = 'current') => `/v1/reviews/${encodeURIComponent(id)}`
const query = (cli: Cli) => `?locale=${localeOf(cli.env)}`

/** Nothing to show is no riddle: it says when there is something. */
async function orNone<T>(id: string | undefined, asked: Promise<T>): Promise<T> {
  try {
    return await asked
  } catch (error) {
    if (id !== undefined || !(error instanceof Refused) || error.code !== 'not-found' || !error.message.includes('"current"')) throw error
    const hint = 'It opens at its hour on working days (jidoka duty); jidoka review open opens it now.'
    throw fault('usage', { problem: 'There was no review yet.', hint }, error)
  }
}

async function show(cli: Cli, options: Options) {
  return tell(cli, await orNone(options.id, (await cli.api(options)).get<ReviewView>(`${at(options.id)}${query(cli)}`)), options)
}

/** As it is now, with why it matters and what to do. */
async function item(cli: Cli, n: string, options: Options) {
  const number = numberOf(n)
  const api = await cli.api(options)
  const found = await orNone(options.id, api.get<ReviewView>(`${at(options.id)}${query(cli)}`))
  const item = found.items.find((one) => one.n === number)
  if (!item) throw fault('usage', { problem: `There is no item ${n}: it has ${found.items.length}.`, hint: 'See jidoka review.' })
  const finding = await api.get<FindingView>(`/v1/findings/${encodeURIComponent(item.finding)}${query(cli)}`)
  const decision = decisionText(item, dutyForm(localeOf(cli.env), { zone: zoneHere() }))
  if (options.json) cli.json({ item, finding })
  else for (const line of findingStory(finding, cli.columns, paintsOf(cli), localeOf(cli.env))) cli.out(line)
  if (!options.json && decision !== null) cli.out(`=> ${decision}`)
  return 0 as const
}

function numberOf(n: string): number {
  if (/^\d{1,3}$/.test(n)) return Number(n)
  throw fault('usage', {
    problem: `"${n}" is neither a number of an item nor a command of review.`,
    hint: 'See jidoka review, or jidoka review --help.',
  })
}

async function list(cli: Cli, options: Options) {
  const api = await cli.api(options)
  const found = await api.get<{ items: Summary[] }>('/v1/reviews?limit=20')
  if (options.json) cli.json(found)
  else for (const line of listLines(found.items, localeOf(cli.env))) cli.out(line)
  return 0 as const
}

type Summary = ReviewView & { decided: number; undecided: number }

function listLines(items: readonly Summary[], locale: 'en' | 'ja'): string[] {
  const words = cliWords[locale]
  const form = dutyForm(locale)
  const width = Math.max(...Object.values(words.status).map(widthOf))
  if (items.length === 0) return [words.noReviews]
  return items.map(({ day, id, status, decided, undecided, people }) => {
    const state = words.status[status] + ' '.repeat(width - widthOf(words.status[status]))
    return `${day}  ${id}  ${state}  ${words.counts(decided, undecided)}  ${people.length === 0 ? dutyWords[locale].nobody : form.names(people)}`
  })
}

async function open(cli: Cli, options: Options) {
  return tell(cli, await (await cli.api(options)).send<ReviewView>('POST', `/v1/reviews${query(cli)}`, {}), options)
}

async function end(cli: Cli, options: Options) {
  const api = await cli.api(options)
  const ended = await orNone(options.id, api.send<ReviewView>('POST', `${at(options.id)}/end${query(cli)}`, {}))
  if (options.json) cli.json(ended)
  else cli.out(cliWords[localeOf(cli.env)].ended(ended.items.filter(({ decision }) => !decision).length))
  return 0 as const
}

async function decide(cli: Cli, n: string, kind: string, written: string[], options: Decision) {
  const number = numberOf(n)
  const body = bodyOf(kind, options.reason ?? written.join(' ').trim(), options)
  const api = await cli.api(options)
  const found = await orNone(options.id, api.send<ReviewView>('POST', `${at(options.id)}/items/${number}${query(cli)}`, body))
  const item = found.items.find((one) => one.n === number)
  const locale = localeOf(cli.env)
  const made = item && decisionText(item, dutyForm(locale, { zone: zoneHere() }))
  if (options.json) cli.json(found)
  else cli.out(`${n}. ${made ?? kind}\n${cliWords[locale].left(found.items.filter(({ decision }) => !decision).length)}`)
  return 0 as const
}

const examples: Record<string, string> = {
  mute: 'Like this: jidoka review decide 4 mute "kept for the audit" --until 30d',
  wrong: 'Like this: jidoka review decide 4 wrong "it is in use: a job of each quarter"',
}

function bodyOf(kind: string, words: string, { to, due, until }: Decision): object {
  const said = words === '' ? {} : { words }
  const needs = (value: string | undefined, what: string): string => {
    if (value) return value
    throw fault('usage', { problem: `${kind} needs ${what}.`, hint: examples[kind] ?? 'See jidoka review decide --help.' })
  }
  switch (kind) {
    case 'ask':
      return { decision: kind, ...said, ...(to ? { to } : {}), ...(due ? { due: timeOf(due, '--due') } : {}) }
    case 'mute':
      return { decision: kind, reason: needs(words, 'a reason'), until: timeOf(needs(until, '--until'), '--until') }
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

function tell(cli: Cli, found: ReviewView, { json }: Options) {
  if (json) cli.json(found)
  else for (const line of reviewLines(found, { locale: localeOf(cli.env), columns: cli.columns, paint: paintsOf(cli) })) cli.out(line)
  return 0 as const
}
