import type { Draw } from '../../bots/duty/draw.ts'
import { weekAfter, weekOfDay } from '../../bots/duty/week.ts'
import { dutyForm } from '../../bots/duty/words/form.ts'
import { parseLocal } from '../../core/calendar.ts'
import { fault } from '../../core/errors.ts'
import type { Api } from '../api.ts'
import { type ApiOptions, type Cli, defineCommand, forScripts, reaching } from '../define.ts'
import { type AbsenceView, type DutyView, dutyLines, type SwapView, swapLine, tableLines, type WeekView } from '../duty/duty-lines.ts'
import { cliWords } from '../duty/words.ts'
import { localeOf } from '../locale.ts'

type Options = ApiOptions & { json?: boolean }

export const duty = defineCommand('duty', {
  summary: 'Who is on duty for the review; the draw, swaps, absences',
  setup(command, cli, run) {
    forScripts(reaching(command)).action(run((options) => show(cli, options)))
    forScripts(reaching(command.command('draw').description('A week as it was drawn, else as it would be drawn now')))
      .option('--week <week>', 'like 2026-W48, this or next', 'next')
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

async function show(cli: Cli, options: Options) {
  const found = await (await cli.api(options)).get<DutyView>('/v1/duty')
  if (options.json) cli.json(found)
  else for (const line of dutyLines(found, localeOf(cli.env))) cli.out(line)
  return 0 as const
}

async function draw(cli: Cli, options: Options & { week: string; explain?: boolean; keep?: boolean }) {
  const api = await cli.api(options)
  const path = `/v1/duty/weeks/${encodeURIComponent(await weekOf(api, options.week))}`
  const kept = options.keep ? await api.send<WeekView>('POST', `${path}/draw`, {}) : null
  const found = kept ? { kept, draw: kept.draw as Draw } : await api.get<{ kept: WeekView | null; draw: Draw }>(path)
  if (options.json) cli.json(found)
  else for (const line of await drawLines(found.draw as Draw, found.kept, options.explain ?? false, localeOf(cli.env))) cli.out(line)
  return found.draw.missing > 0 ? (1 as const) : (0 as const)
}

/** What is this week and the next one is for the house to say: it knows its zone. */
async function weekOf(api: Api, week: string): Promise<string> {
  if (week !== 'next' && week !== 'this') return week.toUpperCase()
  const { day } = await api.get<DutyView>('/v1/duty')
  return weekAfter(weekOfDay(day), week === 'next' ? 1 : 0)
}

async function drawLines(drawn: Draw, kept: WeekView | null, explain: boolean, locale: 'en' | 'ja'): Promise<string[]> {
  // Only here: with them come the words of all checks.
  const { drawRows, dutyWords } = await import('../../bots/duty/words.ts')
  const words = dutyWords(locale).draw
  const head = [words.title(drawn.week, dutyForm(locale).days(drawn.days), drawn.seed), ...(kept ? [] : [words.notYet])]
  if (drawn.days.length === 0) return [...head, words.holidays]
  const missing = drawn.missing > 0 ? [words.missing(drawn.missing)] : []
  const all = drawRows(drawn, locale, (id) => ({ id, name: id }))
  if (!explain) return [...head, ...drawn.people.map((person) => `  ${person}`), ...missing]
  return [...head, ...tableLines([cliWords[locale].columns, ...all]), ...missing, words.how]
}

async function ask(cli: Cli, to: string, { from, week, day, ...options }: Options & { from?: string; week?: string; day?: string }) {
  const made = await (await cli.api(options)).send<SwapView>('POST', '/v1/duty/swaps', { to, from, week, day: day && dayOf(day, '--day') })
  tellSwap(cli, made, options)
  return 0 as const
}

async function answerSwap(cli: Cli, id: string, answer: string, options: Options) {
  tellSwap(cli, await (await cli.api(options)).send<SwapView>('POST', `/v1/duty/swaps/${encodeURIComponent(id)}/${answer}`, {}), options)
  return 0 as const
}

function tellSwap(cli: Cli, swap: SwapView, { json }: Options): void {
  if (json) cli.json(swap)
  else cli.out(swapLine(swap, localeOf(cli.env)))
}

async function absent(cli: Cli, options: Options & { from: string; until?: string; person?: string; reason?: string }) {
  const { person, reason } = options
  const locale = localeOf(cli.env)
  const from = dayOf(options.from, '--from')
  const until = options.until === undefined ? from : dayOf(options.until, '--until')
  const made = await (await cli.api(options)).send<AbsenceView>('POST', '/v1/duty/absences', { person, from, until, reason })
  const form = dutyForm(locale)
  if (options.json) cli.json(made)
  else cli.out(`${made.id}  ${cliWords[locale].isAway(form.name(made.person), form.days([made.from, made.until]))}`)
  return 0 as const
}

async function present(cli: Cli, id: string, options: Options) {
  const gone = await (await cli.api(options)).send<AbsenceView>('DELETE', `/v1/duty/absences/${encodeURIComponent(id)}`, {})
  const locale = localeOf(cli.env)
  cli.out(cliWords[locale].present(dutyForm(locale).name(gone.person)))
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
