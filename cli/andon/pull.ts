import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import type { AndonView } from '../../bots/andon/wire.ts'
import { systemClock } from '../../core/clock.ts'
import { fault, isFault } from '../../core/errors.ts'
import { type Api, Refused } from '../api.ts'
import type { ApiOptions, Cli } from '../define.ts'
import { localeOf, zoneHere } from '../locale.ts'
import { paintsOf } from '../render.ts'
import { shortId } from './find.ts'
import { freshKey } from './key.ts'
import { languageOf, leaderLine, painted, type Reader, titleLine } from './parts.ts'
import { plain } from './width.ts'

export interface PullOptions extends ApiOptions {
  json?: boolean
  component?: string
  private?: boolean
}

type Pulled = AndonView & { joined: boolean }

/** A controller that starts anew answers within this; the same key makes sure that it is one pull. */
const tryForMs = 15_000
const tryEveryMs = 1_000
const endless = 10_000

export async function pull(cli: Cli, typed: string[], options: PullOptions): Promise<0> {
  const text = typed.length > 0 ? typed.join(' ') : await askWords(cli)
  const api = await cli.api(options)
  const { component } = options
  const pulled = await sendUntil(cli, api, { text, component, private: options.private }).catch(async (error: unknown) => {
    if (isAway(error)) cli.err(await withoutController(cli, text, options))
    throw error
  })
  if (options.json) cli.json(pulled)
  else cli.out(pulledLines(pulled, { locale: localeOf(cli.env), zone: zoneHere(), now: systemClock.now() }, paintsOf(cli)).join('\n'))
  return 0
}

async function sendUntil(cli: Cli, api: Api, body: object): Promise<Pulled> {
  const key = freshKey()
  const from = performance.now()
  for (let tries = 1; ; tries++) {
    try {
      return await api.send<Pulled>('POST', '/v1/andons', body, key)
    } catch (error) {
      if (!isAway(error) || cli.interrupted.aborted || performance.now() - from > tryForMs) throw error
      if (tries === 1) cli.err(`jidoka: ${api.url} does not answer yet; trying for ${tryForMs / 1_000} s ...`)
      await pause(tryEveryMs, undefined, { signal: cli.interrupted }).catch(() => {})
    }
  }
}

const isAway = (error: unknown) => isFault(error, 'unreachable') || (error instanceof Refused && error.status >= 500)

const alone = {
  en: ['Nobody was called: nothing took the pull. Your words:', 'Call somebody by telephone, and pull again later:'],
  ja: ['アンドンは届いておらず、誰も呼び出されていません。入力内容:', '電話で連絡し、あとでもう一度引いてください:'],
} as const

/** Whoever pulls is never left alone: the words come back, and the telephone numbers that the controller left behind. */
async function withoutController(cli: Cli, text: string, options: PullOptions): Promise<string> {
  const { readRoster, rosterText } = await import('../../bots/pager/roster.ts')
  const [nobody, telephone] = alone[localeOf(cli.env)]
  const roster = await readRoster(cli.dataOf(options)).then(
    (found) => [telephone, rosterText(found, systemClock.now())],
    () => [],
  )
  return [nobody, `  ${plain(text)}`, ...roster].join('\n')
}

/** One line from whoever sits there. No words at all are a pull, too. */
function askWords(cli: Cli): Promise<string> {
  if (!process.stdin.isTTY)
    throw fault('usage', { problem: 'No words were given.', hint: 'Nothing was pulled. Say what you see: jidoka andon pull "…"' })
  const { words } = languageOf({ locale: localeOf(cli.env), zone: 'UTC', now: 0 })
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  return new Promise((resolve, reject) => {
    lines.on('SIGINT', () => lines.close())
    lines.on('close', () => reject(fault('usage', { problem: 'No words were given.', hint: 'Nothing was pulled.' })))
    lines.question(`${words.fields.text} `, (line) => {
      resolve(line)
      lines.close()
    })
  })
}

/** What was pulled, where it goes on, and what to do next: no line more than somebody under stress reads. */
export function pulledLines(andon: Pulled, reader: Reader, paint: ReturnType<typeof paintsOf>): string[] {
  const { words, labels } = languageOf(reader)
  const id = shortId(andon.id)
  const next: [string, string][] = [
    [`jidoka andon watch ${id}`, andon.room ? andon.room.name : labels.room],
    [`jidoka andon join ${id} "…"`, words.commands.join.title],
    [`jidoka andon lead ${id}`, words.commands.lead.button],
    [`jidoka andon resolve ${id} --how "…"`, words.commands.resolve.title],
  ]
  return [
    painted(titleLine(andon, reader), endless, paint),
    andon.joined ? words.pull.joined(andon.id) : `${words.pull.done} ${words.pull.kept(plain(andon.text))}`,
    painted(leaderLine(andon, reader), endless, paint),
    andon.room ? `${words.pull.room(andon.room.name)}${andon.room.url ? ` ${andon.room.url}` : ''}` : `${labels.room}: ${labels.noRoom}`,
    '',
    ...next.map(([line, why]) => `  ${line.padEnd(36)} ${paint('gray', why)}`),
  ]
}
