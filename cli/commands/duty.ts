import type { Draw } from '../../bots/duty/draw.ts'
import { dutyForm } from '../../bots/duty/words/form.ts'
import { formatTime, parseLocal } from '../../core/calendar.ts'
import { fault } from '../../core/errors.ts'
import { type ApiOptions, type Cli, defineCommand, forScripts, reaching } from '../define.ts'
import { localeOf } from '../locale.ts'

interface Named {
  id: string
  name: string
}
interface Swap {
  id: string
  from: Named
  to: Named
  days: string[]
  status: string
}
interface Week {
  week: string
  people: Named[]
  draw: Draw
  swaps: Swap[]
}
interface DutyView {
  day: string
  today: Named[]
  week: Week | null
  next: Week | null
  nextDrawAt: string | null
  absences: { id: string; person: Named; from: string; until: string; reason: string | null }[]
}
type Options = ApiOptions & { json?: boolean }

export const duty = defineCommand('duty', {
  summary: 'Who is on duty for the review; the draw, swaps, absences',
  setup(command, cli, run) {
    forScripts(reaching(command)).action(run((options) => show(cli, options)))
    forScripts(reaching(command.command('draw').description('A week as it was drawn, else as it would be drawn now')))
      .requiredOption('--week <week>', 'like 2026-W48')
      .option('--explain', 'everything that the draw rests on')
      .option('--keep', 'draw it now, ahead of its hour; what was drawn stays')
      .action(run((options) => draw(cli, options)))
    const swap = command.command('swap').description('Ask somebody to take over; answer when you are asked')
    forScripts(reaching(swap.command('ask').argument('<person>').description('From a day to the end of the week')))
      .option('--from <person>', 'who hands over (default: you)')
      .option('--week <week>', 'like 2026-W48 (default: the first one to come)')
      .option('--day <day>', 'the first day, like 2026-11-24')
      .action(run((person, options) => ask(cli, person, options)))
    for (const [answer, what] of Object.entries({ accept: 'Take over', decline: 'Say no', withdraw: 'Ask no more' }))
      forScripts(reaching(swap.command(answer).argument('<swap>').description(what))).action(
        run((id, options) => answerSwap(cli, id, answer, options)),
      )
    forScripts(reaching(command.command('absent').description('Somebody is away; who is on duty then is replaced')))
      .requiredOption('--from <day>', 'like 2026-11-24')
      .option('--until <day>', 'the last day away (default: the same day)')
      .option('--person <person>', 'who (default: you)')
      .option('--reason <words>', 'why; kept with it')
      .action(run((options) => absent(cli, options)))
    reaching(command.command('present').argument('<absence>').description('Not away after all')).action(
      run((id, options) => present(cli, id, options)),
    )
  },
})

const names = (people: readonly Named[]) => (people.length === 0 ? 'nobody' : people.map(({ name }) => name).join(', '))

async function show(cli: Cli, options: Options) {
  const api = await cli.api(options)
  const found = await api.get<DutyView>('/v1/duty')
  if (options.json) {
    cli.json(found)
    return 0 as const
  }
  const form = dutyForm('en')
  cli.out(`Today      ${form.day(found.day)}  ${names(found.today)}`)
  if (found.week) cli.out(`This week  ${found.week.week}  ${names(found.week.people)}`)
  if (found.next) cli.out(`Next week  ${found.next.week}  ${names(found.next.people)}`)
  else if (found.nextDrawAt) cli.out(`Next week  drawn ${formatTime(Date.parse(found.nextDrawAt), 'UTC', 'en')}`)
  const asked = [found.week, found.next].flatMap((week) => week?.swaps ?? []).filter(({ status }) => status === 'asked')
  for (const one of asked) cli.out(`Swap       ${one.id}  ${one.from.name} asks ${one.to.name}: ${form.days(one.days)}`)
  for (const { id, person, from, until, reason } of found.absences)
    cli.out(`Away       ${id}  ${person.name}: ${form.days([from, until])}${reason === null ? '' : `  ${reason}`}`)
  return 0 as const
}

