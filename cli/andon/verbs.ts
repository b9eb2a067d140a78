import type { AndonView } from '../../bots/andon/wire.ts'
import { fault } from '../../core/errors.ts'
import { numberOption } from '../options.ts'
import type { Which } from './find.ts'
import { timeOption } from './time.ts'

/** What is to be done with an andon: below `/v1/andons/{id}/`. */
export interface Order {
  path: string
  body: object
}

/** The options as commander gives them. */
export type Given = Readonly<Record<string, string | boolean | undefined>>

/** A verb of `jidoka andon`: how what was typed becomes the order of a command. Held to the commands by verbs.test.ts. */
export interface Verb {
  /** `lane take`: two words make a group. */
  words: string
  /** After the andon. */
  usage: string
  summary: string
  options?: readonly (readonly [flags: string, description: string])[]
  which: Which
  /** Pure. `typed`: what stands after the andon; `andon`: as it is. Throws `usage`. */
  order(typed: readonly string[], given: Given, andon: AndonView, now: number): Order
}

const usage = (problem: string, hint = 'Nothing was changed.') => fault('usage', { problem, hint })
const needed = (typed: readonly string[], what: string): string => {
  if (typed.length === 0) throw usage(`Say ${what}.`)
  return typed.join(' ')
}
const optional = (typed: readonly string[]): string | undefined => (typed.length > 0 ? typed.join(' ') : undefined)
const one = (typed: readonly string[], what: string): string => {
  const [first, ...more] = typed
  if (first === undefined) throw usage(`Say ${what}.`)
  if (more.length > 0) throw usage(`Too much was said: "${more.join(' ')}".`, `Nothing was changed. Only ${what} is needed.`)
  return first
}
const asWords = (given: Given, name: string) => (typeof given[name] === 'string' ? (given[name] as string) : undefined)
const asTime = (given: Given, name: string, flag: string, now: number, day: 'past' | 'coming') => {
  const text = asWords(given, name)
  return text === undefined ? undefined : new Date(timeOption(text, flag, now, day)).toISOString()
}

/** One of a list: by its number as `show` has it, by the end of its id, or by another word for it. */
function chosen<T extends { id: string }>(typed: readonly string[], items: readonly T[], what: string, named: (item: T) => string[]) {
  const [word, ...rest] = typed
  if (word === undefined) throw usage(`Say which ${what}: 1 to ${items.length}.`)
  const low = word.toLowerCase()
  const found =
    items[Number(word) - 1] ??
    items.find((item) => item.id.endsWith(low) && low.length >= 3) ??
    items.findLast((item) => named(item).some((name) => name.toLowerCase() === low))
  if (!found) throw usage(`There is no ${what} "${word}".`, `It has ${items.length}; jidoka andon show numbers them.`)
  return { id: encodeURIComponent(found.id), rest }
}

const laneOf = (typed: readonly string[], { lanes }: AndonView) => chosen(typed, lanes, 'lane', ({ kind, title }) => [kind, title])
const inquiryOf = (typed: readonly string[], { inquiries }: AndonView) =>
  chosen(typed, inquiries, 'inquiry', ({ carrier, name }) => [carrier, name])
const itemOf = (typed: readonly string[], { kaizen }: AndonView) => chosen(typed, kaizen, 'kaizen item', () => [])

