import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { drillOf } from '../../bots/andon/drills/find.ts'
import { drills } from '../../bots/andon/drills/registry.ts'
import type { AndonView } from '../../bots/andon/wire.ts'
import { systemClock } from '../../core/clock.ts'
import { fault } from '../../core/errors.ts'
import type { ApiOptions, Cli } from '../define.ts'
import { localeOf, zoneHere } from '../locale.ts'
import { paintsOf } from '../render.ts'
import { andonPath } from './find.ts'
import { followAndon } from './follow.ts'
import { entryLine } from './parts.ts'

export interface DrillOptions extends ApiOptions {
  json?: boolean
  list?: boolean
  scenario: string
  component?: string
  out?: string
  locale?: string
}

/** Thanks and kaizen come after the end; nothing for so long means that the play is over. */
const quietMs = 2_500

/** Pulls a drill, shows how it goes, and keeps its review. What it leaves behind is marked as a drill, and counts nowhere. */
export async function drill(cli: Cli, options: DrillOptions): Promise<0 | 1> {
  if (options.list) return listDrills(cli, options)
  const script = drillOf(options.scenario)
  if (!script)
    throw fault('usage', {
      problem: `There is no drill "${options.scenario}".`,
      hint: `Nothing was pulled. There are: ${drills.map(({ id }) => id).join(', ')}.`,
    })
  const api = await cli.api(options)
  const locale = options.locale === 'ja' || options.locale === 'en' ? options.locale : localeOf(cli.env)
  const paint = paintsOf(cli)
  const tell = (text: string) => (options.json ? undefined : cli.out(text))
  const { component } = options
  const pulled = await api.send<AndonView>('POST', '/v1/andons', { text: script.text, component, drill: script.id })
  tell(`${paint('bold', `Drill: ${script.title}`)} (${pulled.id})\n${script.summary}\n`)
  if (script.cast === 'people') tell('Everybody works in its room, or by `jidoka andon watch`; it ends when somebody resolves it.\n')

  const over = new AbortController()
  const signal = AbortSignal.any([over.signal, cli.interrupted])
  let seen = pulled
  let lastAt = performance.now()
  const following = followAndon(api, pulled.id, signal, {
    seen(andon, fresh) {
      seen = andon
      for (const entry of fresh) {
        const line = entryLine(entry, { locale, zone: zoneHere(), now: systemClock.now() })
        if (!line) continue
        lastAt = performance.now()
        tell(`  ${line.time}  ${line.colour ? paint(line.colour, line.text) : line.text}`)
      }
    },
    connected: (well) =>
      tell(well ? '  (the controller is back)' : '  (the controller does not answer; what happens meanwhile is told when it does)'),
    moved: (id) => tell(`  (it goes on in ${id})`),
  })
  const ending = (async () => {
    while (!signal.aborted && !(seen.status === 'resolved' && performance.now() - lastAt > quietMs)) await pause(100)
    over.abort()
  })()
  await Promise.all([following, ending])
  if (seen.status !== 'resolved') return 1

  const file = resolve(cli.cwd, options.out ?? join(cli.dataOf(options), 'reviews', `${pulled.id}.md`))
  const markdown = await api.text(`${andonPath(pulled.id)}/review?${new URLSearchParams({ locale, zone: zoneHere() })}`)
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, markdown)
  if (options.json) cli.json({ id: pulled.id, review: file })
  else cli.out(`\nThe review is in ${file}`)
  return 0
}

function listDrills(cli: Cli, { json }: DrillOptions): 0 {
  if (json) cli.json({ drills: drills.map(({ id, title, summary, cast }) => ({ id, title, summary, cast })) })
  else for (const { id, summary } of drills) cli.out(`${id.padEnd(16)} ${summary}`)
  return 0
}
