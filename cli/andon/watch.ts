import { systemClock } from '../../core/clock.ts'
import type { Api } from '../api.ts'
import type { ApiOptions, Cli, ExitCode } from '../define.ts'
import { localeOf, zoneHere } from '../locale.ts'
import { paintsOf } from '../render.ts'
import { andonPath, onlyAndon } from './find.ts'
import { followAndon } from './follow.ts'
import { factLines, type Line, languageOf, leaderLine, painted, type Reader, titleLine } from './parts.ts'
import { openRoom } from './room.ts'
import { openScreen } from './screen.ts'
import { storyOf } from './show.ts'
import { plain } from './width.ts'

export interface WatchOptions extends ApiOptions {
  json?: boolean
  locale?: 'en' | 'ja'
}

const endless = 10_000
const tickMs = 1_000

/** 1: it is not over yet when we leave. */
export async function watch(cli: Cli, typed: string | undefined, options: WatchOptions): Promise<ExitCode> {
  const api = await cli.api(options)
  const id = await onlyAndon(api, typed, 'any')
  const locale = options.locale ?? localeOf(cli.env)
  const ended =
    cli.tty && process.stdin.isTTY && !options.json ? await inRoom(cli, api, id, locale) : await told(cli, api, id, locale, options.json)
  return ended ? 0 : 1
}

/** The room, on a whole terminal, until somebody leaves it. */
async function inRoom(cli: Cli, api: Api, id: string, locale: Reader['locale']): Promise<boolean> {
  const leaving = new AbortController()
  const signal = AbortSignal.any([cli.interrupted, leaving.signal])
  const paint = paintsOf(cli)
  const zone = zoneHere()
  let at = id
  const draw = () => {
    const drawn = room.draw({ locale, zone, now: systemClock.now() }, screen.size(), paint)
    if (drawn) screen.draw(drawn)
  }
  const room = openRoom(locale, {
    send: (path, body, key) => api.send('POST', `${andonPath(at)}/${path}`, body, key),
    leave: () => leaving.abort(),
    changed: draw,
  })
  const screen = openScreen(process.stdin, process.stdout, { press: room.press, resized: draw })
  // Times go on by themselves; only the lines that differ are written.
  const ticking = setInterval(draw, tickMs)
  try {
    await followAndon(api, id, signal, {
      ...room,
      moved(next) {
        at = next
        room.moved(next)
      },
    })
  } finally {
    clearInterval(ticking)
    screen.close()
  }
  return room.ended() === true
}

/** Line by line, until it is over or interrupted: for logs, pipes and terminals without a keyboard. */
async function told(cli: Cli, api: Api, id: string, locale: Reader['locale'], json = false): Promise<boolean> {
  const over = new AbortController()
  const paint = paintsOf(cli)
  const reader = (): Reader => ({ locale, zone: zoneHere(), now: systemClock.now() })
  const { labels } = languageOf(reader())
  const say = (lines: readonly Line[]) => {
    for (const line of lines) cli.out(painted(line, endless, paint))
  }
  let begun = false
  let ended = false
  // While the controller is away, nothing else keeps us there to wait for it.
  const alive = setInterval(() => {}, 3_600_000)
  const following = followAndon(api, id, AbortSignal.any([cli.interrupted, over.signal]), {
    seen(andon, fresh) {
      if (!begun && !json)
        say([titleLine(andon, reader()), [plain(andon.text)], leaderLine(andon, reader()), ...factLines(andon, reader()), ['']])
      begun = true
      if (json) for (const entry of fresh) cli.out(JSON.stringify(entry))
      else say(storyOf(fresh, reader()))
      ended = andon.status === 'resolved' && andon.mergedInto === null
      if (ended) over.abort()
    },
    connected: (well) => cli.err(`jidoka: ${well ? labels.back : labels.lost}`),
    moved(next) {
      begun = false
      cli.err(`jidoka: ${labels.movedTo(next)}`)
    },
  })
  await following.finally(() => clearInterval(alive))
  return ended
}