export const verbs: readonly Verb[] = [
  {
    words: 'join',
    usage: '<words...>',
    summary: 'I see it too: what do you see?',
    which: 'open',
    order: (typed) => ({ path: 'join', body: { text: needed(typed, 'what you see') } }),
  },
  {
    words: 'escalate',
    usage: '[reason...]',
    summary: 'It is real: red, everybody is called',
    which: 'open',
    order: (typed) => ({ path: 'escalate', body: { reason: optional(typed) } }),
  },
  {
    words: 'lead',
    usage: '[person]',
    summary: 'Take the lead, or hand it over',
    options: [['--note <words>', 'what whoever takes over should know']],
    which: 'open',
    order: (typed, given) => ({ path: 'lead', body: { person: optional(typed), note: asWords(given, 'note') } }),
  },
  {
    words: 'role',
    usage: '<lead|scribe|comms> [person]',
    summary: 'Who takes notes, who tells others',
    options: [
      ['--nobody', 'give it up'],
      ['--note <words>', 'what whoever takes over should know'],
    ],
    which: 'open',
    order: ([role, ...person], given) => ({
      path: 'role',
      body: {
        role: one(role ? [role] : [], 'lead, scribe or comms'),
        person: given.nobody ? null : optional(person),
        note: asWords(given, 'note'),
      },
    }),
  },
  {
    words: 'component',
    usage: '<component>',
    summary: 'What it is about, when the guess was wrong',
    which: 'open',
    order: (typed) => ({ path: 'component', body: { component: one(typed, 'the component') } }),
  },
  {
    words: 'severity',
    usage: '<1-4>',
    summary: 'How bad it is; later, or never',
    which: 'any',
    order: (typed) => ({ path: 'severity', body: { severity: numberOption(one(typed, 'a severity, 1 to 4'), 'severity', 1, 4) } }),
  },
  {
    words: 'private',
    usage: '[on|off]',
    summary: 'Only for those who are invited',
    which: 'open',
    order: (typed) => ({ path: 'private', body: { private: onOff(typed) } }),
  },
  {
    words: 'update',
    usage: '<words...>',
    summary: 'Tell how it stands',
    options: [['--to <audience>', 'room, everyone or customers (default: everyone)']],
    which: 'open',
    order: (typed, given) => ({
      path: 'update',
      body: { text: needed(typed, 'how it stands'), audience: asWords(given, 'to') ?? 'everyone' },
    }),
  },
  {
    words: 'note',
    usage: '<words...>',
    summary: 'Put a note on the timeline',
    options: [['--at <time>', 'when it happened, like 10:32']],
    which: 'any',
    order: (typed, given, _, now) => ({
      path: 'note',
      body: { text: needed(typed, 'a few words'), at: asTime(given, 'at', '--at', now, 'past') },
    }),
  },
  {
    words: 'told',
    usage: '<segment...>',
    summary: 'The customers of a segment were told',
    which: 'any',
    order: (typed) => ({ path: 'told', body: { segment: needed(typed, 'which segment') } }),
  },
  {
    words: 'resolve',
    usage: '[how...]',
    summary: 'End it, and say how it was mended',
    options: [
      ['--how <words>', 'how it was mended'],
      ['--cause <words>', 'the cause, if known'],
      ['--false-alarm', 'nothing was wrong: that was good practice'],
    ],
    which: 'open',
    order(typed, given) {
      const how = asWords(given, 'how') ?? optional(typed) ?? (given.falseAlarm ? 'Nothing was wrong' : undefined)
      if (how === undefined) throw usage('Say how it was mended: --how "…".', 'Nothing was changed. Was nothing wrong? --false-alarm')
      return { path: 'resolve', body: { how, cause: asWords(given, 'cause'), falseAlarm: given.falseAlarm === true ? true : undefined } }
    },
  },
  {
    words: 'reopen',
    usage: '<why...>',
    summary: 'It is not over',
    which: 'ended',
    order: (typed) => ({ path: 'reopen', body: { why: needed(typed, 'what is still wrong') } }),
  },
  {
    words: 'thank',
    usage: '<whom...>',
    summary: 'Say thank you',
    which: 'any',
    order: (typed) => ({ path: 'thank', body: { to: needed(typed, 'whom you thank') } }),
  },
  {
    words: 'keep',
    usage: '',
    summary: 'Keep the room from being archived',
    options: [['--days <n>', 'for so many days (default: 30)']],
    which: 'ended',
    order: (_, given) => ({ path: 'keep', body: { days: numberOption(asWords(given, 'days') ?? '30', '--days', 1, 3_650) } }),
  },
  {
    words: 'lane open',
    usage: '<title...>',
    summary: 'Open a line of work beside the others',
    options: [['--kind <kind>', 'logs, carrier, range, mitigation, comms, ...']],
    which: 'open',
    order: (typed, given) => ({ path: 'lanes', body: { title: needed(typed, 'what is to be found out'), kind: asWords(given, 'kind') } }),
  },
  {
    words: 'lane take',
    usage: '<lane>',
    summary: 'Work on a lane, and report back in time',
    options: [['--minutes <n>', 'until you report']],
    which: 'open',
    order(typed, given, andon) {
      const { id } = laneOf(typed, andon)
      const minutes = asWords(given, 'minutes')
      return {
        path: `lanes/${id}/take`,
        body: { minutes: minutes === undefined ? undefined : numberOption(minutes, '--minutes', 1, 1_440) },
      }
    },
  },
  {
    words: 'lane report',
    usage: '<lane> <words...>',
    summary: 'Tell what you found',
    which: 'open',
    order(typed, _, andon) {
      const { id, rest } = laneOf(typed, andon)
      return { path: `lanes/${id}/report`, body: { text: needed(rest, 'what you found') } }
    },
  },
  {
    words: 'lane done',
    usage: '<lane> <outcome...>',
    summary: 'End a lane with what came of it',
    which: 'open',
    order(typed, _, andon) {
      const { id, rest } = laneOf(typed, andon)
      return { path: `lanes/${id}/done`, body: { outcome: needed(rest, 'what came of it') } }
    },
  },
  {
    words: 'lane hand',
    usage: '<lane> <person...>',
    summary: 'Hand a lane over',
    which: 'open',
    order(typed, _, andon) {
      const { id, rest } = laneOf(typed, andon)
      return { path: `lanes/${id}/hand`, body: { person: needed(rest, 'who takes it') } }
    },
  },
  {
    words: 'inquiry send',
    usage: '<carrier> [symptom...]',
    summary: 'Ask a carrier; the text is written for you',
    options: [
      ['--from <time>', 'since when, like 10:20'],
      ['--until <time>', 'until when'],
      ['--text <words>', 'your own text instead'],
    ],
    which: 'open',
    order: ([carrier, ...symptom], given, _, now) => ({
      path: 'inquiries',
      body: {
        carrier: one(carrier ? [carrier] : [], 'who is asked'),
        symptom: optional(symptom),
        from: asTime(given, 'from', '--from', now, 'past'),
        until: asTime(given, 'until', '--until', now, 'past'),
        text: asWords(given, 'text'),
      },
    }),
  },
  {
    words: 'inquiry answer',
    usage: '<inquiry> <words...>',
    summary: 'What they answered',
    options: [['--ticket <number>', 'their ticket number']],
    which: 'open',
    order(typed, given, andon) {
      const { id, rest } = inquiryOf(typed, andon)
      return { path: `inquiries/${id}/answer`, body: { text: needed(rest, 'what they answered'), ticket: asWords(given, 'ticket') } }
    },
  },
  {
    words: 'inquiry close',
    usage: '<inquiry>',
    summary: 'Nothing more is expected of them',
    which: 'any',
    order(typed, _, andon) {
      return { path: `inquiries/${inquiryOf(typed, andon).id}/close`, body: {} }
    },
  },
  {
    words: 'inquiry chased',
    usage: '<inquiry>',
    summary: 'They were asked again',
    which: 'open',
    order(typed, _, andon) {
      return { path: `inquiries/${inquiryOf(typed, andon).id}/chased`, body: {} }
    },
  },
  {
    words: 'kaizen add',
    usage: '<words...>',
    summary: 'What gets better after this',
    options: [
      ['--owner <person>', 'who does it'],
      ['--due <day>', 'until when, like 2026-11-30'],
      ['--runbook', 'make it a runbook'],
    ],
    which: 'any',
    order: (typed, given, _, now) => ({
      path: 'kaizen',
      body: {
        text: needed(typed, 'what gets better'),
        owner: asWords(given, 'owner'),
        due: asTime(given, 'due', '--due', now, 'coming'),
        kind: given.runbook ? 'runbook' : 'task',
      },
    }),
  },
  {
    words: 'kaizen done',
    usage: '<item> <result...>',
    summary: 'It is done, and what came of it',
    options: [['--dropped', 'it is not worth doing after all']],
    which: 'any',
    order(typed, given, andon) {
      const { id, rest } = itemOf(typed, andon)
      return {
        path: `kaizen/${id}/done`,
        body: { result: needed(rest, 'what came of it'), dropped: given.dropped === true ? true : undefined },
      }
    },
  },
  {
    words: 'kaizen hand',
    usage: '<item> <person...>',
    summary: 'Somebody else does it',
    options: [['--due <day>', 'until when, like 2026-11-30']],
    which: 'any',
    order(typed, given, andon, now) {
      const { id, rest } = itemOf(typed, andon)
      return { path: `kaizen/${id}/hand`, body: { owner: needed(rest, 'who does it'), due: asTime(given, 'due', '--due', now, 'coming') } }
    },
  },
]

function onOff(typed: readonly string[]): boolean {
  const word = typed.length === 0 ? 'on' : one(typed, 'on or off')
  if (word !== 'on' && word !== 'off') throw usage(`Say on or off, not "${word}".`)
  return word === 'on'
}
