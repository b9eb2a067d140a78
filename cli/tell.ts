import { setTimeout as pause } from 'node:timers/promises'
import { tellable, tellEntry } from '../bots/andon/words.ts'
import { shortId } from './andon/find.ts'
import { cut, plain } from './andon/width.ts'
import type { Api } from './api.ts'
import type { Cli } from './define.ts'
import { zoneHere } from './locale.ts'
import { brief, clockTime, type Paint, stepMarks, stepPaint, tookText } from './render.ts'

/** An event of the journal, as GET /v1/events tells it. */
export interface Told {
  at: string
  kind: string
  component: string | null
  incident: string | null
  run: string | null
  andon?: string | null
  data: Record<string, unknown>
}

/** Where a line belongs; `fresh`: it begins something new, and carries its time and component whoever came before. */
type Line = { text: string; fresh?: boolean } | null

/** As wide as the time and the two spaces after it. */
const indent = ' '.repeat(10)
/** After so long a line carries its time again. */
const sameBreathMs = 5_000
const remembered = 1_000
const reconnectMs = 500

/**
 * What happens, one calm line per thing, for somebody who looks on:
 *
 *     01:10:59  polaris  process-exited: polaris-1: its process 812 ended: signal SIGKILL
 *               ✓ restart polaris-1  13 ms
 *               recovered: verified from outside: polaris-1
 *
 * Pure but for what it remembers of the lines before. Events that tell a person nothing new give no line.
 */
export function openTeller(paint: Paint): (event: Told) => string[] {
  const begun = limited<string>()
  const opened = limited<Told>()
  const named = limited<Set<string>>()
  const climbed = limited<true>()
  let last = { component: '', at: 0 }

  function lineOf(event: Told): Line {
    const { kind, data, incident, run } = event
    const word = (key: string) => (typeof data[key] === 'string' ? brief(data[key] as string) : '')
    const step = `${run}/${data.seq}/${data.attempt}`
    switch (kind) {
      case 'incident.opened':
        opened.set(incident as string, event)
        named.set(incident as string, new Set([word('member')]))
        return null
      case 'incident.classified':
        return data.was === 'unknown' ? null : { text: paint('yellow', `now ${word('failure')}`) }
      case 'alert.joined':
        return joined(incident as string, word('member'), word('summary'))
      case 'incident.refused':
        return data.code === 'tried' ? null : { text: paint('yellow', `not tried: ${word('runbook')}: ${word('reason')}`) }
      case 'incident.escalated':
        return { text: paint('red', 'escalated: a person is called') }
      case 'incident.recovered':
      case 'incident.resolved':
        return { text: paint('green', `${kind.slice('incident.'.length)}: ${word('reason')}`) }
      case 'run.queued':
        if (typeof data.waitsUntil === 'number') return waitsFor(run as string, word('runbook'), data.waitsUntil)
        return incident === null
          ? { text: `${word('runbook')}: ${word('reason')}${data.by === 'engine' ? '' : ` (${word('by')})`}`, fresh: true }
          : nextOf(incident, word('runbook'))
      case 'run.approved':
        return { text: paint('green', `${word('by')} approved ${word('runbook')}`) }
      case 'shadow.scored':
        return { text: paint('gray', `shadow of ${word('runbook')}: ${word('score')}: ${word('why')}`) }
      case 'run.resumed':
        return { text: `${word('runbook')} is taken up again` }
      case 'run.finished':
        return endOf(word('runbook'), word('status'), word('reason'), incident)
      case 'step.intent':
        begun.set(step, event.at)
        return null
      case 'step.done':
      case 'step.failed':
      case 'step.unknown':
        return stepOf(kind.slice('step.'.length) as 'done', word('name'), data.output, tookText(begun.get(step) ?? null, event.at))
      case 'page.sent':
        return Number(data.attempts) > 1 ? { text: `a pager took the page, at try ${data.attempts}` } : null
      case 'page.failed':
        return { text: paint('red', `no pager took the page: ${word('problem')}`) }
      case 'page.called':
        if (!Array.isArray(data.people) || data.people.length === 0) return null
        return { text: tellEntry({ kind, data: data as never }, 'en') }
      case 'page.acknowledged':
      case 'page.unanswered':
        return { text: tellEntry({ kind, data: data as never }, 'en') }
      case 'switch.off':
      case 'switch.on':
        return { text: paint('yellow', `automation is ${kind.slice('switch.'.length)}: ${word('reason')} (${word('by')})`), fresh: true }
      case 'maintenance.opened':
        return {
          text: paint('yellow', `maintenance: ${word('reason')} (${word('by')}); nothing is touched, nobody is called`),
          fresh: true,
        }
      case 'maintenance.ended':
        return { text: paint('yellow', `maintenance is over: ${word('reason')} (${word('by')})`), fresh: true }
      case 'agent.restarted-locally':
        return { text: `${word('agent')} restarted ${word('member')} by itself`, fresh: true }
      default:
        return kind.startsWith('andon.') ? andonLine(event, paint) : null
    }
  }

  /** Somebody who looks on can be the one who answers. */
  const waitsFor = (run: string, runbook: string, until: number): Line => ({
    text: paint('yellow', `${runbook} waits for an approval until ${clockTime(new Date(until).toISOString())}: jidoka run approve ${run}`),
  })

  /** The first rung speaks by its steps; that the ladder is climbed is worth a line. */
  function nextOf(incident: string, runbook: string): Line {
    const first = !climbed.get(incident)
    climbed.set(incident, true)
    return first || runbook === 'page' ? null : { text: `next: ${runbook}` }
  }

  function stepOf(status: 'done' | 'failed' | 'unknown', name: string, output: unknown, took: string): Line {
    // What pages tell themselves.
    if (name === 'page' && status === 'done') return null
    const error = status !== 'done' && output && typeof output === 'object' && 'error' in output ? `  ${brief(String(output.error))}` : ''
    return { text: `${paint(stepPaint(status), stepMarks[status])} ${name}  ${paint('gray', took)}${error}` }
  }

  function endOf(runbook: string, status: string, reason: string, incident: string | null): Line {
    if (status === 'unknown') return { text: paint('red', `${runbook} ended in doubt: ${reason}`) }
    if (status === 'cancelled') return { text: paint('yellow', `${runbook} was stopped: ${reason}`) }
    return incident === null ? { text: paint(status === 'done' ? 'green' : 'red', `${status}: ${reason}`) } : null
  }

  function joined(incident: string, member: string, summary: string): Line {
    const known = named.get(incident)
    if (!known || member === '' || known.has(member)) return null
    known.add(member)
    return { text: `also ${member}: ${summary}` }
  }

  /** What an incident is called is known only after it was looked at: its first line waits for whatever comes next. */
  function openingOf(event: Told): Line {
    const { incident, kind, data } = event
    const first = incident === null || kind === 'incident.opened' ? undefined : opened.get(incident)
    if (!first) return null
    opened.delete(incident as string)
    const failure = kind === 'incident.classified' ? `${data.failure}` : 'unknown'
    const who = first.data.member ? `${first.data.member}: ` : ''
    return { text: `${paint('bold', failure)}: ${who}${first.data.summary}`, fresh: true }
  }

  function written({ text, fresh }: NonNullable<Line>, { component, kind, at }: Told): string {
    const now = Date.parse(at)
    const name = component ?? (kind.startsWith('andon.') ? 'andon' : 'everything')
    const head = fresh || last.component !== name || now - last.at > sameBreathMs
    last = { component: name, at: now }
    return head ? `${paint('gray', clockTime(at))}  ${paint('cyan', name)}  ${text}` : `${indent}${text}`
  }

  return (event) => [openingOf(event), lineOf(event)].flatMap((line) => (line ? [written(line, event)] : []))
}

