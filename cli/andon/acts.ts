import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { AndonView, MeasuresView } from '../../bots/andon/wire.ts'
import { systemClock } from '../../core/clock.ts'
import type { Api } from '../api.ts'
import type { ApiOptions, Cli, ExitCode } from '../define.ts'
import { localeOf, zoneHere } from '../locale.ts'
import { numberOption } from '../options.ts'
import { paintsOf } from '../render.ts'
import { andonPath, onlyAndon, shortId, takeAndon } from './find.ts'
import { measureLines } from './measures.ts'
import { kaizenLine, type Line, languageOf, leaderLine, painted, type Reader, titleLine } from './parts.ts'
import { type AndonDetail, listLine, showLines } from './show.ts'
import { type Given, usage, type Verb } from './typed.ts'

/** What the subcommands of `jidoka andon` do, but for `pull` and `watch`. */

export interface Asked extends ApiOptions {
  json?: boolean
}

/** Asks for the andon without its timeline. */
const nothingAfter = Number.MAX_SAFE_INTEGER
/** Wider than any terminal: what is printed once may be wrapped by it. */
const endless = 10_000

const readerOf = (cli: Cli): Reader => ({ locale: localeOf(cli.env), zone: zoneHere(), now: systemClock.now() })
const lookAt = (api: Api, id: string) => api.get<AndonView>(`${andonPath(id)}?after=${nothingAfter}`)

function say(cli: Cli, lines: readonly Line[]) {
  for (const line of lines) cli.out(painted(line, endless, paintsOf(cli)))
}

export async function order(cli: Cli, verb: Verb, typed: string[], options: Asked & Given): Promise<ExitCode> {
  const api = await cli.api(options)
  const { id, rest } = await takeAndon(api, typed, verb.which)
  const named = await lookAt(api, id)
  // Lanes and their numbers are those of the one that goes on.
  const andon = named.mergedInto === null ? named : await lookAt(api, named.mergedInto)
  const { path, body } = verb.order(rest, options, andon, systemClock.now())
  const changed = await api.send<AndonView & { answer?: string; acted?: boolean }>('POST', `${andonPath(andon.id)}/${path}`, body)
  if (options.json) cli.json(changed)
  else {
    say(cli, [titleLine(changed, readerOf(cli)), leaderLine(changed, readerOf(cli))])
    if (changed.answer !== undefined) cli.out(changed.answer)
  }
  return changed.acted === false && !changed.drill ? 1 : 0
}

export async function merge(cli: Cli, typed: readonly [string, string], options: Asked): Promise<ExitCode> {
  const api = await cli.api(options)
  const [from, into] = [await onlyAndon(api, typed[0], 'open'), await onlyAndon(api, typed[1], 'open')]
  const whole = await api.send<AndonView>('POST', `${andonPath(from)}/merge`, { into })
  if (options.json) cli.json(whole)
  else say(cli, [titleLine(whole, readerOf(cli)), leaderLine(whole, readerOf(cli))])
  return 0
}

export async function list(cli: Cli, options: Asked & { all?: boolean; limit: string }): Promise<ExitCode> {
  const limit = numberOption(options.limit, '--limit', 1, 200)
  const api = await cli.api(options)
  const { items } = await api.get<{ items: AndonView[] }>(`/v1/andons?limit=${limit}${options.all ? '' : '&status=open'}`)
  const reader = readerOf(cli)
  const { labels } = languageOf(reader)
  if (options.json) cli.json({ items })
  else if (items.length === 0) cli.out(options.all ? labels.noneEver : labels.none)
  else for (const one of items) cli.out(listLine(one, reader, paintsOf(cli)))
  return 0
}

/** 1: it is not over. */
export async function show(cli: Cli, typed: string | undefined, options: Asked): Promise<ExitCode> {
  const api = await cli.api(options)
  const found = await api.get<AndonDetail>(andonPath(await onlyAndon(api, typed, 'any')))
  if (options.json) cli.json(found)
  else cli.out(showLines(found, readerOf(cli), paintsOf(cli)).join('\n'))
  return found.status === 'resolved' ? 0 : 1
}

const lately = 200

/** Of one andon all of them, else what is still open anywhere. */
export async function kaizenList(cli: Cli, typed: string | undefined, options: Asked): Promise<ExitCode> {
  const api = await cli.api(options)
  const andons =
    typed === undefined
      ? (await api.get<{ items: AndonView[] }>(`/v1/andons?limit=${lately}`)).items
      : [await lookAt(api, await onlyAndon(api, typed, 'any'))]
  const items = andons.flatMap((andon) => andon.kaizen.map((item, n) => ({ andon: andon.id, n: n + 1, ...item })))
  const shown = typed === undefined ? items.filter(({ status }) => status === 'open') : items
  const reader = readerOf(cli)
  if (options.json) cli.json({ items: shown })
  else if (shown.length === 0) cli.out(languageOf(reader).words.home.noAsks)
  else
    say(
      cli,
      shown.map((item): Line => [['gray', `${shortId(item.andon)} `], ...kaizenLine(item, item.n, reader)]),
    )
  return 0
}

export async function review(
  cli: Cli,
  typed: string | undefined,
  options: Asked & { out?: string; locale?: string; zone?: string },
): Promise<ExitCode> {
  const api = await cli.api(options)
  const id = await onlyAndon(api, typed, 'any')
  const query = new URLSearchParams({ locale: options.locale ?? localeOf(cli.env), zone: options.zone ?? zoneHere() })
  const markdown = await api.text(`${andonPath(id)}/review?${query}`)
  if (options.out !== undefined) {
    const file = resolve(cli.cwd, options.out)
    await writeFile(file, markdown).catch((cause) => {
      throw usage(`${file} cannot be written: ${cause?.code ?? cause}.`, 'Name another file with --out.')
    })
  }
  if (options.json) cli.json({ id, markdown })
  else cli.out(options.out === undefined ? markdown.trimEnd() : options.out)
  return 0
}

const dayMs = 86_400_000

export async function measures(cli: Cli, options: Asked & { days: string }): Promise<ExitCode> {
  const days = numberOption(options.days, '--days', 1, 3_650)
  const from = new Date(systemClock.now() - days * dayMs).toISOString()
  const found = await (await cli.api(options)).get<MeasuresView>(`/v1/andons/measures?from=${encodeURIComponent(from)}`)
  if (options.json) cli.json(found)
  else cli.out(measureLines(found, days, readerOf(cli)).join('\n'))
  return 0
}