async function draw(cli: Cli, options: Options & { week: string; explain?: boolean; keep?: boolean }) {
  const api = await cli.api(options)
  const path = `/v1/duty/weeks/${encodeURIComponent(options.week)}`
  const kept = options.keep ? await api.send<Week>('POST', `${path}/draw`, {}) : null
  const found = kept ? { kept, draw: kept.draw } : await api.get<{ kept: Week | null; draw: Draw }>(path)
  if (options.json) cli.json(found)
  else for (const line of await drawLines(found.draw, found.kept, options.explain ?? false, localeOf(cli.env))) cli.out(line)
  return found.draw.missing > 0 ? (1 as const) : (0 as const)
}

async function drawLines(drawn: Draw, kept: Week | null, explain: boolean, locale: 'en' | 'ja'): Promise<string[]> {
  // Only here: with them come the words of all checks.
  const { drawRows, dutyWords } = await import('../../bots/duty/words.ts')
  const words = dutyWords(locale).draw
  const head = [words.title(drawn.week, dutyForm(locale).days(drawn.days), drawn.seed), ...(kept ? [] : [words.notYet])]
  if (drawn.days.length === 0) return [...head, words.holidays]
  const missing = drawn.missing > 0 ? [words.missing(drawn.missing)] : []
  const all = drawRows(drawn, locale, (id) => ({ id, name: id }))
  if (!explain) return [...head, ...drawn.people.map((person) => `  ${person}`), ...missing]
  const rows = [['person', 'shifts', 'weight', 'number', 'ticket', ''], ...all]
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...rows.map((row) => (row[column] ?? '').length)))
  const table = rows.map((row) =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : i === 5 ? cell : cell.padStart(widths[i] ?? 0))).join('  '),
  )
  return [...head, ...table.map((line) => `  ${line}`.trimEnd()), ...missing, words.how]
}

async function ask(cli: Cli, to: string, { from, week, day, ...options }: Options & { from?: string; week?: string; day?: string }) {
  const made = await (await cli.api(options)).send<Swap>('POST', '/v1/duty/swaps', { to, from, week, day: day && dayOf(day, '--day') })
  tellSwap(cli, made, options)
  return 0 as const
}

async function answerSwap(cli: Cli, id: string, answer: string, options: Options) {
  tellSwap(cli, await (await cli.api(options)).send<Swap>('POST', `/v1/duty/swaps/${encodeURIComponent(id)}/${answer}`, {}), options)
  return 0 as const
}

function tellSwap(cli: Cli, swap: Swap, { json }: Options): void {
  if (json) cli.json(swap)
  else cli.out(`${swap.id}  ${swap.status}: ${swap.from.name} -> ${swap.to.name}, ${dutyForm('en').days(swap.days)}`)
}

async function absent(cli: Cli, options: Options & { from: string; until?: string; person?: string; reason?: string }) {
  const { person, reason } = options
  const from = dayOf(options.from, '--from')
  const until = options.until === undefined ? from : dayOf(options.until, '--until')
  const made = await (await cli.api(options)).send<DutyView['absences'][number]>('POST', '/v1/duty/absences', {
    person,
    from,
    until,
    reason,
  })
  if (options.json) cli.json(made)
  else cli.out(`${made.id}  ${made.person.name} is away: ${dutyForm('en').days([made.from, made.until])}`)
  return 0 as const
}

async function present(cli: Cli, id: string, options: Options) {
  const gone = await (await cli.api(options)).send<DutyView['absences'][number]>(
    'DELETE',
    `/v1/duty/absences/${encodeURIComponent(id)}`,
    {},
  )
  cli.out(`${gone.person.name} is not away after all. Who was drawn instead stays on duty.`)
  return 0 as const
}

function dayOf(text: string, flag: string): string {
  try {
    if (/^\d{4}-\d{2}-\d{2}$/.test(text)) {
      parseLocal(text)
      return text
    }
  } catch {
    // Told below.
  }
  throw fault('usage', { problem: `${flag}: no day that we know: "${text}".`, hint: 'Write 2026-11-24.' })
}