const andonColours: Record<string, 'red' | 'green' | 'yellow'> = { pulled: 'yellow', red: 'red', resolved: 'green' }
/** Of what people wrote; the whole of it is in `jidoka andon show`. */
const quotedMax = 100

/** What people do about it, as the andon itself tells it. */
function andonLine({ kind, data, andon }: Told, paint: Paint): Line {
  if (!tellable(kind)) return null
  const told = tellEntry({ kind, data: data as never }, 'en', { zone: zoneHere(), text: (written) => cut(plain(written), quotedMax) })
  const colour = andonColours[kind.slice('andon.'.length)]
  return {
    text: `${paint('gray', `andon${andon ? ` ${shortId(andon)}` : ''}:`)} ${colour ? paint(colour, told) : told}`,
    fresh: kind === 'andon.pulled',
  }
}

/** A map that forgets its oldest: what never ends must not stay for ever. */
function limited<T>() {
  const map = new Map<string, T>()
  return {
    get: (key: string) => map.get(key),
    delete: (key: string) => map.delete(key),
    set(key: string, value: T) {
      map.set(key, value)
      if (map.size > remembered) map.delete(map.keys().next().value as string)
    },
  }
}

/**
 * Writes what happens until Ctrl-C. `begin` is called when nothing can be missed any more, and answers since when (epoch ms) it is
 * to be told: what was drawn there needs no second word.
 */
export async function tellLive(cli: Cli, api: Api, paint: Paint, begin: () => Promise<number>): Promise<void> {
  const tell = openTeller(paint)
  let after: number | null = null
  let since: number | null = null
  while (!cli.interrupted.aborted) {
    try {
      for await (const { id, event, data } of api.events(cli.interrupted, after)) {
        since ??= await begin()
        if (id !== '') after = Number(id)
        if (event === 'ready' || event === 'status') continue
        const told = JSON.parse(data) as Told
        const lines = tell(told)
        if (Date.parse(told.at) >= since) for (const line of lines) cli.out(line)
      }
    } catch {
      // The stream heals by itself: it goes on after the last event that was told.
    }
    if (!cli.interrupted.aborted) await pause(reconnectMs)
  }
}
